// Chains of trust made by hand, one for each way they can look.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checks/report.hpp"

namespace web_test {

/// ".", "lab" and "shop.lab", all secure.
checks::ZoneReport secure_chain();
/// The same, the keys' signatures of two of its three servers expired.
checks::ZoneReport half_expired_chain();
/// The zone's signatures expired everywhere.
checks::ZoneReport expired_chain();
/// A DS, and no keys.
checks::ZoneReport unsigned_with_ds_chain();
/// Signed, without DS.
checks::ZoneReport island_chain();
/// "lab" is broken, and what is below it not judged.
checks::ZoneReport ancestor_broken_chain();
/// More keys, DS and zones than are kept; every DS that can be wrong is.
checks::ZoneReport crowded_chain();
/// Names and texts that try to be markup or control a terminal.
checks::ZoneReport hostile_chain();

/// All of them with a name each.
std::vector<std::pair<std::string, checks::ZoneReport>> all_chains();

}  // namespace web_test
