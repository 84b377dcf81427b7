#include "tests/lab/mutation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/lab/mutation_group.hpp"

namespace lab {
namespace {

using dns::Bytes;
using dns::Record;
using dns::RRType;
using Kind = MutationKind;
using Target = MutationTarget;
using Targets = unsigned;  // a bit for each target

constexpr Targets bit(Target target) {
  return 1U << static_cast<unsigned>(target);
}

constexpr Targets kDs = bit(Target::ds);
constexpr Targets kKeys = bit(Target::dnskey);
constexpr Targets kDenials = bit(Target::ds_denial) | bit(Target::denial);
constexpr Targets kPlain = bit(Target::soa) | bit(Target::ns) | bit(Target::wildcard);
constexpr Targets kAll = kDs | kKeys | kDenials | kPlain;

struct Row {
  Kind kind;
  std::string_view text;
  Targets targets;
};

// In the order of MutationKind.
constexpr std::array kRows{
    Row{Kind::signature_bit, "signature-bit", kAll},
    Row{Kind::signature_short, "signature-short", kAll},
    Row{Kind::signature_long, "signature-long", kAll},
    Row{Kind::rrsig_removed, "rrsig-removed", kAll},
    Row{Kind::labels_less, "labels-less", kAll},
    Row{Kind::labels_more, "labels-more", kAll},
    Row{Kind::original_ttl, "original-ttl", kAll},
    Row{Kind::rrsig_algorithm, "rrsig-algorithm", kAll},
    Row{Kind::rrsig_key_tag, "rrsig-key-tag", kAll},
    Row{Kind::signer_parent, "signer-parent", kAll},
    Row{Kind::signer_sibling, "signer-sibling", kAll},
    Row{Kind::expired, "expired", kAll},
    Row{Kind::inception_ahead, "inception-ahead", kAll},
    Row{Kind::dates_reversed, "dates-reversed", kAll},
    Row{Kind::type_covered, "type-covered", kAll},
    Row{Kind::signer_case, "signer-case", kAll},
    Row{Kind::rrsig_ttl, "rrsig-ttl", kAll},
    Row{Kind::rrsig_doubled, "rrsig-doubled", kAll},
    Row{Kind::extra_broken, "extra-broken", kAll},
    Row{Kind::extra_expired, "extra-expired", kAll},
    Row{Kind::extra_algorithm, "extra-algorithm", kAll},
    Row{Kind::extra_key_tag, "extra-key-tag", kAll},
    Row{Kind::extra_many, "extra-many", kAll},
    Row{Kind::rdata_bit, "rdata-bit", kAll},
    Row{Kind::rdata_case, "rdata-case", kDenials | bit(Target::soa) | bit(Target::ns)},
    Row{Kind::data_removed, "data-removed", kDs | kKeys | kDenials},
    Row{Kind::rrset_removed, "rrset-removed", kDs | kKeys | kDenials},
    Row{Kind::record_removed, "record-removed", kKeys},
    Row{Kind::record_added, "record-added", kAll},
    Row{Kind::record_doubled, "record-doubled", kAll},
    Row{Kind::reversed, "reversed", kDs | kKeys},
    Row{Kind::ttl_raised, "ttl-raised", kAll},
    Row{Kind::ttl_lowered, "ttl-lowered", kAll},
    Row{Kind::ttl_zero, "ttl-zero", kAll},
    Row{Kind::ttl_mixed, "ttl-mixed", kDs | kKeys},
    Row{Kind::owner_case, "owner-case", kAll},
    Row{Kind::key_zone_flag, "key-zone-flag", kKeys},
    Row{Kind::key_revoked, "key-revoked", kKeys},
    Row{Kind::key_sep_flag, "key-sep-flag", kKeys},
    Row{Kind::key_protocol, "key-protocol", kKeys},
    Row{Kind::key_algorithm, "key-algorithm", kKeys},
    Row{Kind::ds_algorithm, "ds-algorithm", kDs},
    Row{Kind::ds_digest_type, "ds-digest-type", kDs},
    Row{Kind::bitmap_bit, "bitmap-bit", kDenials},
    Row{Kind::nsec3_opt_out, "nsec3-opt-out", kDenials},
    Row{Kind::nsec3_flags, "nsec3-flags", kDenials},
    Row{Kind::nsec3_iterations, "nsec3-iterations", kDenials},
    Row{Kind::nsec3_algorithm, "nsec3-algorithm", kDenials},
    Row{Kind::ad_set, "ad-set", kAll},
    Row{Kind::cd_set, "cd-set", kAll},
    Row{Kind::junk_answer, "junk-answer", kDs | kKeys | kPlain},
    Row{Kind::junk_answer_else, "junk-answer-else", kDs | kKeys | kPlain},
    Row{Kind::junk_authority, "junk-authority", kAll},
    Row{Kind::junk_additional, "junk-additional", kAll},
};

constexpr std::array<std::string_view, 7> kTargets{"ds", "ds-denial", "dnskey",  "soa",
                                                   "ns", "denial",    "wildcard"};

// ---- where ----

bool is_denial(Target target) {
  return target == Target::ds_denial || target == Target::denial;
}

RRType type_of(Target target) {
  switch (target) {
    case Target::ds:
      return RRType::ds;
    case Target::dnskey:
      return RRType::dnskey;
    case Target::soa:
      return RRType::soa;
    case Target::ns:
      return RRType::ns;
    default:
      return RRType::a;
  }
}

std::optional<RRType> covered_type(const Record& record) {
  if (record.type != RRType::rrsig) return record.type;
  const auto rrsig = dns::parse_rrsig(record.rdata);
  if (!rrsig) return std::nullopt;
  return rrsig->type_covered;
}

bool is_target(Target target, const dns::Name& zone, const Record& record) {
  const std::optional<RRType> type = covered_type(record);
  if (is_denial(target)) return type == RRType::nsec || type == RRType::nsec3;
  if (type != type_of(target)) return false;
  return target == Target::wildcard ? record.owner.is_below(zone) : record.owner == zone;
}

/// The owners of the RRsets of `section` that are meant.
std::vector<dns::Name> owners_in(const std::vector<Record>& section, Target target,
                                 const dns::Name& zone) {
  std::vector<dns::Name> owners;
  for (const Record& record : section) {
    const bool known = std::find(owners.begin(), owners.end(), record.owner) != owners.end();
    if (!known && is_target(target, zone, record)) owners.push_back(record.owner);
  }
  return owners;
}

void change_rrset(const Mutation& mutation, const dns::Name& zone, const dns::Name& owner,
                  std::vector<Record>& section) {
  SignedGroup group;
  std::vector<Record> rest;
  std::optional<std::size_t> place;
  for (Record& record : section) {
    if (!(record.owner == owner) || !is_target(mutation.target, zone, record)) {
      rest.push_back(std::move(record));
      continue;
    }
    if (!place) place = rest.size();
    (record.type == RRType::rrsig ? group.signatures : group.data).push_back(std::move(record));
  }
  change_group(mutation, zone, group);
  group.data.insert(group.data.end(), group.signatures.begin(), group.signatures.end());
  rest.insert(rest.begin() + static_cast<std::ptrdiff_t>(place.value_or(0)), group.data.begin(),
              group.data.end());
  section = std::move(rest);
}

/// One of the RRsets that are meant: which one, the seed says. What the parent denies with is
/// shared by its delegations, and a resolver takes the good copy that it has from another: there
/// all are.
void change_section(const Mutation& mutation, const dns::Name& zone, std::vector<Record>& section) {
  const std::vector<dns::Name> owners = owners_in(section, mutation.target, zone);
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const bool meant = mutation.target == Target::ds_denial || i == mutation.seed % owners.size();
    if (meant) change_rrset(mutation, zone, owners[i], section);
  }
}

/// True for the addresses of a name that does not exist: the labels of the signature tell.
bool is_from_wildcard(const Record& record) {
  if (record.type != RRType::rrsig) return false;
  const auto rrsig = dns::parse_rrsig(record.rdata);
  return rrsig && rrsig->labels < record.owner.label_count();
}

/// True when `reply` holds what the mutation changes, or would if it were not denied.
bool is_about(Target target, const dns::Name& zone, const Query& query, const Reply& reply) {
  const auto& answer = reply.answer;
  switch (target) {
    case Target::ds:
    case Target::ds_denial:
    case Target::dnskey:
    case Target::soa:
    case Target::ns:
      return query.qname == zone &&
             query.qtype == (target == Target::ds_denial ? RRType::ds : type_of(target));
    case Target::denial:
      return query.qname.is_below(zone) && !reply.authority.empty();
    case Target::wildcard:
      return std::any_of(answer.begin(), answer.end(), is_from_wildcard);
  }
  return false;
}

void change_message(Kind kind, const dns::Name& zone, const Query& query, Reply& reply) {
  const Bytes text{4, 'j', 'u', 'n', 'k'};
  const Bytes address{127, 9, 9, 9};
  const dns::Name other = zone.prefixed("junk").value_or(zone);
  switch (kind) {
    case Kind::ad_set:
      reply.ad = true;
      return;
    case Kind::cd_set:
      reply.cd = true;
      return;
    case Kind::junk_answer:
      reply.answer.push_back({query.qname, RRType::txt, dns::RRClass::in, 300, text});
      return;
    case Kind::junk_answer_else:
      reply.answer.push_back({other, RRType::a, dns::RRClass::in, 300, address});
      return;
    case Kind::junk_authority:
      reply.authority.push_back({zone, RRType::txt, dns::RRClass::in, 300, text});
      return;
    case Kind::junk_additional:
      reply.additional.push_back({other, RRType::a, dns::RRClass::in, 300, address});
      return;
    default:
      return;
  }
}

}  // namespace

std::string_view to_text(MutationKind kind) {
  return kRows.at(static_cast<std::size_t>(kind)).text;
}

std::string_view to_text(MutationTarget target) {
  return kTargets.at(static_cast<std::size_t>(target));
}

std::vector<MutationKind> kinds_for(MutationTarget target) {
  std::vector<MutationKind> kinds;
  for (const Row& row : kRows) {
    if ((row.targets & bit(target)) != 0) kinds.push_back(row.kind);
  }
  return kinds;
}

void mutate(const Mutation& mutation, const dns::Name& zone, const dns::Name& apex,
            const Query& query, Reply& reply) {
  const bool of_parent = mutation.target == Target::ds || mutation.target == Target::ds_denial;
  if (of_parent == (apex == zone)) return;
  if (mutation.kind >= Kind::ad_set) {
    if (is_about(mutation.target, zone, query, reply)) {
      change_message(mutation.kind, zone, query, reply);
    }
    return;
  }
  if (mutation.target == Target::wildcard && !is_about(mutation.target, zone, query, reply)) {
    return;
  }
  reply.exact_case = mutation.kind == Kind::owner_case || mutation.kind == Kind::rdata_case;
  if (!is_denial(mutation.target)) change_section(mutation, zone, reply.answer);
  change_section(mutation, zone, reply.authority);
}

}  // namespace lab
