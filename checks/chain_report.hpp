// The chain of trust as a report tells it: the zones from the trust anchor down, with the DS
// records and keys that link them, and the link that decided. Plain immutable values without
// references into the Survey; bounded whatever the servers sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dns/address.hpp"
#include "dns/dnssec_anchoring.hpp"
#include "dns/dnssec_validation.hpp"
#include "dns/name.hpp"

namespace checks {

struct Facts;

// What a report keeps; of the rest it has the number. People stop reading long before.
inline constexpr std::size_t kMaxChainSteps = 16;
inline constexpr std::size_t kMaxChainDs = 12;
inline constexpr std::size_t kMaxChainKeys = 12;
inline constexpr std::size_t kMaxChainKeySets = 6;

/// One signature: what it is worth, and its dates.
struct ChainSignature {
  dns::dnssec::SignatureStatus status = dns::dnssec::SignatureStatus::missing;
  std::uint16_t key_tag = 0;
  dns::dnssec::Seconds inception{};  ///< epoch without a signature that could be read
  dns::dnssec::Seconds expiration{};

  friend bool operator==(const ChainSignature&, const ChainSignature&) = default;
};

/// A DS record, or a trust anchor.
struct ChainDs {
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t digest_type = 0;  ///< 0 for a trust anchor that is a DNSKEY
  std::string digest;            ///< upper case hexadecimal, cut at 64 octets of digest
  /// Nothing while no keys were seen to compare it with.
  std::optional<dns::dnssec::AnchorStatus> status;

  friend bool operator==(const ChainDs&, const ChainDs&) = default;
};

struct ChainKey {
  std::uint16_t tag = 0;
  std::uint16_t flags = 0;
  std::uint8_t algorithm = 0;
  bool trusted = false;      ///< a DS or trust anchor stands for it
  ChainSignature signature;  ///< by this key over the key set

  friend bool operator==(const ChainKey&, const ChainKey&) = default;
};

/// A DNSKEY RRset, and who serves it.
struct ChainKeySet {
  std::vector<std::uint16_t> servers;  ///< indexes into ZoneReport::servers; empty for an ancestor
  std::string fault;  ///< why validators get nothing of use here, without full stop; else empty
  std::vector<ChainKey> keys;  ///< trusted ones first
  std::size_t keys_left_out = 0;

  friend bool operator==(const ChainKeySet&, const ChainKeySet&) = default;
};

/// One zone of the chain.
struct ChainStep {
  dns::Name zone;
  dns::dnssec::Status status = dns::dnssec::Status::indeterminate;
  bool is_anchor = false;  ///< `ds` are configured trust anchors, not records of a parent
  bool decides = false;    ///< the first link that is not secure
  bool broken = false;     ///< it decides, and is a fault: bogus, or an anchor that fails
  bool is_island = false;  ///< signed, but without DS
  std::string reason;    ///< of the deciding link, and of what is below it: a sentence; else empty
  bool ds_known = true;  ///< false: no usable answer told whether there are any
  std::vector<ChainDs> ds;
  std::size_t ds_left_out = 0;
  std::optional<dns::IpAddress> ds_from;       ///< the parent's server that gave them
  std::optional<ChainSignature> ds_signature;  ///< over them
  std::vector<ChainKeySet> key_sets;           ///< one for all servers that serve and fail alike
  std::size_t key_sets_left_out = 0;

  friend bool operator==(const ChainStep&, const ChainStep&) = default;
};

struct ChainReport {
  /// From the trust anchor to the zone itself, which is last; never null. Only that one without a
  /// path. Empty in a report that was not made by judge().
  std::vector<std::shared_ptr<const ChainStep>> steps;
  std::size_t left_out = 0;  ///< steps above the last kMaxChainSteps - 1, below the first

  /// The step that decided, or null when all are secure.
  const ChainStep* deciding() const;
};

/// Lets reports share what they say of common ancestors. Changes nothing of what they say. Bounded;
/// thread-safe.
class ChainMemory {
 public:
  /// `step`, or the equal one that was given before.
  std::shared_ptr<const ChainStep> shared(ChainStep&& step);

 private:
  std::mutex mutex_;
  std::map<dns::Name, std::shared_ptr<const ChainStep>> steps_;
};

/// Describes the chain down to the zone of `facts`. The servers are those of ZoneReport::servers,
/// in their order. `memory` may be null.
ChainReport describe_chain(const Facts& facts, ChainMemory* memory);

}  // namespace checks
