// The chain of trust as a tree of text, for a terminal. A pure function.
#pragma once

#include <cstddef>
#include <string>

#include "checks/report.hpp"

namespace exporter {

struct TreeStyle {
  bool color = false;
  std::size_t indent = 0;  ///< columns in front of every line
  std::size_t width = 100;
};

/// The chain of `report`: each zone below the one that delegates it, its DS and keys under its
/// name. What is broken is marked by a sign and a word. Empty for a report without a chain, else it
/// ends with a newline.
std::string render_chain_tree(const checks::ZoneReport& report, const TreeStyle& style);

}  // namespace exporter
