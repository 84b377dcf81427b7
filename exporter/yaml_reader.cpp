#include "exporter/yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "dns/quote.hpp"

namespace exporter {
namespace {

/// Left by throwing through yaml-cpp, which has no other way to be stopped.
struct Stop : std::runtime_error {
  Stop(const YAML::Mark& mark, const std::string& sentence)
      : std::runtime_error(sentence), line(mark.line + 1), column(mark.column + 1) {}
  int line;
  int column;
};

/// Builds the tree from yaml-cpp's events, so that every bound is checked while it grows.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(YamlDocument& document) : document_(document) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (document_.root != nullptr) {
      throw Stop(mark, "a second document starts here; a configuration is one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode& node = leaf(mark, YamlNode::Kind::null);
    // An absent value is marked where the next thing stands; its key is the better place.
    if (!open_.empty() && open_.back().node->kind == YamlNode::Kind::mapping &&
        open_.back().node->children.size() % 2 == 1) {
      node.line = open_.back().node->children.back()->line;
      node.column = open_.back().node->children.back()->column;
    }
    add(node, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) throw Stop(mark, "an alias may not stand inside its own anchor");
    if (++aliases_ > kMaxYamlAliases) throw Stop(mark, "too many aliases");
    attach(*found->second, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    YamlNode& node = leaf(mark, YamlNode::Kind::scalar);
    node.text = value;
    node.quoted = tag == "!";
    add(node, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(mark, YamlNode::Kind::sequence, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open(mark, YamlNode::Kind::mapping, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw Stop(mark, "tags such as " + tag.substr(0, 40) + " are not understood; remove it");
  }

  YamlNode& leaf(const YAML::Mark& mark, YamlNode::Kind kind) {
    YamlNode& node = document_.nodes.emplace_back();
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxYamlDepth) throw Stop(mark, "nested too deeply");
    open_.push_back({&leaf(mark, kind), anchor, mark});
  }

  void close() {
    const Open done = open_.back();
    open_.pop_back();
    if (done.anchor != YAML::NullAnchor) anchored_[done.anchor] = done.node;
    attach(*done.node, done.mark);
  }

  void add(const YamlNode& node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) anchored_[anchor] = &node;
    attach(node, {});
  }

  void attach(const YamlNode& node, const YAML::Mark& mark) {
    if (open_.empty()) {
      document_.root = &node;
      return;
    }
    YamlNode& parent = *open_.back().node;
    parent.children.push_back(&node);
    parent.size += node.size;
    if (parent.size > kMaxYamlNodes || document_.nodes.size() > kMaxYamlNodes) {
      throw Stop(mark, "the file holds too many values");
    }
  }

  struct Open {
    YamlNode* node;
    YAML::anchor_t anchor;
    YAML::Mark mark;
  };
  YamlDocument& document_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, const YamlNode*> anchored_;
  std::size_t aliases_ = 0;
};

/// Steps from one word to another: insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string number_to_text(double number) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << number;
  return text.str();
}

}  // namespace

tl::expected<YamlDocument, Mistake> parse_yaml(std::string_view text, const std::string& file) {
  YamlDocument document;
  const auto mistake = [&](int line, int column, std::string sentence) {
    return tl::unexpected<Mistake>(Mistake{file, line, column, "", std::move(sentence)});
  };
  try {
    std::istringstream in{std::string(text)};
    in.imbue(std::locale::classic());
    YAML::Parser parser(in);
    Builder builder(document);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop& stop) {
    return mistake(stop.line, stop.column, stop.what());
  } catch (const YAML::Exception& error) {
    return mistake(error.mark.line + 1, error.mark.column + 1, "not YAML: " + error.msg);
  } catch (const std::exception& error) {
    return mistake(0, 0, std::string("not YAML: ") + error.what());
  }
  return document;
}

void Mistakes::add(Mistake mistake) {
  ++count_;
  if (list_.size() < kMaxMistakes) list_.push_back(std::move(mistake));
}

std::vector<Mistake> Mistakes::take() {
  if (count_ > list_.size()) {
    list_.push_back({list_.front().file, 0, 0, "",
                     "and " + std::to_string(count_ - list_.size()) + " more mistakes"});
  }
  count_ = 0;
  return std::exchange(list_, {});
}

void Value::mistake(std::string sentence) const {
  mistakes_->add({*file_, node_->line, node_->column, path_, std::move(sentence)});
}

std::string Value::describe() const {
  switch (node_->kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return dns::quoted(node_->text);
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a mapping";
  }
  return "nothing";
}

std::optional<std::string> Value::text() const {
  if (node_->kind == YamlNode::Kind::scalar) return node_->text;
  mistake("expected text, found " + describe() +
          (node_->kind == YamlNode::Kind::null ? "; quote it if the text is null" : ""));
  return std::nullopt;
}

std::optional<bool> Value::boolean() const {
  if (node_->kind == YamlNode::Kind::scalar && !node_->quoted) {
    if (node_->text == "true") return true;
    if (node_->text == "false") return false;
  }
  mistake("write true or false, not " + describe());
  return std::nullopt;
}

std::optional<std::int64_t> Value::integer(std::int64_t min, std::int64_t max) const {
  std::int64_t number = 0;
  const char* const end = node_->text.data() + node_->text.size();
  if (node_->kind == YamlNode::Kind::scalar && !node_->quoted) {
    const auto [rest, error] = std::from_chars(node_->text.data(), end, number);
    if (error == std::errc() && rest == end && number >= min && number <= max) return number;
  }
  mistake("write a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
          ", not " + describe());
  return std::nullopt;
}

std::optional<double> Value::number(double min, double max) const {
  double number = 0;
  const char* const end = node_->text.data() + node_->text.size();
  if (node_->kind == YamlNode::Kind::scalar && !node_->quoted) {
    const auto [rest, error] = std::from_chars(node_->text.data(), end, number);
    if (error == std::errc() && rest == end && std::isfinite(number) && number >= min &&
        number <= max) {
      return number;
    }
  }
  mistake("write a number from " + number_to_text(min) + " to " + number_to_text(max) + ", not " +
          describe());
  return std::nullopt;
}

std::optional<dns::Duration> Value::duration(dns::Duration min, dns::Duration max) const {
  if (node_->kind == YamlNode::Kind::scalar) {
    const std::optional<dns::Duration> read = duration_from_text(node_->text);
    if (read && *read >= min && *read <= max) return read;
  }
  mistake("write a duration with its unit, such as 30s, 5m or 1h, from " + duration_to_text(min) +
          " to " + duration_to_text(max) + ", not " + describe());
  return std::nullopt;
}

std::optional<std::size_t> Value::choice(std::span<const std::string_view> choices) const {
  if (node_->kind == YamlNode::Kind::scalar) {
    const auto found = std::find(choices.begin(), choices.end(), node_->text);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  }
  mistake("write " + joined(choices) + ", not " + describe());
  return std::nullopt;
}

std::optional<dns::Name> Value::name() const {
  const std::optional<std::string> written = text();
  if (!written) return std::nullopt;
  const dns::Result<dns::Name> read = written_name(*written);
  if (read) return *read;
  mistake(read.error().sentence);
  return std::nullopt;
}

std::optional<dns::Prefix> Value::prefix() const {
  const std::optional<std::string> written = text();
  if (!written) return std::nullopt;
  const dns::Result<dns::Prefix> read = dns::Prefix::from_text(*written);
  if (read) return *read;
  mistake(read.error().sentence);
  return std::nullopt;
}

std::optional<dns::Endpoint> Value::endpoint(std::uint16_t default_port) const {
  const std::optional<std::string> written = text();
  if (!written) return std::nullopt;
  const dns::Result<dns::Endpoint> read = dns::endpoint_from_text(*written, default_port);
  if (read) return *read;
  mistake(read.error().sentence);
  return std::nullopt;
}

std::vector<Value> Value::list() const {
  std::vector<Value> items;
  if (node_->kind != YamlNode::Kind::sequence) {
    mistake("expected a list, found " + describe());
    return items;
  }
  items.reserve(node_->children.size());
  for (std::size_t i = 0; i < node_->children.size(); ++i) {
    items.emplace_back(*node_->children[i], path_ + "[" + std::to_string(i) + "]", *file_,
                       *mistakes_);
  }
  return items;
}

std::vector<Value> Value::short_list(std::size_t most) const {
  std::vector<Value> items = list();
  if (items.size() > most) {
    mistake("holds more than " + std::to_string(most) + " entries");
    items.clear();
  }
  return items;
}

bool Value::entries(std::span<const std::string_view> known,
                    const std::function<void(std::size_t, const Value&)>& visit) const {
  if (node_->kind != YamlNode::Kind::mapping) {
    mistake(node_->kind == YamlNode::Kind::null
                ? "is empty; give it keys or remove it"
                : "expected a mapping (key: value), found " + describe());
    return false;
  }
  std::vector<int> seen(known.size(), 0);  // the line of each key
  for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) {
    const YamlNode& key = *node_->children[i];
    const std::string prefix = path_.empty() ? "" : path_ + ".";
    if (key.kind != YamlNode::Kind::scalar) {
      Value(key, path_, *file_, *mistakes_).mistake("a key must be a word");
      continue;
    }
    const Value at_key(key, prefix + key.text.substr(0, 60), *file_, *mistakes_);
    const auto found = std::find(known.begin(), known.end(), key.text);
    if (found == known.end()) {
      const std::string_view near = nearest(key.text, known);
      // So many are known only of checks.
      constexpr std::size_t kMostNamed = 40;
      at_key.mistake("unknown key; " + (!near.empty() ? "did you mean " + std::string(near) + "?"
                                        : known.size() > kMostNamed
                                            ? "list-checks shows all that are known"
                                            : "known here: " + joined(known)));
      continue;
    }
    const auto index = static_cast<std::size_t>(found - known.begin());
    if (seen[index] != 0) {
      at_key.mistake("given twice, first in line " + std::to_string(seen[index]) +
                     "; remove one of them");
      continue;
    }
    seen[index] = key.line;
    visit(index, Value(*node_->children[i + 1], prefix + key.text, *file_, *mistakes_));
  }
  return true;
}

dns::Result<dns::Name> written_name(std::string_view text) {
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80) {
      return dns::fail(dns::quoted(text) + " is not ASCII; write the name's A-labels, xn--...");
    }
    if (octet <= 0x20 || octet == 0x7F) {
      return dns::fail(dns::quoted(text) +
                       " is not a domain name: it holds a space or control character");
    }
  }
  dns::Result<dns::Name> name = dns::Name::from_text(text);
  if (name) return name->lowered();
  return name;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t kLongestWord = 40;
  if (word.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    // A word of which nothing is left is no suggestion.
    if (distance < best_distance && distance < std::max(word.size(), candidate.size()) - 1) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace exporter
