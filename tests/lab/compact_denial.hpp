// Compact denial of existence (RFC 9824), as signers do it that sign while they answer: a name that
// is not there is answered as one without data, by an NSEC record made for it alone.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "tests/lab/signer.hpp"
#include "tests/lab/wire.hpp"

namespace lab {

enum class Compactness : std::uint8_t {
  none,
  nodata,  ///< nothing tells a missing name from an empty one
  nxname,  ///< the type NXNAME does (RFC 9824 section 2)
};

/// Thread-safe, though the keys are not.
class CompactDenial {
 public:
  CompactDenial(std::shared_ptr<const ZoneKeys> keys, Compactness compactness);

  /// Puts into a signed negative reply what denies compactly, in the place of its NSEC records.
  void apply(const Query& query, Reply& reply) const;

 private:
  std::shared_ptr<const ZoneKeys> keys_;
  Compactness compactness_;
  mutable std::mutex signing_;
};

}  // namespace lab
