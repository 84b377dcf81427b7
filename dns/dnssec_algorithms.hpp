// What is registered about DNSSEC signature algorithms and DS digests, and what this project can
// verify: the IANA registries "DNS Security Algorithm Numbers" and "Digest Algorithms", which are
// the source of the requirements since RFC 9904, with the updates of RFC 9905 (SHA-1) and RFC 9906
// (GOST R 34.11-94 and ECC-GOST).
//
// Constant tables; safe to read from several threads. No errors: an unregistered number has an
// entry of its own, whose name is the number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dns::dnssec {

/// The words of RFC 2119 as the registries use them.
enum class Advice : std::uint8_t { must_not, not_recommended, may, recommended, must };

/// "MUST NOT", "NOT RECOMMENDED", ...
std::string_view to_text(Advice advice);

/// Signature algorithms this project can verify (IANA numbers).
enum class Algorithm : std::uint8_t {
  rsasha1 = 5,
  rsasha1_nsec3_sha1 = 7,
  rsasha256 = 8,
  rsasha512 = 10,
  ecdsap256sha256 = 13,
  ecdsap384sha384 = 14,
  ed25519 = 15,
  ed448 = 16,
};

/// DS digests this project can compute (IANA numbers).
enum class Digest : std::uint8_t { sha1 = 1, sha256 = 2, sha384 = 4 };

/// A row of the registry of signature algorithms.
struct AlgorithmInfo {
  std::string_view mnemonic;           ///< "ECDSAP256SHA256"; empty for a number without a row
  Advice sign = Advice::must_not;      ///< column "Use for DNSSEC Signing"
  Advice validate = Advice::must_not;  ///< column "Use for DNSSEC Validation"
  /// True when the Verifier knows the algorithm. The policy of the cryptographic library may still
  /// refuse SHA-1: Verifier::supports() has the last word.
  bool known = false;

  /// Zones should move away from it: signing with it is advised against.
  bool deprecated() const { return sign <= Advice::not_recommended; }
};

/// A row of the registry of DS digests.
struct DigestInfo {
  std::string_view mnemonic;           ///< "SHA-256"; empty for a number without a row
  Advice delegate = Advice::must_not;  ///< column "Use for DNSSEC Delegation"
  Advice validate = Advice::must_not;  ///< column "Use for DNSSEC Validation"
  bool known = false;                  ///< this project can compute it
  std::uint8_t size = 0;               ///< octets of the digest; 0 when not `known`

  bool deprecated() const { return delegate <= Advice::not_recommended; }
};

/// The row of a number; of an unregistered number one that advises against any use.
const AlgorithmInfo& algorithm_info(std::uint8_t number);
const DigestInfo& digest_info(std::uint8_t number);

/// For people: "ECDSAP256SHA256 (13)", "algorithm 99".
std::string algorithm_text(std::uint8_t number);
/// For people: "SHA-256 (2)", "digest type 99".
std::string digest_text(std::uint8_t number);

}  // namespace dns::dnssec
