#include "exporter/chain_tree.hpp"

#include <algorithm>

#include "exporter/chain_words.hpp"
#include "exporter/report_text.hpp"
#include "exporter/table.hpp"

namespace exporter {
namespace {

using checks::ChainStep;
using dns::dnssec::Status;

constexpr std::size_t kLevel = 3;      // columns that a zone stands to the right of its parent
constexpr std::size_t kMaxLevels = 8;  // deeper zones stand no further to the right
constexpr std::size_t kLeastText = 24;
constexpr std::string_view kFaultSign = "✗ ";

Tone tone_of(const ChainStep& step) {
  if (step.broken) return Tone::worst;
  switch (step.status) {
    case Status::secure:
      return Tone::good;
    case Status::insecure:
      return Tone::plain;
    case Status::bogus:
      return Tone::bad;
    case Status::indeterminate:
      return Tone::notice;
  }
  return Tone::plain;
}

Tone tone_of(ChainMark mark) {
  return mark == ChainMark::fault ? Tone::bad : Tone::plain;
}

std::string signed_by(ChainMark mark) {
  return std::string(mark == ChainMark::fault ? kFaultSign : "");
}

std::string joined(const std::string& first, std::string_view separator,
                   const std::string& second) {
  return second.empty() ? first : first + std::string(separator) + second;
}

class Tree {
 public:
  Tree(const checks::ZoneReport& report, const TreeStyle& style) : report_(report), style_(style) {}

  std::string render() {
    const auto& steps = report_.chain.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      depth_ = std::min(i, kMaxLevels);
      last_ = i + 1 == steps.size();
      head(*steps[i], i);
      body(*steps[i]);
      if (i == 0 && report_.chain.left_out != 0) {
        line("... " + counted(report_.chain.left_out, "more zone") + " in between", Tone::dim);
      }
    }
    return std::move(out_);
  }

 private:
  /// The name of a zone, never cut, and beside or below it what is to be said of it.
  void head(const ChainStep& step, std::size_t index) {
    std::string margin(style_.indent, ' ');
    if (index != 0) {
      margin.append((std::min(index, kMaxLevels) - 1) * kLevel, ' ');
      margin += "└─ ";
    }
    const std::string name = step.zone.to_label();
    const std::string words = (step.broken ? std::string(kFaultSign) : "") + status_words(step);
    out_ += margin + toned(name, Tone::strong, style_.color);
    const std::size_t width = display_width(margin) + display_width(name) + display_width(words);
    if (width + 2 <= style_.width) {
      out_ += "  " + toned(words, tone_of(step), style_.color) + '\n';
    } else {
      out_ += '\n';
      line(words, tone_of(step));
    }
  }

  /// A line under the name of a zone, wrapped with its continuation a little to the right.
  void line(const std::string& text, Tone tone, std::size_t deeper = 0) {
    std::string margin(style_.indent + depth_ * kLevel, ' ');
    margin += last_ ? "   " : "│  ";
    margin.append(deeper, ' ');
    const std::size_t used = display_width(margin);
    const std::size_t room = std::max(kLeastText, style_.width - std::min(style_.width, used + 2));
    const std::string lines = wrapped(printable(text), 0, room);
    std::size_t at = 0;
    while (at < lines.size()) {
      const std::size_t end = lines.find('\n', at);
      out_ += margin + (at == 0 ? "" : "  ") +
              toned(std::string_view(lines).substr(at, end - at), tone, style_.color) + '\n';
      at = end + 1;
    }
  }

  void body(const ChainStep& step) {
    if (!step.reason.empty()) {
      line((step.broken ? std::string(kFaultSign) : "") + step.reason,
           step.broken ? Tone::bad : Tone::plain);
    }
    for (const checks::ChainDs& ds : step.ds) {
      const ChainMark mark = mark_of(ds, step);
      line(signed_by(mark) +
               joined(ds_name(ds, step.is_anchor) + ' ' + ds_contents(ds), ", ", ds_outcome(ds)),
           tone_of(mark));
    }
    left_out(step.ds_left_out, "DS record", 0);
    if (!step.ds.empty() && step.ds_signature) {
      const bool good = step.ds_signature->status == dns::dnssec::SignatureStatus::valid;
      std::string text =
          (good ? "" : std::string(kFaultSign)) + "DS " + ds_signature_words(*step.ds_signature);
      if (step.ds_from) text += ", seen at " + step.ds_from->to_text();
      line(text, good ? Tone::plain : Tone::bad);
    }
    for (const checks::ChainKeySet& set : step.key_sets) key_set(step, set);
    left_out(step.key_sets_left_out, "server", 0);
  }

  void key_set(const ChainStep& step, const checks::ChainKeySet& set) {
    std::size_t deeper = 0;
    if (servers_differ(step)) {
      const bool faulty = !set.fault.empty();
      line((faulty ? std::string(kFaultSign) : "") +
               joined("at " + servers_words(set, report_), ": ", set.fault),
           faulty ? Tone::bad : Tone::plain);
      deeper = 2;
    }
    if (set.keys.empty()) line("no keys", Tone::plain, deeper);
    for (const checks::ChainKey& key : set.keys) {
      const ChainMark mark = mark_of(key);
      line(signed_by(mark) + joined(key_name(key), ", ", key_outcome(key)), tone_of(mark), deeper);
    }
    left_out(set.keys_left_out, "key", deeper);
  }

  void left_out(std::size_t count, std::string_view what, std::size_t deeper) {
    if (count != 0) line("and " + counted(count, "more " + std::string(what)), Tone::dim, deeper);
  }

  const checks::ZoneReport& report_;
  const TreeStyle& style_;
  std::size_t depth_ = 0;
  bool last_ = false;
  std::string out_;
};

}  // namespace

std::string render_chain_tree(const checks::ZoneReport& report, const TreeStyle& style) {
  return Tree(report, style).render();
}

}  // namespace exporter
