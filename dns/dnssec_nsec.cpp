#include "dns/dnssec_nsec.hpp"

#include <algorithm>
#include <utility>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "dns/wire.hpp"

namespace dns::dnssec {
namespace {

constexpr std::string_view kBase32Hex = "0123456789abcdefghijklmnopqrstuv";

/// 20 octets are 160 bits: 32 digits of five bits each, without padding.
constexpr std::size_t kHashDigits = 32;

int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'v') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'V') return digit - 'A' + 10;
  return -1;
}

}  // namespace

bool TypeBitmap::has(RRType type) const {
  const auto number = static_cast<unsigned>(type);
  for (std::size_t at = 0; at + 2 <= octets_.size();) {
    const std::size_t length = octets_[at + 1];
    if (octets_[at] == number >> 8) {
      const std::size_t octet = (number & 0xff) / 8;
      return octet < length && at + 2 + octet < octets_.size() &&
             (octets_[at + 2 + octet] >> (7 - number % 8) & 1) != 0;
    }
    at += 2 + length;
  }
  return false;
}

bool TypeBitmap::has_only(std::initializer_list<RRType> types) const {
  for (std::size_t at = 0; at + 2 <= octets_.size();) {
    const std::size_t length = octets_[at + 1];
    for (std::size_t i = 0; i < length * 8 && at + 2 + i / 8 < octets_.size(); ++i) {
      if ((octets_[at + 2 + i / 8] >> (7 - i % 8) & 1) == 0) continue;
      const auto type = static_cast<RRType>(octets_[at] << 8 | static_cast<int>(i));
      if (std::find(types.begin(), types.end(), type) == types.end()) return false;
    }
    at += 2 + length;
  }
  return true;
}

std::optional<Nsec> parse_nsec(std::span<const std::uint8_t> rdata) {
  if (wire::check_rdata(RRType::nsec, rdata) != wire::Fault::none) return std::nullopt;
  std::size_t at = 0;
  wire::DecodedName next;
  wire::decode_name(rdata, at, rdata.size(), wire::Compression::refused, next);
  return Nsec{wire::name_from_checked(next.view()), TypeBitmap(rdata.subspan(at))};
}

std::optional<Nsec3> parse_nsec3(std::span<const std::uint8_t> rdata) {
  if (wire::check_rdata(RRType::nsec3, rdata) != wire::Fault::none) return std::nullopt;
  Nsec3 nsec3;
  nsec3.hash_algorithm = rdata[0];
  nsec3.flags = rdata[1];
  nsec3.iterations = wire::read_u16(&rdata[2]);
  const auto salt = rdata.subspan(5, rdata[4]);
  nsec3.salt.assign(salt.begin(), salt.end());
  const auto rest = rdata.subspan(5 + salt.size());
  const auto next = rest.subspan(1, rest[0]);
  nsec3.next.assign(next.begin(), next.end());
  nsec3.types = TypeBitmap(rest.subspan(1 + next.size()));
  return nsec3;
}

std::optional<Nsec3Hash> nsec3_hash_from_label(std::string_view label) {
  if (label.size() != kHashDigits) return std::nullopt;
  Nsec3Hash hash{};
  unsigned bits = 0;
  int count = 0;
  std::size_t at = 0;
  for (const char digit : label) {
    const int value = digit_value(digit);
    if (value < 0) return std::nullopt;
    bits = (bits << 5 | static_cast<unsigned>(value)) & 0xffff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    hash[at++] = static_cast<std::uint8_t>(bits >> count);
  }
  return hash;
}

std::string nsec3_label(const Nsec3Hash& hash) {
  std::string label;
  label.reserve(kHashDigits);
  unsigned bits = 0;
  int count = 0;
  for (const std::uint8_t octet : hash) {
    bits = (bits << 8 | octet) & 0xffff;
    count += 8;
    for (; count >= 5; count -= 5) label += kBase32Hex[bits >> (count - 5) & 0x1f];
  }
  return label;
}

void Nsec3Hasher::ContextFree::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Nsec3Hasher::Nsec3Hasher(std::uint16_t iterations, Bytes salt)
    : iterations_(iterations),
      salt_(std::move(salt)),
      sha1_(EVP_MD_fetch(nullptr, "SHA1", nullptr)),
      context_(EVP_MD_CTX_new()) {
  ERR_clear_error();
}

std::optional<Nsec3Hash> Nsec3Hasher::hash(const Name& name) {
  const auto known = done_.find(name);
  if (known != done_.end()) return known->second;
  if (!sha1_ || !context_) return std::nullopt;
  const Name lowered = name.lowered();
  Nsec3Hash hash{};
  const void* input = lowered.wire().data();
  std::size_t size = lowered.wire().size();
  for (unsigned round = 0; round <= iterations_; ++round) {
    if (EVP_DigestInit_ex2(context_.get(), sha1_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), input, size) != 1 ||
        EVP_DigestUpdate(context_.get(), salt_.data(), salt_.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) != 1) {
      ERR_clear_error();
      return std::nullopt;
    }
    input = hash.data();
    size = hash.size();
  }
  done_.emplace(name, hash);
  return hash;
}

}  // namespace dns::dnssec
