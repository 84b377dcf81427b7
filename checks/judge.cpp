#include "checks/judge.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "checks/catalogue.hpp"
#include "checks/evidence.hpp"
#include "checks/facts.hpp"
#include "checks/findings.hpp"
#include "checks/measurements.hpp"

namespace checks {

namespace {

// A reachability finding has its severity from this round in a row on; before that it is a notice.
constexpr std::uint32_t kRoundsForSeverity = 3;

// The severity that the configuration sets for the check, or for its group.
std::optional<Severity> configured(const Check& check, const CheckSelection& selection) {
  for (const std::string_view name : {check.id, to_text(check.group)}) {
    const auto found = selection.severity.find(name);
    if (found != selection.severity.end()) return found->second;
  }
  return std::nullopt;
}

std::vector<Finding> find_all(const Context& context) {
  Findings findings;
  for (const Check& check : catalogue()) {
    if (check.judge == nullptr || !is_enabled(check, context.settings.selection)) continue;
    findings.begin(check);
    check.judge(context, findings);
  }
  return findings.take();
}

// For how many rounds in a row, this one counted, the server has failed over the transport, or over
// either when the subject names none: a failure that changes its kind is still one failure.
std::uint32_t failing_rounds(const Facts& facts, const History& history, const Subject& subject) {
  if (!subject.nameserver || !subject.address) return 0;
  const auto past = history.servers.find({*subject.nameserver, *subject.address});
  if (past == history.servers.end()) return 0;
  std::uint32_t rounds = 0;
  for (const AddressFacts& address : facts.addresses) {
    if (address.seen->address != *subject.address) continue;
    for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
      const TransportFacts& over = address.over(transport);
      if (subject.transport.value_or(transport) != transport) continue;
      if (!over.determined() || over.up()) continue;
      const auto index = static_cast<std::size_t>(transport);
      rounds = std::max(rounds, past->second.transports[index].failing_rounds + 1);
    }
  }
  return rounds;
}

void settle(Finding& finding, const Context& context) {
  const Check& check = *find_check(finding.check);
  const auto& streaks = context.history.streaks;
  const auto past = streaks.find({std::string(check.id), finding.subject});
  finding.since = past == streaks.end() ? context.facts.now : past->second.since;
  if (const auto severity = configured(check, context.settings.selection)) {
    finding.severity = *severity;
  }
  const std::uint32_t before = past == streaks.end() ? 0 : past->second.rounds;
  const bool kept = past != streaks.end() && finding.observed &&
                    finding.observed == past->second.observed;  // one lost answer, seen again
  finding.rounds = kept ? before : before + 1;
  if (!check.reachability || !context.settings.three_rounds_rule) return;
  const std::uint32_t rounds =
      std::max(finding.rounds, failing_rounds(context.facts, context.history, finding.subject));
  if (rounds < kRoundsForSeverity) finding.severity = std::min(finding.severity, Severity::notice);
}

// What resolvers make of a fault follows from it, so the fault itself comes first.
bool worse_first(const Finding& a, const Finding& b) {
  const auto is_view = [](const Finding& finding) {
    return find_check(finding.check)->group == Group::resolver;
  };
  if (a.severity != b.severity) return a.severity > b.severity;
  if (is_view(a) != is_view(b)) return is_view(b);
  if (a.subject != b.subject) return a.subject < b.subject;
  return a.check < b.check;
}

// ---- the report ----

ServerState::PerTransport state_of(const TransportFacts& facts) {
  ServerState::PerTransport state;
  state.result = static_cast<int>(facts.result);
  state.rcode = facts.rcode;
  state.response_time = facts.response_time;
  state.detail = facts.detail;
  return state;
}

ServerState state_of(const Facts& facts, const ServerFacts& server, const History& history) {
  const AddressFacts& address = facts.address_of(server);
  const survey::Nameserver& nameserver = *facts.nameserver_of(server).seen;
  ServerState state;
  state.nameserver = facts.name(server);
  state.address = facts.ip(server);
  state.in_parent = nameserver.in_parent;
  state.in_child = nameserver.in_child;
  state.udp = state_of(address.over(dns::Transport::udp));
  state.tcp = state_of(address.over(dns::Transport::tcp));
  if (address.up() && address.best->soa) state.serial = address.best->soa->serial;
  state.is_signed = address.is_signed;
  const auto past = history.servers.find({state.nameserver, state.address});
  if (past != history.servers.end()) state.failing_since = past->second.failing_since;
  return state;
}

// For how long a resolver keeps the answer: data as long as their TTL, a denial as long as the SOA
// that comes with it (RFC 2308 section 5).
std::optional<std::uint32_t> kept_for(const dns::Exchange& exchange) {
  const dns::Message& message = *exchange.response;
  std::optional<std::uint32_t> ttl;
  const auto look = [&ttl](const dns::Record& record) {
    ttl = std::min(ttl.value_or(record.ttl), record.ttl);
  };
  for (const dns::Record& record : message.answer) look(record);
  if (ttl) return ttl;
  for (const dns::Record& record : message.authority) {
    if (record.type == dns::RRType::soa) look(record);
  }
  return ttl;
}

constexpr std::array kWords{
    std::pair(survey::ResolverQuestionId::ds, std::string_view("ds")),
    std::pair(survey::ResolverQuestionId::nonexistent, std::string_view("nonexistent")),
    std::pair(survey::ResolverQuestionId::caa, std::string_view("caa"))};

std::vector<ResolverWord> words_of(const ResolverFacts& facts) {
  std::vector<ResolverWord> words;
  for (const auto& [id, text] : kWords) {
    const survey::ResolverAnswer* const answer = facts.seen->find(id);
    if (answer == nullptr) continue;
    const dns::Exchange& exchange = answer->exchange.final();
    ResolverWord& word = words.emplace_back();
    word.question = text;
    word.qname = exchange.question.qname;
    word.qtype = exchange.question.qtype;
    word.checked = outcome_text(exchange);
    word.rcode_checked = ResolverFacts::rcode_of(&exchange);
    word.rcode_unchecked = ResolverFacts::rcode_of(facts.unchecked_of(exchange));
    if (!word.rcode_checked) continue;
    word.authenticated = exchange.response->ad;
    word.errors = extended_errors(*exchange.response);
    word.ttl = kept_for(exchange);
  }
  return words;
}

ResolverState state_of(const ResolverFacts& facts) {
  const survey::RecursiveResolver& resolver = facts.seen->resolver;
  ResolverState state;
  state.name = resolver.name;
  state.endpoint = resolver.endpoint;
  state.local = resolver.local;
  state.validating = resolver.validating;
  state.view = to_text(facts.view);
  if (facts.checked != nullptr) state.checked = outcome_text(*facts.checked);
  if (facts.unchecked != nullptr) state.unchecked = outcome_text(*facts.unchecked);
  state.rcode_checked = facts.rcode_checked();
  state.rcode_unchecked = facts.rcode_unchecked();
  state.authenticated = facts.authenticated;
  state.errors = facts.errors;
  if (state.rcode_checked) {
    state.response_time = facts.checked->elapsed;
    state.ttl = kept_for(*facts.checked);
  }
  state.words = words_of(facts);
  state.asked = facts.seen->asked;
  return state;
}

std::vector<dns::Name> parent_nameservers(const Facts& facts) {
  const DelegationFacts& delegation = facts.delegation;
  if (delegation.parent_ns_known || delegation.delegated == false) return delegation.parent_ns;
  // The root's hints, a parent that answers with child data, or the last known delegation.
  std::vector<dns::Name> names;
  for (const survey::Nameserver& nameserver : facts.survey.nameservers) {
    if (nameserver.in_parent) names.push_back(nameserver.name);
  }
  return names;
}

std::vector<std::pair<dns::Family, dns::Transport>> unusable_in(const survey::Vantage& vantage) {
  std::vector<std::pair<dns::Family, dns::Transport>> unusable;
  for (const dns::Family family : {dns::Family::ipv4, dns::Family::ipv6}) {
    for (const dns::Transport transport : {dns::Transport::udp, dns::Transport::tcp}) {
      if (vantage.of(family, transport) == survey::Usable::no) {
        unusable.emplace_back(family, transport);
      }
    }
  }
  return unusable;
}

ZoneReport describe(const Facts& facts, const History& history, const ZoneSettings& settings) {
  const survey::Survey& survey = facts.survey;
  ZoneReport report;
  report.zone = survey.zone;
  report.port = survey.port;
  report.surveyed = survey.finished;
  report.survey_duration = survey.duration;
  report.interval = settings.interval;
  report.partial = survey.partial;
  report.unusable = unusable_in(survey.vantage);
  report.delegation_known = survey.zone.is_root() || facts.delegation.parent_ns_known ||
                            facts.delegation.delegated == false;
  if (survey.delegation.parent.found) report.parent = survey.delegation.parent.parent;
  report.parent_nameservers = parent_nameservers(facts);
  report.child_nameservers = facts.delegation.child_ns;
  report.ds_records = facts.delegation.ds_records;
  report.dnssec = facts.dnssec.status;
  for (const survey::Nameserver& nameserver : survey.nameservers) {
    report.nameservers.push_back(nameserver.name);
  }
  for (const ServerFacts& server : facts.servers) {
    report.servers.push_back(state_of(facts, server, history));
  }
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    report.resolvers.push_back(state_of(resolver));
  }
  return report;
}

}  // namespace

Judgement judge(const survey::Survey& survey, const History& history, const ZoneSettings& settings,
                const dns::dnssec::Trust& trust, dns::WallTime now, ChainMemory* memory) {
  const std::unique_ptr<const Facts> facts = derive_facts(survey, history, settings, trust, now);
  const Context context{*facts, history, settings};
  std::vector<Finding> findings = find_all(context);
  for (Finding& finding : findings) settle(finding, context);
  std::sort(findings.begin(), findings.end(), worse_first);

  auto next = std::make_shared<History>(fold(history, *facts, findings));
  auto report = std::make_shared<ZoneReport>(describe(*facts, *next, settings));
  report->chain = describe_chain(*facts, memory);
  report->findings = std::move(findings);
  report->measurements = measure(*facts, *next, settings, *report);
  return {std::move(report), std::move(next)};
}

}  // namespace checks
