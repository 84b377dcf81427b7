#include "checks/fleet.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "checks/catalogue.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

constexpr int kOk = 0;
constexpr int kNotAsked = 12;

bool determined(const ServerState& server) {
  return server.udp.result != kNotAsked || server.tcp.result != kNotAsked;
}

bool up(const ServerState& server) {
  return server.udp.result == kOk || server.tcp.result == kOk;
}

// One zone's view of one address, however many of its nameservers have it.
struct View {
  const ZoneReport* report = nullptr;
  bool failing = false;
};

Finding describe(const SharedAddress& shared, dns::WallTime since) {
  Finding finding;
  finding.check = find_check("con-shared-address")->id;
  finding.subject.address = shared.address;
  finding.since = since;
  const std::string of =
      std::to_string(shared.failing) + " of its " + std::to_string(shared.zones) + " zones";
  if (shared.failing == shared.zones) {
    finding.severity = Severity::warning;
    finding.sentence = shared.address.to_text() + " fails for all of its " +
                       std::to_string(shared.zones) +
                       " zones: the server or the way to it is down, not the zones. One fault, one "
                       "ticket.";
  } else {
    finding.severity = Severity::notice;
    finding.sentence = shared.address.to_text() + " fails for " + of + " (" +
                       list_text(shared.failing_zones) +
                       ") and serves the others: those zones are missing or broken there, the "
                       "server itself works.";
  }
  return finding;
}

SharedAddress summarise(const dns::IpAddress& address, const std::vector<View>& views) {
  SharedAddress shared;
  shared.address = address;
  shared.zones = views.size();
  dns::WallTime latest{};
  for (const View& view : views) {
    latest = std::max(latest, view.report->surveyed);
    if (!view.failing) continue;
    ++shared.failing;
    if (shared.failing_zones.size() < kMaxFailingZones) {
      shared.failing_zones.push_back(view.report->zone);
    }
  }
  std::sort(shared.failing_zones.begin(), shared.failing_zones.end());
  shared.finding = describe(shared, latest);
  return shared;
}

// A chain that ends in one of these states goes no further.
bool may_be_below(dns::dnssec::Status status) {
  return status == dns::dnssec::Status::secure || status == dns::dnssec::Status::insecure;
}

}  // namespace

std::vector<SharedAddress> shared_addresses(
    std::span<const std::shared_ptr<const ZoneReport>> reports) {
  std::map<dns::IpAddress, std::vector<View>> views;
  for (const auto& report : reports) {
    for (const ServerState& server : report->servers) {
      if (!determined(server)) continue;
      std::vector<View>& of_address = views[server.address];
      if (of_address.empty() || of_address.back().report != report.get()) {
        of_address.push_back({report.get(), !up(server)});
      }
    }
  }
  std::vector<SharedAddress> shared;
  for (const auto& [address, of_address] : views) {
    const bool fails = std::any_of(of_address.begin(), of_address.end(),
                                   [](const View& view) { return view.failing; });
    if (of_address.size() >= 2 && fails) shared.push_back(summarise(address, of_address));
  }
  std::stable_sort(shared.begin(), shared.end(),
                   [](const auto& a, const auto& b) { return a.failing > b.failing; });
  return shared;
}

void Ancestors::add(const ZoneReport& report) {
  const auto& steps = report.chain.steps;  // the last one is the zone itself
  std::size_t ancestors = steps.empty() ? 0 : steps.size() - 1;
  // What stands below a break is not judged by itself.
  const auto stop = std::find_if(steps.begin(), steps.begin() + static_cast<long>(ancestors),
                                 [](const auto& step) { return !may_be_below(step->status); });
  ancestors = std::min(ancestors, static_cast<std::size_t>(stop - steps.begin()) + 1);
  latest_.resize(std::min(latest_.size(), ancestors));
  for (std::size_t i = 0; i < ancestors; ++i) {
    const ChainStep& state = *steps[i];
    if (i == latest_.size()) latest_.push_back(nullptr);
    if (latest_[i] == nullptr || latest_[i]->zone != state.zone) {
      latest_[i] = &all_.try_emplace(state.zone, Ancestor{state.zone, {}, {}}).first->second;
    }
    Ancestor& ancestor = *latest_[i];
    if (report.surveyed < ancestor.seen) continue;
    ancestor.status = state.status;
    ancestor.seen = report.surveyed;
  }
}

}  // namespace checks
