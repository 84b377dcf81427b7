#include "checks/catalogue.hpp"

#include <algorithm>
#include <array>

#include "checks/functions.hpp"
#include "checks/settings.hpp"

namespace checks {

namespace {

constexpr bool kThreeRounds = true;
constexpr bool kAtOnce = false;

using G = Group;
using S = Severity;
using Q = survey::QuestionId;
using survey::set_of;

constexpr survey::QuestionSet kKeys = set_of({Q::dnskey});
constexpr survey::QuestionSet kMissingName = set_of({Q::nonexistent});
constexpr survey::QuestionSet kDenial = set_of({Q::dnskey, Q::nonexistent});
constexpr survey::QuestionSet kNamesAddresses = set_of({Q::ns_address});
constexpr survey::QuestionSet kOptions = set_of({Q::options});
constexpr survey::QuestionSet kSigned = set_of({Q::dnskey, Q::nonexistent, Q::ns_address});
/// Without these there is no nameserver to speak of, whatever is enabled.
constexpr survey::QuestionSet kAlways = set_of({Q::soa_udp, Q::soa_tcp, Q::ns});

// Severity is the worst that the check can find; the meaning says when it is less.
constexpr std::array kRows{
    // ---- delegation ----
    Check{"del-exists", G::delegation, S::critical, kAtOnce, "The parent delegates the zone",
          "RFC 1034 section 4.2.1",
          "Critical when the parent's servers answer NXDOMAIN or NODATA for the zone's NS records: "
          "the zone does not exist for anyone without a cached delegation.",
          &del_exists},
    Check{"del-parent-found", G::delegation, S::error, kThreeRounds,
          "The parent zone and its servers can be found from the root", "RFC 1034 section 5.3.3",
          "Error when resolution from the root breaks above the zone, so that resolvers with empty "
          "caches cannot find it.",
          &del_parent_found},
    Check{"del-parent-server-up", G::delegation, S::error, kThreeRounds,
          "The parent's servers tell about the delegation", "RFC 2182 section 3.1",
          "Warning for each parent address that does not answer or answers with an error; error "
          "when none of those asked tells.",
          &del_parent_server_up},
    Check{"del-parent-consistent", G::delegation, S::error, kAtOnce,
          "All servers of the parent give the same NS set and DS records", "RFC 1034 section 4.2.2",
          "Error when two parent servers asked in the same pass disagree: one serves an old copy, "
          "and what users get depends on whom their resolver asks.",
          &del_parent_consistent},
    Check{"del-ns-count", G::delegation, S::error, kAtOnce, "The zone has at least two nameservers",
          "RFC 1034 section 4.1, RFC 2182 section 5",
          "Error when the parent's or the zone's NS set has a single name.", &del_ns_count},
    Check{"del-ns-count-max", G::delegation, S::notice, kAtOnce,
          "The NS set has no more than 13 names", "RFC 9715 section 4, RFC 2182 section 5",
          "Notice above 13 names: referrals grow beyond what UDP carries safely.",
          &del_ns_count_max},
    Check{"del-ns-family-count", G::delegation, S::warning, kAtOnce,
          "Two or more nameservers have IPv4 addresses, and two or more IPv6",
          "RFC 3901 section 4 (BCP 91)",
          "Warning when no name has an IPv4 address; notice when none has an IPv6 address or only "
          "one has one of a family. Silent while a name's addresses are unknown.",
          &del_ns_family_count, kNamesAddresses},
    Check{"del-ns-match", G::delegation, S::error, kAtOnce,
          "The parent's and the zone's NS sets are equal", "RFC 1034 section 4.2.2",
          "Error for a name that only the parent has; notice for one that only the zone has.",
          &del_ns_match},
    Check{"del-ns-disjoint", G::delegation, S::critical, kAtOnce,
          "The parent's and the zone's NS sets overlap", "RFC 1034 section 4.2.2",
          "Error when they have no name in common; critical when none of the parent's works.",
          &del_ns_disjoint},
    Check{"del-ns-expected", G::delegation, S::critical, kAtOnce,
          "The NS sets are those the configuration expects", "none: the zone's own policy",
          "Critical for an unexpected name at the parent, which may be a hijack; error for an "
          "unexpected name in the zone and for a missing one. Only with expected_nameservers.",
          &del_ns_expected},
    Check{"del-ns-change", G::delegation, S::notice, kAtOnce, "An NS set changed",
          "none: state of the zone",
          "Notice for a day after the parent's or the zone's NS set changed, with what was added "
          "and removed.",
          &del_ns_change},
    Check{"del-lame", G::delegation, S::error, kThreeRounds,
          "Every listed server is a server of the zone",
          "RFC 1034 section 4.2.2, RFC 2181 section 6.1",
          "Error for an address that answers SERVFAIL, REFUSED, NOTAUTH, NXDOMAIN, without "
          "authority, or with a referral. Other error codes are con-rcode; a missing SOA is "
          "zon-soa.",
          &del_lame},
    Check{"del-lame-count", G::delegation, S::warning, kThreeRounds,
          "At most one nameserver answers wrongly", "RFC 1034 section 4.2.2",
          "Warning, with the reasons counted, when two or more names answer but not as servers of "
          "the zone: often one cause, such as a lost configuration.",
          &del_lame_count},
    Check{"del-working-ns", G::delegation, S::critical, kThreeRounds,
          "Two or more nameservers work", "RFC 1034 section 4.1",
          "Critical when none gives an authoritative answer over any transport; error when a "
          "single one is left of several.",
          &del_working_ns},
    Check{"del-dead-listed", G::delegation, S::error, kAtOnce,
          "No listed nameserver has been dead for long", "RFC 2182 section 4",
          "Error when no address of a name has worked for longer than the threshold dead_listed: "
          "the name should be removed from the zone and the parent.",
          &del_dead_listed},
    Check{"del-glue-in-domain", G::delegation, S::error, kAtOnce,
          "Referrals have glue for every nameserver in the zone's own domain",
          "RFC 9471 section 3.1",
          "Error for an in-domain name without glue in a complete referral: it cannot be reached.",
          &del_glue_in_domain},
    Check{"del-glue-sibling", G::delegation, S::notice, kAtOnce,
          "Referrals have glue for nameservers in sibling zones", "RFC 9471 section 3.2",
          "Notice for a nameserver in another zone of the same parent without glue; it is optional "
          "but prevents circles.",
          &del_glue_sibling},
    Check{"del-glue-match", G::delegation, S::error, kAtOnce,
          "Glue is what the nameservers' names resolve to", "RFC 1034 section 4.2.2",
          "Error for a glue address that the name does not have; notice for an address that glue "
          "lacks.",
          &del_glue_match, kNamesAddresses},
    Check{"del-glue-orphan", G::delegation, S::error, kAtOnce,
          "Names with glue have addresses of their own", "RFC 1034 section 4.2.2",
          "Error for a nameserver that only glue gives an address.", &del_glue_orphan,
          kNamesAddresses},
    Check{"del-glue-reachable", G::delegation, S::notice, kThreeRounds,
          "Addresses that only glue gives serve the zone", "RFC 1034 section 4.2.1",
          "Notice, beside con-udp, con-tcp or del-lame, for a failing address that the name itself "
          "does not have: the glue is to be corrected, not the server.",
          &del_glue_reachable, kNamesAddresses},
    Check{"del-glue-unneeded", G::delegation, S::notice, kAtOnce,
          "Referrals have no addresses from outside the parent", "RFC 9471 section 2",
          "Notice for glue of a name that is not below the parent.", &del_glue_unneeded},
    Check{"del-glue-private", G::delegation, S::error, kAtOnce, "Glue addresses are public",
          "RFC 6890",
          "Error for a private or otherwise special address that only glue gives, which is never "
          "asked unless the configuration allows it; with that, no finding.",
          &del_glue_private},
    Check{"del-glue-parent-variants", G::delegation, S::warning, kAtOnce,
          "All servers of the parent give the same glue", "RFC 1034 section 4.2.2",
          "Warning when two parent servers asked in the same pass give different glue for the same "
          "NS set.",
          &del_glue_parent_variants, kNamesAddresses},
    Check{"del-ns-cname", G::delegation, S::error, kAtOnce, "Nameserver names are no aliases",
          "RFC 2181 section 10.3", "Error for a name that leads to its address by CNAME or DNAME.",
          &del_ns_cname},
    Check{"del-ns-syntax", G::delegation, S::warning, kAtOnce, "Nameserver names are host names",
          "RFC 1123 section 2.1, RFC 5890 section 2.3.1",
          "Warning for other characters than letters, digits and hyphens, or a numeric last label; "
          "notice for reserved hyphens.",
          &del_ns_syntax},
    Check{"del-ns-same-ip", G::delegation, S::error, kAtOnce,
          "Different nameservers have different addresses", "RFC 1034 section 4.1",
          "Warning for names that share an address; error when it is the only address there is.",
          &del_ns_same_ip, kNamesAddresses},
    Check{"del-ns-cycle", G::delegation, S::critical, kAtOnce,
          "No nameserver name needs itself to be resolved", "RFC 9471 section 2.3",
          "Error for a name that can only be resolved through itself; critical when no nameserver "
          "works.",
          &del_ns_cycle},
    Check{"del-ns-dangling", G::delegation, S::critical, kAtOnce,
          "The domains of all nameservers are registered", "none: takeover",
          "Critical when the registry above a nameserver's domain says that the domain does not "
          "exist: whoever registers it can answer for the zone.",
          &del_ns_dangling},
    Check{"del-child-alias", G::delegation, S::error, kAtOnce, "The zone's own name is no alias",
          "RFC 1034 section 3.6.2, RFC 6672 section 2.4",
          "Error for a CNAME at the apex; notice for a DNAME.", &del_child_alias, kMissingName},
    // ---- address ----
    Check{"adr-ns-resolves", G::address, S::error, kAtOnce, "Every nameserver name has an address",
          "RFC 1034 section 4.2.2",
          "Error when it is proven that a name has neither A nor AAAA records.", &adr_ns_resolves,
          kNamesAddresses},
    Check{"adr-ns-result", G::address, S::error, kThreeRounds,
          "The addresses of every nameserver name can be looked up", "RFC 1034 section 5.2.3",
          "Error when the name does not exist or its resolution fails; warning when only one "
          "family fails.",
          &adr_ns_result, kNamesAddresses},
    Check{"adr-answers-unresolvable", G::address, S::notice, kAtOnce,
          "Servers that work have names that resolve", "none: points at the cause",
          "Notice for a server that serves the zone while its name no longer resolves: the name is "
          "to be repaired, not the server.",
          &adr_answers_unresolvable, kNamesAddresses},
    Check{
        "adr-global", G::address, S::error, kAtOnce, "Nameserver addresses are public",
        "RFC 6890, IANA special-purpose address registries",
        "Error for a private or otherwise special address that a name resolves to, which is never "
        "asked unless the configuration allows it; with that, no finding.",
        &adr_global},
    // ---- connectivity ----
    Check{
        "con-udp", G::connectivity, S::error, kThreeRounds, "Every server answers over UDP",
        "RFC 7766 section 5",
        "Error for an address that gives no answer over UDP, or a truncated one that TCP does not "
        "complete although TCP answers otherwise.",
        &con_udp},
    Check{"con-tcp", G::connectivity, S::error, kThreeRounds, "Every server answers over TCP",
          "RFC 7766 section 5, RFC 9210 section 3 (BCP 235)",
          "Error for an address that gives no answer over TCP: DNSSEC and large answers need it.",
          &con_tcp},
    Check{"con-error-kind", G::connectivity, S::notice, kThreeRounds,
          "Explicit network errors tell which layer fails", "none: points at the cause",
          "Notice beside con-udp or con-tcp when the failure was no silence but an error: refused, "
          "reset, closed or unreachable, with what that means.",
          &con_error_kind},
    Check{"con-rcode", G::connectivity, S::error, kThreeRounds,
          "No server answers with an unexpected error code", "RFC 1035 section 4.1.1",
          "Error for FORMERR, NOTIMP and others; SERVFAIL, REFUSED, NOTAUTH and NXDOMAIN are "
          "del-lame.",
          &con_rcode},
    Check{"con-transport-diff", G::connectivity, S::error, kThreeRounds,
          "Servers give the same answer over UDP and TCP", "RFC 7766 section 5",
          "Error for an address that serves the zone over one transport and answers wrongly over "
          "the other.",
          &con_transport_diff},
    Check{"con-family-diff", G::connectivity, S::notice, kThreeRounds,
          "Nameservers work over IPv4 and IPv6 alike", "RFC 3901 section 4 (BCP 91)",
          "Notice, beside the findings of its addresses, for a name that works over one family "
          "only: the path or the address is to blame.",
          &con_family_diff},
    Check{
        "con-zone-family", G::connectivity, S::error, kThreeRounds,
        "The zone can be resolved over IPv4 and over IPv6", "RFC 3901 section 4 (BCP 91)",
        "Warning, for a top-level domain error, when no address of a family works while the other "
        "family does.",
        &con_zone_family, kNamesAddresses},
    Check{
        "con-availability", G::connectivity, S::notice, kThreeRounds,
        "Two nameservers answer on every one of their addresses",
        "ICANN registry agreement, specification 10 section 3.1",
        "Notice when fewer do, which ICANN counts as unavailable although users are served; raise "
        "its severity if the agreement binds you. No service at all is del-working-ns.",
        &con_availability},
    Check{"con-rtt", G::connectivity, S::warning, kThreeRounds, "Servers answer within the limits",
          "ICANN registry agreement, specification 10 sections 3.3 and 3.4",
          "Warning above the thresholds response_time_udp and response_time_tcp.", &con_rtt},
    Check{"con-loss", G::connectivity, S::warning, kAtOnce, "Few first queries are lost",
          "none: operational experience",
          "Notice above 10 % of the last 32 answered rounds, warning from 40 %.", &con_loss},
    Check{"con-flap", G::connectivity, S::warning, kAtOnce, "Servers stay up or down",
          "none: operational experience",
          "Notice from four changes between up and down in the last 32 rounds, warning from six.",
          &con_flap},
    Check{"con-since", G::connectivity, S::info, kAtOnce, "How long a server has been failing",
          "none: state of the zone",
          "Info while a server fails over every transport, from the second round on.", &con_since},
    Check{"con-source-address", G::connectivity, S::error, kThreeRounds,
          "Responses come from the address that was asked", "RFC 2181 section 4.1",
          "Error when only responses from another address or port came; warning when a good one "
          "came besides.",
          &con_source_address},
    Check{"con-malformed", G::connectivity, S::error, kThreeRounds,
          "Responses are well-formed and match the query", "RFC 1035 section 4.1",
          "Error when nothing usable came; notice for stray responses besides a good one.",
          &con_malformed},
    Check{"con-shared-address", G::connectivity, S::warning, kAtOnce,
          "An address does not fail for several of its zones", "none: spans zones",
          "Made from the reports of all zones: an address that fails for all of its zones is down, "
          "one that fails for some lacks those zones.",
          nullptr},
    // ---- transport ----
    Check{"tra-edns0", G::transport, S::warning, kThreeRounds, "Servers answer queries with EDNS",
          "RFC 6891 section 7",
          "Warning for a server of the zone that answers only without EDNS: it cannot serve DNSSEC "
          "and its UDP answers end at 512 octets.",
          &tra_edns0},
    // ---- consistency ----
    Check{"cns-serial", G::consistency, S::warning, kAtOnce, "All servers serve the newest serial",
          "RFC 1034 section 4.3.5, RFC 1982",
          "Notice while a server is behind for less than the threshold serial_drift; in a one-shot "
          "check, which cannot tell for how long, a warning.",
          &cns_serial},
    Check{"cns-serial-behind-time", G::consistency, S::error, kAtOnce,
          "No server is behind the newest serial for long", "RFC 1034 section 4.3.5",
          "Warning when a server has been behind for longer than the threshold serial_drift; error "
          "from half of SOA expire.",
          &cns_serial_behind_time},
    Check{"cns-mname", G::consistency, S::notice, kAtOnce, "All servers give the same SOA MNAME",
          "RFC 1035 section 3.3.13", "Notice with the variants.", &cns_mname},
    Check{"cns-rname", G::consistency, S::notice, kAtOnce, "All servers give the same SOA RNAME",
          "RFC 1035 section 3.3.13", "Notice with the variants.", &cns_rname},
    Check{"cns-timers", G::consistency, S::notice, kAtOnce, "All servers give the same SOA timers",
          "RFC 1035 section 3.3.13", "Notice with the variants.", &cns_timers},
    Check{"cns-ns-set", G::consistency, S::warning, kAtOnce, "All servers give the same NS set",
          "RFC 1034 section 4.2.2",
          "Warning for a server whose NS set differs from what most give; notice when its copy of "
          "the zone is older.",
          &cns_ns_set},
    Check{"cns-signed", G::consistency, S::error, kAtOnce,
          "Either all servers serve the zone signed, or none", "RFC 4035 sections 2.2 and 3.1",
          "Warning for an unsigned server beside signed ones; error when a DS makes validators "
          "care and fewer than two addresses serve it signed.",
          &cns_signed, kKeys},
    Check{"cns-dnskey", G::consistency, S::warning, kAtOnce,
          "All servers publish the same DNSKEY records", "RFC 4035 section 2.1, RFC 8901 section 2",
          "Warning for each server whose DNSKEY records differ from the first one's.", &cns_dnskey,
          kKeys},
    // ---- zone ----
    Check{"zon-soa", G::zone, S::error, kThreeRounds,
          "Every server gives exactly one SOA of the zone", "RFC 2181 section 6.1",
          "Error for an authoritative answer without it; warning for more than one.", &zon_soa},
    Check{"zon-ns-rrset", G::zone, S::error, kThreeRounds,
          "Every server gives the zone's NS records", "RFC 1034 section 4.2.1",
          "Error for a server with the SOA but without NS records, or with an error for them.",
          &zon_ns_rrset},
    Check{"zon-refresh", G::zone, S::notice, kAtOnce, "SOA refresh is four hours or more",
          "RFC 1912 section 2.2", "Notice below.", &zon_refresh},
    Check{"zon-retry", G::zone, S::notice, kAtOnce,
          "SOA retry is one hour or more, and less than refresh", "RFC 1912 section 2.2",
          "Notice otherwise.", &zon_retry},
    Check{"zon-expire", G::zone, S::warning, kAtOnce, "SOA expire is one week or more",
          "RFC 1912 section 2.2",
          "Warning when it is not more than refresh and retry together; notice below a week.",
          &zon_expire},
    Check{"zon-minimum", G::zone, S::notice, kAtOnce, "SOA minimum is five minutes to one day",
          "RFC 2308 sections 4 and 5", "Notice outside of it.", &zon_minimum},
    Check{"zon-rname-at", G::zone, S::warning, kAtOnce, "SOA RNAME has no @",
          "RFC 1035 sections 3.3.13 and 8", "Warning: the @ of the mailbox is written as a dot.",
          &zon_rname_at},
    Check{"zon-serial-form", G::zone, S::notice, kAtOnce, "The serial is no future date and not 0",
          "RFC 1912 section 2.2, RFC 1982",
          "Notice for a serial that reads as a date in the future, and for 0.", &zon_serial_form},
    Check{"zon-serial-back", G::zone, S::error, kAtOnce, "The serial never goes back",
          "RFC 1982 section 3.2, RFC 2182 section 7",
          "Error when for three rounds no server has the newest serial any more and one that had "
          "it serves a lower one.",
          &zon_serial_back},
    Check{"zon-expire-headroom", G::zone, S::error, kAtOnce, "No server is about to drop the zone",
          "RFC 1035 section 3.3.13, RFC 7314",
          "Error when less than a quarter of SOA expire is left, by EDNS EXPIRE or by the time the "
          "server has been behind, and that is beyond ordinary refreshes.",
          &zon_expire_headroom, kOptions},
    Check{"zon-propagation", G::zone, S::notice, kAtOnce, "New serials reach all servers quickly",
          "RFC 1996, ICANN registry agreement, specification 10",
          "Notice for a day when the newest serial took longer than the threshold propagation from "
          "the first server to the last.",
          &zon_propagation},
    Check{"zon-wildcard", G::zone, S::error, kAtOnce,
          "A top-level domain does not answer for names that do not exist",
          "RFC 4592, ICANN registry agreement, specification 6 section 2.2",
          "Error for a top-level domain; info for other zones, where wildcards are ordinary.",
          &zon_wildcard, kMissingName},
    // ---- denial ----
    Check{"neg-nxdomain", G::denial, S::error, kThreeRounds, "Names that do not exist get NXDOMAIN",
          "RFC 2308 section 2.1",
          "Error for a server of the zone that answers with an error code or without authority.",
          &neg_nxdomain, kMissingName},
    Check{"neg-nxdomain-soa", G::denial, S::warning, kAtOnce,
          "Negative answers have authority and the zone's SOA", "RFC 2308 sections 3 and 5",
          "Warning: without them they cannot be cached.", &neg_nxdomain_soa, kMissingName},
    Check{
        "neg-nx-vs-nodata", G::denial, S::error, kAtOnce,
        "NXDOMAIN is for missing names, NODATA for missing types",
        "RFC 2308 section 2.2, RFC 8020 section 2",
        "Error for NXDOMAIN about a name that exists; warning for a server that says NODATA where "
        "others say NXDOMAIN; notice when all say NODATA.",
        &neg_nx_vs_nodata, set_of({Q::nonexistent, Q::ns_address})},
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
          "Error when a signed server denies a name without NSEC or NSEC3 records and fewer than "
          "two others prove it; else a warning.",
          &neg_none, kDenial},
    Check{"neg-proof-nxdomain-nsec", G::denial, S::error, kAtOnce,
          "NSEC records prove what an answer denies", "RFC 4035 section 5.4, RFC 6840 section 4.1",
          "As neg-none, when the name, or a wildcard that would match it, is not covered.",
          &neg_proof_nxdomain_nsec, kDenial},
    Check{"neg-proof-nxdomain-nsec3", G::denial, S::error, kAtOnce,
          "NSEC3 records prove what an answer denies", "RFC 5155 section 8",
          "As neg-none, when closest encloser, next closer name or wildcard are not proven.",
          &neg_proof_nxdomain_nsec3, kDenial},
    Check{"neg-sig", G::denial, S::error, kAtOnce, "The signatures of denial records count",
          "RFC 4035 section 5.4",
          "As neg-none, when the records that are needed are there, but not validly signed.",
          &neg_sig, kDenial},
    Check{"neg-nsec3-hash", G::denial, S::error, kAtOnce,
          "NSEC3 uses the one hash algorithm and the one flag there are",
          "RFC 5155 sections 8.1, 8.2 and 11",
          "As neg-none, for NSEC3 records that validators must ignore.", &neg_nsec3_hash, kDenial},
    Check{"neg-nsec3-iterations", G::denial, S::error, kAtOnce, "NSEC3 has no extra iterations",
          "RFC 9276 sections 3.1 and 3.2",
          "Notice for 1 to 50, warning up to 150, error above: resolvers limit what they compute.",
          &neg_nsec3_iterations, kDenial},
    // ---- dnssec ----
    Check{"sec-status", G::dnssec, S::critical, kAtOnce,
          "The zone validates at one server at least", "RFC 4035 section 4.3",
          "Critical when the delegation is secure and no server gives answers that validate; the "
          "checks below tell why.",
          &sec_status, kSigned},
    Check{"sec-chain", G::dnssec, S::critical, kAtOnce,
          "The chain of trust above the zone is whole", "RFC 4035 section 5",
          "Critical when a link above the zone is bogus; the sentence names the ancestor.",
          &sec_chain},
    Check{"sec-trust-anchor", G::dnssec, S::error, kAtOnce, "The configured trust anchors validate",
          "RFC 4033 section 2, RFC 5011",
          "Error when the keys of the trust anchor's zone are not validly signed by a key that an "
          "anchor stands for: every zone below is indeterminate.",
          &sec_trust_anchor},
    Check{"sec-ds-present", G::dnssec, S::notice, kAtOnce, "A signed zone has a DS at its parent",
          "RFC 4035 section 2.4", "Notice for an island of security.", &sec_ds_present, kSigned},
    Check{"sec-ds-rrsig", G::dnssec, S::critical, kAtOnce,
          "The parent signs the DS records, or their absence", "RFC 4035 section 2.4",
          "Critical when no parent server's word validates; warning for one while others are good.",
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
          "Warning for a DS whose key no server publishes.", &sec_ds_orphan, kKeys},
    Check{"sec-ds-key-flags", G::dnssec, S::error, kAtOnce,
          "The keys that DS stand for are zone keys", "RFC 4034 section 2.1.1",
          "Error for a key without the zone flag, or with another protocol than 3.",
          &sec_ds_key_flags, kKeys},
    Check{"sec-ds-revoked", G::dnssec, S::error, kAtOnce, "No DS stands for a revoked key",
          "RFC 5011 section 2.1", "Error.", &sec_ds_revoked, kKeys},
    Check{"sec-ds-digest-length", G::dnssec, S::error, kAtOnce,
          "Digests have the length of their type",
          "RFC 4034 section 5.1.4, RFC 4509 section 2.2, RFC 6605 section 2",
          "Error for a DS that is too short or too long.", &sec_ds_digest_length, kKeys},
    Check{"sec-ds-digest-type", G::dnssec, S::warning, kAtOnce,
          "DS use digests that are not deprecated", "RFC 9904, RFC 9905",
          "Warning for SHA-1, GOST and unregistered digests.", &sec_ds_digest_type, kKeys},
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
          "As sec-rrsig-missing, for an RRset with signatures of unsupported algorithms only.",
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
        "As sec-rrsig-missing, for an RRset that is not verified because a bound on work was met.",
        &sec_dnskey_collisions, kSigned},
    Check{"sec-rrsig-ttl", G::dnssec, S::warning, kAtOnce,
          "No TTL is above the one that was signed", "RFC 4035 section 5.3.3",
          "Warning; it is no reason for bogus answers.", &sec_rrsig_ttl, kSigned},
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

constexpr std::array<std::string_view, 9> kGroups{"delegation", "address",     "connectivity",
                                                  "transport",  "consistency", "dnssec",
                                                  "denial",     "zone",        "resolver"};

}  // namespace

std::string_view to_text(Group group) {
  return kGroups.at(static_cast<std::size_t>(group));
}

std::span<const Check> catalogue() {
  return kRows;
}

const Check* find_check(std::string_view id) {
  const auto found =
      std::find_if(kRows.begin(), kRows.end(), [id](const Check& row) { return row.id == id; });
  return found == kRows.end() ? nullptr : &*found;
}

bool is_enabled(const Check& check, const CheckSelection& selection) {
  return selection.disabled.count(check.id) == 0 &&
         selection.disabled.count(to_text(check.group)) == 0;
}

survey::QuestionSet questions_to_ask(const CheckSelection& selection) {
  survey::QuestionSet asked = kAlways;
  for (const Check& check : kRows) {
    if (is_enabled(check, selection)) asked |= check.reads;
  }
  return asked;
}

bool is_check_or_group(std::string_view text) {
  return find_check(text) != nullptr ||
         std::any_of(kRows.begin(), kRows.end(),
                     [text](const Check& row) { return to_text(row.group) == text; });
}

}  // namespace checks
