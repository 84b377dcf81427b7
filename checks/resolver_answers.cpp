// What resolvers that do answer for the zone say beyond its SOA: denial, CAA, the addresses of its
// nameservers, names that must exist, and whether what they hold is still what the zone says.
#include <algorithm>
#include <map>
#include <set>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/resolver_text.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::Rcode;
using dns::RRType;
using survey::ResolverQuestionId;

bool is_servfail(const dns::Exchange& exchange) {
  return exchange.answered() && exchange.response->rcode == Rcode::servfail;
}

/// Those of the resolvers that give the zone's SOA and still fail for something else.
struct Failures {
  std::vector<std::string> who;  ///< "office (192.0.2.53)"
  const dns::Exchange* first = nullptr;
  std::optional<dns::WallTime> observed;
  bool only_checking = false;  ///< one of them gives it without checking: DNSSEC is what fails
  bool anyway = false;         ///< one of them does not: there is more than DNSSEC to it

  void add(const ResolverFacts& resolver, const dns::Exchange& exchange) {
    const std::string text = resolver_text(resolver);
    if (std::find(who.begin(), who.end(), text) == who.end()) who.push_back(text);
    if (first == nullptr) first = &exchange;
    if (is_servfail(exchange)) {
      const auto unchecked = ResolverFacts::rcode_of(resolver.unchecked_of(exchange));
      const bool good = unchecked == Rcode::noerror || unchecked == Rcode::nxdomain;
      if (unchecked) (good ? only_checking : anyway) = true;
    }
    observed = std::max(observed.value_or(resolver.seen->asked), resolver.seen->asked);
  }

  /// "office (192.0.2.53) answers SERVFAIL (EDE 6: DNSSEC Bogus)"
  std::string answers_text() const {
    return list_text(who) + by_count(who.size(), " answers ", " answer ") + outcome_text(*first);
  }

  /// What the same questions without checking show; empty when they show nothing, or both.
  std::string without_checking_text() const {
    if (only_checking == anyway) return "";
    return only_checking ? " Without checking (CD=1) there is an answer: DNSSEC is what fails."
                         : " Without checking (CD=1) it fails as well: what the zone's servers "
                           "answer, or the way to them, is what fails.";
  }

  /// One resolver alone may be at fault itself.
  Severity severity(const Facts& facts) const {
    return facts.resolvers.are_most(who.size()) ? Severity::error : Severity::warning;
  }
};

template <typename Visit>
void each_answer(const Facts& facts, ResolverQuestionId id, const Visit& visit) {
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    if (!resolver.works()) continue;
    for (const survey::ResolverAnswer& answer : resolver.seen->answers) {
      if (answer.id == id && answer.checking) visit(resolver, answer.exchange.final());
    }
  }
}

std::vector<dns::Bytes> rdata_of(const std::vector<const dns::Record*>& records) {
  std::vector<dns::Bytes> rdata;
  for (const dns::Record* record : records) rdata.push_back(record->rdata);
  std::sort(rdata.begin(), rdata.end());
  rdata.erase(std::unique(rdata.begin(), rdata.end()), rdata.end());
  return rdata;
}

// What is left of the records' TTL now, in seconds; nothing when they are gone by now.
std::optional<double> ttl_left(const Facts& facts, const ResolverFacts& resolver,
                               const std::vector<const dns::Record*>& records) {
  if (records.empty()) return std::nullopt;
  std::uint32_t ttl = records.front()->ttl;
  for (const dns::Record* record : records) ttl = std::min(ttl, record->ttl);
  const double age = dns::to_seconds(facts.now - resolver.seen->asked);
  const double left = static_cast<double>(ttl) - std::max(age, 0.0);
  return left > 0 ? std::optional(left) : std::nullopt;
}

// The servers' own denial is seen to be broken: the neg- checks say so.
bool denial_is_broken(const Facts& facts) {
  return std::any_of(
      facts.addresses.begin(), facts.addresses.end(),
      [](const AddressFacts& address) { return address.dnssec.denial_valid == false; });
}

bool all_say_nxdomain(const Facts& facts) {
  bool any = false;
  for (const AddressFacts& address : facts.addresses) {
    if (address.negative.kind == NegativeKind::unknown) continue;
    if (address.negative.kind != NegativeKind::nxdomain) return false;
    any = true;
  }
  return any;
}

bool is_known_ns_set(const Facts& facts, const std::vector<dns::Name>& names) {
  if (names == facts.delegation.parent_ns || names == facts.delegation.child_ns) return true;
  return std::any_of(
      facts.addresses.begin(), facts.addresses.end(),
      [&names](const AddressFacts& address) { return address.ns && *address.ns == names; });
}

// Every word that still counts, as DS sets.
std::set<std::vector<dns::Bytes>> parent_ds_sets(const Facts& facts) {
  std::set<std::vector<dns::Bytes>> sets;
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (parent.recent && parent.ds) sets.insert(*parent.ds);
  }
  return sets;
}

}  // namespace

void res_negative(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  Failures failures;
  each_answer(facts, ResolverQuestionId::nonexistent,
              [&failures](const ResolverFacts& resolver, const dns::Exchange& exchange) {
                if (is_servfail(exchange)) failures.add(resolver, exchange);
              });
  if (failures.first != nullptr) {
    const bool known = denial_is_broken(facts);  // the neg- checks speak
    const bool anyway = failures.anyway && !failures.only_checking;
    findings.add(known ? Severity::notice : failures.severity(facts), about_zone(),
                 failures.answers_text() + " for a name that does not exist in the zone, and " +
                     by_count(failures.who.size(), "resolves", "resolve") + " the zone itself" +
                     (anyway ? "." + failures.without_checking_text()
                             : ": the denial of existence is broken, so that lookups of missing "
                               "names and types fail slowly."),
                 command_for(failures.first), failures.observed);
  }
  if (!all_say_nxdomain(facts)) return;
  each_answer(facts, ResolverQuestionId::nonexistent,
              [&](const ResolverFacts& resolver, const dns::Exchange& exchange) {
                if (!exchange.answered() || exchange.response->rcode != Rcode::noerror ||
                    exchange.response->answer.empty()) {
                  return;
                }
                findings.add(Severity::notice, about_zone(),
                             resolver_text(resolver) +
                                 " answers with data for a name that the zone's servers say does "
                                 "not exist: it rewrites NXDOMAIN.",
                             command_for(&exchange), resolver.seen->asked);
              });
}

void res_nxdomain_expected(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  Failures denying;
  Failures failing;
  std::set<std::string> missing;
  std::set<std::string> failed;
  each_answer(facts, ResolverQuestionId::sentinel,
              [&](const ResolverFacts& resolver, const dns::Exchange& exchange) {
                if (!exchange.answered()) return;
                const dns::Message& response = *exchange.response;
                const std::string what = exchange.question.qname.to_label() + " " +
                                         dns::to_text(exchange.question.qtype);
                const bool denied = response.rcode == Rcode::nxdomain ||
                                    (response.rcode == Rcode::noerror && response.answer.empty());
                if (denied) {
                  denying.add(resolver, exchange);
                  missing.insert(what);
                } else if (is_servfail(exchange)) {
                  failing.add(resolver, exchange);
                  failed.insert(what);
                }
              });
  const auto names = [](const std::set<std::string>& set) {
    return list_text(std::vector<std::string>(set.begin(), set.end()));
  };
  if (denying.first != nullptr) {
    const bool everyone = denying.who.size() == facts.resolvers.working;
    findings.add(denying.severity(facts), about_zone(),
                 list_text(denying.who) + by_count(denying.who.size(), " says", " say") +
                     " that there is no " + names(missing) +
                     ", which the configuration says must exist" +
                     (everyone ? ": ask the zone's servers whether it is gone there, too."
                               : ", while others find it: an old negative answer or a filter "
                                 "there."),
                 command_for(denying.first), denying.observed);
  }
  if (failing.first == nullptr) return;
  findings.add(failing.severity(facts), about_zone(),
               failing.answers_text() + " for " + names(failed) +
                   ", which the configuration says must exist, and " +
                   by_count(failing.who.size(), "resolves", "resolve") + " the zone itself." +
                   failing.without_checking_text(),
               command_for(failing.first), failing.observed);
}

void res_ns_addresses(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::map<dns::Name, Failures> by_name;
  std::map<dns::Name, std::set<RRType>> types;
  each_answer(facts, ResolverQuestionId::ns_address,
              [&](const ResolverFacts& resolver, const dns::Exchange& exchange) {
                if (!is_servfail(exchange)) return;
                by_name[exchange.question.qname].add(resolver, exchange);
                types[exchange.question.qname].insert(exchange.question.qtype);
              });
  for (const auto& [name, failures] : by_name) {
    const std::set<RRType>& failing = types[name];
    const std::string to_whom = by_count(failures.who.size(), "it", "them");
    const std::string meaning =
        failing.size() > 1
            ? " to " + to_whom + " the name is useless, and the zone has one nameserver less."
        : failing.contains(RRType::a)
            ? " to " + to_whom + " the nameserver has no IPv4."
            : " to " + to_whom + " the nameserver has no IPv6, and such lookups fail slowly.";
    findings.add(failures.severity(facts), about(name),
                 failures.answers_text() + " for " +
                     (failing.size() > 1 ? "the addresses" : dns::to_text(*failing.begin())) +
                     " of the nameserver " + name.to_label() + ":" + meaning +
                     failures.without_checking_text(),
                 command_for(failures.first), failures.observed);
  }
}

void res_caa(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  Failures failures;
  each_answer(facts, ResolverQuestionId::caa,
              [&failures](const ResolverFacts& resolver, const dns::Exchange& exchange) {
                if (is_servfail(exchange)) failures.add(resolver, exchange);
              });
  if (failures.first == nullptr) return;
  findings.add(failures.severity(facts), about_zone(),
               failures.answers_text() + " for the CAA records of " +
                   failures.first->question.qname.to_label() +
                   ". A certification authority that sees the same issues no certificate for "
                   "names there." +
                   failures.without_checking_text(),
               command_for(failures.first), failures.observed);
}

void res_ns_view(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (!facts.delegation.parent_ns_known || !facts.delegation.child_ns_known) return;
  each_answer(facts, ResolverQuestionId::ns,
              [&](const ResolverFacts& resolver, const dns::Exchange& exchange) {
                if (!exchange.answered()) return;
                const auto records =
                    dns::find_records(exchange.response->answer, facts.survey.zone, RRType::ns);
                const std::optional<double> left = ttl_left(facts, resolver, records);
                std::vector<dns::Name> names;
                for (const dns::Record* record : records) {
                  if (auto name = dns::parse_name_rdata(record->rdata)) names.push_back(*name);
                }
                std::sort(names.begin(), names.end());
                if (!left || is_known_ns_set(facts, names)) return;
                findings.add(Severity::info, about_zone(),
                             resolver_text(resolver) + " holds other nameservers for the zone (" +
                                 list_text(names) + ") than parent and zone list, for " +
                                 duration_text(*left) + ": keep those running until then.",
                             command_for(&exchange), resolver.seen->asked);
              });
}

void res_ds_view(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const std::set<std::vector<dns::Bytes>> known = parent_ds_sets(facts);
  if (known.empty()) return;
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    const survey::ResolverAnswer* answer = resolver.seen->find(ResolverQuestionId::ds);
    if (!resolver.judged() || answer == nullptr || !answer->exchange.final().answered()) continue;
    const dns::Exchange& exchange = answer->exchange.final();
    if (exchange.response->rcode != Rcode::noerror) continue;
    const auto records =
        dns::find_records(exchange.response->answer, facts.survey.zone, RRType::ds);
    const std::optional<double> left = ttl_left(facts, resolver, records);
    if (!left || known.contains(rdata_of(records))) continue;
    const bool harmful = resolver.view == ResolverView::dnssec_fails;
    findings.add(harmful ? Severity::notice : Severity::info, about_zone(),
                 resolver_text(resolver) + " holds other DS records than the parent gives, for " +
                     duration_text(*left) +
                     (harmful ? ", and fails because no key fits them: put the former key back "
                                "until then, or have its cache cleared."
                              : ": keys that they stand for must stay until then."),
                 command_for(&exchange), resolver.seen->asked);
  }
}

void res_serial_view(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const SerialFacts& serials = facts.serials;
  if (!serials.newest || !serials.changed || serials.source == nullptr) return;
  const double ttl = serials.source->best->soa_ttl;
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    if (!resolver.works() || !resolver.soa) continue;
    const std::int64_t behind = dns::serial_distance(resolver.soa->serial, *serials.newest);
    const double since = dns::to_seconds(resolver.seen->asked - *serials.changed);
    if (behind <= 0 || since <= ttl) continue;
    findings.add(Severity::info, about_zone(),
                 resolver_text(resolver) + " gives serial " + std::to_string(resolver.soa->serial) +
                     ", older than " + std::to_string(*serials.newest) + " that came " +
                     duration_text(since) + " before, longer than the SOA's TTL of " +
                     duration_text(ttl) +
                     ": it asked a server that is behind, or keeps answers for too long.",
                 command_for(resolver.checked), resolver.seen->asked);
  }
}

}  // namespace checks
