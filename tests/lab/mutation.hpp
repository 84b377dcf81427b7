// One change of what a server says about a zone: of a signature, a record, a whole RRset or the
// message around it, some harmless and most not. For the property test, which holds our verdict
// against a validating resolver's: both must see the same, so the same question gets the same
// change every time. Values and pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "tests/lab/wire.hpp"

namespace lab {

/// Which of a zone's RRsets is changed.
enum class MutationTarget : std::uint8_t {
  ds,         ///< the zone's DS, as the parent gives it
  ds_denial,  ///< the parent's NSEC or NSEC3 that there is no DS, all of them: others share them
  dnskey,
  soa,  ///< also in negative answers
  ns,
  denial,    ///< the zone's NSEC or NSEC3
  wildcard,  ///< addresses made from a wildcard
};

enum class MutationKind : std::uint8_t {
  // The signatures, all of the RRset's.
  signature_bit,    ///< one bit of the signature differs
  signature_short,  ///< its last octet is missing
  signature_long,   ///< it has an octet more
  rrsig_removed,    ///< no RRSIG records
  labels_less,      ///< the RRSIG counts a label less
  labels_more,      ///< a label more
  original_ttl,     ///< another original TTL
  rrsig_algorithm,  ///< another algorithm
  rrsig_key_tag,    ///< another key tag
  signer_parent,    ///< signed by the zone above the one that signed, it says
  signer_sibling,   ///< signed by another zone, it says
  expired,          ///< dates of a year ago
  inception_ahead,  ///< dates in a year
  dates_reversed,   ///< expiration before inception
  type_covered,     ///< it covers another type
  signer_case,      ///< the signer's name in capitals: harmless
  rrsig_ttl,        ///< another TTL than the records': harmless
  rrsig_doubled,    ///< every RRSIG record twice: harmless
  extra_broken,     ///< one with a broken signature in front of the right one: harmless
  extra_expired,    ///< an expired one in front: harmless
  extra_algorithm,  ///< one of an unknown algorithm in front: harmless
  extra_key_tag,    ///< one by a key that is not there in front: harmless
  extra_many,       ///< twelve with broken signatures in front
  // The records.
  rdata_bit,       ///< one bit of one record differs
  rdata_case,      ///< a name in the RDATA in capitals
  data_removed,    ///< the records are gone, their signatures stay
  rrset_removed,   ///< records and signatures are gone
  record_removed,  ///< one record is gone
  record_added,    ///< one record more
  record_doubled,  ///< one record twice: harmless
  reversed,        ///< the other way round: harmless
  ttl_raised,      ///< above the original TTL
  ttl_lowered,     ///< harmless
  ttl_zero,        ///< harmless
  ttl_mixed,       ///< one record's is lower: harmless to signatures
  owner_case,      ///< the owner name in capitals: harmless
  // DNSKEY.
  key_zone_flag,  ///< the zone flag of one key is turned round
  key_revoked,    ///< the REVOKE flag is
  key_sep_flag,   ///< the SEP flag is
  key_protocol,   ///< protocol 2
  key_algorithm,  ///< another algorithm
  // DS.
  ds_algorithm,    ///< an unknown algorithm
  ds_digest_type,  ///< an unknown digest type
  // NSEC and NSEC3.
  bitmap_bit,        ///< one type more or less
  nsec3_opt_out,     ///< the opt-out flag is turned round
  nsec3_flags,       ///< an unknown flag
  nsec3_iterations,  ///< 200
  nsec3_algorithm,   ///< an unknown hash algorithm
  // The message.
  ad_set,            ///< harmless
  cd_set,            ///< harmless
  junk_answer,       ///< an unsigned TXT of the same name in the answer section
  junk_answer_else,  ///< an unsigned A of another name in the answer section
  junk_authority,    ///< an unsigned TXT in the authority section
  junk_additional,   ///< an unsigned A in the additional section: harmless
};

struct Mutation {
  MutationTarget target{};
  MutationKind kind{};
  std::uint32_t seed = 0;  ///< which bit, which record
};

using Mutations = std::map<dns::Name, Mutation>;  ///< by zone

/// Written `signature-bit` and so on.
std::string_view to_text(MutationKind kind);
std::string_view to_text(MutationTarget target);
/// The kinds that change something of this target.
std::vector<MutationKind> kinds_for(MutationTarget target);

/// Changes `reply`, the answer to `query` that a server gives as one of the zone `apex`, if it is
/// what `mutation` of the zone `zone` is about.
void mutate(const Mutation& mutation, const dns::Name& zone, const dns::Name& apex,
            const Query& query, Reply& reply);

}  // namespace lab
