// The hash of a name as NSEC3 owners spell it (RFC 5155 section 5), computed by ldns: what the lab
// serves does not depend on the code it tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dns/name.hpp"
#include "dns/rdata.hpp"

namespace lab {

/// The parameters of a zone's NSEC3 records.
struct Nsec3Parameters {
  std::uint16_t iterations = 0;
  dns::Bytes salt;
};

/// From the RDATA of an NSEC3PARAM record; nothing when it is too short.
std::optional<Nsec3Parameters> parse_nsec3param(const dns::Bytes& rdata);

/// The first label of the NSEC3 record of `name`, in lower case.
std::string nsec3_label(const dns::Name& name, const Nsec3Parameters& parameters);

}  // namespace lab
