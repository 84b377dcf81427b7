// Everything that asks: engine, client, resolver, paths of trust, vantage and surveyor, built from
// a configuration in the order in which they need each other. Belongs to the engine thread; built
// before that thread runs and destroyed after it has ended.
#pragma once

#include <functional>

#include <asio/io_context.hpp>

#include "dns/client.hpp"
#include "dns/dnssec_path.hpp"
#include "dns/dnssec_trust_anchors.hpp"
#include "dns/resolver.hpp"
#include "exporter/config.hpp"
#include "exporter/random.hpp"
#include "survey/surveyor.hpp"

namespace exporter {

/// Where chains of trust begin: the configured anchors, else those of the root that are built in.
dns::dnssec::TrustAnchors trust_anchors(const Config& config);

class Asking {
 public:
  using OnAttempt = std::function<void(dns::Transport, dns::Outcome, dns::Duration elapsed)>;

  /// `io`, `clock` and what `trust` refers to outlive it. Of `config` only the sections resolution,
  /// resolvers, pacing and vantage are read, but for its trust anchors, and nothing of it is kept
  /// by reference. `on_attempt` hears of every attempt that ends; it may be empty.
  Asking(asio::io_context& io, const dns::Clock& clock, const Config& config,
         const dns::dnssec::Trust& trust, OnAttempt on_attempt = {});

  /// Takes over the pacing, the allowed addresses and the resolvers of `config`; the rest needs a
  /// new Asking.
  void reconfigure(const Config& config);

  dns::Engine& engine() { return engine_; }
  survey::Surveyor& surveyor() { return surveyor_; }
  const dns::dnssec::Trust& trust() const { return trust_; }

 private:
  const dns::dnssec::Trust trust_;
  OnAttempt on_attempt_;
  SecureRandom random_;
  dns::AddressPolicy policy_;
  dns::Engine engine_;
  dns::Client client_;
  dns::Resolver resolver_;
  survey::PathAsker paths_;
  survey::VantageProbe vantage_;
  survey::Surveyor surveyor_;
};

}  // namespace exporter
