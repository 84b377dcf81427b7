#include "tests/unit/dnssec_signer.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "dns/ldns_wrapper.hpp"
#include "dns/wire.hpp"
#include "tests/unit/message_builder.hpp"

namespace tests {
namespace {

using dns::Bytes;
using dns::Record;

struct ListFree {
  void operator()(ldns_rr_list* list) const { ldns_rr_list_deep_free(list); }
};
using RrList = std::unique_ptr<ldns_rr_list, ListFree>;

struct RdfFree {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};

void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

Record from_ldns(const ldns_rr* rr) {
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  require(ldns_rr2wire(&raw, rr, LDNS_SECTION_ANSWER, &size) == LDNS_STATUS_OK, "ldns_rr2wire");
  const Bytes octets(raw, raw + size);
  std::free(raw);
  std::size_t at = 0;
  dns::wire::DecodedName owner;
  require(dns::wire::decode_name(octets, at, octets.size(), dns::wire::Compression::refused,
                                 owner) == dns::wire::Fault::none,
          "owner");
  Record record;
  record.owner = dns::wire::name_from_checked(owner.view());
  record.type = static_cast<dns::RRType>(dns::wire::read_u16(&octets[at]));
  record.rrclass = static_cast<dns::RRClass>(dns::wire::read_u16(&octets[at + 2]));
  record.ttl = dns::wire::read_u32(&octets[at + 4]);
  record.rdata.assign(octets.begin() + static_cast<std::ptrdiff_t>(at) + 10, octets.end());
  require(dns::wire::check_rdata(record.type, record.rdata) == dns::wire::Fault::none, "RDATA");
  return record;
}

dns::ldns::Rr to_ldns(const Record& record) {
  const Bytes wire = Octets()
                         .text(record.owner.wire())
                         .u16(static_cast<unsigned>(record.type))
                         .u16(static_cast<unsigned>(record.rrclass))
                         .u32(record.ttl)
                         .u16(static_cast<unsigned>(record.rdata.size()))
                         .raw(record.rdata);
  ldns_rr* rr = nullptr;
  std::size_t at = 0;
  require(ldns_wire2rr(&rr, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK,
          "ldns_wire2rr");
  return dns::ldns::Rr(rr);
}

std::uint32_t as_date(Seconds time) {
  return static_cast<std::uint32_t>(time.time_since_epoch().count());
}

ldns_signing_algorithm signing_algorithm(std::uint8_t algorithm) {
  return static_cast<ldns_signing_algorithm>(algorithm);  // the same numbers
}

}  // namespace

Seconds date(std::string_view text) {
  require(text.size() == 14, "a date has 14 digits");
  const auto part = [text](std::size_t at, std::size_t size) {
    return std::stoi(std::string(text.substr(at, size)));
  };
  const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(4, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(6, 2))));
  return std::chrono::sys_days(day) + std::chrono::hours(part(8, 2)) +
         std::chrono::minutes(part(10, 2)) + std::chrono::seconds(part(12, 2));
}

Record record(const std::string& text) {
  ldns_rr* raw = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&raw, text.c_str(), 3600, nullptr, nullptr);
  const dns::ldns::Rr rr(raw);
  require(status == LDNS_STATUS_OK, text + ": " + ldns_get_errorstr_by_id(status));
  return from_ldns(rr.get());
}

std::vector<Record> records(std::string_view lines) {
  std::vector<Record> result;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.find_first_not_of(' ') != std::string::npos) result.push_back(record(line));
  }
  return result;
}

std::vector<const Record*> pointers(const std::vector<Record>& records) {
  std::vector<const Record*> result;
  for (const Record& one : records) result.push_back(&one);
  return result;
}

std::vector<Record> operator+(std::vector<Record> a, const std::vector<Record>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

dns::dnssec::RrsetView rrset_of(const std::vector<Record>& section) {
  return dns::dnssec::collect_rrset(section, section.front().owner, section.front().type);
}

Bytes rrsig_rdata(const dns::Rrsig& rrsig) {
  return Octets()
      .u16(static_cast<unsigned>(rrsig.type_covered))
      .u8(rrsig.algorithm)
      .u8(rrsig.labels)
      .u32(rrsig.original_ttl)
      .u32(rrsig.expiration)
      .u32(rrsig.inception)
      .u16(rrsig.key_tag)
      .text(rrsig.signer.wire())
      .raw(rrsig.signature);
}

Record rrsig_record(const dns::Name& owner, const dns::Rrsig& rrsig) {
  return {owner, dns::RRType::rrsig, dns::RRClass::in, rrsig.original_ttl, rrsig_rdata(rrsig)};
}

struct SigningKey::Impl {
  dns::Name zone;
  std::uint8_t algorithm = 0;
  ldns_key* key = nullptr;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { ldns_key_deep_free(key); }
};

SigningKey::SigningKey(std::string_view zone, std::uint8_t algorithm, std::uint16_t flags,
                       std::uint16_t rsa_bits)
    : impl_(std::make_unique<Impl>()) {
  impl_->zone = name(zone);
  impl_->algorithm = algorithm;
  impl_->key = ldns_key_new_frm_algorithm(signing_algorithm(algorithm), rsa_bits);
  require(impl_->key != nullptr, "ldns makes no key of algorithm " + std::to_string(algorithm));
  ldns_key_set_pubkey_owner(impl_->key, ldns_dname_new_frm_str(impl_->zone.to_text().c_str()));
  ldns_key_set_flags(impl_->key, flags);
  ldns_key_set_keytag(impl_->key, tag());
}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

const dns::Name& SigningKey::zone() const {
  return impl_->zone;
}

Record SigningKey::dnskey() const {
  const dns::ldns::Rr rr(ldns_key2rr(impl_->key));
  ldns_rr_set_ttl(rr.get(), 3600);
  return from_ldns(rr.get());
}

Record SigningKey::ds(std::uint8_t digest_type) const {
  const dns::ldns::Rr rr(ldns_key2rr(impl_->key));
  ldns_rr_set_ttl(rr.get(), 3600);
  const dns::ldns::Rr ds(ldns_key_rr2ds(rr.get(), static_cast<ldns_hash>(digest_type)));
  require(ds != nullptr, "ldns makes no DS of this digest type");
  return from_ldns(ds.get());
}

Record SigningKey::sign(const std::vector<Record>& rrset, Seconds inception,
                        Seconds expiration) const {
  ldns_key_set_inception(impl_->key, as_date(inception));
  ldns_key_set_expiration(impl_->key, as_date(expiration));
  const RrList list(ldns_rr_list_new());
  for (const Record& one : rrset) ldns_rr_list_push_rr(list.get(), to_ldns(one).release());
  ldns_key_list* const keys = ldns_key_list_new();
  ldns_key_list_push_key(keys, impl_->key);
  const RrList signatures(ldns_sign_public(list.get(), keys));
  ldns_key_list_set_key_count(keys, 0);  // the key is not the list's to free
  ldns_key_list_free(keys);
  require(signatures && ldns_rr_list_rr_count(signatures.get()) == 1, "ldns does not sign");
  return from_ldns(ldns_rr_list_rr(signatures.get(), 0));
}

dns::Rrsig SigningKey::fields(const std::vector<Record>& rrset, Seconds inception,
                              Seconds expiration) const {
  dns::Rrsig rrsig;
  rrsig.type_covered = rrset.front().type;
  rrsig.algorithm = impl_->algorithm;
  rrsig.labels = static_cast<std::uint8_t>(dns::dnssec::signed_labels(rrset.front().owner));
  rrsig.original_ttl = rrset.front().ttl;
  rrsig.expiration = as_date(expiration);
  rrsig.inception = as_date(inception);
  rrsig.key_tag = tag();
  rrsig.signer = impl_->zone;
  return rrsig;
}

Record SigningKey::sign_as(const std::vector<Record>& rrset, dns::Rrsig fields) const {
  // More labels than the owner has have no signed data; nobody can say what such a signature is of.
  dns::Rrsig sane = fields;
  const auto labels = static_cast<std::uint8_t>(dns::dnssec::signed_labels(rrset.front().owner));
  sane.labels = std::min(sane.labels, labels);
  const Bytes data = dns::dnssec::CanonicalRrset(rrset_of(rrset)).signed_data(sane);
  const dns::ldns::Buffer buffer(ldns_buffer_new(data.size()));
  ldns_buffer_write(buffer.get(), data.data(), data.size());
  const std::unique_ptr<ldns_rdf, RdfFree> signature(
      ldns_sign_public_buffer(buffer.get(), impl_->key));
  require(signature != nullptr, "ldns does not sign");
  const std::uint8_t* const octets = ldns_rdf_data(signature.get());
  fields.signature.assign(octets, octets + ldns_rdf_size(signature.get()));
  return rrsig_record(rrset.front().owner, fields);
}

}  // namespace tests
