#include "checks/chain_text.hpp"

#include <set>
#include <vector>

#include "checks/dnssec_words.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_limits.hpp"

namespace checks {

using dns::dnssec::ChainReason;
using dns::dnssec::DsReason;

namespace {

// "key 2580 and key 4711": of DS records, or anchors, that count.
std::string anchored_keys(const dns::dnssec::DnskeyVerdict& keys) {
  std::set<std::string> texts;
  for (const dns::dnssec::AnchorVerdict& anchor : keys.anchors) {
    if (anchor.status == dns::dnssec::AnchorStatus::ignored) continue;
    texts.insert("key " + std::to_string(anchor.key_tag));
  }
  return list_text(std::vector<std::string>(texts.begin(), texts.end()));
}

// ", key 4711", of the signature that tells best what is wrong.
std::string signer_of(const dns::dnssec::RrsetVerdict& rrset) {
  for (const dns::dnssec::SignatureVerdict& signature : rrset.signatures) {
    if (signature.status != rrset.reason) continue;
    if (signature.status == dns::dnssec::SignatureStatus::malformed) continue;
    return ", key " + std::to_string(signature.rrsig.key_tag);
  }
  return "";
}

}  // namespace

std::string ds_fault_text(const dns::dnssec::DsVerdict& ds) {
  switch (ds.reason) {
    case DsReason::not_signed:
      return "the DS records have no valid signature (" + std::string(in_words(ds.rrset->reason)) +
             signer_of(*ds.rrset) + ")";
    case DsReason::absence_not_proven:
      return "there is no DS, and the proof of that is not valid (" +
             std::string(in_words(ds.denial->reason)) + ")";
    case DsReason::not_a_delegation:
      return "the parent proves that the name is no delegation, which it is";
    case DsReason::no_answer:
      return "the question for DS got no usable answer";
    case DsReason::denial_not_understood:
      return "the absence of DS is proven in a way that is not known here (" +
             std::string(in_words(ds.denial->reason)) + ")";
    default:
      return std::string(to_text(ds.reason));
  }
}

std::string keys_fault_text(const dns::dnssec::DnskeyVerdict& keys) {
  switch (keys.reason) {
    case ChainReason::no_dnskeys:
      return "there are no DNSKEY records, although the parent has DS records";
    case ChainReason::no_key_matches:
      return "no DNSKEY record matches a DS record (of " + anchored_keys(keys) + ")";
    case ChainReason::anchored_key_does_not_sign:
      return "the key that a DS record stands for (" + anchored_keys(keys) +
             ") does not validly sign the DNSKEY records (" +
             std::string(in_words(keys.entry_signature())) + ")";
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
