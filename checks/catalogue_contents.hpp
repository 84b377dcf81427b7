// Rows of the catalogue about what the servers serve: whether they agree, and whether it is sound.
// Severity is the worst that the check can find; the meaning says when it is less.
#pragma once

#include "checks/catalogue_row.hpp"

namespace checks::rows {

inline constexpr std::array kContents{
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
          "Warning for each server whose DNSKEY records differ from the first one's; notice while "
          "one "
          "of them is behind, and where each signer has a key signing key of its own.",
          &cns_dnskey, kKeys},
    Check{"cns-denial-mode", G::consistency, S::warning, kAtOnce,
          "All servers deny by NSEC, or all by NSEC3", "RFC 5155 section 7.1, RFC 8901 section 5",
          "Warning for a server that denies in another way than most; notice when its copy of the "
          "zone is older.",
          &cns_denial_mode, kDenial},
    Check{"cns-nsec3param", G::consistency, S::warning, kAtOnce,
          "All servers use the same NSEC3 parameters", "RFC 5155 sections 7.1 and 7.3",
          "As cns-denial-mode, for hash algorithm, iterations and salt.", &cns_nsec3param, kDenial},
    Check{"cns-ds", G::consistency, S::error, kAtOnce, "All servers of the parent give the same DS",
          "RFC 4035 section 2.4",
          "Error when two of them differ: part of the validating resolvers see another chain.",
          &cns_ds},
    Check{"cns-rrsig", G::consistency, S::info, kAtOnce,
          "Servers of one serial give the same signatures", "RFC 8901 section 2",
          "Info when they do not: several signers, or signing online; no fault.", &cns_rrsig,
          kKeys},
    Check{"cns-cds", G::consistency, S::warning, kAtOnce,
          "All servers give the same CDS and CDNSKEY records", "RFC 7344 section 6.1",
          "Warning for a server that differs from most; notice when its copy of the zone is older.",
          &cns_cds, set_of({Q::cds, Q::cdnskey})},
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
};

}  // namespace checks::rows
