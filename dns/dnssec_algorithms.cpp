#include "dns/dnssec_algorithms.hpp"

namespace dns::dnssec {
namespace {

constexpr Advice kMustNot = Advice::must_not;
constexpr Advice kNotRecommended = Advice::not_recommended;
constexpr Advice kMay = Advice::may;
constexpr Advice kRecommended = Advice::recommended;

// Rows as registered. The advice for use says "RECOMMENDED" where that for implementation says
// "MUST".
constexpr AlgorithmInfo kUnregistered{};
constexpr AlgorithmInfo kDelete{"DELETE", kMustNot, kMustNot, false};  // RFC 8078, in CDS alone
constexpr AlgorithmInfo kRsaMd5{"RSAMD5", kMustNot, kMustNot, false};
constexpr AlgorithmInfo kDh{"DH", kMustNot, kMustNot, false};
constexpr AlgorithmInfo kDsa{"DSA", kMustNot, kMustNot, false};
constexpr AlgorithmInfo kRsaSha1{"RSASHA1", kMustNot, kRecommended, true};  // RFC 9905
constexpr AlgorithmInfo kDsaNsec3{"DSA-NSEC3-SHA1", kMustNot, kMustNot, false};
constexpr AlgorithmInfo kRsaSha1Nsec3{"RSASHA1-NSEC3-SHA1", kMustNot, kRecommended, true};
constexpr AlgorithmInfo kRsaSha256{"RSASHA256", kRecommended, kRecommended, true};
constexpr AlgorithmInfo kRsaSha512{"RSASHA512", kNotRecommended, kRecommended, true};
constexpr AlgorithmInfo kEccGost{"ECC-GOST", kMustNot, kMustNot, false};  // RFC 9906
constexpr AlgorithmInfo kEcdsaP256{"ECDSAP256SHA256", kRecommended, kRecommended, true};
constexpr AlgorithmInfo kEcdsaP384{"ECDSAP384SHA384", kMay, kRecommended, true};
constexpr AlgorithmInfo kEd25519{"ED25519", kRecommended, kRecommended, true};
constexpr AlgorithmInfo kEd448{"ED448", kMay, kRecommended, true};
constexpr AlgorithmInfo kSm2Sm3{"SM2SM3", kMay, kMay, false};         // RFC 9563
constexpr AlgorithmInfo kEccGost12{"ECC-GOST12", kMay, kMay, false};  // RFC 9558
constexpr AlgorithmInfo kPrivateDns{"PRIVATEDNS", kMay, kMay, false};
constexpr AlgorithmInfo kPrivateOid{"PRIVATEOID", kMay, kMay, false};

constexpr DigestInfo kNoDigest{};
constexpr DigestInfo kNullDigest{"NULL", kMustNot, kMustNot, false, 0};  // RFC 8078, in CDS alone
constexpr DigestInfo kSha1{"SHA-1", kMustNot, kRecommended, true, 20};   // RFC 9905
constexpr DigestInfo kSha256{"SHA-256", kRecommended, kRecommended, true, 32};
constexpr DigestInfo kGost94{"GOST R 34.11-94", kMustNot, kMustNot, false, 0};  // RFC 9906
constexpr DigestInfo kSha384{"SHA-384", kMay, kRecommended, true, 48};
constexpr DigestInfo kGost2012{"GOST R 34.11-2012", kMay, kMay, false, 0};
constexpr DigestInfo kSm3{"SM3", kMay, kMay, false, 0};

std::string numbered(std::string_view mnemonic, std::string_view what, std::uint8_t number) {
  if (mnemonic.empty()) return std::string(what) + ' ' + std::to_string(number);
  return std::string(mnemonic) + " (" + std::to_string(number) + ")";
}

}  // namespace

std::string_view to_text(Advice advice) {
  switch (advice) {
    case Advice::must_not:
      return "MUST NOT";
    case Advice::not_recommended:
      return "NOT RECOMMENDED";
    case Advice::may:
      return "MAY";
    case Advice::recommended:
      return "RECOMMENDED";
    case Advice::must:
      return "MUST";
  }
  return "";
}

const AlgorithmInfo& algorithm_info(std::uint8_t number) {
  switch (number) {
    case 0:
      return kDelete;
    case 1:
      return kRsaMd5;
    case 2:
      return kDh;
    case 3:
      return kDsa;
    case 5:
      return kRsaSha1;
    case 6:
      return kDsaNsec3;
    case 7:
      return kRsaSha1Nsec3;
    case 8:
      return kRsaSha256;
    case 10:
      return kRsaSha512;
    case 12:
      return kEccGost;
    case 13:
      return kEcdsaP256;
    case 14:
      return kEcdsaP384;
    case 15:
      return kEd25519;
    case 16:
      return kEd448;
    case 17:
      return kSm2Sm3;
    case 23:
      return kEccGost12;
    case 253:
      return kPrivateDns;
    case 254:
      return kPrivateOid;
    default:
      return kUnregistered;
  }
}

const DigestInfo& digest_info(std::uint8_t number) {
  switch (number) {
    case 0:
      return kNullDigest;
    case 1:
      return kSha1;
    case 2:
      return kSha256;
    case 3:
      return kGost94;
    case 4:
      return kSha384;
    case 5:
      return kGost2012;
    case 6:
      return kSm3;
    default:
      return kNoDigest;
  }
}

std::string algorithm_text(std::uint8_t number) {
  return numbered(algorithm_info(number).mnemonic, "algorithm", number);
}

std::string digest_text(std::uint8_t number) {
  return numbered(digest_info(number).mnemonic, "digest type", number);
}

}  // namespace dns::dnssec
