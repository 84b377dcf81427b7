// The denial part of the facts: the records by which an address denies what does not exist, what
// they prove, and what they say of names and types that do exist. Part of checks/facts.hpp; lives
// and dies with the Facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_nsec.hpp"
#include "dns/exchange.hpp"

namespace checks {

/// What a server says about a type that its apex cannot have.
enum class NodataKind : std::uint8_t {
  unknown,   ///< not asked, or no answer
  nodata,    ///< NOERROR without data
  nxdomain,  ///< claims that the zone's own name does not exist
  referral,  ///< without SOA and with NS: to resolvers a referral
  data,      ///< there is an answer after all
  error,     ///< an error RCODE
  lame,      ///< no authority
};

struct NodataFacts {
  NodataKind kind = NodataKind::unknown;
  const dns::Exchange* exchange = nullptr;
  bool soa = false;          ///< the zone's SOA stands in the authority section
  bool foreign_soa = false;  ///< a SOA of another owner does
};

/// An answer without data for a name or type of the zone, judged by the address's keys.
struct JudgedDenial {
  dns::dnssec::DenialQuestion question;
  dns::dnssec::DenialVerdict verdict;
  const dns::Exchange* exchange = nullptr;
};

/// Which answers of an address were asked for at one time, and so are of one version of the zone.
enum class Asked : std::uint8_t { each_round, slowly };

/// A denial record whose signature is right in every respect but, maybe, time.
struct SeenNsec {
  const dns::Record* record = nullptr;
  const dns::Exchange* exchange = nullptr;
  Asked asked{};
  dns::dnssec::Nsec nsec;
};
struct SeenNsec3 {
  const dns::Record* record = nullptr;
  const dns::Exchange* exchange = nullptr;
  Asked asked{};
  dns::dnssec::Nsec3 nsec3;
  /// Nothing when the owner's first label spells no hash, or is not directly below the apex.
  std::optional<dns::dnssec::Nsec3Hash> owner;

  /// Algorithm, iterations and salt are those of `other`: both are of one chain.
  bool is_of_chain(const SeenNsec3& other) const;
};

/// A denial record that says of a name with signed data that it does not exist.
struct CoveredName {
  dns::Name name;
  const dns::Record* record = nullptr;
  const dns::Exchange* exchange = nullptr;
};

/// The types that the apex has by the record that stands for it in the chain.
struct ApexTypes {
  dns::dnssec::TypeBitmap types;
  dns::dnssec::DenialMethod method{};
  Asked asked{};
  const dns::Exchange* exchange = nullptr;
};

struct AddressDenial {
  NodataFacts nodata;
  /// Of types that names of the zone do not have; of a random name see AddressDnssec::denial.
  std::vector<JudgedDenial> nodata_denials;
  std::vector<SeenNsec> nsec;
  std::vector<SeenNsec3> nsec3;
  std::vector<ApexTypes> apex;  ///< by each record that was seen
  std::vector<CoveredName> covered;
  std::optional<std::vector<dns::Bytes>> nsec3param;  ///< sorted; empty when proven empty
  const dns::Exchange* nsec3param_exchange = nullptr;
};

}  // namespace checks
