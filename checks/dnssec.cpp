// The dates of signatures. They are judged without verifying the signatures themselves.
#include <algorithm>
#include <functional>
#include <optional>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

// Parts of a signature's lifetime below which what is left is too little, for short-lived ones.
constexpr double kWarningPart = 0.25;
constexpr double kCriticalPart = 0.10;
constexpr std::int64_t kLongValidity = std::int64_t{180} * 86400;

enum class Level : std::uint8_t { good, warning, critical };

// What is wrong with the dates at one server: the worst RRset.
struct Fault {
  Level level = Level::good;
  const SignedSet* set = nullptr;  ///< never null
};

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

std::string set_text(const SignedSet& set) {
  return dns::to_text(set.type) + " of " + set.owner.to_label();
}

// Of the signature that counts: the last to expire of the valid ones, or of all if none is valid.
double remaining(const SignedSet& set) {
  const Validity& counting = set.current ? *set.current : set.latest;
  return static_cast<double>(counting.expiration - set.judged_at);
}

bool is_essential(SignedRrset rrset) {
  return rrset == SignedRrset::soa || rrset == SignedRrset::dnskey || rrset == SignedRrset::denial;
}

Level judge_remaining(const SignedSet& set, const Thresholds& thresholds) {
  if (!set.current) return Level::good;  // expired or in the future: the other checks
  const double left = remaining(set);
  const double lifetime = static_cast<double>(set.current->expiration - set.current->inception);
  if (left < std::min(thresholds.rrsig_expiry_critical, kCriticalPart * lifetime)) {
    return Level::critical;
  }
  if (left < std::min(thresholds.rrsig_expiry_warning, kWarningPart * lifetime)) {
    return Level::warning;
  }
  return Level::good;
}

// A fault of the NS set's or of addresses' signatures breaks part of the lookups only.
Level broken(const SignedSet& set) {
  return is_essential(set.rrset) ? Level::critical : Level::warning;
}

Severity severity_of(Level level, bool secure) {
  if (!secure) return Severity::warning;
  return level == Level::critical ? Severity::critical : Severity::warning;
}

using Judge = std::function<Level(const SignedSet&)>;
using Sentence = std::function<std::string(const SignedSet&)>;

// The worst RRset of each address; nothing for one that serves no signatures.
std::vector<std::optional<Fault>> worst_of_each(const Facts& facts, const Judge& judge) {
  std::vector<std::optional<Fault>> faults(facts.addresses.size());
  for (std::size_t i = 0; i < facts.addresses.size(); ++i) {
    for (const SignedSet& set : facts.addresses[i].signatures) {
      const Fault fault{judge(set), &set};
      const bool worse =
          !faults[i] || fault.level > faults[i]->level ||
          (fault.level == faults[i]->level && remaining(set) < remaining(*faults[i]->set));
      if (worse) faults[i] = fault;
    }
  }
  return faults;
}

// What is wrong everywhere: the fault of the best server, the one closest to its end if several.
std::optional<Fault> common_fault(const std::vector<std::optional<Fault>>& faults) {
  std::optional<Fault> common;
  for (const std::optional<Fault>& fault : faults) {
    if (!fault) continue;
    const bool better =
        !common || fault->level < common->level ||
        (fault->level == common->level && remaining(*fault->set) < remaining(*common->set));
    if (better) common = fault;
  }
  return common;
}

// What all servers have in common is a fault of the zone; what some have beyond that is theirs, and
// a warning while two or more are better.
void report(const Context& context, Findings& findings, const Judge& judge,
            const Sentence& sentence) {
  const Facts& facts = context.facts;
  const auto faults = worst_of_each(facts, judge);
  const std::optional<Fault> common = common_fault(faults);
  if (!common) return;
  const bool secure = facts.delegation.secure;
  if (common->level != Level::good) {
    findings.add(severity_of(common->level, secure), about_zone(),
                 "On every server of the zone " + sentence(*common->set),
                 command_for(common->set->exchange));
  }
  for (const ServerFacts& server : facts.servers) {
    const std::optional<Fault>& fault = faults[server.address];
    if (!fault || fault->level <= common->level) continue;
    const auto better = std::count_if(faults.begin(), faults.end(), [&fault](const auto& other) {
      return other && other->level < fault->level;
    });
    const bool severe = secure && better < 2 && fault->level == Level::critical;
    findings.add(severe ? Severity::error : Severity::warning, about(facts, server),
                 "At " + who(facts, server) + " " + sentence(*fault->set),
                 command_for(fault->set->exchange));
  }
}

std::string consequence(const Context& context) {
  return context.facts.delegation.secure ? " Validating resolvers answer SERVFAIL for it."
                                         : " No DS makes validators look at it yet.";
}

}  // namespace

void sec_rrsig_expired(const Context& context, Findings& findings) {
  report(
      context, findings,
      [](const SignedSet& set) { return set.expired() ? broken(set) : Level::good; },
      [&context](const SignedSet& set) {
        return "the signature of " + set_text(set) + " (key " + std::to_string(set.latest.key_tag) +
               ") expired at " + time_text(set.latest.expiration) + ", " +
               duration_text(-remaining(set)) + " ago." + consequence(context) +
               " Re-sign the zone there, or remove the DS if that cannot "
               "be done soon.";
      });
}

void sec_rrsig_remaining(const Context& context, Findings& findings) {
  const Thresholds& thresholds = context.settings.thresholds;
  report(
      context, findings,
      [&thresholds](const SignedSet& set) {
        const Level level = judge_remaining(set, thresholds);
        return is_essential(set.rrset) ? level : std::min(level, Level::warning);
      },
      [](const SignedSet& set) {
        return "the signature of " + set_text(set) + " (key " +
               std::to_string(set.current->key_tag) + ") expires in " +
               duration_text(static_cast<double>(set.current->expiration - set.judged_at)) +
               ", at " + time_text(set.current->expiration) + "; it was made for " +
               duration_text(
                   static_cast<double>(set.current->expiration - set.current->inception)) +
               ". The signer has stopped, or transfers have.";
      });
}

void sec_rrsig_future(const Context& context, Findings& findings) {
  report(
      context, findings,
      [](const SignedSet& set) { return set.in_future() ? broken(set) : Level::good; },
      [&context](const SignedSet& set) {
        return "the signature of " + set_text(set) + " (key " + std::to_string(set.latest.key_tag) +
               ") is not valid before " + time_text(set.latest.inception) +
               ": the signer's clock is ahead, or ours is behind." + consequence(context);
      });
}

void sec_rrsig_validity(const Context& context, Findings& findings) {
  const SignedSet* longest = nullptr;
  for (const AddressFacts& address : context.facts.addresses) {
    for (const SignedSet& set : address.signatures) {
      const std::int64_t validity = set.latest.expiration - set.latest.inception;
      if (validity <= kLongValidity) continue;
      if (longest == nullptr || validity > longest->latest.expiration - longest->latest.inception) {
        longest = &set;
      }
    }
  }
  if (longest == nullptr) return;
  findings.add(Severity::notice, about_zone(),
               "The signature of " + set_text(*longest) + " is valid for " +
                   duration_text(static_cast<double>(longest->latest.expiration -
                                                     longest->latest.inception)) +
                   ": old answers can be replayed for that long. Weeks are usual.",
               command_for(longest->exchange));
}

}  // namespace checks
