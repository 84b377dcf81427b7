// What a zone's surveys remember from round to round. Plain values; belongs to the engine thread,
// used by one survey at a time.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "survey/path.hpp"
#include "survey/surveyor.hpp"

namespace survey {

/// What was got longer ago than so many of its cadences, and cannot be had again, is not known any
/// more.
inline constexpr int kCadencesKept = 3;

/// A word of a parent's address, and when it was asked for.
struct ParentWord {
  ParentServer server;
  dns::SteadyTime asked{};
};

/// A nameserver name's addresses as last resolved, by family: when, and when that is due again.
struct NameMemory {
  dns::Resolution a;
  dns::Resolution aaaa;
  dns::SteadyTime got_a = dns::SteadyTime::min();
  dns::SteadyTime got_aaaa = dns::SteadyTime::min();
  dns::SteadyTime next_a = dns::SteadyTime::min();
  dns::SteadyTime next_aaaa = dns::SteadyTime::min();
  Path path;                  ///< to the zone that holds the addresses; see Nameserver::path
  bool path_wanted = false;   ///< resolved anew since that was looked for
  bool proof_wanted = false;  ///< the zone may be signed: the responses hold what shows it
  dns::SteadyTime seen{};     ///< last round that had the name
};

/// What is kept of one address between rounds.
struct AddressMemory {
  std::vector<Answer> slow;  ///< latest answers to the slow questions
  std::optional<dns::SteadyTime> slow_asked;
  std::vector<dns::Name> slow_names;  ///< in-domain nameservers that were asked for
  std::vector<dns::Name> child_ns;    ///< the apex NS RRset it last gave with authority
  dns::SteadyTime child_ns_seen = dns::SteadyTime::min();
  dns::SteadyTime seen{};  ///< last round that had the address
};

/// What a resolver said last.
struct ResolverMemory {
  std::vector<ResolverAnswer> answers;
  dns::SteadyTime asked = dns::SteadyTime::min();
  dns::WallTime asked_at{};
};

/// What our own walks came to last.
struct WalkMemory {
  std::vector<OwnWalk> walks;
  WalkSet made;  ///< those of one family that were made then: it served the zone
  dns::SteadyTime asked = dns::SteadyTime::min();
  dns::SteadyTime next = dns::SteadyTime::min();
};

/// When a look into the signals about the zone was taken, and when the next is due.
struct SignalLook {
  dns::SteadyTime asked = dns::SteadyTime::min();
  dns::SteadyTime next = dns::SteadyTime::min();
};

/// What was found of them last.
struct SignalMemory {
  Signals found;
  SignalLook bootstrap;
  SignalLook dsync;
  std::vector<dns::Bytes> published;  ///< the CDS and CDNSKEY records that it was about
};

/// An address and transport whose SOA answer was no authoritative one.
using Failing = std::pair<dns::IpAddress, dns::Transport>;

struct ZoneMemory::State {
  bool grown = false;  ///< something was added since make_compact()

  // The delegation.
  dns::ParentSearch parent;
  std::map<dns::IpAddress, ParentWord> words;
  dns::WallTime observed{};
  dns::SteadyTime next_delegation = dns::SteadyTime::min();
  std::optional<std::size_t> rotation;  ///< which parent address of each family is next
  std::set<Failing> failing;            ///< in the last round
  std::optional<dns::SteadyTime> asked_for_failure;

  // Names and addresses.
  std::map<dns::Name, dns::SteadyTime> parent_names;  ///< when the parent last listed each
  std::map<dns::Name, NameMemory> names;
  std::map<std::pair<dns::Name, dns::IpAddress>, dns::SteadyTime> last_known;
  std::map<dns::IpAddress, AddressMemory> addresses;

  // What stands elsewhere about the delegation, and our own walks.
  SignalMemory signals;
  WalkMemory walks;

  // The resolver view.
  std::map<dns::Endpoint, ResolverMemory> resolvers;
  std::optional<dns::SteadyTime> resolvers_asked;  ///< when all of them were last asked
  bool resolvers_failed = false;                   ///< one failed then for this zone only
};

}  // namespace survey
