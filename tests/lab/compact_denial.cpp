#include "tests/lab/compact_denial.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace lab {
namespace {

using dns::Bytes;
using dns::Record;
using dns::RRType;

// Type bitmaps (RFC 4034 section 4.1.2): RRSIG and NSEC; these and NXNAME.
const Bytes kNoData{0, 6, 0, 0, 0, 0, 0, 0x03};
const Bytes kNoName{0, 17, 0, 0, 0, 0, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80};

/// The bitmap of NSEC RDATA, which a name precedes.
Bytes bitmap_of(const Bytes& rdata) {
  std::size_t at = 0;
  while (rdata.at(at) != 0) at += 1U + rdata[at];
  return {rdata.begin() + static_cast<std::ptrdiff_t>(at) + 1, rdata.end()};
}

bool is_signature_of(const Record& record, RRType type) {
  if (record.type != RRType::rrsig) return false;
  const auto rrsig = dns::parse_rrsig(record.rdata);
  return rrsig && rrsig->type_covered == type;
}

/// The signature of a record that nobody signed yet, with the fields and dates of `other`, which is
/// another's.
Record signature_for(const Record& nsec, Record other) {
  other.owner = nsec.owner;
  other.ttl = nsec.ttl;
  other.rdata[1] = static_cast<std::uint8_t>(nsec.type);  // RFC 4034 section 3.1; below 256
  other.rdata[3] = static_cast<std::uint8_t>(nsec.owner.label_count());
  for (std::size_t i = 0; i < 4; ++i) {
    other.rdata[4 + i] = static_cast<std::uint8_t>(nsec.ttl >> (24 - 8 * i));
  }
  return other;
}

}  // namespace

CompactDenial::CompactDenial(std::shared_ptr<const ZoneKeys> keys, Compactness compactness)
    : keys_(std::move(keys)), compactness_(compactness) {}

void CompactDenial::apply(const Query& query, Reply& reply) const {
  auto& authority = reply.authority;
  const auto soa = std::find_if(authority.begin(), authority.end(), [](const Record& record) {
    return is_signature_of(record, RRType::soa);
  });
  if (soa == authority.end()) return;
  Record nsec{query.qname, RRType::nsec, dns::RRClass::in, soa->ttl, {}};
  const auto name = query.qname.wire();
  constexpr std::array<std::uint8_t, 2> kNullLabel{1, 0};  // the name right behind this one
  nsec.rdata.reserve(kNullLabel.size() + name.size() + kNoName.size());
  nsec.rdata.insert(nsec.rdata.end(), kNullLabel.begin(), kNullLabel.end());
  nsec.rdata.insert(nsec.rdata.end(), name.begin(), name.end());
  const bool missing = reply.rcode == dns::Rcode::nxdomain;
  Bytes bitmap = missing && compactness_ == Compactness::nxname ? kNoName : kNoData;
  for (const Record& record : authority) {
    if (!missing && record.type == RRType::nsec && record.owner == query.qname) {
      bitmap = bitmap_of(record.rdata);
    }
  }
  nsec.rdata.insert(nsec.rdata.end(), bitmap.begin(), bitmap.end());
  Record rrsig = signature_for(nsec, *soa);
  {
    const Record* const rrset[] = {&nsec};
    const std::lock_guard lock(signing_);
    if (!keys_->sign_again(rrsig, rrset)) return;
  }
  std::erase_if(authority, [](const Record& record) {
    return record.type == RRType::nsec || is_signature_of(record, RRType::nsec);
  });
  authority.push_back(std::move(nsec));
  authority.push_back(std::move(rrsig));
  reply.rcode = dns::Rcode::noerror;
}

}  // namespace lab
