// The service as users meet it: families, availability, response times, loss, and its history.
#include <algorithm>
#include <bit>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::Family;
using dns::Transport;

// Rounds that must be known before a share over the last 32 means anything.
constexpr std::uint32_t kRoundsForLoss = 20;
// First attempts lost of 32: a path that loses 5 % of its packets stays below the warning for ages.
constexpr double kLossNotice = 0.10;
constexpr double kLossWarning = 0.40;
// Changes between up and down in the last 32 rounds; two make one episode.
constexpr int kFlapNotice = 4;
constexpr int kFlapWarning = 6;

std::string_view family_text(Family family) {
  return family == Family::ipv4 ? "IPv4" : "IPv6";
}

std::string_view upper(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

const ServerHistory* past_of(const Context& context, const ServerFacts& server) {
  const Facts& facts = context.facts;
  const auto found = context.history.servers.find({facts.name(server), facts.ip(server)});
  return found == context.history.servers.end() ? nullptr : &found->second;
}

// How a set of servers of one family does; undetermined ones count for nothing.
struct FamilyState {
  std::size_t up = 0;
  std::size_t failing = 0;
  bool answers = false;                  // a failing one gives some answer
  const ServerFacts* example = nullptr;  // of the failing ones

  bool all_fail() const { return up == 0 && failing != 0; }
};

FamilyState state_of(const Facts& facts, const std::vector<std::size_t>& servers, Family family) {
  FamilyState state;
  for (const std::size_t index : servers) {
    const ServerFacts& server = facts.servers[index];
    if (facts.ip(server).family() != family || server.stale_glue) continue;
    if (facts.address_of(server).up()) ++state.up;
    if (!facts.address_of(server).failing()) continue;
    ++state.failing;
    state.example = &server;
    for (const TransportFacts& over : facts.address_of(server).transports) {
      if (over.determined() && !over.silent()) state.answers = true;
    }
  }
  return state;
}

std::string command_of(const Facts& facts, const FamilyState& state) {
  if (state.example == nullptr) return {};
  return command_for(facts.address_of(*state.example).transports[0].exchange);
}

// Every server and transport that earlier rounds are remembered of.
template <typename Visit>
void for_each_remembered(const Context& context, const Visit& visit) {
  for (const ServerFacts& server : context.facts.servers) {
    const ServerHistory* past = past_of(context, server);
    if (past == nullptr) continue;
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      visit(server, transport, context.facts.address_of(server).over(transport),
            past->transports[static_cast<std::size_t>(transport)]);
    }
  }
}

}  // namespace

void con_family_diff(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    for (const Family bad : {Family::ipv4, Family::ipv6}) {
      const Family good = bad == Family::ipv4 ? Family::ipv6 : Family::ipv4;
      const FamilyState failing = state_of(facts, nameserver.servers, bad);
      const FamilyState working = state_of(facts, nameserver.servers, good);
      if (!failing.all_fail() || working.up == 0) continue;
      findings.add(Severity::notice, about(nameserver.seen->name),
                   nameserver.seen->name.to_label() + " works over " +
                       std::string(family_text(good)) + " and not over " +
                       std::string(family_text(bad)) +
                       (failing.answers
                            ? ": different machines, or views of one, answer the two."
                            : ": look at the address record, the routing and the filters of that "
                              "family before the service itself."),
                   command_of(facts, failing));
    }
  }
}

void con_zone_family(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::vector<std::size_t> all(facts.servers.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  for (const Family bad : {Family::ipv4, Family::ipv6}) {
    const Family good = bad == Family::ipv4 ? Family::ipv6 : Family::ipv4;
    const FamilyState failing = state_of(facts, all, bad);
    if (!failing.all_fail() || state_of(facts, all, good).up == 0) continue;
    const bool tld = facts.survey.zone.label_count() <= 1;
    const std::string family(family_text(bad));
    findings.add(tld ? Severity::error : Severity::warning, about_zone(),
                 "No nameserver answers over " + family + " (" +
                     count_text(failing.failing, "address fails", "addresses fail") + "), while " +
                     std::string(family_text(good)) + " works: resolvers that have only " + family +
                     " cannot resolve the zone.",
                 command_of(facts, failing));
  }
}

void con_availability(const Context& context, Findings& findings) {
  const ServiceFacts& service = context.facts.service;
  if (!service.names_working || service.names == 0) return;
  // None or one left, or only one listed: del-working-ns and del-ns-count say that.
  if (*service.names_working < 2 || service.names_complete >= 2) return;
  findings.add(Severity::notice, about_zone(),
               "Fewer than two nameservers of " + context.facts.survey.zone.to_label() +
                   " answer on every one of their addresses (" +
                   std::to_string(service.names_complete) + " of " + std::to_string(service.names) +
                   "): by ICANN's definition the DNS service is unavailable, although users are "
                   "still served.");
}

void con_rtt(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      const TransportFacts& over = facts.address_of(server).over(transport);
      const double limit = transport == Transport::udp
                               ? context.settings.thresholds.response_time_udp
                               : context.settings.thresholds.response_time_tcp;
      if (!over.up() || !over.response_time) continue;
      const double took = dns::to_seconds(*over.response_time);
      if (took <= limit) continue;
      findings.add(Severity::warning, about(facts, server, transport),
                   who(facts, server) + " took " + duration_text(took) + " to answer over " +
                       std::string(upper(transport)) + "; the limit is " + duration_text(limit) +
                       ".",
                   command_for(over.exchange));
    }
  }
}

void con_loss(const Context& context, Findings& findings) {
  for_each_remembered(context, [&](const ServerFacts& server, Transport transport,
                                   const TransportFacts& over, const TransportHistory& past) {
    if (!over.up() || past.lost_known < kRoundsForLoss) return;
    const int lost = std::popcount(past.lost);
    const double share = lost / static_cast<double>(past.lost_known);
    if (share <= kLossNotice) return;
    findings.add(share >= kLossWarning ? Severity::warning : Severity::notice,
                 about(context.facts, server, transport),
                 who(context.facts, server) + " answered the first query over " +
                     std::string(upper(transport)) + " in only " +
                     std::to_string(static_cast<int>(past.lost_known) - lost) + " of the last " +
                     std::to_string(past.lost_known) +
                     " rounds: packets are lost, by overload, rate limiting or the path.",
                 command_for(over.exchange));
  });
}

void con_flap(const Context& context, Findings& findings) {
  for_each_remembered(context, [&](const ServerFacts& server, Transport transport,
                                   const TransportFacts& over, const TransportHistory& past) {
    const int changes = std::popcount(past.state_changes);
    if (changes < kFlapNotice) return;
    findings.add(changes >= kFlapWarning ? Severity::warning : Severity::notice,
                 about(context.facts, server, transport),
                 who(context.facts, server) + " went up or down over " +
                     std::string(upper(transport)) + " " + std::to_string(changes) +
                     " times in the last 32 rounds: overload, a flapping route, or one bad "
                     "machine behind the address.",
                 command_for(over.exchange));
  });
}

void con_since(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const ServerHistory* past = past_of(context, server);
    if (past == nullptr || !past->failing_since || !facts.address_of(server).failing()) continue;
    const dns::WallTime since = *past->failing_since;
    findings.add(
        Severity::info, about(facts, server),
        who(facts, server) + " has not worked over any transport since " + time_text(since) + " (" +
            duration_text(std::chrono::duration<double>(facts.now - since).count()) + ").");
  }
}

}  // namespace checks
