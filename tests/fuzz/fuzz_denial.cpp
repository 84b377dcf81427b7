// Fuzz target: denial of existence. The input is one octet, the labels of the zone, and a message.
// Its NSEC and NSEC3 records are signed here with a key of the target's own, for what is not
// validly signed is not reasoned about; the octet's upper bits choose what is signed as if from a
// wildcard. Then every claim about the question is judged, and the promises of
// dns/dnssec_denial.hpp are checked. The message's own keys, DS records and signatures are judged
// as they are.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <openssl/evp.h>

#include "dns/dnssec_anchoring.hpp"
#include "dns/dnssec_denial.hpp"
#include "dns/message.hpp"

namespace {

using dns::Bytes;
using dns::Name;
using dns::Record;
using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::DenialQuestion;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::KeySet;
using dns::dnssec::Seconds;
using dns::dnssec::Status;
using dns::dnssec::Verifier;
using dns::dnssec::WorkBudget;

void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

constexpr std::uint32_t kInception = 1700000000;
constexpr std::uint32_t kExpiration = 1800000000;
constexpr Seconds kNow{std::chrono::seconds{1750000000}};
/// Signing takes most of the time; an honest proof needs three.
constexpr std::size_t kMaxSigned = 6;

/// A signer with a key that is the same in every run.
class Signer {
 public:
  Signer() {
    const Bytes seed(32, 7);
    key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    dnskey_.flags = 256;
    dnskey_.protocol = 3;
    dnskey_.algorithm = 15;
    std::size_t size = 32;
    dnskey_.public_key.resize(size);
    require(EVP_PKEY_get_raw_public_key(key_.get(), dnskey_.public_key.data(), &size) == 1,
            "a public key");
    tag_ = dns::key_tag(dns::dnssec::dnskey_rdata(dnskey_));
  }

  KeySet keys(const Name& zone) const { return {zone, {{dnskey_, tag_, false}}}; }

  /// The RRSIG; its labels are one less than they should be when `from_wildcard`.
  Record sign(const dns::dnssec::RrsetView& rrset, const Name& zone, bool from_wildcard) const {
    dns::Rrsig rrsig;
    rrsig.type_covered = rrset.type;
    rrsig.algorithm = dnskey_.algorithm;
    rrsig.labels = static_cast<std::uint8_t>(dns::dnssec::signed_labels(rrset.owner));
    if (from_wildcard && rrsig.labels != 0) --rrsig.labels;
    rrsig.original_ttl = 3600;
    rrsig.expiration = kExpiration;
    rrsig.inception = kInception;
    rrsig.key_tag = tag_;
    rrsig.signer = zone;
    const Bytes data = dns::dnssec::CanonicalRrset(rrset).signed_data(rrsig);
    Record record{rrset.owner, RRType::rrsig, dns::RRClass::in, 3600, rdata(rrsig)};
    const Bytes signature = sign(data);
    record.rdata.insert(record.rdata.end(), signature.begin(), signature.end());
    return record;
  }

 private:
  static Bytes rdata(const dns::Rrsig& rrsig) {
    Bytes out;
    const auto put = [&out](std::uint32_t value, int octets) {
      while (octets-- > 0) out.push_back(static_cast<std::uint8_t>(value >> 8 * octets));
    };
    put(static_cast<std::uint32_t>(rrsig.type_covered), 2);
    put(rrsig.algorithm, 1);
    put(rrsig.labels, 1);
    put(rrsig.original_ttl, 4);
    put(rrsig.expiration, 4);
    put(rrsig.inception, 4);
    put(rrsig.key_tag, 2);
    out.insert(out.end(), rrsig.signer.wire().begin(), rrsig.signer.wire().end());
    return out;
  }

  Bytes sign(const Bytes& data) const {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                     EVP_MD_CTX_free);
    Bytes signature(64);
    std::size_t size = signature.size();
    require(
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
            EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1,
        "a signature");
    return signature;
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_{nullptr, EVP_PKEY_free};
  dns::Dnskey dnskey_;
  std::uint16_t tag_ = 0;
};

/// The authority section with its denial records signed.
std::vector<Record> sign_denial(const std::vector<Record>& authority, const Signer& signer,
                                const Name& zone, unsigned from_wildcard) {
  std::vector<Record> section = authority;
  std::size_t count = 0;
  for (const auto& rrset : dns::dnssec::collect_rrsets(authority)) {
    const bool denies = rrset.type == RRType::nsec || rrset.type == RRType::nsec3;
    if (!denies || !rrset.owner.is_at_or_below(zone) || count == kMaxSigned) continue;
    section.push_back(signer.sign(rrset, zone, (from_wildcard >> count & 1) != 0));
    ++count;
  }
  return section;
}

void check_verdict(const DenialVerdict& verdict, const DenialQuestion& question,
                   const std::vector<Record>& section) {
  require(!to_text(verdict.reason).empty(), "a reason has a text");
  require((verdict.status == Status::secure) == (verdict.reason == DenialReason::proven),
          "secure is what is proven");
  require(verdict.rrsets.size() <= dns::dnssec::kMaxDenialRecords, "records are bounded");
  require(verdict.is_proven() != verdict.proof.empty(), "a proof has records");
  if (!verdict.is_proven()) return;
  require(verdict.valid_until == Seconds(std::chrono::seconds(kExpiration)),
          "a proof ends with its signatures");
  for (const Record* const record : verdict.proof) {
    require(record >= section.data() && record < section.data() + section.size(),
            "a proof is of records of the section");
    require(record->type == RRType::nsec || record->type == RRType::nsec3,
            "a proof is of denial records");
    const bool at_name = record->type == RRType::nsec && record->owner == question.qname;
    require(!at_name || question.claim != Claim::name_error || verdict.compact,
            "a name with an NSEC record exists");
    require(!at_name || question.claim != Claim::wildcard_answer,
            "a name with an NSEC record matches no wildcard");
  }
  if (question.claim == Claim::unsigned_delegation && verdict.status == Status::secure) {
    require(verdict.delegation, "an unsigned delegation is one");
  }
}

void check_claim(const DenialQuestion& question, const std::vector<Record>& section,
                 const KeySet& keys, Verifier& verifier) {
  WorkBudget work;
  const DenialVerdict verdict =
      dns::dnssec::prove_denial(question, section, keys, kNow, verifier, work);
  check_verdict(verdict, question, section);
  WorkBudget again;
  const DenialVerdict warm =
      dns::dnssec::prove_denial(question, section, keys, kNow, verifier, again);
  require(warm.reason == verdict.reason && warm.proof == verdict.proof,
          "memory changes no verdict");
  WorkBudget nothing(0, 0);
  const DenialVerdict idle =
      dns::dnssec::prove_denial(question, section, keys, kNow, verifier, nothing);
  require(!idle.is_proven(), "nothing is proven without work");
}

/// The message's own keys, by its own DS records and keys, and all it holds by these.
void check_as_it_is(const dns::Message& message, const Name& zone, Verifier& verifier) {
  std::vector<const Record*> anchors;
  for (const Record& record : message.authority) {
    if (record.type == RRType::ds || record.type == RRType::dnskey) anchors.push_back(&record);
  }
  const auto dnskeys = dns::dnssec::collect_rrset(message.answer, zone, RRType::dnskey);
  WorkBudget work;
  const auto verdict = dns::dnssec::validate_dnskeys(zone, anchors, dnskeys, kNow, verifier, work);
  require(verdict.anchors.size() == anchors.size(), "every anchor has a verdict");
  require(!anchors.empty() || verdict.status == Status::indeterminate, "no anchor, no verdict");
  for (const auto& section : {message.answer, message.authority, message.additional}) {
    for (const auto& rrset : dns::dnssec::collect_rrsets(section)) {
      const auto judged = dns::dnssec::validate_rrset(rrset, verdict.keys, kNow, verifier, work);
      require(judged.is_secure() || judged.status == Status::bogus, "secure or bogus");
      require(!judged.is_secure() || judged.best, "what is secure has its signature");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto message = dns::parse_message({data + 1, size - 1});
  if (!message || !message->question) return 0;
  const Name& qname = message->question->qname;
  const std::size_t labels = std::min<std::size_t>(data[0] & 3, qname.label_count());
  const Name zone = qname.suffix(labels);
  const Signer signer;
  Verifier verifier({std::size_t{1} << 16, std::size_t{1} << 16});
  check_as_it_is(*message, zone, verifier);

  const std::vector<Record> section = sign_denial(message->authority, signer, zone, data[0] >> 2);
  const KeySet keys = signer.keys(zone);
  const RRType qtype = message->question->qtype;
  for (const Claim claim : {Claim::name_error, Claim::no_data, Claim::unsigned_delegation}) {
    check_claim({qname, qtype, claim, std::nullopt}, section, keys, verifier);
  }
  if (labels < qname.label_count()) {
    check_claim({qname, qtype, Claim::wildcard_answer, qname.parent()}, section, keys, verifier);
    check_claim({qname, qtype, Claim::wildcard_answer, zone}, section, keys, verifier);
  }
  return 0;
}
