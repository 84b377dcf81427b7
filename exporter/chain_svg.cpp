#include "exporter/chain_svg.hpp"

#include <algorithm>
#include <vector>

#include "exporter/chain_words.hpp"
#include "exporter/pages.hpp"
#include "exporter/report_text.hpp"
#include "exporter/table.hpp"

namespace exporter {
namespace {

using checks::ChainStep;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;

// All lengths are in the picture's own units, pixels at full size.
constexpr int kWidth = 800;
constexpr int kMargin = 2;  // for the thickest line
constexpr int kPadding = 16;
constexpr int kHead =
    52;  // the name of a zone, and its status below: a narrow screen shows the left
constexpr int kLine = 17;  // a line of text
constexpr int kGap = 10;   // between boxes
constexpr int kLink = 46;  // between zones
constexpr int kBoxPadding = 7;
constexpr int kLeft = kPadding;  // the column of DS records
constexpr int kLeftWidth = 330;
constexpr int kRight = 416;  // the column of keys
constexpr int kRightWidth = kWidth - kPadding - kRight;

// Characters that surely fit, since nobody here can measure text.
constexpr std::size_t kFullText = 92;
constexpr std::size_t kNameText = 56;
constexpr std::size_t kLeftText = 42;
constexpr std::size_t kRightText = 48;  // of fixed width, as in all boxes
constexpr std::size_t kRightWords = 42;
constexpr std::size_t kMostLines = 6;  // of one wrapped text

std::string_view class_of(Status status) {
  switch (status) {
    case Status::secure:
      return "c-secure";
    case Status::insecure:
      return "c-insecure";
    case Status::bogus:
      return "c-bogus";
    case Status::indeterminate:
      return "c-unknown";
  }
  return "";
}

std::string_view sign_of(Status status) {
  switch (status) {
    case Status::secure:
      return "✓ ";
    case Status::insecure:
      return "○ ";
    case Status::bogus:
      return "✗ ";
    case Status::indeterminate:
      return "? ";
  }
  return "";
}

std::string_view class_of(ChainMark mark) {
  switch (mark) {
    case ChainMark::good:
      return "c-good";
    case ChainMark::neutral:
      return "c-plain";
    case ChainMark::fault:
      return "c-fault";
  }
  return "";
}

/// At most `most` code points, the last of them an ellipsis when some are missing.
std::string fitted(std::string_view text, std::size_t most) {
  const std::string shown = printable(text);
  if (display_width(shown) <= most) return shown;
  std::string out;
  std::size_t width = 0;
  for (const char c : shown) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
    if (begins && ++width == most) break;
    out += c;
  }
  return out + "…";
}

std::vector<std::string> lines_of(std::string_view text, std::size_t most) {
  std::vector<std::string> lines;
  const std::string all = wrapped(printable(text), 0, most);
  std::size_t at = 0;
  while (at < all.size() && lines.size() < kMostLines) {
    const std::size_t end = all.find('\n', at);
    lines.push_back(fitted(std::string_view(all).substr(at, end - at), most));
    at = end + 1;
  }
  if (at < all.size()) lines.back() = fitted(lines.back() + " ...", most);
  return lines;
}

std::string number(int value) {
  return std::to_string(value);
}

class Picture {
 public:
  explicit Picture(const checks::ZoneReport& report) : report_(report) {}

  std::string render() {
    y_ = kMargin;
    const auto& steps = report_.chain.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i != 0) link(*steps[i]);
      if (i == 1 && report_.chain.left_out != 0) {
        text(kPadding, y_ + kLine - 4, "c-dim",
             counted(report_.chain.left_out, "more zone") + " in between");
        y_ += kLine + kGap;
      }
      zone(*steps[i]);
    }
    return head() + body_ + "</svg>\n";
  }

 private:
  std::string head() const {
    const std::string size = number(kWidth) + "\" height=\"" + number(y_ + kMargin);
    std::string title = "Chain of trust of " + report_.zone.to_label() + ": " +
                        std::string(to_text(report_.dnssec));
    const ChainStep* const deciding = report_.chain.deciding();
    if (deciding != nullptr && deciding->broken) {
      title += ", broken at " + deciding->zone.to_label();
    }
    return "<svg class=\"chain\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
           "aria-labelledby=\"chain-title chain-text\" viewBox=\"0 0 " +
           number(kWidth) + " " + number(y_ + kMargin) + "\" width=\"" + size +
           "\">\n<title id=\"chain-title\">" + html_escaped(title) +
           "</title>\n<desc id=\"chain-text\">" + html_escaped(description()) + "</desc>\n";
  }

  std::string description() const {
    std::string text;
    for (const auto& step : report_.chain.steps) {
      text += step->zone.to_label() + ": " + status_words(*step) + ". ";
      if (!step->reason.empty()) text += step->reason + ' ';
    }
    return text;
  }

  // ---- shapes ----

  void text(int x, int y, std::string_view css, std::string_view words) {
    body_ += "<text class=\"" + std::string(css) + "\" x=\"" + number(x) + "\" y=\"" + number(y) +
             "\">" + html_escaped(words) + "</text>\n";
  }

  void rectangle(int x, int y, int width, int height, std::string_view css, int radius) {
    shapes_ += "<rect class=\"" + std::string(css) + "\" x=\"" + number(x) + "\" y=\"" + number(y) +
               "\" width=\"" + number(width) + "\" height=\"" + number(height) + "\" rx=\"" +
               number(radius) + "\"/>\n";
  }

  static std::string path(std::string_view css, const std::string& way) {
    return "<path class=\"" + std::string(css) + "\" d=\"" + way + "\"/>\n";
  }

  /// An arrow to the right that may bend on its way; its head is drawn, so that lines of any style
  /// end alike.
  void arrow(int x1, int y1, int x2, int y2, bool good) {
    const int middle = (x1 + x2) / 2;
    const int end = x2 - 7;
    shapes_ +=
        path(good ? "c-arrow" : "c-break",
             "M" + number(x1) + " " + number(y1) + "C" + number(middle) + " " + number(y1) + " " +
                 number(middle) + " " + number(y2) + " " + number(end) + " " + number(y2)) +
        path(good ? "c-head" : "c-head c-red", "M" + number(x2) + " " + number(y2) + "l-9 -4.5v9z");
  }

  // ---- a zone ----

  /// Between a zone and the one above it: who vouches for it.
  void link(const ChainStep& step) {
    const int x = kPadding * 2;
    const bool given = step.ds_signature && !step.ds.empty();
    const bool good = given && step.ds_signature->status == SignatureStatus::valid;
    const std::string_view css = good                                           ? "c-arrow"
                                 : step.status == Status::bogus && step.decides ? "c-break"
                                                                                : "c-none";
    body_ += path(css, "M" + number(x) + " " + number(y_ + 1) + "v" + number(kLink - 11));
    body_ += path(good               ? "c-head"
                  : css == "c-break" ? "c-head c-red"
                                     : "c-head c-grey",
                  "M" + number(x) + " " + number(y_ + kLink - 2) + "l-4.5 -9h9z");
    std::string words = given              ? "DS " + ds_signature_words(*step.ds_signature)
                        : step.is_anchor   ? ""
                        : !step.ds.empty() ? "DS not judged"
                        : step.ds_known    ? "no DS to go by"
                                           : "its DS are not known";
    if (given && !good) words = "✗ " + words;
    if (step.ds_from) words += ", seen at " + step.ds_from->to_text();
    text(x + 16, y_ + kLink / 2 + 4, given && !good ? "c-bad" : "c-dim",
         fitted(words, kFullText - 8));
    y_ += kLink;
  }

  void zone(const ChainStep& step) {
    const int top = y_;
    std::string outer;
    outer.swap(body_);  // the frame's size is known only when all in it is drawn
    const std::string css = step.status == Status::bogus || step.broken ? "c-bad"
                            : step.status == Status::secure             ? "c-ok"
                                                                        : "c-dim";
    text(kPadding, top + 23, "c-name", fitted(step.zone.to_label(), kNameText));
    text(kPadding, top + 42, css + " c-bold",
         std::string(step.broken ? "✗ " : sign_of(step.status)) + status_words(step));
    y_ = top + kHead;
    for (const std::string& one : lines_of((step.broken ? "✗ " : "") + step.reason, kFullText)) {
      text(kPadding, y_ + kLine - 5, step.broken ? "c-bad" : "c-word", one);
      y_ += kLine;
    }
    if (!step.reason.empty()) y_ += kGap;
    const int start = y_;
    draw_ds(step, start);
    const int left_end = y_;
    y_ = start;
    draw_keys(step);
    y_ = std::max(y_, left_end);
    y_ += y_ == start ? 0 : kPadding - kGap;
    std::string inner;
    inner.swap(body_);
    std::string shapes;
    shapes.swap(shapes_);
    rectangle(kMargin, top, kWidth - 2 * kMargin, y_ - top,
              "c-zone " + std::string(step.broken ? "c-bogus" : class_of(step.status)), 8);
    body_ = outer + shapes_ + shapes + inner;
    shapes_.clear();
  }

  /// Where an arrow from a DS record starts.
  struct Start {
    const checks::ChainDs* ds;
    int y;
    bool good;
  };

  /// A box with lines of text, the first of them strong; returns the middle of its height.
  int box(int x, int width, ChainMark mark, const std::vector<std::string>& lines, bool round) {
    const int height = 2 * kBoxPadding + kLine * static_cast<int>(lines.size()) - 3;
    rectangle(x, y_, width, height, class_of(mark), round ? 14 : 3);
    const std::size_t plain = round ? 2 : 1;  // the name, and what a DS is made of
    int at = y_ + kBoxPadding + 10;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool bad = mark == ChainMark::fault && i >= plain;
      text(x + 12, at, bad ? "c-mono c-bad" : i == 0 ? "c-mono c-bold" : "c-mono", lines[i]);
      at += kLine;
    }
    const int middle = y_ + height / 2;
    y_ += height + kGap;
    return middle;
  }

  void draw_ds(const ChainStep& step, int start) {
    y_ = start;
    starts_.clear();
    for (const checks::ChainDs& ds : step.ds) {
      const ChainMark mark = mark_of(ds, step);
      std::vector<std::string> lines{fitted(ds_name(ds, step.is_anchor), kLeftText),
                                     fitted(ds_contents(ds), kLeftText)};
      const std::string outcome = ds_outcome(ds);
      if (mark != ChainMark::good && !outcome.empty()) {
        lines.push_back(fitted((mark == ChainMark::fault ? "✗ " : "") + outcome, kLeftText));
      }
      const int middle = box(kLeft, kLeftWidth, mark, lines, true);
      if (mark != ChainMark::neutral) starts_.push_back({&ds, middle, mark == ChainMark::good});
    }
    left_out(kLeft, step.ds_left_out, "DS record");
  }

  void draw_keys(const ChainStep& step) {
    for (const checks::ChainKeySet& set : step.key_sets) {
      if (servers_differ(step)) {
        const bool faulty = !set.fault.empty();
        std::string words = "at " + servers_words(set, report_);
        if (faulty) words = "✗ " + words + ": " + set.fault;
        for (const std::string& one : lines_of(words, kRightWords)) {
          text(kRight, y_ + kLine - 5, faulty ? "c-bad" : "c-word", one);
          y_ += kLine;
        }
        y_ += 4;
      }
      for (const checks::ChainKey& key : set.keys) draw_key(key);
      if (set.keys.empty()) {
        text(kRight, y_ + kLine - 5, "c-word", "no keys");
        y_ += kLine + kGap;
      }
      left_out(kRight, set.keys_left_out, "key");
    }
    left_out(kRight, step.key_sets_left_out, "server");
  }

  void draw_key(const checks::ChainKey& key) {
    const ChainMark mark = mark_of(key);
    std::vector<std::string> lines{fitted(key_name(key), kRightText)};
    const std::string outcome = key_outcome(key);
    if (!outcome.empty()) {
      const std::string sign = mark == ChainMark::fault ? "✗ " : "";
      for (std::string& line : lines_of(sign + outcome, kRightText))
        lines.push_back(std::move(line));
    }
    const int middle = box(kRight, kRightWidth, mark, lines, false);
    for (const Start& start : starts_) {
      // A link that fails is drawn too, broken, to the key that the DS was made for.
      const bool linked = start.ds->key_tag == key.tag &&
                          (!start.good || (key.trusted && start.ds->algorithm == key.algorithm));
      const bool good = start.good && mark != ChainMark::fault;
      if (linked) arrow(kLeft + kLeftWidth, start.y, kRight, middle, good);
    }
  }

  void left_out(int x, std::size_t count, std::string_view what) {
    if (count == 0) return;
    text(x, y_ + kLine - 5, "c-dim", "and " + counted(count, "more " + std::string(what)));
    y_ += kLine + kGap;
  }

  const checks::ZoneReport& report_;
  std::vector<Start> starts_;
  int y_ = 0;
  std::string shapes_;  ///< of the zone being drawn: they lie below its texts
  std::string body_;
};

}  // namespace

std::string render_chain_svg(const checks::ZoneReport& report) {
  return report.chain.steps.empty() ? std::string() : Picture(report).render();
}

}  // namespace exporter
