#include "tests/support/fake_world.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

namespace support {
namespace {

using dns::Bytes;
using dns::Message;
using dns::Name;
using dns::Record;
using dns::RRType;

void put_u16(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

void put_u32(Bytes& out, std::uint32_t value) {
  put_u16(out, value >> 16);
  put_u16(out, value & 0xFFFFU);
}

void put_name(Bytes& out, const Name& value) {
  out.insert(out.end(), value.wire().begin(), value.wire().end());
}

Bytes soa_rdata(const Name& apex, std::uint32_t serial) {
  Bytes out;
  put_name(out, apex);
  put_name(out, apex);
  put_u32(out, serial);
  for (const std::uint32_t timer : {7200U, 3600U, 1209600U, 300U}) put_u32(out, timer);
  return out;
}

Bytes rdata_of(const Name& apex, RRType type, std::istream& words) {
  std::string word;
  words >> word;
  Bytes out;
  switch (type) {
    case RRType::soa:
      return soa_rdata(apex, static_cast<std::uint32_t>(std::stoul(word)));
    case RRType::a:
    case RRType::aaaa: {
      const dns::IpAddress address = ip(word);
      return {address.octets().begin(), address.octets().end()};
    }
    case RRType::ds:
      put_u16(out, static_cast<unsigned>(std::stoul(word)));
      out.push_back(13);
      out.push_back(2);
      out.resize(4 + 32, 0x5A);
      return out;
    case RRType::dnskey:
      put_u16(out, static_cast<unsigned>(std::stoul(word)));
      out.push_back(3);
      out.push_back(13);
      out.resize(4 + 64, 0xA5);
      return out;
    case RRType::txt:
      out.push_back(static_cast<std::uint8_t>(word.size()));
      out.insert(out.end(), word.begin(), word.end());
      return out;
    default:
      put_name(out, name(word));
      return out;
  }
}

std::vector<Record> select(const FakeZone& zone, const Name& owner, RRType type) {
  std::vector<Record> found;
  for (const Record& record : zone.records) {
    if (record.owner == owner && record.type == type) found.push_back(record);
  }
  return found;
}

bool name_exists(const FakeZone& zone, const Name& owner) {
  return std::any_of(zone.records.begin(), zone.records.end(),
                     [&](const Record& record) { return record.owner.is_at_or_below(owner); });
}

void append(std::vector<Record>& to, const std::vector<Record>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// With their signatures, if any are asked for.
std::vector<Record> select_signed(const FakeZone& zone, const Name& owner, RRType type,
                                  const Seen& query) {
  std::vector<Record> found = select(zone, owner, type);
  if (!query.edns || !query.edns->dnssec_ok) return found;
  for (const Record& record : select(zone, owner, RRType::rrsig)) {
    if (dns::parse_rrsig(record.rdata)->type_covered == type) found.push_back(record);
  }
  return found;
}

// The delegation that hides `qname` from this zone, if any: the owner of its NS RRset.
std::optional<Name> cut_above(const FakeZone& zone, const Name& qname, RRType qtype) {
  for (std::size_t labels = zone.apex.label_count() + 1; labels <= qname.label_count(); ++labels) {
    const Name candidate = qname.suffix(labels);
    if (qtype == RRType::ds && candidate == qname) continue;
    if (!select(zone, candidate, RRType::ns).empty()) return candidate;
  }
  return std::nullopt;
}

// All of the chain: the zones are small.
void add_denial(const FakeZone& zone, const Seen& query, Message& message) {
  for (const Record& record : zone.records) {
    if (record.type != RRType::nsec) continue;
    append(message.authority, select_signed(zone, record.owner, RRType::nsec, query));
  }
}

void add_glue(const FakeServer& server, const std::vector<Record>& ns, Message& message) {
  for (const Record& record : ns) {
    const std::optional<Name> target = dns::parse_name_rdata(record.rdata);
    for (const std::shared_ptr<FakeZone>& zone : server.zones) {
      append(message.additional, select(*zone, *target, RRType::a));
      append(message.additional, select(*zone, *target, RRType::aaaa));
    }
  }
}

const FakeZone* zone_for(const FakeServer& server, const Name& qname, RRType qtype) {
  const FakeZone* deepest = nullptr;
  for (const std::shared_ptr<FakeZone>& zone : server.zones) {
    if (!qname.is_at_or_below(zone->apex)) continue;
    if (qtype == RRType::ds && qname == zone->apex && !qname.is_root() && server.zones.size() > 1) {
      continue;
    }
    if (deepest == nullptr || zone->apex.is_below(deepest->apex)) deepest = zone.get();
  }
  return deepest;
}

void answer_from(const FakeServer& server, const FakeZone& zone, const Seen& query,
                 Message& message) {
  if (const std::optional<Name> cut = cut_above(zone, query.qname, query.qtype)) {
    message.authority = select(zone, *cut, RRType::ns);
    add_glue(server, message.authority, message);
    return;
  }
  message.aa = true;
  message.answer = select_signed(zone, query.qname, query.qtype, query);
  if (message.answer.empty()) message.answer = select(zone, query.qname, RRType::cname);
  for (Name above = query.qname; message.answer.empty() && above.is_below(zone.apex);) {
    above = above.parent();
    message.answer = select(zone, above, RRType::dname);
  }
  if (!message.answer.empty()) {
    if (query.qtype == RRType::ns) {
      add_glue(server, select(zone, query.qname, RRType::ns), message);
    }
    return;
  }
  message.authority = select_signed(zone, zone.apex, RRType::soa, query);
  if (query.edns && query.edns->dnssec_ok) add_denial(zone, query, message);
  if (!name_exists(zone, query.qname)) message.rcode = dns::Rcode::nxdomain;
}

void put_records(Bytes& out, const std::vector<Record>& section) {
  for (const Record& record : section) {
    put_name(out, record.owner);
    put_u16(out, static_cast<unsigned>(record.type));
    put_u16(out, static_cast<unsigned>(record.rrclass));
    put_u32(out, record.ttl);
    put_u16(out, static_cast<unsigned>(record.rdata.size()));
    out.insert(out.end(), record.rdata.begin(), record.rdata.end());
  }
}

Bytes encode(const Message& message) {
  Bytes out;
  put_u16(out, message.id);
  unsigned flags = 0x8000U | (static_cast<unsigned>(message.rcode) & 0xFU);
  if (message.aa) flags |= 0x0400U;
  if (message.tc) flags |= 0x0200U;
  put_u16(out, flags);
  put_u16(out, 1);
  put_u16(out, static_cast<unsigned>(message.answer.size()));
  put_u16(out, static_cast<unsigned>(message.authority.size()));
  put_u16(out, static_cast<unsigned>(message.additional.size()) + (message.edns ? 1 : 0));
  put_name(out, message.question->qname);
  put_u16(out, static_cast<unsigned>(message.question->qtype));
  put_u16(out, 1);
  put_records(out, message.answer);
  put_records(out, message.authority);
  put_records(out, message.additional);
  if (message.edns) {
    out.push_back(0);
    put_u16(out, 41);
    put_u16(out, 1232);
    put_u32(out, 0x8000U);
    put_u16(out, 0);
  }
  return out;
}

// The response octets; nothing when the server keeps silent.
std::optional<Bytes> respond(FakeServer& server, std::span<const std::uint8_t> wire,
                             dns::Transport transport) {
  const dns::Result<Message> query = dns::parse_message(wire);
  if (!query || !query->question) return std::nullopt;
  const Seen seen{query->question->qname, query->question->qtype, transport, query->rd,
                  query->edns};
  server.seen.push_back(seen);
  if (transport == dns::Transport::udp ? !server.answers_udp : !server.answers_tcp) {
    return std::nullopt;
  }
  FakeReply reply;
  reply.message.id = query->id;
  reply.message.question = query->question;
  reply.message.edns = query->edns;
  if (const FakeZone* zone = zone_for(server, seen.qname, seen.qtype)) {
    answer_from(server, *zone, seen, reply.message);
  } else {
    reply.message.rcode = dns::Rcode::refused;
  }
  if (server.twist) server.twist(seen, reply);
  if (!reply.send) return std::nullopt;
  return encode(reply.message);
}

asio::ip::address to_asio(const dns::IpAddress& address) {
  return asio::ip::make_address(address.to_text());
}

// One TCP connection: reads messages and answers each until the peer closes.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(asio::ip::tcp::socket socket, FakeServer& server)
      : socket_(std::move(socket)), server_(server) {}

  void read() {
    asio::async_read(socket_, asio::buffer(length_),
                     [self = shared_from_this()](std::error_code error, std::size_t) {
                       if (!error) self->read_message();
                     });
  }

 private:
  void read_message() {
    in_.resize(static_cast<std::size_t>(length_[0] << 8 | length_[1]));
    asio::async_read(socket_, asio::buffer(in_),
                     [self = shared_from_this()](std::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

  void answer() {
    const std::optional<Bytes> response = respond(server_, in_, dns::Transport::tcp);
    if (!response) {
      read();
      return;
    }
    out_.clear();
    put_u16(out_, static_cast<unsigned>(response->size()));
    out_.insert(out_.end(), response->begin(), response->end());
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](std::error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  asio::ip::tcp::socket socket_;
  FakeServer& server_;
  std::array<std::uint8_t, 2> length_{};
  Bytes in_;
  Bytes out_;
};

}  // namespace

dns::Name name(std::string_view text) {
  dns::Result<Name> parsed = Name::from_text(text);
  if (!parsed) throw std::invalid_argument(parsed.error().sentence);
  return *parsed;
}

dns::IpAddress ip(std::string_view text) {
  dns::Result<dns::IpAddress> parsed = dns::IpAddress::from_text(text);
  if (!parsed) throw std::invalid_argument(parsed.error().sentence);
  return *parsed;
}

FakeZone fake_zone(std::string_view apex, std::string_view lines, std::uint32_t ttl) {
  FakeZone zone{name(apex), {}};
  std::istringstream text{std::string(lines)};
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string owner;
    std::string type;
    if (!(words >> owner >> type)) continue;
    Record record;
    record.owner = name(owner);
    record.type = dns::rrtype_from_text(type).value();
    record.ttl = ttl;
    record.rdata = rdata_of(zone.apex, record.type, words);
    zone.records.push_back(std::move(record));
  }
  return zone;
}

std::size_t FakeServer::asked(std::string_view qname, std::optional<RRType> qtype) const {
  const Name wanted = name(qname);
  return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [&](const Seen& query) {
    return query.qname == wanted && (!qtype || query.qtype == *qtype);
  }));
}

/// The sockets of one server.
class FakeWorld::Listener {
 public:
  Listener(asio::io_context& io, FakeServer& server)
      : server_(server), udp_(io), tcp_(io), address_(to_asio(server.address)) {}

  /// Port 0 lets the kernel choose. Gives the port, or an error.
  std::error_code bind(std::uint16_t& port) {
    std::error_code error;
    const asio::ip::udp::endpoint udp_endpoint(address_, port);
    udp_.open(udp_endpoint.protocol(), error);
    if (!error) udp_.bind(udp_endpoint, error);
    if (error) return error;
    port = udp_.local_endpoint().port();
    if (!server_.listens_tcp) return error;
    const asio::ip::tcp::endpoint tcp_endpoint(address_, port);
    tcp_.open(tcp_endpoint.protocol(), error);
    if (!error) tcp_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) tcp_.bind(tcp_endpoint, error);
    if (!error) tcp_.listen(asio::socket_base::max_listen_connections, error);
    return error;
  }

  void run() {
    receive();
    if (tcp_.is_open()) accept();
  }

 private:
  void receive() {
    udp_.async_receive_from(asio::buffer(buffer_), peer_,
                            [this](std::error_code error, std::size_t size) {
                              if (error == asio::error::operation_aborted) return;
                              if (!error) answer(size);
                              receive();
                            });
  }

  void answer(std::size_t size) {
    const std::span<const std::uint8_t> query(buffer_.data(), size);
    const std::optional<Bytes> response = respond(server_, query, dns::Transport::udp);
    std::error_code ignored;
    if (response) udp_.send_to(asio::buffer(*response), peer_, 0, ignored);
  }

  void accept() {
    tcp_.async_accept([this](std::error_code error, asio::ip::tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) std::make_shared<Session>(std::move(socket), server_)->read();
      accept();
    });
  }

  FakeServer& server_;
  asio::ip::udp::socket udp_;
  asio::ip::tcp::acceptor tcp_;
  asio::ip::address address_;
  asio::ip::udp::endpoint peer_;
  std::array<std::uint8_t, 4096> buffer_{};
};

FakeWorld::FakeWorld(asio::io_context& io) : io_(io) {}
FakeWorld::~FakeWorld() = default;

std::shared_ptr<FakeZone> FakeWorld::serve(std::string_view address, std::string_view apex,
                                           std::string_view lines) {
  auto zone = std::make_shared<FakeZone>(fake_zone(apex, lines));
  serve(address, zone);
  return zone;
}

void FakeWorld::serve(std::string_view address, std::shared_ptr<FakeZone> zone) {
  server(address).zones.push_back(std::move(zone));
}

FakeServer& FakeWorld::server(std::string_view address) {
  const dns::IpAddress key = ip(address);
  FakeServer& server = servers_[key];
  server.address = key;
  return server;
}

void FakeWorld::start() {
  constexpr int kTries = 50;
  std::error_code error;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    listeners_.clear();
    port_ = 0;
    for (auto& [address, server] : servers_) {
      auto listener = std::make_unique<Listener>(io_, server);
      error = listener->bind(port_);
      if (error) break;
      listeners_.push_back(std::move(listener));
    }
    if (error) continue;
    for (const std::unique_ptr<Listener>& listener : listeners_) listener->run();
    return;
  }
  throw std::runtime_error("no port is free on all addresses: " + error.message());
}

}  // namespace support
