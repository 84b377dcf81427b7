// Facts about the zone's keys: which there are, what each does, and which state of a rollover that
// is.
#include "checks/facts_keys.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "checks/facts.hpp"
#include "dns/dnssec_algorithms.hpp"

namespace checks {

namespace {

using dns::dnssec::SignatureStatus;
using Keys = std::map<KeyId, KeyUse>;
using Ids = std::set<KeyId>;

constexpr std::array<std::string_view, kRolloverStates> kStates{
    "stable",      "zsk_prepublish", "zsk_double_signature",
    "ksk_new_key", "ksk_ds_added",   "algorithm_roll"};

// FNV-1a: nobody gains anything by two sets with the same print.
std::uint64_t print_of(const std::set<dns::Bytes>& rdatas) {
  std::uint64_t print = 0xcbf29ce484222325U;
  const auto mix = [&print](std::uint8_t octet) { print = (print ^ octet) * 0x100000001b3U; };
  for (const dns::Bytes& rdata : rdatas) {
    for (const std::uint8_t octet : rdata) mix(octet);
    mix(static_cast<std::uint8_t>(rdata.size()));
    mix(static_cast<std::uint8_t>(rdata.size() >> 8));
  }
  return print;
}

KeyUse& use_of(Keys& keys, const KeyId& id) {
  KeyUse& use = keys[id];
  use.algorithm = id.algorithm;
  use.tag = id.tag;
  return use;
}

bool counts(const dns::dnssec::Key& key) {
  return key.is_zone_key() && !key.is_revoked() &&
         key.dnskey.protocol == dns::dnssec::kDnssecProtocol;
}

KeyId id_of(const dns::dnssec::Key& key) {
  return {key.dnskey.algorithm, key.tag};
}

// The keys by which the RRset is validly signed.
Ids signers(const AddressFacts& address, const dns::dnssec::RrsetVerdict& verdict) {
  Ids ids;
  for (const dns::dnssec::SignatureVerdict& signature : verdict.signatures) {
    if (signature.status != SignatureStatus::valid || !signature.key) continue;
    ids.insert(id_of(address.dnssec.keys->keys.keys[*signature.key]));
  }
  return ids;
}

void read_address(Keys& keys, const AddressFacts& address) {
  if (!address.dnssec.keys) return;
  for (const dns::dnssec::Key& key : address.dnssec.keys->keys.keys) {
    if (!counts(key)) continue;
    KeyUse& use = use_of(keys, id_of(key));
    use.published = true;
    use.is_entry_point = use.is_entry_point || key.is_entry_point();
  }
  for (const JudgedRrset& rrset : address.dnssec.rrsets) {
    if (!rrset.keys_known || rrset.in_additional) continue;
    for (const KeyId& id : signers(address, rrset.verdict)) {
      KeyUse& use = use_of(keys, id);
      (rrset.rrset == SignedRrset::dnskey ? use.signs_keys : use.signs_data) = true;
    }
  }
}

// What the parent says, or the trust anchors of the zone itself. Nothing when it is not known.
std::optional<std::set<dns::Bytes>> ds_of(const Facts& facts) {
  std::set<dns::Bytes> ds;
  bool known = false;
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (!parent.recent || !parent.ds) continue;
    known = true;
    ds.insert(parent.ds->begin(), parent.ds->end());
  }
  if (!known) return std::nullopt;
  return ds;
}

void read_ds(Keys& keys, DnssecFacts& dnssec, const Facts& facts) {
  const std::optional<std::set<dns::Bytes>> ds = ds_of(facts);
  if (!ds) return;
  dnssec.ds_print = print_of(*ds);
  for (const dns::Bytes& rdata : *ds) {
    const std::optional<dns::Ds> one = dns::parse_ds(rdata);
    if (one) use_of(keys, {one->algorithm, one->key_tag}).in_ds = true;
  }
}

void print_dnskeys(DnssecFacts& dnssec, const Facts& facts) {
  std::set<dns::Bytes> dnskeys;
  bool known = false;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnskeys) continue;
    known = true;
    dnskeys.insert(address.dnskeys->begin(), address.dnskeys->end());
  }
  if (known) dnssec.dnskey_print = print_of(dnskeys);
}

// ---- the state of a rollover ----

// One address at a time: with several signers (RFC 8901), each has a stable state of its own, and
// keys of the others that it publishes.
class StateReader {
 public:
  StateReader(const Keys& keys, const AddressFacts& address) : keys_(keys), address_(address) {}

  std::optional<Rollover> read() {
    if (!address_.dnssec.keys || address_.dnssec.keys->keys.keys.empty()) return std::nullopt;
    bool sound = false;
    for (const JudgedRrset& rrset : address_.dnssec.rrsets) {
      if (rrset.rrset == SignedRrset::dnskey) sign_keys_ = signers(address_, rrset.verdict);
      if (rrset.rrset != SignedRrset::soa) continue;
      sound = rrset.is_secure();
      sign_data_ = signers(address_, rrset.verdict);
      for (const auto& signature : rrset.verdict.signatures) {
        if (signature.status != SignatureStatus::malformed) {
          algorithms_.insert(signature.rrsig.algorithm);
        }
      }
    }
    if (!sound || sign_keys_.empty()) return std::nullopt;
    select();
    return decide();
  }

 private:
  bool signs_here(const KeyId& id) const {
    return sign_keys_.count(id) != 0 || sign_data_.count(id) != 0;
  }

  void select() {
    for (const dns::dnssec::Key& key : address_.dnssec.keys->keys.keys) {
      if (!counts(key)) continue;
      const KeyId id = id_of(key);
      const KeyUse& use = keys_.at(id);
      const bool of_another_signer = (use.signs_keys || use.signs_data) && !signs_here(id);
      if (of_another_signer) continue;
      algorithms_.insert(id.algorithm);
      (use.is_entry_point || use.in_ds ? entries_ : others_).insert(id);
    }
    for (const auto& [id, use] : keys_) {
      if (!use.in_ds || (use.published && entries_.count(id) == 0)) continue;
      algorithms_.insert(id.algorithm);
      in_ds_.insert(id);
    }
  }

  Rollover made(RolloverState state, const Ids& ids, bool may_be_standby) const {
    return {state, {ids.begin(), ids.end()}, may_be_standby, {}};
  }

  template <typename Pick>
  static Ids picked(const Ids& from, const Pick& pick) {
    Ids ids;
    std::copy_if(from.begin(), from.end(), std::inserter(ids, ids.end()), pick);
    return ids;
  }

  Rollover decide() const {
    const auto idle = [this](const KeyId& id) { return !signs_here(id); };
    if (algorithms_.size() > 1) {
      Ids all = entries_;
      all.insert(others_.begin(), others_.end());
      all.insert(in_ds_.begin(), in_ds_.end());
      Rollover rollover = made(RolloverState::algorithm_roll, all, false);
      rollover.algorithms.assign(algorithms_.begin(), algorithms_.end());
      return rollover;
    }
    if (in_ds_.size() > 1) {
      const bool standby = std::any_of(in_ds_.begin(), in_ds_.end(), idle);
      return made(RolloverState::ksk_ds_added, in_ds_, standby);
    }
    if (entries_.size() > 1) {
      const Ids without_ds =
          picked(entries_, [this](const KeyId& id) { return in_ds_.count(id) == 0; });
      const bool standby = std::all_of(without_ds.begin(), without_ds.end(), idle);
      return made(RolloverState::ksk_new_key, without_ds, standby);
    }
    const Ids signing =
        picked(others_, [this](const KeyId& id) { return sign_data_.count(id) != 0; });
    if (signing.size() > 1) return made(RolloverState::zsk_double_signature, signing, false);
    const Ids unused = picked(others_, idle);
    if (!unused.empty()) return made(RolloverState::zsk_prepublish, unused, true);
    return {};
  }

  const Keys& keys_;
  const AddressFacts& address_;
  Ids sign_keys_;
  Ids sign_data_;
  Ids entries_;  // key signing keys, and keys for everything
  Ids others_;
  Ids in_ds_;
  std::set<std::uint8_t> algorithms_;
};

void read_rollover(DnssecFacts& dnssec, const Keys& keys, const Facts& facts) {
  for (const AddressFacts& address : facts.addresses) {
    std::optional<Rollover> here = StateReader(keys, address).read();
    if (here && (!dnssec.rollover || here->state > dnssec.rollover->state)) {
      dnssec.rollover = std::move(here);
    }
  }
}

// ---- CDS and DS ----

std::optional<bool> cds_pending(const Facts& facts) {
  std::vector<KeyId> in_ds;
  for (const KeyUse& key : facts.dnssec.keys) {
    if (key.in_ds) in_ds.push_back(key.id());
  }
  if (!facts.dnssec.ds_print) return std::nullopt;
  bool absent = false;
  for (const AddressFacts& address : facts.addresses) {
    const DsWish* const wish = address.dnssec.ds_wish.get();
    absent = absent || (address.dnssec.cds.is_absent() && address.dnssec.cdnskey.is_absent());
    if (wish == nullptr) continue;
    if (in_ds.empty()) return false;
    if (wish->deletes) return true;
    if (wish->keys.empty()) return std::nullopt;
    return wish->keys != in_ds;
  }
  if (absent) return false;
  return std::nullopt;
}

}  // namespace

std::string_view to_text(RolloverState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

std::string key_text(const KeyId& key) {
  return "key " + std::to_string(key.tag) + " (" + dns::dnssec::algorithm_text(key.algorithm) + ")";
}

std::optional<std::uint32_t> ds_ttl(const Facts& facts) {
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (!parent.recent || !parent.ds || parent.ds->empty()) continue;
    return dns::find_records(parent.ds_exchange->response->answer, facts.survey.zone,
                             dns::RRType::ds)
        .front()
        ->ttl;
  }
  return std::nullopt;
}

const dns::Exchange* largest_dnskey_answer(const Facts& facts) {
  const dns::Exchange* largest = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnskeys || address.dnskeys->empty()) continue;
    const std::size_t size = address.dnskey_exchange->response->wire_size;
    if (size > (largest == nullptr ? 0 : largest->response->wire_size)) {
      largest = address.dnskey_exchange;
    }
  }
  return largest;
}

void derive_key_facts(Facts& facts) {
  DnssecFacts& dnssec = facts.dnssec;
  Keys keys;
  for (const AddressFacts& address : facts.addresses) read_address(keys, address);
  read_ds(keys, dnssec, facts);
  print_dnskeys(dnssec, facts);
  read_rollover(dnssec, keys, facts);
  for (const auto& [id, use] : keys) dnssec.keys.push_back(use);
  dnssec.cds_pending = cds_pending(facts);
}

}  // namespace checks
