// Signs the zones of the fake world (tests/support/fake_world.hpp) with one real key each.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "tests/support/fake_world.hpp"
#include "tests/unit/dnssec_zone.hpp"

namespace tests {

/// Whether a delegation of `zone` hides `owner`: it is glue, or the cut's own records but DS.
inline bool is_hidden(const support::FakeZone& zone, const dns::Name& owner, dns::RRType type) {
  for (const dns::Record& record : zone.records) {
    if (record.type != dns::RRType::ns || record.owner == zone.apex) continue;
    if (owner.is_below(record.owner)) return true;
    if (owner == record.owner && type != dns::RRType::ds && type != dns::RRType::nsec) return true;
  }
  return false;
}

/// Replaces whatever signs `zone` now by the DNSKEY of `key`, a chain of NSEC, and signatures.
inline void sign(support::FakeZone& zone, const SigningKey& key, Seconds inception,
                 Seconds expiration) {
  std::erase_if(zone.records, [](const dns::Record& record) {
    return record.type == dns::RRType::rrsig || record.type == dns::RRType::nsec ||
           record.type == dns::RRType::dnskey;
  });
  zone.records.push_back(key.dnskey());
  zone.records.back().ttl = zone.records.front().ttl;
  ZoneModel model{zone.apex, {}};
  for (const dns::Record& record : zone.records) {
    const bool cut = record.type == dns::RRType::ns;
    if (cut || !is_hidden(zone, record.owner, record.type)) {
      model.names[record.owner].insert(record.type);
    }
  }
  std::erase_if(model.names, [&](const auto& entry) { return model.is_occluded(entry.first); });
  for (dns::Record& record : model.nsec_chain()) zone.records.push_back(std::move(record));

  std::map<std::pair<dns::Name, dns::RRType>, std::vector<dns::Record>> rrsets;
  for (const dns::Record& record : zone.records) {
    if (is_hidden(zone, record.owner, record.type)) continue;
    rrsets[{record.owner, record.type}].push_back(record);
  }
  for (const auto& [what, rrset] : rrsets) {
    zone.records.push_back(key.sign(rrset, inception, expiration));
  }
}

}  // namespace tests
