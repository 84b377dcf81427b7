// When the signatures of the tests of validation begin and cease to hold, and a time between.
#pragma once

#include "tests/unit/dnssec_signer.hpp"

namespace tests {

inline const Seconds kInception = date("20260101000000");
inline const Seconds kExpiration = date("20260201000000");
inline const Seconds kNow = date("20260115000000");

}  // namespace tests
