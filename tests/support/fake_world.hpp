// A small DNS of its own for the tests of the resolver and the survey: authoritative servers on
// loopback addresses, all on one port that the kernel gave, in the io_context of the test. What a
// server does wrong is said with its fields. Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>

#include "dns/address.hpp"
#include "dns/message.hpp"

namespace support {

/// A zone in lines of "OWNER TYPE RDATA...", names absolute. Types: SOA (RDATA: the serial), NS, A,
/// AAAA, CNAME, DNAME, DS (key tag), DNSKEY (flags), TXT. Everything has the TTL `ttl`. RRSIG and
/// NSEC records that are added to it go out where they belong, to those who ask with DO.
struct FakeZone {
  dns::Name apex;
  std::vector<dns::Record> records;
};

FakeZone fake_zone(std::string_view apex, std::string_view lines, std::uint32_t ttl = 3600);

/// What a server was asked.
struct Seen {
  dns::Name qname;
  dns::RRType qtype{};
  dns::Transport transport{};
  bool recursion_desired = false;
  std::optional<dns::Edns> edns;
};

/// A response before it is sent; a twist may change anything.
struct FakeReply {
  dns::Message message;
  bool send = true;
};

struct FakeServer {
  dns::IpAddress address;
  std::vector<std::shared_ptr<FakeZone>> zones;
  bool answers_udp = true;  ///< false: takes queries and keeps silent
  bool answers_tcp = true;
  bool listens_tcp = true;  ///< false: connections are refused
  std::function<void(const Seen& query, FakeReply& reply)> twist;
  std::vector<Seen> seen;

  /// How often it was asked for this name and type; any type when none is given.
  std::size_t asked(std::string_view qname, std::optional<dns::RRType> qtype = {}) const;
};

class FakeWorld {
 public:
  explicit FakeWorld(asio::io_context& io);
  ~FakeWorld();
  FakeWorld(const FakeWorld&) = delete;
  FakeWorld& operator=(const FakeWorld&) = delete;

  /// Adds a zone to the server at `address`, which is made if need be. The zone may be shared: give
  /// what another call returned.
  std::shared_ptr<FakeZone> serve(std::string_view address, std::string_view apex,
                                  std::string_view lines);
  void serve(std::string_view address, std::shared_ptr<FakeZone> zone);

  /// The server at `address`, made without zones if need be.
  FakeServer& server(std::string_view address);

  /// Binds all servers to one port. Throws when that does not succeed after several tries.
  void start();
  std::uint16_t port() const { return port_; }

 private:
  class Listener;
  asio::io_context& io_;
  std::map<dns::IpAddress, FakeServer> servers_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::uint16_t port_ = 0;
};

/// The parts that must not be wrong, for use in expectations.
dns::Name name(std::string_view text);
dns::IpAddress ip(std::string_view text);

}  // namespace support
