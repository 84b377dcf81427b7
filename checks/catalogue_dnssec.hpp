// Rows of the catalogue about DNSSEC: denial of existence, the chain of trust, keys and signatures.
// Severity is the worst that the check can find; the meaning says when it is less.
#pragma once

#include "checks/catalogue_row.hpp"

namespace checks::rows {

inline constexpr std::array kDnssec{
    // ---- denial ----
    Check{"neg-nxdomain", G::denial, S::error, kThreeRounds, "Names that do not exist get NXDOMAIN",
          "RFC 2308 section 2.1",
          "Error for a server of the zone that answers with an error code or without authority.",
          &neg_nxdomain, kMissingName},
    Check{"neg-nxdomain-soa", G::denial, S::warning, kAtOnce,
          "Negative answers have authority and the zone's SOA", "RFC 2308 sections 3 and 5",
          "Warning: without them they cannot be cached.", &neg_nxdomain_soa, kMissingName},
    Check{"neg-nodata-soa", G::denial, S::warning, kThreeRounds,
          "Answers without data have authority and the zone's SOA", "RFC 2308 sections 2.2 and 5",
          "Warning for one without them, for what resolvers take for a referral, and for an error "
          "code.",
          &neg_nodata_soa, set_of({Q::nodata})},
    Check{
        "neg-nx-vs-nodata", G::denial, S::error, kAtOnce,
        "NXDOMAIN is for missing names, NODATA for missing types",
        "RFC 2308 section 2.2, RFC 8020 section 2",
        "Error for NXDOMAIN about a name that exists; warning for a server that says NODATA where "
        "others say NXDOMAIN; notice when all say NODATA.",
        &neg_nx_vs_nodata, set_of({Q::nonexistent, Q::nodata, Q::ns_address})},
    Check{"neg-ttl", G::denial, S::notice, kAtOnce,
          "Negative answers are cached for five minutes to one day", "RFC 2308 section 5",
          "Notice when the SOA's TTL makes it less than SOA minimum promises; zon-minimum speaks "
          "of the minimum itself.",
          &neg_ttl, kMissingName},
    Check{"neg-uncacheable", G::denial, S::notice, kThreeRounds,
          "Failures are answered so that they can be cached", "RFC 2308 section 7, RFC 9520",
          "Notice beside del-lame or con-rcode: REFUSED, SERVFAIL and the like make resolvers ask "
          "again and again.",
          &neg_uncacheable},
    Check{"neg-none", G::denial, S::error, kAtOnce, "A signed zone proves what it denies",
          "RFC 4035 section 3.1.3",
          "Error when a signed server denies a name or a type without NSEC or NSEC3 records and "
          "fewer than two others prove it; else a warning.",
          &neg_none, kEveryDenial},
    Check{"neg-proof-nxdomain-nsec", G::denial, S::error, kAtOnce,
          "NSEC records prove what an answer denies", "RFC 4035 section 5.4, RFC 6840 section 4.1",
          "As neg-none, when the name, or a wildcard that would match it, is not covered.",
          &neg_proof_nxdomain_nsec, kDenial},
    Check{"neg-proof-nxdomain-nsec3", G::denial, S::error, kAtOnce,
          "NSEC3 records prove what an answer denies", "RFC 5155 section 8",
          "As neg-none, when closest encloser, next closer name or wildcard are not proven.",
          &neg_proof_nxdomain_nsec3, kDenial},
    Check{"neg-proof-nodata", G::denial, S::error, kAtOnce,
          "What denies a type proves that the name does not have it",
          "RFC 4035 section 3.1.3.1, RFC 5155 sections 7.2.3 and 8.5",
          "As neg-none, when no record of the name is there, or it lists the type.",
          &neg_proof_nodata, kEveryDenial},
    Check{"neg-proof-wildcard", G::denial, S::error, kAtOnce,
          "Answers from a wildcard prove that nothing is closer",
          "RFC 4035 sections 3.1.3.3 and 5.3.4, RFC 5155 sections 7.2.6 and 8.8",
          "As neg-none, when the proof that the name itself does not exist is missing or wrong.",
          &neg_proof_wildcard, kDenial},
    Check{"neg-proof-ds", G::denial, S::critical, kAtOnce, "The parent proves that there is no DS",
          "RFC 4035 section 5.2, RFC 5155 section 8.6",
          "Critical when no server of the parent does: all of the zone is bogus; warning for one "
          "while others are good.",
          &neg_proof_ds},
    Check{"neg-proof-referral", G::denial, S::warning, kAtOnce,
          "Referrals bring the DS, or the proof that there is none",
          "RFC 4035 section 3.1.4, RFC 5155 section 7.2.7",
          "Warning for a server of the parent whose referral does not, though the parent is "
          "signed.",
          &neg_proof_referral},
    Check{"neg-sig", G::denial, S::error, kAtOnce, "The signatures of denial records count",
          "RFC 4035 section 5.4",
          "As neg-none, when the records that are needed are there but not validly signed, or what "
          "comes with them is not: the SOA, or data from a wildcard.",
          &neg_sig, kEveryDenial},
    Check{"neg-apex-bitmap", G::denial, S::error, kAtOnce,
          "The denial record of the zone's own name lists its types",
          "RFC 4034 section 4.1.2, RFC 5155 section 7.1",
          "As neg-none, for a type that the server serves and does not list; notice for RRSIG and "
          "NSEC, which nobody asks for. Types that are listed too much are left alone: signers "
          "that sign online list what they may have.",
          &neg_apex_bitmap,
          set_of({Q::dnskey, Q::nonexistent, Q::nodata, Q::cds, Q::cdnskey, Q::csync, Q::zonemd})},
    Check{"neg-existing-covered", G::denial, S::error, kAtOnce,
          "No denial record covers a name that exists", "RFC 4035 section 3.1.3.2, RFC 8198",
          "As neg-none, for nameserver names in the zone whose addresses the same server signs.",
          &neg_existing_covered, kEveryDenial},
    Check{"neg-chain", G::denial, S::error, kAtOnce, "The chain of denial records is closed",
          "RFC 4034 section 4.1.1, RFC 5155 section 7.1",
          "As neg-none, for an NSEC record that leads out of the zone, or back without being the "
          "last, and for two NSEC3 records that both are the last.",
          &neg_chain, kEveryDenial},
    Check{"neg-mixed", G::denial, S::error, kAtOnce,
          "A server denies in one way, with one set of parameters", "RFC 5155 sections 7.1 and 8.2",
          "As neg-none, for several sets of NSEC3 parameters in one answer, which then proves "
          "nothing; warning for NSEC beside NSEC3, and when answers of one time differ.",
          &neg_mixed, kEveryDenial},
    Check{"neg-nsec3param", G::denial, S::warning, kAtOnce,
          "NSEC3PARAM says what NSEC3 records use", "RFC 5155 sections 4 and 7.1",
          "Warning when it says something else, or is not validly signed in a zone that is; notice "
          "when it is missing, when there are several, and beside NSEC.",
          &neg_nsec3param, kEveryDenial},
    Check{"neg-nsec3-form", G::denial, S::error, kAtOnce, "NSEC3 records are well formed",
          "RFC 5155 sections 3, 3.1.7 and 3.3",
          "As neg-none, for an owner that is no hash below the apex, or a next hash of the wrong "
          "length.",
          &neg_nsec3_form, kEveryDenial},
    Check{"neg-nsec3-hash", G::denial, S::error, kAtOnce,
          "NSEC3 uses the one hash algorithm there is", "RFC 5155 sections 8.1 and 11",
          "As neg-none, for NSEC3 records that validators must ignore.", &neg_nsec3_hash, kDenial},
    Check{"neg-nsec3-flags", G::denial, S::error, kAtOnce, "NSEC3 has no flag but opt-out",
          "RFC 5155 sections 3.1.2 and 6, RFC 9276 section 3.1",
          "As neg-none, for flags that are not assigned; info for opt-out in a top-level domain or "
          "the root, notice for it elsewhere.",
          &neg_nsec3_flags, kEveryDenial},
    Check{"neg-nsec3-iterations", G::denial, S::error, kAtOnce, "NSEC3 has no extra iterations",
          "RFC 9276 sections 3.1 and 3.2",
          "Notice for 1 to 50, warning up to 150, error above: resolvers limit what they compute.",
          &neg_nsec3_iterations, kDenial},
    Check{"neg-nsec3-salt", G::denial, S::notice, kAtOnce, "NSEC3 has no salt",
          "RFC 9276 section 3.1", "Notice: it costs and protects nothing.", &neg_nsec3_salt,
          kEveryDenial},
    Check{"neg-nsec-ttl", G::denial, S::notice, kAtOnce,
          "Denial records live no longer than negative answers", "RFC 9077 section 3",
          "Notice for a TTL above the lesser of the SOA's TTL and minimum.", &neg_nsec_ttl,
          kEveryDenial},
    Check{"neg-compact", G::denial, S::info, kAtOnce, "Compact denial of existence is known",
          "RFC 9824", "Info: it is no fault.", &neg_compact, kDenial},
    // ---- dnssec ----
    Check{"sec-status", G::dnssec, S::critical, kAtOnce,
          "The zone validates at one server at least", "RFC 4035 section 4.3",
          "Critical when the delegation is secure and no server gives answers that validate; the "
          "checks below tell why.",
          &sec_status, kSigned},
    Check{"sec-chain", G::dnssec, S::error, kAtOnce, "The chain of trust above the zone is whole",
          "RFC 4035 section 5",
          "Error when a link above the zone is bogus; the sentence names the ancestor, of which "
          "dnszone_ancestor_dnssec_status tells once for all zones below.",
          &sec_chain},
    Check{"sec-trust-anchor", G::dnssec, S::error, kAtOnce, "The configured trust anchors validate",
          "RFC 4033 section 2, RFC 5011",
          "Error when the keys of the trust anchor's zone are not validly signed by a key that an "
          "anchor stands for: every zone below is indeterminate.",
          &sec_trust_anchor},
    Check{"sec-ds-present", G::dnssec, S::notice, kAtOnce, "A signed zone has a DS at its parent",
          "RFC 4035 section 2.4", "Notice for an island of security.", &sec_ds_present, kSigned},
    Check{"sec-ds-rrsig", G::dnssec, S::critical, kAtOnce, "The parent signs the DS records",
          "RFC 4035 section 2.4",
          "Critical when no parent server's word validates; warning for one while others are good, "
          "and for a signature that ends within the threshold rrsig_expiry_critical, or a tenth of "
          "its lifetime if that is less. neg-proof-ds is about their absence.",
          &sec_ds_rrsig},
    Check{"sec-ds-unsigned", G::dnssec, S::critical, kAtOnce, "Where there is a DS, there are keys",
          "RFC 4035 section 5.2",
          "Critical when all servers serve the zone without DNSKEY records; cns-signed tells of "
          "some.",
          &sec_ds_unsigned, kKeys},
    Check{"sec-ds-sep", G::dnssec, S::critical, kAtOnce, "A DS leads to a published key",
          "RFC 4035 section 5.2",
          "Critical when no DNSKEY record at any server matches a DS; error or warning for some "
          "servers.",
          &sec_ds_sep, kKeys},
    Check{"sec-dnskey-sig", G::dnssec, S::critical, kAtOnce,
          "A key that a DS stands for signs the keys", "RFC 4035 sections 2.2 and 5.2",
          "As sec-ds-sep, when the key is there, but its signature over the DNSKEY records is not "
          "valid.",
          &sec_dnskey_sig, kKeys},
    Check{"sec-ds-match", G::dnssec, S::error, kAtOnce, "Each DS has the digest of its key",
          "RFC 4034 section 5.1.4",
          "Error for a DS with a key's tag and algorithm, and another digest.", &sec_ds_match,
          kKeys},
    Check{"sec-ds-alg-mismatch", G::dnssec, S::error, kAtOnce,
          "Each DS has the algorithm of its key", "RFC 4034 section 5.1.2",
          "Error for a DS with a key's tag, and another algorithm.", &sec_ds_alg_mismatch, kKeys},
    Check{"sec-ds-orphan", G::dnssec, S::warning, kAtOnce, "Each DS has its key",
          "RFC 4035 section 2.4, RFC 6781 section 4.1.2",
          "Warning for a DS whose key no server publishes; notice while another DS works and this "
          "one "
          "has been seen for less than the threshold rollover_stuck: its key may be to come. A key "
          "that was seen to go is a warning at once.",
          &sec_ds_orphan, kKeys},
    Check{"sec-ds-key-flags", G::dnssec, S::error, kAtOnce,
          "The keys that DS stand for are zone keys", "RFC 4034 section 2.1.1",
          "Error for a key without the zone flag, or with another protocol than 3; notice for one "
          "without the SEP flag.",
          &sec_ds_key_flags, kKeys},
    Check{"sec-ds-revoked", G::dnssec, S::error, kAtOnce, "No DS stands for a revoked key",
          "RFC 5011 section 2.1", "Error.", &sec_ds_revoked, kKeys},
    Check{"sec-ds-digest-length", G::dnssec, S::error, kAtOnce,
          "Digests have the length of their type",
          "RFC 4034 section 5.1.4, RFC 4509 section 2.2, RFC 6605 section 2",
          "Error for a DS that is too short or too long.", &sec_ds_digest_length, kKeys},
    Check{
        "sec-ds-digest-type", G::dnssec, S::warning, kAtOnce,
        "DS use digests and algorithms that validators support",
        "RFC 4035 section 5.2, RFC 9904, RFC 9905",
        "Warning for SHA-1, GOST and unregistered digests, and when no DS is of an algorithm that "
        "can be verified.",
        &sec_ds_digest_type, kKeys},
    Check{"sec-ds-sha1-extra", G::dnssec, S::notice, kAtOnce,
          "No SHA-1 DS stands beside better ones", "RFC 4509 section 3, RFC 9905 section 2",
          "Notice.", &sec_ds_sha1_extra, kKeys},
    Check{"sec-keys-unsigned", G::dnssec, S::error, kAtOnce, "Who publishes keys signs with them",
          "RFC 4035 section 2.2",
          "Error for a server with DNSKEY records that signs nothing but these; a warning without "
          "a DS.",
          &sec_keys_unsigned, kSigned},
    Check{"sec-rrsig-missing", G::dnssec, S::critical, kAtOnce,
          "Every RRset of a signed zone is signed", "RFC 4035 sections 2.2 and 3.1.1",
          "Critical for SOA, DNSKEY or denial at all servers of a zone with a DS; a warning for NS "
          "and address records, for a zone without a DS, and for one server while two others are "
          "good.",
          &sec_rrsig_missing, kSigned},
    Check{"sec-rrsig-crypto", G::dnssec, S::critical, kAtOnce, "Signatures verify",
          "RFC 4035 section 5.3.3",
          "As sec-rrsig-missing, for a signature that fails cryptographically.", &sec_rrsig_crypto,
          kSigned},
    Check{"sec-rrsig-no-key", G::dnssec, S::critical, kAtOnce, "Signatures are by published keys",
          "RFC 4035 section 5.3.1",
          "As sec-rrsig-missing, for a signature by a key that the same server does not publish.",
          &sec_rrsig_no_key, kSigned},
    Check{"sec-rrsig-fields", G::dnssec, S::critical, kAtOnce,
          "Signatures name the zone and fit their owner", "RFC 4035 section 5.3.1",
          "As sec-rrsig-missing, for a signature with another signer than the zone, too many "
          "labels, or dates in reverse.",
          &sec_rrsig_fields, kSigned},
    Check{"sec-dnskey-alg", G::dnssec, S::critical, kAtOnce,
          "Signatures are of algorithms that can be verified", "RFC 4035 section 5.2, RFC 9904",
          "As sec-rrsig-missing, for an RRset with signatures of unsupported algorithms only. "
          "Warning for keys of an algorithm that must not be used for signing (SHA-1); notice for "
          "one that is not recommended, and beside keys of a better one.",
          &sec_dnskey_alg, kSigned},
    Check{"sec-dnskey-protocol", G::dnssec, S::critical, kAtOnce,
          "Keys that sign are zone keys of protocol 3", "RFC 4034 sections 2.1.1 and 2.1.2",
          "As sec-rrsig-missing, for a signature by a key that validators must ignore.",
          &sec_dnskey_protocol, kSigned},
    Check{"sec-dnskey-revoked", G::dnssec, S::critical, kAtOnce, "No revoked key signs",
          "RFC 5011 section 2.1",
          "As sec-rrsig-missing, for an RRset whose only signatures are by a revoked key.",
          &sec_dnskey_revoked, kSigned},
    Check{
        "sec-dnskey-collisions", G::dnssec, S::critical, kAtOnce,
        "Keys and signatures are few enough to verify", "RFC 4034 appendix B, CVE-2023-50387",
        "As sec-rrsig-missing, for an RRset that is not verified because a bound on work was met. "
        "Notice for keys of one tag and algorithm, warning for more than validators try.",
        &sec_dnskey_collisions, kSigned},
    Check{"sec-rrsig-ttl", G::dnssec, S::warning, kAtOnce, "TTLs are those of the signatures",
          "RFC 4034 section 3, RFC 4035 section 5.3.3",
          "Warning for a TTL above the one that was signed, and for one that is not the "
          "signature's own; neither makes answers bogus. Data that outlive their signature are "
          "sec-rrsig-remaining's.",
          &sec_rrsig_ttl, kSigned},
    Check{"sec-additional-sig", G::dnssec, S::warning, kAtOnce,
          "What comes along in the additional section validates",
          "RFC 4035 section 3.1.1, RFC 2181 section 5.4.1",
          "Warning for addresses there whose signatures do not count.", &sec_additional_sig, kKeys},
    Check{"sec-rrsig-expired", G::dnssec, S::critical, kAtOnce, "No signature has expired",
          "RFC 4035 section 5.3.1",
          "Critical when the last signature of SOA, DNSKEY or denial has expired on all servers of "
          "a zone with a DS; a warning for NS and address records, for a zone without a DS, and "
          "for one server while two others are good.",
          &sec_rrsig_expired, kSigned},
    Check{
        "sec-rrsig-remaining", G::dnssec, S::critical, kAtOnce, "Signatures are renewed in time",
        "RFC 6781 section 4.4.2",
        "Warning below the threshold rrsig_expiry_warning or a quarter of the lifetime, whichever "
        "is less; critical below rrsig_expiry_critical or a tenth, under the same conditions as "
        "sec-rrsig-expired.",
        &sec_rrsig_remaining, kSigned},
    Check{"sec-rrsig-future", G::dnssec, S::critical, kAtOnce, "Signatures are valid already",
          "RFC 4035 section 5.3.1",
          "As sec-rrsig-expired, for an RRset with no signature that is valid already.",
          &sec_rrsig_future, kSigned},
    Check{"sec-rrsig-validity", G::dnssec, S::notice, kAtOnce,
          "Signatures are valid for half a year at most", "RFC 6781 section 4.4.2",
          "Notice for more than 180 days.", &sec_rrsig_validity, kSigned},
};

}  // namespace checks::rows
