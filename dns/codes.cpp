#include "dns/codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dns {
namespace {

struct TypeName {
  std::uint16_t number;
  std::string_view mnemonic;
};

// IANA "Resource Record (RR) TYPEs", ascending by number.
constexpr auto kTypeNames = std::to_array<TypeName>({
    {1, "A"},           {2, "NS"},        {3, "MD"},        {4, "MF"},       {5, "CNAME"},
    {6, "SOA"},         {7, "MB"},        {8, "MG"},        {9, "MR"},       {10, "NULL"},
    {11, "WKS"},        {12, "PTR"},      {13, "HINFO"},    {14, "MINFO"},   {15, "MX"},
    {16, "TXT"},        {17, "RP"},       {18, "AFSDB"},    {19, "X25"},     {20, "ISDN"},
    {21, "RT"},         {22, "NSAP"},     {23, "NSAP-PTR"}, {24, "SIG"},     {25, "KEY"},
    {26, "PX"},         {27, "GPOS"},     {28, "AAAA"},     {29, "LOC"},     {30, "NXT"},
    {31, "EID"},        {32, "NIMLOC"},   {33, "SRV"},      {34, "ATMA"},    {35, "NAPTR"},
    {36, "KX"},         {37, "CERT"},     {38, "A6"},       {39, "DNAME"},   {40, "SINK"},
    {41, "OPT"},        {42, "APL"},      {43, "DS"},       {44, "SSHFP"},   {45, "IPSECKEY"},
    {46, "RRSIG"},      {47, "NSEC"},     {48, "DNSKEY"},   {49, "DHCID"},   {50, "NSEC3"},
    {51, "NSEC3PARAM"}, {52, "TLSA"},     {53, "SMIMEA"},   {55, "HIP"},     {56, "NINFO"},
    {57, "RKEY"},       {58, "TALINK"},   {59, "CDS"},      {60, "CDNSKEY"}, {61, "OPENPGPKEY"},
    {62, "CSYNC"},      {63, "ZONEMD"},   {64, "SVCB"},     {65, "HTTPS"},   {66, "DSYNC"},
    {67, "HHIT"},       {68, "BRID"},     {99, "SPF"},      {100, "UINFO"},  {101, "UID"},
    {102, "GID"},       {103, "UNSPEC"},  {104, "NID"},     {105, "L32"},    {106, "L64"},
    {107, "LP"},        {108, "EUI48"},   {109, "EUI64"},   {128, "NXNAME"}, {249, "TKEY"},
    {250, "TSIG"},      {251, "IXFR"},    {252, "AXFR"},    {253, "MAILB"},  {254, "MAILA"},
    {255, "ANY"},       {256, "URI"},     {257, "CAA"},     {258, "AVC"},    {259, "DOA"},
    {260, "AMTRELAY"},  {261, "RESINFO"}, {262, "WALLET"},  {263, "CLA"},    {264, "IPN"},
    {32768, "TA"},      {32769, "DLV"},
});
static_assert(std::is_sorted(kTypeNames.begin(), kTypeNames.end(),
                             [](const TypeName& a, const TypeName& b) {
                               return a.number < b.number;
                             }));

// IANA "DNS RCODEs". 16 is BADVERS in OPT and BADSIG in TSIG, which is never accepted here.
constexpr auto kRcodeNames = std::to_array<std::string_view>({
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",  "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE",  "DSOTYPENI", "",        "",        "",         "",
    "BADVERS", "BADKEY",  "BADTIME",  "BADMODE",   "BADNAME", "BADALG",  "BADTRUNC", "BADCOOKIE",
});

// IANA "Extended DNS Error Codes" (RFC 8914 section 5.2 and later registrations).
constexpr auto kEdePurposes = std::to_array<std::string_view>({
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDomain Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
    "Rate Limited",
    "Over Quota",
    "Negative Trust Anchor",
    "New Delegation Only",
    "Blocked by Upstream DNS Server",
});

bool equal_ignoring_case(std::string_view text, std::string_view upper) {
  return text.size() == upper.size() &&
         std::equal(text.begin(), text.end(), upper.begin(), [](char c, char want) {
           return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == want;
         });
}

// Empty for a type without a name.
std::string_view mnemonic_of(RRType type) {
  const auto number = static_cast<std::uint16_t>(type);
  const auto* found = std::lower_bound(
      kTypeNames.begin(), kTypeNames.end(), number,
      [](const TypeName& entry, std::uint16_t wanted) { return entry.number < wanted; });
  const bool known = found != kTypeNames.end() && found->number == number;
  return known ? found->mnemonic : std::string_view();
}

}  // namespace

std::string to_text(RRType type) {
  const std::string_view mnemonic = mnemonic_of(type);
  if (!mnemonic.empty()) return std::string(mnemonic);
  return "TYPE" + std::to_string(static_cast<std::uint16_t>(type));
}

bool has_mnemonic(RRType type) {
  return !mnemonic_of(type).empty();
}

std::string to_text(Rcode rcode) {
  const auto number = static_cast<std::uint16_t>(rcode);
  if (number < kRcodeNames.size() && !kRcodeNames[number].empty()) {
    return std::string(kRcodeNames[number]);
  }
  return "RCODE" + std::to_string(number);
}

std::string_view to_text(Family family) {
  return family == Family::ipv4 ? "ipv4" : "ipv6";
}

std::string_view to_text(Transport transport) {
  return transport == Transport::udp ? "udp" : "tcp";
}

std::optional<RRType> rrtype_from_text(std::string_view text) {
  for (const TypeName& entry : kTypeNames) {
    if (equal_ignoring_case(text, entry.mnemonic)) return static_cast<RRType>(entry.number);
  }
  constexpr std::string_view kPrefix = "TYPE";
  if (text.size() <= kPrefix.size() || text.size() > kPrefix.size() + 5 ||
      !equal_ignoring_case(text.substr(0, kPrefix.size()), kPrefix)) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(kPrefix.size());
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return static_cast<RRType>(number);
}

std::string_view ede_purpose(std::uint16_t info_code) {
  return info_code < kEdePurposes.size() ? kEdePurposes[info_code] : std::string_view();
}

}  // namespace dns
