#include <set>

#include "dns/message.hpp"
#include "tests/catch.hpp"
#include "tests/unit/message_builder.hpp"
#include "tests/unit/message_samples.hpp"

namespace {

using dns::Bytes;
using dns::Message;
using dns::OptionCode;
using dns::parse_message;
using dns::Question;
using dns::Rcode;
using dns::RRClass;
using dns::RRType;
using tests::MessageBuilder;
using tests::Octets;
using tests::to_qname;

Message parsed(const Bytes& wire) {
  auto message = parse_message(wire);
  if (!message) FAIL(message.error().sentence);
  return *std::move(message);
}

Message sample(std::string_view name) {
  for (const auto& entry : tests::message_samples()) {
    if (entry.name == name) return parsed(entry.wire);
  }
  FAIL("no sample is called " << name);
  return {};
}

dns::Name name(std::string_view text) {
  return *dns::Name::from_text(text);
}

TEST_CASE("right messages are accepted, wrong ones refused with exactly their sentence") {
  std::set<std::string> names;
  for (const auto& entry : tests::message_samples()) {
    INFO(entry.name);
    CHECK(names.insert(entry.name).second);
    const auto message = parse_message(entry.wire);
    CHECK((message ? std::string() : message.error().sentence) == entry.error);
  }
  CHECK(names.size() > 150);
}

TEST_CASE("no prefix of a right message is a right message") {
  for (const auto& entry : tests::message_samples()) {
    if (!entry.error.empty()) continue;
    INFO(entry.name);
    for (std::size_t size = 0; size < entry.wire.size(); ++size) {
      // A copy of exactly this size, so that ASan sees a read past its end.
      const Bytes cut(entry.wire.begin(), entry.wire.begin() + static_cast<std::ptrdiff_t>(size));
      if (parse_message(cut)) FAIL("accepted when cut at " << size);
    }
  }
}

TEST_CASE("a message larger than TCP can carry is refused") {
  MessageBuilder builder;
  builder.question(".", RRType::txt);
  const auto type = static_cast<RRType>(65280);
  builder.answer(to_qname(), type, Bytes(32000, 1)).answer(to_qname(), type, Bytes(33000, 1));
  Bytes wire = builder.wire();
  const std::size_t missing = 65535 - wire.size();
  REQUIRE(missing > 12);
  builder.answer(to_qname(), type, Bytes(missing - 12, 1));
  CHECK(parsed(builder.wire()).wire_size == 65535);
  wire.resize(65536);
  CHECK(parse_message(wire).error().sentence == "the message has more than 65535 octets");
}

TEST_CASE("as many records as the limit allows are accepted") {
  MessageBuilder builder;
  builder.question(".", RRType::a);
  for (std::size_t i = 0; i < dns::kMaxRecordsPerMessage; ++i) {
    builder.answer(tests::owner("."), RRType::a, Bytes{192, 0, 2, 1});
  }
  CHECK(parsed(builder.wire()).answer.size() == dns::kMaxRecordsPerMessage);
  builder.answer(tests::owner("."), RRType::a, Bytes{192, 0, 2, 1});
  CHECK(parse_message(builder.wire()).error().sentence ==
        "the header announces 4097 records, more than the limit of 4096");
}

TEST_CASE("the header is read bit by bit") {
  const auto with = [](unsigned flags) { return parsed(MessageBuilder(flags).wire()); };
  const Message none = with(0);
  CHECK(none.id == 0x1234);
  CHECK_FALSE(
      (none.qr || none.aa || none.tc || none.rd || none.ra || none.z || none.ad || none.cd));
  CHECK(none.opcode == 0);
  CHECK(none.rcode == Rcode::noerror);
  CHECK(none.wire_size == 12);
  CHECK_FALSE(none.question);
  CHECK_FALSE(none.edns);
  const auto only = [&](unsigned flags, bool Message::*bit) {
    const Message message = with(flags);
    const int set = message.qr + message.aa + message.tc + message.rd + message.ra + message.z +
                    message.ad + message.cd;
    return set == 1 && message.*bit;
  };
  CHECK(only(0x8000, &Message::qr));
  CHECK(only(0x0400, &Message::aa));
  CHECK(only(0x0200, &Message::tc));
  CHECK(only(0x0100, &Message::rd));
  CHECK(only(0x0080, &Message::ra));
  CHECK(only(0x0040, &Message::z));
  CHECK(only(0x0020, &Message::ad));
  CHECK(only(0x0010, &Message::cd));
  CHECK(with(0x7800).opcode == 15);
  CHECK(with(0x0005).rcode == Rcode::refused);
}

TEST_CASE("sections hold their records in the order received, without the OPT") {
  const Message message = sample("referral");
  REQUIRE(message.question);
  CHECK(message.question->qname.to_text() == "www.example.org.");
  CHECK(message.question->qtype == RRType::soa);
  CHECK(message.question->qclass == RRClass::in);
  CHECK(message.answer.empty());
  REQUIRE(message.authority.size() == 2);
  CHECK(message.authority[0].owner.to_text() == "example.org.");
  CHECK(message.authority[0].type == RRType::ns);
  CHECK(message.authority[0].ttl == 3600);
  CHECK(dns::parse_name_rdata(message.authority[0].rdata)->to_text() == "ns1.example.org.");
  CHECK(message.authority[1].type == RRType::ds);
  REQUIRE(message.additional.size() == 1);
  CHECK(message.additional[0].owner.to_text() == "ns1.example.org.");
  REQUIRE(message.edns);
  CHECK(sample("opt_first").additional.size() == 1);
}

TEST_CASE("names inside RDATA are decompressed and keep their case") {
  const auto rdata = [](RRType type, const Bytes& octets) {
    return parsed(
               MessageBuilder().question("Ex.Org.", type).answer(to_qname(), type, octets).wire())
        .answer.at(0)
        .rdata;
  };
  const Bytes ex_org = Octets().name("Ex.Org.");
  CHECK(rdata(RRType::ns, Octets().pointer(12)) == ex_org);
  CHECK(rdata(RRType::mx, Octets().u16(7).labels("a.").pointer(15)) ==
        Octets().u16(7).name("a.Org.").bytes());
  CHECK(rdata(RRType::soa, Octets().pointer(12).pointer(12).fill(20, 5)) ==
        Octets().raw(ex_org).raw(ex_org).fill(20, 5).bytes());
  CHECK(rdata(RRType::rrsig, Octets().fill(18, 6).pointer(12).fill(9, 7)) ==
        Octets().fill(18, 6).raw(ex_org).fill(9, 7).bytes());
  CHECK(rdata(RRType::nsec, Octets().pointer(12).raw({0, 1, 1})) ==
        Octets().raw(ex_org).raw({0, 1, 1}).bytes());
  CHECK(rdata(static_cast<RRType>(26), Octets().u16(1).pointer(12).labels("b.").pointer(12)) ==
        Octets().u16(1).raw(ex_org).labels("b.").raw(ex_org).bytes());
  CHECK(rdata(RRType::naptr, Octets().u32(1).string("a").string("").string("b").pointer(12)) ==
        Octets().u32(1).string("a").string("").string("b").raw(ex_org).bytes());
  // What is no name stays as it is, also where it looks like a pointer.
  CHECK(rdata(static_cast<RRType>(65280), Octets().pointer(12)) == Octets().pointer(12).bytes());
  CHECK(rdata(RRType::txt, Octets().string("\xc0\x0c")) == Octets().string("\xc0\x0c").bytes());
}

TEST_CASE("the largest RDATA before a name is decompressed whole") {
  const std::string text(255, 'x');
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "a.";
  const Bytes wire = MessageBuilder()
                         .question(longest, RRType::naptr)
                         .answer(to_qname(), RRType::naptr,
                                 Octets().u32(1).string(text).string(text).string(text).pointer(12))
                         .wire();
  CHECK(parsed(wire).answer.at(0).rdata ==
        Octets().u32(1).string(text).string(text).string(text).name(longest).bytes());
}

TEST_CASE("another class is kept, and is no data for find_records") {
  const Message chaos = sample("chaos_a");
  CHECK(chaos.question->qclass == RRClass::chaos);
  REQUIRE(chaos.answer.size() == 1);
  CHECK(chaos.answer[0].rrclass == RRClass::chaos);
  CHECK(dns::find_records(chaos.answer, name("www.example.org."), RRType::a).empty());

  const Message message = sample("soa_signed");
  CHECK(dns::find_records(message.answer, name("WWW.example.ORG."), RRType::soa).size() == 1);
  CHECK(dns::find_records(message.answer, name("WWW.example.ORG."), RRType::rrsig).size() == 1);
  CHECK(dns::find_records(message.answer, name("example.org."), RRType::soa).empty());
  CHECK(dns::find_records(message.answer, name("www.example.org."), RRType::ns).empty());
  const auto found = dns::find_records(message.answer, name("www.example.org."), RRType::soa);
  CHECK(found.at(0) == message.answer.data());
}

TEST_CASE("EDNS: the fixed part and the extended RCODE") {
  const Message plain = sample("soa_signed");
  REQUIRE(plain.edns);
  CHECK(plain.edns->udp_size == 1232);
  CHECK(plain.edns->version == 0);
  CHECK(plain.edns->dnssec_ok);
  CHECK(plain.edns->other_flags == 0);
  CHECK(plain.edns->options.empty());
  CHECK(sample("badvers").rcode == Rcode::badvers);
  const Bytes odd = MessageBuilder(0x8407)
                        .raw(Octets().u8(0).u16(41).u16(512).u8(1).u8(3).u16(0x4001).u16(0))
                        .count(3, 1)
                        .wire();
  const Message message = parsed(odd);
  CHECK(message.rcode == Rcode::badcookie);
  CHECK(message.edns->udp_size == 512);
  CHECK(message.edns->version == 3);
  CHECK_FALSE(message.edns->dnssec_ok);
  CHECK(message.edns->other_flags == 0x4001);
}

TEST_CASE("EDNS options are read") {
  const Message message = sample("options");
  REQUIRE(message.edns);
  const dns::Edns& edns = *message.edns;
  CHECK(edns.options.size() == 7);
  CHECK(edns.nsid() == Bytes{'n', 's', '0', '1'});
  CHECK(edns.expire() == 604800U);
  REQUIRE(edns.extended_errors().size() == 1);
  CHECK(edns.extended_errors()[0].info_code == 22);
  CHECK(edns.extended_errors()[0].extra_text == "no more");
  REQUIRE(edns.zone_version());
  CHECK(edns.zone_version()->label_count == 2);
  CHECK(edns.zone_version()->serial == 2026073102U);
  CHECK(edns.report_channel()->to_text() == "agent.");
  REQUIRE(edns.find(OptionCode::cookie) != nullptr);
  CHECK(edns.find(OptionCode::cookie)->data.size() == 16);
  CHECK(edns.find(OptionCode::padding) == nullptr);
}

TEST_CASE("EDNS options of a wrong form say nothing") {
  const auto with = [](OptionCode code, const Bytes& data) {
    return *parsed(MessageBuilder()
                       .opt(Octets()
                                .u16(static_cast<unsigned>(code))
                                .u16(static_cast<unsigned>(data.size()))
                                .raw(data))
                       .wire())
                .edns;
  };
  const dns::Edns none = *parsed(MessageBuilder().opt().wire()).edns;
  CHECK_FALSE(none.nsid());
  CHECK_FALSE(none.expire());
  CHECK_FALSE(none.zone_version());
  CHECK_FALSE(none.report_channel());
  CHECK(none.extended_errors().empty());
  CHECK(with(OptionCode::nsid, {}).nsid() == Bytes{});
  CHECK_FALSE(with(OptionCode::expire, {}).expire());
  CHECK_FALSE(with(OptionCode::expire, Bytes(3)).expire());
  CHECK_FALSE(with(OptionCode::expire, Bytes(5)).expire());
  CHECK_FALSE(with(OptionCode::zoneversion, {}).zone_version());
  CHECK_FALSE(with(OptionCode::zoneversion, Bytes{2, 1, 0, 0, 0, 1}).zone_version());
  CHECK_FALSE(with(OptionCode::zoneversion, Bytes(7)).zone_version());
  CHECK_FALSE(with(OptionCode::report_channel, {}).report_channel());
  CHECK_FALSE(with(OptionCode::report_channel, Bytes{1, 'a'}).report_channel());
  CHECK_FALSE(with(OptionCode::report_channel, Bytes{0xc0, 0x0c}).report_channel());
  CHECK(with(OptionCode::ede, Bytes{0}).extended_errors().empty());
  CHECK(with(OptionCode::ede, Bytes{0, 7}).extended_errors().at(0).extra_text.empty());
  CHECK(with(OptionCode::ede, Bytes(1000, 'x')).extended_errors().at(0).extra_text.size() == 256);
}

TEST_CASE("several Extended DNS Errors are all read") {
  const Message message = parsed(
      MessageBuilder().opt(Octets().u16(15).u16(2).u16(9).u16(15).u16(3).u16(10).u8('x')).wire());
  const auto errors = message.edns->extended_errors();
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].info_code == 9);
  CHECK(errors[1].info_code == 10);
  CHECK(errors[1].extra_text == "x");
}

TEST_CASE("a query is written octet by octet") {
  Question question;
  question.qname = name("Example.org");
  question.qtype = RRType::soa;
  CHECK(write_query(question, 0xabcd) == Octets()
                                             .u16(0xabcd)
                                             .u16(0)
                                             .u16(1)
                                             .u16(0)
                                             .u16(0)
                                             .u16(1)
                                             .name("Example.org")
                                             .u16(6)
                                             .u16(1)
                                             .u8(0)
                                             .u16(41)
                                             .u16(1232)
                                             .u8(0)
                                             .u8(0)
                                             .u16(0x8000)
                                             .u16(0)
                                             .bytes());
  question.edns.reset();
  question.recursion_desired = true;
  question.checking_disabled = true;
  CHECK(write_query(question, 1) == Octets()
                                        .u16(1)
                                        .u16(0x0110)
                                        .u16(1)
                                        .u16(0)
                                        .u16(0)
                                        .u16(0)
                                        .name("Example.org")
                                        .u16(6)
                                        .u16(1)
                                        .bytes());
  question.edns =
      dns::EdnsRequest{4096, false, {OptionCode::nsid, OptionCode::expire}, Bytes(8, 5)};
  CHECK(write_query(question, 1) == Octets()
                                        .u16(1)
                                        .u16(0x0110)
                                        .u16(1)
                                        .u16(0)
                                        .u16(0)
                                        .u16(1)
                                        .name("Example.org")
                                        .u16(6)
                                        .u16(1)
                                        .u8(0)
                                        .u16(41)
                                        .u16(4096)
                                        .u8(0)
                                        .u8(0)
                                        .u16(0)
                                        .u16(20)
                                        .u16(3)
                                        .u16(0)
                                        .u16(9)
                                        .u16(0)
                                        .u16(10)
                                        .u16(8)
                                        .fill(8, 5)
                                        .bytes());
}

TEST_CASE("the largest query fits in 512 octets and is read back") {
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "a.";
  Question question;
  question.qname = name(longest);
  question.qtype = RRType::any;
  question.edns->ask_for.assign(dns::kMaxOptionsAsked, OptionCode::nsid);
  question.edns->cookie.assign(dns::kMaxCookieSize, 1);
  const Bytes wire = write_query(question, 7);
  CHECK(wire.size() <= 512);
  const Message message = parsed(wire);
  CHECK(message.question->qname.is_identical(question.qname));
  CHECK(message.question->qtype == RRType::any);
  CHECK(message.edns->options.size() == dns::kMaxOptionsAsked + 1);
  CHECK_FALSE(message.qr);
}

}  // namespace
