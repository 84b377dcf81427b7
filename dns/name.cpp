#include "dns/name.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "dns/quote.hpp"

namespace dns {
namespace {

/// Labels of a name of 255 octets: 127 of one octet each, and the root's.
constexpr std::size_t kMaxLabels = 127;

constexpr std::array<std::uint8_t, 256> make_lower_table() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const bool upper = i >= 'A' && i <= 'Z';
    table[i] = static_cast<std::uint8_t>(upper ? i + ('a' - 'A') : i);
  }
  return table;
}

/// Applied to whole wire forms as well as to labels: a length octet is at most 63, below 'A'.
constexpr std::array<std::uint8_t, 256> kLower = make_lower_table();

std::uint8_t lower(char octet) {
  return kLower[static_cast<std::uint8_t>(octet)];
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::strong_ordering order_label(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto order = lower(a[i]) <=> lower(b[i]);
    if (std::is_neq(order)) return order;
  }
  return a.size() <=> b.size();
}

/// Where each label of a wire form starts, the root label left out.
struct LabelStarts {
  std::array<std::uint8_t, kMaxLabels> starts;
  std::size_t count = 0;

  explicit LabelStarts(std::string_view wire) {
    for (std::size_t at = 0; wire[at] != '\0'; at += 1U + static_cast<std::uint8_t>(wire[at])) {
      starts[count++] = static_cast<std::uint8_t>(at);
    }
  }
};

std::string_view label_at(std::string_view wire, std::size_t start) {
  return wire.substr(start + 1, static_cast<std::uint8_t>(wire[start]));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads the escape at text[at], which is the backslash, and moves `at` past it. Nothing on a bad
/// one.
std::optional<char> read_escape(std::string_view text, std::size_t& at) {
  if (at + 1 >= text.size()) return std::nullopt;
  if (!is_digit(text[at + 1])) {
    const char octet = text[at + 1];
    at += 2;
    return octet;
  }
  if (at + 3 >= text.size() || !is_digit(text[at + 2]) || !is_digit(text[at + 3])) {
    return std::nullopt;
  }
  const int value = (text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  if (value > 255) return std::nullopt;
  at += 4;
  return static_cast<char>(value);
}

void append_octet(std::string& out, char octet) {
  switch (octet) {
    case '.':
    case '\\':
    case '"':
    case '(':
    case ')':
    case ';':
    case '@':
    case '$':
      out += '\\';
      out += octet;
      return;
    default:
      break;
  }
  if (octet > ' ' && octet <= '~') {
    out += octet;
    return;
  }
  const auto value = static_cast<std::uint8_t>(octet);
  out += '\\';
  out += static_cast<char>('0' + value / 100);
  out += static_cast<char>('0' + value / 10 % 10);
  out += static_cast<char>('0' + value % 10);
}

std::string presentation(std::string_view wire) {
  std::string out;
  out.reserve(wire.size());
  for (std::size_t at = 0; wire[at] != '\0';) {
    const std::string_view label = label_at(wire, at);
    for (const char octet : label) append_octet(out, octet);
    out += '.';
    at += 1 + label.size();
  }
  if (out.empty()) out = ".";
  return out;
}

}  // namespace

Result<Name> Name::from_text(std::string_view text) {
  if (text.empty()) return fail("a domain name must not be empty; the root is \".\"");
  if (text == ".") return Name();
  std::string wire(1, '\0');
  std::size_t label_start = 0;
  const auto label_length = [&] { return wire.size() - label_start - 1; };
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (label_length() == 0)
        return fail("the domain name " + quoted(text) + " has an empty label");
      wire[label_start] = static_cast<char>(label_length());
      label_start = wire.size();
      wire += '\0';
      ++at;
      continue;
    }
    char octet = text[at];
    if (octet == '\\') {
      const std::optional<char> escaped = read_escape(text, at);
      if (!escaped) return fail("the domain name " + quoted(text) + " has a bad \\ escape");
      octet = *escaped;
    } else {
      ++at;
    }
    if (label_length() == kMaxLabelLength) {
      return fail("the domain name " + quoted(text) + " has a label of more than 63 octets");
    }
    wire += octet;
    if (wire.size() >= kMaxWireLength) {
      return fail("the domain name " + quoted(text) + " is longer than 255 octets");
    }
  }
  if (label_length() != 0) {
    wire[label_start] = static_cast<char>(label_length());
    wire += '\0';
  }
  return Name(std::move(wire));
}

Result<Name> Name::from_wire(std::span<const std::uint8_t> wire) {
  if (wire.empty()) return fail("a domain name in wire form has at least one octet");
  if (wire.size() > kMaxWireLength) return fail("the domain name is longer than 255 octets");
  std::size_t at = 0;
  while (at < wire.size() && wire[at] != 0) {
    if (wire[at] > kMaxLabelLength) {
      return fail("the domain name has a compression pointer or a label of an unknown kind");
    }
    at += 1U + wire[at];
  }
  if (at >= wire.size()) return fail("the domain name ends before its root label");
  if (at + 1 != wire.size()) return fail("octets follow the root label of the domain name");
  return Name(std::string(wire.begin(), wire.end()));
}

std::string Name::to_text() const {
  return presentation(wire_);
}

std::string Name::to_label() const {
  if (is_root()) return ".";
  std::string out = presentation(lowered().wire_);
  out.pop_back();
  return out;
}

std::size_t Name::label_count() const {
  std::size_t count = 0;
  for (std::size_t at = 0; wire_[at] != '\0'; at += 1U + static_cast<std::uint8_t>(wire_[at])) {
    ++count;
  }
  return count;
}

std::string_view Name::label(std::size_t index) const {
  assert(index < label_count());
  std::size_t at = 0;
  for (; index > 0; --index) at += 1U + static_cast<std::uint8_t>(wire_[at]);
  return label_at(wire_, at);
}

Name Name::parent() const {
  assert(!is_root());
  return Name(wire_.substr(1U + static_cast<std::uint8_t>(wire_[0])));
}

Name Name::suffix(std::size_t labels) const {
  const std::size_t count = label_count();
  assert(labels <= count);
  std::size_t at = 0;
  for (std::size_t skipped = count - labels; skipped > 0; --skipped) {
    at += 1U + static_cast<std::uint8_t>(wire_[at]);
  }
  return Name(wire_.substr(at));
}

Result<Name> Name::prefixed(std::string_view label) const {
  if (label.empty()) return fail("a label must not be empty");
  if (label.size() > kMaxLabelLength) return fail("a label has at most 63 octets");
  if (1 + label.size() + wire_.size() > kMaxWireLength) {
    return fail("the domain name would be longer than 255 octets");
  }
  std::string wire;
  wire.reserve(1 + label.size() + wire_.size());
  wire += static_cast<char>(label.size());
  wire += label;
  wire += wire_;
  return Name(std::move(wire));
}

bool Name::is_at_or_below(const Name& ancestor) const {
  if (wire_.size() < ancestor.wire_.size()) return false;
  const std::size_t want = wire_.size() - ancestor.wire_.size();
  std::size_t at = 0;
  while (at < want) at += 1U + static_cast<std::uint8_t>(wire_[at]);
  // Past `want` the sizes differ: the ancestor's octets would begin inside a label.
  return equal_ignoring_case(std::string_view(wire_).substr(at), ancestor.wire_);
}

Name Name::lowered() const {
  std::string wire = wire_;
  for (char& octet : wire) octet = static_cast<char>(lower(octet));
  return Name(std::move(wire));
}

bool Name::equal(const Name& a, const Name& b) {
  return equal_ignoring_case(a.wire_, b.wire_);
}

std::strong_ordering Name::order(const Name& a, const Name& b) {
  const LabelStarts a_labels(a.wire_);
  const LabelStarts b_labels(b.wire_);
  const std::size_t common = std::min(a_labels.count, b_labels.count);
  for (std::size_t i = 1; i <= common; ++i) {
    const auto order = order_label(label_at(a.wire_, a_labels.starts[a_labels.count - i]),
                                   label_at(b.wire_, b_labels.starts[b_labels.count - i]));
    if (std::is_neq(order)) return order;
  }
  return a_labels.count <=> b_labels.count;
}

Name wire::name_from_checked(std::string_view octets) {
  return Name(std::string(octets));
}

}  // namespace dns

std::size_t std::hash<dns::Name>::operator()(const dns::Name& name) const noexcept {
  // FNV-1a over the lower-case octets.
  std::uint64_t state = 14695981039346656037ULL;
  for (const char octet : name.wire_) {
    state = (state ^ dns::lower(octet)) * 1099511628211ULL;
  }
  return static_cast<std::size_t>(state);
}
