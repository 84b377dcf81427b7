// RRsets judged before, within one judgement: the servers of a zone mostly give the same records
// with the same signatures, and by the same keys and on the same side of the signatures' dates
// those have the same verdict.
//
// Changes no verdict, and none of the work that is counted for one. Bounded. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dns/dnssec_validation.hpp"

namespace dns::dnssec {

/// Verdicts remembered, and records of an RRset that is compared with others: no honest zone has
/// more, and comparing costs time.
inline constexpr std::size_t kMaxRrsetsRemembered = 256;
inline constexpr std::size_t kMaxRecordsCompared = 64;

class RrsetMemory {
 public:
  /// The verdict on an equal RRset; takes its verifications from `work`. Nothing without one, and
  /// when fewer are left: then it may be another. SignatureVerdict::record is that of the first.
  std::optional<RrsetVerdict> find(const RrsetView& rrset, const KeySet& keys, Seconds now,
                                   WorkBudget& work) const;

  /// What `rrset` points at, and `keys`, outlive the memory unchanged: key sets are told apart by
  /// their address.
  void remember(const RrsetView& rrset, const KeySet& keys, Seconds now,
                std::uint32_t verifications, const RrsetVerdict& verdict);

 private:
  struct Entry {
    RrsetView rrset;
    const KeySet* keys;
    Seconds now;
    std::uint32_t verifications;  ///< that the verdict took
    RrsetVerdict verdict;
  };

  std::vector<Entry> entries_;
};

}  // namespace dns::dnssec
