// Facts about CDS, CDNSKEY, CSYNC, ZONEMD and NSEC3PARAM: what each address gives, whether it is
// validly signed, and what CDS and CDNSKEY would do to the zone if the parent followed them.
#include <algorithm>
#include <array>

#include "checks/facts.hpp"

namespace checks {

namespace {

using dns::RRType;
using dns::dnssec::Seconds;
using dns::dnssec::SignatureStatus;
using survey::QuestionId;

// RFC 8078 section 4.
constexpr std::array<std::uint8_t, 5> kDeleteCds{0, 0, 0, 0, 0};
constexpr std::array<std::uint8_t, 5> kDeleteCdnskey{0, 0, 3, 0, 0};

Seconds seconds(std::int64_t since_1970) {
  return Seconds(std::chrono::seconds(since_1970));
}

bool says_delete(const dns::Record& record) {
  const auto same = [&record](const auto& form) {
    return std::equal(form.begin(), form.end(), record.rdata.begin(), record.rdata.end());
  };
  return record.type == RRType::cds ? same(kDeleteCds) : same(kDeleteCdnskey);
}

// Algorithm 0 stands for nothing but the wish to delete.
bool hints_at_delete(const dns::Record& record) {
  const std::size_t field = record.type == RRType::cds ? 2 : 3;
  return record.rdata.size() > field && record.rdata[field] == 0;
}

// ---- CDS and CDNSKEY ----

class WishReader {
 public:
  WishReader(const AddressFacts& address, const Facts& facts, const dns::dnssec::Trust& trust)
      : address_(address), facts_(facts), trust_(trust) {}

  std::unique_ptr<const DsWish> read() const {
    const ApexRrset& cds = address_.dnssec.cds;
    const ApexRrset& cdnskey = address_.dnssec.cdnskey;
    if (!cds.exists() && !cdnskey.exists()) return nullptr;
    auto made = std::make_unique<DsWish>();
    DsWish& wish = *made;
    wish.from = cds.exists() ? &cds : &cdnskey;
    const bool with_delete = read_delete(wish);
    for (const dns::Record* const record : wish.from->view.records) add(wish, *record);
    std::sort(wish.keys.begin(), wish.keys.end());
    wish.keys.erase(std::unique(wish.keys.begin(), wish.keys.end()), wish.keys.end());
    if (cds.exists() && cdnskey.exists() && !with_delete) {
      wish.contradicts_itself = !stand_for_the_same(cds, cdnskey);
    }
    wish.signed_by_entry = signed_by_entry(*wish.from);
    if (!wish.anchors.empty()) wish.applied = apply(wish.anchors);
    return made;
  }

 private:
  // True when there is any record that asks for no DS, or seems to.
  bool read_delete(DsWish& wish) const {
    std::size_t rrsets = 0;
    std::size_t deleting = 0;
    bool any = false;
    for (const ApexRrset* const rrset : {&address_.dnssec.cds, &address_.dnssec.cdnskey}) {
      if (!rrset->exists()) continue;
      ++rrsets;
      const std::vector<const dns::Record*>& records = rrset->view.records;
      const auto hints = std::count_if(records.begin(), records.end(),
                                       [](const auto* record) { return hints_at_delete(*record); });
      if (hints == 0) continue;
      any = true;
      const bool right = records.size() == 1 && says_delete(*records.front());
      if (right) ++deleting;
      if (!right) wish.deletes_wrongly = true;
    }
    wish.deletes = deleting != 0 && deleting == rrsets;
    if (deleting != 0 && deleting < rrsets) wish.contradicts_itself = true;
    return any;
  }

  void add(DsWish& wish, const dns::Record& record) const {
    if (hints_at_delete(record)) return;
    dns::Record anchor = record;
    anchor.owner = facts_.survey.zone;
    if (record.type == RRType::cds) {
      const std::optional<dns::Ds> ds = dns::parse_ds(record.rdata);
      if (!ds) return;
      anchor.type = RRType::ds;
      wish.keys.push_back({ds->algorithm, ds->key_tag});
    } else {
      const std::optional<dns::Dnskey> key = dns::parse_dnskey(record.rdata);
      if (!key) return;
      anchor.type = RRType::dnskey;
      wish.keys.push_back({key->algorithm, dns::key_tag(record.rdata)});
    }
    wish.anchors.push_back(std::move(anchor));
  }

  bool stands_for(const dns::Ds& ds, const dns::Record& cdnskey) const {
    const std::optional<dns::Dnskey> key = dns::parse_dnskey(cdnskey.rdata);
    if (!key || key->algorithm != ds.algorithm || dns::key_tag(cdnskey.rdata) != ds.key_tag) {
      return false;
    }
    const dns::Name owner = facts_.survey.zone.lowered();
    const std::string_view wire = owner.wire();
    const std::optional<dns::Bytes> digest = trust_.verifier.digest(
        ds.digest_type, {reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size()},
        cdnskey.rdata);
    return !digest || *digest == ds.digest;
  }

  bool stand_for_the_same(const ApexRrset& cds, const ApexRrset& cdnskey) const {
    std::vector<bool> met(cdnskey.view.records.size());
    for (const dns::Record* const record : cds.view.records) {
      const std::optional<dns::Ds> ds = dns::parse_ds(record->rdata);
      bool found = false;
      for (std::size_t i = 0; ds && i < met.size(); ++i) {
        if (!stands_for(*ds, *cdnskey.view.records[i])) continue;
        met[i] = true;
        found = true;
      }
      if (!found) return false;
    }
    return std::find(met.begin(), met.end(), false) == met.end();
  }

  std::optional<bool> signed_by_entry(const ApexRrset& from) const {
    if (facts_.dnssec.delegation != dns::dnssec::Status::secure) return std::nullopt;
    if (!from.verdict || !from.verdict->is_secure() || !address_.dnssec.keys->is_secure()) {
      return std::nullopt;
    }
    const std::vector<dns::dnssec::Key>& keys = address_.dnssec.keys->keys.keys;
    return std::any_of(from.verdict->signatures.begin(), from.verdict->signatures.end(),
                       [&keys](const dns::dnssec::SignatureVerdict& signature) {
                         return signature.status == SignatureStatus::valid && signature.key &&
                                keys[*signature.key].anchored;
                       });
  }

  std::optional<dns::dnssec::DnskeyVerdict> apply(const std::vector<dns::Record>& anchors) const {
    const survey::Answer* const answer = address_.seen->find(QuestionId::dnskey);
    if (!address_.dnssec.keys || answer == nullptr) return std::nullopt;
    const dns::Exchange& exchange = *address_.dnskey_exchange;
    std::vector<const dns::Record*> pointers;
    for (const dns::Record& anchor : anchors) pointers.push_back(&anchor);
    const dns::dnssec::RrsetView dnskeys =
        dns::dnssec::collect_rrset(exchange.response->answer, facts_.survey.zone, RRType::dnskey);
    dns::dnssec::WorkBudget work;
    return validate_dnskeys(facts_.survey.zone, pointers, dnskeys,
                            seconds(facts_.told_at(answer, exchange)), trust_.verifier, work);
  }

  const AddressFacts& address_;
  const Facts& facts_;
  const dns::dnssec::Trust& trust_;
};

ApexRrset read_rrset(const AddressFacts& address, const Facts& facts,
                     const dns::dnssec::Trust& trust, dns::dnssec::RrsetMemory& memory,
                     QuestionId id, RRType type) {
  ApexRrset rrset;
  const survey::Answer* const answer = address.seen->find(id);
  if (answer == nullptr || !answer->exchange.first) return rrset;
  const dns::Exchange& exchange = answer->exchange.final();
  if (!exchange.answered() || exchange.gave_up_edns() || exchange.response->tc) return rrset;
  const dns::ResponseKind kind =
      dns::classify(*exchange.response, exchange.question, facts.survey.zone);
  const bool there = kind == dns::ResponseKind::answer;
  if (!there && kind != dns::ResponseKind::nodata) return rrset;
  rrset.view = dns::dnssec::collect_rrset(exchange.response->answer, facts.survey.zone, type);
  if (there && rrset.view.records.empty()) return rrset;  // an alias leads away
  rrset.exchange = &exchange;
  rrset.carried_over = answer->carried_over;
  if (!there || !address.dnssec.keys || address.dnssec.keys->keys.keys.empty()) return rrset;
  dns::dnssec::WorkBudget work;
  dns::dnssec::RrsetVerdict verdict =
      validate_rrset(rrset.view, address.dnssec.keys->keys,
                     seconds(facts.told_at(answer, exchange)), trust.verifier, work, &memory);
  if (!is_by_former_key(rrset.carried_over, verdict)) {
    rrset.verdict = std::make_shared<const dns::dnssec::RrsetVerdict>(std::move(verdict));
  }
  return rrset;
}

}  // namespace

void derive_apex_facts(Facts& facts, const dns::dnssec::Trust& trust,
                       dns::dnssec::RrsetMemory& memory) {
  for (AddressFacts& address : facts.addresses) {
    if (!address.up()) continue;
    AddressDnssec& dnssec = address.dnssec;
    const auto read = [&](QuestionId id, RRType type) {
      return read_rrset(address, facts, trust, memory, id, type);
    };
    dnssec.cds = read(QuestionId::cds, RRType::cds);
    dnssec.cdnskey = read(QuestionId::cdnskey, RRType::cdnskey);
    dnssec.csync = read(QuestionId::csync, RRType::csync);
    dnssec.zonemd = read(QuestionId::zonemd, RRType::zonemd);
    dnssec.nsec3param = read(QuestionId::nsec3param, RRType::nsec3param);
    dnssec.ds_wish = WishReader(address, facts, trust).read();
  }
}

}  // namespace checks
