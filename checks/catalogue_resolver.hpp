// Rows of the catalogue about what resolvers make of the zone: the configured ones, of which
// nothing is found where none is configured, and our own, walking as others do. Severity is the
// worst that the check can find; the meaning says when it is less.
#pragma once

#include "checks/catalogue_row.hpp"

namespace checks::rows {

using RQ = survey::ResolverQuestionId;
using survey::resolver_set_of;

inline constexpr survey::ResolverQuestionSet kApex = resolver_set_of({RQ::soa, RQ::control});

/// The apex SOA and the parent's, and one question more.
constexpr survey::ResolverQuestionSet apex_and(RQ question) {
  return resolver_set_of({RQ::soa, RQ::control, question});
}

inline constexpr std::array kResolver{
    Check{"res-verdict",
          G::resolver,
          S::notice,
          kAtOnce,
          "One verdict: which layer fails, and where to begin",
          "RFC 4035 sections 4.3 and 5.5",
          "Notice that names the failing layer by what servers and resolvers show together: the "
          "authoritative service, DNSSEC, one resolver, or disagreement among resolvers. Other "
          "checks carry the severity.",
          &res_verdict,
          {},
          kApex},
    Check{"res-resolves",
          G::resolver,
          S::error,
          kThreeRounds,
          "Resolvers resolve the zone",
          "RFC 1034 section 5.3.3",
          "Error when two or more resolvers fail for the zone, none answers, and its servers do; "
          "warning when there is only one to ask, and no server fails. Notice for a resolver that "
          "does not resolve the "
          "parent either: that is not the zone's fault.",
          &res_resolves,
          {},
          kApex},
    Check{"res-cd",
          G::resolver,
          S::critical,
          kAtOnce,
          "Resolvers do not refuse the zone for DNSSEC",
          "RFC 4035 section 3.2.2, RFC 6840 section 5.9",
          "SERVFAIL with checking, an answer without. Critical when the zone is bogus here too, or "
          "two or more resolvers and most of them say so; warning when the only one does; else "
          "notice beside res-disagree.",
          &res_cd,
          {},
          kApex},
    Check{"res-disagree",
          G::resolver,
          S::warning,
          kThreeRounds,
          "Resolvers agree about the zone",
          "RFC 9520 section 3",
          "Warning when some fail for the zone and others do not; info when an old answer in a "
          "cache explains it, or another check names the cause.",
          &res_disagree,
          {},
          kApex},
    Check{"res-local",
          G::resolver,
          S::warning,
          kThreeRounds,
          "The operator's own resolvers resolve the zone where others do",
          "RFC 1034 section 5.3.3",
          "Warning when exactly the resolvers marked local fail, and the others do not.",
          &res_local,
          {},
          kApex},
    Check{"res-ra",
          G::resolver,
          S::notice,
          kAtOnce,
          "Configured resolvers recurse",
          "RFC 1035 section 4.1.1",
          "Notice of a mistake in the configuration: the address answers without RA. It says "
          "nothing about the zone.",
          &res_ra,
          {},
          kApex},
    Check{"res-ad",
          G::resolver,
          S::info,
          kAtOnce,
          "Validating resolvers set AD for a secure zone",
          "RFC 4035 section 3.2.3, RFC 6840 sections 5.7 and 5.8",
          "Info only: a missing AD alone is never a fault of the zone.",
          &res_ad,
          {},
          kApex},
    Check{"res-ede",
          G::resolver,
          S::notice,
          kAtOnce,
          "Resolvers have no complaint",
          "RFC 8914 section 4",
          "Notice with the Extended DNS Error of a resolver that fails, or that gives stale "
          "answers; info beside an ordinary answer, and where res-cd says that DNSSEC "
          "fails.",
          &res_ede,
          {},
          kApex},
    Check{"res-rtt",
          G::resolver,
          S::info,
          kAtOnce,
          "Resolvers answer quickly",
          "RFC 1034 section 5.3.1",
          "Info above two seconds; the metric has the value.",
          &res_rtt,
          {},
          kApex},
    Check{"res-negative",
          G::resolver,
          S::error,
          kAtOnce,
          "Resolvers can deny what does not exist in the zone",
          "RFC 4035 section 5.4",
          "SERVFAIL for a missing name where the zone itself resolves: error when two or more "
          "resolvers and most say so, else warning; notice when the servers' denial is seen to be "
          "broken. Notice for a resolver that puts data in the place of NXDOMAIN.",
          &res_negative,
          {},
          apex_and(RQ::nonexistent)},
    Check{"res-nxdomain-expected",
          G::resolver,
          S::error,
          kAtOnce,
          "Names that must exist are found by resolvers",
          "RFC 2308 section 5",
          "For the names of `sentinels`: error when two or more resolvers and most deny one, or "
          "answer SERVFAIL for it where the zone itself resolves; else warning.",
          &res_nxdomain_expected,
          {},
          apex_and(RQ::sentinel)},
    Check{"res-ns-addresses",
          G::resolver,
          S::error,
          kAtOnce,
          "Resolvers get the addresses of the zone's nameservers",
          "RFC 4035 section 5",
          "SERVFAIL for the addresses of a nameserver's name: error when two or more resolvers and "
          "most say so, else warning.",
          &res_ns_addresses,
          {},
          apex_and(RQ::ns_address)},
    Check{"res-ns-view",
          G::resolver,
          S::info,
          kAtOnce,
          "Resolvers hold the nameservers that parent or zone list",
          "RFC 2181 section 5.4.1, RFC 9520 section 3.3",
          "Info for an old NS set in a cache, with the time it has left.",
          &res_ns_view,
          {},
          apex_and(RQ::ns)},
    Check{"res-ds-view",
          G::resolver,
          S::notice,
          kAtOnce,
          "Resolvers hold the DS records that the parent gives",
          "RFC 4035 section 4.5, RFC 6781 section 4.1.2",
          "Info for old DS records in a cache, with the time they have left; notice when that "
          "resolver fails.",
          &res_ds_view,
          {},
          apex_and(RQ::ds)},
    Check{"res-serial-view",
          G::resolver,
          S::info,
          kAtOnce,
          "Resolvers do not give an old serial for longer than its TTL",
          "RFC 2181 section 8",
          "Info for a serial that was replaced longer ago than the SOA's TTL.",
          &res_serial_view,
          {},
          kApex},
    Check{"res-caa",
          G::resolver,
          S::error,
          kAtOnce,
          "Resolvers can tell the zone's CAA records",
          "RFC 8659 section 3",
          "SERVFAIL for CAA of the zone or of a name of `sentinels`, which keeps certification "
          "authorities from issuing: error when two or "
          "more resolvers and most say so, else warning.",
          &res_caa,
          {},
          apex_and(RQ::caa)},
    Check{"res-iterate",
          G::resolver,
          S::error,
          kThreeRounds,
          "The zone is found from the root down over IPv4 alone and over IPv6 alone",
          "RFC 1034 section 5.3.3, RFC 3901 section 4 (BCP 91)",
          "For a family over which the zone is served, when a resolver that has no other cannot "
          "get there: an ancestor, or the zone that holds the nameservers' addresses, is not. "
          "Error over IPv4, warning over IPv6; notice for an ancestor without IPv6, and beside "
          "del-parent-server-up. A zone that no server serves over the family is "
          "con-zone-family.",
          &res_iterate,
          {},
          {},
          survey::walk_set_of({survey::WalkId::ipv4, survey::WalkId::ipv6})},
    Check{"res-qmin",
          G::resolver,
          S::warning,
          kAtOnce,
          "Resolvers that minimise query names find the zone and what is in it",
          "RFC 9156 sections 2 and 3, RFC 8020 section 2",
          "Warning for NXDOMAIN, or an error, in answer to a name that exists because others lie "
          "below it: at a server of the zone, names on the way to nameservers and `sentinels`; at "
          "an ancestor's, names between two zones. Whether a signed zone proves that such a name "
          "has no records is neg-proof-nodata.",
          &res_qmin,
          set_of({Q::ns_address, Q::name_between}),
          {},
          survey::walk_set_of({survey::WalkId::above})},
};

}  // namespace checks::rows
