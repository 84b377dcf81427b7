// Signed denial: whether what servers say about names and types that do not exist is proven.
#include <algorithm>
#include <vector>

#include "checks/denial_faults.hpp"
#include "checks/dnssec_words.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/rrset_faults.hpp"

namespace checks {

namespace {

using dns::dnssec::DenialMethod;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::Status;

std::string because(DenialReason reason) {
  return " (" + std::string(in_words(reason)) + ")";
}

std::string what_is_denied(const JudgedDenial& denial) {
  return dns::to_text(denial.question.qtype) + " of " + denial.question.qname.to_label();
}

// What is needed may be there, but its signatures do not count.
bool needs_signatures(const DenialVerdict& denial) {
  return denial.reason == DenialReason::records_not_valid ||
         denial.reason == DenialReason::work_limit;
}

// Reasons that have a check of their own: neg-none, neg-sig, neg-mixed, neg-nsec3-form.
bool is_told_elsewhere(const DenialVerdict& denial) {
  return denial.reason == DenialReason::no_records ||
         denial.reason == DenialReason::parameters_differ || needs_signatures(denial) ||
         (denial.reason == DenialReason::records_malformed && denial.method == DenialMethod::nsec3);
}

bool is_incomplete(const DenialVerdict& denial) {
  return denial.status == Status::bogus && !is_told_elsewhere(denial);
}

// The records would count at another time: sec-rrsig-expired, sec-rrsig-future.
bool is_matter_of_time(const DenialVerdict& denial) {
  return std::all_of(denial.rrsets.begin(), denial.rrsets.end(), [](const auto& rrset) {
    return rrset.reason <= dns::dnssec::SignatureStatus::not_yet_valid;
  });
}

bool is_from_wildcard(const AddressFacts& address) {
  return address.negative.kind == NegativeKind::wildcard;
}

// The denial of a random name first, then that of types that names do not have; the first that
// `has_fault` is the one to tell of.
template <typename HasFault>
std::optional<DenialFault> first_fault(const AddressFacts& address, const HasFault& has_fault,
                                       const std::string& fault) {
  const std::optional<DenialVerdict>& of_name = address.dnssec.denial;
  const std::vector<JudgedDenial>& of_types = address.denial.nodata_denials;
  if (!of_name && of_types.empty()) return std::nullopt;
  const bool wildcard_alone =
      of_name && of_name->reason == DenialReason::no_records && is_from_wildcard(address);
  if (of_name && !wildcard_alone && has_fault(*of_name)) {  // neg-proof-wildcard
    return DenialFault{fault + because(of_name->reason), address.dnssec.denial_exchange};
  }
  for (const JudgedDenial& denial : of_types) {
    if (!has_fault(denial.verdict)) continue;
    return DenialFault{"in an answer about " + what_is_denied(denial) + " " + fault +
                           because(denial.verdict.reason),
                       denial.exchange};
  }
  return DenialFault{};
}

// Validators refuse the whole answer for what comes with a proof: the SOA, or data from a wildcard.
// A SOA that is faulty everywhere is told of by the checks of signatures.
std::optional<DenialFault> fault_beside_proof(const AddressFacts& address) {
  for (const JudgedRrset& rrset : address.dnssec.rrsets) {
    if (rrset.type() == dns::RRType::soa && !address.dnssec.has_secure_soa()) continue;
    const bool beside = rrset.rrset == SignedRrset::denial && rrset.type() != dns::RRType::nsec &&
                        rrset.type() != dns::RRType::nsec3;
    if (!beside || !rrset.keys_known || rrset.is_secure()) continue;
    if (rrset.expired() || rrset.in_future()) continue;  // sec-rrsig-expired, sec-rrsig-future
    return DenialFault{"the signature of the " + rrset_text(rrset) +
                           " record that comes with a denial does not count (" +
                           std::string(in_words(rrset.verdict.reason)) + ")",
                       rrset.exchange};
  }
  return std::nullopt;
}

// Addresses of the zone's own nameservers that a wildcard stands for.
std::optional<DenialFault> unproven_addresses(const AddressFacts& address) {
  for (const JudgedRrset& rrset : address.dnssec.rrsets) {
    if (!rrset.unproven) continue;
    return DenialFault{rrset_text(rrset) +
                           " comes from a wildcard, without proof that the name itself does not "
                           "exist" +
                           because(*rrset.unproven),
                       rrset.exchange};
  }
  return std::nullopt;
}

std::optional<DenialFault> judge_name(const AddressFacts& address, DenialMethod method) {
  const std::optional<DenialVerdict>& denial = address.dnssec.denial;
  if (!denial || is_from_wildcard(address)) return std::nullopt;
  if (!is_incomplete(*denial) || denial->method != method) return DenialFault{};
  const std::string records = method == DenialMethod::nsec ? "NSEC" : "NSEC3";
  return DenialFault{
      "the " + records + " records do not prove what the answer denies" + because(denial->reason),
      address.dnssec.denial_exchange};
}

constexpr std::string_view kAnswersFail = ": validating resolvers answer SERVFAIL instead of it.";

}  // namespace

void neg_none(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) {
        return first_fault(
            address,
            [](const DenialVerdict& denial) {
              return denial.reason == DenialReason::no_records ||
                     denial.reason == DenialReason::unknown_records;
            },
            "a signed zone denies without any NSEC or NSEC3 record");
      },
      kAnswersFail);
}

void neg_sig(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) {
        const std::optional<DenialFault> fault = first_fault(
            address,
            [](const DenialVerdict& denial) {
              return needs_signatures(denial) && !is_matter_of_time(denial);
            },
            "the signatures of the NSEC or NSEC3 records do not count");
        if (fault && !fault->text.empty()) return fault;
        const std::optional<DenialFault> beside = fault_beside_proof(address);
        return beside ? beside : fault;
      },
      kAnswersFail);
}

void neg_proof_nxdomain_nsec(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) { return judge_name(address, DenialMethod::nsec); },
      kNamesFail);
}

void neg_proof_nxdomain_nsec3(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) { return judge_name(address, DenialMethod::nsec3); },
      kNamesFail);
}

void neg_proof_nodata(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) -> std::optional<DenialFault> {
        const std::vector<JudgedDenial>& denials = address.denial.nodata_denials;
        if (denials.empty()) return std::nullopt;
        const auto faulty =
            std::find_if(denials.begin(), denials.end(),
                         [](const JudgedDenial& denial) { return is_incomplete(denial.verdict); });
        if (faulty == denials.end()) return DenialFault{};
        return DenialFault{"nothing proves that there is no " + what_is_denied(*faulty) +
                               because(faulty->verdict.reason),
                           faulty->exchange};
      },
      kTypesFail);
}

void neg_proof_wildcard(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) -> std::optional<DenialFault> {
        const std::optional<DenialVerdict>& denial = address.dnssec.denial;
        std::optional<DenialFault> fault = unproven_addresses(address);
        if (fault || !denial || !is_from_wildcard(address)) return fault;
        const bool unproven = is_incomplete(*denial) || denial->reason == DenialReason::no_records;
        if (!unproven) return DenialFault{};
        return DenialFault{
            "an answer from a wildcard comes without proof that the name itself does not exist" +
                because(denial->reason),
            address.dnssec.denial_exchange};
      },
      ": validating resolvers answer SERVFAIL for all that the wildcard stands for.");
}

}  // namespace checks
