// Whether each server answers at all, and whether what comes is a response to what was asked.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::Outcome;
using dns::Transport;

std::string_view upper(Transport transport) {
  return transport == Transport::udp ? "UDP" : "TCP";
}

Transport other(Transport transport) {
  return transport == Transport::udp ? Transport::tcp : Transport::udp;
}

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

std::string failing_since(const Context& context, const ServerFacts& server) {
  const Facts& facts = context.facts;
  const auto past = context.history.servers.find({facts.name(server), facts.ip(server)});
  if (past == context.history.servers.end() || !past->second.failing_since) return {};
  if (!facts.address_of(server).failing()) return {};
  const dns::WallTime since = *past->second.failing_since;
  return " It has been failing since " + time_text(since) + " (" +
         duration_text(std::chrono::duration<double>(facts.now - since).count()) + ").";
}

std::string likely_cause(const TransportFacts& over, const TransportFacts& besides,
                         Transport transport) {
  if (over.result == ServerResult::truncated) {
    return " Answers that do not fit in UDP cannot be had from it.";
  }
  if (besides.result == ServerResult::truncated) {
    return " Over UDP it sends only truncated answers, so nothing can be had from it.";
  }
  if (besides.silent()) {
    const auto refused = [](const TransportFacts& one) {
      return one.exchange != nullptr && one.exchange->outcome == Outcome::refused;
    };
    return refused(over) || refused(besides)
               ? " Neither transport answers, though the host is there: its DNS service is not."
               : " Neither transport answers: the host or the path to it is down.";
  }
  if (!besides.up()) return {};
  if (transport == Transport::udp) {
    return " It answers over TCP, so a filter or loss on the path is likely, not the service.";
  }
  return " It answers over UDP, so its TCP port is closed or filtered; truncated answers, which "
         "DNSSEC makes common, cannot be had from it.";
}

void no_answer(const Context& context, Findings& findings, Transport transport) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const TransportFacts& over = facts.address_of(server).over(transport);
    const TransportFacts& besides = facts.address_of(server).over(other(transport));
    // A truncated answer is no answer without TCP; where TCP is silent, con-tcp says so.
    const bool truncated = over.result == ServerResult::truncated && !besides.silent();
    if (!over.silent() && !truncated) continue;
    findings.add(Severity::error, about(facts, server, transport),
                 who(facts, server) + " gives no usable answer over " +
                     std::string(upper(transport)) + ": " + over.detail + "." +
                     likely_cause(over, besides, transport) + failing_since(context, server),
                 command_for(over.exchange));
  }
}

std::string error_meaning(Outcome outcome) {
  switch (outcome) {
    case Outcome::refused:
      return "the host is reachable, but nothing listens there or a firewall rejects it";
    case Outcome::reset:
    case Outcome::closed:
      return "the connection is made and then dropped, by a connection limit, an access list or a "
             "device on the path";
    case Outcome::unreachable:
      return "a router, or this vantage's own network, knows no way to the address";
    default:
      return {};
  }
}

// The question as it failed: the exchange that was answered carries it without EDNS.
std::string command_with_edns(dns::Exchange exchange) {
  if (!exchange.question.edns) exchange.question.edns = dns::EdnsRequest{};
  return command_for(&exchange);
}

// ---- responses that do not fit ----

bool only_wrong_source(const dns::Drops& drops) {
  return drops.wrong_source != 0 && drops.wrong_id == 0 && drops.wrong_question == 0 &&
         drops.not_a_response == 0 && drops.malformed == 0;
}

bool other_drops(const dns::Drops& drops) {
  return drops.wrong_id != 0 || drops.wrong_question != 0 || drops.not_a_response != 0 ||
         drops.malformed != 0;
}

bool unusable(const dns::Exchange& exchange) {
  return exchange.outcome == Outcome::malformed || exchange.outcome == Outcome::mismatched;
}

// Calls `use` with every exchange of this round that went to the address over a usable transport.
template <typename Use>
void each_exchange(const AddressFacts& address, const Use& use) {
  for (const survey::Answer& answer : address.seen->answers) {
    if (answer.carried_over) continue;
    for (const auto& exchange : {answer.exchange.first, answer.exchange.tcp}) {
      if (exchange && address.over(exchange->transport).vantage_usable) use(*exchange);
    }
  }
}

std::string question_text(const dns::Exchange& exchange) {
  return dns::to_text(exchange.question.qtype) + " of " + exchange.question.qname.to_label();
}

}  // namespace

void con_udp(const Context& context, Findings& findings) {
  no_answer(context, findings, Transport::udp);
}

void con_tcp(const Context& context, Findings& findings) {
  no_answer(context, findings, Transport::tcp);
}

void con_error_kind(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      const TransportFacts& over = facts.address_of(server).over(transport);
      if (!over.silent() || over.exchange == nullptr) continue;
      const std::string meaning = error_meaning(over.exchange->outcome);
      if (meaning.empty()) continue;
      findings.add(Severity::notice, about(facts, server),
                   "Over " + std::string(upper(transport)) + ", " + who(facts, server) +
                       " fails with an explicit error, " + over.detail + ": " + meaning + ".",
                   command_for(over.exchange));
    }
  }
}

void con_source_address(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    each_exchange(facts.address_of(server), [&](const dns::Exchange& exchange) {
      if (exchange.drops.wrong_source == 0) return;
      const bool unanswered = unusable(exchange) && only_wrong_source(exchange.drops);
      if (!unanswered && other_drops(exchange.drops)) return;  // con-malformed names them all
      findings.add(unanswered ? Severity::error : Severity::warning,
                   about(facts, server, exchange.transport),
                   who(facts, server) + " was asked for " + question_text(exchange) +
                       " and the response came from another address or port" +
                       (unanswered ? ", so every resolver drops it." : ", besides a good one."),
                   command_for(&exchange));
    });
  }
}

void con_malformed(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    each_exchange(facts.address_of(server), [&](const dns::Exchange& exchange) {
      if (unusable(exchange) && !only_wrong_source(exchange.drops)) {
        const std::string drops = drops_text(exchange.drops);
        findings.add(Severity::error, about(facts, server, exchange.transport),
                     who(facts, server) + " was asked for " + question_text(exchange) + " over " +
                         std::string(upper(exchange.transport)) +
                         " and sent nothing that resolvers accept: " +
                         (drops.empty() ? outcome_text(exchange) : drops) + ".",
                     command_for(&exchange));
      } else if (exchange.answered() && other_drops(exchange.drops)) {
        findings.add(Severity::notice, about(facts, server, exchange.transport),
                     "Besides the good response of " + who(facts, server) + " to " +
                         question_text(exchange) + " came " + drops_text(exchange.drops) +
                         "; a middlebox or someone who forges answers may send them.",
                     command_for(&exchange));
      }
    });
  }
}

void tra_edns0(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.up() || !address.best->exchange->edns_failed) continue;
    findings.add(Severity::warning, about(facts, server),
                 who(facts, server) +
                     " answers queries only without EDNS: it cannot serve DNSSEC, and its UDP "
                     "answers end at 512 octets. A very old server or a device on the path does "
                     "that.",
                 command_with_edns(*address.best->exchange));
  }
}

}  // namespace checks
