#include "dns/dnssec_rrset_memory.hpp"

#include <algorithm>

namespace dns::dnssec {
namespace {

bool is_comparable(const RrsetView& rrset) {
  return rrset.records.size() <= kMaxRecordsCompared &&
         rrset.signatures.size() <= kMaxRecordsCompared;
}

// Of two records of one RRset. Responses that are kept share their records.
bool same(const Record* a, const Record* b) {
  return a == b || (a->ttl == b->ttl && a->rdata == b->rdata);
}

// Servers may turn the order of the records, which are signed as a set: it tells only in the TTL
// that stands for them. Signatures are judged in their order.
bool same(const RrsetView& a, const RrsetView& b) {
  const auto equal = [](const Record* x, const Record* y) { return same(x, y); };
  return a.type == b.type && a.records.size() == b.records.size() &&
         a.owner.is_identical(b.owner) && a.records.front()->ttl == b.records.front()->ttl &&
         std::equal(a.signatures.begin(), a.signatures.end(), b.signatures.begin(),
                    b.signatures.end(), equal) &&
         std::is_permutation(a.records.begin(), a.records.end(), b.records.begin(), equal);
}

// Time decides by the dates of signatures alone: servers that were asked a few seconds apart are
// judged alike unless one of the dates lies between.
bool is_same_at(const RrsetVerdict& verdict, Seconds then, Seconds now) {
  if (then == now) return true;
  const auto reads = [now](std::uint32_t date, Seconds as) {
    return signature_time(date, now.time_since_epoch().count()) == as.time_since_epoch().count();
  };
  return std::all_of(verdict.signatures.begin(), verdict.signatures.end(),
                     [&](const SignatureVerdict& one) {
                       if (one.status == SignatureStatus::malformed) return true;
                       return reads(one.rrsig.inception, one.inception) &&
                              reads(one.rrsig.expiration, one.expiration) &&
                              (then < one.inception) == (now < one.inception) &&
                              (then > one.expiration) == (now > one.expiration);
                     });
}

}  // namespace

std::optional<RrsetVerdict> RrsetMemory::find(const RrsetView& rrset, const KeySet& keys,
                                              Seconds now, WorkBudget& work) const {
  if (rrset.records.empty() || !is_comparable(rrset)) return std::nullopt;
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.keys == &keys && same(entry.rrset, rrset) &&
           is_same_at(entry.verdict, entry.now, now);
  });
  if (found == entries_.end() || !work.take_verifications(found->verifications)) {
    return std::nullopt;
  }
  return found->verdict;
}

void RrsetMemory::remember(const RrsetView& rrset, const KeySet& keys, Seconds now,
                           std::uint32_t verifications, const RrsetVerdict& verdict) {
  // With less or more work left it would be another.
  if (verdict.work_limit_reached) return;
  if (rrset.records.empty() || !is_comparable(rrset)) return;
  if (entries_.size() == kMaxRrsetsRemembered) return;
  entries_.push_back({rrset, &keys, now, verifications, verdict});
}

}  // namespace dns::dnssec
