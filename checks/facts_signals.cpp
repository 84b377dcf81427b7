#include "checks/facts_signals.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "checks/facts.hpp"
#include "checks/resolution_validator.hpp"

namespace checks {

namespace {

using dns::ResolutionResult;
using dns::RRType;
using dns::dnssec::Status;

using Rdata = std::vector<dns::Bytes>;

void sort_out_repeats(Rdata& rdata) {
  std::sort(rdata.begin(), rdata.end());
  rdata.erase(std::unique(rdata.begin(), rdata.end()), rdata.end());
}

// ---- what the zone asks for ----

struct Request {
  Rdata cds;
  Rdata cdnskey;
  const dns::Exchange* exchange = nullptr;

  const Rdata& of(RRType type) const { return type == RRType::cds ? cds : cdnskey; }
  friend bool operator==(const Request& a, const Request& b) {
    return a.cds == b.cds && a.cdnskey == b.cdnskey;
  }
};

Rdata rdata_of(const ApexRrset& rrset) {
  Rdata rdata;
  for (const dns::Record* const record : rrset.view.records) rdata.push_back(record->rdata);
  sort_out_repeats(rdata);
  return rdata;
}

// Nothing unless all servers that tell say the same: else cns-cds speaks.
std::optional<Request> read_request(const Facts& facts) {
  std::optional<Request> request;
  for (const AddressFacts& address : facts.addresses) {
    const ApexRrset& cds = address.dnssec.cds;
    const ApexRrset& cdnskey = address.dnssec.cdnskey;
    if (cds.exchange == nullptr || cdnskey.exchange == nullptr) continue;
    const DsWish* const wish = address.dnssec.ds_wish.get();
    if (wish == nullptr || wish->deletes || wish->deletes_wrongly) return std::nullopt;
    Request one{rdata_of(cds), rdata_of(cdnskey), wish->from->exchange};
    if (request && !(*request == one)) return std::nullopt;
    if (!request) request = std::move(one);
  }
  return request;
}

bool asks_for_first_ds(const Facts& facts) {
  return facts.dnssec.delegation == Status::insecure && facts.dnssec.path.is_secure() &&
         facts.delegation.ds_records == 0;
}

// ---- one operator ----

bool is_denied(const dns::Resolution& resolution) {
  return resolution.result == ResolutionResult::nodata ||
         resolution.result == ResolutionResult::nxdomain;
}

// Whether nobody was there to ask; not when it is this place that could not.
bool is_unreachable(const dns::Resolution& resolution) {
  return resolution.result == ResolutionResult::servfail ||
         resolution.result == ResolutionResult::timeout ||
         resolution.result == ResolutionResult::loop;
}

class SignalReader {
 public:
  SignalReader(const Facts& facts, const dns::dnssec::Trust& trust)
      : facts_(facts), validator_(facts, trust) {}

  SignalFacts read(const survey::Signal& seen, const Request& request) {
    SignalFacts signal;
    signal.seen = &seen;
    if (!seen.name) return told(signal, SignalState::no_name, nullptr);
    for (const dns::Resolution* const one : {&seen.cds, &seen.cdnskey}) {
      if (!is_unreachable(*one)) continue;
      if (facts_.vantage_is_cut_off()) return signal;
      return told(signal, SignalState::unreachable, one);
    }
    if (is_denied(seen.cds) && is_denied(seen.cdnskey)) {
      return told(signal, SignalState::absent, &seen.cds);
    }
    for (const dns::Resolution* const one : {&seen.cds, &seen.cdnskey}) {
      const bool known = is_denied(*one) || one->result == ResolutionResult::ok;
      if (!known || !one->aliases.empty()) return signal;  // an alias is not judged
    }
    if (seen.path && seen.path->zone == *seen.name) {
      return told(signal, SignalState::at_cut, any_of(seen));
    }
    if (!compare(signal, request) || signal.state != SignalState::unknown) return signal;
    validate(signal);
    return signal;
  }

  /// Of the records at the end of a resolution; indeterminate when it cannot be told.
  Status status_of(const dns::Resolution& resolution, const ResolutionValidator::Path& path) {
    if (!path) return Status::indeterminate;
    const auto verdict = validator_.verdict_of(path, validator_.age_of(resolution));
    if (!verdict->is_secure()) return verdict->status;
    const auto rrset = validator_.judge(resolution, *verdict);
    if (!rrset) return Status::indeterminate;
    if (!rrset->is_secure()) return rrset->status;
    const auto expansion = validator_.expansion(resolution, *rrset, *verdict);
    return expansion ? expansion->status : Status::secure;
  }

 private:
  static SignalFacts told(SignalFacts& signal, SignalState state,
                          const dns::Resolution* resolution) {
    signal.state = state;
    signal.resolution = resolution;
    return signal;
  }

  static const dns::Resolution* any_of(const survey::Signal& seen) {
    return seen.cds.result == ResolutionResult::ok ? &seen.cds : &seen.cdnskey;
  }

  // False when the two were not seen at the same time.
  static bool compare(SignalFacts& signal, const Request& request) {
    for (const RRType type : {RRType::cds, RRType::cdnskey}) {
      const dns::Resolution& resolution =
          type == RRType::cds ? signal.seen->cds : signal.seen->cdnskey;
      Rdata rdata;
      for (const dns::Record& record : resolution.records) rdata.push_back(record.rdata);
      sort_out_repeats(rdata);
      if (rdata == request.of(type)) continue;
      const auto apart = std::chrono::abs(resolution.observed - request.exchange->sent);
      if (apart > kSignalsOnePass) return false;
      signal.type = type;
      told(signal, SignalState::differs, &resolution);
      return true;
    }
    return true;
  }

  void validate(SignalFacts& signal) {
    const survey::Signal& seen = *signal.seen;
    bool all = true;
    for (const dns::Resolution* const one : {&seen.cds, &seen.cdnskey}) {
      if (one->result != ResolutionResult::ok) continue;
      const Status status = status_of(*one, seen.path);
      all = all && status == Status::secure;
      if (status != Status::insecure && status != Status::bogus) continue;
      signal.type = one->type;
      signal.status = status;
      signal.path = validator_.verdict_of(seen.path, validator_.age_of(*one))->status;
      told(signal, SignalState::not_secure, one);
      return;
    }
    if (all) told(signal, SignalState::good, any_of(seen));
  }

  const Facts& facts_;
  ResolutionValidator validator_;
};

}  // namespace

void derive_signal_facts(Facts& facts, const dns::dnssec::Trust& trust) {
  SignalsFacts& signals = facts.signals;
  const survey::Signals& seen = facts.survey.signals;
  SignalReader reader(facts, trust);
  if (seen.notify && seen.notify->dsync.result == ResolutionResult::ok) {
    for (const dns::Record& record : seen.notify->dsync.records) {
      if (auto dsync = dns::parse_dsync(record.rdata)) signals.notify.push_back(*std::move(dsync));
    }
    signals.notify_status = reader.status_of(seen.notify->dsync, seen.notify->path);
  }
  if (!asks_for_first_ds(facts)) return;
  const std::optional<Request> request = read_request(facts);
  if (!request) return;
  signals.asks_for_first_ds = true;
  signals.asks = request->exchange;
  for (const survey::Signal& one : seen.bootstrap) {
    signals.bootstrap.push_back(reader.read(one, *request));
  }
}

}  // namespace checks
