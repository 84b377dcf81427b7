// Facts about what stands elsewhere about the zone's delegation: whether the operators of its
// nameservers vouch for the first DS that it asks for (RFC 9615 section 4.2), and where its parent
// wants to be told of changes (RFC 9859). Part of checks/facts.hpp; lives and dies with the Facts.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dns/dnssec_path.hpp"
#include "dns/exchange.hpp"
#include "dns/rdata.hpp"
#include "survey/signal_observation.hpp"

namespace checks {

/// Records of different times are not compared: a change in between is no contradiction.
inline constexpr std::chrono::minutes kSignalsOnePass{5};

enum class SignalState : std::uint8_t {
  unknown,      ///< cannot be told
  good,         ///< secure, and what the zone publishes
  absent,       ///< the operator publishes nothing for the zone
  unreachable,  ///< no server that must know gave an answer
  no_name,      ///< the signalling name would be too long
  at_cut,       ///< a zone begins at the signalling name: its records may be about itself
  differs,      ///< other records than the zone's
  not_secure,   ///< they do not validate, or are not signed
};

/// One nameserver outside the zone.
struct SignalFacts {
  const survey::Signal* seen = nullptr;
  SignalState state = SignalState::unknown;
  std::optional<dns::RRType> type;              ///< that differs, or does not validate
  dns::dnssec::Status status{};                 ///< with not_secure: insecure or bogus
  std::optional<dns::dnssec::Status> path;      ///< of the path to the signal's zone
  const dns::Resolution* resolution = nullptr;  ///< that shows it; null with no_name
};

struct SignalsFacts {
  /// The zone asks for its first DS, the same at every server that tells, and validators would
  /// believe its parent.
  bool asks_for_first_ds = false;
  const dns::Exchange* asks = nullptr;  ///< an answer with these CDS or CDNSKEY records
  std::vector<SignalFacts> bootstrap;  ///< in the order of Signals::bootstrap; empty unless it asks
  std::vector<dns::Dsync> notify;      ///< the parent's targets
  /// Of these; indeterminate when it cannot be told.
  dns::dnssec::Status notify_status = dns::dnssec::Status::indeterminate;
};

}  // namespace checks
