// A small DNS to be surveyed, and what the surveys' tests read from a Survey.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "survey/surveyor.hpp"
#include "tests/support/dns_bench.hpp"

namespace survey_test {

inline constexpr const char* kRoot = "127.54.0.1";
inline constexpr const char* kParent1 = "127.54.0.2";
inline constexpr const char* kParent2 = "127.54.0.3";
inline constexpr const char* kServer1 = "127.54.1.1";
inline constexpr const char* kServer2 = "127.54.1.2";
inline constexpr const char* kServer3 = "127.54.1.3";  ///< serves nothing until a test says so

/// The root, `test.` on two servers, `zone.test.` on two servers.
class SurveyBench : public support::DnsBench {
 public:
  SurveyBench();

  /// Makes the resolver, the vantage's probe and the surveyor by the settings; done by survey().
  void start();
  /// Runs one survey of `plan` to its end.
  std::shared_ptr<const survey::Survey> survey(dns::Duration within = std::chrono::seconds(20));

  void forget_queries();
  /// How many questions for `type` came to the server.
  std::size_t asked(const char* address, dns::RRType type);

  /// Puts `lines` in the place of the owner's records of `type`.
  void change(support::FakeZone& where, const char* owner, dns::RRType type, const char* lines);

  std::shared_ptr<support::FakeZone> root;
  std::shared_ptr<support::FakeZone> tld;
  std::shared_ptr<support::FakeZone> zone;
  dns::ResolverSettings settings;
  survey::ZonePlan plan;
  survey::ZoneMemory memory;
  dns::AddressPolicy policy{{*dns::Prefix::from_text("127.0.0.0/8")}};
  std::vector<dns::IpAddress> targets;
  dns::dnssec::TrustAnchors anchors;
  dns::dnssec::Verifier verifier;
  const dns::dnssec::Trust trust{anchors, verifier};
  std::optional<dns::Resolver> resolver;
  std::optional<survey::PathAsker> paths;
  std::optional<survey::VantageProbe> vantage;
  std::optional<survey::Surveyor> surveyor;
};

using Texts = std::vector<std::string>;

/// The nameservers' names.
Texts names_in(const survey::Survey& survey);
/// "nameserver address" of each server.
Texts servers_in(const survey::Survey& survey);

/// What was seen at the address; asserts that there is something.
const survey::AddressObservation& observation(const survey::Survey& survey, const char* address);
const survey::Nameserver& nameserver(const survey::Survey& survey, const char* which);

/// The end of a name's resolution, with an address where there is one.
dns::Resolution resolved(dns::ResolutionResult result, const char* address = nullptr);

}  // namespace survey_test
