// The lab's signatures must be right by the judgement of others: ldns here, Unbound and delv in the
// integration tests.
#include "tests/lab/signer.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "dns/ldns_wrapper.hpp"
#include "tests/catch.hpp"
#include "tests/lab/master_file.hpp"
#include "tests/lab/zone_data.hpp"

namespace {

constexpr const char* kZone =
    "example.test. 3600 IN SOA ns1.example.test. hostmaster.example.test. 7 14400 3600 1209600 "
    "900\n"
    "example.test. 3600 IN NS ns1.example.test.\n"
    "ns1.example.test. 3600 IN A 127.1.0.1\n"
    "sub.example.test. 3600 IN NS ns.sub.example.test.\n"
    "ns.sub.example.test. 3600 IN A 127.1.0.2\n"
    "*.wild.example.test. 3600 IN TXT \"wild\"\n";

const std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};
const lab::Validity kValidity{kNow - std::chrono::days(1), kNow + std::chrono::days(14)};

dns::Name apex() {
  return dns::Name::from_text("example.test").value();
}

struct ListFree {
  void operator()(ldns_rr_list* list) const { ldns_rr_list_deep_free(list); }
};
using List = std::unique_ptr<ldns_rr_list, ListFree>;

/// The records of `type` at `owner` in master-file text, as ldns reads them.
List records(const std::string& text, const std::string& owner, ldns_rr_type type,
             ldns_rr_type covered = LDNS_RR_TYPE_A) {
  List list(ldns_rr_list_new());
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      continue;
    }
    ldns_rr* rr = nullptr;
    if (!line.empty() && line[0] != ';' &&
        ldns_rr_new_frm_str(&rr, line.c_str(), 0, nullptr, nullptr) == LDNS_STATUS_OK) {
      std::unique_ptr<char, decltype(&std::free)> name(ldns_rdf2str(ldns_rr_owner(rr)), &std::free);
      const bool wanted = owner == name.get() && ldns_rr_get_type(rr) == type &&
                          (type != LDNS_RR_TYPE_RRSIG ||
                           ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(rr)) == covered);
      if (wanted) {
        ldns_rr_list_push_rr(list.get(), rr);
      } else {
        ldns_rr_free(rr);
      }
    }
    line.clear();
  }
  return list;
}

ldns_status verify(const std::string& text, const std::string& owner, ldns_rr_type type,
                   std::chrono::sys_seconds when) {
  const List rrset = records(text, owner, type);
  const List signatures = records(text, owner, LDNS_RR_TYPE_RRSIG, type);
  const List keys = records(text, "example.test.", LDNS_RR_TYPE_DNSKEY);
  REQUIRE(ldns_rr_list_rr_count(rrset.get()) > 0);
  REQUIRE(ldns_rr_list_rr_count(signatures.get()) > 0);
  return ldns_verify_time(rrset.get(), signatures.get(), keys.get(),
                          when.time_since_epoch().count(), nullptr);
}

}  // namespace

TEST_CASE("signatures verify within their validity and only there") {
  const auto keys = lab::ZoneKeys::generate(apex());
  REQUIRE(keys);
  const auto text = keys->sign(kZone, kValidity);
  REQUIRE(text);
  for (const auto type :
       {LDNS_RR_TYPE_SOA, LDNS_RR_TYPE_NS, LDNS_RR_TYPE_DNSKEY, LDNS_RR_TYPE_NSEC}) {
    CHECK(verify(*text, "example.test.", type, kNow) == LDNS_STATUS_OK);
  }
  CHECK(verify(*text, "ns1.example.test.", LDNS_RR_TYPE_A, kNow) == LDNS_STATUS_OK);
  CHECK(verify(*text, "example.test.", LDNS_RR_TYPE_SOA, kNow + std::chrono::days(15)) ==
        LDNS_STATUS_CRYPTO_SIG_EXPIRED);
  CHECK(verify(*text, "example.test.", LDNS_RR_TYPE_SOA, kNow - std::chrono::days(2)) ==
        LDNS_STATUS_CRYPTO_SIG_NOT_INCEPTED);
}

TEST_CASE("glue and delegations are not signed, the cut has an NSEC") {
  const auto keys = lab::ZoneKeys::generate(apex());
  REQUIRE(keys);
  const auto zone = lab::ZoneData::from_text(apex(), keys->sign(kZone, kValidity).value());
  REQUIRE(zone);
  CHECK(zone->is_signed());
  const auto cut = apex().prefixed("sub").value();
  CHECK(zone->find(cut, dns::RRType::ns)->signatures.empty());
  CHECK(zone->find(cut.prefixed("ns").value(), dns::RRType::a)->signatures.empty());
  REQUIRE(zone->find(cut, dns::RRType::nsec) != nullptr);
  CHECK(zone->find(cut, dns::RRType::nsec)->signatures.size() == 1);
}

TEST_CASE("a signed zone proves what it says when asked with DO") {
  const auto keys = lab::ZoneKeys::generate(apex());
  REQUIRE(keys);
  const auto zone = lab::ZoneData::from_text(apex(), keys->sign(kZone, kValidity).value()).value();
  const auto count = [](const std::vector<dns::Record>& section, dns::RRType type) {
    return std::count_if(section.begin(), section.end(),
                         [type](const dns::Record& record) { return record.type == type; });
  };
  const auto below = [](const char* label) { return apex().prefixed(label).value(); };

  const auto soa = zone.answer(apex(), dns::RRType::soa, true);
  CHECK(count(soa.answer, dns::RRType::rrsig) == 1);
  CHECK(count(zone.answer(apex(), dns::RRType::soa, false).answer, dns::RRType::rrsig) == 0);

  // The name falls between ns1 and sub, the wildcard *.example.test just after the apex.
  const auto nxdomain = zone.answer(below("nsx"), dns::RRType::a, true);
  CHECK(nxdomain.rcode == dns::Rcode::nxdomain);
  CHECK(count(nxdomain.authority, dns::RRType::nsec) == 2);
  CHECK(count(nxdomain.authority, dns::RRType::rrsig) == 3);

  const auto nodata = zone.answer(below("ns1"), dns::RRType::txt, true);
  CHECK(count(nodata.authority, dns::RRType::nsec) == 1);

  const auto wildcard = zone.answer(below("wild").prefixed("x").value(), dns::RRType::txt, true);
  CHECK(count(wildcard.answer, dns::RRType::rrsig) == 1);
  CHECK(count(wildcard.authority, dns::RRType::nsec) == 1);

  const auto insecure = zone.answer(below("sub"), dns::RRType::a, true);
  CHECK_FALSE(insecure.aa);
  CHECK(count(insecure.authority, dns::RRType::nsec) == 1);
}

TEST_CASE("the DS is that of the key signing key, and NSEC3 has no salt and no iterations") {
  const auto keys = lab::ZoneKeys::generate(apex());
  REQUIRE(keys);
  const auto ds = lab::parse_master_text(keys->ds_text(), dns::Name());
  const auto key = lab::parse_master_text(keys->anchor_text(), dns::Name());
  REQUIRE(ds);
  REQUIRE(key);
  REQUIRE(ds->size() == 1);
  const auto fields = dns::parse_ds(ds->front().rdata);
  REQUIRE(fields);
  CHECK(fields->key_tag == dns::key_tag(key->front().rdata));
  CHECK(fields->digest_type == 2);
  CHECK(dns::parse_dnskey(key->front().rdata)->flags == 257);

  const auto text = keys->sign(kZone, kValidity, lab::Denial::nsec3_opt_out);
  REQUIRE(text);
  CHECK(text->find("NSEC3PARAM\t1 0 0 -") != std::string::npos);
  CHECK(text->find("NSEC3\t1 1 0 -") != std::string::npos);
  CHECK(keys->files().at(0).private_text.find("Algorithm: 13") != std::string::npos);
}

TEST_CASE("a zone that cannot be read is not signed") {
  const auto keys = lab::ZoneKeys::generate(apex());
  REQUIRE(keys);
  CHECK_FALSE(keys->sign("example.test. 3600 IN A nonsense\n", kValidity));
}
