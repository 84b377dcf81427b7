#include "dns/dnssec_validation.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "dns/dnssec_rrset_memory.hpp"

namespace dns::dnssec {
namespace {

Seconds date_at(std::uint32_t date, Seconds now) {
  return Seconds(std::chrono::seconds(signature_time(date, now.time_since_epoch().count())));
}

/// The signature as far as it can be judged without cryptography: `valid` when nothing is wrong
/// yet.
SignatureStatus judge_form(const Rrsig& rrsig, const RrsetView& rrset, const KeySet& keys,
                           const Verifier& verifier) {
  if (!(rrsig.signer == keys.zone) || !rrset.owner.is_at_or_below(keys.zone)) {
    return SignatureStatus::signer_not_zone;
  }
  if (rrsig.labels > signed_labels(rrset.owner)) return SignatureStatus::too_many_labels;
  // The wildcard it would be made for lies above the zone (RFC 4035 section 5.3.2).
  if (rrsig.labels < signed_labels(keys.zone)) return SignatureStatus::too_few_labels;
  if (serial_distance(rrsig.inception, rrsig.expiration) < 0) {
    return SignatureStatus::dates_reversed;
  }
  if (!verifier.supports(rrsig.algorithm)) return SignatureStatus::algorithm_not_supported;
  return SignatureStatus::valid;
}

SignatureVerdict read_signature(const Record& record, const RrsetView& rrset, const KeySet& keys,
                                Seconds now, const Verifier& verifier) {
  SignatureVerdict verdict;
  verdict.record = &record;
  std::optional<Rrsig> rrsig = parse_rrsig(record.rdata);
  if (!rrsig) return verdict;
  verdict.rrsig = *std::move(rrsig);
  verdict.inception = date_at(verdict.rrsig.inception, now);
  verdict.expiration = date_at(verdict.rrsig.expiration, now);
  verdict.status = judge_form(verdict.rrsig, rrset, keys, verifier);
  verdict.ttl_above_original =
      std::any_of(rrset.records.begin(), rrset.records.end(),
                  [&verdict](const Record* one) { return one->ttl > verdict.rrsig.original_ttl; });
  verdict.ttl_differs = !rrset.records.empty() && record.ttl != rrset.records.front()->ttl;
  return verdict;
}

/// What a key is unfit for, before any signature; `valid` when it is fit.
SignatureStatus judge_key(const Key& key) {
  if (key.dnskey.protocol != kDnssecProtocol) return SignatureStatus::key_protocol_not_3;
  if (!key.is_zone_key()) return SignatureStatus::key_not_zone_key;
  if (key.is_revoked()) return SignatureStatus::key_revoked;
  return SignatureStatus::valid;
}

/// The keys a signature may have been made with, anchored ones first.
std::vector<std::size_t> candidates(const Rrsig& rrsig, const KeySet& keys) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < keys.keys.size(); ++i) {
    const Key& key = keys.keys[i];
    if (key.tag == rrsig.key_tag && key.dnskey.algorithm == rrsig.algorithm) found.push_back(i);
  }
  std::stable_partition(found.begin(), found.end(),
                        [&keys](std::size_t index) { return keys.keys[index].anchored; });
  return found;
}

SignatureStatus without_candidate(const Rrsig& rrsig, const KeySet& keys) {
  const bool tag_known = std::any_of(keys.keys.begin(), keys.keys.end(),
                                     [&rrsig](const Key& key) { return key.tag == rrsig.key_tag; });
  return tag_known ? SignatureStatus::key_algorithm_differs : SignatureStatus::no_such_key;
}

SignatureStatus from_crypto(CryptoResult result) {
  switch (result) {
    case CryptoResult::valid:
      return SignatureStatus::valid;
    case CryptoResult::invalid:
      return SignatureStatus::crypto_failed;
    case CryptoResult::unusable_key:
      return SignatureStatus::key_unusable;
    case CryptoResult::unsupported:
      return SignatureStatus::algorithm_not_supported;
  }
  return SignatureStatus::crypto_failed;
}

/// Goes through the signatures of one RRset and spends the work it may cost.
class Judgement {
 public:
  Judgement(const RrsetView& rrset, const KeySet& keys, Seconds now, Verifier& verifier,
            WorkBudget& work)
      : rrset_(rrset), keys_(keys), now_(now), verifier_(verifier), work_(work) {}

  void judge(SignatureVerdict& verdict) {
    if (verdict.status != SignatureStatus::valid) return;
    verdict.status = verify(verdict);
    if (verdict.status != SignatureStatus::valid) return;
    if (now_ > verdict.expiration) verdict.status = SignatureStatus::expired;
    if (now_ < verdict.inception) verdict.status = SignatureStatus::not_yet_valid;
  }

  bool limit_reached() const { return limit_reached_; }

 private:
  SignatureStatus verify(SignatureVerdict& verdict) {
    const std::vector<std::size_t> tried = candidates(verdict.rrsig, keys_);
    if (tried.empty()) return without_candidate(verdict.rrsig, keys_);
    std::optional<SignatureStatus> best;
    Bytes data;
    for (std::size_t i = 0; i < tried.size(); ++i) {
      SignatureStatus status = judge_key(keys_.keys[tried[i]]);
      if (status == SignatureStatus::valid) {
        if (i >= kMaxKeysPerTag || !take()) {
          limit_reached_ = true;
          return SignatureStatus::work_limit;
        }
        if (data.empty()) data = signed_data(verdict.rrsig);
        status = from_crypto(
            verifier_.verify(keys_.keys[tried[i]].dnskey, data, verdict.rrsig.signature));
      }
      if (status == SignatureStatus::valid) {
        verdict.key = tried[i];
        return status;
      }
      best = best ? std::min(*best, status) : status;
    }
    return *best;
  }

  Bytes signed_data(const Rrsig& rrsig) {
    if (!canonical_) canonical_.emplace(rrset_);
    return canonical_->signed_data(rrsig);
  }

  bool take() {
    if (taken_ == kMaxVerificationsPerRrset || !work_.take_verifications(1)) return false;
    ++taken_;
    return true;
  }

  const RrsetView& rrset_;
  const KeySet& keys_;
  const Seconds now_;
  Verifier& verifier_;
  WorkBudget& work_;
  std::optional<CanonicalRrset> canonical_;  ///< made for the first signature that needs it
  std::uint32_t taken_ = 0;
  bool limit_reached_ = false;
};

/// The order of judgement, so that a heap of worthless signatures does not use up the work before
/// the one that counts is reached: those in time first, by anchored keys before others.
void order(std::vector<SignatureVerdict>& signatures, const KeySet& keys, Seconds now) {
  const auto rank = [&keys, now](const SignatureVerdict& verdict) {
    const bool hopeless = verdict.status != SignatureStatus::valid;
    const bool out_of_time = now > verdict.expiration || now < verdict.inception;
    const bool anchored = std::any_of(
        keys.keys.begin(), keys.keys.end(),
        [&verdict](const Key& key) { return key.anchored && key.tag == verdict.rrsig.key_tag; });
    return std::tuple(hopeless, out_of_time, !anchored);
  };
  std::vector<std::pair<std::tuple<bool, bool, bool>, std::size_t>> places;
  places.reserve(signatures.size());
  for (std::size_t i = 0; i < signatures.size(); ++i) places.emplace_back(rank(signatures[i]), i);
  std::sort(places.begin(), places.end());
  std::vector<SignatureVerdict> ordered;
  ordered.reserve(signatures.size());
  for (const auto& [ignored, place] : places) ordered.push_back(std::move(signatures[place]));
  signatures = std::move(ordered);
}

/// Valid ones before those out of time, of equals the one that expires last.
bool is_better(const SignatureVerdict& a, const SignatureVerdict& b) {
  const bool a_valid = a.status == SignatureStatus::valid;
  const bool b_valid = b.status == SignatureStatus::valid;
  return a_valid != b_valid ? a_valid : a.expiration > b.expiration;
}

void conclude(RrsetVerdict& verdict) {
  for (std::size_t i = 0; i < verdict.signatures.size(); ++i) {
    const SignatureVerdict& one = verdict.signatures[i];
    verdict.reason = std::min(verdict.reason, one.status);
    if (!one.is_right_but_for_time()) continue;
    if (!verdict.valid_until || one.expiration > *verdict.valid_until) {
      verdict.valid_until = one.expiration;
    }
    if (!verdict.best || is_better(one, verdict.signatures[*verdict.best])) verdict.best = i;
  }
  verdict.status = verdict.reason == SignatureStatus::valid ? Status::secure : Status::bogus;
  if (!verdict.best) return;
  const SignatureVerdict& best = verdict.signatures[*verdict.best];
  verdict.reason = best.status;
  verdict.ttl_above_original = best.ttl_above_original;
  verdict.ttl_differs = best.ttl_differs;
  if (best.rrsig.labels < signed_labels(verdict.owner)) {
    verdict.closest_encloser = verdict.owner.suffix(best.rrsig.labels);
  }
}

}  // namespace

std::string_view to_text(Status status) {
  switch (status) {
    case Status::secure:
      return "secure";
    case Status::insecure:
      return "insecure";
    case Status::bogus:
      return "bogus";
    case Status::indeterminate:
      return "indeterminate";
  }
  return "";
}

std::string_view to_text(SignatureStatus status) {
  switch (status) {
    case SignatureStatus::valid:
      return "valid";
    case SignatureStatus::expired:
      return "expired";
    case SignatureStatus::not_yet_valid:
      return "not-yet-valid";
    case SignatureStatus::crypto_failed:
      return "crypto-failed";
    case SignatureStatus::work_limit:
      return "work-limit";
    case SignatureStatus::key_revoked:
      return "key-revoked";
    case SignatureStatus::key_not_zone_key:
      return "key-not-zone-key";
    case SignatureStatus::key_protocol_not_3:
      return "key-protocol-not-3";
    case SignatureStatus::key_unusable:
      return "key-unusable";
    case SignatureStatus::key_algorithm_differs:
      return "key-algorithm-differs";
    case SignatureStatus::no_such_key:
      return "no-such-key";
    case SignatureStatus::algorithm_not_supported:
      return "algorithm-not-supported";
    case SignatureStatus::dates_reversed:
      return "dates-reversed";
    case SignatureStatus::too_many_labels:
      return "too-many-labels";
    case SignatureStatus::too_few_labels:
      return "too-few-labels";
    case SignatureStatus::signer_not_zone:
      return "signer-not-zone";
    case SignatureStatus::malformed:
      return "malformed";
    case SignatureStatus::missing:
      return "missing";
  }
  return "";
}

RrsetVerdict validate_rrset(const RrsetView& rrset, const KeySet& keys, Seconds now,
                            Verifier& verifier, WorkBudget& work, RrsetMemory* memory) {
  if (memory != nullptr) {
    std::optional<RrsetVerdict> known = memory->find(rrset, keys, now, work);
    if (known) return *std::move(known);
  }
  RrsetVerdict verdict;
  verdict.owner = rrset.owner;
  verdict.type = rrset.type;
  if (rrset.records.empty()) return verdict;
  std::vector<SignatureVerdict> signatures;
  signatures.reserve(rrset.signatures.size());
  for (const Record* const record : rrset.signatures) {
    signatures.push_back(read_signature(*record, rrset, keys, now, verifier));
  }
  order(signatures, keys, now);
  if (signatures.size() > kMaxSignaturesPerRrset) {
    signatures.resize(kMaxSignaturesPerRrset);
    verdict.work_limit_reached = true;
  }
  const std::uint32_t work_before = work.verifications_left();
  Judgement judgement(rrset, keys, now, verifier, work);
  for (SignatureVerdict& signature : signatures) judgement.judge(signature);
  verdict.work_limit_reached = verdict.work_limit_reached || judgement.limit_reached();
  verdict.signatures = SharedList(std::move(signatures));
  conclude(verdict);
  if (memory != nullptr) {
    memory->remember(rrset, keys, now, work_before - work.verifications_left(), verdict);
  }
  return verdict;
}

}  // namespace dns::dnssec
