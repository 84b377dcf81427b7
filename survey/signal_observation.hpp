// What is published outside a zone about its delegation, as values: by the operators of its
// nameservers (RFC 9615), and by its parent (RFC 9859). Part of survey/survey.hpp.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dns/dnssec_path.hpp"
#include "dns/resolution.hpp"

namespace survey {

/// What the operator of one nameserver outside the zone publishes for it: CDS and CDNSKEY records
/// at a signalling name, which vouch for those at the zone's apex (RFC 9615 section 4.1).
struct Signal {
  dns::Name nameserver;
  std::optional<dns::Name> name;  ///< the signalling name; nothing when it would be too long
  dns::Resolution cds;
  dns::Resolution cdnskey;
  /// Down to the zone that holds the records; null when there are none, and when it was not found.
  std::shared_ptr<const dns::dnssec::PathZone> path;
};

/// DSYNC records of the parent for the zone: where it wants to be told of new CDS, CDNSKEY and
/// CSYNC records (RFC 9859 section 2).
struct NotifyTargets {
  dns::Resolution dsync;  ///< at the first of dsync_names() that has some, else at the last
  std::shared_ptr<const dns::dnssec::PathZone> path;  ///< as Signal::path
};

/// May be older than the round.
struct Signals {
  /// Sorted by nameserver; empty unless the zone publishes CDS or CDNSKEY and has no DS.
  std::vector<Signal> bootstrap;
  /// Nothing unless the zone publishes CDS, CDNSKEY or CSYNC.
  std::optional<NotifyTargets> notify;
};

}  // namespace survey
