// The delegation: what the parent says, whether its servers agree, and whether the zone does.
#include <algorithm>
#include <iterator>
#include <set>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/parents.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using Names = std::vector<dns::Name>;

// A NS set of more names does not fit a referral without compression tricks (RFC 9715 section 4).
constexpr std::size_t kMostNames = 13;
// How long a change of an NS set stays worth showing.
constexpr std::chrono::hours kShowChange{24};

Names difference(const Names& from, const Names& what) {
  Names out;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::back_inserter(out));
  return out;
}

std::string parent_text(const Facts& facts) {
  const dns::ParentSearch& parent = facts.survey.delegation.parent;
  return parent.found ? "the parent " + parent.parent.to_label() : "the parent";
}

// All of them, unlike list_text: words are compared by it.
std::string joined(const std::vector<std::string>& members) {
  std::string text;
  for (const std::string& member : members) text += (text.empty() ? "" : ", ") + member;
  return text;
}

std::string joined(const Names& names) {
  std::vector<std::string> members;
  for (const dns::Name& name : names) members.push_back(name.to_label());
  return joined(members);
}

bool failed(const ParentFacts& parent) {
  return parent.word == ParentWord::no_answer || parent.word == ParentWord::error;
}

std::string change_text(const Names& before, const Names& after) {
  const Names added = difference(after, before);
  const Names removed = difference(before, after);
  std::string text;
  if (!added.empty()) text += "added " + list_text(added);
  if (!removed.empty()) text += (text.empty() ? "removed " : ", removed ") + list_text(removed);
  return text;
}

void ns_change(const Context& context, Findings& findings, bool known, const Names& now,
               const NameSetHistory& past, const std::string& whose) {
  if (!past.known) return;
  if (known && now != past.names) {
    findings.add(
        Severity::notice, about_zone(),
        "The NS set of " + whose + " changed just now: " + change_text(past.names, now) + ".",
        command_for(context.facts.delegation.referral));
  } else if (past.changed && context.facts.now - *past.changed < kShowChange) {
    findings.add(Severity::notice, about_zone(),
                 "The NS set of " + whose + " changed at " + time_text(*past.changed) + ": " +
                     change_text(past.before, past.names) + ".",
                 command_for(context.facts.delegation.referral));
  }
}

void expect(Findings& findings, const Facts& facts, const Names& set, const Names& expected,
            Severity unexpected, const std::string& whose) {
  for (const dns::Name& name : difference(set, expected)) {
    findings.add(unexpected, about(name),
                 name.to_label() + " stands in the NS set of " + whose +
                     " although the configuration does not expect it. If nobody of yours changed "
                     "it, treat it as a hijack.",
                 command_for(facts.delegation.referral));
  }
  for (const dns::Name& name : difference(expected, set)) {
    findings.add(Severity::error, about(name),
                 name.to_label() +
                     ", which the configuration expects, is missing from the NS set of " + whose +
                     ".",
                 command_for(facts.delegation.referral));
  }
}

void report_disagreement(const Context& context, Findings& findings,
                         const std::optional<Disagreement>& found, const std::string& what) {
  if (!found) return;
  findings.add(Severity::error, about_zone(),
               "The servers of " + parent_text(context.facts) + " disagree about " + what + ": " +
                   found->text() + ". One of them serves an old copy of the parent zone.",
               command_for(found->second->exchange));
}

std::optional<dns::WallTime> last_heard(const std::vector<ParentFacts>& parents) {
  std::optional<dns::WallTime> last;
  for (const ParentFacts& parent : parents) {
    if (parent.exchange != nullptr) last = std::max(last, std::optional(parent.exchange->sent));
  }
  return last;
}

}  // namespace

void del_exists(const Context& context, Findings& findings) {
  const DelegationFacts& delegation = context.facts.delegation;
  if (delegation.delegated != false) return;
  const auto denier = std::find_if(
      delegation.parents.begin(), delegation.parents.end(), [](const ParentFacts& parent) {
        return parent.recent && (parent.word == ParentWord::no_such_name ||
                                 parent.word == ParentWord::no_delegation);
      });
  if (denier == delegation.parents.end()) return;
  const std::string zone = context.facts.survey.zone.to_label();
  const bool nxdomain = denier->word == ParentWord::no_such_name;
  findings.add(Severity::critical, about_zone(),
               zone + " is not delegated: " + parent_text(context.facts) +
                   (nxdomain ? " says that the name does not exist (NXDOMAIN)"
                             : " knows the name but has no NS records for it") +
                   ". The registration may be on hold, expired or deleted.",
               command_for(denier->exchange));
}

void del_parent_found(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const dns::ParentSearch& parent = facts.survey.delegation.parent;
  if (!facts.delegation.applies || parent.found ||
      parent.result == dns::ResolutionResult::not_asked) {
    return;
  }
  if (facts.vantage_is_cut_off()) return;
  findings.add(Severity::error, about_zone(),
               "The parent of " + facts.survey.zone.to_label() +
                   " cannot be found from the root down" +
                   (parent.reason.empty() ? "" : ": " + without_stop(one_line(parent.reason))) +
                   ". Resolvers with empty caches cannot find the zone either.",
               command_for(parent.last.get()), facts.survey.delegation.observed);
}

void del_parent_server_up(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const auto& parents = facts.delegation.parents;
  const auto asked = std::count_if(parents.begin(), parents.end(), [](const ParentFacts& parent) {
    return parent.word != ParentWord::not_asked;
  });
  const auto failing = std::count_if(parents.begin(), parents.end(), failed);
  if (failing == asked && failing >= 2) {
    findings.add(Severity::error, about_zone(),
                 "None of the " + std::to_string(asked) + " addresses of " + parent_text(facts) +
                     " that were asked tells about the delegation: new resolvers cannot find the "
                     "zone.",
                 command_for(parents.front().exchange), last_heard(parents));
    return;
  }
  for (const ParentFacts& parent : parents) {
    if (!failed(parent)) continue;
    findings.add(Severity::warning,
                 {parent.seen->nameserver, parent.seen->address, dns::Transport::udp},
                 server_text(parent.seen->nameserver, parent.seen->address) + ", a server of " +
                     parent_text(facts) + ", does not tell about the delegation: " +
                     outcome_text(*parent.exchange) + ". Its operator has to look at it.",
                 command_for(parent.exchange), parent.exchange->sent);
  }
}

void del_parent_consistent(const Context& context, Findings& findings) {
  const auto is_told = [](const ParentFacts& parent) {
    return parent.word == ParentWord::delegation || parent.word == ParentWord::no_such_name ||
           parent.word == ParentWord::no_delegation;
  };
  const auto is_same = [](const ParentFacts& a, const ParentFacts& b) {
    return a.word == b.word && (a.referral == b.referral || a.referral->ns == b.referral->ns);
  };
  const auto text = [](const ParentFacts& parent) -> std::string {
    if (parent.referral) return joined(parent.referral->ns);
    return parent.word == ParentWord::no_such_name ? "no such name" : "no delegation";
  };
  const auto found = disagreement(context.facts.delegation.parents, {is_told, is_same, text});
  report_disagreement(context, findings, found, "the NS set");
}

void cns_ds(const Context& context, Findings& findings) {
  const auto is_told = [](const ParentFacts& parent) { return parent.ds != nullptr; };
  const auto is_same = [](const ParentFacts& a, const ParentFacts& b) {
    return a.ds == b.ds || *a.ds == *b.ds;
  };
  const auto text = [](const ParentFacts& parent) -> std::string {
    std::vector<std::string> records;
    for (const dns::Bytes& ds : *parent.ds) {
      records.push_back("DS " + dns::rdata_to_text(dns::RRType::ds, ds));
    }
    return records.empty() ? "no DS" : joined(records);
  };
  const auto found = disagreement(context.facts.delegation.parents, {is_told, is_same, text});
  report_disagreement(context, findings, found, "the DS records");
}

void del_ns_count(const Context& context, Findings& findings) {
  const DelegationFacts& delegation = context.facts.delegation;
  const bool parent_one = delegation.parent_ns_known && delegation.parent_ns.size() == 1;
  const bool child_one = delegation.child_ns_known && delegation.reference.size() == 1;
  if (!parent_one && !child_one) return;
  const std::string where = parent_one && child_one ? "at the parent and in the zone"
                            : parent_one            ? "at the parent"
                                                    : "in the zone";
  const dns::Name& name = parent_one ? delegation.parent_ns.front() : delegation.reference.front();
  findings.add(Severity::error, about_zone(),
               "The NS set " + where + " names a single nameserver, " + name.to_label() +
                   ": when it fails, the zone is gone. Two are the least, in different networks.",
               command_for(delegation.referral));
}

void del_ns_count_max(const Context& context, Findings& findings) {
  const DelegationFacts& delegation = context.facts.delegation;
  const std::size_t most = std::max(delegation.parent_ns.size(), delegation.reference.size());
  if (most <= kMostNames) return;
  findings.add(Severity::notice, about_zone(),
               "The NS set has " + std::to_string(most) + " names; more than " +
                   std::to_string(kMostNames) +
                   " make referrals too large for UDP without gaining redundancy.",
               command_for(delegation.referral));
}

void del_ns_family_count(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.nameservers.empty()) return;
  for (const dns::Family family : {dns::Family::ipv4, dns::Family::ipv6}) {
    std::size_t with = 0;
    bool unknown = false;
    for (const NameserverFacts& nameserver : facts.nameservers) {
      const bool glue = !nameserver.glue_of(family).empty();
      const auto& known = nameserver.of(family);
      if (glue || (known && !known->empty())) ++with;
      if (!glue && !known) unknown = true;
    }
    // With a single name, and with none that works, other checks speak.
    if (unknown || with >= 2 || facts.nameservers.size() < 2) continue;
    const std::string text = family == dns::Family::ipv4 ? "IPv4" : "IPv6";
    const bool none = with == 0;
    findings.add(none && family == dns::Family::ipv4 ? Severity::warning : Severity::notice,
                 about_zone(),
                 (none ? "No nameserver of " : "Only one nameserver of ") +
                     facts.survey.zone.to_label() + " has an " + text + " address" +
                     (none ? ": resolvers that have only " + text + " cannot resolve the zone."
                           : ": over " + text + " the zone has no redundancy."));
  }
}

void del_ns_match(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const DelegationFacts& delegation = facts.delegation;
  if (delegation.only_parent.size() == delegation.parent_ns.size()) return;  // del-ns-disjoint
  for (const dns::Name& name : delegation.only_parent) {
    const NameserverFacts* nameserver = facts.find_nameserver(name);
    const bool works = nameserver != nullptr && facts.works(*nameserver);
    findings.add(Severity::error, about(name),
                 "The parent still lists " + name.to_label() +
                     ", which the zone's own NS set does not have" +
                     (works ? "; it serves the zone, but nobody promises that it will."
                            : ", and it does not serve the zone: part of all first queries fail.") +
                     " Change the delegation or the zone.",
                 command_for(delegation.referral));
  }
  for (const dns::Name& name : delegation.only_child) {
    findings.add(Severity::notice, about(name),
                 "The zone lists " + name.to_label() +
                     ", which the parent's delegation does not have: it gets only part of the "
                     "queries, and none when the others fail.",
                 command_for(delegation.referral));
  }
}

void del_ns_disjoint(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const DelegationFacts& delegation = facts.delegation;
  if (delegation.only_parent.empty() ||
      delegation.only_parent.size() != delegation.parent_ns.size()) {
    return;
  }
  const bool works = std::any_of(delegation.parent_ns.begin(), delegation.parent_ns.end(),
                                 [&facts](const dns::Name& name) {
                                   const NameserverFacts* found = facts.find_nameserver(name);
                                   return found != nullptr && facts.works(*found);
                                 });
  findings.add(works ? Severity::error : Severity::critical, about_zone(),
               "The parent lists " + list_text(delegation.parent_ns) + " and the zone lists " +
                   list_text(delegation.reference) + ", not one name in common" +
                   (works ? ": the parent's servers may serve an abandoned copy."
                          : ", and none that the parent lists works: resolvers cannot reach the "
                            "zone.") +
                   " Change the delegation.",
               command_for(delegation.referral));
}

void del_ns_expected(const Context& context, Findings& findings) {
  Names expected = context.settings.expected_nameservers;
  if (expected.empty()) return;
  std::sort(expected.begin(), expected.end());
  const DelegationFacts& delegation = context.facts.delegation;
  if (delegation.parent_ns_known) {
    expect(findings, context.facts, delegation.parent_ns, expected, Severity::critical,
           "the parent");
  }
  if (delegation.child_ns_known) {
    expect(findings, context.facts, delegation.reference, expected, Severity::error,
           "the zone itself");
  }
}

void del_ns_change(const Context& context, Findings& findings) {
  const DelegationFacts& delegation = context.facts.delegation;
  ns_change(context, findings, delegation.parent_ns_known, delegation.parent_ns,
            context.history.parent_ns, "the parent");
  ns_change(context, findings, delegation.child_ns_known, delegation.reference,
            context.history.child_ns, "the zone itself");
}

}  // namespace checks
