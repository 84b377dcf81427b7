// Surveys one zone: finds the delegation, the nameservers' addresses, and asks every address the
// questions that are due. Does all of the I/O for a zone and makes no judgement.
//
// Belongs to the engine thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "dns/client.hpp"
#include "dns/resolver.hpp"
#include "survey/path.hpp"
#include "survey/survey.hpp"

namespace survey {

/// Names in one NS RRset and addresses of one zone that are followed; the rest is left out.
inline constexpr std::size_t kMaxNameserversPerZone = 64;
inline constexpr std::size_t kMaxAddressesPerZone = 256;

/// How one zone is surveyed. Comes from the configuration.
struct ZonePlan {
  dns::Name zone;
  QuestionSet questions = QuestionSet().set();  ///< those only disabled checks read are off
  dns::Duration delegation_every = std::chrono::minutes(5);
  dns::Duration slow_every = std::chrono::hours(1);
  /// Slow questions are left to the next round where they would wait longer than this for their
  /// turn: many zones share that address, and the questions of every round come first.
  dns::Duration slow_patience = std::chrono::seconds(2);
  dns::Duration last_known_for = std::chrono::hours(24);
  int attempts = 3;
  dns::Duration timeout = std::chrono::seconds(2);
  std::uint16_t port = 53;
  std::vector<RecursiveResolver> resolvers;  ///< empty: nothing is asked of any
  ResolverQuestionSet resolver_questions = ResolverQuestionSet().set();
  dns::Duration resolvers_every = std::chrono::minutes(15);
  /// Of one attempt: longer than a server's, since a resolver may itself have to wait for one.
  dns::Duration resolver_timeout = std::chrono::seconds(3);
  std::vector<Sentinel> sentinels;
  WalkSet walks = WalkSet().set();  ///< those that only disabled checks read are off
  /// For `check`, which has no history: what failed is asked once more after this long.
  std::optional<dns::Duration> confirm_failures_after;
};

/// What a zone's surveys remember from round to round: the slow answers, when they were got, and
/// last-known addresses. Owned by whoever schedules the zone; opaque to it.
class ZoneMemory {
 public:
  ZoneMemory();
  ~ZoneMemory();
  ZoneMemory(ZoneMemory&&) noexcept;
  ZoneMemory& operator=(ZoneMemory&&) noexcept;
  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// How old a look at the control targets may be when a survey with failures is published.
inline constexpr dns::Duration kVantageKept = std::chrono::seconds(5);

/// Tells whether the vantage can use each family and transport, by asking control targets. Results
/// are shared by all zones and kept for five seconds, so that a thousand failing zones ask once.
class VantageProbe {
 public:
  /// `targets` answer a SOA query for the root; default the root hints. Each is asked twice at
  /// most, for `timeout` each time.
  VantageProbe(dns::Client& client, std::vector<dns::Endpoint> targets,
               dns::Duration timeout = std::chrono::seconds(1));
  ~VantageProbe();
  VantageProbe(const VantageProbe&) = delete;
  VantageProbe& operator=(const VantageProbe&) = delete;

  /// Asks the targets unless a look was begun within five seconds, and not before `not_before`. A
  /// family and transport is usable when two targets of the family answer over it, or all if fewer;
  /// unknown when it has no target or the targets could not be asked before `deadline`. Three
  /// targets taken in turn are asked first, the others only when these do not suffice.
  dns::Task<Vantage> look(dns::SteadyTime deadline,
                          dns::SteadyTime not_before = dns::SteadyTime::min());

  /// The result of the last look, without asking.
  Vantage last() const { return last_; }
  bool has_looked() const { return looked_.has_value(); }

  /// The worst of the looks begun at or after `since`: what failed in any of them is `no`, what was
  /// not looked at is unknown.
  Vantage worst_since(dns::SteadyTime since) const;

 private:
  struct Looking;
  static constexpr std::size_t kCombinations = 4;
  dns::Task<void> look_at(std::size_t combination, dns::SteadyTime deadline, Usable& usable);
  dns::Task<void> ask(dns::Endpoint target, dns::Transport transport, dns::SteadyTime deadline,
                      int& answered, int& failed);

  dns::Client& client_;
  std::vector<dns::Endpoint> targets_;
  dns::Duration timeout_;
  Vantage last_;
  std::optional<dns::SteadyTime> looked_;
  std::array<std::optional<dns::SteadyTime>, kCombinations> failed_;  ///< latest look that said no
  std::size_t rotation_ = 0;
  std::shared_ptr<Looking> looking_;
};

struct FamilyResolvers;

class Surveyor {
 public:
  /// All but `random` outlive the object.
  Surveyor(dns::Client& client, dns::Resolver& resolver, PathAsker& paths, VantageProbe& vantage,
           const dns::AddressPolicy& policy, std::function<std::uint32_t()> random);
  ~Surveyor();
  Surveyor(const Surveyor&) = delete;
  Surveyor& operator=(const Surveyor&) = delete;

  /// Surveys once. At `deadline` what is still open ends as timeout if it was sent and as not_asked
  /// if not, and the survey is partial. `memory` must not be used by two surveys at a time.
  dns::Task<std::shared_ptr<const Survey>> survey(ZonePlan plan, ZoneMemory& memory,
                                                  dns::SteadyTime deadline);

 private:
  dns::Client& client_;
  dns::Resolver& resolver_;
  std::unique_ptr<FamilyResolvers> families_;
  PathAsker& paths_;
  VantageProbe& vantage_;
  const dns::AddressPolicy& policy_;
  std::function<std::uint32_t()> random_;
};

}  // namespace survey
