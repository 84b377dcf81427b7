// A running lab: faults begin and end without a new world.
#include "tests/lab/lab.hpp"

#include <filesystem>

#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/lab/socket.hpp"
#include "tests/lab/wire.hpp"

namespace {

constexpr int kPatienceMilliseconds = 5000;

dns::IpAddress address(const char* text) {
  return dns::IpAddress::from_text(text).value();
}

/// A port that was free a moment ago.
std::uint16_t free_port() {
  const auto socket = lab::bind_socket({address("127.94.0.1"), 0}, SOCK_STREAM);
  REQUIRE(socket);
  return lab::local_endpoint(*socket).port;
}

/// The RCODE, and the octets of the answer section that come first: those of the one record asked
/// for.
struct Answer {
  int rcode = -1;
  dns::Bytes wire;
};

Answer ask(std::uint16_t port, const char* at, const char* name, dns::RRType type) {
  const auto query = lab::make_query(dns::Name::from_text(name).value(), type, 7);
  const auto reply = lab::ask_udp({address(at), port}, query, kPatienceMilliseconds);
  if (!reply || reply->size() < 12) return {};
  return {(*reply)[3] & 0x0F, *reply};
}

}  // namespace

TEST_CASE("a lab goes over to its faults and back, with the same keys") {
  const auto world = lab::parse_world(
      "zones:\n"
      "  - {zone: ., title: t, signed: true, servers: [{name: a.roots., address: 127.94.0.1}]}\n"
      "  - {zone: x., title: t, signed: true, servers: [{name: ns1, address: 127.94.0.2}, "
      "{name: ns2, address: 127.94.0.3, faults: [{do: rcode, rcode: REFUSED}]}]}\n",
      "world.yaml");
  REQUIRE(world);
  lab::LabOptions options;
  options.directory =
      std::filesystem::temp_directory_path() / ("dnszone-lab-test-" + std::to_string(::getpid()));
  options.port = free_port();
  options.shown = lab::Shown::healed;
  auto lab = lab::Lab::start(*world, options);
  if (!lab) FAIL(lab.error().sentence);
  const auto ask_second = [&](dns::RRType type) {
    return ask(options.port, "127.94.0.3", "x.", type);
  };
  const Answer soa = ask_second(dns::RRType::soa);
  const Answer keys = ask_second(dns::RRType::dnskey);
  CHECK(soa.rcode == 0);
  CHECK(keys.rcode == 0);

  REQUIRE((*lab)->show(lab::Shown::as_described));
  CHECK(ask_second(dns::RRType::soa).rcode == static_cast<int>(dns::Rcode::refused));
  CHECK(ask(options.port, "127.94.0.2", "x.", dns::RRType::dnskey).wire == keys.wire);

  REQUIRE((*lab)->show(lab::Shown::healed));
  CHECK(ask_second(dns::RRType::soa).rcode == 0);
  CHECK(ask_second(dns::RRType::soa).wire != soa.wire);  // the serial is newer
  CHECK(ask_second(dns::RRType::dnskey).wire == keys.wire);
  lab->reset();
  std::filesystem::remove_all(options.directory);
}
