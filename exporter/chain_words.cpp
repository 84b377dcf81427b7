#include "exporter/chain_words.hpp"

#include <algorithm>

#include "dns/dnssec_algorithms.hpp"
#include "exporter/report_text.hpp"

namespace exporter {
namespace {

using checks::ChainDs;
using checks::ChainKey;
using checks::ChainSignature;
using checks::ChainStep;
using dns::dnssec::AnchorStatus;
using dns::dnssec::SignatureStatus;

constexpr std::size_t kShownServers = 3;
constexpr std::size_t kShownDigits = 8;  // enough to tell digests apart by eye

std::string spaced(std::string_view machine_word) {
  std::string words(machine_word);
  std::replace(words.begin(), words.end(), '-', ' ');
  return words;
}

}  // namespace

std::string date_text(dns::dnssec::Seconds time) {
  constexpr std::size_t kDate = 10;
  return rfc3339(dns::WallTime(time)).substr(0, kDate);
}

std::string algorithm_words(std::uint8_t number) {
  const std::string_view mnemonic = dns::dnssec::algorithm_info(number).mnemonic;
  return mnemonic.empty() ? dns::dnssec::algorithm_text(number) : std::string(mnemonic);
}

std::string digest_words(std::uint8_t number) {
  const std::string_view mnemonic = dns::dnssec::digest_info(number).mnemonic;
  return mnemonic.empty() ? dns::dnssec::digest_text(number) : std::string(mnemonic);
}

std::string_view role_words(const ChainKey& key) {
  if ((key.flags & dns::dnssec::kZoneFlag) == 0) return "no zone key";
  if ((key.flags & dns::dnssec::kRevokeFlag) != 0) return "revoked";
  return (key.flags & dns::dnssec::kSepFlag) != 0 ? "KSK" : "ZSK";
}

std::string ds_name(const ChainDs& ds, bool is_anchor) {
  return (is_anchor ? "anchor " : "DS ") + std::to_string(ds.key_tag);
}

std::string ds_contents(const ChainDs& ds) {
  std::string text = algorithm_words(ds.algorithm);
  if (ds.digest_type == 0) return text + " DNSKEY";
  text += ' ' + digest_words(ds.digest_type);
  if (ds.digest.empty()) return text;
  return text + ' ' + ds.digest.substr(0, kShownDigits) +
         (ds.digest.size() > kShownDigits ? "..." : "");
}

std::string ds_outcome(const ChainDs& ds) {
  if (!ds.status) return {};
  const std::string key = "key " + std::to_string(ds.key_tag);
  switch (*ds.status) {
    case AnchorStatus::anchors:
      return "leads to " + key;
    case AnchorStatus::key_does_not_sign:
      return key + " does not validly sign the keys";
    case AnchorStatus::key_revoked:
      return key + " is revoked";
    case AnchorStatus::key_not_zone_key:
      return key + " lacks the zone flag";
    case AnchorStatus::key_protocol_not_3:
      return key + " has another protocol than 3";
    case AnchorStatus::digest_differs:
      return "not the digest of " + key;
    case AnchorStatus::algorithm_differs:
      return key + " has another algorithm";
    case AnchorStatus::no_such_key:
      return "no key has this tag";
    case AnchorStatus::ignored:
      return "ignored beside a better digest";
    case AnchorStatus::algorithm_not_supported:
      return "algorithm not supported";
    case AnchorStatus::digest_not_supported:
      return "digest not supported";
    case AnchorStatus::digest_size_wrong:
      return "digest of the wrong length";
    case AnchorStatus::work_limit:
      return "not looked at: too many";
    case AnchorStatus::malformed:
      return "malformed";
  }
  return {};
}

ChainMark mark_of(const ChainDs& ds, const ChainStep& step) {
  if (!ds.status) return ChainMark::neutral;
  const bool another_leads = std::any_of(step.ds.begin(), step.ds.end(), [](const ChainDs& other) {
    return other.status == AnchorStatus::anchors;
  });
  switch (*ds.status) {
    case AnchorStatus::anchors:
      return ChainMark::good;
    // Kept ready, or on its way out: one that leads on is enough.
    case AnchorStatus::key_does_not_sign:
    case AnchorStatus::key_revoked:
      return another_leads ? ChainMark::neutral : ChainMark::fault;
    // Left over or published ahead in a rollover, or not for everybody: no fault of its own.
    case AnchorStatus::no_such_key:
    case AnchorStatus::ignored:
    case AnchorStatus::algorithm_not_supported:
    case AnchorStatus::digest_not_supported:
    case AnchorStatus::work_limit:
      return ChainMark::neutral;
    default:
      return ChainMark::fault;
  }
}

std::string key_name(const ChainKey& key) {
  return "key " + std::to_string(key.tag) + ' ' + std::string(role_words(key)) + ' ' +
         algorithm_words(key.algorithm);
}

std::string key_outcome(const ChainKey& key) {
  const ChainSignature& signature = key.signature;
  switch (signature.status) {
    case SignatureStatus::missing:
      return key.trusted ? "does not sign the keys" : "";
    case SignatureStatus::valid:
      return "signs the keys until " + date_text(signature.expiration);
    case SignatureStatus::expired:
      return "its signature of the keys expired " + date_text(signature.expiration);
    case SignatureStatus::not_yet_valid:
      return "its signature of the keys begins only " + date_text(signature.inception);
    case SignatureStatus::crypto_failed:
      return "its signature of the keys does not verify";
    case SignatureStatus::work_limit:
      return "its signature was not looked at: too many";
    default:
      return "its signature of the keys does not count: " + spaced(to_text(signature.status));
  }
}

ChainMark mark_of(const ChainKey& key) {
  switch (key.signature.status) {
    case SignatureStatus::valid:
      return key.trusted ? ChainMark::good : ChainMark::neutral;
    case SignatureStatus::missing:
      return ChainMark::neutral;
    default:
      return key.trusted ? ChainMark::fault : ChainMark::neutral;
  }
}

std::string ds_signature_words(const ChainSignature& signature) {
  const std::string by = " by key " + std::to_string(signature.key_tag);
  switch (signature.status) {
    case SignatureStatus::valid:
      return "signed" + by + " until " + date_text(signature.expiration);
    case SignatureStatus::expired:
      return "signature" + by + " expired " + date_text(signature.expiration);
    case SignatureStatus::not_yet_valid:
      return "signature" + by + " begins only " + date_text(signature.inception);
    case SignatureStatus::crypto_failed:
      return "signature" + by + " does not verify";
    case SignatureStatus::missing:
      return "not signed";
    default:
      return "signature does not count: " + spaced(to_text(signature.status));
  }
}

std::string status_words(const checks::ChainStep& step) {
  std::string words(to_text(step.status));
  if (step.is_anchor) words += ", trust anchor";
  if (step.is_island) words += ", island of security";
  if (step.broken) words += ", broken here";
  return words;
}

std::string servers_words(const checks::ChainKeySet& set, const checks::ZoneReport& report) {
  std::string text;
  const std::size_t shown = std::min(set.servers.size(), kShownServers);
  for (std::size_t i = 0; i < shown; ++i) {
    if (set.servers[i] >= report.servers.size()) continue;
    const checks::ServerState& server = report.servers[set.servers[i]];
    if (!text.empty()) text += ", ";
    text += server.nameserver.to_label() + ' ' + server.address.to_text();
  }
  if (shown < set.servers.size()) {
    text += " and " + std::to_string(set.servers.size() - shown) + " more";
  }
  return text;
}

bool servers_differ(const checks::ChainStep& step) {
  if (step.key_sets.size() != 1) return step.key_sets.size() > 1;
  // A fault of all is the reason of the step.
  return !step.key_sets.front().fault.empty() && !step.broken;
}

}  // namespace exporter
