// From the facts to what a report says of the chain of trust.
#include "checks/chain_report.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "checks/chain_text.hpp"
#include "checks/dnssec_words.hpp"
#include "checks/facts.hpp"
#include "checks/rrset_faults.hpp"

namespace checks {

namespace {

using dns::dnssec::AnchorStatus;
using dns::dnssec::AnchorVerdict;
using dns::dnssec::DnskeyVerdict;
using dns::dnssec::DsVerdict;
using dns::dnssec::PathStep;
using dns::dnssec::SignatureStatus;
using dns::dnssec::SignatureVerdict;
using dns::dnssec::Status;

// Zones whose descriptions are kept for sharing; beyond it all is forgotten and begun anew.
constexpr std::size_t kMaxRemembered = 4096;
constexpr std::size_t kMaxDigestOctets = 64;  // SHA-512 has as many

std::string hexadecimal(std::span<const std::uint8_t> octets) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t octet : octets.first(std::min(octets.size(), kMaxDigestOctets))) {
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 0xFU];
  }
  return text;
}

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text + ".";
}

template <typename Value>
std::size_t cut(std::vector<Value>& values, std::size_t most) {
  if (values.size() <= most) return 0;
  const std::size_t left_out = values.size() - most;
  values.erase(values.begin() + static_cast<std::ptrdiff_t>(most), values.end());
  return left_out;
}

// ---- DS ----

ChainDs describe_ds(const dns::Record& record) {
  ChainDs ds;
  if (const std::optional<dns::Ds> rdata = dns::parse_ds(record.rdata);
      rdata && record.type == dns::RRType::ds) {
    ds.key_tag = rdata->key_tag;
    ds.algorithm = rdata->algorithm;
    ds.digest_type = rdata->digest_type;
    ds.digest = hexadecimal(rdata->digest);
  } else if (record.type == dns::RRType::dnskey) {
    const dns::Record* const one = &record;
    const dns::dnssec::KeySet set = dns::dnssec::make_key_set(record.owner, {&one, 1});
    if (!set.keys.empty()) {
      ds.key_tag = set.keys.front().tag;
      ds.algorithm = set.keys.front().dnskey.algorithm;
    }
  }
  return ds;
}

// `judged` are verdicts about the same records in the same order, or empty.
void add_ds(ChainStep& step, std::span<const dns::Record* const> records,
            std::span<const AnchorVerdict> judged) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    ChainDs ds = describe_ds(*records[i]);
    if (i < judged.size()) ds.status = judged[i].status;
    step.ds.push_back(std::move(ds));
  }
  // Those that lead somewhere first; whoever has more than can be shown sees these.
  std::stable_sort(step.ds.begin(), step.ds.end(), [](const ChainDs& a, const ChainDs& b) {
    return a.status.value_or(AnchorStatus::malformed) < b.status.value_or(AnchorStatus::malformed);
  });
  step.ds_left_out = cut(step.ds, kMaxChainDs);
}

// DS that are not judged, since the keys that should sign them are not to be trusted: shown all the
// same. False when the response has none.
bool add_unjudged_ds(ChainStep& step, const dns::Exchange& exchange) {
  if (!exchange.response) return false;
  const auto view =
      dns::dnssec::collect_rrset(exchange.response->answer, step.zone, dns::RRType::ds);
  if (view.records.empty()) return false;
  add_ds(step, view.records, {});
  return true;
}

ChainSignature describe_signature(const SignatureVerdict& signature) {
  return {signature.status, signature.rrsig.key_tag, signature.inception, signature.expiration};
}

// The signature that says most about an RRset.
ChainSignature signature_of(const dns::dnssec::RrsetVerdict& rrset) {
  if (rrset.best) return describe_signature(rrset.signatures[*rrset.best]);
  const SignatureVerdict* told = nullptr;
  for (const SignatureVerdict& signature : rrset.signatures) {
    if (told == nullptr || signature.status < told->status) told = &signature;
  }
  return told != nullptr ? describe_signature(*told) : ChainSignature{};
}

// ---- keys ----

// A signature that does not verify is by whichever key it names.
bool is_by(const SignatureVerdict& signature, std::size_t index, const dns::dnssec::Key& key) {
  if (signature.key) return *signature.key == index;
  return signature.status != SignatureStatus::malformed && signature.rrsig.key_tag == key.tag &&
         signature.rrsig.algorithm == key.dnskey.algorithm;
}

ChainSignature signature_by(std::size_t index, const dns::dnssec::Key& key,
                            const dns::dnssec::RrsetVerdict& rrset) {
  const SignatureVerdict* best = nullptr;
  for (const SignatureVerdict& signature : rrset.signatures) {
    if (!is_by(signature, index, key)) continue;
    const bool better =
        best == nullptr || signature.status < best->status ||
        (signature.status == best->status && signature.expiration > best->expiration);
    if (better) best = &signature;
  }
  return best != nullptr ? describe_signature(*best) : ChainSignature{};
}

ChainKeySet describe_keys(const DnskeyVerdict& verdict) {
  ChainKeySet set;
  for (std::size_t i = 0; i < verdict.keys.keys.size(); ++i) {
    const dns::dnssec::Key& key = verdict.keys.keys[i];
    set.keys.push_back({key.tag, key.dnskey.flags, key.dnskey.algorithm, key.anchored,
                        signature_by(i, key, verdict.rrset)});
  }
  // One order for all servers, whatever order they send.
  std::stable_sort(set.keys.begin(), set.keys.end(), [](const ChainKey& a, const ChainKey& b) {
    const auto rank = [](const ChainKey& key) {
      return std::tuple(!key.trusted, key.signature.status != SignatureStatus::valid,
                        (key.flags & dns::dnssec::kSepFlag) == 0, key.tag);
    };
    return rank(a) < rank(b);
  });
  set.keys_left_out = cut(set.keys, kMaxChainKeys);
  return set;
}

// ---- an ancestor ----

std::string reason_of(const PathStep& step) {
  if (step.is_anchor) {
    return step.keys ? sentence("the trust anchor does not validate the keys of " +
                                step.zone->zone.to_label() + ": " + keys_fault_text(*step.keys))
                     : "The question for its keys got no usable answer.";
  }
  if (step.keys) return sentence(keys_fault_text(*step.keys));
  if (step.status == Status::insecure) return sentence(insecure_text(step.ds.value()));
  if (step.ds->status != Status::secure) return sentence(ds_fault_text(*step.ds));
  return "The question for its keys got no usable answer.";
}

ChainStep describe_ancestor(const PathStep& path_step, bool decides) {
  ChainStep step;
  step.zone = path_step.zone->zone;
  step.status = path_step.status;
  step.is_anchor = path_step.is_anchor;
  step.decides = decides;
  step.broken = decides && path_step.status == Status::bogus;
  // When anchor and keys do not fit, the anchor may be what is wrong: RFC 4035 section 4.3.
  if (step.is_anchor && step.broken) step.status = Status::indeterminate;
  if (path_step.ds) {
    const DsVerdict& ds = *path_step.ds;
    add_ds(step, ds.records,
           path_step.keys ? std::span<const AnchorVerdict>(path_step.keys->anchors)
                          : std::span<const AnchorVerdict>());
    if (ds.rrset) step.ds_signature = signature_of(*ds.rrset);
    if (path_step.zone->ds) step.ds_from = path_step.zone->ds->server.address;
  } else if (step.is_anchor && path_step.keys) {
    std::vector<const dns::Record*> anchors;
    for (const AnchorVerdict& anchor : path_step.keys->anchors) anchors.push_back(anchor.record);
    add_ds(step, anchors, path_step.keys->anchors);
  } else if (!step.is_anchor) {
    const dns::Exchange* const asked = path_step.zone->ds.get();
    step.ds_known = asked != nullptr && add_unjudged_ds(step, *asked);
    if (step.ds_known) step.ds_from = asked->server.address;
  }
  if (path_step.keys) step.key_sets.push_back(describe_keys(*path_step.keys));
  if (decides) step.reason = reason_of(path_step);
  return step;
}

// ---- the zone ----

class ZoneStep {
 public:
  explicit ZoneStep(const Facts& facts) : facts_(facts), dnssec_(facts.dnssec) {}

  ChainStep describe() {
    step_.zone = facts_.survey.zone;
    step_.status = dnssec_.status;
    step_.is_anchor = dnssec_.is_anchor;
    add_key_sets();
    add_delegation();
    const bool above = !dnssec_.is_anchor && !dnssec_.path.is_secure();
    step_.decides = step_.status != Status::secure && (!above || dnssec_.path.steps.empty());
    step_.broken = step_.decides && step_.status == Status::bogus;
    step_.is_island =
        !above && dnssec_.delegation == Status::insecure && is_signed() && step_.ds.empty();
    if (step_.status != Status::secure) step_.reason = above ? reason_above() : reason();
    return std::move(step_);
  }

 private:
  bool is_signed() const {
    return std::any_of(facts_.addresses.begin(), facts_.addresses.end(),
                       [](const AddressFacts& address) { return address.is_signed == true; });
  }

  // ---- servers ----

  std::string fault_of(const AddressFacts& address) const {
    if (dnssec_.delegation != Status::secure) return {};
    const AddressDnssec& judged = address.dnssec;
    if (!judged.keys->is_secure()) return keys_fault_text(*judged.keys);
    for (const JudgedRrset& rrset : judged.rrsets) {
      const bool matters = !rrset.in_additional && rrset.rrset != SignedRrset::denial;
      if (!matters || rrset.is_secure()) continue;
      return rrset_text(rrset) + " does not validate (" +
             std::string(rrset.unproven ? in_words(*rrset.unproven)
                                        : in_words(rrset.verdict.reason)) +
             ")";
    }
    return judged.denial_valid == false ? denial_fault_of(judged) : std::string();
  }

  // A part of the answer does not validate, or what does validate proves too little.
  static std::string denial_fault_of(const AddressDnssec& judged) {
    constexpr std::string_view kWhat = "what it says of a name that does not exist ";
    for (const JudgedRrset& rrset : judged.rrsets) {
      if (rrset.rrset != SignedRrset::denial || !rrset.keys_known || rrset.is_secure()) continue;
      return std::string(kWhat) + "does not validate (" + rrset_text(rrset) + ": " +
             std::string(in_words(rrset.verdict.reason)) + ")";
    }
    const std::string reason = judged.denial ? std::string(in_words(judged.denial->reason)) : "";
    return std::string(kWhat) + "is not proven" + (reason.empty() ? "" : " (" + reason + ")");
  }

  void add_key_sets() {
    for (std::size_t i = 0; i < facts_.servers.size(); ++i) {
      const AddressFacts& address = facts_.address_of(facts_.servers[i]);
      if (!address.dnssec.keys) continue;
      ChainKeySet set = describe_keys(*address.dnssec.keys);
      set.fault = fault_of(address);
      const auto alike =
          std::find_if(step_.key_sets.begin(), step_.key_sets.end(), [&](const ChainKeySet& other) {
            return other.keys == set.keys && other.fault == set.fault &&
                   other.keys_left_out == set.keys_left_out;
          });
      const auto index = static_cast<std::uint16_t>(i);
      if (alike != step_.key_sets.end()) {
        alike->servers.push_back(index);
      } else if (step_.key_sets.size() < kMaxChainKeySets) {
        set.servers.push_back(index);
        step_.key_sets.push_back(std::move(set));
      } else {
        ++step_.key_sets_left_out;
      }
    }
  }

  // ---- the delegation ----

  // What the addresses make of the DS, the best of them.
  std::vector<AnchorVerdict> best_of_each() const {
    std::vector<AnchorVerdict> best;
    for (const AddressFacts& address : facts_.addresses) {
      if (!address.dnssec.keys) continue;
      const std::vector<AnchorVerdict>& anchors = address.dnssec.keys->anchors;
      if (best.empty()) best = anchors;
      for (std::size_t i = 0; i < std::min(best.size(), anchors.size()); ++i) {
        if (anchors[i].status < best[i].status) best[i] = anchors[i];
      }
    }
    return best;
  }

  // The parent's word that decided: a good one, else the first of the delegation's status.
  const DsVerdict* parent_word() {
    for (std::size_t i = 0; i < dnssec_.parents.size(); ++i) {
      const std::shared_ptr<const DsVerdict>& ds = dnssec_.parents[i].ds;
      if (!ds || ds->status != dnssec_.delegation) continue;
      step_.ds_from = facts_.delegation.parents[i].seen->address;
      return ds.get();
    }
    return nullptr;
  }

  void add_delegation() {
    if (dnssec_.is_anchor) {
      add_ds(step_, dnssec_.anchors, best_of_each());
      return;
    }
    word_ = parent_word();
    if (word_ != nullptr) {
      const bool compared = dnssec_.delegation == Status::secure;
      add_ds(step_, word_->records, compared ? best_of_each() : std::vector<AnchorVerdict>());
      if (word_->rrset) step_.ds_signature = signature_of(*word_->rrset);
      return;
    }
    for (const ParentFacts& parent : facts_.delegation.parents) {
      if (!parent.recent || parent.ds_exchange == nullptr) continue;
      if (!add_unjudged_ds(step_, *parent.ds_exchange)) continue;
      step_.ds_from = parent.seen->address;
      return;
    }
    step_.ds_known = facts_.delegation.ds_records == std::size_t{0};
  }

  // ---- reasons ----

  std::string reason_above() const {
    if (dnssec_.path.steps.empty()) {
      return "No trust anchor stands above it, or the path to it could not be followed.";
    }
    const PathStep& step = dnssec_.path.steps[*dnssec_.path.decided_at];
    const dns::Name& name = step.zone->zone;
    const std::string zone = name.is_root() ? "the root" : name.to_label();
    switch (step.status) {
      case Status::insecure:
        return "The chain of trust ends above it, at " + zone + ".";
      case Status::bogus:
        return "The chain of trust is broken above it, at " + zone + ".";
      default:
        return "Nothing could be told about " + zone + ", above it.";
    }
  }

  std::string reason() const {
    if (dnssec_.is_anchor && dnssec_.delegation == Status::insecure) {
      return "None of its trust anchors has an algorithm and a digest that are supported.";
    }
    if (dnssec_.own_anchor_fails) {
      return "None of its trust anchors validates the keys of a server.";
    }
    if (word_ == nullptr && dnssec_.proven_undelegated) {
      return "Its parent proves that it does not delegate the name: nobody finds this zone.";
    }
    if (word_ == nullptr && !dnssec_.is_anchor) {
      return "The question for its DS got no usable answer from its parent.";
    }
    switch (dnssec_.delegation) {
      case Status::insecure:
        return sentence(insecure_text(*word_) +
                        (step_.is_island ? "; it is signed, but nobody validates it (an island of "
                                           "security)"
                                         : ""));
      case Status::bogus:
      case Status::indeterminate:
        return sentence(ds_fault_text(*word_));
      case Status::secure:
        break;
    }
    if (step_.status == Status::indeterminate) return "No server could be judged by its keys.";
    if (step_.key_sets.size() == 1 && !step_.key_sets.front().fault.empty()) {
      return sentence("on every server " + step_.key_sets.front().fault);
    }
    return "No server gives answers that validate; each has its own fault.";
  }

  const Facts& facts_;
  const DnssecFacts& dnssec_;
  const DsVerdict* word_ = nullptr;
  ChainStep step_;
};

}  // namespace

const ChainStep* ChainReport::deciding() const {
  for (const auto& step : steps) {
    if (step->decides) return step.get();
  }
  return nullptr;
}

std::shared_ptr<const ChainStep> ChainMemory::shared(ChainStep&& step) {
  const std::lock_guard lock(mutex_);
  const auto found = steps_.find(step.zone);
  if (found != steps_.end() && *found->second == step) return found->second;
  if (steps_.size() >= kMaxRemembered) steps_.clear();
  auto made = std::make_shared<const ChainStep>(std::move(step));
  steps_.insert_or_assign(made->zone, made);
  return made;
}

ChainReport describe_chain(const Facts& facts, ChainMemory* memory) {
  ChainReport chain;
  const dns::dnssec::PathVerdict& path = facts.dnssec.path;
  constexpr std::size_t kAncestors = kMaxChainSteps - 1;
  const std::size_t too_many = path.steps.size() - std::min(path.steps.size(), kAncestors);
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    const bool decides = path.decided_at == i;
    if (i != 0 && i <= too_many && !decides) {
      ++chain.left_out;
      continue;
    }
    ChainStep step = describe_ancestor(path.steps[i], decides);
    chain.steps.push_back(memory != nullptr ? memory->shared(std::move(step))
                                            : std::make_shared<const ChainStep>(std::move(step)));
  }
  chain.steps.push_back(std::make_shared<const ChainStep>(ZoneStep(facts).describe()));
  return chain;
}

}  // namespace checks
