// Facts about denial: the NSEC and NSEC3 records of every address, read once for all checks.
#include "checks/facts_denial.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "checks/facts.hpp"
#include "dns/dnssec_canonical.hpp"
#include "dns/dnssec_limits.hpp"

namespace checks {

namespace {

using dns::ResponseKind;
using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::DenialMethod;
using dns::dnssec::Nsec3Hash;
using dns::dnssec::Nsec3Hasher;
using dns::dnssec::RrsetVerdict;
using survey::QuestionId;

// Names that are hashed for one zone and round, beside those that proofs need, and sets of
// parameters they are hashed with (CVE-2023-50868).
constexpr std::size_t kMaxHashedNames = 16;
constexpr std::size_t kMaxParameterSets = 4;

// Hashes of the zone's own names; one for the whole zone, since its servers hash alike.
class Hashes {
 public:
  std::optional<Nsec3Hash> hash(const dns::dnssec::Nsec3& nsec3, const dns::Name& name) {
    if (nsec3.hash_algorithm != dns::dnssec::kNsec3Sha1 ||
        nsec3.iterations > dns::dnssec::kMaxNsec3Iterations) {
      return std::nullopt;
    }
    const auto key = std::pair(nsec3.iterations, nsec3.salt);
    auto hasher = hashers_.find(key);
    if (hasher == hashers_.end()) {
      if (hashers_.size() == kMaxParameterSets) return std::nullopt;
      hasher = hashers_.try_emplace(key, nsec3.iterations, nsec3.salt).first;
    }
    return hasher->second.hash(name);
  }

 private:
  std::map<std::pair<std::uint16_t, dns::Bytes>, Nsec3Hasher> hashers_;
};

const dns::Exchange* answered(const survey::Answer* answer) {
  if (answer == nullptr || !answer->exchange.first) return nullptr;
  const dns::Exchange& exchange = answer->exchange.final();
  return exchange.answered() ? &exchange : nullptr;
}

bool is_right_but_for_time(const RrsetVerdict& rrset) {
  return rrset.reason <= dns::dnssec::SignatureStatus::not_yet_valid;
}

// Strictly between the two in a circle.
template <typename T>
bool is_between(const T& owner, const T& what, const T& next) {
  if (owner < next) return owner < what && what < next;
  return owner < what || what < next;
}

class DenialReader {
 public:
  DenialReader(AddressFacts& address, const Facts& facts, const dns::dnssec::Trust& trust,
               Hashes& hashes, dns::dnssec::RrsetMemory& memory)
      : address_(address), facts_(facts), trust_(trust), hashes_(hashes), memory_(memory) {}

  void read() {
    read_nodata();
    read_nsec3param();
    const AddressDnssec& dnssec = address_.dnssec;
    if (!dnssec.keys || dnssec.keys->keys.keys.empty()) return;
    if (dnssec.denial) {
      read_records(*dnssec.denial_exchange, dnssec.denial->rrsets, Asked::each_round);
    }
    for (const survey::Answer& answer : address_.seen->answers) {
      if (answer.id == QuestionId::nodata || answer.id == QuestionId::nsec3param ||
          answer.id == QuestionId::ns_address || answer.id == QuestionId::name_between) {
        judge(answer);
      }
    }
    read_apex();
    find_covered();
  }

 private:
  const dns::Name& zone() const { return facts_.survey.zone; }

  ResponseKind kind_of(const dns::Exchange& exchange) const {
    return dns::classify(*exchange.response, exchange.question, zone());
  }

  static NodataKind nodata_kind(ResponseKind kind) {
    switch (kind) {
      case ResponseKind::answer:
        return NodataKind::data;
      case ResponseKind::nodata:
        return NodataKind::nodata;
      case ResponseKind::nxdomain:
        return NodataKind::nxdomain;
      case ResponseKind::referral:
      case ResponseKind::upward_referral:
        return NodataKind::referral;
      case ResponseKind::lame:
        return NodataKind::lame;
      case ResponseKind::error:
        return NodataKind::error;
    }
    return NodataKind::unknown;
  }

  void read_nodata() {
    const dns::Exchange* const exchange = answered(address_.seen->find(QuestionId::nodata));
    if (exchange == nullptr) return;
    NodataFacts& nodata = address_.denial.nodata;
    nodata.exchange = exchange;
    nodata.kind = nodata_kind(kind_of(*exchange));
    for (const dns::Record& record : exchange->response->authority) {
      if (record.type != RRType::soa || record.rrclass != dns::RRClass::in) continue;
      (record.owner == zone() ? nodata.soa : nodata.foreign_soa) = true;
    }
  }

  void read_nsec3param() {
    const dns::Exchange* const exchange = answered(address_.seen->find(QuestionId::nsec3param));
    if (exchange == nullptr) return;
    const ResponseKind kind = kind_of(*exchange);
    if (kind != ResponseKind::answer && kind != ResponseKind::nodata) return;
    std::vector<dns::Bytes> records;
    for (const dns::Record* record :
         dns::find_records(exchange->response->answer, zone(), RRType::nsec3param)) {
      records.push_back(record->rdata);
    }
    std::sort(records.begin(), records.end());
    records.erase(std::unique(records.begin(), records.end()), records.end());
    address_.denial.nsec3param = std::move(records);
    address_.denial.nsec3param_exchange = exchange;
  }

  // Answers without data, of the zone itself: a zone below it, on the same server, denies with a
  // SOA and keys of its own.
  void judge(const survey::Answer& answer) {
    const dns::Exchange* const exchange = answered(&answer);
    if (exchange == nullptr || exchange->gave_up_edns()) return;
    if (kind_of(*exchange) != ResponseKind::nodata) return;
    const std::vector<dns::Record>& authority = exchange->response->authority;
    const bool apex = exchange->question.qname == zone();
    if (!apex && dns::find_records(authority, zone(), RRType::soa).empty()) return;
    JudgedDenial denial;
    denial.question.qname = exchange->question.qname;
    denial.question.qtype = exchange->question.qtype;
    denial.question.claim = Claim::no_data;
    denial.exchange = exchange;
    const std::int64_t at = facts_.told_at(&answer, *exchange);
    dns::dnssec::WorkBudget work;
    denial.verdict = prove_denial(denial.question, authority, address_.dnssec.keys->keys,
                                  dns::dnssec::Seconds(std::chrono::seconds(at)), trust_.verifier,
                                  work, &memory_);
    const std::vector<RrsetVerdict>& rrsets = denial.verdict.rrsets;
    const bool former = std::any_of(rrsets.begin(), rrsets.end(), [&](const RrsetVerdict& rrset) {
      return is_by_former_key(answer.carried_over, rrset);
    });
    if (former) return;
    for (const RrsetVerdict& verdict : rrsets) {
      JudgedRrset rrset;
      rrset.rrset = SignedRrset::denial;
      rrset.exchange = exchange;
      rrset.judged_at = at;
      rrset.keys_known = true;
      rrset.verdict = verdict;
      add_judged(address_.dnssec, std::move(rrset));
    }
    read_records(*exchange, rrsets, Asked::slowly);
    address_.denial.nodata_denials.push_back(std::move(denial));
  }

  // No more of one answer than a proof is made of, for an RRset may have any number of records.
  void read_records(const dns::Exchange& exchange, const std::vector<RrsetVerdict>& rrsets,
                    Asked asked) {
    std::size_t kept = 0;
    for (const dns::Record& record : exchange.response->authority) {
      const bool counts =
          std::any_of(rrsets.begin(), rrsets.end(), [&record](const RrsetVerdict& rrset) {
            return rrset.type == record.type && rrset.owner == record.owner &&
                   is_right_but_for_time(rrset) && !rrset.closest_encloser;
          });
      if (!counts) continue;
      if (++kept > dns::dnssec::kMaxDenialRecords) return;
      if (record.type == RRType::nsec) {
        std::optional<dns::dnssec::Nsec> nsec = dns::dnssec::parse_nsec(record.rdata);
        if (nsec) address_.denial.nsec.push_back({&record, &exchange, asked, *std::move(nsec)});
      } else if (std::optional<dns::dnssec::Nsec3> nsec3 = dns::dnssec::parse_nsec3(record.rdata)) {
        const bool below = record.owner != zone() && record.owner.parent() == zone();
        auto owner =
            below ? dns::dnssec::nsec3_hash_from_label(record.owner.label(0)) : std::nullopt;
        address_.denial.nsec3.push_back({&record, &exchange, asked, *std::move(nsec3), owner});
      }
    }
  }

  void read_apex() {
    AddressDenial& denial = address_.denial;
    for (const SeenNsec& seen : denial.nsec) {
      if (seen.record->owner != zone()) continue;
      denial.apex.push_back({seen.nsec.types, DenialMethod::nsec, seen.asked, seen.exchange});
    }
    for (const SeenNsec3& seen : denial.nsec3) {
      if (!seen.owner || hashes_.hash(seen.nsec3, zone()) != seen.owner) continue;
      denial.apex.push_back({seen.nsec3.types, DenialMethod::nsec3, seen.asked, seen.exchange});
    }
  }

  // Names with addresses that the zone signs, as this address itself gives them.
  std::vector<dns::Name> existing() const {
    std::vector<dns::Name> names;
    for (const JudgedRrset& rrset : address_.dnssec.rrsets) {
      const bool exists = rrset.rrset == SignedRrset::address && !rrset.in_additional &&
                          rrset.is_secure() && !rrset.verdict.closest_encloser;
      if (!exists || names.size() == kMaxHashedNames) continue;
      if (std::find(names.begin(), names.end(), rrset.owner()) == names.end()) {
        names.push_back(rrset.owner());
      }
    }
    return names;
  }

  // An answer about the name itself is neg-proof-nodata's, a record that leads nowhere neg-chain's.
  bool spans(const SeenNsec& seen, const dns::Name& name) const {
    const dns::Name& owner = seen.record->owner;
    const dns::Name& next = seen.nsec.next;
    if (seen.exchange->question.qname == name || !next.is_at_or_below(zone())) return false;
    return owner < name && (next == zone() || name < next);
  }

  void find_covered() {
    AddressDenial& denial = address_.denial;
    for (const dns::Name& name : existing()) {
      for (const SeenNsec& seen : denial.nsec) {
        const bool covered = spans(seen, name);
        if (covered) denial.covered.push_back({name, seen.record, seen.exchange});
      }
      for (const SeenNsec3& seen : denial.nsec3) {
        Nsec3Hash next{};
        if (!seen.owner || seen.nsec3.next.size() != next.size()) continue;
        if (seen.exchange->question.qname == name) continue;
        std::copy(seen.nsec3.next.begin(), seen.nsec3.next.end(), next.begin());
        const std::optional<Nsec3Hash> hash = hashes_.hash(seen.nsec3, name);
        const bool covered = hash && is_between(*seen.owner, *hash, next);
        if (covered) denial.covered.push_back({name, seen.record, seen.exchange});
      }
    }
  }

  AddressFacts& address_;
  const Facts& facts_;
  const dns::dnssec::Trust& trust_;
  Hashes& hashes_;
  dns::dnssec::RrsetMemory& memory_;
};

}  // namespace

bool SeenNsec3::is_of_chain(const SeenNsec3& other) const {
  return nsec3.hash_algorithm == other.nsec3.hash_algorithm &&
         nsec3.iterations == other.nsec3.iterations && nsec3.salt == other.nsec3.salt;
}

void derive_denial_facts(Facts& facts, const dns::dnssec::Trust& trust,
                         dns::dnssec::RrsetMemory& memory) {
  Hashes hashes;
  for (AddressFacts& address : facts.addresses) {
    if (address.up()) DenialReader(address, facts, trust, hashes, memory).read();
  }
}

}  // namespace checks
