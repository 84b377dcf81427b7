// Facts about the resolver view: each resolver's opinion of the zone, and the layer that fails.
#include <algorithm>
#include <array>

#include "checks/facts.hpp"
#include "checks/resolver_blame.hpp"

namespace checks {

namespace {

using dns::Rcode;
using survey::ResolverQuestionId;

constexpr std::array<std::string_view, 7> kViews{"unknown", "works",    "dnssec_fails", "fails",
                                                 "denies",  "unusable", "not_recursive"};
constexpr std::array<std::string_view, kFailureLayers> kLayers{"none", "authoritative", "dnssec",
                                                               "one_resolver", "disagreement"};

const dns::Exchange* exchange_of(const survey::ResolverObservation& seen, ResolverQuestionId id,
                                 bool checking) {
  const survey::ResolverAnswer* answer = seen.find(id, checking);
  return answer == nullptr ? nullptr : &answer->exchange.final();
}

bool is_noerror(const dns::Exchange* exchange) {
  return ResolverFacts::rcode_of(exchange) == Rcode::noerror;
}

bool gives_soa(const dns::Exchange* exchange, const dns::Name& zone) {
  return is_noerror(exchange) &&
         !dns::find_records(exchange->response->answer, zone, dns::RRType::soa).empty();
}

// Nothing was sent, or the network of this place did not carry it.
bool says_nothing(const dns::Exchange& exchange) {
  return exchange.outcome == dns::Outcome::not_asked || exchange.outcome == dns::Outcome::cancelled;
}

bool lacks_ra(const dns::Exchange* exchange) {
  return exchange != nullptr && exchange->answered() && !exchange->response->ra;
}

ResolverView view_of(const ResolverFacts& resolver, const Facts& facts) {
  const dns::Exchange* const checked = resolver.checked;
  const dns::Name& zone = facts.survey.zone;
  if (checked == nullptr || says_nothing(*checked)) return ResolverView::unknown;
  if (gives_soa(checked, zone)) {
    return lacks_ra(checked) ? ResolverView::not_recursive : ResolverView::works;
  }
  const dns::Exchange* const control = resolver.control;
  // What answers without RA to both is an authoritative server, whatever it says.
  if (lacks_ra(checked) && (control == nullptr || !is_noerror(control) || lacks_ra(control))) {
    return ResolverView::not_recursive;
  }
  if (!checked->answered() && facts.vantage_is_cut_off()) return ResolverView::unknown;
  const auto rcode = resolver.rcode_checked();
  if (rcode == Rcode::servfail && gives_soa(resolver.unchecked, zone)) {
    return ResolverView::dnssec_fails;
  }
  if (control != nullptr && says_nothing(*control)) return ResolverView::unknown;
  if (control != nullptr && !is_noerror(control)) return ResolverView::unusable;
  // For the root there is nothing above to ask for: silence and refusal are the resolver's own.
  if (control == nullptr && (!rcode || rcode == Rcode::refused)) return ResolverView::unusable;
  if (rcode == Rcode::nxdomain || rcode == Rcode::noerror) return ResolverView::denies;
  return ResolverView::fails;
}

ResolverFacts derive(const survey::ResolverObservation& seen, const Facts& facts) {
  ResolverFacts resolver;
  resolver.seen = &seen;
  resolver.checked = exchange_of(seen, ResolverQuestionId::soa, true);
  resolver.unchecked = exchange_of(seen, ResolverQuestionId::soa, false);
  resolver.control = exchange_of(seen, ResolverQuestionId::control, true);
  resolver.view = view_of(resolver, facts);
  if (resolver.checked == nullptr || !resolver.checked->answered()) return resolver;
  const dns::Message& response = *resolver.checked->response;
  resolver.authenticated = response.ad;
  const auto records = dns::find_records(response.answer, facts.survey.zone, dns::RRType::soa);
  if (!records.empty()) {
    resolver.soa = dns::parse_soa(records.front()->rdata);
    resolver.soa_ttl = records.front()->ttl;
  }
  resolver.errors = extended_errors(response);
  return resolver;
}

bool servers_fail(const Facts& facts) {
  if (facts.delegation.delegated == false) return true;
  return facts.service.names > 0 && facts.service.names_working == std::size_t{0};
}

std::optional<FailureLayer> layer_of(const ResolverViewFacts& view, const Facts& facts) {
  if (view.judged() == 0) return std::nullopt;
  if (view.servers_fail) return FailureLayer::authoritative;
  const bool bogus = facts.dnssec.status == dns::dnssec::Status::bogus;
  if (bogus || view.are_most(view.dnssec_failing)) return FailureLayer::dnssec;
  if (view.failing == 0) return FailureLayer::none;
  // Servers that fail in the same way come first, also for one resolver that happened to meet them.
  const bool only_dnssec = view.dnssec_failing == view.failing;
  if (only_dnssec && some_server_is_invalid(facts)) return FailureLayer::dnssec;
  if (!only_dnssec && some_server_fails(facts)) return FailureLayer::authoritative;
  if (view.failing == 1) return FailureLayer::one_resolver;
  // No resolver reaches what we reach: the servers, seen from there.
  if (view.working == 0) return FailureLayer::authoritative;
  return FailureLayer::disagreement;
}

}  // namespace

std::string_view to_text(ResolverView view) {
  return kViews.at(static_cast<std::size_t>(view));
}

std::string_view to_text(FailureLayer layer) {
  return kLayers.at(static_cast<std::size_t>(layer));
}

const dns::Exchange* ResolverFacts::unchecked_of(const dns::Exchange& checked_exchange) const {
  const dns::Question& asked = checked_exchange.question;
  for (const survey::ResolverAnswer& answer : seen->answers) {
    const dns::Exchange& exchange = answer.exchange.final();
    const bool same = !answer.checking && exchange.question.qtype == asked.qtype &&
                      exchange.question.qname == asked.qname;
    if (same) return &exchange;
  }
  return nullptr;
}

std::vector<std::uint16_t> extended_errors(const dns::Message& response) {
  std::vector<std::uint16_t> codes;
  if (!response.edns) return codes;
  for (const dns::ExtendedError& error : response.edns->extended_errors()) {
    if (std::find(codes.begin(), codes.end(), error.info_code) == codes.end()) {
      codes.push_back(error.info_code);
    }
  }
  return codes;
}

void derive_resolver_facts(Facts& facts) {
  ResolverViewFacts& view = facts.resolvers;
  for (const survey::ResolverObservation& seen : facts.survey.resolvers) {
    const ResolverFacts& resolver = view.resolvers.emplace_back(derive(seen, facts));
    if (resolver.works()) ++view.working;
    if (resolver.failing()) ++view.failing;
    if (resolver.view == ResolverView::dnssec_fails) ++view.dnssec_failing;
  }
  view.servers_fail = servers_fail(facts);
  view.layer = layer_of(view, facts);
}

}  // namespace checks
