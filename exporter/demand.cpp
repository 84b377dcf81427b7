#include "exporter/demand.hpp"

#include <algorithm>
#include <unordered_map>

#include "survey/questions.hpp"

namespace exporter {

std::vector<AddressDemand> excessive_demand(std::span<const StoredZone> zones,
                                            const Config::Pacing& pacing,
                                            double queries_per_round) {
  std::unordered_map<dns::IpAddress, AddressDemand> demand;
  std::vector<dns::IpAddress> addresses;  // of one zone, each once
  for (const StoredZone& zone : zones) {
    if (!zone.report || zone.interval <= dns::Duration::zero()) continue;
    addresses.clear();
    for (const checks::ServerState& server : zone.report->servers) {
      addresses.push_back(server.address);
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    for (const dns::IpAddress& address : addresses) {
      AddressDemand& at = demand[address];
      ++at.zones;
      at.queries_per_second += queries_per_round / dns::to_seconds(zone.interval);
    }
  }
  std::vector<AddressDemand> excessive;
  for (auto& [address, at] : demand) {
    at.address = address;
    at.limit = pacing.of(address).queries_per_second;
    if (at.limit > 0 && at.queries_per_second > at.limit) excessive.push_back(at);
  }
  std::sort(excessive.begin(), excessive.end(), [](const AddressDemand& a, const AddressDemand& b) {
    if (a.queries_per_second != b.queries_per_second) {
      return a.queries_per_second > b.queries_per_second;
    }
    return a.address < b.address;
  });
  return excessive;
}

double queries_per_round() {
  double queries = 0;
  for (const survey::QuestionSpec& question : survey::questions()) {
    if (question.cadence == survey::Cadence::every_round) {
      queries += static_cast<double>(question.types.size());
    }
  }
  return queries;
}

}  // namespace exporter
