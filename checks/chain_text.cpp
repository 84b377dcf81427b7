#include "checks/chain_text.hpp"

#include "dns/dnssec_limits.hpp"

namespace checks {

using dns::dnssec::ChainReason;
using dns::dnssec::DsReason;

std::string ds_fault_text(const dns::dnssec::DsVerdict& ds) {
  switch (ds.reason) {
    case DsReason::not_signed:
      return "the DS records have no valid signature (" + std::string(to_text(ds.rrset->reason)) +
             ")";
    case DsReason::absence_not_proven:
      return "there is no DS, and the proof of that is not valid (" +
             std::string(to_text(ds.denial->reason)) + ")";
    case DsReason::not_a_delegation:
      return "the parent proves that the name is no delegation, which it is";
    case DsReason::no_answer:
      return "the question for DS got no usable answer";
    case DsReason::denial_not_understood:
      return "the absence of DS is proven in a way that is not known here (" +
             std::string(to_text(ds.denial->reason)) + ")";
    default:
      return std::string(to_text(ds.reason));
  }
}

std::string keys_fault_text(const dns::dnssec::DnskeyVerdict& keys) {
  switch (keys.reason) {
    case ChainReason::no_dnskeys:
      return "there are no DNSKEY records, although the parent has DS records";
    case ChainReason::no_key_matches:
      return "no DNSKEY record matches a DS record";
    case ChainReason::anchored_key_does_not_sign:
      return "the key that a DS record stands for does not validly sign the DNSKEY records (" +
             std::string(to_text(keys.rrset.reason)) + ")";
    case ChainReason::work_limit:
      return "there are more keys and signatures than anyone should have to verify";
    default:
      return std::string(to_text(keys.reason));
  }
}

std::string insecure_text(const dns::dnssec::DsVerdict& ds) {
  const bool nsec3 = ds.denial && ds.denial->method == dns::dnssec::DenialMethod::nsec3;
  switch (ds.reason) {
    case DsReason::absence_proven:
      return std::string("its parent proves by ") + (nsec3 ? "NSEC3" : "NSEC") +
             " that it has no DS";
    case DsReason::opt_out:
      return "its parent proves by NSEC3 with opt-out that it has no DS";
    case DsReason::iterations_over_limit:
      return "its parent denies a DS by NSEC3 with more than " +
             std::to_string(dns::dnssec::kMaxNsec3Iterations) +
             " iterations, which validators do not compute";
    case DsReason::no_supported_ds:
      return "none of its DS has an algorithm and a digest that are supported";
    default:
      return std::string(to_text(ds.reason));
  }
}

}  // namespace checks
