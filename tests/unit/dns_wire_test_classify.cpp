#include "dns/exchange.hpp"
#include "tests/catch.hpp"
#include "tests/unit/message_builder.hpp"

namespace {

using dns::Bytes;
using dns::classify;
using dns::Message;
using dns::Question;
using dns::ResponseKind;
using dns::RRType;
using tests::MessageBuilder;
using tests::Octets;
using tests::owner;

constexpr unsigned kAuthoritative = 0x8400;
constexpr unsigned kNotAuthoritative = 0x8000;

const Bytes& soa() {
  static const Bytes rdata = Octets().name("ns1.example.").name("host.example.").fill(20, 1);
  return rdata;
}
const Bytes& nameserver() {
  static const Bytes rdata = Octets().name("ns1.example.net.");
  return rdata;
}
const Bytes kAddress{192, 0, 2, 1};

/// The kind of `builder`'s message as response to A of www.sub.example.org. from a server that is
/// asked for example.org.
ResponseKind kind(const MessageBuilder& builder, std::string_view qname = "www.sub.example.org.",
                  RRType qtype = RRType::a, std::string_view zone = "example.org.") {
  const auto message = dns::parse_message(builder.wire());
  if (!message) FAIL(message.error().sentence);
  Question question;
  question.qname = *dns::Name::from_text(qname);
  question.qtype = qtype;
  return classify(*message, question, *dns::Name::from_text(zone));
}

MessageBuilder with_ns(unsigned flags, std::string_view zone) {
  MessageBuilder builder(flags);
  builder.authority(owner(zone), RRType::ns, nameserver());
  return builder;
}

TEST_CASE("answers") {
  CHECK(kind(MessageBuilder().answer(owner("WWW.sub.example.org."), RRType::a, kAddress)) ==
        ResponseKind::answer);
  CHECK(kind(MessageBuilder().answer(owner("www.sub.example.org."), RRType::cname,
                                     Octets().name("elsewhere."))) == ResponseKind::answer);
  CHECK(kind(MessageBuilder().answer(owner("sub.example.org."), RRType::dname,
                                     Octets().name("elsewhere."))) == ResponseKind::answer);
  CHECK(kind(MessageBuilder().answer(owner("www.sub.example.org."), RRType::txt,
                                     Octets().string("x")),
             "www.sub.example.org.", RRType::any) == ResponseKind::answer);
  // With NS and SOA beside it, still an answer.
  CHECK(kind(MessageBuilder()
                 .answer(owner("www.sub.example.org."), RRType::a, kAddress)
                 .authority(owner("sub.example.org."), RRType::ns, nameserver())
                 .authority(owner("example.org."), RRType::soa, soa())) == ResponseKind::answer);
}

TEST_CASE("an answer section without what was asked for is no answer") {
  const auto none = ResponseKind::nodata;
  CHECK(kind(MessageBuilder().answer(owner("other.example.org."), RRType::a, kAddress)) == none);
  CHECK(kind(MessageBuilder().answer(owner("www.sub.example.org."), RRType::txt,
                                     Octets().string("x"))) == none);
  CHECK(kind(MessageBuilder().answer(owner("www.sub.example.org."), RRType::a, kAddress, 3)) ==
        none);
  // DNAME at the name itself does not lead away from it, nor does one elsewhere.
  CHECK(kind(MessageBuilder().answer(owner("www.sub.example.org."), RRType::dname,
                                     Octets().name("elsewhere."))) == none);
  CHECK(kind(MessageBuilder().answer(owner("example.net."), RRType::dname,
                                     Octets().name("elsewhere."))) == none);
}

TEST_CASE("NODATA in the three forms of RFC 2308 section 2.2") {
  CHECK(kind(MessageBuilder()
                 .authority(owner("example.org."), RRType::soa, soa())
                 .authority(owner("example.org."), RRType::ns, nameserver())) ==
        ResponseKind::nodata);
  CHECK(kind(MessageBuilder().authority(owner("example.org."), RRType::soa, soa())) ==
        ResponseKind::nodata);
  CHECK(kind(MessageBuilder()) == ResponseKind::nodata);
  // Authoritative, with the zone's own NS and no SOA.
  CHECK(kind(with_ns(kAuthoritative, "example.org.")) == ResponseKind::nodata);
}

TEST_CASE("NXDOMAIN counts only with authority") {
  CHECK(kind(MessageBuilder(kAuthoritative | 3)
                 .authority(owner("example.org."), RRType::soa, soa())) == ResponseKind::nxdomain);
  CHECK(kind(MessageBuilder(kAuthoritative | 3)) == ResponseKind::nxdomain);
  CHECK(kind(MessageBuilder(kNotAuthoritative | 3).authority(owner("."), RRType::soa, soa())) ==
        ResponseKind::lame);
}

TEST_CASE("referrals lead from the zone towards the name") {
  CHECK(kind(with_ns(kNotAuthoritative, "sub.example.org.")) == ResponseKind::referral);
  CHECK(kind(with_ns(kNotAuthoritative, "SUB.example.ORG.")) == ResponseKind::referral);
  CHECK(kind(with_ns(kNotAuthoritative, "www.sub.example.org.")) == ResponseKind::referral);
  CHECK(kind(with_ns(kNotAuthoritative, "org."), "www.sub.example.org.", RRType::a, ".") ==
        ResponseKind::referral);
  // With AA, which is wrong but done.
  CHECK(kind(with_ns(kAuthoritative, "sub.example.org.")) == ResponseKind::referral);
  // Towards some other name, or past it.
  CHECK(kind(with_ns(kNotAuthoritative, "other.example.org.")) == ResponseKind::lame);
  CHECK(kind(with_ns(kNotAuthoritative, "a.www.sub.example.org.")) == ResponseKind::lame);
  CHECK(kind(with_ns(kNotAuthoritative, "example.net.")) == ResponseKind::lame);
  // A SOA makes it no referral.
  CHECK(kind(with_ns(kNotAuthoritative, "sub.example.org.")
                 .authority(owner("example.org."), RRType::soa, soa())) == ResponseKind::lame);
  CHECK(kind(with_ns(kAuthoritative, "sub.example.org.")
                 .authority(owner("example.org."), RRType::soa, soa())) == ResponseKind::nodata);
  // NS of another class.
  CHECK(kind(MessageBuilder(kNotAuthoritative)
                 .authority(owner("sub.example.org."), RRType::ns, nameserver(), 3)) ==
        ResponseKind::lame);
}

TEST_CASE("upward referrals lead to the zone itself or above") {
  CHECK(kind(with_ns(kNotAuthoritative, ".")) == ResponseKind::upward_referral);
  CHECK(kind(with_ns(kNotAuthoritative, "org.")) == ResponseKind::upward_referral);
  CHECK(kind(with_ns(kNotAuthoritative, "example.org.")) == ResponseKind::upward_referral);
  CHECK(kind(with_ns(kNotAuthoritative, "."), "org.", RRType::soa, ".") ==
        ResponseKind::upward_referral);
  CHECK(kind(with_ns(kNotAuthoritative, "example.org."), "example.org.", RRType::soa) ==
        ResponseKind::upward_referral);
}

TEST_CASE("without authority an answer is lame") {
  CHECK(kind(MessageBuilder(kNotAuthoritative)
                 .answer(owner("www.sub.example.org."), RRType::a, kAddress)
                 .authority(owner("."), RRType::ns, nameserver())) == ResponseKind::lame);
  CHECK(kind(MessageBuilder(kNotAuthoritative)
                 .answer(owner("www.sub.example.org."), RRType::a, kAddress)) ==
        ResponseKind::lame);
  CHECK(kind(MessageBuilder(kNotAuthoritative)
                 .answer(owner("www.sub.example.org."), RRType::a, kAddress)
                 .authority(owner("sub.example.org."), RRType::ns, nameserver())) ==
        ResponseKind::lame);
  CHECK(kind(MessageBuilder(kNotAuthoritative)) == ResponseKind::lame);
  CHECK(kind(MessageBuilder(kNotAuthoritative)
                 .authority(owner("example.org."), RRType::soa, soa())) == ResponseKind::lame);
}

TEST_CASE("any other RCODE is an error, whatever the sections hold") {
  for (const unsigned rcode : {1U, 2U, 4U, 5U, 6U, 9U, 15U}) {
    CHECK(kind(MessageBuilder(kAuthoritative | rcode)
                   .answer(owner("www.sub.example.org."), RRType::a, kAddress)) ==
          ResponseKind::error);
  }
  CHECK(kind(MessageBuilder().opt({}, 1)) == ResponseKind::error);
  // NXDOMAIN in the header's four bits is not NXDOMAIN when OPT extends it.
  CHECK(kind(MessageBuilder(kAuthoritative | 3).opt({}, 1)) == ResponseKind::error);
}

TEST_CASE("outcomes and kinds have their texts") {
  using dns::Outcome;
  CHECK(dns::to_text(Outcome::answered) == "answered");
  CHECK(dns::to_text(Outcome::timeout) == "timeout");
  CHECK(dns::to_text(Outcome::refused) == "refused");
  CHECK(dns::to_text(Outcome::unreachable) == "unreachable");
  CHECK(dns::to_text(Outcome::reset) == "reset");
  CHECK(dns::to_text(Outcome::closed) == "closed");
  CHECK(dns::to_text(Outcome::malformed) == "malformed");
  CHECK(dns::to_text(Outcome::mismatched) == "mismatched");
  CHECK(dns::to_text(Outcome::forbidden) == "forbidden");
  CHECK(dns::to_text(Outcome::not_asked) == "not_asked");
  CHECK(dns::to_text(Outcome::cancelled) == "cancelled");
  CHECK(dns::to_text(ResponseKind::answer) == "answer");
  CHECK(dns::to_text(ResponseKind::nodata) == "nodata");
  CHECK(dns::to_text(ResponseKind::nxdomain) == "nxdomain");
  CHECK(dns::to_text(ResponseKind::referral) == "referral");
  CHECK(dns::to_text(ResponseKind::upward_referral) == "upward_referral");
  CHECK(dns::to_text(ResponseKind::lame) == "lame");
  CHECK(dns::to_text(ResponseKind::error) == "error");
}

}  // namespace
