#include "checks/metrics.hpp"

#include <array>
#include <cassert>

namespace checks {

namespace {

using T = MetricType;
using S = Shape;
using M = Metric;

constexpr std::array kRows{
    MetricRow{M::nameserver_up, "dnszone_nameserver_up", T::gauge, S::server_transport, "",
              "1 when the server gave an authoritative, usable SOA answer over this transport in "
              "this round, 0 when it did not; absent when it was not asked or the vantage could "
              "not use the family and transport."},
    MetricRow{M::nameserver_rcode, "dnszone_nameserver_rcode", T::gauge, S::server_transport, "",
              "RCODE of the SOA answer, extended by EDNS; absent without an answer."},
    MetricRow{M::nameserver_result, "dnszone_nameserver_result", T::gauge, S::server_transport, "",
              "What the SOA question came to: 0 ok, 1 timeout, 2 connection refused, reset or "
              "closed, 3 SERVFAIL, 4 REFUSED, 5 NXDOMAIN, 6 not authoritative, 7 referral, 8 other "
              "RCODE, 9 malformed or mismatched, 10 unreachable, 11 truncated without TCP, 12 not "
              "asked, 13 authoritative but without the zone's SOA."},
    MetricRow{M::nameserver_timeouts, "dnszone_nameserver_timeouts", T::gauge, S::server_transport,
              "", "Attempts of this round's questions to the server that timed out."},
    MetricRow{M::nameserver_queries_total, "dnszone_nameserver_queries_total", T::counter,
              S::server_transport, "", "Queries sent to the server, every attempt counted."},
    MetricRow{M::nameserver_query_timeouts_total, "dnszone_nameserver_query_timeouts_total",
              T::counter, S::server_transport, "",
              "Queries to the server that timed out, every attempt counted."},
    MetricRow{M::nameserver_responses_within_limit_total,
              "dnszone_nameserver_responses_within_limit_total", T::counter, S::server_transport,
              "",
              "Responses that came within the zone's response_time threshold of the transport; by "
              "default ICANN's limits of 0.5 s over UDP and 1.5 s over TCP."},
    MetricRow{M::nameserver_response_seconds, "dnszone_nameserver_response_seconds", T::gauge,
              S::server_transport, "",
              "Time to the SOA answer; over TCP with the connect, over UDP with the retry over TCP "
              "where the answer was truncated."},
    MetricRow{M::nameserver_soa_serial, "dnszone_nameserver_soa_serial", T::gauge, S::server, "",
              "SOA serial that the server serves."},
    MetricRow{M::nameserver_serial_drift, "dnszone_nameserver_serial_drift", T::gauge, S::server,
              "",
              "How far the server's serial is behind the newest one, in serial number "
              "arithmetic (RFC 1982); 0 when it is not behind."},
    MetricRow{M::nameserver_serial_drift_seconds, "dnszone_nameserver_serial_drift_seconds",
              T::gauge, S::server, "",
              "How long the server has been behind: the time since any server was first seen with "
              "the oldest serial that is newer than this server's; 0 when it is not behind."},
    MetricRow{
        M::nameserver_rrsig_expiry_timestamp_seconds,
        "dnszone_nameserver_rrsig_expiry_timestamp_seconds", T::gauge, S::server, "rrset",
        "Expiration of the signature of the RRset that lasts longest (of several RRsets, the "
        "one that ends first), among signatures that are correct in every respect but time. It "
        "stays, in the past, after expiry."},
    MetricRow{M::nameserver_rrsig_inception_timestamp_seconds,
              "dnszone_nameserver_rrsig_inception_timestamp_seconds", T::gauge, S::server, "rrset",
              "Inception of the signature whose expiration is "
              "dnszone_nameserver_rrsig_expiry_timestamp_seconds."},
    MetricRow{M::nameserver_signed, "dnszone_nameserver_signed", T::gauge, S::server, "",
              "1 when the server serves DNSKEY records and signatures, 0 when it does not."},
    MetricRow{
        M::nameserver_dnssec_valid, "dnszone_nameserver_dnssec_valid", T::gauge, S::server, "",
        "1 when every RRset that the server was asked for validates from the DS at the parent "
        "or a trust anchor, else 0; only where the delegation is secure."},
    MetricRow{M::nameserver_denial_valid, "dnszone_nameserver_denial_valid", T::gauge, S::server,
              "",
              "1 when the server proves that a name does not exist, else 0; only where the "
              "delegation is secure."},
    MetricRow{M::nameserver_expire_remaining_seconds, "dnszone_nameserver_expire_remaining_seconds",
              T::gauge, S::server, "",
              "Time until the server must stop serving the zone (RFC 1035 section 3.3.13) unless "
              "it reaches its primary: its EDNS EXPIRE (RFC 7314), or SOA expire less the time it "
              "has been behind."},
    MetricRow{M::nameserver_failing_since_timestamp_seconds,
              "dnszone_nameserver_failing_since_timestamp_seconds", T::gauge, S::server, "",
              "When the server was first seen failing over every transport, without a success "
              "since; only while it fails."},
    MetricRow{M::nameserver_addresses, "dnszone_nameserver_addresses", T::gauge,
              S::nameserver_family, "",
              "Addresses that the nameserver's name resolves to; 0 when it is proven that there is "
              "none, absent when resolution failed."},
    MetricRow{M::nameserver_address_dnssec_status, "dnszone_nameserver_address_dnssec_status",
              T::gauge, S::nameserver, "status",
              "1 for the DNSSEC status of the nameserver's addresses, validated through the zone "
              "that holds them, 0 for the three others; for names outside of the zone only, since "
              "dnszone_nameserver_dnssec_valid tells about those within."},
    MetricRow{M::zone_delegated, "dnszone_zone_delegated", T::gauge, S::zone, "",
              "1 when the parent delegates the zone, 0 when it proves that it does not; absent "
              "when no parent server tells, and for the root."},
    MetricRow{M::zone_nameservers, "dnszone_zone_nameservers", T::gauge, S::zone, "source",
              "Names in the NS set of the parent's delegation and of the zone itself (all that its "
              "servers give)."},
    MetricRow{M::zone_nameservers_working, "dnszone_zone_nameservers_working", T::gauge,
              S::zone_family, "",
              "Nameserver names with an address of the family that gives authoritative answers "
              "over UDP or TCP; names that share all addresses count once."},
    MetricRow{M::zone_servers_working, "dnszone_zone_servers_working", T::gauge,
              S::zone_family_transport, "",
              "Addresses of the family that give authoritative answers over the transport."},
    MetricRow{M::zone_soa_serial, "dnszone_zone_soa_serial", T::gauge, S::zone, "",
              "Newest SOA serial seen on any server."},
    MetricRow{M::zone_serial_changed_timestamp_seconds,
              "dnszone_zone_serial_changed_timestamp_seconds", T::gauge, S::zone, "",
              "When the newest serial was first seen, if it was seen to change."},
    MetricRow{M::zone_soa_refresh_seconds, "dnszone_zone_soa_refresh_seconds", T::gauge, S::zone,
              "", "SOA refresh of a server with the newest serial."},
    MetricRow{M::zone_soa_retry_seconds, "dnszone_zone_soa_retry_seconds", T::gauge, S::zone, "",
              "SOA retry of a server with the newest serial."},
    MetricRow{M::zone_soa_expire_seconds, "dnszone_zone_soa_expire_seconds", T::gauge, S::zone, "",
              "SOA expire of a server with the newest serial."},
    MetricRow{M::zone_soa_minimum_seconds, "dnszone_zone_soa_minimum_seconds", T::gauge, S::zone,
              "", "SOA minimum, the TTL of negative answers, of a server with the newest serial."},
    MetricRow{M::zone_rrsig_expiry_timestamp_seconds, "dnszone_zone_rrsig_expiry_timestamp_seconds",
              T::gauge, S::zone, "",
              "The earliest dnszone_nameserver_rrsig_expiry_timestamp_seconds of all servers and "
              "RRsets."},
    MetricRow{M::zone_dnssec_status, "dnszone_zone_dnssec_status", T::gauge, S::zone, "status",
              "1 for the DNSSEC status of the zone (RFC 4035 section 4.3), 0 for the three others. "
              "secure: an answering server validates; bogus: none does, or the chain above is "
              "broken; insecure: it is proven that no DS leads here; indeterminate: nobody "
              "answers, or the chain cannot be judged."},
    MetricRow{
        M::ancestor_dnssec_status, "dnszone_ancestor_dnssec_status", T::gauge, S::ancestor,
        "status",
        "1 for the DNSSEC status of a zone above configured ones, as the newest survey of one "
        "of these saw it, 0 for the three others: secure, its keys validate from the trust "
        "anchor down; bogus, the link to it is broken; insecure, it is proven that no DS leads "
        "there; indeterminate, it cannot be judged, or is a trust anchor's own zone whose keys "
        "the anchor does not validate. Absent below the first that is bogus or indeterminate, "
        "so that a break is named once, and when no configured zone lies below it any more."},
    MetricRow{M::zone_ds_records, "dnszone_zone_ds_records", T::gauge, S::zone, "",
              "DS records of the zone at the parent; 0 when it is proven that there is none."},
    MetricRow{
        M::zone_ds_matching, "dnszone_zone_ds_matching", T::gauge, S::zone, "",
        "DS records, or trust anchors of the zone, that lead to a published key which validly "
        "signs the DNSKEY records at one server at least; only where the delegation is "
        "secure."},
    MetricRow{M::zone_dnskeys, "dnszone_zone_dnskeys", T::gauge, S::zone, "",
              "Different DNSKEY records that the zone's servers give; 0 when none gives any."},
    MetricRow{M::zone_ds_ttl_seconds, "dnszone_zone_ds_ttl_seconds", T::gauge, S::zone, "",
              "TTL of the DS records at the parent: for how long resolvers keep a wrong one."},
    MetricRow{M::zone_ds_changed_timestamp_seconds, "dnszone_zone_ds_changed_timestamp_seconds",
              T::gauge, S::zone, "",
              "When the DS records at the parent were last seen to change, if they were."},
    MetricRow{M::zone_dnskey_changed_timestamp_seconds,
              "dnszone_zone_dnskey_changed_timestamp_seconds", T::gauge, S::zone, "",
              "When the DNSKEY records that the zone's servers give were last seen to change, if "
              "they were."},
    MetricRow{M::zone_dnskey_response_bytes, "dnszone_zone_dnskey_response_bytes", T::gauge,
              S::zone, "",
              "Octets of the largest answer with the zone's DNSKEY records; above 1232 it needs "
              "TCP."},
    MetricRow{M::zone_rollover_state, "dnszone_zone_rollover_state", T::gauge, S::zone, "state",
              "1 for the state of the zone's key rollover, 0 for the others: stable; "
              "zsk_prepublish, a zone signing key is published that signs nothing; "
              "zsk_double_signature, two sign the same data; ksk_new_key, a key signing key is "
              "published that no DS stands for; ksk_ds_added, DS stand for two keys; "
              "algorithm_roll, keys, signatures or DS are of two algorithms. Absent while the "
              "zone's keys are not known."},
    MetricRow{M::zone_rollover_since_timestamp_seconds,
              "dnszone_zone_rollover_since_timestamp_seconds", T::gauge, S::zone, "",
              "Since when the state in dnszone_zone_rollover_state is seen."},
    MetricRow{M::zone_cds_pending_since_timestamp_seconds,
              "dnszone_zone_cds_pending_since_timestamp_seconds", T::gauge, S::zone, "",
              "Since when the zone's CDS or CDNSKEY records are seen to ask for other DS records "
              "than the parent has; only while they do."},
    MetricRow{M::zone_delegation_consistent, "dnszone_zone_delegation_consistent", T::gauge,
              S::zone, "",
              "1 when the NS sets of parent and zone agree and glue is what the nameservers' names "
              "resolve to, else 0."},
    MetricRow{M::zone_failure_layer, "dnszone_zone_failure_layer", T::gauge, S::zone, "layer",
              "1 for the layer whose failure explains what the configured resolvers and the zone's "
              "own servers show, 0 for the others: none, authoritative (the zone's servers or its "
              "delegation), dnssec, one_resolver, disagreement (of several resolvers). Five series "
              "for each zone where resolvers are configured; absent while none could be judged."},
    MetricRow{
        M::resolver_rcode, "dnszone_resolver_rcode", T::gauge, S::zone_resolver, "checking",
        "RCODE, extended by EDNS, of the configured resolver's answer to the SOA question for "
        "the zone; checking is enabled (CD=0) or, of validating resolvers only, disabled "
        "(CD=1). Absent without an answer. At most two series for each zone and resolver."},
    MetricRow{M::resolver_resolves, "dnszone_resolver_resolves", T::gauge, S::zone_resolver, "",
              "1 when the configured resolver gives the zone's SOA, 0 when it does not although it "
              "works otherwise; absent when it does not work at all, which says nothing about the "
              "zone. One series for each zone and resolver."},
    MetricRow{M::resolver_answered, "dnszone_resolver_answered", T::gauge, S::zone_resolver, "",
              "1 when the configured resolver answered the SOA question for the zone, whatever the "
              "RCODE, 0 when it did not. One series for each zone and resolver."},
    MetricRow{M::resolver_response_seconds, "dnszone_resolver_response_seconds", T::gauge,
              S::zone_resolver, "",
              "Time to the configured resolver's answer to the SOA question for the zone, from its "
              "cache or not. One series for each zone and resolver."},
    MetricRow{M::zone_findings, "dnszone_zone_findings", T::gauge, S::zone, "severity",
              "Findings of the zone by severity."},
    MetricRow{M::zone_last_survey_timestamp_seconds, "dnszone_zone_last_survey_timestamp_seconds",
              T::gauge, S::zone, "", "When the last survey of the zone ended."},
    MetricRow{M::zone_survey_duration_seconds, "dnszone_zone_survey_duration_seconds", T::gauge,
              S::zone, "", "How long the last survey of the zone took."},
    MetricRow{M::zone_survey_partial, "dnszone_zone_survey_partial", T::gauge, S::zone, "",
              "1 when the deadline cut the last survey short, else 0."},
    MetricRow{M::zone_threshold_seconds, "dnszone_zone_threshold_seconds", T::gauge, S::zone,
              "threshold",
              "The zone's configured limits, and its survey interval, for use in alert rules."},
    MetricRow{M::finding, "dnszone_finding", T::gauge, S::finding, "",
              "1 while the finding stands: which check, how severe, and about which server; labels "
              "that do not apply are empty."},
};

static_assert(kRows.size() == static_cast<std::size_t>(Metric::finding) + 1);
constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].metric) != i) return false;
  }
  return true;
}
static_assert(in_order(), "rows stand in the order of Metric");

}  // namespace

std::span<const MetricRow> metrics() {
  return kRows;
}

const MetricRow& row(Metric metric) {
  return kRows.at(static_cast<std::size_t>(metric));
}

}  // namespace checks
