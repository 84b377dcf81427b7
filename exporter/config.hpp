// The configuration: what a file may say (docs/configuration.md), as plain values with every
// default in place. Reading is strict: all mistakes of a file are collected, each with file, line,
// column, the key and what to write instead, and a file with a mistake gives no configuration at
// all.
//
// A Config is immutable once made and shared as shared_ptr<const Config>. Nothing in here includes
// Asio, so that the fuzzer builds it alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checks/settings.hpp"
#include "dns/address.hpp"
#include "dns/dnssec_trust_anchors.hpp"
#include "dns/name.hpp"
#include "dns/root_hints.hpp"
#include "dns/time.hpp"
#include "exporter/listen.hpp"
#include "exporter/log.hpp"
#include "exporter/metrics_settings.hpp"
#include "exporter/sharding.hpp"
#include "survey/resolver_observation.hpp"

namespace exporter {

/// The largest file that is read; a million zones, one per line, stay below it.
inline constexpr std::size_t kMaxConfigBytes = 64U << 20U;
inline constexpr std::size_t kMaxZones = 1'000'000;
/// After this many mistakes the rest is only counted.
inline constexpr std::size_t kMaxMistakes = 100;

/// One mistake in a configuration file.
struct Mistake {
  std::string file;
  int line = 0;     ///< from 1; 0 when the file as a whole is meant
  int column = 0;   ///< from 1
  std::string key;  ///< such as "zones[3].interval"; empty for the file as a whole
  std::string sentence;

  /// "FILE:LINE:COLUMN: KEY: SENTENCE", as editors understand it: one line, whatever they hold.
  std::string to_text() const;
};

/// How one zone is surveyed and judged: the defaults with the zone's own overrides applied.
struct ZoneOptions {
  dns::Duration interval = std::chrono::seconds(60);
  dns::Duration delegation_interval = std::chrono::minutes(5);
  dns::Duration slow_interval = std::chrono::hours(1);
  int attempts = 3;
  dns::Duration timeout = std::chrono::seconds(2);  ///< per attempt
  std::vector<survey::Sentinel> sentinels;          ///< that must exist; at most kMaxSentinels
  checks::ZoneSettings
      settings;  ///< settings.interval equals `interval`; `disabled` holds ids only
};

/// A configured zone. Zones without overrides share one ZoneOptions.
struct ZoneEntry {
  dns::Name zone;
  std::shared_ptr<const ZoneOptions> options;
};

/// A token bucket: `queries_per_second` 0 lifts the limit.
struct Pace {
  double queries_per_second = 20;
  double burst = 20;
};

/// A zone, or everything below a name, that /probe may survey although it is not configured.
struct ProbePattern {
  dns::Name name;
  bool below = false;  ///< written "*.name": matches what lies below, not the name itself

  bool matches(const dns::Name& zone) const;
  std::string to_text() const;
};

struct Config {
  std::vector<ZoneEntry> zones;  ///< in canonical order, each once; without those of other shards
  std::shared_ptr<const Sharding> sharding;  ///< null: `zones` are all that are listed
  std::shared_ptr<const ZoneOptions> defaults = std::make_shared<ZoneOptions>();

  struct Web {
    dns::Endpoint listen_address = default_listen_endpoint();
  } web;

  struct Logging {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::logfmt;
  } log;

  struct Resolution {
    std::string root_hints_file;               ///< as written; empty: the built-in hints
    std::optional<dns::RootHints> root_hints;  ///< what that file holds
    std::string trust_anchor_file;             ///< as written; may be empty
    /// Those of the list `trust_anchors`, as written.
    std::vector<std::string> trust_anchor_records;
    /// What both hold together; nothing when neither is given: the built-in anchors.
    std::optional<dns::dnssec::TrustAnchors> trust_anchors;
    std::uint16_t port = 53;         ///< where all servers are asked
    std::vector<dns::Prefix> allow;  ///< special-purpose ranges that may be asked
    bool ipv4 = true;
    bool ipv6 = true;
  } resolution;

  struct Pacing {
    Pace pace;
    std::vector<std::pair<dns::Prefix, Pace>> prefixes;  ///< the longest matching one counts
    std::size_t max_in_flight = 20'000;
    /// The pace that holds for `address`.
    const Pace& of(const dns::IpAddress& address) const;
  } pacing;

  struct Vantage {
    std::string name;                            ///< the `vantage` label; empty: no label
    std::vector<dns::Endpoint> control_targets;  ///< empty: the root hints
  } vantage;

  struct Probe {
    std::vector<ProbePattern> allow;
    int concurrency = 8;
  } probe;

  struct Metrics {
    MetricsDetail detail = MetricsDetail::full;
  } metrics;

  std::vector<survey::RecursiveResolver> resolvers;  ///< whose view counts; at most kMaxResolvers

  std::vector<Mistake> warnings;  ///< what counts and does nothing

  int workers = 0;  ///< judging threads; 0: one per processor core

  /// The configured zone of this name, or null. O(log n).
  const ZoneEntry* find(const dns::Name& zone) const;
};

/// Gives the text of a file that the configuration names (zone lists, root hints, trust anchors).
/// Paths come as written; relative ones count from the directory of the configuration file.
using FileReader = std::function<dns::Result<std::string>(const std::string& path)>;

struct ReadOptions {
  /// False for one-shot commands, which may look at any zone: a file that names none and allows no
  /// probe is then no mistake, and no zone is left to another shard.
  bool zones_required = true;
  ShardArguments shard = {};  ///< decides over what the file says
};

/// Reads a configuration from `text`. `file` stands in the mistakes; `read_file` is asked for the
/// files the configuration names. Pure but for what `read_file` does.
tl::expected<Config, std::vector<Mistake>> parse_config(std::string_view text,
                                                        const std::string& file,
                                                        const FileReader& read_file,
                                                        ReadOptions options = {});

/// Reads a configuration from disk.
tl::expected<Config, std::vector<Mistake>> load_config(const std::string& path,
                                                       ReadOptions options = {});

/// Writes the warnings to the log.
void warn(const Config& config, Log& log);

/// A whole file, at most kMaxConfigBytes. Fails with a sentence that names the file.
dns::Result<std::string> read_text_file(const std::string& path);

/// The configuration as YAML, every default written out; parse_config() of it gives the same.
std::string to_yaml(const Config& config);

/// One key of the configuration file, for the documentation and its test.
struct ConfigKey {
  std::string path;            ///< "zones[].interval"
  std::string type;            ///< "duration", "list of names", ...
  std::string default_value;   ///< as it would be written; empty: none
  std::string help;            ///< one or two sentences
  bool needs_restart = false;  ///< a reload does not change it
};

/// Every key the reader knows, in the order of the documentation. Made from the tables that the
/// reader itself walks, so that none can be missing.
std::vector<ConfigKey> config_keys();

/// docs/configuration.md.
std::string configuration_markdown();

/// "60s", "5m", "1h30m", "500ms", "1d". Nothing for other text, also for a number without a unit.
std::optional<dns::Duration> duration_from_text(std::string_view text);
/// The same duration in its largest units, such as "1h30m"; in whole milliseconds.
std::string duration_to_text(dns::Duration duration);

/// "ADDR:PORT", an address alone, or ":PORT" for all addresses. Port 0 lets the kernel choose.
dns::Result<dns::Endpoint> listen_address_from_text(std::string_view text);

/// Adds a resolver. Gives what keeps it out, a sentence; empty when nothing does.
std::string add_resolver(survey::RecursiveResolver resolver, Config& config);

/// "ADDR", "ADDR:PORT" or "[V6]:PORT"; its name is its address.
dns::Result<survey::RecursiveResolver> resolver_from_text(std::string_view text);

/// "NAME/TYPE", such as "www.example.com/A".
dns::Result<survey::Sentinel> sentinel_from_text(std::string_view text);

/// Only resolvers are asked about it; of others the servers are asked for the names in between.
bool needs_resolver(const survey::Sentinel& sentinel, const dns::Name& zone);

/// "NAME", "*.NAME" or "*".
dns::Result<ProbePattern> probe_pattern_from_text(std::string_view text);
}  // namespace exporter
