#include "dns/dnssec_trust_anchors.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "dns/dnssec_algorithms.hpp"
#include "dns/dnssec_keys.hpp"
#include "dns/dnssec_limits.hpp"
#include "dns/quote.hpp"

namespace dns::dnssec {
namespace {

/// https://data.iana.org/root-anchors/root-anchors.xml: KSK-2017 and KSK-2024.
constexpr std::string_view kRootAnchors =
    ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
    ". DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

// As kTooManyTrustAnchors says.
static_assert(kMaxTrustAnchors == 256 && kMaxAnchorsPerZone == 32);

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kForm =
    "a trust anchor is written as NAME [TTL] [IN] DS TAG ALGORITHM DIGEST-TYPE DIGEST, or as "
    "NAME [TTL] [IN] DNSKEY FLAGS 3 ALGORITHM KEY";

using Words = std::span<const std::string_view>;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto upper = [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return upper(x) == upper(y); });
}

/// A TTL: seconds, or numbers with units as in "6w".
bool is_ttl(std::string_view word) {
  return !word.empty() && word[0] >= '0' && word[0] <= '9' &&
         word.find_first_not_of("0123456789smhdwSMHDW") == word.npos;
}

void append_u16(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}

template <typename Number>
Result<Number> number(std::string_view word, std::string_view what) {
  Number value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error == std::errc() && end == word.data() + word.size()) return value;
  return fail("the " + std::string(what) + " is a number from 0 to " +
              std::to_string(std::numeric_limits<Number>::max()) + ", not " + quoted(word));
}

std::string joined(Words words) {
  std::string out;
  for (const std::string_view word : words) out += word;
  return out;
}

/// RFC 4648 section 8, in either case; nothing for other text.
std::optional<Bytes> from_base16(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes out;
  out.reserve(text.size() / 2);
  for (; !text.empty(); text.remove_prefix(2)) {
    std::uint8_t octet = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, octet, 16);
    if (error != std::errc() || end != text.data() + 2) return std::nullopt;
    out.push_back(octet);
  }
  return out;
}

/// RFC 4648 section 4, with its padding and without stray bits at the end; nothing for other text.
std::optional<Bytes> from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  for (; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  Bytes out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == kDigits.npos) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(digit)) & 0xFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  if ((bits & ((1U << count) - 1U)) != 0) return std::nullopt;
  return out;
}

constexpr std::size_t kFields = 4;  // of a DS and of a DNSKEY record

/// `words` are the kFields fields, the last of which may be in pieces.
Result<Bytes> read_ds(Words words) {
  const Result<std::uint16_t> tag = number<std::uint16_t>(words[0], "key tag");
  if (!tag) return tl::unexpected(tag.error());
  const Result<std::uint8_t> algorithm = number<std::uint8_t>(words[1], "algorithm");
  if (!algorithm) return tl::unexpected(algorithm.error());
  const Result<std::uint8_t> type = number<std::uint8_t>(words[2], "digest type");
  if (!type) return tl::unexpected(type.error());
  const std::optional<Bytes> digest = from_base16(joined(words.subspan(3)));
  if (!digest || digest->empty()) return fail("the digest is not written in hexadecimal digits");
  const std::size_t size = digest_info(*type).size;
  if (size != 0 && digest->size() != size) {
    return fail("a digest by " + digest_text(*type) + " has " + std::to_string(size) +
                " octets, not " + std::to_string(digest->size()));
  }
  Bytes rdata;
  append_u16(rdata, *tag);
  rdata.push_back(*algorithm);
  rdata.push_back(*type);
  rdata.insert(rdata.end(), digest->begin(), digest->end());
  return rdata;
}

/// As read_ds(). Refuses what validation would refuse whatever a zone serves.
Result<Bytes> read_dnskey(Words words) {
  const Result<std::uint16_t> flags = number<std::uint16_t>(words[0], "flags field");
  if (!flags) return tl::unexpected(flags.error());
  const Result<std::uint8_t> protocol = number<std::uint8_t>(words[1], "protocol");
  if (!protocol) return tl::unexpected(protocol.error());
  const Result<std::uint8_t> algorithm = number<std::uint8_t>(words[2], "algorithm");
  if (!algorithm) return tl::unexpected(algorithm.error());
  const std::optional<Bytes> key = from_base64(joined(words.subspan(3)));
  if (!key || key->empty()) return fail("the public key is not written in base64");
  if ((*flags & kRevokeFlag) != 0) return fail("the key is revoked: remove it");
  if ((*flags & kZoneFlag) == 0)
    return fail("the key is no zone key: its flags are not 256 or 257");
  if (*protocol != kDnssecProtocol) return fail("the protocol of a DNSKEY record is 3");
  return dnskey_rdata({*flags, *protocol, *algorithm, *key});
}

/// One record or directive: its words, from one line or, in parentheses, from several.
struct Entry {
  std::size_t line = 0;         ///< of its beginning
  bool inherits_owner = false;  ///< begins with a blank
  std::vector<std::string_view> words;
  std::string_view state;  ///< what follows ";;state=" in its comments
};

/// Cuts a text into entries; the views in them are of that text.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  std::size_t line() const { return line_; }

  /// Reads to the end of the line, or of the line with the closing parenthesis.
  Result<void> next(Entry& entry) {
    entry = {};
    entry.line = line_;
    entry.inherits_owner = !at_end() && kBlanks.find(text_[at_]) != kBlanks.npos;
    bool inside = false;  // parentheses
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++at_;
        ++line_;
        if (!inside) return {};
      } else if (kBlanks.find(c) != kBlanks.npos) {
        ++at_;
      } else if (c == ';') {
        read_comment(entry);
      } else if (c == '(' || c == ')') {
        if (inside == (c == '(')) return fail("there is a parenthesis too many");
        inside = !inside;
        ++at_;
      } else if (!read_word(entry)) {
        return fail("there are characters other than printable ASCII");
      }
    }
    if (inside) return fail("the parenthesis is not closed");
    return {};
  }

 private:
  void read_comment(Entry& entry) {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view comment = text_.substr(at_, end - at_);
    at_ = end;
    constexpr std::string_view kState = ";;state=";
    const std::size_t state = comment.find(kState);
    if (state == comment.npos) return;
    entry.state = comment.substr(state + kState.size());
    entry.state = entry.state.substr(0, entry.state.find_first_of(" \t\r;"));
    // Present, though with nothing in it, is not absent.
    if (entry.state.empty()) entry.state = "?";
  }

  /// False at a character that cannot stand in a word.
  bool read_word(Entry& entry) {
    const std::size_t begin = at_;
    constexpr std::string_view kEnds = " \t\r\n;()";
    while (!at_end() && kEnds.find(text_[at_]) == kEnds.npos) {
      // An escaped character does not end a name.
      const bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n';
      for (const std::size_t end = at_ + (escape ? 2 : 1); at_ < end; ++at_) {
        if (text_[at_] < ' ' || text_[at_] > '~') return false;
      }
    }
    entry.words.push_back(text_.substr(begin, at_ - begin));
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// Makes records of entries.
class Reader {
 public:
  /// The record of an entry; nothing for an empty line, for a directive, and for a key whose state
  /// says that it is no anchor.
  Result<std::optional<Record>> read(const Entry& entry) {
    Words words = entry.words;
    if (words.empty()) return std::nullopt;
    if (words[0].starts_with('$')) return read_directive(words);
    if (!entry.inherits_owner) {
      Result<Name> owner = words[0] == "@" ? Name() : Name::from_text(words[0]);
      if (!owner) return tl::unexpected(owner.error());
      owner_ = *std::move(owner);
      words = words.subspan(1);
    }
    if (!owner_) return fail("the first record has no owner name");
    for (int field = 0; field < 2 && !words.empty(); ++field) {
      if (!equal_ignoring_case(words[0], "IN") && !is_ttl(words[0])) break;
      words = words.subspan(1);
    }
    if (!entry.state.empty()) {
      const Result<bool> trusted = is_trusted(entry.state);
      if (!trusted) return tl::unexpected(trusted.error());
      if (!*trusted) return std::nullopt;
    }
    return read_record(words);
  }

 private:
  static Result<std::optional<Record>> read_directive(Words words) {
    const bool ttl = equal_ignoring_case(words[0], "$TTL") && words.size() == 2 && is_ttl(words[1]);
    const bool origin =
        equal_ignoring_case(words[0], "$ORIGIN") && words.size() == 2 && words[1] == ".";
    if (ttl || origin) return std::nullopt;
    return fail("only the directives $TTL SECONDS and $ORIGIN . are allowed");
  }

  /// The states of RFC 5011 section 4, as numbered by the software that writes them.
  static Result<bool> is_trusted(std::string_view state) {
    if (state == "2" || state == "3") return true;  // valid; missing, and valid all the same
    constexpr std::array<std::string_view, 4> kOthers{"0", "1", "4", "5"};
    if (std::find(kOthers.begin(), kOthers.end(), state) != kOthers.end()) return false;
    return fail("the state of a key is a number from 0 to 5, not " + quoted(state));
  }

  Result<std::optional<Record>> read_record(Words words) const {
    if (words.empty()) return fail(std::string(kForm));
    const bool ds = equal_ignoring_case(words[0], "DS");
    if (!ds && !equal_ignoring_case(words[0], "DNSKEY")) {
      return fail("trust anchors are DS and DNSKEY records, not " + quoted(words[0]));
    }
    words = words.subspan(1);
    if (words.size() < kFields) return fail(std::string(kForm));
    Result<Bytes> rdata = ds ? read_ds(words) : read_dnskey(words);
    if (!rdata) return tl::unexpected(rdata.error());
    if (rdata->size() > std::numeric_limits<std::uint16_t>::max()) {
      return fail("the record is longer than 65535 octets");
    }
    return Record{*owner_, ds ? RRType::ds : RRType::dnskey, RRClass::in, 0, *std::move(rdata)};
  }

  std::optional<Name> owner_;
};

bool has_form(const Record& record) {
  if (record.rrclass != RRClass::in) return false;
  if (record.type == RRType::ds) return parse_ds(record.rdata).has_value();
  if (record.type != RRType::dnskey) return false;
  const std::optional<Dnskey> key = parse_dnskey(record.rdata);
  return key && !key->public_key.empty();
}

/// Whether the text is of a size to be read at all.
Result<void> check_size(std::string_view text) {
  if (text.size() > kMaxTrustAnchorText) return fail("the trust anchors are larger than 1 MiB");
  return {};
}

}  // namespace

bool TrustAnchors::add(Record record) {
  if (!has_form(record) || contains(record)) return false;
  if (records_.size() == kMaxTrustAnchors) return false;
  if (of(record.owner).size() == kMaxAnchorsPerZone) return false;
  record.ttl = 0;
  records_.push_back(std::move(record));
  return true;
}

bool TrustAnchors::contains(const Record& record) const {
  return std::any_of(records_.begin(), records_.end(), [&](const Record& known) {
    return known.type == record.type && known.rrclass == record.rrclass &&
           known.owner == record.owner && known.rdata == record.rdata;
  });
}

std::vector<const Record*> TrustAnchors::of(const Name& zone) const {
  std::vector<const Record*> anchors;
  for (const Record& record : records_) {
    if (record.owner == zone) anchors.push_back(&record);
  }
  return anchors;
}

std::optional<Name> TrustAnchors::closest(const Name& zone) const {
  const Name* deepest = nullptr;
  for (const Record& record : records_) {
    if (!zone.is_at_or_below(record.owner)) continue;
    if (deepest == nullptr || record.owner.is_below(*deepest)) deepest = &record.owner;
  }
  return deepest != nullptr ? std::optional(*deepest) : std::nullopt;
}

bool TrustAnchors::equal(const TrustAnchors& a, const TrustAnchors& b) {
  // No record is in one of them twice.
  return a.records_.size() == b.records_.size() &&
         std::all_of(a.records_.begin(), a.records_.end(),
                     [&](const Record& record) { return b.contains(record); });
}

TrustAnchors builtin_trust_anchors() {
  const Result<TrustAnchors> anchors = parse_trust_anchors(kRootAnchors);
  assert(anchors);
  return *anchors;
}

Result<TrustAnchors> parse_trust_anchors(std::string_view text) {
  if (const Result<void> checked = check_size(text); !checked) {
    return tl::unexpected(checked.error());
  }
  TrustAnchors anchors;
  Lexer lexer(text);
  Reader reader;
  Entry entry;
  const auto fail_there = [&](const std::string& sentence) {
    return fail("line " + std::to_string(entry.line) + ": " + sentence);
  };
  while (!lexer.at_end()) {
    if (const Result<void> cut = lexer.next(entry); !cut) return fail_there(cut.error().sentence);
    Result<std::optional<Record>> record = reader.read(entry);
    if (!record) return fail_there(record.error().sentence);
    if (!*record || anchors.contains(**record) || anchors.add(**record)) continue;
    return fail_there(std::string(kTooManyTrustAnchors));
  }
  if (anchors.empty()) return fail("there is no trust anchor: no DS and no usable DNSKEY record");
  return anchors;
}

Result<Record> parse_trust_anchor(std::string_view text) {
  if (const Result<void> checked = check_size(text); !checked) {
    return tl::unexpected(checked.error());
  }
  std::optional<Record> found;
  Lexer lexer(text);
  Reader reader;
  Entry entry;
  while (!lexer.at_end()) {
    if (const Result<void> cut = lexer.next(entry); !cut) return tl::unexpected(cut.error());
    Result<std::optional<Record>> record = reader.read(entry);
    if (!record) return tl::unexpected(record.error());
    if (*record && found) return fail("there is more than one record; give each by itself");
    if (*record) found = std::move(*record);
  }
  if (!found) return fail(std::string(kForm));
  return *std::move(found);
}

}  // namespace dns::dnssec
