// Asks the addresses of one zone cut one question until one of them says something useful: first
// one address, then two at a time, then four, so that dead servers cost little time and live ones
// little traffic. Belongs to the engine thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dns/client.hpp"
#include "dns/referral.hpp"
#include "dns/resolution.hpp"
#include "dns/zone_cut.hpp"

namespace dns {

/// Addresses of a cut asked at the same time, at most.
inline constexpr std::size_t kMaxParallelAddresses = 8;

/// What one resolution, with all lookups it needs on the way, may still do.
struct Job {
  SteadyTime started{};
  SteadyTime deadline{};
  SteadyTime not_before{};  ///< cuts learned before this are not used
  int queries_left = 0;
  int names_left = 0;
  bool used_old_cut = false;   ///< a cut older than kFreshCutAge led the way
  std::set<IpAddress> silent;  ///< gave no answer to this job however often it was asked
};

/// Why an address of a cut was of no use.
enum class Fate : std::uint8_t { error, lame, silent, forbidden, not_asked };

/// What asking the addresses of a cut came to.
struct CutReply {
  /// The word of one server that the name does not exist, while no other has been asked.
  struct Denial {
    Step step;
    std::shared_ptr<const Exchange> exchange;
  };

  std::optional<Step> step;              ///< there when an address said something useful
  std::optional<Denial> denial;          ///< not yet believed
  std::shared_ptr<Cut> next;             ///< the cut of `step->referral`
  std::shared_ptr<const Exchange> last;  ///< of the useful answer, else of the last failure
  std::map<IpAddress, Fate> fates;       ///< of the addresses that were of no use
  bool out_of_queries = false;           ///< job.queries_left ran out

  std::size_t count(Fate fate) const;
};

/// "2 of its 3 addresses did not answer, 1 answered SERVFAIL": the fates in words, for a sentence
/// about the servers of a zone. Empty when there are none.
std::string describe_fates(const CutReply& reply);

class CutQuery {
 public:
  CutQuery(Client& client, std::uint16_t port, int attempts, Duration timeout)
      : client_(client), port_(port), attempts_(attempts), timeout_(timeout) {}

  /// Asks `addresses` in this order. Those that did not answer are asked up to `attempts` times,
  /// the last time without EDNS. A server that has lost the zone may deny every name in it: after
  /// an NXDOMAIN one or two others are asked, and what they say counts if it is something else.
  /// `job` must outlive the task.
  Task<CutReply> ask(Job& job, std::shared_ptr<Cut> cut, Question question,
                     std::vector<IpAddress> addresses);

 private:
  Task<std::shared_ptr<const Exchange>> ask_one(IpAddress address, Question question,
                                                SteadyTime deadline);
  Task<void> ask_batch(Job& job, Cut& cut, const Question& question,
                       std::vector<IpAddress> addresses, CutReply& reply,
                       std::vector<IpAddress>& again);
  void judge(const std::shared_ptr<const Exchange>& exchange, const IpAddress& address, Cut& cut,
             CutReply& reply, std::vector<IpAddress>& again) const;

  Client& client_;
  std::uint16_t port_;
  int attempts_;
  Duration timeout_;
};

}  // namespace dns
