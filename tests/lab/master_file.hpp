// Reads master files (RFC 1035 section 5) into records. What the lab serves, and what the real
// servers are given, is text in this form. Pure functions; the error names the line.
#pragma once

#include <string_view>
#include <vector>

#include "dns/rdata.hpp"
#include "dns/result.hpp"

namespace lab {

/// All records of `text`, in order. Relative names are completed with `origin`; `default_ttl` is
/// used where there is neither a TTL nor $TTL.
dns::Result<std::vector<dns::Record>> parse_master_text(std::string_view text,
                                                        const dns::Name& origin,
                                                        std::uint32_t default_ttl = 3600);

}  // namespace lab
