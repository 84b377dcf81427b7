// The description of a DNS world: its zones, who serves them, what is wrong with each, and what a
// survey must find. One file (world.yaml) is both the integration test and the demo. Values only;
// reading is strict, and an error names file, line and key.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/address.hpp"
#include "dns/name.hpp"
#include "dns/result.hpp"
#include "tests/lab/compact_denial.hpp"
#include "tests/lab/fault.hpp"
#include "tests/lab/mutation.hpp"
#include "tests/lab/signer.hpp"
#include "tests/lab/signer_programs.hpp"
#include "tests/lab/zone_edit.hpp"

namespace lab {

/// What answers at an address.
enum class Software { scripted, nsd, knot, bind, powerdns, unbound, nobody };

std::string_view to_text(Software software);

/// How a server's copy of the zone differs from the others'.
struct Copy {
  bool is_missing = false;  ///< known to the server but not loaded: SERVFAIL
  bool is_unsigned = false;
  int days_old = 0;  ///< the serial is of so many days ago
  /// So many switches of the world ago it had the newest serial (see Lab::show); 0 or 1.
  unsigned editions_behind = 0;
  /// When the signatures end, from now; nothing: as the zone says.
  std::optional<std::chrono::hours> signatures_end_in;
  /// As signatures_end_in, of addresses in the additional section only; on the scripted server.
  std::optional<std::chrono::hours> additional_ends_in;
  std::vector<std::size_t> keys;  ///< places of those of the zone's keys that it has; empty: all
  std::optional<Denial> denial;   ///< instead of the zone's
  std::optional<std::uint16_t> nsec3_iterations;  ///< instead of the zone's
  bool has_cds = false;                           ///< CDS and CDNSKEY as the parent has DS
  std::vector<dns::Name> nameservers;             ///< its apex NS set; empty: as the others'
  std::vector<ZoneEdit> edits;  ///< after those of the zone; only on the scripted server
};

/// One nameserver of a zone with its addresses.
struct WorldServer {
  dns::Name name;
  std::vector<dns::IpAddress> addresses;  ///< where `software` answers; empty: nowhere
  Software software = Software::scripted;
  bool udp_listens = true;
  bool tcp_listens = true;
  std::vector<Fault> faults;
  Copy copy;
  bool in_parent = true;
  bool in_child = true;
  /// Glue in the parent; nothing: `addresses` for a name in the zone, none for another.
  std::optional<std::vector<dns::IpAddress>> glue;
  /// What the zone that holds `name` says; nothing: `addresses`.
  std::optional<std::vector<dns::IpAddress>> published;
};

/// A finding that a survey of the zone must have.
struct Expectation {
  std::string check;
  std::string severity;
  std::optional<dns::Name> nameserver;
  std::optional<dns::IpAddress> address;
  std::optional<dns::Transport> transport;
  std::string shows;  ///< what the finding's dig command must print, as a regular expression
  std::string says;   ///< what the finding's sentence must hold, as a regular expression
};

/// CDS and CDNSKEY records for the key signing keys of one zone, at a name in this or another one.
struct DsRequest {
  dns::Name of;
  dns::Name at;
};

struct WorldZone {
  dns::Name zone;
  std::string title;
  bool is_signed = false;
  bool has_ds = true;  ///< whether the parent publishes the DS of a signed zone
  Denial denial = Denial::nsec;
  std::uint16_t nsec3_iterations = 0;       ///< extra ones; only for the library
  Compactness compact = Compactness::none;  ///< only on the scripted server
  Signer signer = Signer::library;
  std::uint8_t algorithm = kDefaultAlgorithm;  ///< of the usual two keys
  std::vector<KeySpec> keys;                   ///< empty: the usual two
  std::vector<ZoneEdit> edits;  ///< of every signed copy; only on the scripted server
  std::string status;           ///< DNSSEC status that a survey must find; empty: not said
  std::string unbound;          ///< the one that Unbound finds, where it differs on purpose
  std::chrono::hours signature_lifetime{14 * 24};
  bool needs_ipv6 = false;  ///< the scenario is nothing without IPv6
  std::vector<WorldServer> servers;
  std::vector<DsRequest> cds;
  std::string records;  ///< more records, as master-file text
  std::vector<Expectation> expect;
  std::vector<std::string> allow;  ///< checks that may have findings as well
};

struct World {
  std::vector<WorldZone> zones;            ///< parents need not come first
  std::optional<dns::IpAddress> resolver;  ///< where a validating resolver is to listen
  std::uint32_t longest_ttl = 3600;        ///< of all records; greater ones are lowered
  Mutations mutations;                     ///< of what scripted servers say about a zone
};

/// Reads a world from YAML text; `file` stands in the error.
dns::Result<World> parse_world(std::string_view text, const std::string& file);

/// The world without its faults: every server serves the same whole zone, and parents say what is
/// so. Zones, keys and addresses stay, so that a lab can go over from one to the other while it
/// runs; fails with what a running lab cannot change.
dns::Result<World> healed(World world);

/// A world without faults: root, one TLD, and `count` signed zones with three servers each.
World healthy_world(int count);

}  // namespace lab
