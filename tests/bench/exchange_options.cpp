#include "tests/bench/exchange_options.hpp"

#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include <sys/resource.h>

namespace bench {

dns::Result<ExchangeOptions> parse_options(int argc, char** argv) {
  std::map<std::string, std::string> values;
  ExchangeOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--tcp") {
      options.tcp = true;
    } else if (i + 1 < argc) {
      values[name] = argv[++i];
    } else {
      return dns::fail(name + " needs a value");
    }
  }
  const dns::Result<dns::Endpoint> server = dns::endpoint_from_text(values["--server"], 53);
  if (!server) return dns::fail("--server: " + server.error().sentence);
  const dns::Result<dns::Name> zone = dns::Name::from_text(values["--zone"]);
  if (!zone) return dns::fail("--zone: " + zone.error().sentence);
  options.server = *server;
  options.zone = *zone;
  try {
    if (values.contains("--queries")) options.queries = std::stoull(values["--queries"]);
    if (values.contains("--outstanding"))
      options.outstanding = std::stoull(values["--outstanding"]);
  } catch (const std::exception&) {
    return dns::fail("--queries and --outstanding take numbers");
  }
  return options;
}

std::array<dns::Question, 4> questions(const dns::Name& zone) {
  std::array<dns::Question, 4> result;
  for (dns::Question& question : result) question.qname = zone;
  result[0].qtype = dns::RRType::soa;
  result[1].qtype = dns::RRType::ns;
  result[2].qtype = dns::RRType::dnskey;
  result[3].qtype = dns::RRType::a;
  result[3].qname = zone.prefixed("does-not-exist").value();
  return result;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void print_result(const ExchangeOptions& options, std::uint64_t answered, std::uint64_t failed,
                  double seconds, double cpu) {
  std::printf(
      "{\"answered\":%llu,\"failed\":%llu,\"seconds\":%.3f,\"queries_per_second\":%.0f,"
      "\"cpu_microseconds_per_exchange\":%.3f}\n",
      static_cast<unsigned long long>(answered), static_cast<unsigned long long>(failed), seconds,
      static_cast<double>(answered) / seconds, cpu * 1e6 / static_cast<double>(options.queries));
}

}  // namespace bench
