// What resolvers meet that are not like the one the survey uses: those with one address family
// only, and those that ask for every name on the way (RFC 9156).
#include <algorithm>
#include <array>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/parents.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::Family;
using dns::ResolutionResult;
using dns::ResponseKind;
using survey::OwnWalk;
using survey::WalkId;

struct FamilyWords {
  Family family;
  WalkId walk;
  std::string_view text;
  std::string_view other;
};
constexpr std::array kFamilies{FamilyWords{Family::ipv4, WalkId::ipv4, "IPv4", "IPv6"},
                               FamilyWords{Family::ipv6, WalkId::ipv6, "IPv6", "IPv4"}};

// ---- one family ----

// A server that the parent leads to serves the zone over the family: then the zone claims to be
// served over it, and con-zone-family has nothing to say. Where none does, that check speaks.
bool is_served_over(const Facts& facts, Family family) {
  return std::any_of(facts.servers.begin(), facts.servers.end(), [&](const ServerFacts& server) {
    return facts.ip(server).family() == family && facts.nameserver_of(server).seen->in_parent &&
           facts.address_of(server).up();
  });
}

// No server of the parent that was asked over the family tells of the delegation:
// del-parent-server-up speaks.
bool parent_is_silent_over(const Facts& facts, Family family) {
  bool asked = false;
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (parent.seen->address.family() != family || parent.word == ParentWord::not_asked) continue;
    asked = true;
    if (parent.word != ParentWord::no_answer && parent.word != ParentWord::error) return false;
  }
  return asked;
}

// No server on that step has an address of the family that could be asked.
bool has_no_address(const OwnWalk& walk) {
  return walk.end.last == nullptr && walk.end.result == ResolutionResult::servfail;
}

// Who repairs it: the zone, where its own nameservers' names are the step that fails; else whoever
// runs the zone above. An ancestor without IPv6 is no fault of the zone and no surprise.
Severity severity_of(const Facts& facts, const OwnWalk& walk, const FamilyWords& words) {
  const dns::Name& step = walk.end.closest_zone;
  const bool above = !(step == facts.survey.zone);
  const dns::ParentSearch& parent = facts.survey.delegation.parent;
  const bool told =
      above && parent.found && step == parent.parent && parent_is_silent_over(facts, words.family);
  if (told) return Severity::notice;
  if (words.family == Family::ipv4) return Severity::error;
  return above && has_no_address(walk) ? Severity::notice : Severity::warning;
}

// Nameservers in the zone whose addresses of the family the zone has, and the parent's glue not.
std::vector<dns::Name> names_without_glue(const Facts& facts, Family family) {
  std::vector<dns::Name> names;
  for (const GlueDifference& found : facts.delegation.glue_differences) {
    const NameserverFacts& nameserver = facts.nameservers[found.nameserver];
    const bool lacks = found.family == family && !found.only_zone.empty() && nameserver.in_domain;
    if (lacks) names.push_back(nameserver.seen->name);
  }
  return names;
}

std::string advice(const Facts& facts, const OwnWalk& walk, const FamilyWords& words) {
  const std::string family(words.text);
  const std::vector<dns::Name> bare = names_without_glue(facts, words.family);
  if (walk.end.closest_zone == facts.survey.zone && !bare.empty()) {
    return " Its servers answer over " + family + ", but only the zone itself has the " + family +
           " addresses of " + list_text(bare) + ": give them to the parent as glue.";
  }
  if (walk.end.closest_zone == facts.survey.zone) {
    return " Its servers answer over " + family +
           ": it is the way to their names that needs a zone which is served over " + family +
           " too.";
  }
  return " That lies above the zone: its operator has to look at it.";
}

// Where no server could be asked, the delegation shows the names that lead nowhere.
std::string command(const Facts& facts, const OwnWalk& walk) {
  if (walk.end.last) return command_for(walk.end.last.get());
  const bool own = walk.end.closest_zone == facts.survey.zone;
  return command_for(own ? facts.delegation.referral : nullptr);
}

std::string sentence(const Facts& facts, const OwnWalk& walk, const FamilyWords& words) {
  const std::string zone = facts.survey.zone.to_label();
  const std::string& reason = walk.end.reason;
  return "A resolver that has only " + std::string(words.text) + " cannot find " + zone +
         " from the root down, though it is served over " + std::string(words.text) +
         ": it gets as far as " + walk.end.closest_zone.to_label() +
         (reason.empty() ? "" : ", but " + without_stop(one_line(reason))) + "." +
         advice(facts, walk, words);
}

// ---- names on the way ----

bool says_that_it_exists(ResponseKind kind) {
  return kind == ResponseKind::answer || kind == ResponseKind::nodata ||
         kind == ResponseKind::referral;
}

// A name below `name` that the same server knows, or null.
const dns::Name* known_below(const AddressFacts& address, const dns::Name& name) {
  for (const OwnAddressAnswer& own : address.own_addresses) {
    if (own.name.is_below(name) && says_that_it_exists(own.kind)) return &own.name;
  }
  for (const PassedName& passed : address.passed_names) {
    if (passed.name.is_below(name) && says_that_it_exists(passed.kind)) return &passed.name;
  }
  return nullptr;
}

struct Denied {
  const PassedName* passed = nullptr;
  const dns::Name* below = nullptr;
};

// The first name that the server denies, or fails on, though it knows another below it.
std::optional<Denied> denied_name(const AddressFacts& address) {
  for (const PassedName& passed : address.passed_names) {
    if (passed.kind != ResponseKind::nxdomain && passed.kind != ResponseKind::error) continue;
    const dns::Name* const below = known_below(address, passed.name);
    if (below != nullptr) return Denied{&passed, below};
  }
  return std::nullopt;
}

constexpr std::string_view kMinimising =
    ": resolvers that minimise query names (RFC 9156), or take a name that does not exist for the "
    "end of all names below it (RFC 8020), do not find what is there.";

void qmin_at_servers(const Facts& facts, Findings& findings) {
  for (const ServerFacts& server : facts.servers) {
    const std::optional<Denied> denied = denied_name(facts.address_of(server));
    if (!denied) continue;
    const dns::Exchange& exchange = *denied->passed->exchange;
    findings.add(Severity::warning, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) + " answers " +
                     outcome_text(exchange) + " for " + denied->passed->name.to_label() +
                     ", which exists, since " + denied->below->to_label() +
                     " lies below it: NOERROR without data is right" + std::string(kMinimising),
                 command_for(&exchange), exchange.sent);
  }
}

bool is_refused(const dns::Resolution& end) {
  return end.result == ResolutionResult::servfail && end.last && end.last->answered() &&
         end.last->response->rcode != dns::Rcode::noerror;
}

// Of a name above the zone: it exists, for the zone below it is delegated.
void qmin_above(const Facts& facts, Findings& findings) {
  if (facts.delegation.delegated != true) return;
  for (const OwnWalk& walk : facts.survey.walks) {
    const dns::Resolution& end = walk.end;
    if (walk.id != WalkId::above || !end.aliases.empty()) continue;
    const bool denied = end.result == ResolutionResult::nxdomain;
    if (!denied && !is_refused(end)) continue;
    findings.add(Severity::warning, about_zone(),
                 "The servers of " + end.closest_zone.to_label() + " answer " +
                     (end.last ? outcome_text(*end.last) : std::string("NXDOMAIN")) + " for " +
                     end.name.to_label() + ", which exists, since " + facts.survey.zone.to_label() +
                     " is delegated below it: NOERROR without data is right" +
                     std::string(kMinimising) + " Their operator has to look at it.",
                 command_for(end.last.get()), end.observed);
  }
}

}  // namespace

// The survey itself walks with both families. Where that finds no delegation or no server that
// works, other checks say why.
void res_iterate(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.delegation.delegated == false) return;
  for (const FamilyWords& words : kFamilies) {
    if (!is_served_over(facts, words.family)) continue;
    for (const OwnWalk& walk : facts.survey.walks) {
      if (walk.id != words.walk || !walk.is_stuck()) continue;
      findings.add(severity_of(facts, walk, words), about_zone(), sentence(facts, walk, words),
                   command(facts, walk), walk.end.observed);
    }
  }
}

void res_qmin(const Context& context, Findings& findings) {
  qmin_at_servers(context.facts, findings);
  qmin_above(context.facts, findings);
}

}  // namespace checks
