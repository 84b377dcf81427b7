#include "checks/resolution_validator.hpp"

#include <algorithm>
#include <chrono>

#include "dns/dnssec_canonical.hpp"
#include "dns/dnssec_limits.hpp"

namespace checks {

using dns::dnssec::PathVerdict;
using dns::dnssec::RrsetVerdict;

ResolutionValidator::SharedVerdict ResolutionValidator::verdict_of(const Path& path,
                                                                   std::int64_t ago) {
  SharedVerdict& verdict = verdicts_[{path.get(), ago}];
  if (!verdict) {
    verdict = std::make_shared<const PathVerdict>(judge_path(path, trust_, seconds(ago)));
  }
  return verdict;
}

std::int64_t ResolutionValidator::age_of(const dns::Resolution& resolution) const {
  const auto age =
      std::chrono::floor<std::chrono::seconds>(facts_.survey.finished - resolution.observed);
  return std::max<std::int64_t>(age.count(), 0);
}

std::optional<RrsetVerdict> ResolutionValidator::judge(const dns::Resolution& resolution,
                                                       const PathVerdict& path) const {
  const dns::Exchange* const last = resolution.last.get();
  if (last == nullptr || !last->answered() || last->gave_up_edns()) return std::nullopt;
  if (resolution.records.empty()) return std::nullopt;
  const dns::dnssec::RrsetView view = dns::dnssec::collect_rrset(
      last->response->answer, resolution.records.front().owner, resolution.type);
  if (view.records.empty() || is_signed_below(view, path.keys().zone)) return std::nullopt;
  dns::dnssec::WorkBudget work;
  return validate_rrset(view, path.keys(), seconds(age_of(resolution)), trust_.verifier, work);
}

std::optional<dns::dnssec::DenialVerdict> ResolutionValidator::expansion(
    const dns::Resolution& resolution, const RrsetVerdict& verdict, const PathVerdict& path) const {
  dns::dnssec::WorkBudget work;
  return prove_expansion(verdict, resolution.last->response->authority, path.keys(),
                         seconds(age_of(resolution)), trust_.verifier, work);
}

dns::dnssec::Seconds ResolutionValidator::seconds(std::int64_t ago) const {
  return dns::dnssec::Seconds(std::chrono::seconds(facts_.now_seconds() - ago));
}

}  // namespace checks
