// What a scripted server does wrong, as data, and the pure function that does it: from a query and
// the right reply to what goes out, how, when and from where. Thread-safe: only values.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/address.hpp"
#include "tests/lab/wire.hpp"

namespace lab {

enum class FaultKind {
  drop,              ///< no answer; the connection stays open
  lose,              ///< no answer to a random share of the UDP queries
  slow,              ///< the answer comes late
  close,             ///< TCP: closes instead of answering
  reset,             ///< TCP: resets instead of answering
  rcode,             ///< an error instead of the answer
  nxdomain,          ///< NXDOMAIN with authority, as from a server of the parent
  no_empty_names,    ///< NXDOMAIN instead of NODATA below the apex, as if only data made a name
  no_aa,             ///< the right answer without AA
  like_a_resolver,   ///< the right answer without AA and with RA
  upward_referral,   ///< the root's NS records
  bare_referral,     ///< referrals without DS and without proof
  self_referral,     ///< the zone's own NS records, without AA
  truncate,          ///< UDP: always TC=1 and no records
  foreign_keys,      ///< beside the DNSKEY records the same at a name below the zone's
  no_edns,           ///< FORMERR without OPT to a query with OPT
  drop_edns,         ///< no answer to a query with OPT
  wrong_id,          ///< another message id
  wrong_source,      ///< UDP: sent from another address
  wrong_question,    ///< another name in the question section
  query_echo,        ///< the query itself comes back (QR=0)
  garbage,           ///< the id, then noise
  empty,             ///< a datagram, or a TCP frame, of length 0
  cut_short,         ///< ends in the middle of the last record
  trailing_octets,   ///< octets after the last record
  oversized_counts,  ///< ANCOUNT is 65535
  pointer_loop,      ///< an owner name that is a pointer to itself
  forward_pointer,   ///< an owner name that points past the end
  wrong_rdlength,    ///< RDLENGTH of the first record is one short
  second_opt,        ///< two OPT records
};

struct Fault {
  FaultKind kind{};
  std::optional<dns::Transport> transport;  ///< nothing: both
  std::vector<dns::RRType> qtypes;          ///< empty: all
  dns::Rcode rcode = dns::Rcode::servfail;  ///< for `rcode`
  std::chrono::milliseconds delay{0};       ///< for `slow`
  double ratio = 0;                         ///< for `lose`, 0 to 1
  dns::IpAddress source;                    ///< for `wrong_source`

  bool applies(const Query& query, dns::Transport over) const;
};

/// The kind written `no-aa`, `wrong-id` and so on in a world file.
std::optional<FaultKind> fault_kind_from_text(std::string_view text);

/// What goes out for one query.
struct Delivery {
  bool nothing = false;
  bool close = false;
  bool reset = false;
  std::chrono::milliseconds delay{0};
  std::optional<dns::IpAddress> source;
  dns::Bytes wire;
};

/// Source of uniform random numbers in [0, 1), for `lose`.
using Random = std::function<double()>;

/// Applies `faults` in their order to the right `reply`. `zone` is the name of the zone that was
/// asked for, `original` the query's octets.
Delivery deliver(const Query& query, std::span<const std::uint8_t> original, Reply reply,
                 const dns::Name& zone, const std::vector<Fault>& faults, dns::Transport transport,
                 const std::string& nsid, const Random& random);

}  // namespace lab
