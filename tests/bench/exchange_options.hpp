// What the programs that ask one server have in common: their arguments and their questions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dns/address.hpp"
#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/result.hpp"

namespace bench {

struct ExchangeOptions {
  dns::Endpoint server;
  dns::Name zone;
  std::uint64_t queries = 100'000;
  std::size_t outstanding = 100;
  bool tcp = false;
};

/// --server ADDR:PORT --zone NAME [--queries N] [--outstanding N] [--tcp]
dns::Result<ExchangeOptions> parse_options(int argc, char** argv);

/// The questions of a survey's round: SOA, NS, DNSKEY, and a name that does not exist.
std::array<dns::Question, 4> questions(const dns::Name& zone);

/// User and system time of this process so far.
double cpu_seconds();

/// One line of JSON on standard output.
void print_result(const ExchangeOptions& options, std::uint64_t answered, std::uint64_t failed,
                  double seconds, double cpu);

}  // namespace bench
