// What broken signers, transfers and servers make of a signed zone: named edits of its records.
// Where the fault is a signer's, the signature is made anew, by the key it names, over what the
// edit left. Pure functions but for the keys' own state; the errors say which edit fits nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "dns/rdata.hpp"
#include "dns/result.hpp"
#include "tests/lab/signer.hpp"

namespace lab {

enum class EditKind {
  expired,            ///< the signatures ended yesterday
  not_yet_valid,      ///< the signatures begin tomorrow
  corrupt_signature,  ///< another octet in the signatures
  wrong_signer,       ///< the signatures name `name` as their signer
  wrong_labels,       ///< the signatures count one label more than the owner has
  few_labels,         ///< the signatures count one label less, as if made for a wildcard
  low_original_ttl,   ///< the signatures are made for half the TTL
  unsign,             ///< the signatures are gone
  remove,             ///< the RRsets are gone
  drop_record,        ///< the last record of each RRset that has several is gone
  bitmap_add,         ///< NSEC and NSEC3 list `listed`, too
  bitmap_remove,      ///< NSEC and NSEC3 do not list `listed`
  not_covering,       ///< NSEC and NSEC3 cover nothing: the next name is the one after the owner
  nsec3_algorithm,    ///< NSEC3 records say that their hash algorithm is one that is not assigned
  no_opt_out,         ///< NSEC3 records without the opt-out flag, though names were left out
  colliding_keys,     ///< `count` more DNSKEY records with the tag of the key that signs the SOA
  many_keys,          ///< `count` more DNSKEY records
  many_signatures,    ///< `count` worthless signatures before each right one
};

/// The kind written `wrong-labels` and so on in a world file.
std::optional<EditKind> edit_kind_from_text(std::string_view text);

struct ZoneEdit {
  EditKind kind{};
  std::optional<dns::Name> owner;   ///< nothing: every owner
  std::vector<dns::RRType> types;   ///< of the RRsets; empty: every type
  std::vector<dns::RRType> listed;  ///< for the bitmap edits
  dns::Name name;                   ///< for wrong_signer
  int count = 0;                    ///< for colliding_keys, many_keys and many_signatures
};

/// Applies the edits in their order. Fails when one fits no record, and when a signature is to be
/// made by a key that the zone has not.
dns::Result<std::vector<dns::Record>> edit_zone(std::vector<dns::Record> records,
                                                const std::vector<ZoneEdit>& edits,
                                                const ZoneKeys& keys, std::chrono::sys_seconds now);

}  // namespace lab
