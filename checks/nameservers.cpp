// The names in the NS sets: their form, whether they are aliases, share addresses, or are gone.
#include <algorithm>
#include <map>
#include <set>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/resolutions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What is wrong with the name as a host name (RFC 1123 section 2.1), or nothing.
std::optional<std::string> host_name_fault(const dns::Name& name) {
  if (name.is_root()) return "it is the root";
  for (std::size_t i = 0; i < name.label_count(); ++i) {
    const std::string_view label = name.label(i);
    if (label.front() == '-' || label.back() == '-') return "a label begins or ends with a hyphen";
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; })) {
      return "it has characters other than letters, digits and hyphens";
    }
  }
  const std::string_view last = name.label(name.label_count() - 1);
  if (std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return "its last label is a number, as in an address";
  }
  return std::nullopt;
}

bool has_reserved_hyphens(const dns::Name& name) {
  for (std::size_t i = 0; i < name.label_count(); ++i) {
    const std::string_view label = name.label(i);
    if (label.size() < 4 || label.substr(2, 2) != "--") continue;
    if ((label[0] | 0x20) != 'x' || (label[1] | 0x20) != 'n') return true;
  }
  return false;
}

bool nobody_works(const Facts& facts) {
  return std::none_of(facts.nameservers.begin(), facts.nameservers.end(),
                      [&facts](const NameserverFacts& name) { return facts.works(name); });
}

// The delegation shows the circle, names without glue, where nothing could be asked about them.
const dns::Exchange* cycle_shown_by(const Facts& facts, const dns::Resolution& resolution) {
  if (resolution.last) return resolution.last.get();
  const auto& parents = facts.delegation.parents;
  const auto delegates =
      std::find_if(parents.begin(), parents.end(),
                   [](const ParentFacts& parent) { return parent.word == ParentWord::delegation; });
  return delegates == parents.end() ? nullptr : delegates->exchange;
}

}  // namespace

void del_ns_cname(const Context& context, Findings& findings) {
  for (const NameserverFacts& nameserver : context.facts.nameservers) {
    for (const dns::Resolution* resolution : {&nameserver.seen->a, &nameserver.seen->aaaa}) {
      if (resolution->aliases.empty()) continue;
      findings.add(Severity::error, about(nameserver.seen->name),
                   nameserver.seen->name.to_label() + " is an alias of " +
                       resolution->aliases.front().to_label() +
                       ": the name of a nameserver must own its addresses, and many resolvers "
                       "refuse to follow.",
                   command_for(resolution->alias.get()));
      break;
    }
  }
}

void del_ns_syntax(const Context& context, Findings& findings) {
  for (const NameserverFacts& nameserver : context.facts.nameservers) {
    const dns::Name& name = nameserver.seen->name;
    if (const auto fault = host_name_fault(name)) {
      findings.add(Severity::warning, about(name),
                   name.to_label() + " is no host name: " + *fault +
                       ". Some resolvers will not look up its address.");
    } else if (has_reserved_hyphens(name)) {
      findings.add(Severity::notice, about(name),
                   name.to_label() +
                       " has hyphens in the third and fourth place of a label, which "
                       "is kept for internationalised names (xn--).");
    }
  }
}

void del_ns_same_ip(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::map<dns::IpAddress, std::set<dns::Name>> names;
  for (const ServerFacts& server : facts.servers) {
    names[facts.ip(server)].insert(facts.name(server));
  }
  const bool single = names.size() == 1;
  for (const auto& [address, sharing] : names) {
    if (sharing.size() < 2) continue;
    findings.add(single ? Severity::error : Severity::warning, {{}, address, {}},
                 list_text(std::vector<dns::Name>(sharing.begin(), sharing.end())) +
                     " have the same address " + address.to_text() +
                     (single ? ", the only one there is: the zone has no redundancy at all."
                             : ": they fail together, so the zone has less redundancy than its NS "
                               "set shows."));
  }
}

void del_ns_cycle(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    for (const dns::Resolution* resolution : {&nameserver.seen->a, &nameserver.seen->aaaa}) {
      if (resolution->result != dns::ResolutionResult::loop) continue;
      const bool zone_dead = nobody_works(facts);
      findings.add(
          zone_dead ? Severity::critical : Severity::error, about(nameserver.seen->name),
          nameserver.seen->name.to_label() +
              " cannot be resolved, because resolving it needs itself" +
              (resolution->cycle.empty() ? std::string(".")
                                         : " (through " + list_text(resolution->cycle) + ").") +
              " Glue at the parent, or a nameserver name in another zone, breaks the "
              "circle.",
          command_for(cycle_shown_by(facts, *resolution)));
      break;
    }
  }
}

void del_ns_dangling(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    const auto domain = unregistered_domain(facts, nameserver);
    if (!domain) continue;
    findings.add(Severity::critical, about(nameserver.seen->name),
                 "The domain " + domain->to_label() + " of nameserver " +
                     nameserver.seen->name.to_label() +
                     " does not exist: whoever registers it answers for part of " +
                     facts.survey.zone.to_label() +
                     ". Remove the nameserver from the parent and the zone now.",
                 command_for(nameserver.seen->a.last.get()));
  }
}

void del_child_alias(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    for (const TransportFacts& over : address.transports) {
      if (!over.apex_cname) continue;
      findings.add(Severity::error, about(facts, server),
                   server_text(facts.name(server), facts.ip(server)) +
                       " answers for the zone's own name with a CNAME: a zone has SOA and NS "
                       "there, and an alias beside them breaks it.",
                   command_for(over.exchange));
      break;
    }
  }
  const auto with_dname = std::find_if(
      facts.addresses.begin(), facts.addresses.end(),
      [](const AddressFacts& address) { return address.negative.kind == NegativeKind::dname; });
  if (with_dname != facts.addresses.end()) {
    findings.add(Severity::notice, about_zone(),
                 "A DNAME at the zone's own name redirects everything below it; its nonexistent "
                 "names are not tested.",
                 command_for(with_dname->negative.exchange));
  }
}

}  // namespace checks
