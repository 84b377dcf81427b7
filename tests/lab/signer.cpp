#include "tests/lab/signer.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "dns/ldns_wrapper.hpp"

namespace lab {
namespace {

constexpr std::uint16_t kKeyBits = 256;
constexpr std::uint32_t kKeyTtl = 3600;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct RrFree {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct ListFree {  // the records in it belong to the signed zone
  void operator()(ldns_rr_list* list) const { ldns_rr_list_free(list); }
};
struct KeyListFree {
  void operator()(ldns_key_list* list) const { ldns_key_list_free(list); }
};
struct ZoneFree {
  void operator()(ldns_dnssec_zone* zone) const { ldns_dnssec_zone_deep_free(zone); }
};
using Rr = std::unique_ptr<ldns_rr, RrFree>;
using SignedZone = std::unique_ptr<ldns_dnssec_zone, ZoneFree>;

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

ldns_key* new_key(const dns::Name& zone, bool is_ksk) {
  ldns_key* key = ldns_key_new_frm_algorithm(LDNS_SIGN_ECDSAP256SHA256, kKeyBits);
  if (key == nullptr) return nullptr;
  ldns_key_set_pubkey_owner(key, ldns_dname_new_frm_str(zone.to_text().c_str()));
  const std::uint16_t flags = LDNS_KEY_ZONE_KEY | (is_ksk ? LDNS_KEY_SEP_KEY : 0);
  ldns_key_set_flags(key, flags);
  ldns_key_set_origttl(key, kKeyTtl);
  const Rr rr(ldns_key2rr(key));
  ldns_key_set_keytag(key, ldns_calc_keytag(rr.get()));
  return key;
}

Rr key_record(const ldns_key* key) {
  Rr rr(ldns_key2rr(key));
  ldns_rr_set_ttl(rr.get(), kKeyTtl);
  return rr;
}

dns::Error ldns_error(const dns::Name& zone, const char* what, ldns_status status) {
  return {std::string("the zone ") + zone.to_text() + " cannot be " + what + ": " +
          ldns_get_errorstr_by_id(status)};
}

}  // namespace

struct ZoneKeys::Impl {
  dns::Name zone;
  std::unique_ptr<ldns_key_list, KeyListFree> keys;
  ldns_key* ksk = nullptr;  // both belong to `keys`
  ldns_key* zsk = nullptr;

  dns::Result<SignedZone> read(std::string_view text) const;
  dns::Result<void> sign(ldns_dnssec_zone& signed_zone, Denial denial) const;
};

ZoneKeys::ZoneKeys(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZoneKeys::ZoneKeys(ZoneKeys&&) noexcept = default;
ZoneKeys& ZoneKeys::operator=(ZoneKeys&&) noexcept = default;
ZoneKeys::~ZoneKeys() = default;

dns::Result<ZoneKeys> ZoneKeys::generate(const dns::Name& zone) {
  auto impl = std::make_unique<Impl>();
  impl->zone = zone;
  impl->keys.reset(ldns_key_list_new());
  impl->ksk = new_key(zone, true);
  if (impl->ksk != nullptr) ldns_key_list_push_key(impl->keys.get(), impl->ksk);
  impl->zsk = new_key(zone, false);
  if (impl->zsk != nullptr) ldns_key_list_push_key(impl->keys.get(), impl->zsk);
  if (impl->ksk == nullptr || impl->zsk == nullptr) {
    return dns::fail("no key of algorithm 13 can be made for " + zone.to_text());
  }
  return ZoneKeys(std::move(impl));
}

dns::Result<SignedZone> ZoneKeys::Impl::read(std::string_view text) const {
  std::string copy(text);
  const std::unique_ptr<std::FILE, FileCloser> file(fmemopen(copy.data(), copy.size(), "r"));
  if (!file) return dns::fail("the zone " + zone.to_text() + " is empty");
  const std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)> origin(
      ldns_dname_new_frm_str(zone.to_text().c_str()), &ldns_rdf_deep_free);
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

dns::Result<void> ZoneKeys::Impl::sign(ldns_dnssec_zone& signed_zone, Denial denial) const {
  const std::unique_ptr<ldns_rr_list, ListFree> added(ldns_rr_list_new());
  ldns_status status = LDNS_STATUS_OK;
  if (denial == Denial::nsec) {
    status = ldns_dnssec_zone_sign(&signed_zone, added.get(), keys.get(),
                                   ldns_dnssec_default_replace_signatures, nullptr);
  } else {
    // RFC 9276 section 3.1: no extra iterations, no salt.
    const std::uint8_t flags = denial == Denial::nsec3_opt_out ? 1 : 0;
    status = ldns_dnssec_zone_sign_nsec3(&signed_zone, added.get(), keys.get(),
                                         ldns_dnssec_default_replace_signatures, nullptr, 1, flags,
                                         0, 0, nullptr);
  }
  if (status != LDNS_STATUS_OK) return tl::unexpected(ldns_error(zone, "signed", status));
  return {};
}

dns::Result<std::string> ZoneKeys::sign(std::string_view text, const Validity& validity,
                                        Denial denial) const {
  auto zone = impl_->read(text);
  if (!zone) return tl::unexpected(zone.error());
  for (ldns_key* key : {impl_->ksk, impl_->zsk}) {
    ldns_key_set_inception(
        key, static_cast<std::uint32_t>(validity.inception.time_since_epoch().count()));
    ldns_key_set_expiration(
        key, static_cast<std::uint32_t>(validity.expiration.time_since_epoch().count()));
    Rr rr = key_record(key);
    const ldns_status status = ldns_dnssec_zone_add_rr(zone->get(), rr.get());
    if (status != LDNS_STATUS_OK) return tl::unexpected(ldns_error(impl_->zone, "keyed", status));
    static_cast<void>(rr.release());  // the zone owns it now
  }
  if (const auto done = impl_->sign(**zone, denial); !done) return tl::unexpected(done.error());
  return printed([&](std::FILE* file) { ldns_dnssec_zone_print(file, zone->get()); });
}

std::string ZoneKeys::ds_text() const {
  const Rr key = key_record(impl_->ksk);
  const Rr ds(ldns_key_rr2ds(key.get(), LDNS_SHA256));
  return rr_text(ds.get());
}

std::string ZoneKeys::anchor_text() const {
  return rr_text(key_record(impl_->ksk).get());
}

std::string ZoneKeys::ksk_private_text() const {
  return printed([&](std::FILE* file) { ldns_key_print(file, impl_->ksk); });
}

std::string ZoneKeys::zsk_private_text() const {
  return printed([&](std::FILE* file) { ldns_key_print(file, impl_->zsk); });
}

}  // namespace lab
