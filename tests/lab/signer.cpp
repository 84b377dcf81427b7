#include "tests/lab/signer.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "dns/ldns_wrapper.hpp"

namespace lab {
namespace {

constexpr std::uint16_t kEcdsaBits = 256;
constexpr std::uint16_t kRsaBits = 2048;
constexpr std::uint8_t kRsaSha512 = 10;   // greater numbers are elliptic curves
constexpr std::uint8_t kUnassigned = 99;  // neither an algorithm nor a digest
constexpr std::uint32_t kKeyTtl = 3600;
constexpr std::uint16_t kRevokeFlag = 0x80;  // RFC 5011 section 2.1
constexpr std::size_t kRrsigFixedOctets = 18;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct RdfFree {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
struct ListFree {  // the records in it belong to the signed zone
  void operator()(ldns_rr_list* list) const { ldns_rr_list_free(list); }
};
struct KeyFree {
  void operator()(ldns_key* key) const { ldns_key_deep_free(key); }
};
struct BorrowedKeysFree {  // ldns frees keys with their list, but these are only lent to it
  void operator()(ldns_key_list* list) const {
    ldns_key_list_set_key_count(list, 0);
    ldns_key_list_free(list);
  }
};
struct ZoneFree {
  void operator()(ldns_dnssec_zone* zone) const { ldns_dnssec_zone_deep_free(zone); }
};
using dns::ldns::Rr;
using SignedZone = std::unique_ptr<ldns_dnssec_zone, ZoneFree>;
using BorrowedKeys = std::unique_ptr<ldns_key_list, BorrowedKeysFree>;

/// What `print(FILE*)` writes.
template <typename Print>
std::string printed(Print print) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* file = open_memstream(&text, &size);
  if (file == nullptr) return {};
  print(file);
  std::fclose(file);
  std::string result(text, size);
  std::free(text);
  return result;
}

std::string rr_text(const ldns_rr* rr) {
  return printed([rr](std::FILE* file) { ldns_rr_print(file, rr); });
}

/// One key with the record that it is published as.
struct Key {
  KeySpec spec;
  std::unique_ptr<ldns_key, KeyFree> key;
  Rr record;
  std::uint16_t tag = 0;

  bool is_sep() const { return spec.role != KeyRole::zsk; }
};

void set_field(ldns_rr* rr, std::size_t place, ldns_rdf* value) {
  ldns_rdf_deep_free(ldns_rr_set_rdf(rr, value, place));
}

/// The RSA key at `place` of the pool, for `algorithm`; null when there is none.
ldns_key* rsa_key(std::uint8_t algorithm, std::size_t place, RsaPool& pool) {
  while (pool.size() <= place) {
    const std::unique_ptr<ldns_key, KeyFree> made(
        ldns_key_new_frm_algorithm(LDNS_SIGN_RSASHA256, kRsaBits));
    if (!made) return nullptr;
    pool.push_back(printed([&made](std::FILE* file) { ldns_key_print(file, made.get()); }));
  }
  std::string copy = pool[place];
  const std::unique_ptr<std::FILE, FileCloser> file(fmemopen(copy.data(), copy.size(), "r"));
  ldns_key* key = nullptr;
  if (!file || ldns_key_new_frm_fp(&key, file.get()) != LDNS_STATUS_OK) return nullptr;
  ldns_key_set_algorithm(key, static_cast<ldns_signing_algorithm>(algorithm));
  return key;
}

/// `place` is the key's among those of its zone.
dns::Result<Key> new_key(const dns::Name& zone, const KeySpec& spec, std::size_t place,
                         RsaPool& pool) {
  Key key;
  key.spec = spec;
  key.key.reset(spec.algorithm <= kRsaSha512
                    ? rsa_key(spec.algorithm, place, pool)
                    : ldns_key_new_frm_algorithm(
                          static_cast<ldns_signing_algorithm>(spec.algorithm), kEcdsaBits));
  if (!key.key) {
    return dns::fail("no key of algorithm " + std::to_string(spec.algorithm) + " can be made for " +
                     zone.to_text());
  }
  ldns_key_set_pubkey_owner(key.key.get(), ldns_dname_new_frm_str(zone.to_text().c_str()));
  // ldns signs with zone keys only, so only the record tells otherwise.
  const std::uint16_t sep = key.is_sep() ? LDNS_KEY_SEP_KEY : 0;
  ldns_key_set_flags(key.key.get(), LDNS_KEY_ZONE_KEY | sep);
  ldns_key_set_origttl(key.key.get(), kKeyTtl);
  key.record.reset(ldns_key2rr(key.key.get()));
  ldns_rr_set_ttl(key.record.get(), kKeyTtl);
  const std::uint16_t zone_key = spec.is_zone_key ? LDNS_KEY_ZONE_KEY : 0;
  const std::uint16_t revoked = spec.is_revoked ? kRevokeFlag : 0;
  set_field(key.record.get(), 0,
            ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16,
                                  static_cast<std::uint16_t>(zone_key | sep | revoked)));
  set_field(key.record.get(), 1, ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, spec.protocol));
  key.tag = ldns_calc_keytag(key.record.get());
  ldns_key_set_keytag(key.key.get(), key.tag);
  return key;
}

/// The DS record of one digest type, with the fault that the key's are to have.
std::string ds_line(const Key& key, std::uint8_t digest) {
  const Rr ds(ldns_key_rr2ds(key.record.get(), static_cast<ldns_hash>(digest)));
  if (!ds) return {};
  switch (key.spec.ds_fault) {
    case DsFault::none:
      break;
    case DsFault::key_tag:
      set_field(
          ds.get(), 0,
          ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, static_cast<std::uint16_t>(key.tag + 1U)));
      break;
    case DsFault::algorithm: {
      const std::uint8_t other = key.spec.algorithm == kRsaSha512 ? kDefaultAlgorithm : kRsaSha512;
      set_field(ds.get(), 1, ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, other));
      break;
    }
    case DsFault::unknown_digest:
      set_field(ds.get(), 2, ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, kUnassigned));
      break;
    case DsFault::unknown_algorithm:
      set_field(ds.get(), 1, ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, kUnassigned));
      break;
    case DsFault::digest:
      ldns_rdf_data(ldns_rr_rdf(ds.get(), 3))[0] ^= 1U;
      break;
  }
  return rr_text(ds.get());
}

dns::Error ldns_error(const dns::Name& zone, const char* what, ldns_status status) {
  return {std::string("the zone ") + zone.to_text() + " cannot be " + what + ": " +
          ldns_get_errorstr_by_id(status)};
}

void add_number(dns::Bytes& data, std::uint32_t value, int octets) {
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
    data.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

/// What a signature is made over: RFC 4034 section 3.1.8.1. `head` is the RRSIG's RDATA without
/// the signature.
dns::Bytes signed_data(const dns::Bytes& head, const dns::Rrsig& rrsig,
                       std::span<const dns::Record* const> rrset) {
  std::vector<const dns::Record*> sorted(rrset.begin(), rrset.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->rdata < b->rdata; });
  dns::Bytes data = head;
  for (const dns::Record* record : sorted) {
    dns::Name owner = record->owner;
    if (rrsig.labels < owner.label_count()) {  // a wildcard's (RFC 4034 section 3.1.8.1)
      owner = owner.suffix(rrsig.labels).prefixed("*").value_or(owner);
    }
    // Lengths of labels are below 'A'.
    for (const char c : owner.wire()) {
      data.push_back(static_cast<std::uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    add_number(data, static_cast<std::uint32_t>(record->type), 2);
    add_number(data, 1, 2);  // IN
    add_number(data, rrsig.original_ttl, 4);
    add_number(data, static_cast<std::uint32_t>(record->rdata.size()), 2);
    data.insert(data.end(), record->rdata.begin(), record->rdata.end());
  }
  return data;
}

bool is_among(const std::vector<std::size_t>& only, std::size_t place) {
  return only.empty() || std::find(only.begin(), only.end(), place) != only.end();
}

/// `lines` as records of another type with the same RDATA.
std::string retyped(std::string lines, const std::string& from, const std::string& to) {
  const std::string before = "\t" + from + "\t";
  for (std::size_t at = lines.find(before); at != std::string::npos; at = lines.find(before, at)) {
    lines.replace(at, before.size(), "\t" + to + "\t");
  }
  return lines;
}

}  // namespace

struct ZoneKeys::Impl {
  dns::Name zone;
  std::vector<Key> keys;

  dns::Result<SignedZone> read(std::string_view text) const;
  dns::Result<void> sign(ldns_dnssec_zone& signed_zone, Denial denial, std::uint16_t iterations,
                         const std::vector<std::size_t>& only) const;
  BorrowedKeys signing_keys(const std::vector<std::size_t>& only) const;
};

std::vector<KeySpec> usual_keys(std::uint8_t algorithm) {
  KeySpec ksk;
  ksk.algorithm = algorithm;
  ksk.ds = {kSha256Digest};
  KeySpec zsk;
  zsk.role = KeyRole::zsk;
  zsk.algorithm = algorithm;
  return {ksk, zsk};
}

ZoneKeys::ZoneKeys(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZoneKeys::ZoneKeys(ZoneKeys&&) noexcept = default;
ZoneKeys& ZoneKeys::operator=(ZoneKeys&&) noexcept = default;
ZoneKeys::~ZoneKeys() = default;

dns::Result<ZoneKeys> ZoneKeys::generate(const dns::Name& zone) {
  RsaPool unused;
  return generate(zone, usual_keys(), unused);
}

dns::Result<ZoneKeys> ZoneKeys::generate(const dns::Name& zone, const std::vector<KeySpec>& specs,
                                         RsaPool& pool) {
  auto impl = std::make_unique<Impl>();
  impl->zone = zone;
  for (const KeySpec& spec : specs) {
    auto key = new_key(zone, spec, impl->keys.size(), pool);
    if (!key) return tl::unexpected(key.error());
    impl->keys.push_back(std::move(*key));
  }
  return ZoneKeys(std::move(impl));
}

BorrowedKeys ZoneKeys::Impl::signing_keys(const std::vector<std::size_t>& only) const {
  BorrowedKeys list(ldns_key_list_new());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].spec.signs && is_among(only, i)) {
      ldns_key_list_push_key(list.get(), keys[i].key.get());
    }
  }
  return list;
}

dns::Result<SignedZone> ZoneKeys::Impl::read(std::string_view text) const {
  std::string copy(text);
  const std::unique_ptr<std::FILE, FileCloser> file(fmemopen(copy.data(), copy.size(), "r"));
  if (!file) return dns::fail("the zone " + zone.to_text() + " is empty");
  const std::unique_ptr<ldns_rdf, RdfFree> origin(ldns_dname_new_frm_str(zone.to_text().c_str()));
  ldns_dnssec_zone* raw = nullptr;
  int line = 0;
  const ldns_status status = ldns_dnssec_zone_new_frm_fp_l(&raw, file.get(), origin.get(), kKeyTtl,
                                                           LDNS_RR_CLASS_IN, &line);
  SignedZone result(raw);
  if (status != LDNS_STATUS_OK) {
    auto error = ldns_error(zone, "read", status);
    error.sentence += " in line " + std::to_string(line);
    return tl::unexpected(std::move(error));
  }
  return result;
}

dns::Result<void> ZoneKeys::Impl::sign(ldns_dnssec_zone& signed_zone, Denial denial,
                                       std::uint16_t iterations,
                                       const std::vector<std::size_t>& only) const {
  const std::unique_ptr<ldns_rr_list, ListFree> added(ldns_rr_list_new());
  const BorrowedKeys signing = signing_keys(only);
  ldns_status status = LDNS_STATUS_OK;
  if (denial == Denial::nsec) {
    status = ldns_dnssec_zone_sign(&signed_zone, added.get(), signing.get(),
                                   ldns_dnssec_default_replace_signatures, nullptr);
  } else {
    // RFC 9276 section 3.1: no salt.
    const std::uint8_t flags = denial == Denial::nsec3_opt_out ? 1 : 0;
    status = ldns_dnssec_zone_sign_nsec3(&signed_zone, added.get(), signing.get(),
                                         ldns_dnssec_default_replace_signatures, nullptr, 1, flags,
                                         iterations, 0, nullptr);
  }
  if (status != LDNS_STATUS_OK) return tl::unexpected(ldns_error(zone, "signed", status));
  return {};
}

dns::Result<std::string> ZoneKeys::sign(std::string_view text, const Validity& validity,
                                        Denial denial, std::uint16_t iterations,
                                        const std::vector<std::size_t>& only) const {
  auto zone = impl_->read(text);
  if (!zone) return tl::unexpected(zone.error());
  for (std::size_t i = 0; i < impl_->keys.size(); ++i) {
    const Key& key = impl_->keys[i];
    ldns_key_set_inception(
        key.key.get(), static_cast<std::uint32_t>(validity.inception.time_since_epoch().count()));
    ldns_key_set_expiration(
        key.key.get(), static_cast<std::uint32_t>(validity.expiration.time_since_epoch().count()));
    if (!key.spec.is_published || !is_among(only, i)) continue;
    Rr rr(ldns_rr_clone(key.record.get()));
    const ldns_status status = ldns_dnssec_zone_add_rr(zone->get(), rr.get());
    if (status != LDNS_STATUS_OK) return tl::unexpected(ldns_error(impl_->zone, "keyed", status));
    static_cast<void>(rr.release());  // the zone owns it now
  }
  const auto done = impl_->sign(**zone, denial, iterations, only);
  if (!done) return tl::unexpected(done.error());
  return printed([&](std::FILE* file) { ldns_dnssec_zone_print(file, zone->get()); });
}

dns::Result<void> ZoneKeys::sign_again(dns::Record& rrsig,
                                       std::span<const dns::Record* const> rrset) const {
  const auto fields = dns::parse_rrsig(rrsig.rdata);
  if (!fields) return dns::fail("an RRSIG of " + rrsig.owner.to_text() + " is malformed");
  const auto& keys = impl_->keys;
  const auto key = std::find_if(keys.begin(), keys.end(), [&fields](const Key& one) {
    return one.tag == fields->key_tag && one.spec.algorithm == fields->algorithm;
  });
  if (key == keys.end()) {
    return dns::fail(impl_->zone.to_text() + " has no key " + std::to_string(fields->key_tag));
  }
  const std::size_t head_size = kRrsigFixedOctets + fields->signer.wire().size();
  dns::Bytes rdata(rrsig.rdata.begin(),
                   rrsig.rdata.begin() + static_cast<std::ptrdiff_t>(head_size));
  const dns::Bytes data = signed_data(rdata, *fields, rrset);
  const dns::ldns::Buffer buffer(ldns_buffer_new(data.size()));
  ldns_buffer_write(buffer.get(), data.data(), data.size());
  const std::unique_ptr<ldns_rdf, RdfFree> signature(
      ldns_sign_public_buffer(buffer.get(), key->key.get()));
  if (!signature) return dns::fail("no signature can be made for " + rrsig.owner.to_text());
  rdata.insert(rdata.end(), ldns_rdf_data(signature.get()),
               ldns_rdf_data(signature.get()) + ldns_rdf_size(signature.get()));
  rrsig.rdata = std::move(rdata);
  return {};
}

std::string ZoneKeys::ds_text() const {
  std::string text;
  for (const Key& key : impl_->keys) {
    for (const std::uint8_t digest : key.spec.ds) text += ds_line(key, digest);
  }
  return text;
}

std::string ZoneKeys::cds_text() const {
  std::string text = retyped(ds_text(), "DS", "CDS");
  for (const Key& key : impl_->keys) {
    if (!key.spec.ds.empty()) text += retyped(rr_text(key.record.get()), "DNSKEY", "CDNSKEY");
  }
  return text;
}

std::string ZoneKeys::dnskey_text() const {
  std::string text;
  for (const Key& key : impl_->keys) {
    if (key.spec.is_published) text += rr_text(key.record.get());
  }
  return text;
}

std::string ZoneKeys::anchor_text() const {
  std::string text;
  for (const Key& key : impl_->keys) {
    if (key.is_sep()) text += rr_text(key.record.get());
  }
  return text;
}

std::vector<KeyFile> ZoneKeys::files() const {
  std::vector<KeyFile> files;
  for (const Key& key : impl_->keys) {
    if (!key.spec.signs) continue;
    char numbers[16];
    std::snprintf(numbers, sizeof numbers, "+%03u+%05u", unsigned{key.spec.algorithm},
                  unsigned{key.tag});
    files.push_back({key.spec.role, "K" + impl_->zone.to_text() + numbers,
                     rr_text(key.record.get()),
                     printed([&key](std::FILE* file) { ldns_key_print(file, key.key.get()); })});
  }
  return files;
}

}  // namespace lab
