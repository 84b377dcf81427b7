#include "exporter/demand.hpp"

#include <algorithm>
#include <unordered_map>

#include "survey/questions.hpp"
#include "survey/surveyor.hpp"

namespace exporter {

namespace {

// What one look at the resolvers asks of each: the SOA twice, the parent's, DS, CAA, NS, a name
// that does not exist, and two for each nameserver's name.
double queries_of_a_look(const checks::ZoneReport& report) {
  constexpr std::size_t kForTheZone = 7;
  const std::size_t names = std::min(report.nameservers.size(), survey::kMaxNamesAskedOfResolvers);
  return static_cast<double>(kForTheZone + 2 * names);
}

}  // namespace

std::vector<AddressDemand> excessive_demand(std::span<const StoredZone> zones,
                                            const Config::Pacing& pacing,
                                            double queries_per_round) {
  std::unordered_map<dns::IpAddress, AddressDemand> demand;
  std::vector<dns::IpAddress> addresses;  // of one zone, each once
  const double look_every = dns::to_seconds(survey::ZonePlan().resolvers_every);
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
    for (const checks::ResolverState& resolver : zone.report->resolvers) {
      AddressDemand& at = demand[resolver.endpoint.address];
      ++at.zones;
      at.queries_per_second += queries_of_a_look(*zone.report) / look_every;
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
