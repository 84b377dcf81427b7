#include "tests/lab/zone_data.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tests/lab/master_file.hpp"

namespace lab {
namespace {

constexpr int kMaxAliases = 8;

void append(const dns::Name& owner, dns::RRType type, const RRset& rrset, bool dnssec_ok,
            std::vector<dns::Record>& section) {
  const auto add = [&](dns::RRType of, const dns::Bytes& rdata) {
    section.push_back({owner, of, dns::RRClass::in, rrset.ttl, rdata});
  };
  for (const auto& rdata : rrset.rdata) add(type, rdata);
  if (!dnssec_ok) return;
  for (const auto& rdata : rrset.signatures) add(dns::RRType::rrsig, rdata);
}

/// True when `section` already holds the RRset, so that no proof is sent twice.
bool contains(const std::vector<dns::Record>& section, const dns::Name& owner, dns::RRType type) {
  return std::any_of(section.begin(), section.end(), [&](const dns::Record& record) {
    return record.type == type && record.owner == owner;
  });
}

}  // namespace

dns::Result<ZoneData> ZoneData::from_text(const dns::Name& apex, std::string_view text) {
  auto records = parse_master_text(text, apex);
  if (!records) return tl::unexpected(records.error());
  return from_records(apex, std::move(*records));
}

dns::Result<ZoneData> ZoneData::from_records(dns::Name apex, std::vector<dns::Record> records) {
  ZoneData zone(std::move(apex));
  std::vector<dns::Record> signatures;
  for (auto& record : records) {
    if (!record.owner.is_at_or_below(zone.apex_)) {
      return dns::fail(record.owner.to_text() + " is outside the zone " + zone.apex_.to_text());
    }
    if (record.type == dns::RRType::rrsig) {
      signatures.push_back(std::move(record));
      continue;
    }
    RRset& rrset = zone.nodes_[record.owner][record.type];
    rrset.ttl = record.ttl;
    rrset.rdata.push_back(std::move(record.rdata));
  }
  for (auto& signature : signatures) {
    const auto rrsig = dns::parse_rrsig(signature.rdata);
    const auto found = zone.nodes_.find(signature.owner);
    if (!rrsig || found == zone.nodes_.end() || !found->second.contains(rrsig->type_covered)) {
      return dns::fail("an RRSIG at " + signature.owner.to_text() + " covers nothing");
    }
    found->second[rrsig->type_covered].signatures.push_back(std::move(signature.rdata));
  }
  const RRset* soa = zone.find(zone.apex_, dns::RRType::soa);
  if (soa == nullptr || soa->rdata.size() != 1) {
    return dns::fail(zone.apex_.to_text() + " has not exactly one SOA record");
  }
  if (const RRset* parameters = zone.find(zone.apex_, dns::RRType::nsec3param)) {
    zone.nsec3_ = parse_nsec3param(parameters->rdata.front());
    for (const auto& [owner, node] : zone.nodes_) {
      if (node.contains(dns::RRType::nsec3)) zone.nsec3_owners_.push_back(owner);
    }
  }
  return zone;
}

const ZoneData::Node* ZoneData::node(const dns::Name& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

const RRset* ZoneData::find(const dns::Name& owner, dns::RRType type) const {
  const Node* at = node(owner);
  if (at == nullptr) return nullptr;
  const auto found = at->find(type);
  return found == at->end() ? nullptr : &found->second;
}

/// Names below make a name exist, too: an empty non-terminal (RFC 4592 section 2.2.2).
bool ZoneData::exists(const dns::Name& name) const {
  const auto next = nodes_.lower_bound(name);
  return next != nodes_.end() && next->first.is_at_or_below(name);
}

/// The zone cut at or above `qname`, where this zone's authority ends. At the cut itself the DS
/// belongs to this side (RFC 4035 section 3.1.4.1).
std::optional<dns::Name> ZoneData::cut_above(const dns::Name& qname, dns::RRType qtype) const {
  for (std::size_t labels = apex_.label_count() + 1; labels <= qname.label_count(); ++labels) {
    const dns::Name ancestor = qname.suffix(labels);
    if (find(ancestor, dns::RRType::ns) == nullptr) continue;
    if (qtype == dns::RRType::ds && ancestor == qname) return std::nullopt;
    return ancestor;
  }
  return std::nullopt;
}

Reply ZoneData::answer(const dns::Name& qname, dns::RRType qtype, bool dnssec_ok) const {
  Reply reply;
  reply.aa = true;
  answer_at(qname, qtype, dnssec_ok, 0, reply);
  return reply;
}

void ZoneData::answer_at(const dns::Name& qname, dns::RRType qtype, bool dnssec_ok, int aliases,
                         Reply& reply) const {
  if (const auto cut = cut_above(qname, qtype)) {
    // After an alias of this zone the answer has authority, whatever it leads to.
    if (aliases == 0) reply.aa = false;
    refer(*cut, dnssec_ok, reply);
    return;
  }
  if (const Node* at = node(qname)) {
    if (answer_from(*at, qname, qtype, dnssec_ok, aliases, reply)) return;
    add_negative_soa(dnssec_ok, reply);
    if (dnssec_ok) prove_nodata(qname, reply);
    return;
  }
  if (exists(qname)) {
    add_negative_soa(dnssec_ok, reply);
    if (dnssec_ok) prove_nodata(qname, reply);
    return;
  }
  answer_missing(qname, qtype, dnssec_ok, aliases, reply);
}

/// For a name that does not exist: a wildcard's answer, or NXDOMAIN.
void ZoneData::answer_missing(const dns::Name& qname, dns::RRType qtype, bool dnssec_ok,
                              int aliases, Reply& reply) const {
  dns::Name encloser = qname.parent();
  while (!exists(encloser)) encloser = encloser.parent();
  const auto wildcard = encloser.prefixed("*");
  if (wildcard) {
    if (const Node* source = node(*wildcard)) {
      const bool positive = answer_from(*source, qname, qtype, dnssec_ok, aliases, reply);
      if (!positive) add_negative_soa(dnssec_ok, reply);
      if (dnssec_ok) prove_wildcard(qname, *wildcard, positive, reply);
      return;
    }
  }
  reply.rcode = dns::Rcode::nxdomain;
  add_negative_soa(dnssec_ok, reply);
  if (dnssec_ok) prove_missing(qname, wildcard.value_or(qname), reply);
}

/// The type is missing at a name that exists, maybe only because of names below it. A name that
/// opt-out left out has no NSEC3 of its own (RFC 5155 section 7.2.4).
void ZoneData::prove_nodata(const dns::Name& qname, Reply& reply) const {
  if (nsec3_) {
    // An apex without one is the fault of a broken zone: there is nothing to prove it by.
    if (!add_matching_nsec3(qname, reply) && qname != apex_) add_encloser_nsec3(qname, reply);
  } else if (const RRset* nsec = find(qname, dns::RRType::nsec)) {
    append(qname, dns::RRType::nsec, *nsec, true, reply.authority);
  } else if (node(qname) == nullptr) {
    add_covering_nsec(qname, reply);
  }
}

void ZoneData::prove_missing(const dns::Name& qname, const dns::Name& wildcard,
                             Reply& reply) const {
  if (!nsec3_) {
    add_covering_nsec(qname, reply);
    add_covering_nsec(wildcard, reply);
    return;
  }
  const auto denied = add_encloser_nsec3(qname, reply).prefixed("*");
  if (denied) add_covering_nsec3(*denied, reply);
}

/// What a wildcard yields also needs the proof that the name itself is not there.
void ZoneData::prove_wildcard(const dns::Name& qname, const dns::Name& wildcard, bool positive,
                              Reply& reply) const {
  if (!nsec3_) {
    add_covering_nsec(qname, reply);
    if (!positive) add_covering_nsec(wildcard, reply);
  } else if (positive) {
    add_covering_nsec3(qname.suffix(wildcard.label_count()), reply);
  } else {
    add_encloser_nsec3(qname, reply);
    add_matching_nsec3(wildcard, reply);
  }
}

/// Adds what `node` has for the question under the name `owner`, which differs from the node's own
/// when a wildcard is expanded. False when it has nothing (NODATA).
bool ZoneData::answer_from(const Node& node, const dns::Name& owner, dns::RRType qtype,
                           bool dnssec_ok, int aliases, Reply& reply) const {
  if (qtype == dns::RRType::any) {
    for (const auto& [type, rrset] : node) append(owner, type, rrset, dnssec_ok, reply.answer);
    return true;
  }
  if (qtype == dns::RRType::rrsig) {
    for (const auto& [type, rrset] : node) {
      for (const auto& rdata : rrset.signatures) {
        reply.answer.push_back({owner, qtype, dns::RRClass::in, rrset.ttl, rdata});
      }
    }
    return !reply.answer.empty();
  }
  if (const auto found = node.find(qtype); found != node.end()) {
    append(owner, qtype, found->second, dnssec_ok, reply.answer);
    if (qtype == dns::RRType::ns) add_addresses(found->second, dnssec_ok, reply.additional);
    return true;
  }
  const auto alias = node.find(dns::RRType::cname);
  if (alias == node.end()) return false;
  append(owner, dns::RRType::cname, alias->second, dnssec_ok, reply.answer);
  const auto target = dns::parse_name_rdata(alias->second.rdata.front());
  if (target && target->is_at_or_below(apex_) && aliases < kMaxAliases) {
    answer_at(*target, qtype, dnssec_ok, aliases + 1, reply);
  }
  return true;
}

void ZoneData::refer(const dns::Name& cut, bool dnssec_ok, Reply& reply) const {
  const RRset& ns = *find(cut, dns::RRType::ns);
  append(cut, dns::RRType::ns, ns, false, reply.authority);
  if (dnssec_ok) {
    if (const RRset* ds = find(cut, dns::RRType::ds)) {
      append(cut, dns::RRType::ds, *ds, true, reply.authority);
    } else {
      prove_nodata(cut, reply);
    }
  }
  add_addresses(ns, false, reply.glue);
}

/// The SOA with the TTL of a negative answer (RFC 2308 section 3).
void ZoneData::add_negative_soa(bool dnssec_ok, Reply& reply) const {
  RRset soa = *find(apex_, dns::RRType::soa);
  const auto fields = dns::parse_soa(soa.rdata.front());
  if (fields) soa.ttl = std::min(soa.ttl, fields->minimum);
  append(apex_, dns::RRType::soa, soa, dnssec_ok, reply.authority);
}

/// The NSEC at the greatest name that is not greater than `name`.
void ZoneData::add_covering_nsec(const dns::Name& name, Reply& reply) const {
  auto at = nodes_.upper_bound(name);
  while (at != nodes_.begin()) {
    at = std::prev(at);
    const auto nsec = at->second.find(dns::RRType::nsec);
    if (nsec == at->second.end()) continue;  // glue has no NSEC
    if (!contains(reply.authority, at->first, dns::RRType::nsec)) {
      append(at->first, dns::RRType::nsec, nsec->second, true, reply.authority);
    }
    return;
  }
}

/// False when the name has no NSEC3 record.
bool ZoneData::add_matching_nsec3(const dns::Name& name, Reply& reply) const {
  const auto owner = apex_.prefixed(nsec3_label(name, *nsec3_));
  const RRset* nsec3 = owner ? find(*owner, dns::RRType::nsec3) : nullptr;
  if (nsec3 == nullptr) return false;
  if (!contains(reply.authority, *owner, dns::RRType::nsec3)) {
    append(*owner, dns::RRType::nsec3, *nsec3, true, reply.authority);
  }
  return true;
}

/// The NSEC3 with the greatest hash that is less than the name's; the first follows the last.
void ZoneData::add_covering_nsec3(const dns::Name& name, Reply& reply) const {
  const auto owner = apex_.prefixed(nsec3_label(name, *nsec3_));
  if (!owner || nsec3_owners_.empty()) return;
  const auto after = std::lower_bound(nsec3_owners_.begin(), nsec3_owners_.end(), *owner);
  const dns::Name& cover =
      after == nsec3_owners_.begin() ? nsec3_owners_.back() : *std::prev(after);
  if (contains(reply.authority, cover, dns::RRType::nsec3)) return;
  append(cover, dns::RRType::nsec3, *find(cover, dns::RRType::nsec3), true, reply.authority);
}

/// Proves the closest encloser of a name (RFC 5155 section 7.2.1), and returns it.
dns::Name ZoneData::add_encloser_nsec3(const dns::Name& name, Reply& reply) const {
  dns::Name next_closer = name;
  dns::Name encloser = name.parent();
  while (encloser != apex_ && !add_matching_nsec3(encloser, reply)) {
    next_closer = encloser;
    encloser = encloser.parent();
  }
  if (encloser == apex_) add_matching_nsec3(apex_, reply);
  add_covering_nsec3(next_closer, reply);
  return encloser;
}

void ZoneData::add_addresses(const RRset& names, bool dnssec_ok,
                             std::vector<dns::Record>& section) const {
  for (const auto& rdata : names.rdata) {
    const auto name = dns::parse_name_rdata(rdata);
    if (!name || !name->is_at_or_below(apex_)) continue;
    for (const auto type : {dns::RRType::a, dns::RRType::aaaa}) {
      if (const RRset* rrset = find(*name, type)) {
        append(*name, type, *rrset, dnssec_ok, section);
      }
    }
  }
}

}  // namespace lab
