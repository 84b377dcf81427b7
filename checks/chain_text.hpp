// What is wrong with a link of the chain of trust, in words. Pure functions.
#pragma once

#include <string>

#include "dns/dnssec_anchoring.hpp"
#include "dns/dnssec_path.hpp"

namespace checks {

/// What is wrong with the parent's word about DS: the middle of a sentence.
std::string ds_fault_text(const dns::dnssec::DsVerdict& ds);

/// What is wrong with a DNSKEY RRset: the middle of a sentence.
std::string keys_fault_text(const dns::dnssec::DnskeyVerdict& keys);

/// Why a delegation is insecure: the middle of a sentence.
std::string insecure_text(const dns::dnssec::DsVerdict& ds);

}  // namespace checks
