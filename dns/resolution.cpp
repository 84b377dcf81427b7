#include "dns/resolution.hpp"

namespace dns {

std::string_view to_text(ResolutionResult result) {
  switch (result) {
    case ResolutionResult::ok:
      return "ok";
    case ResolutionResult::nodata:
      return "nodata";
    case ResolutionResult::nxdomain:
      return "nxdomain";
    case ResolutionResult::servfail:
      return "servfail";
    case ResolutionResult::timeout:
      return "timeout";
    case ResolutionResult::loop:
      return "loop";
    case ResolutionResult::limit:
      return "limit";
    case ResolutionResult::forbidden:
      return "forbidden";
    case ResolutionResult::not_asked:
      return "not_asked";
  }
  return "";
}

std::vector<IpAddress> Resolution::addresses() const {
  std::vector<IpAddress> found;
  found.reserve(records.size());
  for (const Record& record : records) {
    if (record.rrclass != RRClass::in) continue;
    if (const auto address = parse_address(record.type, record.rdata)) found.push_back(*address);
  }
  return found;
}

}  // namespace dns
