// The keys of a zone as values: DNSKEY records with their tags, gathered once and then used for all
// RRsets that the zone signed. Values; no errors: a record that is no DNSKEY is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dns/rdata.hpp"

namespace dns::dnssec {

// DNSKEY flags.
inline constexpr std::uint16_t kZoneFlag = 0x0100;    // RFC 4034 section 2.1.1
inline constexpr std::uint16_t kRevokeFlag = 0x0080;  // RFC 5011 section 2.1
inline constexpr std::uint16_t kSepFlag = 0x0001;     // RFC 4034 section 2.1.1
/// The only value of the protocol field, RFC 4034 section 2.1.2.
inline constexpr std::uint8_t kDnssecProtocol = 3;

struct Key {
  Dnskey dnskey;
  std::uint16_t tag = 0;
  /// A DS or a trust anchor stands for it, or would if it signed; set by validate_dnskeys().
  bool anchored = false;

  bool is_zone_key() const { return (dnskey.flags & kZoneFlag) != 0; }
  bool is_revoked() const { return (dnskey.flags & kRevokeFlag) != 0; }
  bool is_entry_point() const { return (dnskey.flags & kSepFlag) != 0; }
};

/// The DNSKEY RRset of `zone`. Says nothing about trust: what is judged with it is as good as it
/// is.
struct KeySet {
  Name zone;
  std::vector<Key> keys;
};

/// The keys in `records`, in their order and without duplicates.
KeySet make_key_set(const Name& zone, std::span<const Record* const> records);

/// DNSKEY RDATA of a key: the inverse of parse_dnskey().
Bytes dnskey_rdata(const Dnskey& dnskey);

}  // namespace dns::dnssec
