// Facts about the addresses of nameservers outside the zone: whether they validate through the
// zones that hold them.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "checks/facts.hpp"
#include "dns/dnssec_canonical.hpp"

namespace checks {

namespace {

using dns::dnssec::PathVerdict;
using dns::dnssec::RrsetView;
using dns::dnssec::Status;

// From good to bad, as far as using the name goes.
int badness(Status status) {
  switch (status) {
    case Status::secure:
      return 0;
    case Status::insecure:
      return 1;
    case Status::indeterminate:
      return 2;
    case Status::bogus:
      return 3;
  }
  return 2;
}

class NameValidator {
 public:
  NameValidator(const Facts& facts, const dns::dnssec::Trust& trust)
      : facts_(facts), trust_(trust) {}

  void judge(NameserverFacts& nameserver) {
    const survey::Nameserver& seen = *nameserver.seen;
    NameDnssec& dnssec = nameserver.dnssec;
    dnssec.status = Status::indeterminate;
    if (!seen.path) return;
    dnssec.path = verdict_of(seen.path);
    if (!dnssec.path->is_secure()) {
      dnssec.status = dnssec.path->status;
      return;
    }
    std::optional<Status> worst;
    for (const dns::Resolution* resolution : {&seen.a, &seen.aaaa}) {
      if (resolution->result != dns::ResolutionResult::ok) continue;
      const Status status = judge_addresses(*resolution, dnssec);
      if (!worst || badness(status) > badness(*worst)) worst = status;
    }
    dnssec.status = worst.value_or(Status::indeterminate);
  }

 private:
  // Names of one provider share their path.
  std::shared_ptr<const PathVerdict> verdict_of(
      const std::shared_ptr<const dns::dnssec::PathZone>& path) {
    std::shared_ptr<const PathVerdict>& verdict = verdicts_[path.get()];
    if (!verdict) {
      verdict = std::make_shared<const PathVerdict>(judge_path(path, trust_, seconds(0)));
    }
    return verdict;
  }

  // By the keys of the path's last zone, at the time of the answer. An answer that came without DO
  // tells nothing; one signed by a zone below is not of the zone that the path ends at. An alias is
  // del-ns-cname's matter: only what it leads to is judged.
  Status judge_addresses(const dns::Resolution& resolution, NameDnssec& dnssec) const {
    const dns::Exchange* const last = resolution.last.get();
    if (last == nullptr || !last->answered() || last->gave_up_edns()) return Status::indeterminate;
    if (resolution.records.empty()) return Status::indeterminate;
    const RrsetView view = dns::dnssec::collect_rrset(
        last->response->answer, resolution.records.front().owner, resolution.type);
    if (view.records.empty() || is_signed_below(view, dnssec.path->keys().zone)) {
      return Status::indeterminate;
    }
    const auto age =
        std::chrono::floor<std::chrono::seconds>(facts_.survey.finished - resolution.observed);
    dns::dnssec::WorkBudget work;
    const dns::dnssec::Seconds at = seconds(std::max<std::int64_t>(age.count(), 0));
    dns::dnssec::RrsetVerdict verdict =
        validate_rrset(view, dnssec.path->keys(), at, trust_.verifier, work);
    const auto unproven = unproven_expansion(verdict, last->response->authority,
                                             dnssec.path->keys(), at, trust_.verifier, work);
    const Status status = unproven ? Status::bogus : verdict.status;
    if (status == Status::bogus) {
      dnssec.bogus.push_back({std::move(verdict), unproven, &resolution});
    }
    return status;
  }

  dns::dnssec::Seconds seconds(std::int64_t ago) const {
    return dns::dnssec::Seconds(std::chrono::seconds(facts_.now_seconds() - ago));
  }

  const Facts& facts_;
  const dns::dnssec::Trust& trust_;
  std::map<const dns::dnssec::PathZone*, std::shared_ptr<const PathVerdict>> verdicts_;
};

}  // namespace

const dns::dnssec::PathStep* NameDnssec::broken_step() const {
  if (!path || !path->decided_at) return nullptr;
  const dns::dnssec::PathStep& step = path->steps[*path->decided_at];
  return step.status == Status::bogus ? &step : nullptr;
}

void derive_name_facts(Facts& facts, const dns::dnssec::Trust& trust) {
  NameValidator validator(facts, trust);
  for (NameserverFacts& nameserver : facts.nameservers) {
    const bool own = nameserver.in_domain && !nameserver.seen->path;  // its servers are judged
    if (!own) validator.judge(nameserver);
  }
}

}  // namespace checks
