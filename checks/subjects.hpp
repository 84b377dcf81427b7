// The subjects of findings, made from facts.
#pragma once

#include "checks/facts.hpp"
#include "checks/report.hpp"

namespace checks {

inline Subject about_zone() {
  return {};
}

inline Subject about(const dns::Name& nameserver) {
  return {nameserver, {}, {}};
}

inline Subject about(const Facts& facts, const ServerFacts& server) {
  return {facts.name(server), facts.ip(server), {}};
}

inline Subject about(const Facts& facts, const ServerFacts& server, dns::Transport transport) {
  return {facts.name(server), facts.ip(server), transport};
}

}  // namespace checks
