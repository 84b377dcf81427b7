// A strict reader for YAML: the text becomes a bounded tree whose every node knows its line and
// column, and a Value reads one node as what the caller expects or records a Mistake. Nothing is
// guessed: `yes` is not a boolean, `60` is not a duration, a key given twice is a mistake.
//
// Not thread-safe; everything belongs to one reading. No exceptions leave this file. A Value refers
// to its document and reader and must not outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "exporter/config.hpp"

namespace exporter {

// Bounds on one document. Aliases count with everything they stand for, so that a few lines cannot
// expand to gigabytes ("billion laughs").
inline constexpr std::size_t kMaxYamlNodes = 8'000'000;
inline constexpr std::size_t kMaxYamlDepth = 32;
inline constexpr std::size_t kMaxYamlAliases = 10'000;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  bool quoted = false;  ///< of a scalar: "..." or '...'
  int line = 0;         ///< from 1
  int column = 0;       ///< from 1
  std::string text;     ///< of a scalar
  /// Items of a sequence; of a mapping, keys and values by turns.
  std::vector<const YamlNode*> children;
  std::size_t size = 1;  ///< nodes in this subtree, aliases written out
};

/// A parsed document; owns its nodes.
struct YamlDocument {
  std::deque<YamlNode> nodes;
  const YamlNode* root = nullptr;  ///< null when the text holds no document
};

/// Fails with the one mistake at which the text stops being YAML, or leaves the bounds above.
tl::expected<YamlDocument, Mistake> parse_yaml(std::string_view text, const std::string& file);

/// Collects the mistakes of one reading.
class Mistakes {
 public:
  void add(Mistake mistake);
  bool any() const { return count_ != 0; }
  /// All mistakes, at most kMaxMistakes and a last one that counts the others.
  std::vector<Mistake> take();

 private:
  std::vector<Mistake> list_;
  std::size_t count_ = 0;
};

class Value;

/// One key of a mapping that is read into a Target: its documentation and its reader.
template <typename Target>
struct Key {
  std::string_view name;
  std::string_view type;
  std::string_view default_value;
  std::string_view help;
  void (*read)(const Value& value, Target& target);
  bool needs_restart = false;
};

/// One node, with the path that names it in mistakes.
class Value {
 public:
  Value(const YamlNode& node, std::string path, const std::string& file, Mistakes& mistakes)
      : node_(&node), path_(std::move(path)), file_(&file), mistakes_(&mistakes) {}

  // Each gives nothing after recording a mistake when the node is not of its kind or out of range.

  std::optional<std::string> text() const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer(std::int64_t min, std::int64_t max) const;
  std::optional<double> number(double min, double max) const;
  std::optional<dns::Duration> duration(dns::Duration min, dns::Duration max) const;
  /// One of `choices`, whose values are their indices.
  std::optional<std::size_t> choice(std::span<const std::string_view> choices) const;
  std::optional<dns::Name> name() const;
  std::optional<dns::Prefix> prefix() const;
  std::optional<dns::Endpoint> endpoint(std::uint16_t default_port) const;

  /// The items of a list, each as a Value; none after a mistake.
  std::vector<Value> list() const;
  /// The same, of at most `most` items; none when there are more.
  std::vector<Value> short_list(std::size_t most) const;

  /// True for a mapping, or a list; the node's kind is not a mistake either way.
  bool is_mapping() const { return node_->kind == YamlNode::Kind::mapping; }
  bool is_list() const { return node_->kind == YamlNode::Kind::sequence; }

  /// Calls `visit` for each entry of a mapping whose key is one of `known`, once per key; any other
  /// key and any repeated key is a mistake. False when this is not a mapping.
  bool entries(std::span<const std::string_view> known,
               const std::function<void(std::size_t index, const Value& value)>& visit) const;

  /// Reads a mapping into `target` by a table of keys.
  template <typename Target>
  bool into(std::span<const Key<Target>> keys, Target& target) const {
    std::vector<std::string_view> names;
    names.reserve(keys.size());
    for (const Key<Target>& key : keys) names.push_back(key.name);
    return entries(names,
                   [&](std::size_t index, const Value& value) { keys[index].read(value, target); });
  }

  /// Records a mistake at this node.
  void mistake(std::string sentence) const;

  const std::string& path() const { return path_; }
  const std::string& file() const { return *file_; }
  Mistakes& mistakes() const { return *mistakes_; }
  int line() const { return node_->line; }
  int column() const { return node_->column; }

 private:
  std::string describe() const;

  const YamlNode* node_;
  std::string path_;
  const std::string* file_;
  Mistakes* mistakes_;
};

/// A domain name as people write it into files: presentation form, ASCII, no space.
dns::Result<dns::Name> written_name(std::string_view text);

/// The word of `known` that `word` is most likely meant to be; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace exporter
