// The text forms of the configuration: durations, patterns, YAML, mistakes and the documentation.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include "checks/catalogue.hpp"
#include "exporter/config.hpp"

namespace exporter {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

/// Quoted as a YAML double-quoted scalar, so that any name or path reads back as itself.
std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (octet < 0x20 || octet == 0x7F) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\x";
      out += kHex[octet >> 4U];
      out += kHex[octet & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string number(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc() ? std::string(buffer.data(), end) : "0";
}

std::string seconds(double value) {
  return duration_to_text(std::chrono::duration_cast<dns::Duration>(
      std::chrono::milliseconds(std::llround(value * 1000))));
}

template <typename List, typename ToText>
std::string flow_list(const List& list, ToText to_text_of) {
  std::string out = "[";
  for (const auto& item : list) {
    if (out.size() > 1) out += ", ";
    out += to_text_of(item);
  }
  return out + "]";
}

std::string name_list(const std::vector<dns::Name>& names) {
  return flow_list(names, [](const dns::Name& name) { return yaml_quoted(name.to_label()); });
}

/// "12345 13 2 49FD...", of DS RDATA.
std::string ds_text(const dns::Bytes& rdata) {
  const std::optional<dns::Ds> ds = dns::parse_ds(rdata);
  if (!ds) return "\"\"";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text = std::to_string(ds->key_tag) + " " + std::to_string(ds->algorithm) + " " +
                     std::to_string(ds->digest_type) + " ";
  for (const std::uint8_t octet : ds->digest) {
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 0xFU];
  }
  return yaml_quoted(text);
}

std::string_view text_of(checks::SerialCompare compare) {
  switch (compare) {
    case checks::SerialCompare::all:
      return "all";
    case checks::SerialCompare::group:
      return "group";
    case checks::SerialCompare::off:
      return "off";
  }
  return "all";
}

void write_options(const ZoneOptions& options, const std::string& indent, std::string& out) {
  const checks::ZoneSettings& settings = options.settings;
  const auto line = [&](std::string_view key, std::string_view value) {
    out.append(indent).append(key).append(": ").append(value).append("\n");
  };
  line("interval", duration_to_text(options.interval));
  line("delegation_interval", duration_to_text(options.delegation_interval));
  line("slow_interval", duration_to_text(options.slow_interval));
  line("attempts", std::to_string(options.attempts));
  line("timeout", duration_to_text(options.timeout));
  line("serial_compare", text_of(settings.serial_compare));
  out += indent + "thresholds:\n";
  for (const checks::ThresholdRow& row : checks::thresholds()) {
    out.append(indent).append("  ").append(row.name).append(": ");
    out.append(seconds(settings.thresholds.*row.value)).append("\n");
  }
}

/// The lists that turn `from` into `to`.
void write_selection(const checks::CheckSelection& from, const checks::CheckSelection& to,
                     const std::string& indent, std::string& out) {
  std::vector<std::string> enable;
  std::vector<std::string> disable;
  for (const std::string& id : from.disabled) {
    if (!to.disabled.contains(id)) enable.push_back(id);
  }
  for (const std::string& id : to.disabled) {
    if (!from.disabled.contains(id)) disable.push_back(id);
  }
  std::string severity;
  for (const auto& [id, level] : to.severity) {
    const auto before = from.severity.find(id);
    if (before != from.severity.end() && before->second == level) continue;
    severity.append(indent).append("    ").append(id).append(": ");
    severity.append(checks::to_text(level)).append("\n");
  }
  if (enable.empty() && disable.empty() && severity.empty()) return;
  const auto same = [](const std::string& id) { return id; };
  out += indent + "checks:\n";
  if (!enable.empty()) out += indent + "  enable: " + flow_list(enable, same) + "\n";
  if (!disable.empty()) out += indent + "  disable: " + flow_list(disable, same) + "\n";
  if (!severity.empty()) out += indent + "  severity:\n" + severity;
}

void write_zones(const Config& config, std::string& out) {
  if (config.zones.empty()) return;
  out += "zones:\n";
  for (const ZoneEntry& entry : config.zones) {
    if (entry.options == config.defaults) {
      out += "  - " + yaml_quoted(entry.zone.to_label()) + "\n";
      continue;
    }
    const checks::ZoneSettings& settings = entry.options->settings;
    out += "  - zone: " + yaml_quoted(entry.zone.to_label()) + "\n";
    write_options(*entry.options, "    ", out);
    if (!settings.serial_groups.empty()) {
      out += "    serial_groups: " + flow_list(settings.serial_groups, name_list) + "\n";
    }
    if (!settings.expected_nameservers.empty()) {
      out += "    expected_nameservers: " + name_list(settings.expected_nameservers) + "\n";
    }
    if (settings.expected_ds) {
      out += "    expected_ds: " + flow_list(*settings.expected_ds, ds_text) + "\n";
    }
    if (!entry.options->sentinels.empty()) {
      const auto text_of_sentinel = [](const survey::Sentinel& sentinel) {
        return yaml_quoted(sentinel.name.to_label() + "/" + dns::to_text(sentinel.type));
      };
      out += "    sentinels: " + flow_list(entry.options->sentinels, text_of_sentinel) + "\n";
    }
    write_selection(config.defaults->settings.selection, settings.selection, "    ", out);
  }
}

void write_sharding(const Config& config, std::string& out) {
  if (!config.sharding) return;
  const Sharding& sharding = *config.sharding;
  out += "# " + std::to_string(sharding.elsewhere.size()) + " more are left to other shards.\n";
  out += "sharding:\n  shard: " + std::to_string(sharding.shard.number) +
         "\n  of: " + std::to_string(sharding.shard.of) + "\n";
}

void write_resolution(const Config::Resolution& resolution, std::string& out) {
  out += "resolution:\n";
  if (!resolution.root_hints_file.empty()) {
    out += "  root_hints: " + yaml_quoted(resolution.root_hints_file) + "\n";
  }
  if (!resolution.trust_anchor_file.empty()) {
    out += "  trust_anchor_file: " + yaml_quoted(resolution.trust_anchor_file) + "\n";
  }
  if (!resolution.trust_anchor_records.empty()) {
    out += "  trust_anchors: " + flow_list(resolution.trust_anchor_records, yaml_quoted) + "\n";
  }
  out += "  port: " + std::to_string(resolution.port) + "\n";
  out +=
      "  allow: " +
      flow_list(resolution.allow, [](const dns::Prefix& p) { return yaml_quoted(p.to_text()); }) +
      "\n";
  out += std::string("  ipv4: ") + (resolution.ipv4 ? "true" : "false") + "\n";
  out += std::string("  ipv6: ") + (resolution.ipv6 ? "true" : "false") + "\n";
}

void write_resolvers(const std::vector<survey::RecursiveResolver>& resolvers, std::string& out) {
  if (resolvers.empty()) return;
  out += "resolvers:\n";
  for (const survey::RecursiveResolver& resolver : resolvers) {
    out += "  - address: " + yaml_quoted(resolver.endpoint.address.to_text()) +
           "\n    name: " + yaml_quoted(resolver.name) +
           "\n    port: " + std::to_string(resolver.endpoint.port) +
           "\n    local: " + (resolver.local ? "true" : "false") +
           "\n    validating: " + (resolver.validating ? "true" : "false") + "\n";
  }
}

void write_pacing(const Config::Pacing& pacing, std::string& out) {
  out += "pacing:\n  queries_per_second: " + number(pacing.pace.queries_per_second) +
         "\n  burst: " + number(pacing.pace.burst) +
         "\n  max_in_flight: " + std::to_string(pacing.max_in_flight) + "\n";
  if (pacing.prefixes.empty()) return;
  out += "  prefixes:\n";
  for (const auto& [prefix, pace] : pacing.prefixes) {
    out += "    - prefix: " + yaml_quoted(prefix.to_text()) +
           "\n      queries_per_second: " + number(pace.queries_per_second) +
           "\n      burst: " + number(pace.burst) + "\n";
  }
}

void write_vantage(const Config::Vantage& vantage, std::string& out) {
  if (vantage.name.empty() && vantage.control_targets.empty()) return;
  out += "vantage:\n";
  if (!vantage.name.empty()) out += "  name: " + yaml_quoted(vantage.name) + "\n";
  if (!vantage.control_targets.empty()) {
    out += "  control_targets: " +
           flow_list(vantage.control_targets,
                     [](const dns::Endpoint& target) { return yaml_quoted(target.to_text()); }) +
           "\n";
  }
}

/// A cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string Mistake::to_text() const {
  std::string text = file;
  if (line > 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  text += ": ";
  if (!key.empty()) text += key + ": ";
  text += sentence;
  // Names of files and keys, and some sentences of yaml-cpp, repeat what the file holds.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }, '?');
  return text;
}

std::optional<dns::Duration> duration_from_text(std::string_view text) {
  constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 1'000'000 / 4;
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // units come from the largest to the smallest, each once
  while (!text.empty()) {
    std::int64_t count = 0;
    const char* const begin = text.data();
    const auto [rest, error] = std::from_chars(begin, begin + text.size(), count);
    if (error != std::errc() || *begin == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - begin));
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits[next_unit].first != unit) ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    const std::int64_t scale = kUnits[next_unit++].second;
    if (count > (kLongest - total) / scale) return std::nullopt;
    total += count * scale;
    text.remove_prefix(unit.size());
  }
  if (next_unit == 0) return std::nullopt;
  return Milliseconds(total);
}

std::string duration_to_text(dns::Duration duration) {
  std::int64_t left = std::chrono::duration_cast<Milliseconds>(duration).count();
  if (left <= 0) return "0s";
  constexpr std::int64_t kShort = 10'000;  // "1500ms" reads better than "1s500ms"
  if (left < kShort && left % 1'000 != 0) return std::to_string(left) + "ms";
  std::string text;
  for (const auto& [unit, scale] : kUnits) {
    if (left < scale) continue;
    text.append(std::to_string(left / scale)).append(unit);
    left %= scale;
  }
  return text;
}

dns::Result<dns::Endpoint> listen_address_from_text(std::string_view text) {
  if (text.starts_with(':')) return dns::endpoint_from_text("[::]" + std::string(text), 0);
  return dns::endpoint_from_text(text, kDefaultPort);
}

dns::Result<ProbePattern> probe_pattern_from_text(std::string_view text) {
  ProbePattern pattern;
  std::string_view name = text;
  if (name == "*") {
    pattern.below = true;
    return pattern;
  }
  if (name.starts_with("*.")) {
    pattern.below = true;
    name.remove_prefix(2);
  }
  const dns::Result<dns::Name> read = dns::Name::from_text(name);
  if (!read) return tl::unexpected(read.error());
  pattern.name = read->lowered();
  return pattern;
}

std::string ProbePattern::to_text() const {
  if (!below) return name.to_label();
  return name.is_root() ? "*" : "*." + name.to_label();
}

std::string to_yaml(const Config& config) {
  std::string out;
  write_zones(config, out);
  write_sharding(config, out);
  out += "defaults:\n";
  write_options(*config.defaults, "  ", out);
  write_selection({}, config.defaults->settings.selection, "", out);
  out += "web:\n  listen_address: " + yaml_quoted(config.web.listen_address.to_text()) + "\n";
  out.append("log:\n  level: ").append(to_text(config.log.level));
  out.append("\n  format: ").append(to_text(config.log.format)).append("\n");
  write_resolution(config.resolution, out);
  write_resolvers(config.resolvers, out);
  write_pacing(config.pacing, out);
  write_vantage(config.vantage, out);
  out += "probe:\n  allow: " +
         flow_list(config.probe.allow,
                   [](const ProbePattern& pattern) { return yaml_quoted(pattern.to_text()); }) +
         "\n  concurrency: " + std::to_string(config.probe.concurrency) + "\n";
  out.append("metrics:\n  detail: ").append(to_text(config.metrics.detail)).append("\n");
  out += "workers: " + std::to_string(config.workers) + "\n";
  return out;
}

std::string configuration_markdown() {
  std::string out =
      "<!-- Made from exporter/config_keys.cpp by ./dev docs; do not edit. -->\n"
      "# Configuration\n\n"
      "One YAML file, given with `--config.file`. `zones: [example.com]` is a complete one. "
      "Reading is\n"
      "strict: an unknown key, a value of another kind or a zone listed twice is a mistake, "
      "reported\n"
      "with file, line and column; `dnszone_exporter check-config FILE` shows all of them at "
      "once.\n"
      "Durations carry their unit: `500ms`, `30s`, `5m`, `1h30m`, `2d`.\n\n"
      "SIGHUP or `POST /-/reload` reads the file again. A file with a mistake changes nothing. "
      "Zones\n"
      "that stay keep their schedule and their history. Keys marked with *restart* need one to "
      "change.\n\n"
      "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const ConfigKey& key : config_keys()) {
    out += "| `" + key.path + "` | " + cell(key.type) + " | ";
    if (!key.default_value.empty()) out += "`" + cell(key.default_value) + "`";
    out += " | " + cell(key.help) + (key.needs_restart ? " *restart*" : "") + " |\n";
  }
  out +=
      "\n## Example\n\n"
      "```yaml\n"
      "zones:\n"
      "  - example.com\n"
      "  - zone: example.net\n"
      "    interval: 5m\n"
      "    expected_nameservers: [ns1.example.org, ns2.example.org]\n"
      "    thresholds:\n"
      "      serial_drift: 10m\n"
      "    checks:\n"
      "      disable: [denial]\n"
      "zone_files: [zones.txt]\n"
      "defaults:\n"
      "  interval: 60s\n"
      "resolvers:\n"
      "  - {address: 192.0.2.53, name: office, local: true}\n"
      "  - 203.0.113.53\n"
      "pacing:\n"
      "  prefixes:\n"
      "    - prefix: 198.51.100.0/24\n"
      "      queries_per_second: 200\n"
      "      burst: 200\n"
      "vantage:\n"
      "  name: fra1\n"
      "probe:\n"
      "  allow: [\"*.example.org\"]\n"
      "```\n";
  return out;
}

}  // namespace exporter
