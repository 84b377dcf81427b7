// Configurations read from texts, good ones and those with mistakes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/config.hpp"
#include "tests/catch.hpp"

namespace config_test {

using Files = std::map<std::string, std::string>;
using Read = tl::expected<exporter::Config, std::vector<exporter::Mistake>>;

inline dns::Name name(std::string_view text) {
  return dns::Name::from_text(text).value();
}

/// The text as `test.yml`, with the other files that there are.
inline Read read(const std::string& text, const Files& files = {}, bool zones_required = true) {
  return exporter::parse_config(text, "test.yml",
                                [&](const std::string& path) -> dns::Result<std::string> {
                                  const auto found = files.find(path);
                                  if (found == files.end())
                                    return dns::fail("cannot read " + path + ": not there");
                                  return found->second;
                                },
                                {zones_required});
}

/// The configuration of `text`, which must have no mistake.
inline exporter::Config good(const std::string& text, const Files& files = {}) {
  Read config = read(text, files);
  if (!config) {
    for (const exporter::Mistake& mistake : config.error()) UNSCOPED_INFO(mistake.to_text());
  }
  REQUIRE(config.has_value());
  return std::move(*config);
}

/// All mistakes of `text`, one per line.
inline std::string mistakes(const std::string& text, const Files& files = {}) {
  const Read config = read(text, files);
  REQUIRE_FALSE(config.has_value());
  std::string lines;
  for (const exporter::Mistake& mistake : config.error()) lines += mistake.to_text() + "\n";
  return lines;
}

/// A zone's, which must be there. Lives as long as `config`.
inline const exporter::ZoneOptions& options(const exporter::Config& config, std::string_view zone) {
  const exporter::ZoneEntry* entry = config.find(name(zone));
  REQUIRE(entry != nullptr);
  return *entry->options;
}

inline constexpr const char* kRootHints =
    ". 3600 IN NS a.root.\n"
    "a.root. 3600 IN A 127.0.0.53\n";

}  // namespace config_test
