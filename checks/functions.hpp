// The functions behind the rows of the catalogue, by the file that holds them. Each reads facts and
// adds findings; none reads what another one found. Pure, so safe to call from any thread.
#pragma once

namespace checks {

class Findings;
struct Context;

// delegation.cpp
void del_exists(const Context& context, Findings& findings);
void del_parent_found(const Context& context, Findings& findings);
void del_parent_server_up(const Context& context, Findings& findings);
void del_parent_consistent(const Context& context, Findings& findings);
void cns_ds(const Context& context, Findings& findings);
void del_ns_count(const Context& context, Findings& findings);
void del_ns_count_max(const Context& context, Findings& findings);
void del_ns_family_count(const Context& context, Findings& findings);
void del_ns_match(const Context& context, Findings& findings);
void del_ns_disjoint(const Context& context, Findings& findings);
void del_ns_expected(const Context& context, Findings& findings);
void del_ns_change(const Context& context, Findings& findings);

// nameservers.cpp
void del_ns_cname(const Context& context, Findings& findings);
void del_ns_syntax(const Context& context, Findings& findings);
void del_ns_same_ip(const Context& context, Findings& findings);
void del_ns_cycle(const Context& context, Findings& findings);
void del_ns_dangling(const Context& context, Findings& findings);
void del_child_alias(const Context& context, Findings& findings);

// lameness.cpp
void del_lame(const Context& context, Findings& findings);
void con_rcode(const Context& context, Findings& findings);
void con_transport_diff(const Context& context, Findings& findings);
void del_lame_count(const Context& context, Findings& findings);
void del_working_ns(const Context& context, Findings& findings);
void del_dead_listed(const Context& context, Findings& findings);

// glue.cpp
void del_glue_in_domain(const Context& context, Findings& findings);
void del_glue_sibling(const Context& context, Findings& findings);
void del_glue_match(const Context& context, Findings& findings);
void del_glue_orphan(const Context& context, Findings& findings);
void del_glue_reachable(const Context& context, Findings& findings);
void del_glue_unneeded(const Context& context, Findings& findings);
void del_glue_private(const Context& context, Findings& findings);
void del_glue_parent_variants(const Context& context, Findings& findings);

// address.cpp
void adr_ns_resolves(const Context& context, Findings& findings);
void adr_ns_result(const Context& context, Findings& findings);
void adr_answers_unresolvable(const Context& context, Findings& findings);
void adr_global(const Context& context, Findings& findings);
void adr_ns_secure(const Context& context, Findings& findings);

// connectivity.cpp
void con_udp(const Context& context, Findings& findings);
void con_tcp(const Context& context, Findings& findings);
void con_error_kind(const Context& context, Findings& findings);
void con_source_address(const Context& context, Findings& findings);
void con_malformed(const Context& context, Findings& findings);

void tra_edns0(const Context& context, Findings& findings);

// service.cpp
void con_family_diff(const Context& context, Findings& findings);
void con_zone_family(const Context& context, Findings& findings);
void con_availability(const Context& context, Findings& findings);
void con_rtt(const Context& context, Findings& findings);
void con_loss(const Context& context, Findings& findings);
void con_flap(const Context& context, Findings& findings);
void con_since(const Context& context, Findings& findings);

// consistency.cpp
void cns_serial(const Context& context, Findings& findings);
void cns_serial_behind_time(const Context& context, Findings& findings);
void cns_mname(const Context& context, Findings& findings);
void cns_rname(const Context& context, Findings& findings);
void cns_timers(const Context& context, Findings& findings);
void cns_ns_set(const Context& context, Findings& findings);
void cns_signed(const Context& context, Findings& findings);

// consistency_dnssec.cpp
void cns_denial_mode(const Context& context, Findings& findings);
void cns_nsec3param(const Context& context, Findings& findings);
void cns_cds(const Context& context, Findings& findings);
void cns_rrsig(const Context& context, Findings& findings);

// zone.cpp
void zon_soa(const Context& context, Findings& findings);
void zon_ns_rrset(const Context& context, Findings& findings);
void zon_refresh(const Context& context, Findings& findings);
void zon_retry(const Context& context, Findings& findings);
void zon_expire(const Context& context, Findings& findings);
void zon_minimum(const Context& context, Findings& findings);
void zon_rname_at(const Context& context, Findings& findings);
void zon_serial_form(const Context& context, Findings& findings);
void zon_serial_back(const Context& context, Findings& findings);
void zon_expire_headroom(const Context& context, Findings& findings);
void zon_propagation(const Context& context, Findings& findings);
void zon_wildcard(const Context& context, Findings& findings);

// denial.cpp
void neg_nxdomain(const Context& context, Findings& findings);
void neg_nxdomain_soa(const Context& context, Findings& findings);
void neg_nodata_soa(const Context& context, Findings& findings);
void neg_nx_vs_nodata(const Context& context, Findings& findings);
void neg_ttl(const Context& context, Findings& findings);
void neg_uncacheable(const Context& context, Findings& findings);

// denial_proofs.cpp
void neg_none(const Context& context, Findings& findings);
void neg_proof_nxdomain_nsec(const Context& context, Findings& findings);
void neg_proof_nxdomain_nsec3(const Context& context, Findings& findings);
void neg_proof_nodata(const Context& context, Findings& findings);
void neg_proof_wildcard(const Context& context, Findings& findings);
void neg_sig(const Context& context, Findings& findings);

// denial_parents.cpp
void neg_proof_ds(const Context& context, Findings& findings);
void neg_proof_referral(const Context& context, Findings& findings);

// denial_records.cpp
void neg_apex_bitmap(const Context& context, Findings& findings);
void neg_existing_covered(const Context& context, Findings& findings);
void neg_chain(const Context& context, Findings& findings);
void neg_mixed(const Context& context, Findings& findings);
void neg_nsec3param(const Context& context, Findings& findings);
void neg_nsec3_form(const Context& context, Findings& findings);
void neg_nsec3_hash(const Context& context, Findings& findings);
void neg_nsec3_flags(const Context& context, Findings& findings);
void neg_nsec3_iterations(const Context& context, Findings& findings);
void neg_nsec3_salt(const Context& context, Findings& findings);
void neg_nsec_ttl(const Context& context, Findings& findings);
void neg_compact(const Context& context, Findings& findings);

// chain.cpp
void cns_dnskey(const Context& context, Findings& findings);
void sec_status(const Context& context, Findings& findings);
void sec_chain(const Context& context, Findings& findings);
void sec_trust_anchor(const Context& context, Findings& findings);
void sec_ds_present(const Context& context, Findings& findings);
void sec_ds_unsigned(const Context& context, Findings& findings);
void sec_ds_rrsig(const Context& context, Findings& findings);
void sec_ds_match(const Context& context, Findings& findings);
void sec_ds_sep(const Context& context, Findings& findings);
void sec_ds_orphan(const Context& context, Findings& findings);
void sec_ds_alg_mismatch(const Context& context, Findings& findings);
void sec_ds_key_flags(const Context& context, Findings& findings);
void sec_ds_revoked(const Context& context, Findings& findings);
void sec_ds_digest_type(const Context& context, Findings& findings);
void sec_ds_digest_length(const Context& context, Findings& findings);
void sec_ds_sha1_extra(const Context& context, Findings& findings);
void sec_dnskey_sig(const Context& context, Findings& findings);

// validation.cpp
void sec_keys_unsigned(const Context& context, Findings& findings);
void sec_rrsig_missing(const Context& context, Findings& findings);
void sec_rrsig_crypto(const Context& context, Findings& findings);
void sec_rrsig_no_key(const Context& context, Findings& findings);
void sec_rrsig_fields(const Context& context, Findings& findings);
void sec_rrsig_ttl(const Context& context, Findings& findings);
void sec_additional_sig(const Context& context, Findings& findings);
void sec_dnskey_alg(const Context& context, Findings& findings);
void sec_dnskey_protocol(const Context& context, Findings& findings);
void sec_dnskey_revoked(const Context& context, Findings& findings);
void sec_dnskey_collisions(const Context& context, Findings& findings);

// signature_dates.cpp
void sec_rrsig_expired(const Context& context, Findings& findings);
void sec_rrsig_remaining(const Context& context, Findings& findings);
void sec_rrsig_future(const Context& context, Findings& findings);
void sec_rrsig_validity(const Context& context, Findings& findings);
void sec_rrsig_age(const Context& context, Findings& findings);
void sec_rrsig_skew(const Context& context, Findings& findings);

// delegation_signer.cpp
void sec_ds_query(const Context& context, Findings& findings);
void sec_ds_expected(const Context& context, Findings& findings);
void sec_ds_ttl(const Context& context, Findings& findings);
void sec_ds_change(const Context& context, Findings& findings);
void sec_ds_dead(const Context& context, Findings& findings);
void sec_ds_no_sha256(const Context& context, Findings& findings);
void sec_ds_alg_complete(const Context& context, Findings& findings);

// keys.cpp
void sec_dnskey_answer(const Context& context, Findings& findings);
void sec_dnskey_apex(const Context& context, Findings& findings);
void sec_dnskey_info(const Context& context, Findings& findings);
void sec_dnskey_size(const Context& context, Findings& findings);
void sec_dnskey_rsa_form(const Context& context, Findings& findings);
void sec_dnskey_rrset_size(const Context& context, Findings& findings);

// dname.cpp
void sec_dname(const Context& context, Findings& findings);

// signers.cpp
void sec_signed(const Context& context, Findings& findings);
void sec_do_retrievable(const Context& context, Findings& findings);
void sec_alg_complete(const Context& context, Findings& findings);
void sec_extra_rrsig(const Context& context, Findings& findings);
void sec_multisigner(const Context& context, Findings& findings);
void sec_rollover_state(const Context& context, Findings& findings);
void sec_auth_ad(const Context& context, Findings& findings);

// signalling.cpp
void sec_cds_present(const Context& context, Findings& findings);
void sec_cds_match_cdnskey(const Context& context, Findings& findings);
void sec_cds_valid(const Context& context, Findings& findings);
void sec_cds_trust(const Context& context, Findings& findings);
void sec_cds_delete(const Context& context, Findings& findings);
void sec_cds_pending(const Context& context, Findings& findings);
void sec_cds_continuity(const Context& context, Findings& findings);
void sec_csync(const Context& context, Findings& findings);
void sec_zonemd(const Context& context, Findings& findings);

// bootstrap.cpp
void sec_bootstrap(const Context& context, Findings& findings);
void sec_dsync(const Context& context, Findings& findings);

// resolver_view.cpp
void res_resolves(const Context& context, Findings& findings);
void res_cd(const Context& context, Findings& findings);
void res_verdict(const Context& context, Findings& findings);
void res_disagree(const Context& context, Findings& findings);
void res_local(const Context& context, Findings& findings);
void res_ra(const Context& context, Findings& findings);
void res_ede(const Context& context, Findings& findings);
void res_ad(const Context& context, Findings& findings);
void res_rtt(const Context& context, Findings& findings);

// own_walks.cpp
void res_iterate(const Context& context, Findings& findings);
void res_qmin(const Context& context, Findings& findings);

// resolver_answers.cpp
void res_negative(const Context& context, Findings& findings);
void res_nxdomain_expected(const Context& context, Findings& findings);
void res_ns_addresses(const Context& context, Findings& findings);
void res_caa(const Context& context, Findings& findings);
void res_ns_view(const Context& context, Findings& findings);
void res_ds_view(const Context& context, Findings& findings);
void res_serial_view(const Context& context, Findings& findings);

}  // namespace checks
