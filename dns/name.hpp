// A domain name (RFC 1035 section 3.1): an owned value in wire form.
//
// Case is kept as received, since a server that changes it is worth knowing, but comparison, order
// and hash ignore the case of ASCII letters (RFC 4343). Order is the canonical order of RFC 4034
// section 6.1. Immutable after construction; safe to read from several threads.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "dns/result.hpp"

namespace dns {

class Name;

namespace wire {
/// For readers that have checked the octets already (dns/wire.hpp); not for anyone else.
Name name_from_checked(std::string_view octets);
}  // namespace wire

class Name {
 public:
  static constexpr std::size_t kMaxWireLength = 255;  // RFC 1035 section 2.3.4
  static constexpr std::size_t kMaxLabelLength = 63;

  /// The root.
  Name() : wire_(1, '\0') {}

  /// Presentation form, with or without the final dot; `\.` and `\DDD` escapes as RFC 1035
  /// section 5.1. Fails on an empty label, a label over 63 octets, a name over 255 octets, a bad
  /// escape and on empty text ("." is the root).
  static Result<Name> from_text(std::string_view text);

  /// Uncompressed wire form that fills `wire` exactly. Fails on anything else.
  static Result<Name> from_wire(std::span<const std::uint8_t> wire);

  /// Wire form, with the root label; valid while this object lives and is not assigned to.
  std::string_view wire() const { return wire_; }

  /// Presentation form with the final dot, in the case received: `Example.COM.`
  std::string to_text() const;

  /// The form of labels, metrics, pages and config: lower case, no final dot, the root is ".".
  std::string to_label() const;

  /// Labels without the root label; 0 for the root.
  std::size_t label_count() const;
  bool is_root() const { return wire_.size() == 1; }

  /// The octets of label `index`, 0 being the leftmost. Asserts index < label_count().
  std::string_view label(std::size_t index) const;

  /// The name without its leftmost label. Asserts !is_root().
  Name parent() const;

  /// The rightmost `labels` labels; suffix(0) is the root. Asserts labels <= label_count().
  Name suffix(std::size_t labels) const;

  /// This name with one more label in front. Fails as from_wire does.
  Result<Name> prefixed(std::string_view label) const;

  /// True for the name itself and everything below it.
  bool is_at_or_below(const Name& ancestor) const;
  /// True only below `ancestor`, not for the name itself.
  bool is_below(const Name& ancestor) const {
    return is_at_or_below(ancestor) && wire_.size() != ancestor.wire_.size();
  }

  Name lowered() const;
  /// True when the two are octet-identical, so also in case.
  bool is_identical(const Name& other) const { return wire_ == other.wire_; }

  friend bool operator==(const Name& a, const Name& b) { return equal(a, b); }
  friend std::strong_ordering operator<=>(const Name& a, const Name& b) { return order(a, b); }

 private:
  friend struct std::hash<Name>;
  friend Name wire::name_from_checked(std::string_view octets);
  explicit Name(std::string wire) : wire_(std::move(wire)) {}
  static bool equal(const Name& a, const Name& b);
  static std::strong_ordering order(const Name& a, const Name& b);

  std::string wire_;
};

}  // namespace dns

template <>
struct std::hash<dns::Name> {
  std::size_t operator()(const dns::Name& name) const noexcept;
};
