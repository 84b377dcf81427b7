// The path of trust: the zones from a trust anchor down to a zone, what was asked about each, and
// what that comes to: RFC 4035 section 5, with the reason of whichever link is broken.
//
// Pure functions but for the memory of the Verifier. No errors: whatever octets the messages hold,
// there is a verdict. Safe to call from several threads.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/dnssec_anchoring.hpp"
#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_trust_anchors.hpp"
#include "dns/exchange.hpp"

namespace dns::dnssec {

/// What every judgement stands on besides messages and time. Both outlive whoever is given it.
struct Trust {
  const TrustAnchors& anchors;
  Verifier& verifier;
};

/// One zone on a path, and what was asked about it. Immutable; the paths of all zones below share
/// it.
struct PathZone {
  Name zone;
  std::shared_ptr<const PathZone> above;   ///< that delegates it; null where the path begins
  std::shared_ptr<const Exchange> ds;      ///< by a server of `above`; null where the path begins
  std::shared_ptr<const Exchange> dnskey;  ///< by a server of the zone; null when not asked
};

/// Why a parent's word about DS is what it is.
enum class DsReason : std::uint8_t {
  valid,                  ///< secure: DS records with a valid signature
  absence_proven,         ///< insecure: a delegation without DS, with proof
  opt_out,                ///< insecure: an NSEC3 record with opt-out covers it
  iterations_over_limit,  ///< insecure: the denial has more than kMaxNsec3Iterations
  no_supported_ds,        ///< insecure: valid DS records, none of which we support
  no_answer,              ///< indeterminate: no response, or an error RCODE
  denial_not_understood,  ///< indeterminate: by NSEC3 of an unknown hash or with unknown flags
  not_signed,             ///< bogus: DS records without a valid signature
  absence_not_proven,     ///< bogus: no DS, and no valid proof of that
  not_a_delegation,       ///< bogus: it is proven that the name is no delegation, or does not exist
};

/// For machines: "valid", "absence-proven", ...; constant.
std::string_view to_text(DsReason reason);

/// What a parent's response says about DS of a zone.
struct DsVerdict {
  Status status = Status::indeterminate;
  DsReason reason = DsReason::no_answer;
  std::vector<const Record*> records;   ///< the DS RRset, whether or not it is to be believed
  std::optional<RrsetVerdict> rrset;    ///< when there are records
  std::optional<DenialVerdict> denial;  ///< when there are none
  /// When it stops, or stopped, to validate.
  std::optional<Seconds> valid_until;
};

/// Judges `response`, of a server of the parent, to a question for DS of `zone`, by the parent's
/// keys, which must be secure. Null for no response.
DsVerdict validate_ds(const Name& zone, const Message* response, const KeySet& parent_keys,
                      Seconds now, Verifier& verifier);

/// One zone of a path, judged.
struct PathStep {
  std::shared_ptr<const PathZone> zone;
  /// Secure: its keys may be used. Else the status of everything the zone signs.
  Status status = Status::indeterminate;
  bool is_anchor = false;             ///< its keys are compared with trust anchors, not with DS
  std::optional<DsVerdict> ds;        ///< nothing for the anchor, and below what is not secure
  std::optional<DnskeyVerdict> keys;  ///< nothing without DS to compare with, or without an answer
};

/// A path judged from its trust anchor down.
struct PathVerdict {
  /// From the anchor down; empty without an anchor at or above any zone of the path. Zones above
  /// the anchor are left out.
  std::vector<PathStep> steps;
  /// Of the last zone. When the anchor's own keys do not validate it is indeterminate, not bogus:
  /// then anchor or clock are wrong, and nothing can be told.
  Status status = Status::indeterminate;
  /// Index of the first step that is not secure: the link that decided.
  std::optional<std::size_t> decided_at;

  bool is_secure() const { return status == Status::secure; }
  /// The keys of the last zone; only when secure.
  const KeySet& keys() const { return steps.back().keys->keys; }
};

/// Judges the path down to `last`. Null: nothing is known, indeterminate.
PathVerdict judge_path(const std::shared_ptr<const PathZone>& last, const Trust& trust,
                       Seconds now);

}  // namespace dns::dnssec
