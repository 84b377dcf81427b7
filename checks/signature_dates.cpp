// The dates of signatures: of those that are right in every other respect.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/rrset_faults.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

// Parts of a signature's lifetime below which what is left is too little, for short-lived ones.
constexpr double kWarningPart = 0.25;
constexpr double kCriticalPart = 0.10;
constexpr std::int64_t kLongValidity = std::int64_t{180} * 86400;

// What comes along in the additional section is sec-additional-sig's.
bool has_dates(const JudgedRrset& rrset) {
  return rrset.latest && !rrset.in_additional;
}

double lifetime(const Validity& validity) {
  return static_cast<double>(validity.expiration - validity.inception);
}

FaultLevel judge_remaining(const JudgedRrset& rrset, const Thresholds& thresholds) {
  if (!rrset.current) return FaultLevel::good;  // expired or in the future: the other checks
  const double left = remaining(rrset);
  const double whole = lifetime(*rrset.current);
  if (left < std::min(thresholds.rrsig_expiry_critical, kCriticalPart * whole)) {
    return std::min(FaultLevel::critical, broken(rrset));
  }
  if (left < std::min(thresholds.rrsig_expiry_warning, kWarningPart * whole)) {
    return FaultLevel::warning;
  }
  return FaultLevel::good;
}

std::string signature_text(const JudgedRrset& rrset, const Validity& validity) {
  return "the signature of " + rrset_text(rrset) + " (key " + std::to_string(validity.key_tag) +
         ")";
}

}  // namespace

void sec_rrsig_expired(const Context& context, Findings& findings) {
  report_rrset_faults(
      context, findings,
      [](const JudgedRrset& rrset) -> std::optional<FaultLevel> {
        if (!has_dates(rrset)) return std::nullopt;
        return rrset.expired() ? broken(rrset) : FaultLevel::good;
      },
      [&context](const JudgedRrset& rrset) {
        return signature_text(rrset, *rrset.latest) + " expired at " +
               time_text(rrset.latest->expiration) + ", " + duration_text(-remaining(rrset)) +
               " ago." + consequence(context) +
               " Re-sign the zone there, or remove the DS if that cannot be done soon.";
      });
}

void sec_rrsig_remaining(const Context& context, Findings& findings) {
  const Thresholds& thresholds = context.settings.thresholds;
  report_rrset_faults(
      context, findings,
      [&thresholds](const JudgedRrset& rrset) -> std::optional<FaultLevel> {
        if (!has_dates(rrset)) return std::nullopt;
        return judge_remaining(rrset, thresholds);
      },
      [](const JudgedRrset& rrset) {
        return signature_text(rrset, *rrset.current) + " expires in " +
               duration_text(remaining(rrset)) + ", at " + time_text(rrset.current->expiration) +
               "; it was made for " + duration_text(lifetime(*rrset.current)) +
               ". The signer has stopped, or transfers have.";
      });
}

void sec_rrsig_future(const Context& context, Findings& findings) {
  report_rrset_faults(
      context, findings,
      [](const JudgedRrset& rrset) -> std::optional<FaultLevel> {
        if (!has_dates(rrset)) return std::nullopt;
        return rrset.in_future() ? broken(rrset) : FaultLevel::good;
      },
      [&context](const JudgedRrset& rrset) {
        return signature_text(rrset, *rrset.latest) + " is not valid before " +
               time_text(rrset.latest->inception) +
               ": the signer's clock is ahead, or ours is behind." + consequence(context);
      });
}

void sec_rrsig_validity(const Context& context, Findings& findings) {
  const JudgedRrset* longest = nullptr;
  for (const AddressFacts& address : context.facts.addresses) {
    for (const JudgedRrset& rrset : address.dnssec.rrsets) {
      if (!rrset.latest || lifetime(*rrset.latest) <= static_cast<double>(kLongValidity)) continue;
      if (longest == nullptr || lifetime(*rrset.latest) > lifetime(*longest->latest)) {
        longest = &rrset;
      }
    }
  }
  if (longest == nullptr) return;
  findings.add(Severity::notice, about_zone(),
               "The signature of " + rrset_text(*longest) + " is valid for " +
                   duration_text(lifetime(*longest->latest)) +
                   ": old answers can be replayed for that long. Weeks are usual.",
               command_for(longest->exchange));
}

}  // namespace checks
