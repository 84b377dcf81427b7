// What one address of the lab serves, and its answer to one message: the server without its
// sockets. respond() is a pure function of its arguments.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/lab/compact_denial.hpp"
#include "tests/lab/fault.hpp"
#include "tests/lab/mutation.hpp"
#include "tests/lab/zone_data.hpp"

namespace lab {

struct ServedZone {
  std::shared_ptr<const ZoneData> data;  ///< null: the server knows the zone but could not load it
  std::vector<Fault> faults;
  std::shared_ptr<const CompactDenial> compact;  ///< how it denies; null: as the zone's data say
  std::shared_ptr<const ZoneData> additional;    ///< has that section's records; null: `data` has
};

struct ServerScript {
  bool udp = true;   ///< false: nothing listens, the kernel answers port unreachable
  bool tcp = true;   ///< false: nothing listens, the kernel resets
  std::string nsid;  ///< sent when asked for, unless empty
  std::map<dns::Name, ServedZone> zones;
  std::vector<Fault> faults;                   ///< of every zone here, before the zone's own
  std::shared_ptr<const Mutations> mutations;  ///< of any zone, before all faults; may be null
};

/// The answer to `message`. A question for no zone here is REFUSED, one for a zone without data
/// SERVFAIL; what is no query at all gets FORMERR when it has at least an id, else nothing.
Delivery respond(const ServerScript& script, std::span<const std::uint8_t> message,
                 dns::Transport transport, const Random& random);

}  // namespace lab
