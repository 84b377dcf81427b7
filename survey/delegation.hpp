// The delegation: which addresses of the parent are asked when, asking them for NS and DS, and what
// their words come to. The pure part is above, the part that asks below. Belongs to the engine
// thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dns/client.hpp"
#include "dns/resolver.hpp"
#include "survey/memory.hpp"
#include "survey/sharing.hpp"

namespace survey {

/// The delegation is asked for on failure at most this often.
inline constexpr dns::Duration kMinFailureSpacing = std::chrono::minutes(1);
/// Asking all addresses of the parent may hold a survey up for this long; who was not asked by then
/// (because thousands of zones ask the same parent) stays due.
inline constexpr dns::Duration kAllParentsPatience = std::chrono::seconds(5);

/// What the parent's addresses said, taken together.
struct DelegationView {
  /// At least one gave a referral, an answer or a denial.
  bool answered = false;
  /// The union of the NS RRsets in their referrals, with glue. Where parent and child are served by
  /// the same servers there are no referrals: then the NS RRset they answer with stands for both.
  std::vector<dns::NameserverAddresses> nameservers;
};

DelegationView view_delegation(const dns::Name& zone, const dns::Name& parent,
                               const std::map<dns::IpAddress, ParentWord>& words);

/// An address of the parent to be asked.
struct ParentTarget {
  dns::Name nameserver;
  dns::IpAddress address;
  friend bool operator==(const ParentTarget&, const ParentTarget&) = default;
};

/// Every distinct address of the parent's servers, of the families in use.
std::vector<ParentTarget> parent_targets(const dns::ParentSearch& parent, bool ipv4, bool ipv6);

/// One target of each family; `rotation` moves on through them.
std::vector<ParentTarget> one_per_family(const std::vector<ParentTarget>& targets,
                                         std::size_t rotation);

/// Those that were never asked, or not within `max_age` before `now`.
std::vector<ParentTarget> not_asked_since(const std::vector<ParentTarget>& targets,
                                          const std::map<dns::IpAddress, ParentWord>& words,
                                          dns::SteadyTime now, dns::Duration max_age);

/// The part that asks, for one survey.
class DelegationAsker {
 public:
  /// All outlive the object.
  DelegationAsker(dns::Client& client, dns::Resolver& resolver, const ZonePlan& plan,
                  ZoneMemory::State& state)
      : client_(client), resolver_(resolver), plan_(plan), state_(state) {}

  /// Finds the parent and asks one address of each family, and those whose last word was none; all
  /// of them when none of these gives a usable word, when a word has changed or differs from the
  /// others', and while servers of the zone fail. Does nothing when the delegation is not due, or
  /// for the root.
  dns::Task<void> refresh_if_due(dns::SteadyTime deadline);

  /// Asks the parent's addresses that are due at the slow cadence.
  dns::Task<void> ask_slow(dns::SteadyTime deadline);

  /// Asks every address of the parent that has not been asked since `since`.
  dns::Task<void> ask_all(dns::SteadyTime since, dns::SteadyTime deadline);

  /// Asks these addresses of the parent, whether or not they are due.
  dns::Task<void> ask(std::vector<ParentTarget> targets, dns::SteadyTime deadline);

  /// The addresses whose latest word is that NS or DS got no answer.
  std::vector<ParentTarget> unanswered() const;

  /// The root's nameservers are its hints; any other zone's those of the parent's words.
  /// Valid until the next call of another function.
  const DelegationView& view();

 private:
  dns::Task<void> find_parent(dns::SteadyTime deadline);
  dns::Task<void> ask_one(ParentTarget target, dns::SteadyTime deadline);
  bool was_asked_in_vain(dns::SteadyTime since);
  std::vector<ParentTarget> targets() const;
  std::vector<std::string> what_it_says(const ParentWord& word, bool glue) const;
  bool words_agree() const;
  void drop_words_before(dns::SteadyTime limit);
  dns::SteadyTime now() const { return client_.engine().clock().steady(); }

  dns::Client& client_;
  dns::Resolver& resolver_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
  std::optional<DelegationView> view_;  ///< of the words as they stand; empty when they changed
  ResponsePool pool_;                   ///< of the words of this survey
  bool changed_ = false;                ///< an address says something else than it said before
};

}  // namespace survey
