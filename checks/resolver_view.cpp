// What the configured resolvers make of the zone as a whole, whose fault that is, and where to
// begin. Resolvers that do not work at all are blamed alone.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/resolver_blame.hpp"
#include "checks/resolver_text.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

// A cold resolver needs a few round trips; what takes longer than this people notice.
constexpr double kSlowResolver = 2.0;
// Extended DNS Errors that tell of a fault although there is an answer (RFC 8914 section 4).
constexpr std::uint16_t kStaleAnswer = 3;
constexpr std::uint16_t kStaleNxdomain = 19;

bool fails(const ResolverFacts& resolver) {
  return resolver.failing();
}
bool works(const ResolverFacts& resolver) {
  return resolver.works();
}
bool fails_by_dnssec(const ResolverFacts& resolver) {
  return resolver.view == ResolverView::dnssec_fails;
}

bool is_bogus(const Context& context) {
  return context.facts.dnssec.status == dns::dnssec::Status::bogus;
}

// "office (192.0.2.53) with SERVFAIL (EDE 7: Signature Expired)"
std::vector<std::string> failing_texts(const Facts& facts) {
  std::vector<std::string> texts;
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    if (resolver.failing()) {
      texts.push_back(resolver_text(resolver) + " with " + outcome_text(*resolver.checked));
    }
  }
  return texts;
}

// Of the first one that fails.
std::string failing_command(const Facts& facts) {
  const ResolverFacts* resolver = find_resolver(facts, fails);
  return resolver == nullptr ? std::string() : command_for(resolver->checked);
}

std::optional<dns::WallTime> when(const Facts& facts) {
  std::optional<dns::WallTime> newest;
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    newest = std::max(newest.value_or(resolver.seen->asked), resolver.seen->asked);
  }
  return newest;
}

// How long those that answer may go on from their caches, in seconds from now; 0 when none does.
double cached_for(const Facts& facts) {
  double longest = 0;
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    if (!resolver.works()) continue;
    const double age = dns::to_seconds(facts.now - resolver.seen->asked);
    longest = std::max(longest, static_cast<double>(resolver.soa_ttl) - std::max(age, 0.0));
  }
  return longest;
}

std::string cache_text(const Facts& facts) {
  const std::vector<std::string> names = resolver_texts(facts, works);
  if (names.empty()) return "";
  std::string text =
      " " + list_text(names) + by_count(names.size(), " still answers", " still answer");
  const double left = cached_for(facts);
  if (left > 0) text += " (if from its cache, for at most " + duration_text(left) + ")";
  return text + ".";
}

// A negative answer from a cache is no fault of the resolver until its time is over: the TTL left
// of the SOA record that came with it, and all of it.
struct NegativeCache {
  std::uint32_t left = 0;
  std::uint32_t whole = 0;
};

std::optional<NegativeCache> negative_cache(const ResolverFacts& resolver) {
  if (resolver.view != ResolverView::denies) return std::nullopt;
  for (const dns::Record& record : resolver.checked->response->authority) {
    if (record.type != dns::RRType::soa) continue;
    const std::optional<dns::Soa> soa = dns::parse_soa(record.rdata);
    if (!soa || record.ttl >= soa->minimum) return std::nullopt;
    return NegativeCache{record.ttl, soa->minimum};
  }
  return std::nullopt;
}

// All that differ do so because they hold an old negative answer; the longest time it has left.
std::optional<std::uint32_t> explained_by_cache(const Context& context) {
  const auto& streaks = context.history.streaks;
  const auto past = streaks.find({"res-disagree", about_zone()});
  const double stood =
      past == streaks.end() ? 0 : dns::to_seconds(context.facts.now - past->second.since);
  std::uint32_t longest = 0;
  for (const ResolverFacts& resolver : context.facts.resolvers.resolvers) {
    if (!resolver.failing()) continue;
    const std::optional<NegativeCache> cache = negative_cache(resolver);
    if (!cache || stood > cache->whole) return std::nullopt;
    longest = std::max(longest, cache->left);
  }
  return longest;
}

// Exactly the operator's own fail, and others do not.
bool only_local_fail(const Facts& facts) {
  const auto all = [&facts](bool local, auto&& wanted) {
    std::size_t count = 0;
    for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
      if (!resolver.judged() || resolver.seen->resolver.local != local) continue;
      if (!wanted(resolver)) return false;
      ++count;
    }
    return count != 0;
  };
  return all(true, fails) && all(false, works);
}

// Another check says it, at its severity: servers that fail, data that is bogus for everyone.
bool said_elsewhere(const Context& context) {
  const ResolverViewFacts& view = context.facts.resolvers;
  return view.servers_fail || is_bogus(context) || view.are_most(view.dnssec_failing);
}

std::string first_step(FailureLayer layer) {
  switch (layer) {
    case FailureLayer::authoritative:
      return " Begin with the zone's servers and its delegation; the resolvers need nothing.";
    case FailureLayer::dnssec:
      return " Begin with DS records, keys and signatures; restarting servers or resolvers does "
             "not help.";
    case FailureLayer::one_resolver:
      return " Begin at that resolver: its cache, its clock and trust anchor, its way to the "
             "servers; the zone needs no change.";
    default:
      return " Begin with what those that fail have in common: software, network, age of their "
             "caches.";
  }
}

std::string servers_text(const Facts& facts) {
  if (facts.delegation.delegated == false) return "the parent does not delegate the zone";
  return "no nameserver of the zone gives a usable answer";
}

std::string authoritative_text(const Facts& facts, const std::string& failing) {
  std::string text = "The failing layer is the authoritative service: ";
  if (facts.resolvers.servers_fail) {
    text += servers_text(facts);
    text += failing.empty() ? "."
                            : "; of the resolvers, " + failing +
                                  by_count(facts.resolvers.failing, " fails.", " fail.");
    return text + cache_text(facts);
  }
  if (some_server_fails(facts)) {
    return text + "some of the zone's servers fail, and so do resolvers that meet them (" +
           failing + ").";
  }
  return text + "no resolver gets an answer (" + failing +
         "), though the servers answer here: they may refuse or not reach resolvers (filters, rate "
         "limits, one address family), or the delegation is new.";
}

std::string dnssec_text(const Context& context, const std::string& failing) {
  const Facts& facts = context.facts;
  std::string text = "The failing layer is DNSSEC";
  if (facts.dnssec.broken_ancestor() != nullptr) text += ", above the zone";
  if (failing.empty()) {
    const double age = dns::to_seconds(facts.now - when(facts).value_or(facts.now));
    return text + ": what the servers give does not validate. The resolvers did not fail when " +
           "they were asked, " + duration_text(age) + " before." + cache_text(facts);
  }
  return text + ": of the resolvers, " + failing +
         by_count(facts.resolvers.failing, " fails", " fail") + ", and the zone's servers answer." +
         cache_text(facts);
}

std::string resolvers_text(const Facts& facts, FailureLayer layer, const std::string& failing) {
  const std::string others = list_text(resolver_texts(facts, works));
  if (layer == FailureLayer::disagreement) {
    return "The resolvers disagree: " + failing + " fail, while " + others +
           " and the zone's servers answer.";
  }
  std::string text = "The failing layer is one resolver: " + failing + ", while ";
  if (others.empty())
    return text + "the zone's servers answer; no other resolver could be compared.";
  return text + others + " and the zone's servers answer.";
}

}  // namespace

// ---- the resolvers as such ----

void res_ra(const Context& context, Findings& findings) {
  for (const ResolverFacts& resolver : context.facts.resolvers.resolvers) {
    if (resolver.view != ResolverView::not_recursive) continue;
    findings.add(Severity::notice, about_zone(),
                 "The configuration is wrong: " + resolver_text(resolver) +
                     " is configured as a resolver and does not recurse for this place (" +
                     outcome_text(*resolver.checked) +
                     ", RA is not set). What it says tells nothing about the zone.",
                 command_for(resolver.checked), resolver.seen->asked);
  }
}

void res_rtt(const Context& context, Findings& findings) {
  for (const ResolverFacts& resolver : context.facts.resolvers.resolvers) {
    if (!resolver.works()) continue;
    const double seconds = dns::to_seconds(resolver.checked->elapsed);
    if (seconds <= kSlowResolver) continue;
    findings.add(Severity::info, about_zone(),
                 resolver_text(resolver) + " needed " + duration_text(seconds) +
                     " for the zone's SOA: it had to ask, and some of those it asked were slow.",
                 command_for(resolver.checked), resolver.seen->asked);
  }
}

void res_ad(const Context& context, Findings& findings) {
  if (context.facts.dnssec.status != dns::dnssec::Status::secure) return;
  for (const ResolverFacts& resolver : context.facts.resolvers.resolvers) {
    if (!resolver.works() || !resolver.seen->resolver.validating || resolver.authenticated)
      continue;
    if (!resolver.checked->question.edns) continue;  // asked without DO
    findings.add(
        Severity::info, about_zone(),
        resolver_text(resolver) +
            " answers without AD, though the zone validates here: it does not validate, or "
            "has another trust anchor. That is no fault of the zone.",
        command_for(resolver.checked), resolver.seen->asked);
  }
}

void res_ede(const Context& context, Findings& findings) {
  for (const ResolverFacts& resolver : context.facts.resolvers.resolvers) {
    if (!resolver.judged()) continue;
    for (const std::uint16_t code : resolver.errors) {
      const std::string_view purpose = dns::ede_purpose(code);
      const bool stale = code == kStaleAnswer || code == kStaleNxdomain;
      // res-cd says that DNSSEC fails; this adds the resolver's reason.
      const bool beside_cd = fails_by_dnssec(resolver) && !stale;
      const Severity severity =
          (resolver.failing() && !beside_cd) || stale ? Severity::notice : Severity::info;
      std::string text = resolver_text(resolver) + " gives the reason EDE " + std::to_string(code);
      if (!purpose.empty()) text += " (" + std::string(purpose) + ")";
      text += " with its answer for the zone's SOA, " + dns::to_text(*resolver.rcode_checked());
      if (stale) text += ": it cannot reach the servers and lives on what it remembers";
      findings.add(severity, about_zone(), text + ".", command_for(resolver.checked),
                   resolver.seen->asked);
    }
  }
}

// ---- the zone, seen by them ----

void res_resolves(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const ResolverViewFacts& view = facts.resolvers;
  for (const ResolverFacts& resolver : view.resolvers) {
    if (resolver.view != ResolverView::unusable) continue;
    std::string text = resolver_text(resolver) + " does not resolve the zone (" +
                       outcome_text(*resolver.checked) + ")";
    text += resolver.control == nullptr
                ? ". The fault is the resolver's."
                : ", nor the one above it (" + outcome_text(*resolver.control) +
                      "). The fault is the resolver's, or lies above this zone.";
    findings.add(Severity::notice, about_zone(), text, command_for(resolver.checked),
                 resolver.seen->asked);
  }
  // Where some work, res-disagree or res-local speaks; where it is DNSSEC, res-cd.
  const std::size_t failing = view.failing - view.dnssec_failing;
  if (failing == 0 || view.working != 0 || said_elsewhere(context)) return;
  // For the only one, servers that fail are told of by checks of their own.
  const Severity alone = some_server_fails(facts) ? Severity::notice : Severity::warning;
  const Severity severity = failing >= 2 ? Severity::error : alone;
  const auto wanted = [](const ResolverFacts& each) {
    return each.failing() && !fails_by_dnssec(each);
  };
  const ResolverFacts* first = find_resolver(facts, wanted);
  findings.add(severity, about_zone(),
               "No resolver gives an answer for the zone, though servers of it answer here: " +
                   list_text(failing_texts(facts)) + ". Whoever uses " +
                   by_count(failing, "it", "them") + " cannot reach names in the zone.",
               command_for(first->checked), when(facts));
}

void res_cd(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const ResolverViewFacts& view = facts.resolvers;
  if (view.dnssec_failing == 0) return;
  const bool most = view.are_most(view.dnssec_failing);
  Severity severity = Severity::warning;
  if (facts.dnssec.broken_ancestor() != nullptr || view.servers_fail) {
    // sec-chain names the zone above that is broken, del-exists or del-working-ns what fails here.
    severity = Severity::notice;
  } else if (is_bogus(context) || most) {
    severity = Severity::critical;
  } else if (view.working != 0) {
    severity = Severity::notice;  // res-disagree or res-local speaks
  }
  const std::vector<std::string> names = resolver_texts(facts, fails_by_dnssec);
  const ResolverFacts* first = find_resolver(facts, fails_by_dnssec);
  std::string text = list_text(names) + by_count(names.size(), " answers ", " answer ") +
                     outcome_text(*first->checked) + ", but without checking (CD=1) " +
                     by_count(names.size(), "gives", "give") + " the zone: DNSSEC is what fails.";
  if (!is_bogus(context) && facts.dnssec.broken_ancestor() == nullptr) {
    text += " From here the zone is " + std::string(to_text(facts.dnssec.status)) +
            ": old DS records or keys may stand in " +
            by_count(names.size(), "its cache.", "their caches.");
  }
  findings.add(severity, about_zone(), text, command_for(first->checked), when(facts));
}

void res_local(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (!only_local_fail(facts)) return;
  const Severity severity = said_elsewhere(context) ? Severity::info : Severity::warning;
  findings.add(severity, about_zone(),
               "Only the local resolvers fail for the zone: " + list_text(failing_texts(facts)) +
                   ". " + list_text(resolver_texts(facts, works)) +
                   " and the zone's servers answer: the fault is in your own network.",
               failing_command(facts), when(facts));
}

void res_disagree(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const ResolverViewFacts& view = facts.resolvers;
  if (view.failing == 0 || view.working == 0 || only_local_fail(facts)) return;
  std::string text = "Resolvers disagree about the zone: " + list_text(failing_texts(facts)) +
                     by_count(view.failing, " fails, ", " fail, ") +
                     list_text(resolver_texts(facts, works)) +
                     by_count(view.working, " answers.", " answer.");
  Severity severity = Severity::warning;
  const std::optional<std::uint32_t> cache = explained_by_cache(context);
  if (said_elsewhere(context)) {
    severity = Severity::info;
    text += " Those that answer do so from their caches.";
  } else if (cache) {
    severity = Severity::info;
    text += " The difference is an old negative answer in a cache, gone in " +
            duration_text(*cache) + ".";
  }
  findings.add(severity, about_zone(), text, failing_command(facts), when(facts));
}

void res_verdict(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const std::optional<FailureLayer> layer = facts.resolvers.layer;
  if (!layer || *layer == FailureLayer::none) return;
  const std::string failing = list_text(failing_texts(facts));
  std::string text;
  if (*layer == FailureLayer::authoritative) {
    text = authoritative_text(facts, failing);
  } else if (*layer == FailureLayer::dnssec) {
    text = dnssec_text(context, failing);
  } else {
    text = resolvers_text(facts, *layer, failing);
  }
  findings.add(Severity::notice, about_zone(), text + first_step(*layer), failing_command(facts),
               when(facts));
}

}  // namespace checks
