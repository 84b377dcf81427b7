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
// Parts of the youngest signature's lifetime after which it should have been renewed.
constexpr double kNoticeAge = 0.75;
constexpr double kWarningAge = 0.875;
// Clocks differ by as much, and validators allow for less.
constexpr std::int64_t kClockMargin = 300;
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
               " Load a newly signed zone; where none can be had soon and all servers have such "
               "signatures, have the DS removed.";
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

void sec_rrsig_age(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const JudgedRrset* youngest = nullptr;
  bool ending = false;  // sec-rrsig-remaining, sec-rrsig-expired
  for (const AddressFacts& address : facts.addresses) {
    for (const JudgedRrset& rrset : address.dnssec.rrsets) {
      if (!has_dates(rrset)) continue;
      ending = ending || !rrset.current ||
               judge_remaining(rrset, context.settings.thresholds) != FaultLevel::good;
      if (youngest == nullptr || rrset.latest->inception > youngest->latest->inception) {
        youngest = &rrset;
      }
    }
  }
  if (youngest == nullptr || !youngest->current) return;
  const auto age = static_cast<double>(facts.now_seconds() - youngest->latest->inception);
  const double used = age / lifetime(*youngest->latest);
  if (used < kNoticeAge) return;
  const bool warn = used > kWarningAge && !ending && facts.validators_care();
  findings.add(warn ? Severity::warning : Severity::notice, about_zone(),
               "Nothing in the zone has been signed for " + duration_text(age) + ": even " +
                   signature_text(*youngest, *youngest->latest) + ", the youngest, made for " +
                   duration_text(lifetime(*youngest->latest)) + ", has not been renewed and ends " +
                   "in " + duration_text(remaining(*youngest)) +
                   ". See whether the signer still runs, and whether its zone gets here.",
               command_for(youngest->exchange));
}

void sec_rrsig_skew(const Context& context, Findings& findings) {
  const JudgedRrset* close = nullptr;
  for (const AddressFacts& address : context.facts.addresses) {
    for (const JudgedRrset& rrset : address.dnssec.rrsets) {
      if (!has_dates(rrset) || !rrset.current) continue;
      const std::int64_t margin = std::min(rrset.judged_at - rrset.current->inception,
                                           rrset.current->expiration - rrset.judged_at);
      if (margin < kClockMargin) close = &rrset;
    }
  }
  if (close == nullptr) return;
  const bool young = close->judged_at - close->current->inception < kClockMargin;
  findings.add(Severity::notice, about_zone(),
               "A validator whose clock is five minutes " + std::string(young ? "slow" : "fast") +
                   " refuses " + signature_text(*close, *close->current) +
                   (young ? ", which is valid since " + time_text(close->current->inception) +
                                ". Signers set the inception an hour back for that."
                          : ", which ends at " + time_text(close->current->expiration) + "."),
               command_for(close->exchange));
}

}  // namespace checks
