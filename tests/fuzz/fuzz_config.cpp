// Fuzz target: any octets as a configuration file, and as the files it names. What is refused has
// at least one mistake with a sentence on one line; what is accepted can be written out and reads
// back to the same. A broken promise ends the process.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "exporter/config.hpp"

namespace {

using exporter::Config;
using exporter::Mistake;

void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

constexpr const char* kRootHints =
    ". 3600 IN NS a.root.\n"
    "a.root. 3600 IN A 198.41.0.4\n";

constexpr const char* kTrustAnchors =
    ". DNSKEY 257 3 13 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexT\n"
    "a.test. DS 1 13 99 AABBCC\n";

/// The file `hints` has root hints, `keys` trust anchors, `none` is not there, all others hold what
/// is fuzzed.
exporter::FileReader reader(std::string_view text) {
  return [text](const std::string& path) -> dns::Result<std::string> {
    if (path == "hints") return std::string(kRootHints);
    if (path == "keys") return std::string(kTrustAnchors);
    if (path == "none") return dns::fail("cannot read none");
    return std::string(text);
  };
}

void check_mistakes(const std::vector<Mistake>& mistakes) {
  require(!mistakes.empty(), "a refused file has a mistake");
  require(mistakes.size() <= exporter::kMaxMistakes + 1, "mistakes are bounded");
  for (const Mistake& mistake : mistakes) {
    require(!mistake.sentence.empty(), "a mistake has a sentence");
    require(mistake.line >= 0 && mistake.column >= 0, "a mistake has a place");
    require(mistake.to_text().find('\n') == std::string::npos, "a mistake is one line");
  }
}

void check_config(const Config& config, std::string_view text) {
  const std::string yaml = exporter::to_yaml(config);
  const auto again = exporter::parse_config(yaml, "again", reader(text), {false});
  require(again.has_value(), "what is written reads back");
  require(exporter::to_yaml(*again) == yaml, "and is the same");
  for (const exporter::ZoneEntry& entry : config.zones) {
    require(config.find(entry.zone) == &entry, "every zone is found by its name");
    require(entry.options->settings.interval == entry.options->interval, "one interval");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLongest = 1U << 16U;
  if (size > kLongest) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = exporter::parse_config(text, "fuzzed", reader(text), {false});
  if (config) {
    check_config(*config, text);
  } else {
    check_mistakes(config.error());
  }
  const std::optional<dns::Duration> duration = exporter::duration_from_text(text);
  if (duration) {
    const std::string written = exporter::duration_to_text(*duration);
    require(exporter::duration_from_text(written) == duration, "a duration survives its text");
  }
  return 0;
}
