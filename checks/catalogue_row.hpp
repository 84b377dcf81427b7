// The words that rows of the catalogue are written in. Only for the tables checks/catalogue_*.hpp.
#pragma once

#include <array>

#include "checks/catalogue.hpp"
#include "checks/functions.hpp"

namespace checks::rows {

inline constexpr bool kThreeRounds = true;
inline constexpr bool kAtOnce = false;

using G = Group;
using S = Severity;
using Q = survey::QuestionId;
using survey::set_of;

inline constexpr survey::QuestionSet kKeys = set_of({Q::dnskey});
inline constexpr survey::QuestionSet kMissingName = set_of({Q::nonexistent});
inline constexpr survey::QuestionSet kDenial = set_of({Q::dnskey, Q::nonexistent});
inline constexpr survey::QuestionSet kEveryDenial =
    set_of({Q::dnskey, Q::nonexistent, Q::nodata, Q::nsec3param, Q::ns_address, Q::name_between});
inline constexpr survey::QuestionSet kNamesAddresses = set_of({Q::ns_address});
inline constexpr survey::QuestionSet kOptions = set_of({Q::options});
inline constexpr survey::QuestionSet kCds = set_of({Q::dnskey, Q::cds, Q::cdnskey});
inline constexpr survey::QuestionSet kSigned = set_of({Q::dnskey, Q::nonexistent, Q::ns_address});

}  // namespace checks::rows
