// Rows of the catalogue about DNSSEC beyond the chain of trust: DS and keys as such, who signs with
// what, rollovers, and what the zone tells its parent. Severity is the worst that the check can
// find; the meaning says when it is less.
#pragma once

#include "checks/catalogue_row.hpp"

namespace checks::rows {

inline constexpr std::array kKeysAndSigners{
    // ---- DS ----
    Check{"sec-signed", G::dnssec, S::warning, kAtOnce, "The zone is signed",
          "RFC 4035 sections 2.1 and 2.2, RFC 9364",
          "Info for a zone that is not; warning for a top-level domain.", &sec_signed, kKeys},
    Check{"sec-ds-query", G::dnssec, S::error, kAtOnce,
          "The parent answers the question for DS itself", "RFC 4035 section 3.1.4.1",
          "Error when all servers of a signed parent answer it with a referral, an error or the "
          "zone's own data; warning for some of them, notice where the parent is not signed.",
          &sec_ds_query},
    Check{"sec-ds-expected", G::dnssec, S::critical, kAtOnce,
          "The parent has the DS records that the configuration expects", "RFC 4035 section 2.4",
          "Critical for another set, which may be a hijack. Only with expected_ds.",
          &sec_ds_expected},
    Check{"sec-ds-ttl", G::dnssec, S::notice, kAtOnce, "The TTL of the DS is a day at most",
          "RFC 6781 section 4.4.1", "Notice above.", &sec_ds_ttl},
    Check{"sec-ds-change", G::dnssec, S::notice, kAtOnce, "The DS records changed lately",
          "RFC 6781 section 4.1.2", "Notice for a day after a change, with the key tags.",
          &sec_ds_change},
    Check{"sec-ds-dead", G::dnssec, S::notice, kAtOnce, "No DS stands for a zone that is gone",
          "RFC 6781 section 4.3.3",
          "Notice beside del-working-ns when no server has answered for the threshold "
          "dead_listed; in a one-shot check, when none answers.",
          &sec_ds_dead},
    Check{"sec-ds-no-sha256", G::dnssec, S::notice, kAtOnce, "Each key has a DS with SHA-256",
          "RFC 4509 section 3, RFC 9904", "Notice for a key with other good digests only.",
          &sec_ds_no_sha256, kKeys},
    Check{"sec-ds-alg-complete", G::dnssec, S::warning, kAtOnce,
          "For each algorithm of the DS a key signs the keys",
          "RFC 4035 section 2.2, RFC 6840 section 5.11",
          "Warning when a DS leads to a published key, but none of its algorithm signs the DNSKEY "
          "records. While another algorithm does, most validators do not mind.",
          &sec_ds_alg_complete, kKeys},
    // ---- keys ----
    Check{"sec-dnskey-answer", G::dnssec, S::error, kThreeRounds,
          "Every server of a signed zone gives its keys", "RFC 4035 sections 2.1 and 3.1",
          "Error for a server that answers for the zone, but not for its DNSKEY records, when "
          "fewer than two others of a zone with a DS give them; else a warning. Notice in an "
          "unsigned zone.",
          &sec_dnskey_answer, kKeys},
    Check{"sec-dnskey-apex", G::dnssec, S::error, kAtOnce,
          "DNSKEY records stand at the zone's own name", "RFC 4035 section 5.3.1",
          "Error for a server that answers with keys of another name, in a zone with a DS; else a "
          "warning. Notice beside sec-ds-unsigned. Not behind an alias.",
          &sec_dnskey_apex, kKeys},
    Check{
        "sec-dnskey-info", G::dnssec, S::info, kAtOnce, "The keys changed lately",
        "RFC 4034 section 2",
        "Info for a day after a change, with tag, algorithm, role, size and flags of each key and "
        "when a new one was first seen. The chain of trust in check, JSON and on the zone's page "
        "has the keys at any time.",
        &sec_dnskey_info, kKeys},
    Check{"sec-dnskey-size", G::dnssec, S::warning, kAtOnce,
          "Keys are of the size of their algorithm, and RSA keys of 2048 bits or more",
          "RFC 3110, RFC 6605 section 4, RFC 8080 section 3, RFC 6781 section 3.4.2",
          "Warning for a size that no validator accepts and for RSA below 1024 bits; notice for "
          "RSA below 2048 bits.",
          &sec_dnskey_size, kKeys},
    Check{"sec-dnskey-rsa-form", G::dnssec, S::warning, kAtOnce,
          "RSA keys have an odd exponent and no leading zeros", "RFC 3110 section 2",
          "Warning for a key that some validators refuse.", &sec_dnskey_rsa_form, kKeys},
    Check{"sec-dnskey-rrset-size", G::dnssec, S::notice, kAtOnce,
          "The answer with the keys goes over UDP", "RFC 9715 section 3.2, RFC 6781 section 3.4.2",
          "Notice above 1232 octets.", &sec_dnskey_rrset_size, kKeys},
    // ---- signatures ----
    Check{"sec-do-retrievable", G::dnssec, S::error, kAtOnce,
          "Signatures can be had from every server", "RFC 4035 section 3.1",
          "Error for a server that gives the keys and not one signature, when fewer than two "
          "others of a zone with a DS serve it signed; else a warning.",
          &sec_do_retrievable, kSigned},
    Check{"sec-rrsig-age", G::dnssec, S::warning, kAtOnce, "Something has been signed lately",
          "RFC 6781 section 4.4.2",
          "Notice when the youngest signature of all has used up three quarters of its lifetime; "
          "warning from seven eighths in a zone with a DS, unless sec-rrsig-remaining speaks.",
          &sec_rrsig_age, kSigned},
    Check{"sec-rrsig-skew", G::dnssec, S::notice, kAtOnce,
          "Signatures allow for clocks that are five minutes off",
          "RFC 4035 section 5.3.1, RFC 6781 section 4.4.2",
          "Notice for a signature that is valid for less than five minutes already, or still.",
          &sec_rrsig_skew, kSigned},
    Check{"sec-alg-complete", G::dnssec, S::warning, kAtOnce,
          "The zone is signed with every algorithm of its keys",
          "RFC 4035 section 2.2, RFC 6840 section 5.11",
          "Warning for an algorithm with published keys that signs no SOA anywhere, in a zone with "
          "a DS; else a notice. Validators are free to insist on it; most do not.",
          &sec_alg_complete, kSigned},
    Check{"sec-extra-rrsig", G::dnssec, S::info, kAtOnce,
          "Signatures by unpublished keys stand beside valid ones", "RFC 6840 section 5.12",
          "Info; it belongs to rollovers.", &sec_extra_rrsig, kSigned},
    Check{"sec-multisigner", G::dnssec, S::error, kThreeRounds,
          "Every server publishes the keys that any server signs with",
          "RFC 8901 sections 2.1 and 3",
          "Error when answers of servers do not validate with the keys of others and no group of "
          "most servers agrees, in a zone with a DS; else a warning.",
          &sec_multisigner, kSigned},
    Check{"sec-rollover-state", G::dnssec, S::warning, kAtOnce, "No key rollover is stuck",
          "RFC 6781 section 4.1, RFC 7583, RFC 8901",
          "Notice with the state while a rollover is under way; warning when one state lasts "
          "longer than the threshold rollover_stuck, unless the key in question signs nothing and "
          "may be kept for an emergency.",
          &sec_rollover_state, kSigned},
    Check{"sec-auth-ad", G::dnssec, S::notice, kAtOnce, "Authoritative servers do not set AD",
          "RFC 4035 section 3.1.6", "Notice.", &sec_auth_ad},
    Check{"sec-dname", G::dnssec, S::error, kThreeRounds,
          "What is made of a DNAME at the zone's own name follows from it",
          "RFC 6672 sections 2.2, 2.4 and 3.1",
          "Error for several DNAME records, and for a CNAME that is missing or leads elsewhere; "
          "notice for another TTL. The signature of the DNAME is neg-sig's.",
          &sec_dname, kMissingName},
    // ---- CDS and CDNSKEY ----
    Check{"sec-cds-present", G::dnssec, S::notice, kAtOnce,
          "CDS and CDNSKEY are there both or not at all", "RFC 7344 section 4", "Notice for one.",
          &sec_cds_present, kCds},
    Check{"sec-cds-match-cdnskey", G::dnssec, S::warning, kAtOnce,
          "CDS and CDNSKEY stand for the same keys", "RFC 7344 section 4", "Warning.",
          &sec_cds_match_cdnskey, kCds},
    Check{"sec-cds-valid", G::dnssec, S::warning, kAtOnce,
          "CDS and CDNSKEY are signed and of the zone's keys", "RFC 7344 section 4.1",
          "Warning for a missing or bad signature and for a digest of the wrong length; notice for "
          "a key that does not sign the DNSKEY records or is not published, beside a good one.",
          &sec_cds_valid, kCds},
    Check{"sec-cds-trust", G::dnssec, S::warning, kAtOnce,
          "CDS and CDNSKEY are signed by a key that a DS stands for", "RFC 7344 section 4.1",
          "Warning: the parent must ignore them.", &sec_cds_trust, kCds},
    Check{"sec-cds-delete", G::dnssec, S::warning, kAtOnce,
          "The wish to have the DS deleted is written as it must be", "RFC 8078 section 4",
          "Warning for another form; notice while there is a DS, info after that.", &sec_cds_delete,
          kCds},
    Check{"sec-cds-pending", G::dnssec, S::warning, kAtOnce,
          "The parent has the DS that the zone asks for", "RFC 7344 sections 3, 5 and 6.1",
          "Notice while CDS or CDNSKEY ask for DS of other keys; warning after the threshold "
          "cds_pending. A zone without any DS is sec-ds-present's.",
          &sec_cds_pending, kCds},
    Check{"sec-cds-continuity", G::dnssec, S::error, kAtOnce,
          "With the DS that it asks for the zone would stay secure", "RFC 7344 section 4.1",
          "Error when a parent that follows CDS or CDNSKEY would make the zone bogus; warning "
          "while there is no DS, and for one server; notice when it would be insecure.",
          &sec_cds_continuity, kCds},
    Check{
        "sec-bootstrap", G::dnssec, S::warning, kAtOnce,
        "The operators of all nameservers vouch for the first DS", "RFC 9615 sections 4.1 and 4.2",
        "For a zone that has no DS and asks for one by CDS or CDNSKEY. Warning for a nameserver "
        "outside the zone for which these records are missing, differ, do not validate, or are at "
        "the apex of a zone of their own, while there are some for any; notice where they cannot "
        "be had. Info when all agree, when nobody vouches, and when nobody can since all "
        "nameservers lie in the zone. Up to 16 nameservers are looked at.",
        &sec_bootstrap, set_of({Q::dnskey, Q::cds, Q::cdnskey, Q::dsboot})},
    Check{
        "sec-dsync", G::dnssec, S::info, kAtOnce,
        "Where the parent wants to be told of new CDS, CDNSKEY and CSYNC",
        "RFC 9859 sections 2, 3 and 4.1",
        "Info with the targets, for a zone that publishes such records; without, nothing is asked.",
        &sec_dsync, set_of({Q::dnskey, Q::cds, Q::cdnskey, Q::csync, Q::dsync})},
    // ---- CSYNC and ZONEMD ----
    Check{"sec-csync", G::dnssec, S::warning, kAtOnce, "CSYNC is one that the parent can follow",
          "RFC 7477 sections 2.1 and 3",
          "Warning for several records, unknown flags, other types than NS, A and AAAA, and a "
          "missing or bad signature; notice while it waits for a later serial.",
          &sec_csync, set_of({Q::dnskey, Q::csync})},
    Check{"sec-zonemd", G::dnssec, S::warning, kThreeRounds,
          "ZONEMD is of the zone's serial, signed and of a known kind",
          "RFC 8976 sections 2.2 and 4",
          "Warning for another serial, a digest of the wrong length, two of one kind, and a "
          "missing or bad signature; info for kinds that nobody verifies. The digest itself needs "
          "the whole zone and is not computed.",
          &sec_zonemd, set_of({Q::dnskey, Q::zonemd})},
};

}  // namespace checks::rows
