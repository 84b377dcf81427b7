// Canonical form: the rules of RFC 4034 section 6 by hand, and ldns as the second opinion.
#include "dns/dnssec_canonical.hpp"
#include "dns/ldns_wrapper.hpp"
#include "dns/message.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_signer.hpp"
#include "tests/unit/message_builder.hpp"
#include "tests/unit/message_samples.hpp"

namespace {

using dns::Bytes;
using dns::Record;
using dns::RRType;
using dns::dnssec::canonical_rdata;
using dns::dnssec::CanonicalRrset;
using tests::name;
using tests::Octets;
using tests::record;
using tests::records;

dns::Rrsig plain_rrsig(std::uint8_t labels) {
  dns::Rrsig rrsig;
  rrsig.type_covered = RRType::a;
  rrsig.algorithm = 13;
  rrsig.labels = labels;
  rrsig.original_ttl = 300;
  rrsig.expiration = 2000;
  rrsig.inception = 1000;
  rrsig.key_tag = 77;
  rrsig.signer = name("Example.");
  return rrsig;
}

Octets plain_prefix(unsigned labels) {
  return Octets().u16(1).u8(13).u8(labels).u32(300).u32(2000).u32(1000).u16(77).name("example.");
}

TEST_CASE("names in RDATA are lowered where RFC 4034 section 6.2 says so") {
  CHECK(canonical_rdata(RRType::ns, Octets().name("NS.Example.")) ==
        Octets().name("ns.example.").bytes());
  CHECK(canonical_rdata(RRType::mx, Octets().u16(0x4142).name("MX.Example.")) ==
        Octets().u16(0x4142).name("mx.example.").bytes());
  CHECK(canonical_rdata(RRType::srv, Octets().u16(1).u16(2).u16(0x5858).name("A.B.")) ==
        Octets().u16(1).u16(2).u16(0x5858).name("a.b.").bytes());
  CHECK(
      canonical_rdata(RRType::naptr,
                      Octets().u16(1).u16(2).string("U").string("E2U").string("!A!").name("R.")) ==
      Octets().u16(1).u16(2).string("U").string("E2U").string("!A!").name("r.").bytes());
  const Octets tail = Octets().u32(0x41414141).fill(16, 'B');
  CHECK(canonical_rdata(RRType::soa, Octets().name("A.").name("B.").raw(tail.bytes())) ==
        Octets().name("a.").name("b.").raw(tail.bytes()).bytes());
  CHECK(canonical_rdata(RRType::rrsig, Octets().fill(18, 'A').name("Sig.Ner.").fill(8, 'S')) ==
        Octets().fill(18, 'A').name("sig.ner.").fill(8, 'S').bytes());
}

TEST_CASE("other RDATA keeps its case, NSEC too (RFC 6840 section 5.1)") {
  const Bytes nsec = Octets().name("Next.Example.").raw({0, 1, 0x40});
  CHECK(canonical_rdata(RRType::nsec, nsec) == nsec);
  const Bytes txt = Octets().string("ABC");
  CHECK(canonical_rdata(RRType::txt, txt) == txt);
  const Bytes svcb = Octets().u16(1).name("Svc.Example.");
  CHECK(canonical_rdata(RRType::svcb, svcb) == svcb);
}

TEST_CASE("broken RDATA is left as it is behind the break") {
  for (const RRType type : {RRType::ns, RRType::mx, RRType::soa, RRType::naptr, RRType::rrsig,
                            RRType::srv, static_cast<RRType>(26)}) {
    CHECK(canonical_rdata(type, {}).empty());
    for (std::size_t size = 1; size < 24; ++size) {
      CHECK(canonical_rdata(type, Bytes(size, 0xff)).size() == size);
      CHECK(canonical_rdata(type, Bytes(size, 5)).size() == size);
    }
  }
}

TEST_CASE("records are sorted as unsigned octets and duplicates go") {
  const auto section = records(
      "A.Example. 60 IN A 192.0.2.200\n"
      "a.example. 60 IN A 10.0.0.1\n"
      "a.EXAMPLE. 90 IN A 192.0.2.200\n");
  const CanonicalRrset rrset(tests::rrset_of(section));
  CHECK(rrset.size() == 2);
  const auto rr = [](std::initializer_list<unsigned> address) {
    return Octets().name("a.example.").u16(1).u16(1).u32(300).u16(4).raw(address).bytes();
  };
  CHECK(rrset.signed_data(plain_rrsig(2)) ==
        plain_prefix(2).raw(rr({10, 0, 0, 1})).raw(rr({192, 0, 2, 200})).bytes());
}

TEST_CASE("the owner of a wildcard is reconstructed from the labels") {
  const auto section = records("a.b.Example. 60 IN A 192.0.2.1\n");
  const CanonicalRrset rrset(tests::rrset_of(section));
  const auto with_owner = [](unsigned labels, std::string_view owner) {
    return plain_prefix(labels)
        .name(owner)
        .u16(1)
        .u16(1)
        .u32(300)
        .u16(4)
        .raw({192, 0, 2, 1})
        .bytes();
  };
  CHECK(rrset.signed_data(plain_rrsig(3)) == with_owner(3, "a.b.example."));
  CHECK(rrset.signed_data(plain_rrsig(2)) == with_owner(2, "*.b.example."));
  CHECK(rrset.signed_data(plain_rrsig(1)) == with_owner(1, "*.example."));
  CHECK(rrset.signed_data(plain_rrsig(0)) == with_owner(0, "*."));
  const auto wildcard = records("*.Example. 60 IN A 192.0.2.1\n");
  CHECK(CanonicalRrset(tests::rrset_of(wildcard)).signed_data(plain_rrsig(1)) ==
        with_owner(1, "*.example."));
}

TEST_CASE("labels are counted as RRSIGs count them") {
  CHECK(dns::dnssec::signed_labels(name(".")) == 0);
  CHECK(dns::dnssec::signed_labels(name("example.")) == 1);
  CHECK(dns::dnssec::signed_labels(name("*.example.")) == 1);
  CHECK(dns::dnssec::signed_labels(name("a.*.example.")) == 3);
}

TEST_CASE("a section falls into RRsets with their signatures") {
  const std::string rrsig = " 60 IN RRSIG A 13 2 60 20300101000000 20200101000000 1 example. AAAA";
  auto section = records(
      "a.example. 60 IN A 192.0.2.1\n"
      "b.example. 60 IN A 192.0.2.9\n"
      "A.example. 60 IN A 192.0.2.2\n"
      "a.example. 60 IN TXT \"x\"\n"
      "a.example." +
      rrsig + "\n" + "c.example." + rrsig + "\n");
  section[1].rrclass = dns::RRClass::chaos;
  const auto rrsets = dns::dnssec::collect_rrsets(section);
  REQUIRE(rrsets.size() == 2);
  CHECK(rrsets[0].records == std::vector<const Record*>{&section[0], &section[2]});
  CHECK(rrsets[0].signatures == std::vector<const Record*>{&section[4]});
  CHECK(rrsets[1].type == RRType::txt);
  CHECK(rrsets[1].signatures.empty());
  const auto one = dns::dnssec::collect_rrset(section, name("a.EXAMPLE."), RRType::a);
  CHECK(one.records == rrsets[0].records);
  CHECK(one.signatures == rrsets[0].signatures);
  CHECK(dns::dnssec::collect_rrset(section, name("b.example."), RRType::a).records.empty());
}

/// The canonical RDATA by ldns.
Bytes ldns_canonical(const Record& record) {
  const Bytes wire = Octets()
                         .text(record.owner.wire())
                         .u16(static_cast<unsigned>(record.type))
                         .u16(1)
                         .u32(0)
                         .u16(static_cast<unsigned>(record.rdata.size()))
                         .raw(record.rdata);
  ldns_rr* raw = nullptr;
  std::size_t at = 0;
  REQUIRE(ldns_wire2rr(&raw, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK);
  const dns::ldns::Rr rr(raw);
  ldns_rr2canonical(rr.get());
  const dns::ldns::Buffer buffer(ldns_buffer_new(LDNS_MAX_PACKETLEN));
  REQUIRE(ldns_rr_rdata2buffer_wire(buffer.get(), rr.get()) == LDNS_STATUS_OK);
  const std::uint8_t* const octets = ldns_buffer_begin(buffer.get());
  return {octets, octets + ldns_buffer_position(buffer.get())};
}

/// Makes names matter: every lower-case letter becomes upper case. Lengths stay, as they are below
/// 64.
Bytes raised(Bytes rdata) {
  for (std::uint8_t& octet : rdata) {
    if (octet >= 'a' && octet <= 'z') octet = static_cast<std::uint8_t>(octet - ('a' - 'A'));
  }
  return rdata;
}

TEST_CASE("ldns has the same canonical form of every type's samples") {
  std::size_t compared = 0;
  for (const auto& sample : tests::message_samples()) {
    const auto message = dns::parse_message(sample.wire);
    if (!message) continue;
    for (Record one : message->answer) {
      // Of NXT and NSAP-PTR ldns does not know the fields.
      const auto number = static_cast<unsigned>(one.type);
      if (one.rrclass != dns::RRClass::in || number == 30 || number == 23) continue;
      one.rdata = raised(one.rdata);
      INFO(sample.name << " " << dns::to_text(one.type));
      CHECK(canonical_rdata(one.type, one.rdata) == ldns_canonical(one));
      ++compared;
    }
  }
  CHECK(compared > 50);
}

}  // namespace
