// What several checks need to know, derived once from a Survey (and the History of earlier rounds)
// and then only read: which servers answer with authority, the serials, the delegation as parent
// and zone tell it, the kinds of negative answers, the signatures. No check derives again what
// stands here.
//
// What an unusable vantage brought is not read at all: those transports stay undetermined.
//
// Facts point into the Survey they were made of and into themselves: neither copied nor moved, and
// valid while the Survey lives. Immutable after derive; safe to read from several threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/facts_denial.hpp"
#include "checks/facts_dnssec.hpp"
#include "checks/facts_resolvers.hpp"
#include "checks/facts_signals.hpp"
#include "checks/history.hpp"
#include "checks/settings.hpp"
#include "dns/dnssec_rrset_memory.hpp"
#include "survey/survey.hpp"

namespace checks {

/// The codes of dnszone_nameserver_result.
enum class ServerResult : std::uint8_t {
  ok,
  timeout,
  connection_failed,
  servfail,
  refused,
  nxdomain,
  not_authoritative,
  referral,
  other_rcode,
  malformed,
  unreachable,
  truncated,
  not_asked,
  no_soa,
};

/// What the apex SOA question over one transport came to.
struct TransportFacts {
  ServerResult result = ServerResult::not_asked;
  const dns::Exchange* exchange = nullptr;  ///< that decided `result`; null when nothing was asked
  std::string detail;                       ///< the result for people: "timeout after 3 attempts"
  std::optional<dns::Rcode> rcode;
  std::optional<dns::Soa> soa;  ///< of the zone, in an authoritative answer
  std::uint32_t soa_ttl = 0;
  std::size_t soa_records = 0;  ///< SOA records of the zone in the answer section
  bool foreign_soa = false;     ///< a SOA record of another owner in the answer section
  bool apex_cname = false;      ///< a CNAME record at the apex in the answer section
  std::optional<dns::Duration> response_time;  ///< to the SOA answer, with the retry over TCP
  bool vantage_usable = true;
  bool first_attempt_lost = false;  ///< answered, but not to the first query
  std::uint32_t queries = 0;        ///< attempts of this round's questions
  std::uint32_t timeouts = 0;       ///< of these, that timed out
  std::uint32_t within_limit = 0;   ///< this round's responses within the threshold

  bool determined() const { return result != ServerResult::not_asked; }
  bool up() const { return result == ServerResult::ok; }
  /// Nothing at all came back.
  bool silent() const {
    return result == ServerResult::timeout || result == ServerResult::connection_failed ||
           result == ServerResult::unreachable;
  }
  /// The server says by its answer that it does not, or cannot, serve the zone.
  bool lame() const;
  /// The server answered with another error RCODE.
  bool failed() const { return result == ServerResult::other_rcode && !lame(); }
};

/// What a server says about a name that does not exist.
enum class NegativeKind : std::uint8_t {
  unknown,  ///< not asked, or no answer
  nxdomain,
  nodata,    ///< NOERROR without data: claims that the name exists
  compact,   ///< NODATA with an NSEC record at the name itself (RFC 9824)
  wildcard,  ///< data was synthesised
  dname,     ///< a DNAME at the apex leads away
  error,     ///< an error RCODE
  lame,      ///< no authority, or a referral
};

struct NegativeFacts {
  NegativeKind kind = NegativeKind::unknown;
  const dns::Exchange* exchange = nullptr;
  bool aa = false;
  bool soa = false;  ///< the zone's SOA stands in the authority section
  std::uint32_t soa_ttl = 0;
  std::uint32_t soa_minimum = 0;
};

/// An authoritative answer about the address of an in-domain nameserver.
struct OwnAddressAnswer {
  dns::Name name;
  dns::RRType type{};
  dns::ResponseKind kind{};
  std::vector<dns::IpAddress> addresses;
  const dns::Exchange* exchange = nullptr;
};

/// An answer about a name of the zone below which others must exist.
struct PassedName {
  dns::Name name;
  dns::ResponseKind kind{};
  const dns::Exchange* exchange = nullptr;
};

/// One address, however many nameservers point at it.
struct AddressFacts {
  const survey::AddressObservation* seen = nullptr;
  std::array<TransportFacts, 2> transports;  ///< by dns::Transport
  const TransportFacts* best = nullptr;      ///< UDP if it is up, else TCP if that is; else null
  /// The zone's NS set as served here, sorted; null when not known. Shared, as `dnskeys`, by the
  /// addresses that give it in the same words.
  std::shared_ptr<const std::vector<dns::Name>> ns;
  const dns::Exchange* ns_exchange = nullptr;  ///< the answer to the NS question; null without
  /// Sorted; empty when proven empty, null when not known.
  std::shared_ptr<const std::vector<dns::Bytes>> dnskeys;
  const dns::Exchange* dnskey_exchange = nullptr;
  std::optional<bool> is_signed;
  NegativeFacts negative;
  AddressDnssec dnssec;
  AddressDenial denial;
  std::vector<OwnAddressAnswer> own_addresses;
  std::vector<PassedName> passed_names;
  std::optional<double> expire_option;  ///< EDNS EXPIRE in seconds, as of `expire_option_age` ago
  double expire_option_age = 0;

  const TransportFacts& over(dns::Transport transport) const {
    return transports[static_cast<std::size_t>(transport)];
  }
  bool up() const { return best != nullptr; }
  bool determined() const { return transports[0].determined() || transports[1].determined(); }
  bool failing() const { return determined() && !up(); }
};

struct NameserverFacts {
  const survey::Nameserver* seen = nullptr;
  bool in_domain = false;            ///< at or below the zone
  std::vector<std::size_t> servers;  ///< indexes into Facts::servers
  /// By dns::Family: what the name resolves to; empty when absence is proven, nothing when unknown.
  std::array<std::optional<std::vector<dns::IpAddress>>, 2> addresses;
  std::vector<dns::IpAddress> glue;  ///< from the parent's recent referrals
  NameDnssec dnssec;                 ///< of its addresses

  const std::optional<std::vector<dns::IpAddress>>& of(dns::Family family) const {
    return addresses[static_cast<std::size_t>(family)];
  }
  std::vector<dns::IpAddress> glue_of(dns::Family family) const;
  /// True when it is proven that the name has no address of any family.
  bool proven_empty() const;
};

inline constexpr std::size_t kNotCompared = static_cast<std::size_t>(-1);

/// A row of Survey::servers.
struct ServerFacts {
  const survey::Server* seen = nullptr;
  std::size_t address = 0;            ///< index into Facts::addresses
  std::size_t nameserver = 0;         ///< index into Facts::nameservers
  std::size_t group = kNotCompared;   ///< serial group
  std::optional<std::int64_t> drift;  ///< serials behind the newest of its group
  std::optional<double> drift_seconds;
  std::optional<double> expire_remaining;
  bool stale_glue = false;  ///< only glue gives this address; the name resolves without it
};

/// What one parent address said about the delegation.
enum class ParentWord : std::uint8_t {
  not_asked,
  no_answer,
  error,          ///< an error RCODE, or an answer without authority
  delegation,     ///< a referral with the zone's NS set
  child_data,     ///< the server serves the zone itself too and answers from it
  no_such_name,   ///< NXDOMAIN
  no_delegation,  ///< NODATA: the name exists and is not delegated
};

/// The names and addresses in a referral.
struct Referral {
  std::vector<dns::Name> ns;                              ///< sorted
  std::map<dns::Name, std::vector<dns::IpAddress>> glue;  ///< sorted addresses
};

/// What the parent's addresses say in the same words is read once and shared.
struct ParentFacts {
  const survey::ParentServer* seen = nullptr;
  ParentWord word = ParentWord::not_asked;
  const dns::Exchange* exchange = nullptr;
  bool recent = false;  ///< heard within kOnePass of the newest word; only these count
  bool truncated = false;
  std::shared_ptr<const Referral> referral;  ///< null unless the word is a delegation
  /// Sorted; empty when proven absent, null when not known.
  std::shared_ptr<const std::vector<dns::Bytes>> ds;
  const dns::Exchange* ds_exchange = nullptr;
};

/// Parent addresses are asked in turn and their last words kept. Words further apart than this are
/// not compared: a change of the delegation in between is no contradiction.
inline constexpr std::chrono::minutes kOnePass{2};

struct GlueDifference {
  std::size_t nameserver = 0;
  dns::Family family{};
  std::vector<dns::IpAddress> only_glue;
  std::vector<dns::IpAddress> only_zone;  ///< only in what the name resolves to
};

struct DelegationFacts {
  bool applies = true;  ///< false for the root
  std::vector<ParentFacts> parents;
  std::optional<bool> delegated;
  bool parent_ns_known = false;
  std::vector<dns::Name> parent_ns;  ///< union over the recent referrals, sorted
  bool child_ns_known = false;
  std::vector<dns::Name> child_ns;   ///< union over the answering servers, sorted
  std::vector<dns::Name> reference;  ///< the NS set most servers with the newest serial give
  std::vector<dns::Name> only_parent;
  std::vector<dns::Name> only_child;
  std::vector<GlueDifference> glue_differences;
  std::optional<bool> consistent;
  std::optional<std::size_t> ds_records;
  const dns::Exchange* referral = nullptr;  ///< the newest one; evidence of parent-side findings
};

struct SerialFacts {
  std::optional<std::uint32_t> newest;   ///< of the zone, also of earlier rounds
  std::optional<dns::WallTime> changed;  ///< when `newest` was first seen to replace another
  /// A server that served the newest serial serves a lower one now, and nobody serves the newest.
  bool went_back = false;
  std::optional<std::uint32_t> before;   ///< the newest serial before it went back
  const AddressFacts* source = nullptr;  ///< a server with the newest serial of this round
  std::map<std::size_t, std::uint32_t> newest_of_group;  ///< what drift is measured from
};

/// How much of the zone's service works. Names that share all their addresses count once. What the
/// vantage cannot tell is absent; 0 is proven.
struct ServiceFacts {
  std::size_t names = 0;                                       ///< listed
  std::optional<std::size_t> names_working;                    ///< with an address that is up
  std::array<std::optional<std::size_t>, 2> names_working_of;  ///< by dns::Family
  std::size_t names_complete = 0;  ///< whose every address that was asked is up
  /// Addresses that are up, by dns::Family and dns::Transport.
  std::array<std::array<std::optional<std::size_t>, 2>, 2> addresses_up;
};

struct Facts {
  const survey::Survey& survey;
  dns::WallTime now;
  std::vector<AddressFacts> addresses;
  std::vector<NameserverFacts> nameservers;
  std::vector<ServerFacts> servers;
  DelegationFacts delegation;
  SerialFacts serials;
  ServiceFacts service;
  DnssecFacts dnssec;
  ResolverViewFacts resolvers;
  SignalsFacts signals;

  const AddressFacts& address_of(const ServerFacts& server) const {
    return addresses[server.address];
  }
  const NameserverFacts& nameserver_of(const ServerFacts& server) const {
    return nameservers[server.nameserver];
  }
  const dns::IpAddress& ip(const ServerFacts& server) const {
    return address_of(server).seen->address;
  }
  const dns::Name& name(const ServerFacts& server) const { return server.seen->nameserver; }
  /// Null when no NS set holds the name.
  const NameserverFacts* find_nameserver(const dns::Name& name) const;
  /// True when one of the name's addresses is up over some transport.
  bool works(const NameserverFacts& nameserver) const;
  /// True when no family is known to work over UDP here and one is known not to: what cannot be
  /// found from here says nothing about the zone. A family that is not used has no control targets
  /// and stays unknown.
  bool vantage_is_cut_off() const;
  /// Validators have a reason to validate: what is wrong with signatures harms users.
  bool validators_care() const;
  /// The time an answer speaks for, in seconds since 1970: now, or, for one kept of an earlier
  /// round, when it was got. It says nothing about signatures that were replaced since.
  std::int64_t told_at(const survey::Answer* answer, const dns::Exchange& exchange) const;
  std::int64_t now_seconds() const {
    return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  }

  Facts(const survey::Survey& seen, dns::WallTime at) : survey(seen), now(at) {}
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;
};

/// Derives the facts of `survey`, judged at `now`.
std::unique_ptr<const Facts> derive_facts(const survey::Survey& survey, const History& history,
                                          const ZoneSettings& settings,
                                          const dns::dnssec::Trust& trust, dns::WallTime now);

// The steps of derive_facts, each in a file of its own; each reads what the earlier ones wrote.
// `memory` is of RRsets that the zone's servers give, which are judged once for all of them.
void derive_address_facts(Facts& facts, const ZoneSettings& settings);
void derive_nameserver_facts(Facts& facts);
void derive_serial_facts(Facts& facts, const History& history, const ZoneSettings& settings);
void derive_delegation_facts(Facts& facts);
void derive_service_facts(Facts& facts);
void derive_chain_facts(Facts& facts, const dns::dnssec::Trust& trust);
void derive_dnssec_facts(Facts& facts, const dns::dnssec::Trust& trust,
                         dns::dnssec::RrsetMemory& memory);
void derive_denial_facts(Facts& facts, const dns::dnssec::Trust& trust,
                         dns::dnssec::RrsetMemory& memory);
void derive_name_facts(Facts& facts, const dns::dnssec::Trust& trust);
void derive_apex_facts(Facts& facts, const dns::dnssec::Trust& trust,
                       dns::dnssec::RrsetMemory& memory);
void derive_key_facts(Facts& facts);
void derive_signal_facts(Facts& facts, const dns::dnssec::Trust& trust);
void derive_resolver_facts(Facts& facts);

/// The TTL of the DS records at the parent; nothing without any.
std::optional<std::uint32_t> ds_ttl(const Facts& facts);
/// The largest answer with DNSKEY records whose size is known, or null.
const dns::Exchange* largest_dnskey_answer(const Facts& facts);

/// The newest of some serials in the arithmetic of RFC 1982, which is no total order: the one that
/// is at or ahead of the most others. Nothing for none.
std::optional<std::uint32_t> newest_serial(const std::vector<std::uint32_t>& serials);

}  // namespace checks
