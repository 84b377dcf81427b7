// What a signature or a denial is worth, in words for the sentences of findings; the machine's
// words are to_text() of dns/. Pure.
#pragma once

#include <string_view>

#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_validation.hpp"

namespace checks {

/// "expired", "does not verify", "not signed"; for brackets behind what the signature is over.
std::string_view in_words(dns::dnssec::SignatureStatus status);

/// "no record covers the name", "too many iterations".
std::string_view in_words(dns::dnssec::DenialReason reason);

}  // namespace checks
