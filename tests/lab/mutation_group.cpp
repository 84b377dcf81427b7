#include "tests/lab/mutation_group.hpp"

#include <algorithm>
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

constexpr std::uint32_t kYear = 365U * 86'400U;
constexpr std::size_t kManySignatures = 12;  // more than any validator tries (CVE-2023-50387)
constexpr std::uint8_t kUnknown = 99;        // of no algorithm or digest

/// Where the fields of an RRSIG stand (RFC 4034 section 3.1).
struct RrsigField {
  static constexpr std::size_t type = 0, algorithm = 2, labels = 3, original_ttl = 4,
                               expiration = 8, inception = 12, key_tag = 16, signer = 18;
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

void change_signatures(Kind kind, const dns::Name& zone, Engine& engine, SignedGroup& group) {
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

void change_key(Kind kind, Engine& engine, SignedGroup& group) {
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

void change_ttls(Kind kind, SignedGroup& group) {
  for (auto* records : {&group.data, &group.signatures}) {
    for (Record& record : *records) {
      record.ttl = kind == Kind::ttl_raised ? 2 * record.ttl + 1
                   : kind == Kind::ttl_zero ? 0
                                            : record.ttl / 2;
    }
  }
}

void change_owner_case(SignedGroup& group) {
  for (auto* records : {&group.data, &group.signatures}) {
    for (Record& record : *records) {
      const std::string_view wire = record.owner.wire();
      Bytes octets(wire.begin(), wire.end());
      capitalize(octets, 0, octets.size());
      if (const auto name = dns::Name::from_wire(octets)) record.owner = *name;
    }
  }
}

void change_number_of_records(Kind kind, Engine& engine, SignedGroup& group) {
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

void change_record(Kind kind, Engine& engine, SignedGroup& group) {
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

}  // namespace

void change_group(const Mutation& mutation, const dns::Name& zone, SignedGroup& group) {
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

}  // namespace lab
