// Real keys and signatures for hand-made surveys. The builder leaves room for signatures; they are
// made last, over the data as the test left it, so that whatever a test changes is signed like
// everything else. Whoever wants a bad signature gives it another key tag than kUnsignedTag, or
// spoils it after sign_survey().
#pragma once

#include <cstdint>
#include <vector>

#include "dns/dnssec_trust_anchors.hpp"
#include "survey/survey.hpp"

namespace tests {

/// Key tag of RRSIG records that sign_survey() fills in.
inline constexpr std::uint16_t kUnsignedTag = 12345;

/// The keys of a zone: the same at every call within one process.
dns::Record ksk_record(const dns::Name& zone);
dns::Record zsk_record(const dns::Name& zone);
/// The DS record of the key signing key.
dns::Record ds_record(const dns::Name& zone, std::uint8_t digest_type = 2);

/// Another key for the zone, for rollovers and zones of several signers: the same at every call
/// with the same arguments. RSA keys have `rsa_bits`.
dns::Record extra_key(const dns::Name& zone, std::uint8_t algorithm, std::uint16_t flags,
                      int number = 0, std::uint16_t rsa_bits = 2048);
/// The DS record of such a key.
dns::Record extra_ds(const dns::Record& key, std::uint8_t digest_type = 2);
/// The signature over an RRset by such a key, between two times in seconds since 1970.
dns::Record sign_with(const dns::Record& key, const std::vector<dns::Record>& rrset,
                      std::int64_t inception, std::int64_t expiration);

/// Fills in every RRSIG record that waits for it, by the keys of the signer it names, with the
/// dates it has; and gives the survey a path of its parent alone.
void sign_survey(survey::Survey& survey);

/// The parent's key signing key, or the root's for the root: where the path begins.
dns::dnssec::TrustAnchors anchors_for(const survey::Survey& survey);

}  // namespace tests
