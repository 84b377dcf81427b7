// Trust anchors: what text they are read from, what is refused and where, and which of them begin
// the chain to a zone.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dns/dnssec_limits.hpp"
#include "dns/dnssec_trust_anchors.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_signer.hpp"

namespace {

using dns::Record;
using dns::RRType;
using dns::dnssec::parse_trust_anchor;
using dns::dnssec::parse_trust_anchors;
using dns::dnssec::TrustAnchors;
using tests::name;
using tests::record;
using tests::SigningKey;

const std::string kDigest(64, 'A');
const std::string kDs = " DS 12345 8 2 " + kDigest;

/// The sentence with which `text` is refused.
std::string error_of(const std::string& text) {
  const auto anchors = parse_trust_anchors(text);
  return anchors ? "accepted" : anchors.error().sentence;
}

/// The anchors of `text`, which must be readable.
TrustAnchors anchors_of(const std::string& text) {
  const auto anchors = parse_trust_anchors(text);
  INFO((anchors ? "" : anchors.error().sentence));
  REQUIRE(anchors.has_value());
  return *anchors;
}

/// Owner, type and RDATA of each, as ldns prints RDATA.
std::string text_of(const TrustAnchors& anchors) {
  std::string out;
  for (const Record& each : anchors.records()) {
    out += each.owner.to_text() + " " + dns::to_text(each.type) + " " +
           dns::rdata_to_text(each.type, each.rdata) + "\n";
  }
  return out;
}

/// A DNSKEY of the root as presentation form, of ldns's making.
std::string key_text(const SigningKey& key) {
  return dns::rdata_to_text(RRType::dnskey, key.dnskey().rdata);
}

const SigningKey& root_key() {
  static const SigningKey key(".", 13);
  return key;
}

std::optional<std::string> file_text(const std::string& path) {
  std::ifstream in(path);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("trust anchors: the built-in ones are the root's two keys") {
  const TrustAnchors anchors = dns::dnssec::builtin_trust_anchors();
  REQUIRE(anchors.records().size() == 2);
  REQUIRE(anchors.of(dns::Name()).size() == 2);
  for (const Record& each : anchors.records()) {
    REQUIRE(each.type == RRType::ds);
    const auto ds = dns::parse_ds(each.rdata);
    REQUIRE(ds);
    CHECK(ds->algorithm == 8);
    CHECK(ds->digest_type == 2);
    CHECK(ds->digest.size() == 32);
  }
  CHECK(dns::parse_ds(anchors.records()[0].rdata)->key_tag == 20326);
  CHECK(dns::parse_ds(anchors.records()[1].rdata)->key_tag == 38696);
}

TEST_CASE("trust anchors: the built-in ones are those of the system, where it has them") {
  const auto ds = file_text("/usr/share/dns/root.ds");
  const auto keys = file_text("/usr/share/dns/root.key");
  if (ds) CHECK(anchors_of(*ds) == dns::dnssec::builtin_trust_anchors());
  if (!keys) return;
  // Digests of these very keys are what is built in.
  const TrustAnchors anchors = anchors_of(*keys);
  for (const Record& key : anchors.records()) {
    CHECK(key.type == RRType::dnskey);
    const std::uint16_t tag = dns::key_tag(key.rdata);
    CHECK((tag == 20326 || tag == 38696));
  }
}

TEST_CASE("trust anchors: one record can be written in many ways") {
  const std::string half(32, 'A');
  const std::string plain = "example. DS 12345 8 2 " + kDigest + "\n";
  const TrustAnchors expected = anchors_of(plain);
  const Record same = record("example. 3600 IN DS 12345 8 2 " + kDigest);
  REQUIRE(expected.contains(same));
  for (const std::string& text : {
           "example. IN DS 12345 8 2 " + kDigest,                      // no newline at the end
           "example. 3600 DS 12345 8 2 " + kDigest + "\r\n",           // a TTL, CR LF
           "EXAMPLE 1d in ds 12345 8 2 " + half + " " + half + "\n",   // in two pieces
           "example. IN 1d DS 12345 8 2 " + kDigest + " ; comment\n",  // class before TTL
           "\n;comment\n  ; another\n$TTL 1d\n$ORIGIN .\n" + plain,
           "example. DS ( ; begins\n12345 8 2\n ; goes on\n\t" + half + "\n" + half + " )\n",
           "example." + kDs + "\n" + plain,  // twice
           "e\\120ample. DS 12345 8 2 " + kDigest + "\n",
       }) {
    INFO(text);
    CHECK(anchors_of(text) == expected);
  }
  CHECK(anchors_of("@" + kDs).of(dns::Name()).size() == 1);
  CHECK(anchors_of("a\\;b\\(." + kDs).records().front().owner == name("a\\059b\\040"));
  CHECK(expected.records().front().ttl == 0);
}

TEST_CASE("trust anchors: an owner is taken over from the record before") {
  const std::string text = "example." + kDs + "\n; between\n\tIN DS 1 13 2 " + kDigest + "\n";
  CHECK(anchors_of(text).of(name("example.")).size() == 2);
  // A name that does not begin its line stands where the type should.
  CHECK(error_of(text + " other." + kDs) ==
        "line 4: trust anchors are DS and DNSKEY records, not \"other.\"");
}

TEST_CASE("trust anchors: DNSKEY records, also beside DS records") {
  const std::string text = ". 86400 IN DNSKEY " + key_text(root_key()) + "\n" + "example." + kDs +
                           "\nexample. DS 1 13 4 " + std::string(96, 'b') + "\n";
  const TrustAnchors anchors = anchors_of(text);
  REQUIRE(anchors.records().size() == 3);
  REQUIRE(anchors.of(dns::Name()).size() == 1);
  CHECK(anchors.of(dns::Name()).front()->rdata == root_key().dnskey().rdata);
  REQUIRE(anchors.of(name("Example.")).size() == 2);
  CHECK(text_of(anchors).starts_with(". DNSKEY " + key_text(root_key()) + "\nexample. DS 12345 "));
}

TEST_CASE("trust anchors: keys of every length survive base64") {
  for (std::size_t size = 1; size < 8; ++size) {
    dns::Bytes rdata{1, 1, 3, 99};
    for (std::size_t i = 0; i < size; ++i) rdata.push_back(static_cast<std::uint8_t>(0xF9 + i));
    const std::string text = ". DNSKEY " + dns::rdata_to_text(RRType::dnskey, rdata);
    INFO(text);
    CHECK(anchors_of(text).records().front().rdata == rdata);
  }
}

TEST_CASE("trust anchors: of keys with a state of RFC 5011 only valid and missing ones count") {
  const SigningKey pending(".", 13);
  const SigningKey missing(".", 13);
  const auto line = [](const SigningKey& key, const std::string& state) {
    return ".\t86400\tIN\tDNSKEY\t" + key_text(key) +
           " ;{id = 1 (ksk), size = 2048b} ;;state=" + state +
           " ;;count=0 ;;lastchange=1502438004 ;;Fri Aug 11 07:53:24 2017\n";
  };
  const std::string head = "; autotrust trust anchor file\n;;id: . 1\n;;last_queried: 1 ;;x\n";
  const TrustAnchors anchors =
      anchors_of(head + line(root_key(), "2 [  VALID  ]") + line(pending, "1 [ ADDPEND ]") +
                 line(missing, "3 [ MISSING ]"));
  REQUIRE(anchors.records().size() == 2);
  CHECK(anchors.contains(root_key().dnskey()));
  CHECK(anchors.contains(missing.dnskey()));
  // A revoked key stands there with another flag, and is no mistake.
  std::string revoked = line(pending, "4 [ REVOKED ]");
  revoked.replace(revoked.find("257 3"), 5, "385 3");
  CHECK(anchors_of(line(root_key(), "2") + revoked).records().size() == 1);
  CHECK(error_of(line(pending, "1") + line(missing, "5")) ==
        "there is no trust anchor: no DS and no usable DNSKEY record");
  CHECK(error_of(head + line(pending, "6")) ==
        "line 4: the state of a key is a number from 0 to 5, not \"6\"");
  CHECK(error_of(line(pending, "")) ==
        "line 1: the state of a key is a number from 0 to 5, not \"?\"");
}

TEST_CASE("trust anchors: what is refused names its line") {
  const std::string form =
      "a trust anchor is written as NAME [TTL] [IN] DS TAG ALGORITHM DIGEST-TYPE DIGEST, or as "
      "NAME [TTL] [IN] DNSKEY FLAGS 3 ALGORITHM KEY";
  struct Case {
    std::string text;
    std::string sentence;
  };
  const std::vector<Case> cases{
      {"", "there is no trust anchor: no DS and no usable DNSKEY record"},
      {"; nothing\n\n", "there is no trust anchor: no DS and no usable DNSKEY record"},
      {"\n\n." + kDs + "\nexample.\n", "line 4: " + form},
      {". DS\n", "line 1: " + form},
      {". DS 1 8 2\n", "line 1: " + form},
      {"\t" + kDs + "\n", "line 1: the first record has no owner name"},
      {". DS 65536 8 2 AA", "line 1: the key tag is a number from 0 to 65535, not \"65536\""},
      {". DS 1 RSASHA256 2 AA",
       "line 1: the algorithm is a number from 0 to 255, not \"RSASHA256\""},
      {". DS 1 8 -2 AA", "line 1: the digest type is a number from 0 to 255, not \"-2\""},
      {". DS 1 8 2 " + std::string(62, 'A'),
       "line 1: a digest by SHA-256 (2) has 32 octets, not 31"},
      {". DS 1 8 2 " + std::string(63, 'A'),
       "line 1: the digest is not written in hexadecimal digits"},
      {". DS 1 8 99 0x", "line 1: the digest is not written in hexadecimal digits"},
      {". DNSKEY 257 3 8 AwEAAQ", "line 1: the public key is not written in base64"},
      {". DNSKEY 257 3 8 ====", "line 1: the public key is not written in base64"},
      {". DNSKEY 257 3 8 AwF=", "line 1: the public key is not written in base64"},
      {". DNSKEY 257 3 8 Aw-A", "line 1: the public key is not written in base64"},
      {". DNSKEY 257 2 8 AwEA", "line 1: the protocol of a DNSKEY record is 3"},
      {". DNSKEY 1 3 8 AwEA", "line 1: the key is no zone key: its flags are not 256 or 257"},
      {". DNSKEY 385 3 8 AwEA", "line 1: the key is revoked: remove it"},
      {". DNSKEY 257 3 8 " + std::string(90'000, 'A'),
       "line 1: the record is longer than 65535 octets"},
      {". NS a.\n", "line 1: trust anchors are DS and DNSKEY records, not \"NS\""},
      {". CH DS 1 8 2 AA", "line 1: trust anchors are DS and DNSKEY records, not \"CH\""},
      {". DS \\# 4 0102 0304", "line 1: the key tag is a number from 0 to 65535, not \"\\#\""},
      {"$INCLUDE /etc/shadow\n",
       "line 1: only the directives $TTL SECONDS and $ORIGIN . are allowed"},
      {"$ORIGIN example.\n", "line 1: only the directives $TTL SECONDS and $ORIGIN . are allowed"},
      {". DS (\n1 8 2 AA\n", "line 1: the parenthesis is not closed"},
      {";\n. DS (\n1 8 (2\n", "line 2: there is a parenthesis too many"},
      {". DS 1 8 2 AA )\n", "line 1: there is a parenthesis too many"},
      {"." + kDs + "\n\xEF\xBB\xBF. DS\n",
       "line 2: there are characters other than printable ASCII"},
      {std::string(". D\0S", 5), "line 1: there are characters other than printable ASCII"},
      {"a..b" + kDs, "line 1: " + dns::Name::from_text("a..b").error().sentence},
      {"trust-anchors {\n. initial-ds 1 8 2 \"AA\";\n};\n",
       "line 1: trust anchors are DS and DNSKEY records, not \"{\""},
      {std::string(dns::dnssec::kMaxTrustAnchorText + 1, '\n'),
       "the trust anchors are larger than 1 MiB"},
  };
  for (const Case& each : cases) {
    INFO(each.text.substr(0, 100));
    CHECK(error_of(each.text) == each.sentence);
  }
}

TEST_CASE("trust anchors: a single record, without lines in its sentences") {
  const auto ds = parse_trust_anchor("Example. 3600 IN DS 12345 8 2 " + kDigest);
  REQUIRE(ds);
  CHECK(ds->owner == name("example."));
  CHECK(ds->type == RRType::ds);
  CHECK(ds->ttl == 0);
  CHECK(parse_trust_anchor("example. DS (\n 12345 8 2\n " + kDigest + " )\n; end"));
  const auto sentence = [](const std::string& text) {
    return parse_trust_anchor(text).error().sentence;
  };
  CHECK(sentence(". DS x 8 2 AA") == "the key tag is a number from 0 to 65535, not \"x\"");
  CHECK(sentence("." + kDs + "\n." + kDs) == "there is more than one record; give each by itself");
  CHECK(sentence("").starts_with("a trust anchor is written as NAME"));
  CHECK(sentence("; DS").starts_with("a trust anchor is written as NAME"));
  CHECK(sentence("(") == "the parenthesis is not closed");
}

TEST_CASE("trust anchors: their number is bounded, in all and for one zone") {
  std::string text;
  const auto ds = [](const std::string& owner, std::size_t tag) {
    return owner + " DS " + std::to_string(tag) + " 8 2 " + kDigest + "\n";
  };
  for (std::size_t i = 0; i < dns::dnssec::kMaxTrustAnchors; ++i) {
    text += ds("z" + std::to_string(i) + ".", 1);
  }
  CHECK(anchors_of(text + text).records().size() == dns::dnssec::kMaxTrustAnchors);
  CHECK(error_of(text + ds("one.more.", 1)) ==
        "line 257: there are more than 256 trust anchors, or more than 32 of one zone");

  text.clear();
  for (std::size_t i = 0; i < dns::dnssec::kMaxAnchorsPerZone; ++i) text += ds("a.", i);
  CHECK(anchors_of(text + ds("b.", 1)).of(name("a.")).size() == dns::dnssec::kMaxAnchorsPerZone);
  CHECK(error_of(text + ds("a.", 999)) ==
        "line 33: there are more than 256 trust anchors, or more than 32 of one zone");
}

TEST_CASE("trust anchors: only well-formed DS and DNSKEY records are added, once") {
  TrustAnchors anchors;
  CHECK(anchors.empty());
  const Record ds = record("example. 60 IN DS 1 8 2 " + kDigest);
  CHECK(anchors.add(ds));
  CHECK_FALSE(anchors.add(ds));
  CHECK_FALSE(anchors.add(record("EXAMPLE. 61 IN DS 1 8 2 " + kDigest)));
  CHECK_FALSE(anchors.add(record("example. 60 IN CDS 1 8 2 " + kDigest)));
  Record spoiled = ds;
  spoiled.rdata.resize(4);
  CHECK_FALSE(anchors.add(spoiled));
  spoiled = root_key().dnskey();
  spoiled.rdata.resize(4);
  CHECK_FALSE(anchors.add(spoiled));
  Record other_class = root_key().dnskey();
  other_class.rrclass = static_cast<dns::RRClass>(3);
  CHECK_FALSE(anchors.add(other_class));
  CHECK(anchors.add(root_key().dnskey()));
  CHECK(anchors.records().size() == 2);
}

TEST_CASE("trust anchors: the chain to a zone begins at the closest one above") {
  const TrustAnchors anchors =
      anchors_of("example." + kDs + "\nb.a.example." + kDs + "\nother.test." + kDs);
  CHECK(anchors.closest(name("example.")) == name("example."));
  CHECK(anchors.closest(name("A.EXAMPLE.")) == name("example."));
  CHECK(anchors.closest(name("b.a.example.")) == name("b.a.example."));
  CHECK(anchors.closest(name("c.b.a.example.")) == name("b.a.example."));
  CHECK(anchors.closest(name("x.other.test.")) == name("other.test."));
  CHECK_FALSE(anchors.closest(name("test.")));
  CHECK_FALSE(anchors.closest(name("notexample.")));
  CHECK_FALSE(anchors.closest(dns::Name()));
  CHECK_FALSE(TrustAnchors().closest(name("example.")));
  CHECK(dns::dnssec::builtin_trust_anchors().closest(name("a.b.c.")) == dns::Name());
  CHECK(anchors.of(name("a.example.")).empty());
}

TEST_CASE("trust anchors: order does not matter to whether two are the same") {
  const std::string a = "a." + kDs + "\n";
  const std::string b = "b." + kDs + "\n";
  CHECK(anchors_of(a + b) == anchors_of(b + a));
  CHECK_FALSE(anchors_of(a + b) == anchors_of(a));
  CHECK_FALSE(anchors_of(a) == anchors_of(b));
}
