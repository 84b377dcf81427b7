// Servers that answer, but not as servers of the zone; and what is left of the service.
#include <algorithm>
#include <map>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::Transport;

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

// A wrong answer of one server, over one transport or both.
struct Wrong {
  Subject subject;
  std::string over;  // "UDP and TCP"
  const TransportFacts* evidence = nullptr;
};

// Nothing when the server does not answer so, and when the other transport is up: then the
// transports disagree, which is con-transport-diff's to say.
std::optional<Wrong> wrong_answer(const Facts& facts, const ServerFacts& server,
                                  bool (TransportFacts::*wrong)() const) {
  const TransportFacts& udp = facts.address_of(server).over(Transport::udp);
  const TransportFacts& tcp = facts.address_of(server).over(Transport::tcp);
  const bool over_udp = (udp.*wrong)();
  const bool over_tcp = (tcp.*wrong)();
  if (facts.address_of(server).up() || (!over_udp && !over_tcp)) return std::nullopt;
  if (over_udp && over_tcp) return Wrong{about(facts, server), "UDP and TCP", &udp};
  if (over_udp) return Wrong{about(facts, server, Transport::udp), "UDP", &udp};
  return Wrong{about(facts, server, Transport::tcp), "TCP", &tcp};
}

std::string listed_text(const survey::Nameserver& nameserver) {
  if (nameserver.in_parent && nameserver.in_child) return "the parent and the zone itself list it";
  if (nameserver.in_parent) return "the parent lists it";
  return "the zone itself lists it";
}

std::string lame_text(const TransportFacts& facts) {
  switch (facts.result) {
    case ServerResult::refused:
      return "refuses the zone (" + facts.detail +
             "): it is not configured there, or an access list or a closed account forbids it";
    case ServerResult::servfail:
      return "answers " + facts.detail +
             " for the zone: it could not be loaded there, is still loading, or expired because "
             "its primary cannot be reached";
    case ServerResult::nxdomain:
      return "says that the zone does not exist (NXDOMAIN), which hides it from whoever asks there";
    case ServerResult::not_authoritative:
      return "answers without authority (AA is not set): a resolver answers there, or the copy of "
             "the zone has expired";
    case ServerResult::referral:
      return "sends a referral instead of an answer: it does not have the zone";
    default:
      return "says " + facts.detail + ": the zone is not configured there";
  }
}

bool has_cycle(const Facts& facts) {
  return std::any_of(facts.nameservers.begin(), facts.nameservers.end(),
                     [](const NameserverFacts& nameserver) {
                       return nameserver.seen->a.result == dns::ResolutionResult::loop ||
                              nameserver.seen->aaaa.result == dns::ResolutionResult::loop;
                     });
}

bool answers_wrongly(const TransportFacts& facts) {
  return facts.lame() || facts.failed() || facts.result == ServerResult::no_soa;
}

}  // namespace

void del_lame(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const auto wrong = wrong_answer(facts, server, &TransportFacts::lame);
    if (!wrong) continue;
    findings.add(Severity::error, wrong->subject,
                 who(facts, server) + " " + lame_text(*wrong->evidence) + ". It was asked over " +
                     wrong->over + ", and " + listed_text(*facts.nameserver_of(server).seen) + ".",
                 command_for(wrong->evidence->exchange));
  }
}

void con_rcode(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const auto wrong = wrong_answer(facts, server, &TransportFacts::failed);
    if (!wrong) continue;
    findings.add(Severity::error, wrong->subject,
                 who(facts, server) + " answers the zone's SOA question with " +
                     wrong->evidence->detail + " over " + wrong->over +
                     ": the server cannot handle an ordinary question.",
                 command_for(wrong->evidence->exchange));
  }
}

void con_transport_diff(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      const TransportFacts& over = address.over(transport);
      if (!address.up() || !answers_wrongly(over)) continue;
      const bool udp = transport == Transport::udp;
      findings.add(Severity::error, about(facts, server),
                   who(facts, server) + " serves the zone over " + (udp ? "TCP" : "UDP") +
                       " but not over " + (udp ? "UDP" : "TCP") + " (" + over.detail +
                       "): different programs or views answer on the two, or a balancer sends them "
                       "to different machines.",
                   command_for(over.exchange));
    }
  }
}

void del_lame_count(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::map<std::string, std::size_t> reasons;
  std::size_t names = 0;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    bool wrong = false;
    for (const std::size_t index : nameserver.servers) {
      const AddressFacts& address = facts.address_of(facts.servers[index]);
      if (address.up()) continue;
      for (const TransportFacts& over : address.transports) {
        if (!answers_wrongly(over)) continue;
        ++reasons[std::string(result_text(static_cast<int>(over.result)))];
        wrong = true;
        break;
      }
    }
    if (wrong) ++names;
  }
  if (names < 2) return;
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) {
    parts.push_back(reason + " at " + count_text(count, "address", "addresses"));
  }
  findings.add(Severity::warning, about_zone(),
               count_text(names, "nameserver", "nameservers") + " of " +
                   std::to_string(facts.nameservers.size()) +
                   " answer, but not as servers of the zone: " + list_text(parts) + ".");
}

void del_working_ns(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const ServiceFacts& service = facts.service;
  if (!service.names_working || service.names == 0) return;
  if (*service.names_working == 0) {
    if (facts.servers.empty() && has_cycle(facts)) return;  // del-ns-cycle is critical then
    findings.add(Severity::critical, about_zone(),
                 "None of the " + count_text(service.names, "nameserver", "nameservers") + " of " +
                     facts.survey.zone.to_label() +
                     " answers with authority over any transport: nothing in the zone can be "
                     "resolved once caches run out.",
                 facts.addresses.empty() ? std::string()
                                         : command_for(facts.addresses[0].transports[0].exchange));
  } else if (*service.names_working == 1 && service.names >= 2) {
    const auto left =
        std::find_if(facts.nameservers.begin(), facts.nameservers.end(),
                     [&facts](const NameserverFacts& name) { return facts.works(name); });
    findings.add(Severity::error, about_zone(),
                 "Only " + left->seen->name.to_label() + " of " + std::to_string(service.names) +
                     " nameservers still answers with authority: one more fault and the zone is "
                     "gone. No maintenance there before another works.");
  }
}

void del_dead_listed(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    std::optional<dns::WallTime> latest;
    bool all_failing = !nameserver.servers.empty();
    for (const std::size_t index : nameserver.servers) {
      const ServerFacts& server = facts.servers[index];
      const auto past = context.history.servers.find({facts.name(server), facts.ip(server)});
      if (!facts.address_of(server).failing() || past == context.history.servers.end() ||
          !past->second.failing_since) {
        all_failing = false;
        break;
      }
      latest = std::max(latest.value_or(dns::WallTime{}), *past->second.failing_since);
    }
    if (!all_failing || !latest) continue;
    const double dead = std::chrono::duration<double>(facts.now - *latest).count();
    if (dead < context.settings.thresholds.dead_listed) continue;
    const TransportFacts& evidence =
        facts.address_of(facts.servers[nameserver.servers.front()]).transports[0];
    findings.add(Severity::error, about(nameserver.seen->name),
                 nameserver.seen->name.to_label() + " has not worked at any address for " +
                     duration_text(dead) + ", since " + time_text(*latest) + ", and " +
                     listed_text(*nameserver.seen) +
                     ". Remove it: first from the zone's NS set, then at the parent.",
                 command_for(evidence.exchange));
  }
}

}  // namespace checks
