// Rows of the catalogue about how the parent delegates the zone.
// Severity is the worst that the check can find; the meaning says when it is less.
#pragma once

#include "checks/catalogue_row.hpp"

namespace checks::rows {

inline constexpr std::array kDelegation{
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
          "All servers of the parent give the same NS set", "RFC 1034 section 4.2.2",
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
};

}  // namespace checks::rows
