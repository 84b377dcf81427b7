// Rows of the catalogue about the servers: their addresses, and whether and how they answer.
// Severity is the worst that the check can find; the meaning says when it is less.
#pragma once

#include "checks/catalogue_row.hpp"

namespace checks::rows {

inline constexpr std::array kServers{
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
    Check{"adr-ns-secure", G::address, S::critical, kThreeRounds,
          "The addresses of every nameserver name validate",
          "RFC 4035 section 5, RFC 6840 section 5.9",
          "For a name outside of the zone whose addresses are bogus in their own zone: a warning "
          "while two other names remain, an error while one does, critical when there is none. "
          "What is provably not signed is good; what cannot be judged is left alone.",
          &adr_ns_secure},
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
    Check{
        "con-shared-address", G::connectivity, S::warning, kAtOnce,
        "An address does not fail for several of its zones", "none: spans zones",
        "Made from the reports of all zones: an address that fails for all of its zones is down, "
        "one that fails for some lacks those zones. Told on the status page, by `check` and by the "
        "alert DNSServerDownForManyZones; as it belongs to no zone, it is no series of "
        "`dnszone_finding` and no configuration of a zone disables it.",
        nullptr},
    // ---- transport ----
    Check{"tra-edns0", G::transport, S::warning, kThreeRounds, "Servers answer queries with EDNS",
          "RFC 6891 section 7",
          "Warning for a server of the zone that answers only without EDNS: it cannot serve DNSSEC "
          "and its UDP answers end at 512 octets.",
          &tra_edns0},
};

}  // namespace checks::rows
