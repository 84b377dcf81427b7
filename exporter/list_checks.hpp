// What `list-checks` prints for people and programs; docs/checks.md comes from
// checks/documentation.hpp. Pure functions.
#pragma once

#include <string>

namespace exporter {

/// A table for people: id, severity, title.
std::string checks_table();

/// A JSON array with id, group, severity, title and reference of each check.
std::string checks_json();

}  // namespace exporter
