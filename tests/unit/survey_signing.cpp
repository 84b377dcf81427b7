#include "tests/unit/survey_signing.hpp"

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "dns/dnssec_canonical.hpp"
#include "tests/unit/dnssec_signer.hpp"

namespace tests {

namespace {

using dns::RRType;

constexpr std::uint8_t kAlgorithm = 13;  // ECDSAP256SHA256

struct Keys {
  SigningKey ksk;
  SigningKey zsk;
};

// Keys, and what was signed with them already: most surveys of a test say the same.
class Signers {
 public:
  const Keys& of(const dns::Name& zone) {
    std::unique_ptr<Keys>& keys = keys_[zone];
    if (!keys) {
      const std::string text = zone.to_text();
      keys = std::make_unique<Keys>(Keys{SigningKey(text, kAlgorithm, SigningKey::kKsk),
                                         SigningKey(text, kAlgorithm, SigningKey::kZsk)});
    }
    return *keys;
  }

  dns::Bytes signature(const std::vector<dns::Record>& rrset, dns::Rrsig fields) {
    const Keys& keys = of(fields.signer);
    const bool of_keys = fields.type_covered == RRType::dnskey ||
                         fields.type_covered == RRType::cds ||
                         fields.type_covered == RRType::cdnskey;
    const SigningKey& key = of_keys ? keys.ksk : keys.zsk;
    fields.algorithm = kAlgorithm;
    fields.key_tag = key.tag();
    fields.labels = static_cast<std::uint8_t>(dns::dnssec::signed_labels(rrset.front().owner));
    fields.original_ttl = rrset.front().ttl;
    const dns::dnssec::RrsetView view = rrset_of(rrset);
    dns::Bytes memo = dns::dnssec::CanonicalRrset(view).signed_data(fields);
    dns::Bytes& known = made_[std::move(memo)];
    if (known.empty()) known = key.sign_as(rrset, fields).rdata;
    return known;
  }

 private:
  std::map<dns::Name, std::unique_ptr<Keys>> keys_;
  std::map<dns::Bytes, dns::Bytes> made_;
};

Signers& signers() {
  static Signers all;
  return all;
}

using ExtraArguments = std::tuple<dns::Name, std::uint8_t, std::uint16_t, int, std::uint16_t>;

std::map<ExtraArguments, SigningKey>& extra_keys() {
  static std::map<ExtraArguments, SigningKey> all;
  return all;
}

const SigningKey& find_extra(const dns::Record& dnskey) {
  for (const auto& [arguments, key] : extra_keys()) {
    if (key.dnskey().rdata == dnskey.rdata) return key;
  }
  std::abort();
}

void sign_section(std::vector<dns::Record>& section) {
  for (dns::Record& record : section) {
    if (record.type != RRType::rrsig) continue;
    const std::optional<dns::Rrsig> fields = dns::parse_rrsig(record.rdata);
    if (!fields || fields->key_tag != kUnsignedTag) continue;
    std::vector<dns::Record> rrset;
    for (const dns::Record& other : section) {
      const bool covered = other.owner == record.owner && other.type == fields->type_covered &&
                           other.rrclass == dns::RRClass::in;
      if (covered) rrset.push_back(other);
    }
    if (!rrset.empty()) record.rdata = signers().signature(rrset, *fields);
  }
}

void sign(std::shared_ptr<const dns::Exchange>& exchange) {
  if (!exchange || !exchange->response) return;
  auto message = std::make_shared<dns::Message>(*exchange->response);
  for (auto* section : {&message->answer, &message->authority, &message->additional}) {
    sign_section(*section);
  }
  auto copy = std::make_shared<dns::Exchange>(*exchange);
  copy->response = std::move(message);
  exchange = std::move(copy);
}

std::shared_ptr<const dns::dnssec::PathZone> path_to(const dns::Name& zone, dns::WallTime now) {
  const Keys& keys = signers().of(zone);
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const std::vector<dns::Record> dnskeys{keys.ksk.dnskey(), keys.zsk.dnskey()};
  dns::Message message;
  message.aa = true;
  message.answer = dnskeys;
  message.answer.push_back(
      keys.ksk.sign(dnskeys, today - std::chrono::days(7), today + std::chrono::days(14)));
  dns::Exchange exchange;
  exchange.question.qname = zone;
  exchange.question.qtype = RRType::dnskey;
  exchange.outcome = dns::Outcome::answered;
  exchange.response = std::make_shared<const dns::Message>(std::move(message));
  dns::dnssec::PathZone link;
  link.zone = zone;
  link.dnskey = std::make_shared<const dns::Exchange>(std::move(exchange));
  return std::make_shared<const dns::dnssec::PathZone>(std::move(link));
}

}  // namespace

dns::Record ksk_record(const dns::Name& zone) {
  return signers().of(zone).ksk.dnskey();
}

dns::Record zsk_record(const dns::Name& zone) {
  return signers().of(zone).zsk.dnskey();
}

dns::Record ds_record(const dns::Name& zone, std::uint8_t digest_type) {
  return signers().of(zone).ksk.ds(digest_type);
}

dns::Record extra_key(const dns::Name& zone, std::uint8_t algorithm, std::uint16_t flags,
                      int number, std::uint16_t rsa_bits) {
  const ExtraArguments arguments{zone, algorithm, flags, number, rsa_bits};
  auto found = extra_keys().find(arguments);
  if (found == extra_keys().end()) {
    found = extra_keys()
                .emplace(arguments, SigningKey(zone.to_text(), algorithm, flags, rsa_bits))
                .first;
  }
  return found->second.dnskey();
}

dns::Record extra_ds(const dns::Record& key, std::uint8_t digest_type) {
  return find_extra(key).ds(digest_type);
}

dns::Record sign_with(const dns::Record& key, const std::vector<dns::Record>& rrset,
                      std::int64_t inception, std::int64_t expiration) {
  return find_extra(key).sign(rrset, Seconds(std::chrono::seconds(inception)),
                              Seconds(std::chrono::seconds(expiration)));
}

void sign_survey(survey::Survey& survey) {
  for (survey::AddressObservation& seen : survey.addresses) {
    for (survey::Answer& answer : seen.answers) {
      sign(answer.exchange.first);
      sign(answer.exchange.tcp);
    }
  }
  for (survey::ParentServer& parent : survey.delegation.servers) {
    for (auto* followed : {&parent.ns, &parent.ds}) {
      sign(followed->first);
      sign(followed->tcp);
    }
  }
  if (survey.delegation.parent.found && !survey.path) {
    survey.path = path_to(survey.delegation.parent.parent, survey.finished);
  }
}

dns::dnssec::TrustAnchors anchors_for(const survey::Survey& survey) {
  dns::dnssec::TrustAnchors anchors;
  const bool root = survey.zone.is_root() || !survey.delegation.parent.found;
  anchors.add(ds_record(root ? survey.zone : survey.delegation.parent.parent));
  return anchors;
}

}  // namespace tests
