// Everything seen of one zone in one round: an immutable value, made by survey/surveyor.hpp and
// judged by checks/. It holds what was asked and what came back and no opinion about it. Shared
// between threads as shared_ptr<const Survey>.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/dnssec_path.hpp"
#include "dns/exchange.hpp"
#include "dns/resolution.hpp"
#include "dns/time.hpp"
#include "survey/id_set.hpp"
#include "survey/resolver_observation.hpp"
#include "survey/signal_observation.hpp"

namespace survey {

/// The questions a survey asks of servers; survey/questions.hpp says how each is put and how often.
enum class QuestionId : std::uint8_t {
  soa_udp,       ///< apex SOA over UDP; decides `up` and the RCODE of that transport
  soa_tcp,       ///< apex SOA over TCP
  ns,            ///< apex NS
  dnskey,        ///< apex DNSKEY
  nonexistent,   ///< A of a random name below the apex
  options,       ///< apex SOA with NSID, EXPIRE and ZONEVERSION asked for
  ns_address,    ///< A and AAAA of each nameserver name that lies in the zone
  cds,           ///< apex CDS
  cdnskey,       ///< apex CDNSKEY
  csync,         ///< apex CSYNC
  zonemd,        ///< apex ZONEMD
  nodata,        ///< a type that no apex has
  nsec3param,    ///< apex NSEC3PARAM
  dsboot,        ///< CDS and CDNSKEY where nameservers' operators vouch for them; not of servers
  dsync,         ///< DSYNC below the parent; not of servers
  name_between,  ///< A of each name between the apex and names below that must exist, and of these
};

std::string_view to_text(QuestionId id);

/// A set of questions, by QuestionId.
using QuestionSet = std::bitset<16>;

constexpr QuestionSet set_of(std::initializer_list<QuestionId> ids) {
  return bits_of<16>(ids);
}

/// One question put to one address, with what came of it.
struct Answer {
  QuestionId id{};
  dns::FollowedExchange exchange;
  bool carried_over = false;  ///< asked in an earlier round: its cadence is longer than the round's
};

/// One distinct address of the zone's servers, asked once however many names point at it.
struct AddressObservation {
  dns::IpAddress address;
  bool may_ask = true;  ///< false: the address policy forbids it; nothing was sent
  /// In the order of QuestionId. That no server has CDS and CDNSKEY, CSYNC or ZONEMD records is
  /// said in the round that asked only.
  std::vector<Answer> answers;
  std::uint32_t timeouts_udp = 0;  ///< attempts of this round's questions that timed out
  std::uint32_t timeouts_tcp = 0;
  std::uint32_t queries_udp = 0;  ///< attempts of this round's questions
  std::uint32_t queries_tcp = 0;

  /// The first answer to `id`, or null when it was not asked.
  const Answer* find(QuestionId id) const;
};

/// A name of the parent's or the child's NS RRset.
struct Nameserver {
  dns::Name name;
  bool in_parent = false;
  bool in_child = false;             ///< in the apex NS RRset of at least one server
  std::vector<dns::IpAddress> glue;  ///< from the parent's referrals, without repeats
  dns::Resolution a;                 ///< both are asked for whatever family servers are asked over
  dns::Resolution aaaa;
  /// Down to the zone that holds its addresses; null inside the surveyed zone (judged by its
  /// servers) and when not looked for.
  std::shared_ptr<const dns::dnssec::PathZone> path;
};

/// One nameserver at one address: what is asked, and what the S labels name.
struct Server {
  dns::Name nameserver;
  std::size_t address = 0;  ///< index into Survey::addresses
  bool from_glue = false;
  bool from_resolution = false;
  bool from_last_known = false;  ///< only remembered: neither glue nor resolution gives it now
};

/// What one address of the parent said about the delegation.
struct ParentServer {
  dns::Name nameserver;
  dns::IpAddress address;
  dns::FollowedExchange ns;  ///< `first` may be null when not asked
  dns::FollowedExchange ds;  ///< `first` may be null when not asked
};

/// The delegation as the parent's servers tell it; may be older than the round.
struct Delegation {
  dns::WallTime observed{};
  dns::ParentSearch parent;           ///< not found for the root, and when the path is broken
  std::vector<ParentServer> servers;  ///< the latest word of each parent address asked
};

/// Whether the vantage itself can use a family over a transport.
enum class Usable : std::uint8_t { unknown, yes, no };

struct Vantage {
  Usable udp_ipv4 = Usable::unknown;
  Usable tcp_ipv4 = Usable::unknown;
  Usable udp_ipv6 = Usable::unknown;
  Usable tcp_ipv6 = Usable::unknown;

  Usable of(dns::Family family, dns::Transport transport) const;
};

/// Our own ways down from the root, other than the survey's own; survey/walks.hpp says when.
enum class WalkId : std::uint8_t {
  ipv4,   ///< to the apex SOA, with IPv4 only
  ipv6,   ///< the same with IPv6 only
  above,  ///< A of a name above the zone that is no zone itself, with either family
};

/// A set of them, by WalkId.
using WalkSet = std::bitset<3>;

constexpr WalkSet walk_set_of(std::initializer_list<WalkId> ids) {
  return bits_of<3>(ids);
}

/// What one of them came to; may be older than the round. `end` has no records, and of a good end
/// no exchange.
struct OwnWalk {
  WalkId id{};
  dns::Resolution end;

  /// It was over one family, and came neither to an answer, a denial nor an alias.
  bool is_stuck() const;
};

struct Survey {
  dns::Name zone;
  std::uint16_t port = 53;  ///< where servers are asked; not 53 only in labs and private roots
  dns::WallTime started{};
  dns::WallTime finished{};  ///< the time of judgement
  dns::Duration duration{};
  bool partial = false;  ///< the deadline cut it short
  Vantage vantage;
  Delegation delegation;
  /// Down to the parent; null for the root, for a trust anchor's own zone, and when nothing of it
  /// was found.
  std::shared_ptr<const dns::dnssec::PathZone> path;
  std::vector<Nameserver> nameservers;        ///< sorted by name
  std::vector<AddressObservation> addresses;  ///< sorted by address
  std::vector<Server> servers;                ///< sorted by name, then address
  /// Over families that serve the zone and can be used here; without those not known yet.
  std::vector<OwnWalk> walks;
  /// In the order of the configuration; without those that are not known yet.
  std::vector<ResolverObservation> resolvers;
  Signals signals;
};

}  // namespace survey
