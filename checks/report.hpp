// What judging a survey yields: findings, measurements, and the ZoneReport that carries both to the
// store, the metrics, the pages and the CLI. Plain immutable values without references into the
// Survey they came from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/chain_report.hpp"
#include "checks/metrics.hpp"
#include "dns/address.hpp"
#include "dns/codes.hpp"
#include "dns/dnssec_validation.hpp"
#include "dns/name.hpp"
#include "dns/time.hpp"

namespace checks {

/// Ordered: a greater value is worse.
enum class Severity : std::uint8_t { info, notice, warning, error, critical };

std::string_view to_text(Severity severity);
std::optional<Severity> severity_from_text(std::string_view text);

/// The text of a dnszone_nameserver_result code as JSON and pages carry it: "ok", "timeout", ...;
/// "not_asked" for a number that is no code.
std::string_view result_text(int code);

/// What a finding is about; the zone itself when all are empty.
struct Subject {
  std::optional<dns::Name> nameserver;
  std::optional<dns::IpAddress> address;
  std::optional<dns::Transport> transport;

  friend bool operator==(const Subject&, const Subject&) = default;
  friend auto operator<=>(const Subject&, const Subject&) = default;
};

/// One thing wrong (or, at severity info, worth knowing) with one subject.
struct Finding {
  std::string_view check;  ///< id of a row of the catalogue; static storage
  Severity severity{};
  Subject subject;
  std::string sentence;   ///< what is wrong, for a person; no newline
  std::string command;    ///< a `dig` command that shows it, or empty when none can
  dns::WallTime since{};  ///< first round of the unbroken series in which it stood
  /// When what shows it was seen. Some answers are kept over rounds: these count once for the rule
  /// of three rounds.
  std::optional<dns::WallTime> observed;
  std::uint32_t rounds = 0;  ///< in a row in which it was seen anew, this one counted
};

/// One server as the S labels name it, with the state of its two transports for tables and pages.
struct ServerState {
  dns::Name nameserver;
  dns::IpAddress address;
  bool in_parent = false;
  bool in_child = false;
  struct PerTransport {
    int result = 12;  ///< code of dnszone_nameserver_result
    std::optional<dns::Rcode> rcode;
    std::optional<dns::Duration> response_time;
    std::string detail;  ///< "timeout after 3 attempts", "SERVFAIL", "authoritative"
  };
  PerTransport udp;
  PerTransport tcp;
  std::optional<std::uint32_t> serial;
  std::optional<bool> is_signed;
  std::optional<dns::WallTime> failing_since;
};

/// What one configured resolver says to one more question than the apex SOA.
struct ResolverWord {
  std::string_view question;  ///< "nonexistent", "ds" or "caa"; static storage
  dns::Name qname;
  dns::RRType qtype{};
  std::string checked;  ///< with checking: how it ended, in words
  std::optional<dns::Rcode> rcode_checked;
  std::optional<dns::Rcode> rcode_unchecked;  ///< without checking; asked for after SERVFAIL
  bool authenticated = false;                 ///< AD in the answer with checking
  std::vector<std::uint16_t> errors;          ///< as ResolverState::errors
  std::optional<std::uint32_t> ttl;           ///< as ResolverState::ttl
};

/// What one configured resolver says about the zone, for tables and pages.
struct ResolverState {
  std::string name;  ///< as configured
  dns::Endpoint endpoint;
  bool local = false;
  bool validating = true;
  std::string_view view;  ///< to_text(ResolverView); static storage
  /// Of the apex SOA, with checking and without: how it ended in words, and the RCODE of an answer.
  std::string checked;
  std::string unchecked;  ///< empty when it was not asked so
  std::optional<dns::Rcode> rcode_checked;
  std::optional<dns::Rcode> rcode_unchecked;
  bool authenticated = false;                  ///< AD in the answer with checking
  std::optional<std::uint32_t> ttl;            ///< seconds for which it keeps that answer
  std::vector<std::uint16_t> errors;           ///< its Extended DNS Errors, INFO-CODEs (RFC 8914)
  std::optional<dns::Duration> response_time;  ///< to the answer with checking
  std::vector<ResolverWord> words;  ///< what else it was asked for, in the order of the asking
  dns::WallTime asked{};
};

/// One number with its labels. `server` indexes ZoneReport::servers, `nameserver` names one without
/// an address; the metric's shape in the table says which labels apply.
struct Measurement {
  Metric metric{};
  std::int32_t server = -1;
  std::int32_t nameserver = -1;  ///< index into ZoneReport::nameservers
  std::optional<dns::Family> family;
  std::optional<dns::Transport> transport;
  std::string_view extra;  ///< value of the metric's own label; static storage
  double value = 0;
  std::int32_t resolver = -1;  ///< index into ZoneReport::resolvers
};

struct ZoneReport {
  dns::Name zone;
  std::uint16_t port = 53;
  dns::WallTime surveyed{};
  dns::Duration survey_duration{};
  dns::Duration interval{};                   ///< of the zone's schedule; zero for one-shot surveys
  std::optional<dns::WallTime> judged_as_of;  ///< when that was asked for; else it is `surveyed`
  bool partial = false;
  /// What this vantage could not use when the zone was surveyed.
  std::vector<std::pair<dns::Family, dns::Transport>> unusable;
  std::optional<dns::Name> parent;
  bool delegation_known = true;               ///< false: no server of the parent told
  std::vector<dns::Name> parent_nameservers;  ///< the parent's NS set; empty when not delegated
  std::vector<dns::Name> child_nameservers;   ///< union over the answering servers; empty: unknown
  std::optional<std::size_t> ds_records;      ///< at the parent; nothing while that is not known
  dns::dnssec::Status dnssec = dns::dnssec::Status::indeterminate;  ///< RFC 4035 section 4.3
  ChainReport chain;
  std::vector<dns::Name> nameservers;  ///< every name; what Measurement::nameserver indexes
  std::vector<ServerState> servers;
  std::vector<ResolverState> resolvers;   ///< in the order of the configuration
  std::vector<Finding> findings;          ///< worst first, then by subject
  std::vector<Measurement> measurements;  ///< sorted by metric
  /// The worst severity, or info when there is no finding.
  Severity worst() const;
};

}  // namespace checks
