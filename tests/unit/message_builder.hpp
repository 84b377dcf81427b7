// Builds messages octet by octet for tests, right ones and wrong ones.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "dns/message.hpp"

namespace tests {

/// A string of octets being written.
class Octets {
 public:
  Octets& u8(unsigned value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Octets& u16(unsigned value) { return u8(value >> 8 & 0xff).u8(value & 0xff); }
  Octets& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }
  Octets& raw(std::initializer_list<unsigned> octets) {
    for (const unsigned octet : octets) u8(octet);
    return *this;
  }
  Octets& raw(const dns::Bytes& octets) {
    bytes_.insert(bytes_.end(), octets.begin(), octets.end());
    return *this;
  }
  Octets& fill(std::size_t count, unsigned octet) {
    bytes_.insert(bytes_.end(), count, static_cast<std::uint8_t>(octet));
    return *this;
  }
  /// A character-string.
  Octets& string(std::string_view text) {
    return u8(static_cast<unsigned>(text.size())).text(text);
  }
  Octets& text(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  /// An uncompressed name; `text` must be a right one.
  Octets& name(std::string_view text) { return this->text(dns::Name::from_text(text)->wire()); }
  /// Labels without the root label, to be followed by a pointer.
  Octets& labels(std::string_view text) {
    name(text);
    bytes_.pop_back();
    return *this;
  }
  Octets& pointer(std::size_t target) { return u16(static_cast<unsigned>(0xc000U | target)); }

  std::size_t size() const { return bytes_.size(); }
  const dns::Bytes& bytes() const { return bytes_; }
  // NOLINTNEXTLINE(google-explicit-constructor): a builder of exactly this
  operator const dns::Bytes&() const { return bytes_; }
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator std::span<const std::uint8_t>() const { return bytes_; }

 private:
  dns::Bytes bytes_;
};

/// The name of the question, which begins right behind the header.
inline constexpr std::size_t kQnameOffset = 12;

class MessageBuilder {
 public:
  static constexpr unsigned kResponse = 0x8400;  // QR and AA

  explicit MessageBuilder(unsigned flags = kResponse) : flags_(flags) {}

  MessageBuilder& question(std::string_view qname, dns::RRType type, unsigned rrclass = 1) {
    body_.name(qname).u16(static_cast<unsigned>(type)).u16(rrclass);
    ++counts_[0];
    return *this;
  }
  MessageBuilder& answer(const dns::Bytes& owner, dns::RRType type, const dns::Bytes& rdata,
                         unsigned rrclass = 1) {
    return record(1, owner, type, rdata, rrclass);
  }
  MessageBuilder& authority(const dns::Bytes& owner, dns::RRType type, const dns::Bytes& rdata,
                            unsigned rrclass = 1) {
    return record(2, owner, type, rdata, rrclass);
  }
  MessageBuilder& additional(const dns::Bytes& owner, dns::RRType type, const dns::Bytes& rdata,
                             unsigned rrclass = 1) {
    return record(3, owner, type, rdata, rrclass);
  }
  /// OPT: 1232 octets, DO, the options as given.
  MessageBuilder& opt(const dns::Bytes& options = {}, unsigned extended_rcode = 0) {
    body_.u8(0).u16(41).u16(1232).u8(extended_rcode).u8(0).u16(0x8000);
    body_.u16(static_cast<unsigned>(options.size())).raw(options);
    ++counts_[3];
    return *this;
  }
  MessageBuilder& raw(const dns::Bytes& octets) {
    body_.raw(octets);
    return *this;
  }
  /// Adds to the count of a section (0 question to 3 additional) without a record for it.
  MessageBuilder& count(std::size_t section, unsigned more) {
    counts_[section] += more;
    return *this;
  }

  /// Where the next record begins.
  std::size_t offset() const { return kQnameOffset + body_.size(); }

  dns::Bytes wire() const {
    Octets out;
    out.u16(0x1234).u16(flags_);
    for (const unsigned count : counts_) out.u16(count);
    return out.raw(body_.bytes());
  }

 private:
  MessageBuilder& record(std::size_t section, const dns::Bytes& owner, dns::RRType type,
                         const dns::Bytes& rdata, unsigned rrclass) {
    body_.raw(owner).u16(static_cast<unsigned>(type)).u16(rrclass).u32(3600);
    body_.u16(static_cast<unsigned>(rdata.size())).raw(rdata);
    ++counts_[section];
    return *this;
  }

  unsigned flags_;
  unsigned counts_[4] = {};
  Octets body_;
};

/// The owner that most records of a test have: a pointer to the qname.
inline dns::Bytes to_qname() {
  return Octets().pointer(kQnameOffset);
}
inline dns::Bytes owner(std::string_view name) {
  return Octets().name(name);
}

}  // namespace tests
