// The Prometheus text format 0.0.4, line by line: a buffer to write it into, its escapes and its
// numbers, and families that stand ready as prometheus::MetricFamily.
//
// Not thread-safe: a buffer belongs to one thread while it is written; finished ones may be read
// from several.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <prometheus/metric_family.h>

namespace exporter {

inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

/// Characters at the end of one growing block that keeps its memory when it is cleared: fresh
/// memory is what costs most on a page of megabytes.
class TextBuffer {
 public:
  std::string_view text() const { return {data_.get(), size_}; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

  void append(std::string_view text) {
    char* const at = reserve(text.size());
    std::memcpy(at, text.data(), text.size());
    size_ += text.size();
  }

  /// Room for `length` more characters; commit() says how many were written.
  char* reserve(std::size_t length) {
    if (capacity_ - size_ < length) grow(length);
    return data_.get() + size_;
  }
  void commit(std::size_t length) { size_ += length; }

 private:
  void grow(std::size_t length);

  std::unique_ptr<char[]> data_ = std::make_unique_for_overwrite<char[]>(kFirstBytes);
  std::size_t size_ = 0;
  std::size_t capacity_ = kFirstBytes;
  static constexpr std::size_t kFirstBytes = 4096;
};

/// Longest text of write_value().
inline constexpr std::size_t kMaxValueLength = 32;

/// Writes `value` as Prometheus reads it ("NaN", "+Inf", whole numbers without an exponent) and
/// returns the end. `at` has room for kMaxValueLength.
char* write_value(char* at, double value);

/// `text` with \\, \" and \n, as a label value has them, appended to `out`.
void append_label_value(std::string& out, std::string_view text);

/// The lines "# HELP" (escaped) and "# TYPE" of one family.
void append_head(TextBuffer& out, std::string_view name, std::string_view type,
                 std::string_view help);

/// Head and samples of each family. Those whose name begins with dnszone_ get the label `vantage`
/// unless it is empty.
void append_families(TextBuffer& out, std::span<const prometheus::MetricFamily> families,
                     std::string_view vantage);

}  // namespace exporter
