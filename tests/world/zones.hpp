// The zones of a world as signed master-file text, with keys of their own.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "dns/name.hpp"
#include "dns/result.hpp"
#include "tests/world/shape.hpp"

namespace world {

/// A zone ready to be served, and what its parent has of it.
struct ZoneText {
  std::string text;
  std::string ds;       ///< DS records, one line each; empty when it is not signed
  std::string anchors;  ///< DNSKEY records of the key signing keys
};

/// Makes the zones of a plan. Thread-safe: nothing in it changes once it is made.
class ZoneMaker {
 public:
  /// `plan` outlives the object. Finds primes with `threads` threads; signatures are valid from a
  /// day before `now` for two months.
  ZoneMaker(const Plan& plan, std::chrono::sys_seconds now, std::size_t threads);

  /// The zone of delegation number `index`: its NS records, and the addresses of all nameservers
  /// whose names lie in it. How absence is proven follows from the name.
  dns::Result<ZoneText> delegated(std::size_t index) const;

  /// The root zone with all delegations; `ds` has the DS records of each, by its number.
  dns::Result<ZoneText> root(const std::vector<std::string>& ds) const;

 private:
  std::string address_lines(const dns::Name& server) const;

  const Plan& plan_;
  const std::chrono::sys_seconds now_;
  std::vector<std::string> primes_;
  std::map<dns::Name, std::vector<dns::Name>> names_in_;  ///< nameservers, by their zone
};

}  // namespace world
