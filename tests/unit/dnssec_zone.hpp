// A made-up zone for the tests of denial: its names and types, the chains of NSEC and NSEC3 records
// that a signer would make of them, and what is true of it, worked out from the names alone.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_denial_proof.hpp"
#include "tests/unit/dnssec_signer.hpp"
#include "tests/unit/message_builder.hpp"

namespace tests {

using Types = std::set<dns::RRType>;

/// RFC 4034 section 4.1.2.
inline dns::Bytes bitmap(const Types& types) {
  std::map<unsigned, dns::Bytes> windows;
  for (const dns::RRType type : types) {
    const auto number = static_cast<unsigned>(type);
    dns::Bytes& window = windows[number >> 8];
    const std::size_t octet = (number & 0xff) / 8;
    if (window.size() <= octet) window.resize(octet + 1);
    window[octet] = static_cast<std::uint8_t>(window[octet] | 0x80 >> number % 8);
  }
  Octets out;
  for (const auto& [number, octets] : windows) {
    out.u8(number).u8(static_cast<unsigned>(octets.size())).raw(octets);
  }
  return out;
}

inline dns::Record nsec_record(const dns::Name& owner, const dns::Name& next, const Types& types) {
  const dns::Bytes rdata = Octets().text(next.wire()).raw(bitmap(types));
  return {owner, dns::RRType::nsec, dns::RRClass::in, 300, rdata};
}

/// NSEC3 parameters, and the flags of every record.
struct Nsec3Shape {
  std::uint8_t algorithm = 1;
  std::uint8_t flags = 0;
  std::uint16_t iterations = 2;
  dns::Bytes salt = {0xaa, 0xbb};
};

inline dns::Record nsec3_record(const dns::Name& zone, const dns::dnssec::Nsec3Hash& owner,
                                const dns::dnssec::Nsec3Hash& next, const Types& types,
                                const Nsec3Shape& shape) {
  const dns::Bytes rdata = Octets()
                               .u8(shape.algorithm)
                               .u8(shape.flags)
                               .u16(shape.iterations)
                               .u8(static_cast<unsigned>(shape.salt.size()))
                               .raw(shape.salt)
                               .u8(20)
                               .raw(dns::Bytes(next.begin(), next.end()))
                               .raw(bitmap(types));
  return {*zone.prefixed(dns::dnssec::nsec3_label(owner)), dns::RRType::nsec3, dns::RRClass::in,
          300, rdata};
}

struct ZoneModel {
  dns::Name apex;
  std::map<dns::Name, Types> names;  ///< with data; without NSEC, NSEC3 and RRSIG

  /// Types at a name of the zone, of an empty non-terminal none; nothing when it does not exist.
  std::optional<Types> types_at(const dns::Name& qname) const {
    const auto found = names.find(qname);
    if (found != names.end()) return found->second;
    for (const auto& [name, types] : names) {
      if (name.is_below(qname)) return Types();
    }
    return std::nullopt;
  }

  bool is_delegation(const dns::Name& name) const {
    const auto found = names.find(name);
    return found != names.end() && name != apex && found->second.count(dns::RRType::ns) != 0;
  }

  /// Below a zone cut or a DNAME: not this zone's to speak of.
  bool is_occluded(const dns::Name& qname) const {
    for (const auto& [name, types] : names) {
      if (!qname.is_below(name)) continue;
      if (is_delegation(name) || types.count(dns::RRType::dname) != 0) return true;
    }
    return false;
  }

  dns::Name closest_encloser(dns::Name qname) const {
    while (!types_at(qname)) qname = qname.parent();
    return qname;
  }

  /// Whether a claim is true.
  bool is_true(const dns::dnssec::DenialQuestion& question) const {
    using dns::dnssec::Claim;
    const dns::Name& qname = question.qname;
    if (!qname.is_at_or_below(apex) || is_occluded(qname)) return false;
    const std::optional<Types> types = types_at(qname);
    const dns::Name encloser = closest_encloser(qname);
    const std::optional<Types> wildcard = types ? std::nullopt : types_at(*encloser.prefixed("*"));
    switch (question.claim) {
      case Claim::name_error:
        return !types && !wildcard;
      case Claim::no_data:
        return types ? lacks(qname, *types, question.qtype)
                     : wildcard && lacks(*encloser.prefixed("*"), *wildcard, question.qtype);
      case Claim::wildcard_answer:
        return !types && question.closest_encloser == encloser;
      case Claim::unsigned_delegation:
        return is_delegation(qname) && types->count(dns::RRType::ds) == 0;
    }
    return false;
  }

  bool lacks(const dns::Name& name, const Types& types, dns::RRType qtype) const {
    if (qtype == dns::RRType::ds && name == apex) return false;
    if (qtype != dns::RRType::ds && is_delegation(name)) return false;
    return types.count(qtype) == 0 && types.count(dns::RRType::cname) == 0;
  }

  std::vector<dns::Record> nsec_chain() const {
    std::vector<dns::Record> chain;
    for (auto at = names.begin(); at != names.end(); ++at) {
      const auto next = std::next(at) == names.end() ? names.begin() : std::next(at);
      Types types = at->second;
      types.insert({dns::RRType::nsec, dns::RRType::rrsig});
      chain.push_back(nsec_record(at->first, next->first, types));
    }
    return chain;
  }

  /// With opt-out delegations without DS are left out, and the names that exist only for them.
  std::vector<dns::Record> nsec3_chain(const Nsec3Shape& shape = {}) const {
    dns::dnssec::Nsec3Hasher hasher(shape.iterations, shape.salt);
    std::map<dns::dnssec::Nsec3Hash, Types> hashes;
    for (const auto& [name, types] : names) {
      const bool is_unsigned = is_delegation(name) && types.count(dns::RRType::ds) == 0;
      if ((shape.flags & 1) != 0 && is_unsigned) continue;
      Types listed = types;
      if (!is_unsigned) listed.insert(dns::RRType::rrsig);
      hashes[*hasher.hash(name)] = listed;
      for (dns::Name above = name; above != apex; above = above.parent()) {
        if (names.count(above) == 0) hashes.try_emplace(*hasher.hash(above));
      }
    }
    std::vector<dns::Record> chain;
    for (auto at = hashes.begin(); at != hashes.end(); ++at) {
      const auto next = std::next(at) == hashes.end() ? hashes.begin() : std::next(at);
      chain.push_back(nsec3_record(apex, at->first, next->first, at->second, shape));
    }
    return chain;
  }
};

/// A zone with what makes denial difficult.
inline ZoneModel difficult_zone() {
  using dns::RRType;
  ZoneModel zone{name("example."), {}};
  zone.names = {
      {name("example."), {RRType::soa, RRType::ns, RRType::dnskey}},
      {name("a.example."), {RRType::a}},
      {name("alias.example."), {RRType::cname}},
      {name("deep.ent.example."), {RRType::txt}},
      {name("dname.example."), {RRType::dname}},
      {name("insecure.example."), {RRType::ns}},
      {name("secure.example."), {RRType::ns, RRType::ds}},
      {name("*.wild.example."), {RRType::a}},
      {name("x.wild.example."), {RRType::mx}},
      {name("*.odd.example."), {RRType::a}},
      {name("y.*.strange.example."), {RRType::a}},
  };
  return zone;
}

/// Names to ask for in that zone: existing ones, their neighbours and what is below.
inline std::vector<dns::Name> difficult_questions() {
  std::vector<dns::Name> result;
  for (const char* const text : {"example.",
                                 "a.example.",
                                 "0.example.",
                                 "b.example.",
                                 "zz.example.",
                                 "x.a.example.",
                                 "alias.example.",
                                 "x.alias.example.",
                                 "ent.example.",
                                 "deep.ent.example.",
                                 "x.ent.example.",
                                 "x.deep.ent.example.",
                                 "dname.example.",
                                 "x.dname.example.",
                                 "insecure.example.",
                                 "x.insecure.example.",
                                 "secure.example.",
                                 "a.b.secure.example.",
                                 "wild.example.",
                                 "*.wild.example.",
                                 "a.wild.example.",
                                 "z.a.wild.example.",
                                 "x.wild.example.",
                                 "q.x.wild.example.",
                                 "a.*.wild.example.",
                                 "odd.example.",
                                 "*.odd.example.",
                                 "a.odd.example.",
                                 "y.*.odd.example.",
                                 "a.*.odd.example.",
                                 "other.",
                                 "wexample."}) {
    result.push_back(name(text));
  }
  return result;
}

/// Every claim about every one of those names.
inline std::vector<dns::dnssec::DenialQuestion> difficult_claims() {
  using dns::RRType;
  using dns::dnssec::Claim;
  std::vector<dns::dnssec::DenialQuestion> result;
  for (const dns::Name& qname : difficult_questions()) {
    result.push_back({qname, RRType::a, Claim::name_error, std::nullopt});
    for (const RRType qtype : {RRType::a, RRType::txt, RRType::ds}) {
      result.push_back({qname, qtype, Claim::no_data, std::nullopt});
    }
    result.push_back({qname, RRType::a, Claim::unsigned_delegation, std::nullopt});
    // An answer from a wildcard is asked about only when the wildcard's own signature is valid.
    for (const char* const encloser : {"wild.example.", "odd.example."}) {
      if (!qname.is_below(name(encloser))) continue;
      result.push_back({qname, RRType::a, Claim::wildcard_answer, name(encloser)});
    }
  }
  return result;
}

}  // namespace tests
