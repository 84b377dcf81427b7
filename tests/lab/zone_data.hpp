// One copy of one zone, and what an authoritative server says from it (RFC 1034 section 4.3.2,
// RFC 4035 section 3.1): answers, NODATA, NXDOMAIN, referrals with glue, aliases, wildcards, and
// with DO=1 the signatures and NSEC or NSEC3 proofs of a signed zone. Immutable once built, so safe
// to read from several threads. The errors say which record is out of place.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "dns/rdata.hpp"
#include "dns/result.hpp"
#include "tests/lab/nsec3.hpp"

namespace lab {

/// Records of one owner and type, with the RRSIGs that cover them.
struct RRset {
  std::uint32_t ttl = 0;
  std::vector<dns::Bytes> rdata;
  std::vector<dns::Bytes> signatures;
};

/// What a server says to one question, before faults and before it is put in a message.
struct Reply {
  dns::Rcode rcode = dns::Rcode::noerror;
  bool aa = false;
  bool ra = false;
  bool tc = false;
  bool ad = false;
  bool cd = false;          ///< set whether or not the query has it
  bool exact_case = false;  ///< owner names go out in their own case, not as first seen
  std::vector<dns::Record> answer;
  std::vector<dns::Record> authority;
  std::vector<dns::Record> glue;        ///< additional records the answer is useless without
  std::vector<dns::Record> additional;  ///< additional records that may be left out for size
};

class ZoneData {
 public:
  /// Fails when a record lies outside the zone and when the apex has not exactly one SOA.
  static dns::Result<ZoneData> from_records(dns::Name apex, std::vector<dns::Record> records);
  /// As from_records, from master-file text.
  static dns::Result<ZoneData> from_text(const dns::Name& apex, std::string_view text);

  const dns::Name& apex() const { return apex_; }
  bool is_signed() const { return find(apex_, dns::RRType::dnskey) != nullptr; }

  /// Null when there is no such RRset; valid while this object lives.
  const RRset* find(const dns::Name& owner, dns::RRType type) const;

  /// `qname` must be at or below the apex.
  Reply answer(const dns::Name& qname, dns::RRType qtype, bool dnssec_ok) const;

 private:
  using Node = std::map<dns::RRType, RRset>;

  explicit ZoneData(dns::Name apex) : apex_(std::move(apex)) {}

  const Node* node(const dns::Name& name) const;
  bool exists(const dns::Name& name) const;
  std::optional<dns::Name> cut_above(const dns::Name& qname, dns::RRType qtype) const;
  void refer(const dns::Name& cut, bool dnssec_ok, Reply& reply) const;
  void answer_at(const dns::Name& qname, dns::RRType qtype, bool dnssec_ok, int aliases,
                 Reply& reply) const;
  void answer_missing(const dns::Name& qname, dns::RRType qtype, bool dnssec_ok, int aliases,
                      Reply& reply) const;
  bool answer_from(const Node& node, const dns::Name& owner, dns::RRType qtype, bool dnssec_ok,
                   int aliases, Reply& reply) const;
  void add_negative_soa(bool dnssec_ok, Reply& reply) const;
  void prove_nodata(const dns::Name& qname, Reply& reply) const;
  void prove_missing(const dns::Name& qname, const dns::Name& wildcard, Reply& reply) const;
  void prove_wildcard(const dns::Name& qname, const dns::Name& wildcard, bool positive,
                      Reply& reply) const;
  void add_covering_nsec(const dns::Name& name, Reply& reply) const;
  bool add_matching_nsec3(const dns::Name& name, Reply& reply) const;
  void add_covering_nsec3(const dns::Name& name, Reply& reply) const;
  dns::Name add_encloser_nsec3(const dns::Name& name, Reply& reply) const;
  void add_addresses(const RRset& names, bool dnssec_ok, std::vector<dns::Record>& section) const;

  dns::Name apex_;
  std::map<dns::Name, Node> nodes_;  // in canonical order, which is also the order of the NSECs
  std::optional<Nsec3Parameters> nsec3_;  // of a zone that denies by NSEC3
  std::vector<dns::Name> nsec3_owners_;   // in the order of the hashes
};

}  // namespace lab
