#include "dns/dnssec_anchoring.hpp"

#include <algorithm>

namespace dns::dnssec {
namespace {

constexpr auto kSha1 = static_cast<std::uint8_t>(Digest::sha1);

/// A DS or DNSKEY with what it says; `wanted` is the digest, or the whole DNSKEY RDATA.
struct Anchor {
  bool is_ds = false;
  Bytes wanted;
};

/// Reads the record into `verdict`, whose status becomes `no_such_key` when the anchor is usable.
Anchor read_anchor(const Record& record, const Verifier& verifier, AnchorVerdict& verdict) {
  Anchor anchor;
  if (record.type == RRType::dnskey) {
    const std::optional<Dnskey> dnskey = parse_dnskey(record.rdata);
    if (!dnskey) return anchor;
    verdict.key_tag = key_tag(record.rdata);
    verdict.algorithm = dnskey->algorithm;
    anchor.wanted = record.rdata;
  } else {
    std::optional<Ds> ds = parse_ds(record.rdata);
    if (record.type != RRType::ds || !ds) return anchor;
    verdict.key_tag = ds->key_tag;
    verdict.algorithm = ds->algorithm;
    verdict.digest_type = ds->digest_type;
    anchor.is_ds = true;
    anchor.wanted = std::move(ds->digest);
  }
  verdict.status = AnchorStatus::no_such_key;
  if (!verifier.supports(verdict.algorithm)) {
    verdict.status = AnchorStatus::algorithm_not_supported;
  } else if (anchor.is_ds && !verifier.digest(verdict.digest_type, {}, {})) {
    verdict.status = AnchorStatus::digest_not_supported;
  } else if (anchor.is_ds && anchor.wanted.size() != digest_info(verdict.digest_type).size) {
    verdict.status = AnchorStatus::digest_size_wrong;
  }
  return anchor;
}

/// False for what RFC 4035 section 5.2 tells to treat as if it were not there. What is broken
/// counts: a chain must not become insecure by it.
bool is_supported(const AnchorVerdict& verdict) {
  return verdict.status != AnchorStatus::algorithm_not_supported &&
         verdict.status != AnchorStatus::digest_not_supported;
}

bool is_sha2(const AnchorVerdict& verdict) {
  return verdict.digest_type != 0 && verdict.digest_type != kSha1;
}

AnchorStatus judge_key(const Key& key) {
  if (key.dnskey.protocol != kDnssecProtocol) return AnchorStatus::key_protocol_not_3;
  if (!key.is_zone_key()) return AnchorStatus::key_not_zone_key;
  if (key.is_revoked()) return AnchorStatus::key_revoked;
  return AnchorStatus::key_does_not_sign;
}

/// True when the anchor is of this very key.
bool stands_for(const Anchor& anchor, const AnchorVerdict& verdict, const Key& key,
                const Name& zone, const Verifier& verifier) {
  const Bytes rdata = dnskey_rdata(key.dnskey);
  if (!anchor.is_ds) return rdata == anchor.wanted;
  const Name owner = zone.lowered();
  const std::string_view wire = owner.wire();
  const std::span<const std::uint8_t> octets(reinterpret_cast<const std::uint8_t*>(wire.data()),
                                             wire.size());
  return verifier.digest(verdict.digest_type, octets, rdata) == anchor.wanted;
}

/// A key published with REVOKE has another tag and digest than its DS: seen without the flag it may
/// be the one meant.
std::optional<std::size_t> find_revoked(const Anchor& anchor, const AnchorVerdict& verdict,
                                        const KeySet& keys, const Verifier& verifier) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < keys.keys.size() && tried < kMaxKeysPerTag; ++i) {
    Key key = keys.keys[i];
    if (!key.is_revoked() || key.dnskey.algorithm != verdict.algorithm) continue;
    key.dnskey.flags = static_cast<std::uint16_t>(key.dnskey.flags & ~kRevokeFlag);
    if (key_tag(dnskey_rdata(key.dnskey)) != verdict.key_tag) continue;
    ++tried;
    if (stands_for(anchor, verdict, key, keys.zone, verifier)) return i;
  }
  return std::nullopt;
}

/// Looks for the key of a usable anchor.
void match(const Anchor& anchor, AnchorVerdict& verdict, KeySet& keys, const Verifier& verifier) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < keys.keys.size(); ++i) {
    Key& key = keys.keys[i];
    if (key.tag != verdict.key_tag) continue;
    if (key.dnskey.algorithm != verdict.algorithm) {
      if (tried == 0) verdict.status = AnchorStatus::algorithm_differs;
      continue;
    }
    if (tried == kMaxKeysPerTag) {
      verdict.status = AnchorStatus::work_limit;
      return;
    }
    ++tried;
    verdict.status = AnchorStatus::digest_differs;
    if (!stands_for(anchor, verdict, key, keys.zone, verifier)) continue;
    verdict.key = i;
    verdict.status = judge_key(key);
    key.anchored = verdict.status == AnchorStatus::key_does_not_sign;
    return;
  }
  if (const auto revoked = find_revoked(anchor, verdict, keys, verifier)) {
    verdict.key = revoked;
    verdict.status = AnchorStatus::key_revoked;
  }
}

/// The best signature by the key itself, or else with its tag.
SignatureStatus best_signature(const RrsetVerdict& rrset, std::size_t index, const Key& key) {
  SignatureStatus best = SignatureStatus::missing;
  for (const SignatureVerdict& signature : rrset.signatures) {
    const bool made_by_another = signature.key && *signature.key != index;
    if (made_by_another || signature.rrsig.key_tag != key.tag ||
        signature.rrsig.algorithm != key.dnskey.algorithm) {
      continue;
    }
    best = std::min(best, signature.status);
  }
  return best;
}

void read_all(std::span<const Record* const> records, const Verifier& verifier,
              std::vector<Anchor>& anchors, std::vector<AnchorVerdict>& verdicts) {
  for (const Record* const record : records) {
    AnchorVerdict& verdict = verdicts.emplace_back();
    verdict.record = record;
    if (verdicts.size() > kMaxAnchorsPerZone) {
      verdict.status = AnchorStatus::work_limit;
      anchors.emplace_back();
    } else {
      anchors.push_back(read_anchor(*record, verifier, verdict));
    }
  }
  const bool has_sha2 = std::any_of(verdicts.begin(), verdicts.end(), [](const auto& verdict) {
    return verdict.status == AnchorStatus::no_such_key && is_sha2(verdict);
  });
  for (AnchorVerdict& verdict : verdicts) {
    const bool sha1 = verdict.status == AnchorStatus::no_such_key && verdict.digest_type == kSha1;
    if (has_sha2 && sha1) verdict.status = AnchorStatus::ignored;
  }
}

void judge_signatures(DnskeyVerdict& verdict) {
  for (AnchorVerdict& anchor : verdict.anchors) {
    if (anchor.status != AnchorStatus::key_does_not_sign) continue;
    const SignatureStatus best =
        best_signature(verdict.rrset, *anchor.key, verdict.keys.keys[*anchor.key]);
    if (best == SignatureStatus::valid) {
      anchor.status = AnchorStatus::anchors;
    } else {
      anchor.signature = best;
    }
  }
  for (const SignatureVerdict& signature : verdict.rrset.signatures) {
    if (!signature.is_right_but_for_time() || !signature.key ||
        !verdict.keys.keys[*signature.key].anchored) {
      continue;
    }
    if (!verdict.valid_until || signature.expiration > *verdict.valid_until) {
      verdict.valid_until = signature.expiration;
    }
  }
}

bool any_with(const std::vector<AnchorVerdict>& verdicts, AnchorStatus status) {
  return std::any_of(verdicts.begin(), verdicts.end(),
                     [status](const AnchorVerdict& one) { return one.status == status; });
}

void conclude(DnskeyVerdict& verdict) {
  verdict.status = Status::bogus;
  if (any_with(verdict.anchors, AnchorStatus::anchors)) {
    verdict.status = Status::secure;
    verdict.reason = ChainReason::anchored;
  } else if (verdict.keys.keys.empty()) {
    verdict.reason = ChainReason::no_dnskeys;
  } else if (any_with(verdict.anchors, AnchorStatus::key_does_not_sign)) {
    const bool cut = std::any_of(
        verdict.anchors.begin(), verdict.anchors.end(),
        [](const AnchorVerdict& one) { return one.signature == SignatureStatus::work_limit; });
    verdict.reason = cut ? ChainReason::work_limit : ChainReason::anchored_key_does_not_sign;
  } else {
    verdict.reason = any_with(verdict.anchors, AnchorStatus::work_limit)
                         ? ChainReason::work_limit
                         : ChainReason::no_key_matches;
  }
}

}  // namespace

std::string_view to_text(AnchorStatus status) {
  switch (status) {
    case AnchorStatus::anchors:
      return "anchors";
    case AnchorStatus::key_does_not_sign:
      return "key-does-not-sign";
    case AnchorStatus::key_revoked:
      return "key-revoked";
    case AnchorStatus::key_not_zone_key:
      return "key-not-zone-key";
    case AnchorStatus::key_protocol_not_3:
      return "key-protocol-not-3";
    case AnchorStatus::digest_differs:
      return "digest-differs";
    case AnchorStatus::algorithm_differs:
      return "algorithm-differs";
    case AnchorStatus::no_such_key:
      return "no-such-key";
    case AnchorStatus::ignored:
      return "ignored";
    case AnchorStatus::algorithm_not_supported:
      return "algorithm-not-supported";
    case AnchorStatus::digest_not_supported:
      return "digest-not-supported";
    case AnchorStatus::digest_size_wrong:
      return "digest-size-wrong";
    case AnchorStatus::work_limit:
      return "work-limit";
    case AnchorStatus::malformed:
      return "malformed";
  }
  return "";
}

std::string_view to_text(ChainReason reason) {
  switch (reason) {
    case ChainReason::anchored:
      return "anchored";
    case ChainReason::no_supported_ds:
      return "no-supported-ds";
    case ChainReason::no_anchors:
      return "no-anchors";
    case ChainReason::no_dnskeys:
      return "no-dnskeys";
    case ChainReason::no_key_matches:
      return "no-key-matches";
    case ChainReason::anchored_key_does_not_sign:
      return "anchored-key-does-not-sign";
    case ChainReason::work_limit:
      return "work-limit";
  }
  return "";
}

SignatureStatus DnskeyVerdict::entry_signature() const {
  std::optional<SignatureStatus> best;
  for (const AnchorVerdict& anchor : anchors) {
    if (anchor.status == AnchorStatus::anchors) return SignatureStatus::valid;
    if (anchor.signature) best = std::min(best.value_or(*anchor.signature), *anchor.signature);
  }
  return best.value_or(rrset.reason);
}

DnskeyVerdict validate_dnskeys(const Name& zone, std::span<const Record* const> anchors,
                               const RrsetView& dnskeys, Seconds now, Verifier& verifier,
                               WorkBudget& work) {
  DnskeyVerdict verdict;
  verdict.keys = make_key_set(zone, dnskeys.records);
  std::vector<Anchor> read;
  read_all(anchors, verifier, read, verdict.anchors);
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (verdict.anchors[i].status == AnchorStatus::no_such_key) {
      match(read[i], verdict.anchors[i], verdict.keys, verifier);
    }
  }
  verdict.rrset = validate_rrset(dnskeys, verdict.keys, now, verifier, work);
  if (anchors.empty()) return verdict;
  if (std::none_of(verdict.anchors.begin(), verdict.anchors.end(), is_supported)) {
    verdict.status = Status::insecure;
    verdict.reason = ChainReason::no_supported_ds;
    return verdict;
  }
  judge_signatures(verdict);
  conclude(verdict);
  return verdict;
}

bool has_supported_ds(std::span<const Record* const> ds, const Verifier& verifier) {
  return std::any_of(ds.begin(), ds.end(), [&verifier](const Record* record) {
    AnchorVerdict verdict;
    read_anchor(*record, verifier, verdict);
    return is_supported(verdict);
  });
}

}  // namespace dns::dnssec
