// The daemon as a whole, on loopback, with a root that nobody serves: start, probe, reload, signals
// and stop. What surveys see is left to the integration tests.
#include "exporter/daemon.hpp"

#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

#include "exporter/demand.hpp"
#include "tests/catch.hpp"
#include "tests/unit/raw_client.hpp"

namespace {

using namespace std::chrono_literals;
using exporter::Config;
using exporter::Daemon;
using exporter::ProbeResult;
using Status = ProbeResult::Status;

constexpr auto kPatience = 30s;  // only ever waited for when something is broken

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

/// A directory with a configuration, gone after the test. No server listens where its root hints
/// point, so every survey ends at once.
class Place {
 public:
  Place()
      : path_(std::filesystem::temp_directory_path() /
              ("dnszone_daemon_test_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
    std::ofstream(path_ / "hints") << ". 3600 IN NS a.root.\na.root. 3600 IN A 127.77.0.1\n";
  }
  ~Place() { std::filesystem::remove_all(path_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::string config_file() const { return (path_ / "dnszone.yml").string(); }

  void write(const std::string& zones, const std::string& more = "") const {
    std::ofstream(config_file()) << "zones: [" << zones << "]\n"
                                 << "resolution: {root_hints: hints, port: 9, allow: "
                                    "[127.0.0.0/8], ipv6: false}\n"
                                 << "web: {listen_address: \"127.0.0.1:0\"}\n"
                                 << more;
  }

 private:
  std::filesystem::path path_;
};

/// A daemon that runs in a thread of its own until the end of the test.
class Running {
 public:
  explicit Running(const Place& place, bool handle_signals = false) {
    tl::expected<Config, std::vector<exporter::Mistake>> config =
        exporter::load_config(place.config_file());
    REQUIRE(config.has_value());
    exporter::DaemonOptions options;
    options.config_file = place.config_file();
    options.version = "test";
    options.handle_signals = handle_signals;
    auto started = Daemon::start(std::move(options), std::move(*config), clock_, log_);
    REQUIRE(started.has_value());
    daemon_ = std::move(*started);
    thread_ = std::thread([this] {
      daemon_->run();
      const std::lock_guard lock(mutex_);
      returned_ = true;
      changed_.notify_all();
    });
  }
  ~Running() {
    daemon_->request_stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  Daemon& daemon() { return *daemon_; }

  bool returns() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [this] { return returned_; });
  }

  /// Probes and waits for the end.
  ProbeResult probe(const std::string& zone) {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<ProbeResult> result;
    daemon_->probe(name(zone), kPatience, [&](const ProbeResult& ended) {
      const std::lock_guard lock(mutex);
      result = ended;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, 2 * kPatience, [&] { return result.has_value(); }));
    return *result;
  }

  /// Waits for a line of log that holds `text`.
  bool logs(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (logged().find(text) != std::string::npos) return true;
      std::this_thread::yield();
    }
    return false;
  }
  std::string logged() { return buffer_.text(); }

 private:
  /// A string that the log writes while the test reads it.
  class Buffer final : public std::streambuf {
   public:
    std::string text() {
      const std::lock_guard lock(mutex_);
      return text_;
    }

   protected:
    int_type overflow(int_type c) override {
      const std::lock_guard lock(mutex_);
      text_ += static_cast<char>(c);
      return c;
    }
    std::streamsize xsputn(const char* data, std::streamsize size) override {
      const std::lock_guard lock(mutex_);
      text_.append(data, static_cast<std::size_t>(size));
      return size;
    }

   private:
    std::mutex mutex_;
    std::string text_;
  };

  Buffer buffer_;
  std::ostream stream_{&buffer_};
  dns::SystemClock clock_;
  exporter::Log log_{stream_, exporter::LogLevel::info, exporter::LogFormat::logfmt};
  std::unique_ptr<Daemon> daemon_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool returned_ = false;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a daemon starts, surveys what it is asked for, and stops") {
  const Place place;
  place.write("a.test, b.test", "probe: {allow: [\"*.allowed.test\"]}\n");
  Running running(place);
  REQUIRE(running.daemon().ready());
  REQUIRE(running.daemon().healthy());
  REQUIRE(running.daemon().address().port != 0);
  const ProbeResult configured = running.probe("a.test");
  REQUIRE(configured.status == Status::done);
  REQUIRE(configured.report->zone == name("a.test"));
  REQUIRE(configured.report->interval == 60s);
  REQUIRE(running.probe("x.allowed.test").status == Status::done);
  REQUIRE(running.probe("other.test").status == Status::not_allowed);
  REQUIRE(contains(running.daemon().config_text(), "  - \"a.test\"\n"));
  // Its parts are watched: the engine has asked, the verifier is there.
  const std::string page = web_test::fetch(running.daemon().address(), "GET", "/metrics").body;
  CHECK(contains(page, "dnszone_exporter_queries_total{"));
  CHECK(contains(page, "dnszone_exporter_verifications_total{result=\"cached\"}"));

  running.daemon().request_stop();
  REQUIRE(running.returns());
  REQUIRE_FALSE(running.daemon().ready());
  REQUIRE_FALSE(running.daemon().reload().has_value());
}

TEST_CASE("stopping does not wait for surveys under way") {
  const Place place;
  place.write("a.test, b.test, c.test");
  Running running(place);
  running.daemon().request_stop();
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(running.returns());
  REQUIRE(std::chrono::steady_clock::now() - begun < 10s);
}

TEST_CASE("a daemon that never ran is destroyed in order") {
  const Place place;
  place.write("a.test");
  std::ostringstream text;
  const dns::SystemClock clock;
  exporter::Log log(text, exporter::LogLevel::info, exporter::LogFormat::logfmt);
  const auto daemon = Daemon::start({place.config_file(), "test", {}, {}, {}, false},
                                    exporter::load_config(place.config_file()).value(), clock, log);
  REQUIRE(daemon.has_value());
}

TEST_CASE("a daemon surveys the zones of its shard, which a reload may change") {
  const std::string zones = "com, example.com, xn--p1ai";  // of two shards 1 has example.com alone
  const Place place;
  place.write(zones, "sharding: {shard: 0, of: 2}\n");
  Running running(place);
  const auto page = [&](const std::string& target) {
    return web_test::fetch(running.daemon().address(), "GET", target).body;
  };
  CHECK(contains(page("/api/v1/zones"), "\"xn--p1ai\""));
  CHECK_FALSE(contains(page("/api/v1/zones"), "example.com"));
  CHECK(contains(page("/"), "Shard 0 of 2, counted from 0: 2 of 3 zones."));
  CHECK(contains(page("/metrics"), "\ndnszone_exporter_shards 2\n"));
  CHECK(contains(page("/probe?target=example.com"), "belongs to shard 1 of 2"));
  CHECK(running.probe("example.com").status == Status::not_allowed);
  REQUIRE(running.probe("com").status == Status::done);

  place.write(zones, "sharding: {shard: 1, of: 2}\n");
  REQUIRE(running.daemon().reload().has_value());
  CHECK(running.probe("example.com").status == Status::done);
  CHECK_FALSE(contains(page("/api/v1/zones"), "xn--p1ai"));

  place.write(zones);
  REQUIRE(running.daemon().reload().has_value());
  CHECK(contains(page("/api/v1/zones"), "xn--p1ai"));
  CHECK_FALSE(contains(page("/metrics"), "\ndnszone_exporter_shard"));
}

TEST_CASE("an address that is taken is a sentence, not an exception") {
  const Place place;
  place.write("a.test");
  Running running(place);
  std::ostringstream text;
  const dns::SystemClock clock;
  exporter::Log log(text, exporter::LogLevel::info, exporter::LogFormat::logfmt);
  exporter::DaemonOptions options;
  options.handle_signals = false;
  options.listen_address = running.daemon().address();
  const auto second = Daemon::start(std::move(options),
                                    exporter::load_config(place.config_file()).value(), clock, log);
  REQUIRE_FALSE(second.has_value());
  REQUIRE(contains(second.error().sentence, running.daemon().address().to_text()));
}

TEST_CASE("a reload takes over what is good and leaves what is not") {
  const Place place;
  place.write("a.test, b.test");
  Running running(place);
  REQUIRE(running.probe("a.test").status == Status::done);
  const std::string before = running.daemon().config_text();

  SECTION("a mistake changes nothing and is told with its place") {
    place.write("a.test", "webb: 1\nworkers: x\n");
    const dns::Result<void> reloaded = running.daemon().reload();
    REQUIRE_FALSE(reloaded.has_value());
    REQUIRE(reloaded.error().sentence ==
            place.config_file() + ":4:1: webb: unknown key; did you mean web?\n" +
                place.config_file() +
                ":5:10: workers: write a whole number from 0 to 256, not \"x\"");
    REQUIRE(running.daemon().config_text() == before);
    REQUIRE(running.probe("b.test").status == Status::done);
    REQUIRE(contains(running.logged(), "configuration not loaded"));
  }
  SECTION("zones come and go") {
    place.write("a.test, c.test");
    REQUIRE(running.daemon().reload().has_value());
    REQUIRE_FALSE(contains(running.daemon().config_text(), "b.test"));
    REQUIRE(running.probe("b.test").status == Status::not_allowed);
    REQUIRE(running.probe("c.test").status == Status::done);
    REQUIRE(running.probe("a.test").status == Status::done);
  }
  SECTION("what needs a restart stays and is told") {
    place.write("a.test", "workers: 7\nlog: {format: json}\n");
    REQUIRE(running.daemon().reload().has_value());
    REQUIRE(contains(running.daemon().config_text(), "workers: 0\n"));
    REQUIRE(contains(running.logged(), "key=workers"));
    REQUIRE(contains(running.logged(), "key=log.format"));
    REQUIRE_FALSE(contains(running.logged(), "key=resolution"));
  }
  SECTION("a file that is gone changes nothing") {
    std::filesystem::remove(place.config_file());
    REQUIRE_FALSE(running.daemon().reload().has_value());
    REQUIRE(running.daemon().config_text() == before);
  }
}

TEST_CASE("SIGHUP reloads and SIGTERM stops") {
  const Place place;
  place.write("a.test");
  Running running(place, true);
  place.write("a.test, b.test");
  REQUIRE(raise(SIGHUP) == 0);
  REQUIRE(running.logs("msg=\"configuration loaded\" zones=2"));
  REQUIRE(raise(SIGTERM) == 0);
  REQUIRE(running.returns());
  REQUIRE(running.logs("msg=\"stopped\""));
}

TEST_CASE("only what a reload cannot change is kept") {
  const auto make = [](const std::string& text) {
    return exporter::parse_config(text, "test.yml",
                                  [](const std::string&) -> dns::Result<std::string> {
                                    return std::string(". 1 IN NS a.\na. 1 IN A 198.41.0.4\n");
                                  },
                                  {.zones_required = false})
        .value();
  };
  const Config running = make("zones: [a.test]\n");
  Config same = make("zones: [a.test, b.test]\n");
  REQUIRE(exporter::keep_restart_keys(running, same).empty());
  REQUIRE(same.zones.size() == 2);

  Config other = make(
      "web: {listen_address: \":1\"}\n"
      "log: {format: json, level: debug}\n"
      "resolution: {port: 5300, root_hints: hints, ipv4: false, allow: [10.0.0.0/8]}\n"
      "vantage: {control_targets: [198.41.0.4], name: here}\n"
      "pacing: {burst: 5}\n"
      "workers: 3\n");
  REQUIRE(exporter::keep_restart_keys(running, other) ==
          std::vector<std::string>{"web.listen_address", "log.format", "resolution.port",
                                   "resolution.ipv4", "vantage.control_targets", "workers",
                                   "resolution.root_hints"});
  REQUIRE(other.log.level == exporter::LogLevel::debug);
  REQUIRE(other.resolution.allow.size() == 1);
  REQUIRE(other.vantage.name == "here");
  REQUIRE(other.pacing.pace.burst == 5);
  REQUIRE(other.resolution.port == 53);
  REQUIRE_FALSE(other.resolution.root_hints.has_value());
  REQUIRE(exporter::keep_restart_keys(running, other).empty());
}

TEST_CASE("trust anchors are kept until a restart, from whichever key they come") {
  const std::string rdata = "13 2 " + std::string(64, 'A');
  std::string file = "a. DS 1 " + rdata + "\n";
  const auto make = [&](const std::string& resolution) {
    return exporter::parse_config(
               "resolution: {" + resolution + "}\n", "test.yml",
               [&](const std::string&) -> dns::Result<std::string> { return file; },
               {.zones_required = false})
        .value();
  };
  const std::string list = "trust_anchors: [a. DS 1 " + rdata + "]";
  using Keys = std::vector<std::string>;
  const Config running = make("trust_anchor_file: keys");
  const auto kept = [&](Config next) {
    Keys keys = exporter::keep_restart_keys(running, next);
    CHECK(next.resolution.trust_anchors == running.resolution.trust_anchors);
    CHECK(next.resolution.trust_anchor_file == "keys");
    CHECK(next.resolution.trust_anchor_records.empty());
    return keys;
  };
  CHECK(kept(make("trust_anchor_file: keys")).empty());
  CHECK(kept(make(list)).empty());  // another place for the same
  CHECK(kept(make("")) == Keys{"resolution.trust_anchor_file"});
  CHECK(kept(make("trust_anchor_file: keys, trust_anchors: [b. DS 1 " + rdata + "]")) ==
        Keys{"resolution.trust_anchors"});
  CHECK(kept(make("trust_anchors: [b. DS 1 " + rdata + "]")) ==
        Keys{"resolution.trust_anchor_file", "resolution.trust_anchors"});
  file = "a. DS 2 " + rdata + "\n";
  CHECK(kept(make("trust_anchor_file: keys")) == Keys{"resolution.trust_anchor_file"});
  // The built-in ones written out are no change either.
  const Config builtin = make("");
  Config written = make(
      "trust_anchors: ["
      ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D, "
      ". DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16]");
  CHECK(exporter::keep_restart_keys(builtin, written).empty());
}

TEST_CASE("configured trust anchors stand in place of the built-in ones") {
  Config config;
  CHECK(exporter::trust_anchors(config) == dns::dnssec::builtin_trust_anchors());
  const std::string text = "a.test. DS 1 13 2 " + std::string(64, 'A');
  config.resolution.trust_anchors = dns::dnssec::parse_trust_anchors(text).value();
  CHECK(exporter::trust_anchors(config).closest(name("b.a.test")) == name("a.test"));
  CHECK_FALSE(exporter::trust_anchors(config).closest(dns::Name()));
}

TEST_CASE("the keys that a reload keeps are those the documentation marks") {
  // Each marked key set to something else, and the keys that are told then.
  std::set<std::string> marked;
  for (const exporter::ConfigKey& key : exporter::config_keys()) {
    if (key.needs_restart) marked.insert(key.path);
  }
  REQUIRE(marked == std::set<std::string>{"log.format", "resolution.ipv4", "resolution.ipv6",
                                          "resolution.port", "resolution.root_hints",
                                          "resolution.trust_anchor_file",
                                          "resolution.trust_anchors", "vantage.control_targets",
                                          "web.listen_address", "workers"});
}

TEST_CASE("demand on an address is the sum over its zones") {
  const auto zone = [](const std::string& text, dns::Duration interval,
                       const std::vector<std::string>& addresses) {
    auto report = std::make_shared<checks::ZoneReport>();
    report->zone = name(text);
    for (const std::string& address : addresses) {
      checks::ServerState& server = report->servers.emplace_back();
      server.address = dns::IpAddress::from_text(address).value();
    }
    return exporter::StoredZone{name(text), interval, report};
  };
  std::vector<exporter::StoredZone> zones{
      zone("a.test", 10s, {"192.0.2.1", "192.0.2.1", "192.0.2.2"}),
      zone("b.test", 5s, {"192.0.2.1"}),
      zone("c.test", 10s, {"198.51.100.1"}),
      {name("d.test"), 1s, nullptr},
  };
  Config::Pacing pacing;
  pacing.pace.queries_per_second = 1;
  REQUIRE(exporter::excessive_demand(zones, pacing, 5).size() == 1);
  const exporter::AddressDemand worst = exporter::excessive_demand(zones, pacing, 5).front();
  REQUIRE(worst.address.to_text() == "192.0.2.1");
  REQUIRE(worst.zones == 2);
  REQUIRE(worst.queries_per_second == Approx(1.5));
  REQUIRE(worst.limit == 1);

  pacing.pace.queries_per_second = 0.1;
  REQUIRE(exporter::excessive_demand(zones, pacing, 5).size() == 3);
  pacing.prefixes.emplace_back(dns::Prefix::from_text("192.0.2.0/24").value(),
                               exporter::Pace{0, 1});
  REQUIRE(exporter::excessive_demand(zones, pacing, 5).size() == 1);
  REQUIRE(exporter::queries_per_round() >= 5);

  // A resolver is asked nine questions of this zone every fifteen minutes.
  auto asking = std::make_shared<checks::ZoneReport>();
  asking->nameservers = {name("ns.test")};
  asking->resolvers.resize(1);
  asking->resolvers[0].endpoint.address = dns::IpAddress::from_text("203.0.113.53").value();
  zones = {{name("e.test"), 60s, asking}, {name("f.test"), 60s, asking}};
  pacing.pace.queries_per_second = 0.019;
  const auto resolvers = exporter::excessive_demand(zones, pacing, 5);
  REQUIRE(resolvers.size() == 1);
  REQUIRE(resolvers[0].zones == 2);
  REQUIRE(resolvers[0].queries_per_second == Approx(0.02));
}
