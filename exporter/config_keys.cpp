// The tables of keys. A key is added here and nowhere else: reading, the list of known keys in
// mistakes and docs/configuration.md follow.
#include <algorithm>
#include <array>

#include "checks/catalogue.hpp"
#include "dns/quote.hpp"
#include "exporter/config_draft.hpp"

namespace exporter {
namespace {

using namespace std::chrono_literals;

constexpr dns::Duration kShortestInterval = 1s;
constexpr dns::Duration kLongestInterval = 24h;
constexpr dns::Duration kLongestCadence = 24h * 7;
constexpr dns::Duration kShortestTimeout = 100ms;
constexpr dns::Duration kLongestTimeout = 10s;
constexpr dns::Duration kLongestThreshold = 24h * 3650;
constexpr int kMostAttempts = 10;
constexpr double kFastestPace = 1'000'000;
constexpr int kMostInFlight = 60'000;
constexpr int kMostProbes = 256;
constexpr int kMostWorkers = 256;
constexpr std::size_t kLongestVantageName = 64;

std::vector<dns::Name> names(const Value& value) {
  std::vector<dns::Name> list;
  for (const Value& item : value.short_list(kMostListed)) {
    if (const std::optional<dns::Name> name = item.name()) list.push_back(*name);
  }
  return list;
}

template <typename T>
void assign(std::optional<T> read, T& target) {
  if (read) target = std::move(*read);
}

void assign_count(const Value& value, int min, int max, int& target) {
  if (const auto read = value.integer(min, max)) target = static_cast<int>(*read);
}

// --- zones and defaults -------------------------------------------------------------------------

void read_thresholds(const Value& value, checks::Thresholds& target) {
  const std::span<const checks::ThresholdRow> rows = checks::thresholds();
  std::vector<std::string_view> known;
  for (const checks::ThresholdRow& row : rows) known.push_back(row.name);
  value.entries(known, [&](std::size_t index, const Value& limit) {
    if (const auto read = limit.duration(0s, kLongestThreshold)) {
      target.*rows[index].value = dns::to_seconds(*read);
    }
  });
}

constexpr std::array<std::string_view, 3> kSerialCompare{"all", "group", "off"};

constexpr std::array<Key<ZoneDraft>, 7> kOptionKeys{{
    {"interval", "duration", "60s",
     "From the start of one survey to the start of the next, 1s to 1d. A survey ends at the latest "
     "after 0.8 of it, and after 30s.",
     [](const Value& value, ZoneDraft& zone) {
       assign(value.duration(kShortestInterval, kLongestInterval), zone.options.interval);
     }},
    {"delegation_interval", "duration", "5m",
     "How often the parent is asked for the delegation, and names of nameservers are resolved. "
     "When a server fails, both are done at once.",
     [](const Value& value, ZoneDraft& zone) {
       assign(value.duration(kShortestInterval, kLongestCadence), zone.options.delegation_interval);
     }},
    {"slow_interval", "duration", "1h",
     "How often the questions are asked whose answers change rarely, and all of the parent's "
     "servers.",
     [](const Value& value, ZoneDraft& zone) {
       assign(value.duration(kShortestInterval, kLongestCadence), zone.options.slow_interval);
     }},
    {"attempts", "number", "3",
     "How often a question is asked until it counts as unanswered, 1 to 10.",
     [](const Value& value, ZoneDraft& zone) {
       assign_count(value, 1, kMostAttempts, zone.options.attempts);
     }},
    {"timeout", "duration", "2s", "How long one attempt waits for its answer, 100ms to 10s.",
     [](const Value& value, ZoneDraft& zone) {
       assign(value.duration(kShortestTimeout, kLongestTimeout), zone.options.timeout);
     }},
    {"serial_compare", "all, group or off", "all",
     "Which servers must serve the same serial: `all`; those of one list of `serial_groups`, for "
     "zones some of whose servers sign by themselves; or `off`.",
     [](const Value& value, ZoneDraft& zone) {
       if (const auto read = value.choice(kSerialCompare)) {
         zone.options.settings.serial_compare = static_cast<checks::SerialCompare>(*read);
       }
     }},
    {"thresholds", "mapping", "", "Limits of checks and alerts, each a duration.",
     [](const Value& value, ZoneDraft& zone) {
       read_thresholds(value, zone.options.settings.thresholds);
     }},
}};

/// RDATA of DS records, sorted.
void read_expected_ds(const Value& value, ZoneDraft& zone) {
  std::vector<dns::Bytes> expected;
  for (const Value& item : value.short_list(dns::dnssec::kMaxAnchorsPerZone)) {
    const std::optional<std::string> text = item.text();
    if (!text) continue;
    const dns::Result<dns::Record> record = dns::dnssec::parse_trust_anchor(". DS " + *text);
    if (!record) {
      item.mistake("write a DS as `TAG ALGORITHM TYPE DIGEST`, such as `12345 13 2 49FD...`, not " +
                   dns::quoted(*text));
    } else if (std::find(expected.begin(), expected.end(), record->rdata) != expected.end()) {
      item.mistake("this record is listed twice; remove one of them");
    } else {
      expected.push_back(record->rdata);
    }
  }
  std::sort(expected.begin(), expected.end());
  zone.options.settings.expected_ds = std::move(expected);
}

constexpr std::array<Key<ZoneDraft>, 6> kZoneOnlyKeys{{
    {"zone", "name", "", "The zone. Must be given.",
     [](const Value& value, ZoneDraft& zone) { zone.zone = value.name(); }},
    {"serial_groups", "list of lists of names", "",
     "With `serial_compare: group`: nameservers whose serials are compared with each other.",
     [](const Value& value, ZoneDraft& zone) {
       zone.options.settings.serial_groups.clear();
       for (const Value& group : value.short_list(kMostListed)) {
         zone.options.settings.serial_groups.push_back(names(group));
       }
     }},
    {"expected_nameservers", "list of names", "",
     "The names the zone should be delegated to; another set is a finding. Without it, none is "
     "expected.",
     [](const Value& value, ZoneDraft& zone) {
       zone.options.settings.expected_nameservers = names(value);
     }},
    {"expected_ds", "list of DS", "",
     "The DS records that the parent should have, each as `TAG ALGORITHM TYPE DIGEST` with numbers "
     "for algorithm and digest type; another set is a finding, and `[]` expects none. Without it, "
     "any will do.",
     [](const Value& value, ZoneDraft& zone) { read_expected_ds(value, zone); }},
    {"sentinels", "list of names with types", "",
     "Names in the zone that must exist, such as `www.example.com/A`, at most 8: the resolvers are "
     "asked for them, and the zone's servers for the names between it and them.",
     read_sentinels},
    {"checks", "mapping", "", "As `checks` below, for this zone; decides over it.",
     [](const Value& value, ZoneDraft& zone) { read_checks(value, zone.checks); }},
}};

// --- the other sections -------------------------------------------------------------------------

constexpr std::array<Key<Config::Web>, 1> kWebKeys{{
    {"listen_address", "address and port", "[::]:10053",
     "Where HTTP is served. [::] and :PORT take IPv4 as well.",
     [](const Value& value, Config::Web& web) {
       const std::optional<std::string> text = value.text();
       if (!text) return;
       const dns::Result<dns::Endpoint> read = listen_address_from_text(*text);
       if (read) {
         web.listen_address = *read;
       } else {
         value.mistake(read.error().sentence);
       }
     },
     true},
}};

constexpr std::array<std::string_view, 4> kLogLevels{"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 2> kLogFormats{"logfmt", "json"};

constexpr std::array<Key<Config::Logging>, 2> kLogKeys{{
    {"level", "debug, info, warning or error", "info", "The least urgent lines that are written.",
     [](const Value& value, Config::Logging& log) {
       if (const auto read = value.choice(kLogLevels)) log.level = static_cast<LogLevel>(*read);
     }},
    {"format", "logfmt or json", "logfmt", "How a line looks.",
     [](const Value& value, Config::Logging& log) {
       if (const auto read = value.choice(kLogFormats)) log.format = static_cast<LogFormat>(*read);
     },
     true},
}};

void read_trust_anchors(const Value& value, Config::Resolution& resolution) {
  const std::vector<Value> items = value.list();
  if (items.empty() && value.is_list()) {
    value.mistake("lists no record; without this key, the built-in trust anchors count");
  }
  for (const Value& item : items) {
    const std::optional<std::string> text = item.text();
    if (!text) continue;
    const dns::Result<dns::Record> record = dns::dnssec::parse_trust_anchor(*text);
    if (!record) {
      item.mistake(record.error().sentence);
      continue;
    }
    if (!resolution.trust_anchors) resolution.trust_anchors.emplace();
    if (resolution.trust_anchors->contains(*record)) {
      item.mistake("this record is listed twice; remove one of them");
    } else if (!resolution.trust_anchors->add(*record)) {
      item.mistake(std::string(dns::dnssec::kTooManyTrustAnchors));
      return;
    }
    resolution.trust_anchor_records.push_back(*text);
  }
}

constexpr std::array<Key<Draft>, 7> kResolutionKeys{{
    {"root_hints", "file", "",
     "Root servers in master-file form, instead of the built-in ones. For laboratories and private "
     "roots.",
     [](const Value& value, Draft& draft) {
       if (const auto path = value.text()) draft.root_hints = FileMention{*path, value};
     },
     true},
    {"trust_anchor_file", "file", "",
     "DS and DNSKEY records in master-file form that are believed without a signature, at any "
     "names, instead of the built-in ones of the root.",
     [](const Value& value, Draft& draft) {
       if (const auto path = value.text()) draft.trust_anchor_file = FileMention{*path, value};
     },
     true},
    {"trust_anchors", "list of records", "",
     "The same as a list, such as `[\"example. DS 12345 8 2 49FD...\"]`; added to those of the "
     "file, "
     "if one is given.",
     [](const Value& value, Draft& draft) { read_trust_anchors(value, draft.config.resolution); },
     true},
    {"port", "number", "53", "The port at which every server is asked.",
     [](const Value& value, Draft& draft) {
       if (const auto read = value.integer(1, 65535)) {
         draft.config.resolution.port = static_cast<std::uint16_t>(*read);
       }
     },
     true},
    {"allow", "list of address ranges", "",
     "Special-purpose addresses (loopback, private, ...) that may be asked. All others of them "
     "never "
     "are, whatever a zone says.",
     [](const Value& value, Draft& draft) {
       for (const Value& item : value.short_list(kMostListed)) {
         if (const auto range = item.prefix()) draft.config.resolution.allow.push_back(*range);
       }
     }},
    {"ipv4", "true or false", "true", "Whether servers are asked over IPv4.",
     [](const Value& value, Draft& draft) {
       assign(value.boolean(), draft.config.resolution.ipv4);
     },
     true},
    {"ipv6", "true or false", "true",
     "Whether servers are asked over IPv6. The names of nameservers are looked up all the same.",
     [](const Value& value, Draft& draft) {
       assign(value.boolean(), draft.config.resolution.ipv6);
     },
     true},
}};

/// One entry of pacing.prefixes.
struct PrefixDraft {
  std::optional<dns::Prefix> prefix;
  Pace pace;
};

constexpr std::array<Key<PrefixDraft>, 3> kPrefixKeys{{
    {"prefix", "address range", "", "The addresses meant. Must be given; the longest one counts.",
     [](const Value& value, PrefixDraft& draft) { draft.prefix = value.prefix(); }},
    {"queries_per_second", "number", "20", "As above, for these addresses.",
     [](const Value& value, PrefixDraft& draft) {
       assign(value.number(0, kFastestPace), draft.pace.queries_per_second);
     }},
    {"burst", "number", "20", "As above, for these addresses.",
     [](const Value& value, PrefixDraft& draft) {
       assign(value.number(1, kFastestPace), draft.pace.burst);
     }},
}};

void read_pacing_prefix(const Value& value, Config::Pacing& pacing) {
  PrefixDraft draft;
  if (!value.into(std::span<const Key<PrefixDraft>>(kPrefixKeys), draft)) return;
  if (!draft.prefix) {
    value.mistake("needs a `prefix` such as 192.0.2.0/24");
    return;
  }
  for (const auto& [prefix, pace] : pacing.prefixes) {
    if (prefix == *draft.prefix) {
      value.mistake(prefix.to_text() + " is listed twice; remove one of them");
      return;
    }
  }
  pacing.prefixes.emplace_back(*draft.prefix, draft.pace);
}

constexpr std::array<Key<Config::Pacing>, 4> kPacingKeys{{
    {"queries_per_second", "number", "20",
     "Queries to one address in a second, whatever the number of its zones; 0 lifts the limit.",
     [](const Value& value, Config::Pacing& pacing) {
       assign(value.number(0, kFastestPace), pacing.pace.queries_per_second);
     }},
    {"burst", "number", "20", "Queries to one address that may follow each other at once.",
     [](const Value& value, Config::Pacing& pacing) {
       assign(value.number(1, kFastestPace), pacing.pace.burst);
     }},
    {"prefixes", "list of mappings", "", "Other limits for some addresses, such as one's own.",
     [](const Value& value, Config::Pacing& pacing) {
       for (const Value& item : value.short_list(kMostListed)) read_pacing_prefix(item, pacing);
     }},
    {"max_in_flight", "number", "20000", "Queries under way at a time, to all addresses together.",
     [](const Value& value, Config::Pacing& pacing) {
       if (const auto read = value.integer(1, kMostInFlight)) {
         pacing.max_in_flight = static_cast<std::size_t>(*read);
       }
     }},
}};

constexpr std::array<Key<Draft>, 2> kVantageKeys{{
    {"name", "text", "",
     "The place this exporter looks from: the label `vantage` of every series. Without it there is "
     "no such label.",
     [](const Value& value, Draft& draft) {
       const std::optional<std::string> text = value.text();
       if (!text) return;
       const bool printable =
           std::all_of(text->begin(), text->end(), [](char c) { return c >= 0x20 && c < 0x7F; });
       if (text->empty() || text->size() > kLongestVantageName || !printable) {
         value.mistake("write 1 to 64 printable ASCII characters, not " + dns::quoted(*text));
         return;
       }
       draft.config.vantage.name = *text;
     }},
    {"control_targets", "list of addresses", "",
     "Servers that tell a fault of this machine's own network from one of the zones: they are "
     "asked "
     "for the SOA of the root when something fails. Without it, the root servers.",
     [](const Value& value, Draft& draft) {
       for (const Value& item : value.short_list(kMostListed)) {
         if (const auto target = item.endpoint(0)) {
           draft.config.vantage.control_targets.push_back(*target);
           draft.control_targets.push_back(item);
         }
       }
     },
     true},
}};

constexpr std::array<Key<Config::Probe>, 2> kProbeKeys{{
    {"allow", "list of zone patterns", "",
     "Zones that /probe may survey besides those configured: a name for itself, `*.NAME` for all "
     "below it, `*` for any.",
     [](const Value& value, Config::Probe& probe) {
       for (const Value& item : value.short_list(kMostListed)) {
         const std::optional<std::string> text = item.text();
         if (!text) continue;
         const dns::Result<ProbePattern> pattern = probe_pattern_from_text(*text);
         if (pattern) {
           probe.allow.push_back(*pattern);
         } else {
           item.mistake(pattern.error().sentence);
         }
       }
     }},
    {"concurrency", "number", "8", "Surveys on demand at a time; more are refused with 503.",
     [](const Value& value, Config::Probe& probe) {
       assign_count(value, 1, kMostProbes, probe.concurrency);
     }},
}};

constexpr std::array<std::string_view, 3> kDetails{"full", "server", "zone"};

constexpr std::array<Key<Config::Metrics>, 1> kMetricsKeys{{
    {"detail", "full, server or zone", "full",
     "How much /metrics exports: `full`; `server`, with the worse transport of each server; "
     "`zone`, "
     "without servers, which turns the alerts on servers off.",
     [](const Value& value, Config::Metrics& metrics) {
       if (const auto read = value.choice(kDetails)) {
         metrics.detail = static_cast<MetricsDetail>(*read);
       }
     }},
}};

// --- the file -----------------------------------------------------------------------------------

constexpr std::array<Key<Draft>, 14> kRootKeys{{
    {"zones", "list of names and mappings", "",
     "The zones to survey: each a name, or a mapping with a name and what is different for it.",
     [](const Value& value, Draft& draft) { draft.zones = value; }},
    {"zone_files", "list of files", "",
     "More zones: files with one name on each line (`#` starts a comment), or, when the file's "
     "name "
     "ends in .yml or .yaml, with a list `zones` as here. Relative paths count from the directory "
     "of this file.",
     [](const Value& value, Draft& draft) {
       for (const Value& item : value.short_list(kMostListed)) {
         if (const auto path = item.text()) draft.zone_files.push_back({*path, item});
       }
     }},
    {"sharding", "mapping", "",
     "Several exporters with the same list of zones share it: each zone is surveyed by one of "
     "them. Without it, all zones are surveyed here.",
     [](const Value& value, Draft& draft) { read_sharding(value, draft.sharding); }},
    {"defaults", "mapping", "", "How zones are surveyed that do not say otherwise.",
     [](const Value& value, Draft& draft) { value.into(option_keys(), draft.defaults); }},
    {"checks", "mapping", "", "Which checks count, and how much, for all zones.",
     [](const Value& value, Draft& draft) { read_checks(value, draft.defaults.checks); }},
    {"web", "mapping", "", "The HTTP server.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Config::Web>>(kWebKeys), draft.config.web);
     }},
    {"log", "mapping", "", "The log, on standard error.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Config::Logging>>(kLogKeys), draft.config.log);
     }},
    {"resolution", "mapping", "", "Where resolution starts, and where packets may go.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Draft>>(kResolutionKeys), draft);
     }},
    {"resolvers", "list of addresses and mappings", "",
     "Recursive resolvers whose view of the zones counts, at most 16: each is asked about every "
     "zone "
     "every 15 minutes, and at once when something fails. Without it, none is asked.",
     [](const Value& value, Draft& draft) { read_resolvers(value, draft.config); }},
    {"pacing", "mapping", "", "How fast servers are asked.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Config::Pacing>>(kPacingKeys), draft.config.pacing);
     }},
    {"vantage", "mapping", "", "The place this exporter looks from.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Draft>>(kVantageKeys), draft);
     }},
    {"probe", "mapping", "", "Surveys on demand at /probe.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Config::Probe>>(kProbeKeys), draft.config.probe);
     }},
    {"metrics", "mapping", "", "The metrics page.",
     [](const Value& value, Draft& draft) {
       value.into(std::span<const Key<Config::Metrics>>(kMetricsKeys), draft.config.metrics);
     }},
    {"workers", "number", "0", "Threads that judge surveys; 0 for one per processor core.",
     [](const Value& value, Draft& draft) {
       assign_count(value, 0, kMostWorkers, draft.config.workers);
     },
     true},
}};

constexpr auto make_zone_keys() {
  std::array<Key<ZoneDraft>, kZoneOnlyKeys.size() + kOptionKeys.size()> keys{};
  auto next = keys.begin();
  *next++ = kZoneOnlyKeys.front();  // `zone` stands first
  for (const Key<ZoneDraft>& key : kOptionKeys) *next++ = key;
  for (auto key = kZoneOnlyKeys.begin() + 1; key != kZoneOnlyKeys.end(); ++key) *next++ = *key;
  return keys;
}
constexpr auto kZoneKeys = make_zone_keys();

// --- documentation ------------------------------------------------------------------------------

template <typename Keys>
void document(const Keys& keys, const std::string& prefix, std::vector<ConfigKey>& out) {
  for (const auto& key : keys) {
    const std::string path = prefix + std::string(key.name);
    out.push_back({path, std::string(key.type), std::string(key.default_value),
                   std::string(key.help), key.needs_restart});
    if (key.name == "thresholds") {
      for (const checks::ThresholdRow& row : checks::thresholds()) {
        const std::chrono::duration<double> limit(checks::Thresholds{}.*row.value);
        out.push_back({path + "." + std::string(row.name), "duration",
                       duration_to_text(std::chrono::duration_cast<dns::Duration>(limit)),
                       std::string(row.help), false});
      }
    } else if (key.name == "checks") {
      document(check_keys(), path + ".", out);
    } else if (path == "pacing.prefixes") {
      document(kPrefixKeys, path + "[].", out);
    } else if (path == "zones") {
      const std::size_t first = out.size();
      document(kZoneKeys, path + "[].", out);
      // What a zone does not set comes from `defaults`.
      for (std::size_t i = first; i < out.size(); ++i) out[i].default_value.clear();
    } else if (path == "sharding") {
      document(sharding_keys(), path + ".", out);
    } else if (path == "defaults") {
      document(kOptionKeys, path + ".", out);
    } else if (path == "web") {
      document(kWebKeys, path + ".", out);
    } else if (path == "log") {
      document(kLogKeys, path + ".", out);
    } else if (path == "resolution") {
      document(kResolutionKeys, path + ".", out);
    } else if (path == "resolvers") {
      document_resolver_keys(path + "[].", out);
    } else if (path == "pacing") {
      document(kPacingKeys, path + ".", out);
    } else if (path == "vantage") {
      document(kVantageKeys, path + ".", out);
    } else if (path == "probe") {
      document(kProbeKeys, path + ".", out);
    } else if (path == "metrics") {
      document(kMetricsKeys, path + ".", out);
    }
  }
}

}  // namespace

std::span<const Key<Draft>> root_keys() {
  return kRootKeys;
}
std::span<const Key<ZoneDraft>> option_keys() {
  return kOptionKeys;
}
std::span<const Key<ZoneDraft>> zone_keys() {
  return kZoneKeys;
}

std::vector<ConfigKey> config_keys() {
  std::vector<ConfigKey> keys;
  document(kRootKeys, "", keys);
  return keys;
}

}  // namespace exporter
