// What an authoritative server says from a zone, read back with the product's own strict parser.
#include "tests/lab/zone_data.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "dns/message.hpp"
#include "tests/catch.hpp"
#include "tests/lab/signer.hpp"
#include "tests/lab/wire.hpp"

namespace {

constexpr const char* kZone = R"(
@ 3600 IN SOA ns1 hostmaster 7 14400 3600 1209600 900
@ IN NS ns1
@ IN NS ns2.other.test.
ns1 IN A 127.1.0.1
ns1 IN AAAA fd00::1
www IN CNAME web
web IN A 127.1.0.9
away IN CNAME www.elsewhere.test.
a.ent IN TXT "below an empty non-terminal"
*.wild IN TXT "wild"
sub IN NS ns.sub
sub IN NS ns1
sub IN DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub IN A 127.1.0.2
)";

dns::Name name(const char* text) {
  return dns::Name::from_text(text).value();
}

lab::ZoneData zone() {
  return lab::ZoneData::from_text(name("example.test"), kZone).value();
}

lab::Reply ask(const char* qname, dns::RRType type) {
  return zone().answer(name(qname), type, false);
}

/// The zone signed with NSEC3, with opt-out or not.
std::string signed_text(lab::Denial denial) {
  const auto keys = lab::ZoneKeys::generate(name("example.test"));
  const std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};
  const auto text = keys->sign(
      "example.test. 3600 IN SOA ns1.example.test. h.example.test. 7 14400 3600 1209600 900\n"
      "example.test. 3600 IN NS ns1.example.test.\n"
      "ns1.example.test. 3600 IN A 127.1.0.1\n"
      "a.ent.example.test. 3600 IN TXT \"x\"\n"
      "*.wild.example.test. 3600 IN TXT \"wild\"\n",
      {now - std::chrono::hours(1), now + std::chrono::days(1)}, denial);
  return text.value();
}

lab::ZoneData signed_zone(lab::Denial denial) {
  return lab::ZoneData::from_text(name("example.test"), signed_text(denial)).value();
}

std::size_t count(const lab::Reply& reply, dns::RRType type) {
  return static_cast<std::size_t>(
      std::count_if(reply.authority.begin(), reply.authority.end(),
                    [type](const dns::Record& record) { return record.type == type; }));
}

}  // namespace

TEST_CASE("a zone with NSEC3 proves what RFC 5155 section 7.2 asks for") {
  const lab::ZoneData data = signed_zone(lab::Denial::nsec3);
  const auto proof = [&data](const char* qname, dns::RRType type) {
    return count(data.answer(name(qname), type, true), dns::RRType::nsec3);
  };
  // Closest encloser, next closer name and wildcard; one record may do for two.
  CHECK(proof("missing.example.test", dns::RRType::a) >= 1);
  CHECK(proof("missing.example.test", dns::RRType::a) <= 3);
  CHECK(proof("ns1.example.test", dns::RRType::txt) == 1);
  CHECK(proof("ent.example.test", dns::RRType::txt) == 1);
  CHECK(proof("x.wild.example.test", dns::RRType::txt) == 1);
  CHECK(proof("x.wild.example.test", dns::RRType::a) >= 2);
  CHECK(proof("ns1.example.test", dns::RRType::a) == 0);
  const auto nodata = data.answer(name("ns1.example.test"), dns::RRType::txt, true);
  const auto match =
      std::find_if(nodata.authority.begin(), nodata.authority.end(),
                   [](const auto& record) { return record.type == dns::RRType::nsec3; });
  CHECK(match->owner ==
        name("example.test").prefixed(lab::nsec3_label(name("ns1.example.test"), {})).value());
}

TEST_CASE("an apex without an NSEC3 record of its own is served all the same") {
  const std::string apex = lab::nsec3_label(name("example.test"), {});
  std::istringstream text(signed_text(lab::Denial::nsec3));
  std::string rest;
  std::size_t dropped = 0;
  for (std::string line; std::getline(text, line);) {
    const bool is_of_apex = line.starts_with(apex);
    dropped += is_of_apex ? 1 : 0;
    if (!is_of_apex) rest += line + "\n";
  }
  REQUIRE(dropped == 2);  // with its signature
  const auto data = lab::ZoneData::from_text(name("example.test"), rest).value();
  const lab::Reply reply = data.answer(name("example.test"), dns::RRType::cname, true);
  CHECK(reply.rcode == dns::Rcode::noerror);
  CHECK(count(reply, dns::RRType::soa) == 1);
  CHECK(count(reply, dns::RRType::nsec3) == 0);
}

TEST_CASE("a zone answers with authority what it holds") {
  const auto reply = ask("EXAMPLE.test", dns::RRType::ns);
  CHECK(reply.aa);
  CHECK(reply.rcode == dns::Rcode::noerror);
  CHECK(reply.answer.size() == 2);
  CHECK(reply.additional.size() == 2);
  CHECK(reply.authority.empty());
}

TEST_CASE("a missing type is NODATA, a missing name NXDOMAIN, both with the negative TTL") {
  const auto nodata = ask("web.example.test", dns::RRType::aaaa);
  CHECK(nodata.rcode == dns::Rcode::noerror);
  CHECK(nodata.answer.empty());
  REQUIRE(nodata.authority.size() == 1);
  CHECK(nodata.authority[0].type == dns::RRType::soa);
  CHECK(nodata.authority[0].ttl == 900);

  const auto nxdomain = ask("nothing.example.test", dns::RRType::a);
  CHECK(nxdomain.rcode == dns::Rcode::nxdomain);
  CHECK(nxdomain.aa);
  REQUIRE(nxdomain.authority.size() == 1);

  const auto between = ask("ent.example.test", dns::RRType::a);
  CHECK(between.rcode == dns::Rcode::noerror);
}

TEST_CASE("below a cut there is a referral with glue, at it the DS is answered") {
  const auto referral = ask("www.sub.example.test", dns::RRType::a);
  CHECK_FALSE(referral.aa);
  CHECK(referral.answer.empty());
  CHECK(referral.authority.size() == 2);
  CHECK(referral.glue.size() == 3);

  const auto ds = ask("sub.example.test", dns::RRType::ds);
  CHECK(ds.aa);
  CHECK(ds.answer.size() == 1);
}

TEST_CASE("aliases are followed inside the zone only") {
  const auto inside = ask("www.example.test", dns::RRType::a);
  REQUIRE(inside.answer.size() == 2);
  CHECK(inside.answer[1].owner == name("web.example.test"));
  const auto outside = ask("away.example.test", dns::RRType::a);
  CHECK(outside.answer.size() == 1);
  CHECK(outside.rcode == dns::Rcode::noerror);
}

TEST_CASE("a wildcard answers for names that do not exist") {
  const auto reply = ask("x.y.wild.example.test", dns::RRType::txt);
  REQUIRE(reply.answer.size() == 1);
  CHECK(reply.answer[0].owner == name("x.y.wild.example.test"));
  CHECK(ask("x.wild.example.test", dns::RRType::a).rcode == dns::Rcode::noerror);
}

TEST_CASE("a zone without SOA, or with a record outside it, is refused") {
  CHECK_FALSE(lab::ZoneData::from_text(name("example.test"), "@ IN NS ns1\n"));
  CHECK_FALSE(lab::ZoneData::from_text(name("example.test"),
                                       std::string(kZone) + "elsewhere.test. IN A 127.0.0.1\n"));
  CHECK_FALSE(lab::ZoneData::from_text(name("example.test"), std::string(kZone) + "x IN A nine\n"));
}

TEST_CASE("replies are strict messages and truncate by the book") {
  lab::Query query;
  query.id = 4711;
  query.qname = name("example.test");
  query.qtype = dns::RRType::txt;
  query.edns = lab::QueryEdns{1232, 0, true, true};
  std::string text = kZone;
  for (int i = 0; i < 30; ++i) {
    text += "@ IN TXT \"a string of some forty octets, number " + std::to_string(i) + "\"\n";
  }
  const auto big = lab::ZoneData::from_text(name("example.test"), text).value();
  const auto reply = big.answer(query.qname, query.qtype, false);
  const auto truncated = lab::write_reply(query, reply, 1232, "lab");
  const auto parsed = dns::parse_message(truncated);
  REQUIRE(parsed);
  CHECK(parsed->tc);
  CHECK(parsed->answer.empty());
  CHECK(truncated.size() <= 1232);
  REQUIRE(parsed->edns);
  CHECK(parsed->edns->nsid() == dns::Bytes{'l', 'a', 'b'});

  const auto whole = dns::parse_message(lab::write_reply(query, reply, 65535));
  REQUIRE(whole);
  CHECK_FALSE(whole->tc);
  CHECK(whole->answer.size() == 30);
}

TEST_CASE("additional records go before the answer is truncated") {
  lab::Query query;
  query.qname = name("example.test");
  query.qtype = dns::RRType::ns;
  const auto reply = zone().answer(query.qname, query.qtype, false);
  const auto full = lab::write_reply(query, reply, 65535);
  const auto less = dns::parse_message(lab::write_reply(query, reply, full.size() - 1));
  REQUIRE(less);
  CHECK_FALSE(less->tc);
  CHECK(less->answer.size() == 2);
  CHECK(less->additional.empty());
}

TEST_CASE("what is no query is not taken for one") {
  CHECK_FALSE(lab::parse_query(std::vector<std::uint8_t>{}));
  CHECK_FALSE(lab::parse_query(std::vector<std::uint8_t>(11, 0)));
  std::vector<std::uint8_t> two_questions = {0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1};
  CHECK_FALSE(lab::parse_query(two_questions));
  two_questions[5] = 1;
  CHECK(lab::parse_query(two_questions));
  two_questions.pop_back();
  CHECK_FALSE(lab::parse_query(two_questions));
}
