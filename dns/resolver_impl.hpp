// The inside of Resolver, shared by resolver.cpp (resolving names) and parent_search.cpp (finding
// parents). Belongs to the engine thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dns/cut_query.hpp"
#include "dns/resolver.hpp"
#include "dns/running.hpp"
#include "dns/zone_cut.hpp"

namespace dns {

/// Of an address lookup, in the order asked.
inline constexpr std::array<RRType, 2> kAddressTypes{RRType::a, RRType::aaaa};

/// The names that are being looked up, innermost first. Each frame lives in the coroutine that
/// looks its name up, which outlives those that point to it.
struct Frame {
  const Frame* outer = nullptr;
  Name name;
};

/// What the servers of one cut made of a question, all means exhausted.
struct Reply {
  std::optional<Step> step;
  Name zone;
  std::shared_ptr<Cut> next;
  std::shared_ptr<const Exchange> last;
  ResolutionResult failure = ResolutionResult::servfail;  ///< when there is no step
  std::string reason;
  std::vector<Name> cycle;
};

/// What looking up the address of a cut's nameserver came to.
struct Lookup {
  bool found = false;
  Name name;
  Name zone;  ///< whose servers were the last ones asked
  ResolutionResult result = ResolutionResult::not_asked;
  std::vector<Name> cycle;
};

/// A verdict that needs no second look at the path.
inline bool is_settled(ResolutionResult result) {
  return result == ResolutionResult::ok || result == ResolutionResult::nodata;
}

class Resolver::Impl {
 public:
  Impl(Client& client, ResolverSettings settings)
      : client_(client),
        settings_(std::move(settings)),
        query_(client, settings_.port, settings_.attempts, settings_.timeout),
        cache_(kMaxCuts),
        root_(std::make_shared<Cut>()) {
    root_->expires = SteadyTime::max();
    for (const NameserverAddresses& hint : settings_.hints) {
      CutServer& server = root_->servers.emplace_back();
      server.name = hint.name;
      for (const IpAddress& address : hint.addresses) server.add(address);
    }
    set_usable(true, true);
  }

  Task<Resolution> resolve(Name name, RRType type, SteadyTime deadline);
  Task<ParentSearch> find_parent(Name zone, SteadyTime deadline);
  void forget(const Name& zone) { cache_.forget(zone); }
  void set_usable(bool ipv4, bool ipv6);
  const ResolverSettings& settings() const { return settings_; }

 private:
  Task<Resolution> resolve_alone(Name name, RRType type, SteadyTime deadline);
  Task<Resolution> walk(Job& job, Name name, RRType type, const Frame* outer, int depth);
  Task<Reply> descend(Job& job, Question question, const Frame* frame, int depth);
  Task<Reply> ask_cut(Job& job, std::shared_ptr<Cut> cut, Question question, const Frame* frame,
                      int depth);
  Task<CutReply> ask_known(Job& job, std::shared_ptr<Cut> cut, Question question);
  Task<CutReply> ask_addresses(Job& job, std::shared_ptr<Cut> cut, Question question,
                               std::vector<IpAddress> addresses);
  Task<Lookup> look_up_server(Job& job, std::shared_ptr<Cut> cut, std::size_t server,
                              const Frame* frame, int depth);

  Task<ParentSearch> find_enclosing(Name name, SteadyTime deadline);
  Task<ParentSearch> search(Job& job, Name name);
  Task<Reply> enter_zone(Job& job, std::shared_ptr<Cut> cut, Name zone, const Frame* frame);
  Task<void> complete_addresses(Job& job, std::shared_ptr<Cut> cut);
  Task<void> complete_server(Job& job, std::shared_ptr<Cut> cut, std::size_t server, RRType type);

  Job new_job(SteadyTime deadline) const;
  bool may_retry_fresh(Job& job) const;
  std::shared_ptr<Cut> start_at(Job& job, const Name& name);
  std::shared_ptr<Cut> learn(const NsSet& set);
  bool may_use(Family family) const { return family == Family::ipv4 ? ipv4_ : ipv6_; }
  bool has_usable_address(const CutServer& server) const;
  static bool needs_itself(const Cut& cut, std::size_t server);
  bool follow(Resolution& out, Reply reply, Name& current) const;

  SteadyTime now() const { return client_.engine().clock().steady(); }

  Client& client_;
  ResolverSettings settings_;
  CutQuery query_;
  CutCache cache_;
  std::shared_ptr<Cut> root_;
  bool ipv4_ = true;
  bool ipv6_ = true;
  std::size_t rotation_ = 0;
  Running<std::pair<Name, RRType>, Resolution> resolutions_;
  Running<Name, ParentSearch> searches_;
  // By the cut that is asked and the name one label below it that all who join lie under.
  Running<std::pair<Name, Name>, CutReply> steps_;
};

}  // namespace dns
