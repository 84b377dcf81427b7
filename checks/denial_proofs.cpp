// Signed denial: whether what servers say about a name that does not exist is proven.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/rrset_faults.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_limits.hpp"

namespace checks {

namespace {

using dns::dnssec::DenialMethod;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::Status;

// RFC 9276 section 3.2: some resolvers treat more as insecure.
constexpr std::uint16_t kManyIterations = 50;

bool is_signed_there(const AddressFacts& address) {
  return address.dnssec.denial && address.is_signed == true;
}

// A fault of the zone when every signed server has it, else of those that have it.
template <typename HasFault>
void report_denial(const Context& context, Findings& findings, const HasFault& has_fault,
                   std::string_view fault) {
  const Facts& facts = context.facts;
  const auto& addresses = facts.addresses;
  const auto judged = std::count_if(addresses.begin(), addresses.end(), is_signed_there);
  const auto faulty =
      std::count_if(addresses.begin(), addresses.end(), [&](const AddressFacts& address) {
        return is_signed_there(address) && has_fault(*address.dnssec.denial);
      });
  const bool care = facts.validators_care();
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!is_signed_there(address) || !has_fault(*address.dnssec.denial)) continue;
    const std::string why = " (" + std::string(to_text(address.dnssec.denial->reason)) + ")";
    const bool all = faulty == judged;
    const Severity severity = care && judged - faulty < 2 ? Severity::error : Severity::warning;
    findings.add(severity, all ? about_zone() : about(facts, server),
                 (all ? std::string("On every server of the zone ")
                      : "At " + server_text(facts.name(server), facts.ip(server)) + " ") +
                     std::string(fault) + why +
                     ": to validating resolvers names that do not exist are SERVFAIL.",
                 command_for(address.dnssec.denial_exchange));
    if (all) return;
  }
}

// What is needed may be there, but its signatures do not count.
bool needs_signatures(const DenialVerdict& denial) {
  return denial.reason == DenialReason::records_not_valid ||
         denial.reason == DenialReason::work_limit;
}

bool is_incomplete(const DenialVerdict& denial, DenialMethod method) {
  return denial.status == Status::bogus && denial.method == method && !needs_signatures(denial);
}

// The records would count at another time: sec-rrsig-expired, sec-rrsig-future.
bool is_matter_of_time(const DenialVerdict& denial) {
  return std::all_of(denial.rrsets.begin(), denial.rrsets.end(), [](const auto& rrset) {
    return rrset.reason <= dns::dnssec::SignatureStatus::not_yet_valid;
  });
}

template <typename Value>
const AddressFacts* worst_nsec3(const Facts& facts, const Value& value) {
  const AddressFacts* worst = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.denial || address.dnssec.denial->method != DenialMethod::nsec3) continue;
    if (worst == nullptr || value(*address.dnssec.denial) > value(*worst->dnssec.denial)) {
      worst = &address;
    }
  }
  return worst;
}

}  // namespace

void neg_none(const Context& context, Findings& findings) {
  report_denial(
      context, findings,
      [](const DenialVerdict& denial) { return denial.reason == DenialReason::no_records; },
      "a signed zone denies a name without any NSEC or NSEC3 record");
}

void neg_proof_nxdomain_nsec(const Context& context, Findings& findings) {
  report_denial(
      context, findings,
      [](const DenialVerdict& denial) { return is_incomplete(denial, DenialMethod::nsec); },
      "the NSEC records do not prove what the answer denies");
}

void neg_proof_nxdomain_nsec3(const Context& context, Findings& findings) {
  report_denial(
      context, findings,
      [](const DenialVerdict& denial) { return is_incomplete(denial, DenialMethod::nsec3); },
      "the NSEC3 records do not prove what the answer denies");
}

void neg_sig(const Context& context, Findings& findings) {
  report_denial(
      context, findings,
      [](const DenialVerdict& denial) {
        return needs_signatures(denial) && !is_matter_of_time(denial);
      },
      "the signatures of the NSEC or NSEC3 records do not count");
}

void neg_nsec3_hash(const Context& context, Findings& findings) {
  report_denial(
      context, findings,
      [](const DenialVerdict& denial) {
        return denial.reason == DenialReason::unknown_hash_algorithm ||
               denial.reason == DenialReason::unknown_flags;
      },
      "NSEC3 records have a hash algorithm or flags that validators do not know");
}

void neg_nsec3_iterations(const Context& context, Findings& findings) {
  const AddressFacts* const worst =
      worst_nsec3(context.facts, [](const DenialVerdict& denial) { return denial.iterations; });
  if (worst == nullptr || worst->dnssec.denial->iterations == 0) return;
  const std::uint16_t iterations = worst->dnssec.denial->iterations;
  const Severity severity = iterations > dns::dnssec::kMaxNsec3Iterations ? Severity::error
                            : iterations > kManyIterations                ? Severity::warning
                                                                          : Severity::notice;
  findings.add(severity, about_zone(),
               "NSEC3 hashes names " + std::to_string(iterations) +
                   " times more than once: that costs servers and validators work and protects "
                   "nothing" +
                   (severity == Severity::notice
                        ? std::string(". Set 0.")
                        : "; resolvers treat the denial as insecure, or fail. Set 0."),
               command_for(worst->dnssec.denial_exchange));
}

}  // namespace checks
