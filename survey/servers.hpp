// Asking the zone's servers: which questions an address gets in a round, asking them, and what the
// answers say about whom else to ask. The pure part is above, the part that asks below. Belongs to
// the engine thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/client.hpp"
#include "survey/memory.hpp"
#include "survey/questions.hpp"
#include "survey/sharing.hpp"

namespace survey {

/// A question of the table, put for one zone and subject.
struct Ask {
  QuestionId id{};
  dns::Transport transport{};
  dns::Question question;
};

/// Sixteen letters and digits that no zone holds by chance.
std::string random_label(const std::function<std::uint32_t()>& random);

/// The questions of `cadence` that `enabled` allows, in the order of QuestionId. `nameservers` are
/// the zone's nameserver names; of these, the ones at or below the zone are asked for. `absent` is
/// the label of the name that is not there.
std::vector<Ask> asks_for(const dns::Name& zone, Cadence cadence, const QuestionSet& enabled,
                          const std::vector<dns::Name>& nameservers, std::string_view absent,
                          const std::function<std::uint32_t()>& random,
                          const std::vector<Sentinel>& sentinels = {});

/// Names that one server is asked for because others lie below them, at most.
inline constexpr std::size_t kMaxNamesBetween = 16;

/// The names between the zone's and those of nameservers and sentinels below it, and the sentinels
/// below such names, which show that these exist. Sorted; without the nameservers' own names, which
/// are asked for anyway.
std::vector<dns::Name> names_between(const dns::Name& zone,
                                     const std::vector<dns::Name>& nameservers,
                                     const std::vector<Sentinel>& sentinels);

/// The names of `nameservers` that lie in the zone.
std::vector<dns::Name> in_domain(const dns::Name& zone, const std::vector<dns::Name>& nameservers);

/// Whether the slow questions are due: never asked, asked `slow_every` ago, or other nameserver
/// names than then lie in the zone.
bool slow_is_due(const AddressMemory& memory, const std::vector<dns::Name>& in_domain_names,
                 dns::SteadyTime now, dns::Duration slow_every);

/// True when the answer is an authoritative one with the zone's SOA: what makes a server up.
bool is_authoritative_soa(const Answer& answer, const dns::Name& zone);

/// The transports over which the address gave no authoritative SOA answer, of those that `enabled`
/// asks. Empty when the address may not be asked.
std::vector<dns::Transport> failing_transports(const AddressObservation& observation,
                                               const dns::Name& zone, const QuestionSet& enabled);

/// True when some question got no answer, or the address fails over a transport: worth asking again
/// before judging without history.
bool has_failures(const AddressObservation& observation, const dns::Name& zone,
                  const QuestionSet& enabled);

/// True when a question was cut off by the deadline or by the end of the process.
bool was_cut_short(const AddressObservation& observation);

/// True for an authoritative answer without the RRset that was asked for, whatever proof it has.
bool is_nodata(const Answer& answer);

/// The names in the zone's NS RRset as the address gave it with authority; nothing when it did not.
std::optional<std::vector<dns::Name>> child_nameservers(const AddressObservation& observation,
                                                        const dns::Name& zone);

/// The part that asks, for one survey.
class ServerAsker {
 public:
  /// All outlive the object.
  ServerAsker(dns::Client& client, const dns::AddressPolicy& policy, const ZonePlan& plan,
              ZoneMemory::State& state, const std::function<std::uint32_t()>& random)
      : client_(client),
        policy_(policy),
        plan_(plan),
        state_(state),
        random_(random),
        absent_(random_label(random)) {}

  /// Asks `address` what is due: the SOA over both transports side by side; the rest over a
  /// transport only when its SOA question was answered at all. Notes the slow answers and the NS
  /// RRset in the zone's memory.
  dns::Task<AddressObservation> ask(dns::IpAddress address, std::vector<dns::Name> nameservers,
                                    dns::SteadyTime deadline);

 private:
  struct Round;
  dns::Task<void> ask_over_udp(Round& round);
  dns::Task<void> ask_over_tcp(Round& round);
  dns::Task<void> ask_slow(Round& round);
  dns::Task<Answer> ask_to_keep(Round& round, Ask ask);
  dns::Task<Answer> ask_one(Round& round, Ask ask, bool follow);
  bool slow_is_due(const Round& round) const;
  bool must_wait(const Round& round) const;
  void carry_over(Round& round) const;
  static void note(Round& round, Answer answer);
  dns::SteadyTime now() const { return client_.engine().clock().steady(); }

  dns::Client& client_;
  const dns::AddressPolicy& policy_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
  const std::function<std::uint32_t()>& random_;
  /// One for all servers: what they deny is then the same, can be compared, and is proven once.
  const std::string absent_;
  ResponsePool kept_;
};

}  // namespace survey
