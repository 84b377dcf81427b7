#include "tests/lab/mutation.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <random>
#include <utility>

namespace lab {
namespace {

using dns::Bytes;
using dns::Record;
using dns::RRType;
using Engine = std::mt19937;
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

constexpr std::uint32_t kYear = 365U * 86'400U;
constexpr std::size_t kManySignatures = 12;  // more than any validator tries (CVE-2023-50387)
constexpr std::uint8_t kUnknown = 99;        // of no algorithm or digest

/// Where the fields of an RRSIG stand (RFC 4034 section 3.1).
struct RrsigField {
  static constexpr std::size_t type = 0, algorithm = 2, labels = 3, original_ttl = 4,
                               expiration = 8, inception = 12, key_tag = 16, signer = 18;
};

/// Records of one owner and type, and the RRSIG records over them, out of their section.
struct Group {
  std::vector<Record> data;
  std::vector<Record> signatures;
};

std::size_t pick(Engine& engine, std::size_t count) {
  return count == 0 ? 0 : engine() % count;
}

std::uint32_t get32(const Bytes& rdata, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | rdata[at + i];
  return value;
}

void put32(Bytes& rdata, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 4; i-- > 0; value >>= 8U) {
    rdata[at + i] = static_cast<std::uint8_t>(value);
  }
}

void flip_bit(Bytes& rdata, std::size_t first, std::size_t end, Engine& engine) {
  if (end <= first || end > rdata.size()) return;
  rdata[first + pick(engine, end - first)] ^= static_cast<std::uint8_t>(1U << pick(engine, 8));
}

/// The name in wire form in capitals. The octets of labels' lengths are below those of letters.
void capitalize(Bytes& rdata, std::size_t first, std::size_t size) {
  for (std::size_t i = first; i < std::min(rdata.size(), first + size); ++i) {
    rdata[i] = static_cast<std::uint8_t>(std::toupper(rdata[i]));
  }
}

/// Of the name that starts at `first`, with its root label.
std::size_t name_size(const Bytes& rdata, std::size_t first) {
  std::size_t at = first;
  while (at < rdata.size() && rdata[at] != 0) at += 1U + rdata[at];
  return at + 1 - first;
}

std::size_t signer_size(const Bytes& rdata) {
  return name_size(rdata, RrsigField::signer);
}

/// The root of a signature that has no name there.
dns::Name signer_of(const Bytes& rdata) {
  const auto rrsig = dns::parse_rrsig(rdata);
  return rrsig ? rrsig->signer : dns::Name();
}

dns::Name parent_of(const dns::Name& name) {
  return name.is_root() ? name : name.parent();
}

void set_signer(Bytes& rdata, const dns::Name& signer) {
  const auto begin = rdata.begin() + static_cast<std::ptrdiff_t>(RrsigField::signer);
  rdata.erase(begin, begin + static_cast<std::ptrdiff_t>(signer_size(rdata)));
  const std::string_view wire = signer.wire();
  rdata.insert(rdata.begin() + static_cast<std::ptrdiff_t>(RrsigField::signer), wire.begin(),
               wire.end());
}

void shift_dates(Bytes& rdata, std::uint32_t by) {
  put32(rdata, RrsigField::expiration, get32(rdata, RrsigField::expiration) + by);
  put32(rdata, RrsigField::inception, get32(rdata, RrsigField::inception) + by);
}

// ---- signatures ----

void change_signature(Kind kind, const dns::Name& zone, Engine& engine, Record& rrsig) {
  Bytes& rdata = rrsig.rdata;
  switch (kind) {
    case Kind::signature_bit:
    case Kind::extra_broken:
    case Kind::extra_many:
      return flip_bit(rdata, RrsigField::signer + signer_size(rdata), rdata.size(), engine);
    case Kind::signature_short:
      return rdata.pop_back();
    case Kind::signature_long:
      return rdata.push_back(0);
    case Kind::labels_less:
      if (rdata[RrsigField::labels] > 0) --rdata[RrsigField::labels];
      return;
    case Kind::labels_more:
      ++rdata[RrsigField::labels];
      return;
    case Kind::original_ttl:
      return put32(rdata, RrsigField::original_ttl, get32(rdata, RrsigField::original_ttl) + 1);
    case Kind::rrsig_algorithm:
      rdata[RrsigField::algorithm] = pick(engine, 2) == 0 ? kUnknown : 8;
      return;
    case Kind::extra_algorithm:
      rdata[RrsigField::algorithm] = kUnknown;
      return;
    case Kind::rrsig_key_tag:
    case Kind::extra_key_tag:
      ++rdata[RrsigField::key_tag + 1];
      return;
    case Kind::signer_parent:
      return set_signer(rdata, parent_of(signer_of(rdata)));
    case Kind::signer_sibling:
      return set_signer(rdata, zone.parent().prefixed("sibling").value_or(zone));
    case Kind::signer_case:
      return capitalize(rdata, RrsigField::signer, signer_size(rdata));
    case Kind::expired:
    case Kind::extra_expired:
      return shift_dates(rdata, 0U - kYear);
    case Kind::inception_ahead:
      return shift_dates(rdata, kYear);
    case Kind::dates_reversed: {
      const std::uint32_t inception = get32(rdata, RrsigField::inception);
      put32(rdata, RrsigField::inception, get32(rdata, RrsigField::expiration));
      return put32(rdata, RrsigField::expiration, inception);
    }
    case Kind::type_covered:
      rdata[RrsigField::type] = 0;
      rdata[RrsigField::type + 1] = static_cast<std::uint8_t>(RRType::mx);
      return;
    case Kind::rrsig_ttl:
      rrsig.ttl /= 2;
      return;
    default:
      return;
  }
}

void change_signatures(Kind kind, const dns::Name& zone, Engine& engine, Group& group) {
  std::vector<Record> changed;
  const std::size_t copies = kind == Kind::extra_many ? kManySignatures : 1;
  for (std::size_t i = 0; i < copies; ++i) {
    changed.insert(changed.end(), group.signatures.begin(), group.signatures.end());
  }
  for (Record& rrsig : changed) change_signature(kind, zone, engine, rrsig);
  switch (kind) {
    case Kind::rrsig_removed:
      group.signatures.clear();
      return;
    case Kind::rrsig_doubled:
    case Kind::extra_broken:
    case Kind::extra_expired:
    case Kind::extra_algorithm:
    case Kind::extra_key_tag:
    case Kind::extra_many:
      group.signatures.insert(group.signatures.begin(), changed.begin(), changed.end());
      return;
    default:
      group.signatures = std::move(changed);
  }
}

// ---- records ----

std::size_t nsec3_hash_at(const Bytes& rdata) {
  return 5U + rdata[4] + 1U;
}

/// Flips a bit where the RDATA keeps the form of its type.
void change_bit(Engine& engine, Record& record) {
  Bytes& rdata = record.rdata;
  switch (record.type) {
    case RRType::soa:  // the five numbers
      return flip_bit(rdata, rdata.size() - 20, rdata.size(), engine);
    case RRType::dnskey:  // the public key
      return flip_bit(rdata, 4, rdata.size(), engine);
    case RRType::ns:
    case RRType::nsec:  // another letter: 'n' becomes 'o'
      if (rdata.size() > 1) rdata[1] ^= 1U;
      return;
    case RRType::nsec3: {
      const std::size_t at = nsec3_hash_at(rdata);
      return flip_bit(rdata, at, at + rdata[at - 1], engine);
    }
    default:
      return flip_bit(rdata, 0, rdata.size(), engine);
  }
}

/// A bit of the bitmap's last octet, which may not become 0 (RFC 4034 section 4.1.2).
void change_bitmap(Record& record) {
  std::uint8_t& last = record.rdata.back();
  last ^= last == 1U ? 2U : 1U;
}

void change_key(Kind kind, Engine& engine, Group& group) {
  Bytes& rdata = group.data[pick(engine, group.data.size())].rdata;
  switch (kind) {
    case Kind::key_zone_flag:
      rdata[0] ^= 1U;
      return;
    case Kind::key_revoked:
      rdata[1] ^= 0x80U;
      return;
    case Kind::key_sep_flag:
      rdata[1] ^= 1U;
      return;
    case Kind::key_protocol:
      rdata[2] = 2;
      return;
    case Kind::key_algorithm:
      rdata[3] = pick(engine, 2) == 0 ? kUnknown : 8;
      return;
    default:
      return;
  }
}

void change_nsec3(Kind kind, Record& record) {
  if (record.type != RRType::nsec3) return change_bitmap(record);
  Bytes& rdata = record.rdata;
  switch (kind) {
    case Kind::nsec3_opt_out:
      rdata[1] ^= 1U;
      return;
    case Kind::nsec3_flags:
      rdata[1] |= 0x80U;
      return;
    case Kind::nsec3_iterations:
      rdata[2] = 0;
      rdata[3] = 200;
      return;
    case Kind::nsec3_algorithm:
      rdata[0] = kUnknown;
      return;
    default:
      return;
  }
}

void change_ttls(Kind kind, Group& group) {
  for (auto* records : {&group.data, &group.signatures}) {
    for (Record& record : *records) {
      record.ttl = kind == Kind::ttl_raised ? 2 * record.ttl + 1
                   : kind == Kind::ttl_zero ? 0
                                            : record.ttl / 2;
    }
  }
}

void change_owner_case(Group& group) {
  for (auto* records : {&group.data, &group.signatures}) {
    for (Record& record : *records) {
      const std::string_view wire = record.owner.wire();
      Bytes octets(wire.begin(), wire.end());
      capitalize(octets, 0, octets.size());
      if (const auto name = dns::Name::from_wire(octets)) record.owner = *name;
    }
  }
}

void change_number_of_records(Kind kind, Engine& engine, Group& group) {
  const std::size_t index = pick(engine, group.data.size());
  const auto at = group.data.begin() + static_cast<std::ptrdiff_t>(index);
  switch (kind) {
    case Kind::data_removed:
      group.data.clear();
      return;
    case Kind::rrset_removed:
      group = {};
      return;
    case Kind::record_removed:
      group.data.erase(at);
      return;
    case Kind::record_doubled: {
      Record copy = *at;
      group.data.push_back(std::move(copy));
      return;
    }
    case Kind::record_added: {
      Record other = *at;
      change_bit(engine, other);
      group.data.push_back(std::move(other));
      return;
    }
    case Kind::reversed:
      std::reverse(group.data.begin(), group.data.end());
      std::reverse(group.signatures.begin(), group.signatures.end());
      return;
    default:
      return;
  }
}

void change_record(Kind kind, Engine& engine, Group& group) {
  Record& record = group.data[pick(engine, group.data.size())];
  switch (kind) {
    case Kind::rdata_bit:
      return change_bit(engine, record);
    case Kind::rdata_case:  // of NSEC3 no name: the owner's is made of hash digits
      if (record.type == RRType::nsec3) return change_owner_case(group);
      return capitalize(record.rdata, 0, name_size(record.rdata, 0));
    case Kind::ttl_mixed:
      record.ttl /= 2;
      return;
    case Kind::ds_algorithm:
      record.rdata[2] = kUnknown;
      return;
    case Kind::ds_digest_type:
      record.rdata[3] = kUnknown;
      return;
    case Kind::bitmap_bit:
      return change_bitmap(record);
    default:
      return;
  }
}

void change_group(const Mutation& mutation, const dns::Name& zone, Group& group) {
  Engine engine(mutation.seed);
  const Kind kind = mutation.kind;
  if (kind <= Kind::extra_many) return change_signatures(kind, zone, engine, group);
  if (group.data.empty()) return;
  switch (kind) {
    case Kind::data_removed:
    case Kind::rrset_removed:
    case Kind::record_removed:
    case Kind::record_added:
    case Kind::record_doubled:
    case Kind::reversed:
      return change_number_of_records(kind, engine, group);
    case Kind::ttl_raised:
    case Kind::ttl_lowered:
    case Kind::ttl_zero:
      return change_ttls(kind, group);
    case Kind::owner_case:
      return change_owner_case(group);
    case Kind::key_zone_flag:
    case Kind::key_revoked:
    case Kind::key_sep_flag:
    case Kind::key_protocol:
    case Kind::key_algorithm:
      return change_key(kind, engine, group);
    case Kind::nsec3_opt_out:
    case Kind::nsec3_flags:
    case Kind::nsec3_iterations:
    case Kind::nsec3_algorithm:
      return change_nsec3(kind, group.data.front());
    default:
      return change_record(kind, engine, group);
  }
}

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
  Group group;
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
