// rdata_to_text(): ldns writes the types whose form was checked first; the dates of signatures are
// written here, and everything else in the form of RFC 3597 section 5.
#include <algorithm>
#include <chrono>

#include "dns/ldns_wrapper.hpp"
#include "dns/rdata.hpp"
#include "dns/wire.hpp"

namespace dns {
namespace {

constexpr std::uint16_t kSig = 24;
/// Types that ldns is not asked to write: the text of WKS depends on the machine's list of
/// services, which the C library reads into static storage; the name of NSAP-PTR it takes for a
/// character-string; and the bitmap of NXT it writes in a form that nothing reads.
bool is_kept_from_ldns(std::uint16_t type) {
  constexpr std::uint16_t kWks = 11;
  constexpr std::uint16_t kNsapPtr = 23;
  constexpr std::uint16_t kNxt = 30;
  return type == kWks || type == kNsapPtr || type == kNxt;
}

/// RFC 3597 section 5.
std::string generic_text(std::span<const std::uint8_t> rdata) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\\# " + std::to_string(rdata.size());
  if (!rdata.empty()) out += ' ';
  out.reserve(out.size() + 2 * rdata.size());
  for (const std::uint8_t octet : rdata) {
    out += kHex[octet >> 4];
    out += kHex[octet & 0xf];
  }
  return out;
}

/// RFC 4648 section 4.
std::string base64(std::span<const std::uint8_t> octets) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, octets.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? octets[at + i] : 0U);
    for (std::size_t digit = 0; digit < 4; ++digit) {
      out += digit <= count ? kDigits[group >> (18 - 6 * digit) & 0x3f] : '=';
    }
  }
  return out;
}

void append_digits(std::string& out, unsigned value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

/// YYYYMMDDHHmmSS, RFC 4034 section 3.2, reading the date as seconds since 1970 without wrapping.
std::string date_text(std::uint32_t date) {
  using std::chrono::sys_days;
  const std::chrono::sys_seconds time{std::chrono::seconds(date)};
  const sys_days day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day calendar(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out;
  append_digits(out, static_cast<unsigned>(static_cast<int>(calendar.year())), 4);
  append_digits(out, static_cast<unsigned>(calendar.month()), 2);
  append_digits(out, static_cast<unsigned>(calendar.day()), 2);
  append_digits(out, static_cast<unsigned>(clock.hours().count()), 2);
  append_digits(out, static_cast<unsigned>(clock.minutes().count()), 2);
  append_digits(out, static_cast<unsigned>(clock.seconds().count()), 2);
  return out;
}

/// RRSIG and SIG: ldns would go through the C library's time zone for the dates.
std::string signature_text(const Rrsig& rrsig) {
  std::string out = to_text(rrsig.type_covered);
  const auto append = [&out](const std::string& field) { out += ' ' + field; };
  append(std::to_string(rrsig.algorithm));
  append(std::to_string(rrsig.labels));
  append(std::to_string(rrsig.original_ttl));
  append(date_text(rrsig.expiration));
  append(date_text(rrsig.inception));
  append(std::to_string(rrsig.key_tag));
  append(rrsig.signer.to_text());
  append(base64(rrsig.signature));
  return out;
}

/// The octets of a whole record at the root with this RDATA, as ldns reads records.
Bytes as_record(RRType type, std::span<const std::uint8_t> rdata) {
  constexpr std::size_t kFixed = 11;
  const auto number = static_cast<std::uint16_t>(type);
  Bytes record(kFixed + rdata.size());
  record[1] = static_cast<std::uint8_t>(number >> 8);
  record[2] = static_cast<std::uint8_t>(number);
  record[4] = static_cast<std::uint8_t>(RRClass::in);
  record[9] = static_cast<std::uint8_t>(rdata.size() >> 8);
  record[10] = static_cast<std::uint8_t>(rdata.size());
  std::copy(rdata.begin(), rdata.end(), record.begin() + kFixed);
  return record;
}

/// What ldns makes of checked RDATA; empty when it cannot, or when it is not one line of printable
/// ASCII.
std::string ldns_text(RRType type, std::span<const std::uint8_t> rdata) {
  const Bytes record = as_record(type, rdata);
  ldns_rr* raw = nullptr;
  std::size_t position = 0;
  const ldns_status parsed =
      ldns_wire2rr(&raw, record.data(), record.size(), &position, LDNS_SECTION_ANSWER);
  const ldns::Rr rr(raw);
  if (parsed != LDNS_STATUS_OK || !rr || position != record.size()) return {};
  const ldns::Buffer buffer(ldns_buffer_new(LDNS_MIN_BUFLEN));
  if (!buffer) return {};
  for (std::size_t i = 0; i < ldns_rr_rd_count(rr.get()); ++i) {
    const ldns_rdf* const field = ldns_rr_rdf(rr.get(), i);
    if (field == nullptr) return {};
    if (i != 0) ldns_buffer_printf(buffer.get(), " ");
    if (ldns_rdf2buffer_str(buffer.get(), field) != LDNS_STATUS_OK) {
      return {};
    }
  }
  const ldns::String text(ldns_buffer_export2str(buffer.get()));
  if (!text) return {};
  std::string out(text.get());
  while (!out.empty() && out.back() == ' ') out.pop_back();
  const bool printable =
      std::all_of(out.begin(), out.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? out : std::string();
}

}  // namespace

std::string rdata_to_text(RRType type, std::span<const std::uint8_t> rdata) {
  const auto number = static_cast<std::uint16_t>(type);
  const bool checked = rdata.size() <= wire::kMaxMessageSize && !is_kept_from_ldns(number) &&
                       wire::has_known_form(type, RRClass::in) &&
                       wire::check_rdata(type, rdata) == wire::Fault::none;
  if (!checked) return generic_text(rdata);
  if (type == RRType::rrsig || number == kSig) {
    const std::optional<Rrsig> rrsig = parse_rrsig(rdata);
    return rrsig ? signature_text(*rrsig) : generic_text(rdata);
  }
  std::string text = ldns_text(type, rdata);
  return text.empty() ? generic_text(rdata) : text;
}

}  // namespace dns
