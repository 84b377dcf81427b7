// What the configuration file holds while it is read, and the tables of its keys: each row is a
// key's documentation and its reader. Private to config*.cpp.
//
// Values are read in two steps, since a file may give its zones before its defaults: the tables
// first fill a Draft, then config.cpp makes the zones from it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exporter/config.hpp"
#include "exporter/yaml_reader.hpp"

namespace exporter {

/// Entries in any list but those of zones.
inline constexpr std::size_t kMostListed = 1'000;

/// Which checks count, as written: ids and names of groups.
struct CheckLists {
  std::vector<std::string> enable;
  std::vector<std::string> disable;
  std::vector<std::pair<std::string, checks::Severity>> severity;

  /// Applies the lists to `selection`: groups first, so that an id decides over its group.
  void apply_to(checks::CheckSelection& selection) const;
};

/// Of `checks`, for all zones and for one.
std::span<const Key<CheckLists>> check_keys();
void read_checks(const Value& value, CheckLists& lists);

/// `defaults`, or one entry of `zones`.
struct ZoneDraft {
  std::optional<dns::Name> zone;
  ZoneOptions options;
  CheckLists checks;
  std::vector<Value> sentinels;  ///< where each of options.sentinels stands
};

/// `sharding`: its numbers, and where they stand, which they do also when they are wrong.
struct ShardingDraft {
  std::optional<Value> at;
  std::optional<Value> shard_at;
  std::optional<Value> of_at;
  ShardArguments written;
};

/// A file that the configuration names.
struct FileMention {
  std::string path;
  Value at;
};

struct Draft {
  Config config;
  ZoneDraft defaults;
  ShardingDraft sharding;
  std::optional<Value> zones;
  std::vector<FileMention> zone_files;
  std::optional<FileMention> root_hints;
  std::optional<FileMention> trust_anchor_file;
  std::vector<Value> control_targets;  ///< where each of config.vantage.control_targets stands
};

std::span<const Key<Draft>> root_keys();
/// Of `defaults` and, among others, of an entry of `zones`.
std::span<const Key<ZoneDraft>> option_keys();
/// Of an entry of `zones`: `zone`, the options, and what only one zone can have.
std::span<const Key<ZoneDraft>> zone_keys();

/// Of `sharding` (config_sharding.cpp).
std::span<const Key<ShardingDraft>> sharding_keys();
void read_sharding(const Value& value, ShardingDraft& draft);
/// The shard that the file and the command line come to. Nothing when neither has one, and after
/// recording a mistake in `file`.
std::optional<Shard> shard_to_survey(const ShardingDraft& draft, const ShardArguments& arguments,
                                     const std::string& file, Mistakes& mistakes);

/// Of `resolvers` and `sentinels` (config_resolvers.cpp).
void read_resolvers(const Value& value, Config& config);
void read_sentinels(const Value& value, ZoneDraft& zone);
/// Records a mistake for each that does not lie in its zone, which is known by then.
void check_sentinels(const ZoneDraft& zone);
/// Adds a warning to `config` for each sentinel that nobody is asked about.
void warn_of_sentinels(const ZoneDraft& zone, Config& config);
void document_resolver_keys(const std::string& prefix, std::vector<ConfigKey>& out);

}  // namespace exporter
