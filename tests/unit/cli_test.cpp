// The command line: exit codes and output of what needs no network.
#include "exporter/cli.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "checks/catalogue.hpp"
#include "checks/metrics.hpp"
#include "exporter/config.hpp"
#include "exporter/rfc3339.hpp"
#include "tests/catch.hpp"

namespace {

using namespace std::chrono_literals;

struct Done {
  int code;
  std::string out;
  std::string err;
};

Done run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "dnszone_exporter");
  std::ostringstream out;
  std::ostringstream err;
  const int code =
      exporter::run_command_line(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {code, out.str(), err.str()};
}

/// A file that is gone after the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_((std::filesystem::temp_directory_path() /
               ("dnszone_cli_test_" + std::to_string(getpid()) + ".yml"))
                  .string()) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("help and version go to standard output and are no mistake") {
  const Done help = run({"--help"});
  REQUIRE(help.code == 0);
  REQUIRE(contains(help.out, "check-config"));
  REQUIRE(help.err.empty());
  const Done version = run({"--version"});
  REQUIRE(version.code == 0);
  REQUIRE(version.out.starts_with("dnszone_exporter "));
  REQUIRE(run({"check", "--help"}).code == 0);
}

TEST_CASE("wrong arguments end with 2, those of check with 3, and say why") {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{},
        {"--bogus"},
        {"check-config"},
        {"list-checks", "--format=xml"},
        {"--log.level=loud", "--config.file=x"},
        {"frobnicate"},
        {"--config.file=x", "--web.listen-address=nowhere"},
        {"--config.file=x", "--sharding.shard=", "--sharding.of=3"},
        {"check-config", "--sharding.shard=", "--sharding.of=3", "x"},
        {"check-config", "--sharding.shard=$(POD_INDEX)", "--sharding.of=3", "x"},
        {"check-config", "--sharding.shard=010", "--sharding.of=3", "x"},
        {"check-config", "--sharding.shard=-1", "--sharding.of=3", "x"},
        {"check-config", "--sharding.shard=0", "--sharding.of=0", "x"},
        {"check-config", "--sharding.shard=0", "--sharding.of=1001", "x"}}) {
    const Done done = run(arguments);
    CHECK(done.code == 2);
    CHECK(done.out.empty());
    CHECK_FALSE(done.err.empty());
  }
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"check"},
        {"check", "--bogus", "a.test"},
        {"--config.file=x.yml", "check", "--bogus", "a.test"},
        {"check", "a..test"},
        {"check", "--port=0", "a.test"},
        {"check", "--attempts=0", "a.test"},
        {"check", "--allow=10.0.0.0/33", "a.test"},
        {"check", "--timeout=2", "a.test"},
        {"check", "--time=yesterday", "a.test"},
        {"check", "--time=9999-12-31T00:00:00Z", "a.test"},
        {"check", "--time=2107-01-01T00:00:00Z", "a.test"},
        {"check", "--resolver=192.0.2.1:0", "a.test"},
        {"check", "--root-hints=/nonexistent", "a.test"},
        {"check", "--config.file=/nonexistent", "a.test"},
        {"check", "--trust-anchor=/nonexistent", "a.test"}}) {
    const Done done = run(arguments);
    CHECK(done.code == 3);
    CHECK(done.out.empty());
    CHECK_FALSE(done.err.empty());
  }
}

TEST_CASE("all wrong arguments of check are told at once") {
  const Done done = run({"check", "--time=yesterday", "--timeout=2", "a..test"});
  REQUIRE(done.err ==
          "--time: write it like 2026-11-22T16:00:00Z\n"
          "--timeout: write a duration such as 2s or 500ms, at most 60s\n" +
              dns::Name::from_text("a..test").error().sentence + "\n");
}

TEST_CASE("check tells what is wrong with resolvers and sentinels") {
  const Done done =
      run({"check", "--resolver=dns.test", "--resolver=192.0.2.53", "--resolver=192.0.2.53:53",
           "--sentinel=www.b.test/A", "--sentinel=a.test", "a.test"});
  REQUIRE(done.code == 3);
  CHECK(contains(done.err, "--resolver: 192.0.2.53:53 is listed twice; remove one of them\n"));
  CHECK(contains(done.err, "--sentinel: www.b.test lies in no zone given\n"));
  CHECK(
      contains(done.err, "--sentinel: \"a.test\" has no type; write it like www.example.com/A\n"));
  CHECK(std::count(done.err.begin(), done.err.end(), '\n') == 4);
}

TEST_CASE("check tells once that there are too many resolvers") {
  std::vector<std::string> texts;
  for (int i = 1; i <= 20; ++i) texts.push_back("--resolver=192.0.2." + std::to_string(i));
  std::vector<const char*> arguments{"check", "a.test"};
  for (const std::string& text : texts) arguments.push_back(text.c_str());
  CHECK(run(arguments).err == "--resolver: more than 16 resolvers are listed\n");
}

TEST_CASE("check-config warns of sentinels that nobody is asked about") {
  const TemporaryFile file(
      "zones: [{zone: a.test, sentinels: [www.a.test/A, deep.below.a.test/A]}]\n");
  const Done done = run({"check-config", file.path().c_str()});
  CHECK(done.code == 0);
  CHECK(done.err == "warning: " + file.path() +
                        ":1:36: zones[0].sentinels[0]: nobody is asked about www.a.test: "
                        "sentinels are for resolvers, and none is listed\n");
}

TEST_CASE("check tells that sentinels without resolvers are of no use") {
  const Done done = run({"check", "--sentinel=www.a.test/A", "a.test"});
  REQUIRE(done.code == 3);
  CHECK(done.err == "--sentinel: only resolvers are asked about it; add --resolver\n");
}

TEST_CASE("check tells what is wrong with the files it is given") {
  const TemporaryFile file("\n. CNAME a.\n");
  const std::string hints = "--root-hints=" + file.path();
  const std::string anchors = "--trust-anchor=" + file.path();
  const Done done = run({"check", hints.c_str(), anchors.c_str(), "a.test"});
  REQUIRE(done.code == 3);
  REQUIRE(done.err ==
          "--root-hints: line 2: root hints have NS, A and AAAA records, not \"CNAME\"\n"
          "--trust-anchor: line 2: trust anchors are DS and DNSKEY records, not \"CNAME\"\n");
}

TEST_CASE("check-config") {
  const TemporaryFile good("zones: [example.com, example.net]\n");
  const Done fine = run({"check-config", good.path().c_str()});
  REQUIRE(fine.code == 0);
  REQUIRE(fine.out == good.path() + ": 2 zones, no mistake\n");
  REQUIRE(fine.err.empty());
}

TEST_CASE("check-config counts the zones of a shard") {
  const TemporaryFile file("zones: [com, example.com, example.net, example.org, xn--p1ai]\n");
  const char* const path = file.path().c_str();
  const std::string expected = file.path() + ": 5 zones, 2 of them in shard 1 of 3, no mistake\n";
  CHECK(run({"check-config", "--sharding.shard=1", "--sharding.of=3", path}).out == expected);
  CHECK(run({"--sharding.shard=1", "--sharding.of=3", "check-config", path}).out == expected);
  const Done last = run({"check-config", "--sharding.shard=3", "--sharding.of=3", path});
  CHECK(last.code == 2);
  CHECK(last.err ==
        file.path() + ": --sharding.shard: shards count from 0, so the last of 3 is 2, not 3\n");
  const std::string option = "--config.file=" + file.path();
  CHECK(run({option.c_str(), "--sharding.shard=3", "--sharding.of=3"}).err == last.err);
}

TEST_CASE("check-config and serving print the same mistakes and end with 2") {
  const TemporaryFile bad("zones: [example.com]\nwebb: 1\nworkers: x\n");
  const std::string expected = bad.path() + ":2:1: webb: unknown key; did you mean web?\n" +
                               bad.path() +
                               ":3:10: workers: write a whole number from 0 to 256, not \"x\"\n";
  const Done checked = run({"check-config", bad.path().c_str()});
  REQUIRE(checked.code == 2);
  REQUIRE(checked.err == expected);
  const std::string option = "--config.file=" + bad.path();
  const Done served = run({option.c_str()});
  REQUIRE(served.code == 2);
  REQUIRE(served.err == expected);
  const Done one_shot = run({"check", option.c_str(), "example.com"});
  REQUIRE(one_shot.code == 3);
  REQUIRE(one_shot.err == expected);
}

TEST_CASE("list-checks lists every check in each format") {
  const Done table = run({"list-checks"});
  const Done markdown = run({"list-checks", "--format=markdown"});
  const Done json = run({"list-checks", "--format=json"});
  REQUIRE(table.code == 0);
  const auto list = nlohmann::json::parse(json.out);
  REQUIRE(list.size() == checks::catalogue().size());
  std::size_t index = 0;
  for (const checks::Check& check : checks::catalogue()) {
    const std::string id(check.id);
    CHECK(contains(table.out, "  " + id + " "));
    CHECK(contains(markdown.out, id));
    CHECK(list[index]["check"] == id);
    CHECK(list[index]["severity"] == checks::to_text(check.severity));
    ++index;
  }
}

TEST_CASE("list-metrics lists every family") {
  const Done page = run({"list-metrics"});
  REQUIRE(page.code == 0);
  for (const checks::MetricRow& row : checks::metrics()) {
    CHECK(contains(page.out, std::string(row.name)));
  }
}

TEST_CASE("list-settings lists every key in both formats") {
  const Done table = run({"list-settings"});
  const Done markdown = run({"list-settings", "--format=markdown"});
  REQUIRE(markdown.out == exporter::configuration_markdown());
  for (const exporter::ConfigKey& key : exporter::config_keys()) {
    CHECK(contains(table.out, key.path + "  ("));
  }
}

TEST_CASE("moments are read as RFC 3339 has them") {
  const auto read = exporter::time_from_rfc3339;
  const dns::WallTime epoch{};
  REQUIRE(read("1970-01-01T00:00:00Z") == epoch);
  REQUIRE(read("2026-11-22T16:00:00Z") == epoch + 1795363200s);
  REQUIRE(read("2026-11-22t16:00:00.25z") == epoch + 1795363200250ms);
  REQUIRE(read("2026-11-22 16:00:00.123456789Z") == epoch + 1795363200123ms);
  REQUIRE(read("2026-11-22T18:30:00+02:30") == epoch + 1795363200s);
  REQUIRE(read("2026-11-22T11:00:00-05:00") == epoch + 1795363200s);
  REQUIRE(read("2016-12-31T23:59:60Z") == epoch + 1483228800s);
  for (const char* text : {"",
                           "2026-11-22",
                           "2026-11-22T16:00:00",
                           "2026-11-22T16:00Z",
                           "2026-02-30T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-11-22T24:00:00Z",
                           "2026-11-22T16:60:00Z",
                           "2026-11-22T16:00:61Z",
                           "2026-11-22T16:00:00.Z",
                           "2026-11-22T16:00:00+0230",
                           "2026-11-22T16:00:00+02:3",
                           "2026-11-22T16:00:00+02:30x",
                           "2026-11-22T16:00:00Zx",
                           "2026-11-22T16:00:00.5",
                           "-026-11-22T16:00:00Z",
                           "2026-11-22X16:00:00Z",
                           "yesterday",
                           "2026-11-22T16:00:00+",
                           "2026-11-22T16:00:00+99:00"}) {
    INFO(text);
    CHECK_FALSE(read(text).has_value());
  }
}
