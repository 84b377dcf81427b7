// The DNSSEC part of the facts: the chain of trust down to the zone, and every RRset of every
// address judged by the keys that the address itself gives, anchored by the DS seen at the parent
// (RFC 4035 section 5). Part of checks/facts.hpp; lives and dies with the Facts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "checks/facts_keys.hpp"
#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_path.hpp"
#include "dns/exchange.hpp"
#include "dns/resolution.hpp"

namespace checks {

/// Values of the label `rrset`.
enum class SignedRrset : std::uint8_t { soa, ns, dnskey, denial, address };
inline constexpr std::size_t kSignedRrsets = 5;
std::string_view to_text(SignedRrset rrset);

struct Validity {
  std::int64_t inception = 0;  ///< seconds since 1970
  std::int64_t expiration = 0;
  std::uint16_t key_tag = 0;
};

/// One RRset at one address, and what its signatures are worth.
struct JudgedRrset {
  SignedRrset rrset{};
  dns::dnssec::RrsetVerdict verdict;  ///< by the address's keys; only when `keys_known`
  bool keys_known = false;
  bool is_signed = false;  ///< an RRSIG record came with it
  /// Made from a wildcard, and why nothing proves that the name itself is not there.
  std::optional<dns::dnssec::DenialReason> unproven;
  bool in_additional = false;  ///< validators drop it when it is bogus, and nothing else
  /// Of the signature that expires last among those that are right in every respect but time; among
  /// all of them while no keys are known.
  std::optional<Validity> latest;
  std::optional<Validity> current;  ///< of the one that expires last among those valid at judged_at
  std::int64_t judged_at = 0;       ///< now, or when a carried-over answer was got
  const dns::Exchange* exchange = nullptr;

  const dns::Name& owner() const { return verdict.owner; }
  dns::RRType type() const { return verdict.type; }
  bool is_secure() const { return keys_known && verdict.is_secure() && !unproven; }
  bool expired() const { return latest && !current && latest->expiration < judged_at; }
  bool in_future() const { return latest && !current && !expired(); }
};

/// What one address serves, judged.
struct AddressDnssec {
  /// The DNSKEY RRset it gives; nothing when it gave no answer, or was asked without DO after
  /// timeouts. Shared by the addresses that give it in the same words.
  std::shared_ptr<const dns::dnssec::DnskeyVerdict> keys;
  std::vector<JudgedRrset> rrsets;
  /// What it says about a name that does not exist; nothing when it denied nothing,
  /// or while its keys are not known.
  std::optional<dns::dnssec::DenialVerdict> denial;
  const dns::Exchange* denial_exchange = nullptr;
  /// Every RRset that was asked for validates from the DS. Nothing without a secure delegation, and
  /// when it cannot be told.
  std::optional<bool> valid;
  /// Keys and SOA validate, whatever else does not: validators get answers here.
  std::optional<bool> usable;
  std::optional<bool> denial_valid;  ///< the same for the denial
  /// It gives DNSKEY records, and not one signature of anything, while others serve the zone
  /// signed: no DNSSEC can be had from it.
  bool gives_no_signatures = false;
  ApexRrset cds;
  ApexRrset cdnskey;
  ApexRrset csync;
  ApexRrset zonemd;
  ApexRrset nsec3param;
  /// What CDS and CDNSKEY ask the parent for; null when there are none of them, as in most zones.
  std::unique_ptr<const DsWish> ds_wish;

  /// The zone's SOA validates by the address's own keys.
  bool has_secure_soa() const;
};

/// What one parent address said about DS, judged; in the order of DelegationFacts::parents. Shared
/// by those that say the same.
struct ParentDnssec {
  /// Null without an answer, and below no secure path.
  std::shared_ptr<const dns::dnssec::DsVerdict> ds;
  /// What its referral brings about DS; null below no secure path, and when it gave none.
  std::shared_ptr<const dns::dnssec::DsVerdict> referral;
};

/// Addresses of a nameserver that do not validate in the zone that holds them.
struct BogusAddresses {
  dns::dnssec::RrsetVerdict verdict;
  std::optional<dns::dnssec::DenialReason> unproven;  ///< as JudgedRrset::unproven
  const dns::Resolution* resolution = nullptr;
};

/// The addresses of a nameserver's name, judged through its own zone.
struct NameDnssec {
  /// Of the worst of its address RRsets; nothing for a name of the zone itself, whose servers are
  /// judged.
  std::optional<dns::dnssec::Status> status;
  std::shared_ptr<const dns::dnssec::PathVerdict> path;  ///< to that zone; null when not known
  std::vector<BogusAddresses> bogus;                     ///< where the path is secure

  /// The step of the path that is broken, or null.
  const dns::dnssec::PathStep* broken_step() const;
};

struct DnssecFacts {
  dns::dnssec::PathVerdict path;  ///< down to the parent
  std::vector<ParentDnssec> parents;
  bool is_anchor = false;         ///< the zone has trust anchors of its own: DS do not count
  bool own_anchor_fails = false;  ///< and no server has keys that they validate
  /// Whether what the servers say must validate: secure when a DS or anchor says so; insecure also
  /// when none of them has an algorithm and digest that are supported.
  dns::dnssec::Status delegation = dns::dnssec::Status::indeterminate;
  /// The DS records, or anchors, that the servers' keys are compared with; empty unless secure, or
  /// insecure for none of them being supported.
  std::vector<const dns::Record*> anchors;
  std::optional<std::size_t> ds_parent;  ///< whose DS they are: index into `parents`
  /// The parent proves that it does not delegate the name, and no server of it does: validators
  /// believe that there is no such zone, and what its servers say is neither secure nor bogus.
  bool proven_undelegated = false;
  dns::dnssec::Status status = dns::dnssec::Status::indeterminate;  ///< of the zone, RFC 4035 4.3

  /// Every key that a server publishes or a DS stands for, sorted by algorithm and tag.
  std::vector<KeyUse> keys;
  std::optional<Rollover> rollover;           ///< nothing while no server's keys are known
  std::optional<std::uint64_t> ds_print;      ///< of the DS RDATA at the parent, when known
  std::optional<std::uint64_t> dnskey_print;  ///< of the DNSKEY RDATA of all servers, when known
  /// CDS or CDNSKEY ask for DS of other keys than those at the parent, or for none at all. Nothing
  /// when it cannot be told, also without DS: then they ask for a first one.
  std::optional<bool> cds_pending;

  /// The step of the path that is broken, or null: a fault of an ancestor, not of the zone.
  const dns::dnssec::PathStep* broken_ancestor() const;
};

/// Adds one more RRset that an address gave, with what its dates come to. With `entries` only
/// signatures by the anchored keys among them count, as for DNSKEY records (RFC 4035 section 5.2).
void add_judged(AddressDnssec& dnssec, JudgedRrset rrset,
                const dns::dnssec::KeySet* entries = nullptr);

/// A zone below `zone` signs the RRset: it belongs to that one, whoever serves it.
bool is_signed_below(const dns::dnssec::RrsetView& rrset, const dns::Name& zone);

/// A kept answer whose signature is by a key that is not published: it may have been when the
/// server was asked. Nothing can be told then.
bool is_by_former_key(bool carried_over, const dns::dnssec::RrsetVerdict& verdict);

}  // namespace checks
