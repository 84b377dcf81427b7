// What stands elsewhere about a zone's delegation: operators of its nameservers that vouch for the
// first DS it asks for (RFC 9615), and the parent's wish to be told of changes (RFC 9859). None of
// it harms resolvers; it decides how soon the parent has a DS, and whether it can without anyone's
// help.
#include <algorithm>
#include <string>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::dnssec::Status;

constexpr std::uint8_t kNotify = 1;  // RFC 9859 section 2.3: the only scheme there is

// ---- sec-bootstrap ----

bool is_published(const SignalFacts& signal) {
  switch (signal.state) {
    case SignalState::good:
    case SignalState::at_cut:
    case SignalState::differs:
    case SignalState::not_secure:
      return true;
    default:
      return false;
  }
}

// What follows "For NAMESERVER"; empty when nothing is wrong, or nothing is known.
std::string fault_text(const SignalFacts& signal) {
  const std::string at = signal.seen->name ? signal.seen->name->to_label() : std::string();
  const std::string type = signal.type ? dns::to_text(*signal.type) : std::string();
  switch (signal.state) {
    case SignalState::unknown:
    case SignalState::good:
      return {};
    case SignalState::absent:
      return "there are no CDS and CDNSKEY records at " + at +
             ", as there are for others. Have its operator publish them, too";
    case SignalState::unreachable:
      return "the records at " + at + " cannot be had: no server gives a usable answer";
    case SignalState::no_name:
      return "nobody can vouch: the name to do it at would be too long";
    case SignalState::at_cut:
      return "a zone of its own begins at " + at +
             ", whose CDS and CDNSKEY records are about that zone. Put them into the zone above";
    case SignalState::differs:
      return type + " at " + at + " is not what the zone publishes. Bring the two in line";
    case SignalState::not_secure:
      if (signal.status == Status::insecure) {
        return type + " at " + at +
               " stands in a zone without a chain of trust, and proves nothing. Sign that zone, "
               "and give its parent the DS";
      }
      return type + " at " + at +
             (signal.path == Status::bogus ? " does not validate, as nothing does in its zone"
                                           : " has no valid signature");
  }
  return {};
}

// The parent must not follow when one of the operators does not agree, so that the others are in
// vain. What only could not be seen from here, or cannot be helped, is no fault of the zone.
Severity severity_of(const SignalFacts& signal) {
  const bool passing =
      signal.state == SignalState::unreachable || signal.state == SignalState::no_name;
  return passing ? Severity::notice : Severity::warning;
}

void report_faults(const SignalsFacts& signals, Findings& findings) {
  for (const SignalFacts& signal : signals.bootstrap) {
    const std::string fault = fault_text(signal);
    if (fault.empty()) continue;
    const dns::Resolution* const shown = signal.resolution;
    findings.add(severity_of(signal), about(signal.seen->nameserver),
                 "The zone asks for its first DS, and for " + signal.seen->nameserver.to_label() +
                     " " + fault +
                     ": until all operators of its nameservers vouch for the same, the parent must "
                     "not take the DS from there.",
                 shown == nullptr ? std::string() : command_for(shown->last.get()),
                 shown == nullptr ? std::optional<dns::WallTime>() : shown->observed);
  }
}

bool has_nameserver_outside(const Facts& facts) {
  return std::any_of(facts.nameservers.begin(), facts.nameservers.end(),
                     [](const NameserverFacts& nameserver) {
                       return nameserver.seen->in_parent && !nameserver.in_domain;
                     });
}

// ---- sec-dsync ----

std::string target_text(const dns::Dsync& dsync) {
  const std::string scheme =
      dsync.scheme == kNotify ? std::string("NOTIFY") : "scheme " + std::to_string(dsync.scheme);
  return dns::to_text(dsync.type) + " by " + scheme + " to " + dsync.target.to_label() + " port " +
         std::to_string(dsync.port);
}

std::string trust_text(Status status) {
  switch (status) {
    case Status::secure:
      return "";
    case Status::insecure:
      return " They are not secured by DNSSEC.";
    case Status::bogus:
      return " The records do not validate: anyone may have put them there.";
    case Status::indeterminate:
      return " Whether the records validate cannot be told.";
  }
  return "";
}

}  // namespace

void sec_bootstrap(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const SignalsFacts& signals = facts.signals;
  if (!signals.asks_for_first_ds) return;
  const auto inform = [&](const std::string& text) {
    findings.add(Severity::info, about_zone(), text, command_for(signals.asks), signals.asks->sent);
  };
  if (!has_nameserver_outside(facts) && facts.delegation.parent_ns_known) {
    return inform(
        "The zone asks for its first DS, and all its nameservers lie in the zone itself: nobody "
        "with a chain of trust can vouch for it (RFC 9615). Give its parent the DS by hand.");
  }
  const std::vector<SignalFacts>& all = signals.bootstrap;
  if (all.empty()) return;
  if (std::any_of(all.begin(), all.end(), is_published)) {
    report_faults(signals, findings);
    const bool good = std::all_of(all.begin(), all.end(), [](const SignalFacts& signal) {
      return signal.state == SignalState::good;
    });
    if (!good) return;
    std::vector<dns::Name> names;
    for (const SignalFacts& signal : all) names.push_back(signal.seen->nameserver);
    return inform("The zone asks for its first DS, and the operators of " + list_text(names) +
                  " vouch for it: a parent that follows RFC 9615 takes it from there.");
  }
  const bool silent = std::all_of(all.begin(), all.end(), [](const SignalFacts& signal) {
    return signal.state == SignalState::absent || signal.state == SignalState::no_name;
  });
  if (!silent) return;
  inform(
      "The zone asks for its first DS, and no operator of its nameservers vouches for it (RFC "
      "9615): a parent that wants this waits for ever. Give it the DS by hand.");
}

void sec_dsync(const Context& context, Findings& findings) {
  const SignalsFacts& signals = context.facts.signals;
  if (signals.notify.empty()) return;
  const dns::Resolution& dsync = context.facts.survey.signals.notify->dsync;
  std::vector<std::string> targets;
  for (const dns::Dsync& one : signals.notify) targets.push_back(target_text(one));
  std::sort(targets.begin(), targets.end());
  findings.add(Severity::info, about_zone(),
               "The parent wants to be told of new records: " + list_text(targets) +
                   ". Whoever changes them does well to send that; else they wait until it looks." +
                   trust_text(signals.notify_status),
               command_for(dsync.last.get()), dsync.observed);
}

}  // namespace checks
