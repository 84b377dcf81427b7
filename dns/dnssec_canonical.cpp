#include "dns/dnssec_canonical.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <unordered_map>

#include "dns/wire.hpp"

namespace dns::dnssec {
namespace {

/// Where the names to be lowered stand in the RDATA of a type: one letter per field in wire order,
/// `n` a name, `2` and `4` that many octets, `s` a character-string. What follows the last name is
/// left alone. Types that RFC 4034 section 6.2 does not list have no names as far as signatures go.
std::string_view lowered_names(RRType type) {
  switch (static_cast<std::uint16_t>(type)) {
    case 2:   // NS
    case 3:   // MD
    case 4:   // MF
    case 5:   // CNAME
    case 7:   // MB
    case 8:   // MG
    case 9:   // MR
    case 12:  // PTR
    case 30:  // NXT
    case 39:  // DNAME
      return "n";
    case 6:   // SOA
    case 14:  // MINFO
    case 17:  // RP
      return "nn";
    case 15:  // MX
    case 18:  // AFSDB
    case 21:  // RT
    case 36:  // KX
      return "2n";
    case 24:  // SIG
    case 46:  // RRSIG
      return "224442n";
    case 26:  // PX
      return "2nn";
    case 33:  // SRV
      return "222n";
    case 35:  // NAPTR
      return "22sssn";
    default:
      return {};
  }
}

constexpr std::uint8_t lower(std::uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
}

/// Lowers the name at `at` and moves `at` behind it; false when it does not end within `rdata`.
bool lower_name(Bytes& rdata, std::size_t& at) {
  while (at < rdata.size()) {
    const std::size_t length = rdata[at];
    if (length > Name::kMaxLabelLength || length >= rdata.size() - at) return false;
    for (std::size_t i = at + 1; i <= at + length; ++i) rdata[i] = lower(rdata[i]);
    at += 1 + length;
    if (length == 0) return true;
  }
  return false;
}

bool skip(const Bytes& rdata, std::size_t& at, std::size_t octets) {
  if (octets > rdata.size() - at) return false;
  at += octets;
  return true;
}

void put_u16(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_u32(Bytes& out, std::uint32_t value) {
  put_u16(out, value >> 16);
  put_u16(out, value & 0xffff);
}

void put_name(Bytes& out, const Name& name) {
  const Name lowered = name.lowered();
  out.insert(out.end(), lowered.wire().begin(), lowered.wire().end());
}

/// RRSIG RDATA up to and with the signer's name (RFC 4034 section 3.1.8.1).
void put_rrsig(Bytes& out, const Rrsig& rrsig) {
  put_u16(out, static_cast<unsigned>(rrsig.type_covered));
  out.push_back(rrsig.algorithm);
  out.push_back(rrsig.labels);
  put_u32(out, rrsig.original_ttl);
  put_u32(out, rrsig.expiration);
  put_u32(out, rrsig.inception);
  put_u16(out, rrsig.key_tag);
  put_name(out, rrsig.signer);
}

bool covers(const Record& record, RRType type) {
  return record.type == RRType::rrsig && record.rdata.size() >= 2 &&
         wire::read_u16(record.rdata.data()) == static_cast<std::uint16_t>(type);
}

}  // namespace

RrsetView collect_rrset(std::span<const Record> section, const Name& owner, RRType type) {
  RrsetView rrset{owner, type, {}, {}};
  for (const Record& record : section) {
    if (record.rrclass != RRClass::in || !(record.owner == owner)) continue;
    if (record.type == type) {
      if (rrset.records.empty()) rrset.records.reserve(section.size());
      rrset.records.push_back(&record);
    }
    if (type != RRType::rrsig && covers(record, type)) rrset.signatures.push_back(&record);
  }
  return rrset;
}

std::vector<RrsetView> collect_rrsets(std::span<const Record> section) {
  struct Key {
    const Name* owner;
    RRType type;
    bool operator==(const Key& other) const { return type == other.type && *owner == *other.owner; }
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<Name>()(*key.owner) * 31 + static_cast<std::size_t>(key.type);
    }
  };
  std::vector<RrsetView> rrsets;
  std::unordered_map<Key, std::size_t, Hash> places;
  for (const Record& record : section) {
    if (record.rrclass != RRClass::in || record.type == RRType::rrsig) continue;
    const auto [place, fresh] = places.try_emplace(Key{&record.owner, record.type}, rrsets.size());
    if (fresh) rrsets.push_back({record.owner, record.type, {}, {}});
    rrsets[place->second].records.push_back(&record);
  }
  for (const Record& record : section) {
    if (record.rrclass != RRClass::in || record.type != RRType::rrsig || record.rdata.size() < 2) {
      continue;
    }
    const auto covered = static_cast<RRType>(wire::read_u16(record.rdata.data()));
    const auto place = places.find(Key{&record.owner, covered});
    if (place != places.end()) rrsets[place->second].signatures.push_back(&record);
  }
  return rrsets;
}

Bytes canonical_rdata(RRType type, std::span<const std::uint8_t> rdata) {
  Bytes out(rdata.begin(), rdata.end());
  std::size_t at = 0;
  for (const char field : lowered_names(type)) {
    const bool read = field == 'n'   ? lower_name(out, at)
                      : field == 's' ? at < out.size() && skip(out, at, 1U + out[at])
                                     : skip(out, at, static_cast<std::size_t>(field - '0'));
    if (!read) break;
  }
  return out;
}

CanonicalRrset::CanonicalRrset(const RrsetView& rrset) : owner_(rrset.owner), type_(rrset.type) {
  rdatas_.reserve(rrset.records.size());
  for (const Record* const record : rrset.records) {
    rdatas_.push_back(canonical_rdata(type_, record->rdata));
  }
  std::sort(rdatas_.begin(), rdatas_.end());  // octets compare unsigned; absence sorts first
  rdatas_.erase(std::unique(rdatas_.begin(), rdatas_.end()), rdatas_.end());
}

Bytes CanonicalRrset::signed_data(const Rrsig& rrsig) const {
  assert(rrsig.labels <= signed_labels(owner_));
  Bytes owner;
  if (rrsig.labels < signed_labels(owner_)) {
    owner = {1, '*'};
    put_name(owner, owner_.suffix(rrsig.labels));
  } else {
    put_name(owner, owner_);
  }
  std::size_t size = 18 + rrsig.signer.wire().size();
  for (const Bytes& rdata : rdatas_) size += owner.size() + 10 + rdata.size();
  Bytes out;
  out.reserve(size);
  put_rrsig(out, rrsig);
  for (const Bytes& rdata : rdatas_) {
    out.insert(out.end(), owner.begin(), owner.end());
    put_u16(out, static_cast<unsigned>(type_));
    put_u16(out, static_cast<unsigned>(RRClass::in));
    put_u32(out, rrsig.original_ttl);
    put_u16(out, static_cast<unsigned>(rdata.size()));
    out.insert(out.end(), rdata.begin(), rdata.end());
  }
  return out;
}

std::size_t signed_labels(const Name& name) {
  const std::size_t labels = name.label_count();
  return labels != 0 && name.label(0) == "*" ? labels - 1 : labels;
}

}  // namespace dns::dnssec
