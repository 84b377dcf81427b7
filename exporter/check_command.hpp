// `dnszone_exporter check`: surveys zones once, judges without history, prints.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "exporter/config.hpp"

namespace exporter {

/// What `check` was asked for, as text from the command line.
struct CheckArguments {
  std::vector<std::string> zones;
  bool json = false;
  std::string config_file;   ///< empty: built-in defaults
  std::string root_hints;    ///< a file; empty: the config's, or the built-in ones
  std::string trust_anchor;  ///< a file; empty: the config's, or the built-in ones
  std::optional<std::uint16_t> port;
  std::vector<std::string> allow;      ///< address ranges
  std::vector<std::string> resolvers;  ///< addresses; added to the config's
  std::vector<std::string> sentinels;  ///< NAME/TYPE; each for the zones it lies in
  std::string time;                    ///< RFC 3339; empty: the time of the survey
  bool confirm = true;                 ///< ask what failed once more after kConfirmAfter
  std::string timeout;                 ///< a duration; empty: the config's
  std::optional<int> attempts;
};

/// How the output may look.
struct CheckTerminal {
  bool color = false;
  bool utf8 = true;  ///< else plain ASCII
  std::size_t width = 100;
};

/// Failed questions are asked again after this long: `check` has no history that could tell a lost
/// packet from an outage.
inline constexpr dns::Duration kConfirmAfter = std::chrono::seconds(5);
/// What is not known by then is reported as not asked.
inline constexpr dns::Duration kCheckTimeLimit = std::chrono::seconds(60);
/// Zones in one call; more are for the daemon.
inline constexpr std::size_t kMaxCheckedZones = 1'000;

/// Surveys all zones side by side and prints to `out`; what is wrong with the arguments goes to
/// `err`. Returns the exit code: 0 nothing above notice, 1 warnings, 2 errors, 3 could not tell or
/// wrong arguments.
int run_check(const CheckArguments& arguments, const CheckTerminal& terminal, std::ostream& out,
              std::ostream& err, const dns::Clock& clock);

}  // namespace exporter
