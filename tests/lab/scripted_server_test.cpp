// The scripted server over real sockets: each fault as its victim sees it.
#include "tests/lab/scripted_server.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "dns/message.hpp"
#include "tests/catch.hpp"
#include "tests/lab/socket.hpp"

namespace {

constexpr int kPatience = 60'000;  // milliseconds for what must come
constexpr int kShort = 150;        // for what must not

constexpr const char* kZone =
    "@ 3600 IN SOA ns1 hostmaster 7 14400 3600 1209600 900\n"
    "@ IN NS ns1\n"
    "ns1 IN A 127.1.0.1\n";

dns::Name apex() {
  return dns::Name::from_text("example.test").value();
}

dns::Endpoint loopback() {
  return {dns::IpAddress::from_text("127.0.0.1").value(), 0};
}

lab::Fault fault(lab::FaultKind kind) {
  lab::Fault fault;
  fault.kind = kind;
  return fault;
}

lab::ServerScript script(std::vector<lab::Fault> faults = {}) {
  lab::ServerScript script;
  script.zones[apex()].data =
      std::make_shared<const lab::ZoneData>(lab::ZoneData::from_text(apex(), kZone).value());
  script.zones[apex()].faults = std::move(faults);
  return script;
}

/// A running server with one address.
struct Running {
  lab::ScriptedServer server;
  dns::Endpoint at;

  explicit Running(lab::ServerScript with) {
    const auto bound = server.add(loopback(), std::move(with));
    REQUIRE(bound);
    at = *bound;
    REQUIRE(server.start());
  }
  explicit Running(lab::FaultKind kind) : Running(script({fault(kind)})) {}

  std::optional<std::vector<std::uint8_t>> udp(int patience = kPatience) const {
    return lab::ask_udp(at, lab::make_query(apex(), dns::RRType::soa, 4711, 1232), patience);
  }
  std::optional<std::vector<std::uint8_t>> tcp(int patience = kPatience) const {
    return lab::ask_tcp(at, lab::make_query(apex(), dns::RRType::soa, 4711, 1232), patience);
  }
};

dns::Message parsed(const std::optional<std::vector<std::uint8_t>>& wire) {
  REQUIRE(wire);
  const auto message = dns::parse_message(*wire);
  if (!message) FAIL(message.error().sentence);
  return *message;
}

}  // namespace

TEST_CASE("a healthy server answers over UDP and TCP alike") {
  const Running running{script()};
  for (const auto& message : {parsed(running.udp()), parsed(running.tcp())}) {
    CHECK(message.id == 4711);
    CHECK(message.aa);
    CHECK_FALSE(message.ra);
    CHECK(message.rcode == dns::Rcode::noerror);
    REQUIRE(message.answer.size() == 1);
    CHECK(dns::parse_soa(message.answer[0].rdata)->serial == 7);
    CHECK(message.edns);
  }
  const auto counts = running.server.counts(running.at);
  CHECK(counts.udp_queries == 1);
  CHECK(counts.tcp_queries == 1);
  CHECK(counts.tcp_connections == 1);
}

TEST_CASE("a zone that is not served is refused, one that is not loaded is SERVFAIL") {
  lab::ServerScript other;
  other.zones[dns::Name::from_text("other.test").value()] = {};
  const Running running{other};
  CHECK(parsed(running.udp()).rcode == dns::Rcode::refused);
  const auto query =
      lab::make_query(dns::Name::from_text("www.other.test").value(), dns::RRType::a, 1);
  CHECK(parsed(lab::ask_udp(running.at, query, kPatience)).rcode == dns::Rcode::servfail);
}

TEST_CASE("parent and child on one address: the DS is the parent's, the rest the child's") {
  lab::ServerScript both = script();
  const dns::Name parent = apex().parent();
  both.zones[parent].data = std::make_shared<const lab::ZoneData>(
      lab::ZoneData::from_text(parent,
                               "@ IN SOA a b 9 14400 3600 1209600 900\n@ IN NS a\n"
                               "example IN NS ns1.example\nns1.example IN A 127.1.0.1\n")
          .value());
  const Running running{both};
  const auto ds =
      parsed(lab::ask_udp(running.at, lab::make_query(apex(), dns::RRType::ds, 1), kPatience));
  REQUIRE(ds.authority.size() == 1);
  CHECK(ds.authority[0].owner == parent);
  CHECK(parsed(running.udp()).answer.size() == 1);
}

TEST_CASE("silence") {
  const Running running{lab::FaultKind::drop};
  CHECK_FALSE(running.udp(kShort));
  CHECK_FALSE(running.tcp(kShort));
  // The server's thread may not have had its turn yet.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatience);
  while (running.server.counts(running.at).udp_queries == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  CHECK(running.server.counts(running.at).udp_queries == 1);
}

TEST_CASE("a fault may be of one transport and of one type only") {
  auto only_tcp = fault(lab::FaultKind::rcode);
  only_tcp.transport = dns::Transport::tcp;
  only_tcp.qtypes = {dns::RRType::soa};
  const Running running{script({only_tcp})};
  CHECK(parsed(running.udp()).rcode == dns::Rcode::noerror);
  CHECK(parsed(running.tcp()).rcode == dns::Rcode::servfail);
  CHECK(parsed(lab::ask_tcp(running.at, lab::make_query(apex(), dns::RRType::ns, 1), kPatience))
            .rcode == dns::Rcode::noerror);
}

TEST_CASE("without a listener TCP is refused at once") {
  auto udp_only = script({fault(lab::FaultKind::truncate)});
  udp_only.tcp = false;
  const Running running{udp_only};
  CHECK(parsed(running.udp()).tc);
  CHECK_FALSE(running.tcp());
}

TEST_CASE("TCP connections can end instead of answering") {
  for (const auto kind : {lab::FaultKind::close, lab::FaultKind::reset}) {
    const Running running{kind};
    CHECK_FALSE(running.tcp());
    CHECK(running.server.counts(running.at).tcp_queries == 1);
  }
}

TEST_CASE("wrong content") {
  const auto no_aa = parsed(Running{lab::FaultKind::no_aa}.udp());
  CHECK_FALSE(no_aa.aa);
  CHECK(no_aa.answer.size() == 1);

  const auto resolver = parsed(Running{lab::FaultKind::like_a_resolver}.udp());
  CHECK_FALSE(resolver.aa);
  CHECK(resolver.ra);

  const auto nxdomain = parsed(Running{lab::FaultKind::nxdomain}.udp());
  CHECK(nxdomain.rcode == dns::Rcode::nxdomain);
  CHECK(nxdomain.authority.size() == 1);

  const auto upward = parsed(Running{lab::FaultKind::upward_referral}.udp());
  CHECK_FALSE(upward.aa);
  REQUIRE(upward.authority.size() == 2);
  CHECK(upward.authority[0].owner.is_root());
  CHECK(upward.authority[0].type == dns::RRType::ns);

  const auto self = parsed(Running{lab::FaultKind::self_referral}.udp());
  CHECK(self.authority.at(0).owner == apex());

  const auto no_edns = parsed(Running{lab::FaultKind::no_edns}.udp());
  CHECK(no_edns.rcode == dns::Rcode::formerr);
  CHECK_FALSE(no_edns.edns);
}

TEST_CASE("messages that do not match or do not parse") {
  const auto id = parsed(Running{lab::FaultKind::wrong_id}.udp());
  CHECK(id.id != 4711);
  const auto question = parsed(Running{lab::FaultKind::wrong_question}.udp());
  CHECK(question.question->qname != apex());
  CHECK_FALSE(parsed(Running{lab::FaultKind::query_echo}.udp()).qr);

  using Kind = lab::FaultKind;
  for (const auto kind :
       {Kind::garbage, Kind::empty, Kind::cut_short, Kind::trailing_octets, Kind::oversized_counts,
        Kind::pointer_loop, Kind::forward_pointer, Kind::wrong_rdlength, Kind::second_opt}) {
    const Running running{kind};
    for (const auto& wire : {running.udp(), running.tcp()}) {
      INFO("fault " << static_cast<int>(kind));
      REQUIRE(wire);
      CHECK_FALSE(dns::parse_message(*wire));
    }
  }
}

TEST_CASE("an answer from another address does not reach a connected socket") {
  auto elsewhere = fault(lab::FaultKind::wrong_source);
  elsewhere.source = dns::IpAddress::from_text("127.0.0.2").value();
  const Running running{script({elsewhere})};
  CHECK_FALSE(running.udp(kShort));
  CHECK(running.tcp());
}

TEST_CASE("a late answer comes, and comes late") {
  auto slow = fault(lab::FaultKind::slow);
  slow.delay = std::chrono::milliseconds(300);
  const Running running{script({slow})};
  const auto start = std::chrono::steady_clock::now();
  CHECK(running.udp());
  CHECK(running.tcp());
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(600));
}

TEST_CASE("losses follow the ratio and repeat with the seed") {
  auto lossy = fault(lab::FaultKind::lose);
  lossy.ratio = 0.5;
  const auto query = lab::make_query(apex(), dns::RRType::soa, 1);
  const auto pattern = [&](std::uint32_t seed) {
    std::mt19937 engine(seed);
    const lab::Random random = [&] { return std::uniform_real_distribution<double>(0, 1)(engine); };
    std::vector<bool> lost;
    for (int i = 0; i < 1000; ++i) {
      lost.push_back(lab::respond(script({lossy}), query, dns::Transport::udp, random).nothing);
    }
    return lost;
  };
  const auto first = pattern(1);
  const auto count = std::count(first.begin(), first.end(), true);
  CHECK(count > 400);
  CHECK(count < 600);
  CHECK(first == pattern(1));
  CHECK(first != pattern(2));
}

TEST_CASE("a script can be replaced while the server runs") {
  Running running{script()};
  CHECK(parsed(running.udp()).rcode == dns::Rcode::noerror);
  REQUIRE(running.server.replace(running.at, lab::ServerScript{}));
  CHECK(parsed(running.udp()).rcode == dns::Rcode::refused);
  CHECK_FALSE(running.server.replace(loopback(), script()));
}

TEST_CASE("an address cannot be served twice, and stopping frees it") {
  dns::Endpoint at;
  {
    Running running{script()};
    at = running.at;
    lab::ScriptedServer other;
    CHECK_FALSE(other.add(at, script()));
    CHECK_FALSE(running.server.start());
  }
  lab::ScriptedServer again;
  CHECK(again.add(at, script()));
}
