#include "exporter/exposition_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>

namespace exporter {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Below this, every whole double has an exact integer, which reads better than 1.7e+09.
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

std::string_view type_text(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    default:
      return "untyped";
  }
}

/// Writes the samples of one metric of one family.
class MetricText {
 public:
  MetricText(TextBuffer& out, const MetricFamily& family, const ClientMetric& metric,
             std::string_view vantage)
      : out_(out), name_(family.name) {
    for (const ClientMetric::Label& label : metric.label) add(labels_, label.name, label.value);
    if (!vantage.empty()) add(labels_, "vantage", vantage);
  }

  void write(MetricType type, const ClientMetric& metric) {
    switch (type) {
      case MetricType::Counter:
        return line("", labels_, metric.counter.value);
      case MetricType::Gauge:
        return line("", labels_, metric.gauge.value);
      case MetricType::Histogram:
        return histogram(metric.histogram);
      case MetricType::Summary:
        return summary(metric.summary);
      default:
        return line("", labels_, metric.untyped.value);
    }
  }

 private:
  static void add(std::string& labels, std::string_view name, std::string_view value) {
    if (!labels.empty()) labels += ',';
    labels += name;
    labels += "=\"";
    append_label_value(labels, value);
    labels += '"';
  }

  void line(std::string_view suffix, const std::string& labels, double value) {
    out_.append(name_);
    out_.append(suffix);
    if (!labels.empty()) {
      out_.append("{");
      out_.append(labels);
      out_.append("}");
    }
    char* const at = out_.reserve(kMaxValueLength + 2);
    *at = ' ';
    char* const end = write_value(at + 1, value);
    *end = '\n';
    out_.commit(static_cast<std::size_t>(end + 1 - at));
  }

  void with_bound(std::string_view suffix, std::string_view label, double bound, double value) {
    std::array<char, kMaxValueLength> text{};
    const char* const end = write_value(text.data(), bound);
    std::string labels = labels_;
    add(labels, label, {text.data(), static_cast<std::size_t>(end - text.data())});
    line(suffix, labels, value);
  }

  void histogram(const ClientMetric::Histogram& histogram) {
    bool infinite = false;
    for (const ClientMetric::Bucket& bucket : histogram.bucket) {
      infinite = infinite || std::isinf(bucket.upper_bound);
      with_bound("_bucket", "le", bucket.upper_bound, static_cast<double>(bucket.cumulative_count));
    }
    if (!infinite) {
      with_bound("_bucket", "le", HUGE_VAL, static_cast<double>(histogram.sample_count));
    }
    line("_sum", labels_, histogram.sample_sum);
    line("_count", labels_, static_cast<double>(histogram.sample_count));
  }

  void summary(const ClientMetric::Summary& summary) {
    for (const ClientMetric::Quantile& quantile : summary.quantile) {
      with_bound("", "quantile", quantile.quantile, quantile.value);
    }
    line("_sum", labels_, summary.sample_sum);
    line("_count", labels_, static_cast<double>(summary.sample_count));
  }

  TextBuffer& out_;
  std::string_view name_;
  std::string labels_;
};

}  // namespace

void TextBuffer::grow(std::size_t length) {
  const std::size_t capacity = std::max(capacity_ * 2, size_ + length);
  auto data = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(data.get(), data_.get(), size_);
  data_ = std::move(data);
  capacity_ = capacity;
}

char* write_value(char* at, double value) {
  if (std::isnan(value)) return std::copy_n("NaN", 3, at);
  if (std::isinf(value)) return std::copy_n(value > 0 ? "+Inf" : "-Inf", 4, at);
  char* const end = at + kMaxValueLength;
  if (std::fabs(value) < kExactIntegers) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) return std::to_chars(at, end, whole).ptr;
  }
  return std::to_chars(at, end, value).ptr;
}

void append_label_value(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

void append_head(TextBuffer& out, std::string_view name, std::string_view type,
                 std::string_view help) {
  out.append("# HELP ");
  out.append(name);
  out.append(" ");
  for (const char c : help) {
    if (c == '\\') {
      out.append("\\\\");
    } else if (c == '\n') {
      out.append("\\n");
    } else {
      out.append({&c, 1});
    }
  }
  out.append("\n# TYPE ");
  out.append(name);
  out.append(" ");
  out.append(type);
  out.append("\n");
}

void append_families(TextBuffer& out, std::span<const MetricFamily> families,
                     std::string_view vantage) {
  for (const MetricFamily& family : families) {
    if (family.metric.empty()) continue;
    append_head(out, family.name, type_text(family.type), family.help);
    const bool ours = family.name.starts_with("dnszone_");
    for (const ClientMetric& metric : family.metric) {
      MetricText(out, family, metric, ours ? vantage : "").write(family.type, metric);
    }
  }
}

}  // namespace exporter
