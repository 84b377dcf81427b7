#include "exporter/config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include "exporter/config_draft.hpp"

namespace exporter {
namespace {

/// The parser as one object: the file, what it says so far, and its mistakes.
class Parser {
 public:
  Parser(const std::string& file, const FileReader& read_file, ReadOptions options)
      : file_(file), read_file_(read_file), options_(options) {}

  tl::expected<Config, std::vector<Mistake>> parse(std::string_view text);

 private:
  void finish();
  void check_targets();
  void read_root_hints();
  void read_trust_anchor_file();
  void take_zones(std::map<dns::Name, ZoneEntry>&& zones);
  void add_zones(const Value& list, std::map<dns::Name, ZoneEntry>& zones);
  void add_zone(const Value& value, std::map<dns::Name, ZoneEntry>& zones);
  void add_zone_file(const FileMention& mention, std::map<dns::Name, ZoneEntry>& zones);
  void add_zone_lines(const std::string& path, std::string_view text,
                      std::map<dns::Name, ZoneEntry>& zones);

  struct Place {
    const std::string* file;
    int line;
    int column;
    std::string key;
  };
  void insert(const Place& place, const dns::Name& zone, std::shared_ptr<const ZoneOptions> options,
              std::map<dns::Name, ZoneEntry>& zones);
  void mistake(const Place& place, std::string sentence) {
    mistakes_.add({*place.file, place.line, place.column, place.key, std::move(sentence)});
  }

  const std::string& file_;
  const FileReader& read_file_;
  ReadOptions options_;
  Mistakes mistakes_;
  Draft draft_;
  std::deque<std::string> files_;       // names of the zone files, which Values refer to
  std::deque<YamlDocument> documents_;  // and their trees
  std::map<dns::Name, std::pair<const std::string*, int>> first_seen_;  // file and line
};

tl::expected<Config, std::vector<Mistake>> Parser::parse(std::string_view text) {
  tl::expected<YamlDocument, Mistake> document = parse_yaml(text, file_);
  if (!document) return tl::unexpected(std::vector<Mistake>{document.error()});
  if (document->root == nullptr || document->root->kind == YamlNode::Kind::null) {
    if (options_.zones_required) {
      mistakes_.add({file_, 0, 0, "", "is empty; `zones: [example.com]` would be complete"});
    }
  } else {
    const Value root(*document->root, "", file_, mistakes_);
    root.into(root_keys(), draft_);
  }
  finish();
  if (mistakes_.any()) return tl::unexpected(mistakes_.take());
  return std::move(draft_.config);
}

void Parser::finish() {
  Config& config = draft_.config;
  draft_.defaults.options.settings.interval = draft_.defaults.options.interval;
  draft_.defaults.checks.apply_to(draft_.defaults.options.settings.selection);
  config.defaults = std::make_shared<ZoneOptions>(draft_.defaults.options);
  read_root_hints();
  read_trust_anchor_file();
  check_targets();

  std::map<dns::Name, ZoneEntry> zones;
  if (draft_.zones) add_zones(*draft_.zones, zones);
  for (const FileMention& mention : draft_.zone_files) add_zone_file(mention, zones);
  const bool no_zone = zones.empty();
  take_zones(std::move(zones));

  if (!config.resolution.ipv4 && !config.resolution.ipv6) {
    mistakes_.add({file_, 0, 0, "resolution", "ipv4 and ipv6 are both false; allow one of them"});
  }
  if (options_.zones_required && no_zone && config.probe.allow.empty() && !mistakes_.any()) {
    mistakes_.add(
        {file_, 0, 0, "zones", "no zone is listed and /probe is allowed none; list at least one"});
  }
}

// By now all zones were read, so that the mistakes of all are found whichever shard has them.
void Parser::take_zones(std::map<dns::Name, ZoneEntry>&& zones) {
  Config& config = draft_.config;
  std::optional<Shard> shard;
  if (options_.zones_required) {
    shard = shard_to_survey(draft_.sharding, options_.shard, file_, mistakes_);
  }
  auto sharding = shard ? std::make_shared<Sharding>(Sharding{*shard, {}}) : nullptr;
  for (auto& [name, entry] : zones) {
    if (shard && shard_of(name, shard->of) != shard->number) {
      sharding->elsewhere.push_back(name);
    } else {
      config.zones.push_back(std::move(entry));
    }
  }
  config.zones.shrink_to_fit();
  if (sharding) sharding->elsewhere.shrink_to_fit();
  config.sharding = std::move(sharding);
}

void Parser::check_targets() {
  Config& config = draft_.config;
  const dns::AddressPolicy policy(config.resolution.allow);
  for (std::size_t i = 0; i < config.vantage.control_targets.size(); ++i) {
    dns::Endpoint& target = config.vantage.control_targets[i];
    if (target.port == 0) target.port = config.resolution.port;
    if (!policy.may_ask(target.address)) {
      draft_.control_targets[i].mistake(
          target.address.to_text() + " is a special-purpose address (" +
          std::string(dns::special_purpose(target.address)) + "); add it to resolution.allow");
    }
  }
}

void Parser::read_root_hints() {
  if (!draft_.root_hints) return;
  const auto& [path, at] = *draft_.root_hints;
  const dns::Result<std::string> text = read_file_(path);
  if (!text) {
    at.mistake(text.error().sentence);
    return;
  }
  dns::Result<dns::RootHints> hints = dns::parse_root_hints(*text);
  if (!hints) {
    at.mistake(path + ": " + hints.error().sentence);
    return;
  }
  const dns::AddressPolicy policy(draft_.config.resolution.allow);
  for (const dns::NameserverAddresses& server : *hints) {
    for (const dns::IpAddress& address : server.addresses) {
      if (policy.may_ask(address)) continue;
      at.mistake(server.name.to_label() + " at " + address.to_text() +
                 " is a special-purpose address (" + std::string(dns::special_purpose(address)) +
                 "); add it to resolution.allow");
    }
  }
  draft_.config.resolution.root_hints_file = path;
  draft_.config.resolution.root_hints = std::move(*hints);
}

void Parser::read_trust_anchor_file() {
  if (!draft_.trust_anchor_file) return;
  const auto& [path, at] = *draft_.trust_anchor_file;
  const dns::Result<std::string> text = read_file_(path);
  if (!text) {
    at.mistake(text.error().sentence);
    return;
  }
  const dns::Result<dns::dnssec::TrustAnchors> anchors = dns::dnssec::parse_trust_anchors(*text);
  if (!anchors) {
    at.mistake(path + ": " + anchors.error().sentence);
    return;
  }
  Config::Resolution& resolution = draft_.config.resolution;
  resolution.trust_anchor_file = path;
  if (!resolution.trust_anchors) resolution.trust_anchors.emplace();
  for (const dns::Record& record : anchors->records()) {
    if (resolution.trust_anchors->contains(record)) continue;
    if (resolution.trust_anchors->add(record)) continue;
    at.mistake(path + ": with trust_anchors, " + std::string(dns::dnssec::kTooManyTrustAnchors));
    return;
  }
}

void Parser::add_zones(const Value& list, std::map<dns::Name, ZoneEntry>& zones) {
  for (const Value& item : list.list()) add_zone(item, zones);
}

void Parser::add_zone(const Value& value, std::map<dns::Name, ZoneEntry>& zones) {
  const Place place{&value.file(), value.line(), value.column(), value.path()};
  if (!value.is_mapping()) {
    const std::optional<dns::Name> name = value.name();
    if (name) insert(place, *name, draft_.config.defaults, zones);
    return;
  }
  ZoneDraft zone;
  zone.options = *draft_.config.defaults;
  value.into(zone_keys(), zone);
  if (!zone.zone) {
    value.mistake("needs a `zone` with the zone's name");
    return;
  }
  check_sentinels(zone);
  warn_of_sentinels(zone, draft_.config);
  zone.options.settings.interval = zone.options.interval;
  zone.checks.apply_to(zone.options.settings.selection);
  insert(place, *zone.zone, std::make_shared<ZoneOptions>(std::move(zone.options)), zones);
}

void Parser::add_zone_file(const FileMention& mention, std::map<dns::Name, ZoneEntry>& zones) {
  const dns::Result<std::string> text = read_file_(mention.path);
  if (!text) {
    mention.at.mistake(text.error().sentence);
    return;
  }
  const std::string& file = files_.emplace_back(mention.path);
  if (!file.ends_with(".yml") && !file.ends_with(".yaml")) {
    add_zone_lines(file, *text, zones);
    return;
  }
  tl::expected<YamlDocument, Mistake> document = parse_yaml(*text, file);
  if (!document) {
    mistakes_.add(std::move(document.error()));
    return;
  }
  const YamlDocument& kept = documents_.emplace_back(std::move(*document));
  if (kept.root == nullptr) return;
  constexpr std::array<std::string_view, 1> kKeys{"zones"};
  Value(*kept.root, "", file, mistakes_).entries(kKeys, [&](std::size_t, const Value& list) {
    add_zones(list, zones);
  });
}

void Parser::add_zone_lines(const std::string& path, std::string_view text,
                            std::map<dns::Name, ZoneEntry>& zones) {
  constexpr std::string_view kSpace = " \t\r";
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const std::size_t begin = line.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) continue;
    const std::string_view word = line.substr(begin, line.find_last_not_of(kSpace) + 1 - begin);
    const Place place{&path, number, static_cast<int>(begin) + 1, ""};
    const dns::Result<dns::Name> name = written_name(word);
    if (name) {
      insert(place, *name, draft_.config.defaults, zones);
    } else {
      mistake(place, name.error().sentence);
    }
  }
}

void Parser::insert(const Place& place, const dns::Name& zone,
                    std::shared_ptr<const ZoneOptions> options,
                    std::map<dns::Name, ZoneEntry>& zones) {
  const auto [first, is_new] = first_seen_.try_emplace(zone, place.file, place.line);
  if (!is_new) {
    mistake(place, zone.to_label() + " is listed twice, first in " + *first->second.first + ":" +
                       std::to_string(first->second.second) + "; remove one of them");
    return;
  }
  const checks::ZoneSettings& settings = options->settings;
  const bool grouped = settings.serial_compare == checks::SerialCompare::group;
  if (grouped && settings.serial_groups.empty()) {
    mistake(place, "`serial_compare: group` needs `serial_groups`");
  }
  if (!grouped && !settings.serial_groups.empty()) {
    mistake(place, "`serial_groups` counts only with `serial_compare: group`");
  }
  if (zones.size() == kMaxZones) {
    mistake(place, "more than " + std::to_string(kMaxZones) + " zones are listed");
    return;
  }
  zones.emplace(zone, ZoneEntry{zone, std::move(options)});
}

}  // namespace

tl::expected<Config, std::vector<Mistake>> parse_config(std::string_view text,
                                                        const std::string& file,
                                                        const FileReader& read_file,
                                                        ReadOptions options) {
  if (text.size() > kMaxConfigBytes) {
    return tl::unexpected(std::vector<Mistake>{{file, 0, 0, "", "is larger than 64 MiB"}});
  }
  return Parser(file, read_file, options).parse(text);
}

tl::expected<Config, std::vector<Mistake>> load_config(const std::string& path,
                                                       ReadOptions options) {
  const dns::Result<std::string> text = read_text_file(path);
  if (!text) return tl::unexpected(std::vector<Mistake>{{path, 0, 0, "", text.error().sentence}});
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  const FileReader read_file = [&](const std::string& name) {
    return read_text_file((directory / name).string());
  };
  return parse_config(*text, path, read_file, options);
}

dns::Result<std::string> read_text_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return dns::fail(path + " is a directory, not a file");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return dns::fail("cannot read " + path + ": " + std::generic_category().message(errno));
  std::string text;
  constexpr std::size_t kChunk = 64U << 10U;
  while (in && text.size() <= kMaxConfigBytes) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    in.read(text.data() + before, static_cast<std::streamsize>(kChunk));
    text.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return dns::fail("cannot read " + path);
  if (text.size() > kMaxConfigBytes) return dns::fail(path + " is larger than 64 MiB");
  return text;
}

void warn(const Config& config, Log& log) {
  for (const Mistake& warning : config.warnings) {
    log.warning("a setting does nothing", {{"reason", warning.to_text()}});
  }
}

bool ProbePattern::matches(const dns::Name& zone) const {
  return below ? zone.is_below(name) || (name.is_root() && zone.is_root()) : zone == name;
}

const Pace& Config::Pacing::of(const dns::IpAddress& address) const {
  const Pace* best = &pace;
  int longest = -1;
  for (const auto& [prefix, limit] : prefixes) {
    if (prefix.length() > longest && prefix.contains(address)) {
      best = &limit;
      longest = prefix.length();
    }
  }
  return *best;
}

const ZoneEntry* Config::find(const dns::Name& zone) const {
  const auto found = std::lower_bound(
      zones.begin(), zones.end(), zone,
      [](const ZoneEntry& entry, const dns::Name& name) { return entry.zone < name; });
  return found != zones.end() && found->zone == zone ? &*found : nullptr;
}

}  // namespace exporter
