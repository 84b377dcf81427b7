#include "dns/dnssec_keys.hpp"

#include <optional>
#include <set>
#include <utility>

namespace dns::dnssec {

KeySet make_key_set(const Name& zone, std::span<const Record* const> records) {
  KeySet set{zone, {}};
  std::set<Bytes> seen;
  for (const Record* const record : records) {
    std::optional<Dnskey> dnskey = parse_dnskey(record->rdata);
    if (record->type != RRType::dnskey || !dnskey || !seen.insert(record->rdata).second) continue;
    set.keys.push_back({*std::move(dnskey), key_tag(record->rdata), false});
  }
  return set;
}

Bytes dnskey_rdata(const Dnskey& dnskey) {
  Bytes rdata;
  rdata.reserve(4 + dnskey.public_key.size());
  rdata.push_back(static_cast<std::uint8_t>(dnskey.flags >> 8));
  rdata.push_back(static_cast<std::uint8_t>(dnskey.flags));
  rdata.push_back(dnskey.protocol);
  rdata.push_back(dnskey.algorithm);
  rdata.insert(rdata.end(), dnskey.public_key.begin(), dnskey.public_key.end());
  return rdata;
}

}  // namespace dns::dnssec
