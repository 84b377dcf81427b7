// Glue: the addresses that the parent gives for nameservers it does not serve itself.
#include <algorithm>
#include <set>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/parents.hpp"
#include "checks/resolutions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

std::string glue_word(const ParentFacts& parent) {
  std::string text;
  for (const auto& [name, addresses] : parent.referral->glue) {
    if (!text.empty()) text += "; ";
    text += name.to_label();
    for (const dns::IpAddress& address : addresses) text += " " + address.to_text();
  }
  return text.empty() ? "no glue" : text;
}

// Calls `use` with each recent and complete referral.
template <typename Use>
void each_referral(const Facts& facts, const Use& use) {
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (parent.recent && parent.word == ParentWord::delegation && !parent.truncated) use(parent);
  }
}

bool listed_at_parent(const Facts& facts, const dns::Name& name) {
  const auto& ns = facts.delegation.parent_ns;
  return std::binary_search(ns.begin(), ns.end(), name);
}

// The zone in which the name lies, where resolving it ended.
const dns::Name& zone_of(const NameserverFacts& nameserver) {
  return nameserver.seen->a.closest_zone.label_count() >=
                 nameserver.seen->aaaa.closest_zone.label_count()
             ? nameserver.seen->a.closest_zone
             : nameserver.seen->aaaa.closest_zone;
}

}  // namespace

void del_glue_in_domain(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::set<dns::Name> told;
  each_referral(facts, [&](const ParentFacts& parent) {
    const auto& [ns, glue] = *parent.referral;
    for (const dns::Name& name : ns) {
      if (!name.is_at_or_below(facts.survey.zone) || glue.count(name) != 0) continue;
      if (!told.insert(name).second) continue;
      findings.add(Severity::error, about(name),
                   name.to_label() + " lies in the zone itself, and the referral of " +
                       server_text(parent.seen->nameserver, parent.seen->address) +
                       " gives no glue for it: its address cannot be found without already "
                       "knowing it. Add glue at the parent.",
                   command_for(parent.exchange));
    }
  });
}

void del_glue_sibling(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const dns::ParentSearch& search = facts.survey.delegation.parent;
  if (!search.found || facts.delegation.referral == nullptr) return;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    const dns::Name& name = nameserver.seen->name;
    if (nameserver.in_domain || !nameserver.glue.empty() || !name.is_below(search.parent)) continue;
    const bool sibling = zone_of(nameserver).is_below(search.parent);
    if (!sibling || !listed_at_parent(facts, name)) continue;
    findings.add(Severity::notice, about(name),
                 name.to_label() + " lies in " + zone_of(nameserver).to_label() +
                     ", which the same parent delegates, and the referral has no glue for it: it "
                     "is not required, but spares resolvers a detour and breaks circles.",
                 command_for(facts.delegation.referral));
  }
}

void del_glue_match(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const GlueDifference& found : facts.delegation.glue_differences) {
    const NameserverFacts& nameserver = facts.nameservers[found.nameserver];
    const dns::Name& name = nameserver.seen->name;
    if (!found.only_glue.empty()) {
      findings.add(
          Severity::error, about(name),
          "The parent's glue gives " + list_text(found.only_glue) + " for " + name.to_label() +
              ", but the name resolves to " +
              (nameserver.of(found.family)->empty() ? "no such address"
                                                    : list_text(*nameserver.of(found.family))) +
              ". Change the glue, or the address record.",
          command_for(facts.delegation.referral));
    } else {
      findings.add(Severity::notice, about(name),
                   name.to_label() + " resolves to " + list_text(found.only_zone) +
                       " too, which the parent's glue does not have: resolvers that come by the "
                       "delegation do not use it at first.",
                   command_for(facts.delegation.referral));
    }
  }
}

void del_glue_orphan(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    if (nameserver.glue.empty() || !nameserver.proven_empty()) continue;
    if (unregistered_domain(facts, nameserver)) continue;  // del-ns-dangling says the worse
    findings.add(Severity::error, about(nameserver.seen->name),
                 "Only the parent's glue gives " + nameserver.seen->name.to_label() +
                     " an address (" + list_text(nameserver.glue) +
                     "); the name itself has none. Resolvers that check lose the nameserver. Add "
                     "the address record, or remove the nameserver.",
                 command_for(nameserver.seen->a.last.get()));
  }
}

void del_glue_reachable(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!server.stale_glue || !address.failing()) continue;
    findings.add(Severity::notice, about(facts, server),
                 "Only the parent's glue sends resolvers for " + facts.name(server).to_label() +
                     " to " + facts.ip(server).to_text() +
                     ", which does not serve the zone: correct the glue, not the server.",
                 command_for(address.transports[0].exchange));
  }
}

void del_glue_unneeded(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const dns::ParentSearch& search = facts.survey.delegation.parent;
  if (!search.found) return;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    if (nameserver.glue.empty() || nameserver.seen->name.is_at_or_below(search.parent)) continue;
    findings.add(Severity::notice, about(nameserver.seen->name),
                 "The referral has addresses of " + nameserver.seen->name.to_label() +
                     ", which lies outside the parent " + search.parent.to_label() +
                     ": resolvers must not trust them.",
                 command_for(facts.delegation.referral));
  }
}

void del_glue_private(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    const std::string_view purpose = dns::special_purpose(address.seen->address);
    if (!server.seen->from_glue || server.seen->from_resolution) continue;  // adr-global
    if (address.seen->may_ask || purpose.empty()) continue;
    findings.add(Severity::error, about(facts, server),
                 "The parent's glue for " + facts.name(server).to_label() + " is " +
                     address.seen->address.to_text() + ", no public address (" +
                     std::string(purpose) + "): nobody outside can reach it. It was not asked.",
                 command_for(facts.delegation.referral));
  }
}

void del_glue_parent_variants(const Context& context, Findings& findings) {
  const auto& parents = context.facts.delegation.parents;
  const auto found = disagreement(
      parents, {[](const ParentFacts& parent) {
                  return parent.word == ParentWord::delegation && !parent.truncated;
                },
                [](const ParentFacts& a, const ParentFacts& b) {
                  return a.referral == b.referral || a.referral->glue == b.referral->glue;
                },
                glue_word});
  // Servers that disagree about the NS set itself have other glue too: del-parent-consistent.
  if (!found || found->first->referral->ns != found->second->referral->ns) return;
  findings.add(Severity::warning, about_zone(),
               "The servers of the parent give different glue: " + found->text() +
                   ". One of them serves an old copy of the parent zone.",
               command_for(found->second->exchange));
}

}  // namespace checks
