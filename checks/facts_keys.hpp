// Facts about the keys of a zone: which there are and what each does, the state of a rollover, and
// the RRsets at the apex that are asked for rarely, with what CDS and CDNSKEY ask the parent for.
// Part of checks/facts_dnssec.hpp; lives and dies with the Facts, into whose Survey it points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dns/dnssec_anchoring.hpp"
#include "dns/exchange.hpp"

namespace checks {

/// CDS, CDNSKEY, CSYNC or ZONEMD as one address gives it.
struct ApexRrset {
  const dns::Exchange* exchange = nullptr;  ///< null when it is not known whether there is one
  dns::dnssec::RrsetView view;              ///< without records when the address denies that
  bool carried_over = false;                ///< asked in an earlier round
  /// By the address's keys. Null without records, while no keys are known, and when the keys may
  /// have been replaced since it was asked for.
  std::shared_ptr<const dns::dnssec::RrsetVerdict> verdict;

  bool exists() const { return exchange != nullptr && !view.records.empty(); }
  bool is_absent() const { return exchange != nullptr && view.records.empty(); }
};

/// A key as DS, CDS, CDNSKEY and RRSIG records name it: algorithm and tag.
struct KeyId {
  std::uint8_t algorithm = 0;
  std::uint16_t tag = 0;
  friend auto operator<=>(const KeyId&, const KeyId&) = default;
};

/// What CDS and CDNSKEY records of one address come to (RFC 7344, RFC 8078).
struct DsWish {
  const ApexRrset* from = nullptr;  ///< CDS, or CDNSKEY where there is no CDS; never null
  bool deletes = false;             ///< asks for no DS at all
  /// Asks for that beside something else, or in a way that RFC 8078 section 4 does not know.
  bool deletes_wrongly = false;
  std::vector<KeyId> keys;  ///< that it asks a DS for; sorted, without repeats
  /// CDS and CDNSKEY are both there and do not stand for the same keys.
  bool contradicts_itself = false;
  /// A valid signature is by a key that a DS stands for now (RFC 7344 section 4.1); nothing while
  /// there is no DS, or no verdict.
  std::optional<bool> signed_by_entry;
  std::vector<dns::Record> anchors;  ///< the DS records, or keys, that it asks for
  /// The address's DNSKEY records judged by `anchors` instead of the parent's DS.
  std::optional<dns::dnssec::DnskeyVerdict> applied;
};

/// One key of the zone and what it is seen to do, over all addresses.
struct KeyUse {
  std::uint16_t tag = 0;
  std::uint8_t algorithm = 0;
  bool is_entry_point = false;  ///< the SEP flag
  bool in_ds = false;
  bool published = false;
  bool signs_keys = false;  ///< validly, the DNSKEY RRset
  bool signs_data = false;  ///< validly, SOA, NS or denial

  KeyId id() const { return {algorithm, tag}; }
};

/// Values of the label `state`; of several that apply the greatest.
enum class RolloverState : std::uint8_t {
  stable,
  zsk_prepublish,        ///< RFC 6781 section 4.1.1.1: a zone signing key signs nothing (yet)
  zsk_double_signature,  ///< RFC 6781 section 4.1.1.2: two zone signing keys sign the same data
  ksk_new_key,           ///< RFC 6781 section 4.1.2: a key signing key without a DS
  ksk_ds_added,          ///< DS of two keys
  algorithm_roll,        ///< RFC 6781 section 4.1.4: keys, signatures or DS of two algorithms
};
inline constexpr std::size_t kRolloverStates = 6;
std::string_view to_text(RolloverState state);

struct Rollover {
  RolloverState state = RolloverState::stable;
  std::vector<KeyId> keys;  ///< that make it a rollover; sorted
  /// The keys in question sign nothing at all: they may as well be kept for an emergency.
  bool may_be_standby = false;
  std::vector<std::uint8_t> algorithms;  ///< all of them, of RolloverState::algorithm_roll
};

/// "key 12345 (ECDSAP256SHA256 (13))".
std::string key_text(const KeyId& key);

}  // namespace checks
