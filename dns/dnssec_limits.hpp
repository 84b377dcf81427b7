// How much work one answer may cause, whoever wrote it: the bounds of DNSSEC judgement in one
// place, and the budget that counts it. Meeting a bound is a reason of its own in every verdict,
// never silence.
//
// The budget counts what an answer asks for, not what a memo saves: a verdict does not depend on
// what was judged before.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dns::dnssec {

// KeyTrap, CVE-2023-50387: keys with colliding tags times signatures makes quadratic work.

/// Keys tried for one signature. Honest zones have one key per tag and algorithm.
inline constexpr std::size_t kMaxKeysPerTag = 4;
/// Verifications for one RRset. An algorithm rollover with double signatures needs four.
inline constexpr std::uint32_t kMaxVerificationsPerRrset = 8;
/// Verifications for one answer: a signed referral with denial needs six, an answer with the
/// addresses of thirteen nameservers some thirty.
inline constexpr std::uint32_t kMaxVerificationsPerAnswer = 64;
/// Signatures of one RRset of which a verdict is kept.
inline constexpr std::size_t kMaxSignaturesPerRrset = 64;
/// DS records, or other anchors, of one zone that are compared with its keys.
inline constexpr std::size_t kMaxAnchorsPerZone = 32;

// NSEC3 hashing, CVE-2023-50868: iterations times the labels of a name make the work of a proof.

/// More iterations than this make a denial insecure instead of being computed (RFC 9276
/// section 3.2; resolvers draw the line at 50 or 150).
inline constexpr std::uint16_t kMaxNsec3Iterations = 150;
/// Applications of the hash function for one answer: 13 labels at the limit above, or a name of any
/// depth without extra iterations.
inline constexpr std::uint32_t kMaxNsec3HashesPerAnswer = 2048;
/// NSEC or NSEC3 records of one answer that are looked at. An honest proof needs three.
inline constexpr std::size_t kMaxDenialRecords = 16;

// RSA keys. A verification costs the square of the modulus times the length of the exponent.

/// RFC 3110 section 2, RFC 5702 section 2.
inline constexpr int kMinRsaModulusBits = 512;
inline constexpr int kMaxRsaModulusBits = 4096;
/// What OpenSSL allows for long moduli, here for all (CVE-2006-2940).
inline constexpr int kMaxRsaExponentBits = 64;

/// The work left for one answer. Not thread-safe: one for each answer under judgement.
class WorkBudget {
 public:
  WorkBudget() = default;
  WorkBudget(std::uint32_t verifications, std::uint32_t hashes)
      : verifications_(verifications), hashes_(hashes) {}

  /// Takes so many verifications; false, and nothing taken, when fewer are left.
  bool take_verifications(std::uint32_t count) { return take(verifications_, count); }
  /// Takes so many applications of the NSEC3 hash function; false, and nothing taken, when fewer
  /// are left.
  bool take_hashes(std::uint32_t count) { return take(hashes_, count); }
  std::uint32_t verifications_left() const { return verifications_; }

 private:
  static bool take(std::uint32_t& left, std::uint32_t count) {
    if (count > left) return false;
    left -= count;
    return true;
  }

  std::uint32_t verifications_ = kMaxVerificationsPerAnswer;
  std::uint32_t hashes_ = kMaxNsec3HashesPerAnswer;
};

}  // namespace dns::dnssec
