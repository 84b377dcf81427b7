#include "exporter/asking.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace exporter {
namespace {

dns::EngineSettings engine_settings(const Config& config, Asking::OnAttempt on_attempt) {
  dns::EngineSettings settings;
  settings.on_attempt = std::move(on_attempt);
  const Config::Pacing& pacing = config.pacing;
  settings.max_in_flight = pacing.max_in_flight;
  settings.default_rate = {pacing.pace.queries_per_second, pacing.pace.burst};
  for (const auto& [prefix, pace] : pacing.prefixes) {
    settings.rates.emplace_back(prefix, dns::RateLimit{pace.queries_per_second, pace.burst});
  }
  settings.address_policy = dns::AddressPolicy(config.resolution.allow);
  for (const survey::RecursiveResolver& resolver : config.resolvers) {
    settings.resolvers.push_back(resolver.endpoint);
  }
  return settings;
}

dns::RootHints root_hints(const Config& config) {
  return config.resolution.root_hints ? *config.resolution.root_hints : dns::builtin_root_hints();
}

dns::ResolverSettings resolver_settings(const Config& config) {
  dns::ResolverSettings settings;
  settings.hints = root_hints(config);
  settings.port = config.resolution.port;
  settings.use_ipv4 = config.resolution.ipv4;
  settings.use_ipv6 = config.resolution.ipv6;
  return settings;
}

/// The configured control targets, else the root servers; only of families that are used.
std::vector<dns::Endpoint> control_targets(const Config& config) {
  std::vector<dns::Endpoint> targets = config.vantage.control_targets;
  if (targets.empty()) {
    for (const dns::NameserverAddresses& server : root_hints(config)) {
      for (const dns::IpAddress& address : server.addresses) {
        targets.push_back({address, config.resolution.port});
      }
    }
  }
  std::erase_if(targets, [&](const dns::Endpoint& target) {
    return target.address.family() == dns::Family::ipv4 ? !config.resolution.ipv4
                                                        : !config.resolution.ipv6;
  });
  return targets;
}

}  // namespace

dns::dnssec::TrustAnchors trust_anchors(const Config& config) {
  return config.resolution.trust_anchors ? *config.resolution.trust_anchors
                                         : dns::dnssec::builtin_trust_anchors();
}

Asking::Asking(asio::io_context& io, const dns::Clock& clock, const Config& config,
               const dns::dnssec::Trust& trust, OnAttempt on_attempt)
    : trust_(trust),
      on_attempt_(std::move(on_attempt)),
      policy_(config.resolution.allow),
      engine_(io, clock, std::ref(random_), engine_settings(config, on_attempt_)),
      client_(engine_),
      resolver_(client_, resolver_settings(config)),
      paths_(resolver_, clock, trust_),
      vantage_(client_, control_targets(config)),
      surveyor_(client_, resolver_, paths_, vantage_, policy_, std::ref(random_)) {}

void Asking::reconfigure(const Config& config) {
  policy_ = dns::AddressPolicy(config.resolution.allow);
  engine_.reconfigure(engine_settings(config, on_attempt_));
}

}  // namespace exporter
