// Facts about the addresses of nameservers outside the zone: whether they validate through the
// zones that hold them.
#include <algorithm>
#include <utility>

#include "checks/facts.hpp"
#include "checks/resolution_validator.hpp"

namespace checks {

namespace {

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
  NameValidator(const Facts& facts, const dns::dnssec::Trust& trust) : validator_(facts, trust) {}

  void judge(NameserverFacts& nameserver) {
    const survey::Nameserver& seen = *nameserver.seen;
    NameDnssec& dnssec = nameserver.dnssec;
    dnssec.status = Status::indeterminate;
    if (!seen.path) return;
    dnssec.path = validator_.verdict_of(seen.path);
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
  // An alias is del-ns-cname's matter: only what it leads to is judged.
  Status judge_addresses(const dns::Resolution& resolution, NameDnssec& dnssec) const {
    std::optional<dns::dnssec::RrsetVerdict> verdict = validator_.judge(resolution, *dnssec.path);
    if (!verdict) return Status::indeterminate;
    const auto expansion = validator_.expansion(resolution, *verdict, *dnssec.path);
    std::optional<dns::dnssec::DenialReason> unproven;
    if (expansion && expansion->status == Status::bogus) unproven = expansion->reason;
    const Status status = unproven ? Status::bogus : verdict->status;
    if (status == Status::bogus) {
      dnssec.bogus.push_back({*std::move(verdict), unproven, &resolution});
    }
    return status;
  }

  ResolutionValidator validator_;
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
