#include "exporter/exposition.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace exporter {
namespace {

using checks::Shape;

/// A piece of the text that holds all label blocks.
struct Block {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// Where the blocks of one zone begin in the list of all.
struct ZoneBlocks {
  std::uint32_t zone = 0;
  std::uint32_t first_nameserver = 0;
  std::uint32_t first_server = 0;
};

void append_label(std::string& out, std::string_view name, std::string_view value) {
  out += ',';
  out += name;
  out += "=\"";
  append_label_value(out, value);
  out += '"';
}

char* copy(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

/// The labels `{zone="...",...` of every zone, nameserver and server, without what closes them.
class LabelBlocks {
 public:
  void build(std::span<const ZoneSource> sources, MetricsDetail detail) {
    text_.clear();
    blocks_.clear();
    zones_.clear();
    for (const ZoneSource& source : sources) {
      const checks::ZoneReport& report = *source.report;
      ZoneBlocks& zone = zones_.emplace_back();
      zone.zone = add_zone(report);
      if (source.stale || detail == MetricsDetail::zone) continue;
      zone.first_nameserver = static_cast<std::uint32_t>(blocks_.size());
      for (const dns::Name& nameserver : report.nameservers) {
        extend(zone.zone, [&] { append_label(text_, "nameserver", nameserver.to_label()); });
      }
      zone.first_server = static_cast<std::uint32_t>(blocks_.size());
      for (const checks::ServerState& server : report.servers) {
        extend(zone.zone, [&] {
          append_label(text_, "nameserver", server.nameserver.to_label());
          append_label(text_, "address", server.address.to_text());
          append_label(text_, "family", dns::to_text(server.address.family()));
        });
      }
    }
  }

  std::string_view of(const Sample& sample, Shape shape) const {
    const ZoneBlocks& zone = zones_[sample.zone];
    switch (shape) {
      case Shape::server:
      case Shape::server_transport:
        return text(blocks_[zone.first_server + static_cast<std::size_t>(sample.server)]);
      case Shape::nameserver:
      case Shape::nameserver_family:
        return text(blocks_[zone.first_nameserver + static_cast<std::size_t>(sample.nameserver)]);
      default:
        return text(blocks_[zone.zone]);
    }
  }

 private:
  std::uint32_t add_zone(const checks::ZoneReport& report) {
    const auto offset = static_cast<std::uint32_t>(text_.size());
    text_ += "{zone=\"";
    append_label_value(text_, report.zone.to_label());
    text_ += '"';
    return push(offset);
  }

  /// A new block that begins as block `base` does and goes on with what `append` adds.
  template <typename Append>
  void extend(std::uint32_t base, const Append& append) {
    const auto offset = static_cast<std::uint32_t>(text_.size());
    const Block begin = blocks_[base];
    text_.append(text_, begin.offset, begin.length);
    append();
    push(offset);
  }

  std::uint32_t push(std::uint32_t offset) {
    blocks_.push_back({offset, static_cast<std::uint32_t>(text_.size()) - offset});
    return static_cast<std::uint32_t>(blocks_.size() - 1);
  }

  std::string_view text(Block block) const { return {text_.data() + block.offset, block.length}; }

  std::string text_;
  std::vector<Block> blocks_;
  std::vector<ZoneBlocks> zones_;
};

}  // namespace

/// Writes the lines. What closes the labels (family, transport, vantage) comes in twelve forms,
/// made once per page.
class ExpositionWriter::Sink final : public SampleSink {
 public:
  void begin(std::span<const ZoneSource> sources, const MetricsSettings& settings,
             TextBuffer& out) {
    sources_ = sources;
    out_ = &out;
    ancestor_ = nullptr;  // what it pointed at is gone
    blocks_.build(sources, settings.detail);
    fold_subjects_ = settings.detail == MetricsDetail::zone;
    vantage_.clear();
    if (!settings.vantage.empty()) append_label(vantage_, "vantage", settings.vantage);
    make_tails();
  }

  void family(const checks::MetricRow& row, Shape shape) override {
    row_ = &row;
    shape_ = shape;
    append_head(*out_, row.name, row.type == checks::MetricType::counter ? "counter" : "gauge",
                row.help);
  }

  void sample(const Sample& sample) override {
    if (sample.finding != nullptr) return finding(sample);
    const std::string_view block =
        shape_ == Shape::ancestor ? ancestor_block(sample) : blocks_.of(sample, shape_);
    const std::string_view tail = tail_of(sample);
    scratch_.clear();
    if (shape_ == Shape::zone_resolver) {
      const checks::ZoneReport& report = *sources_[sample.zone].report;
      append_label(scratch_, "resolver",
                   report.resolvers[static_cast<std::size_t>(sample.resolver)].name);
    }
    if (!row_->extra.empty()) append_label(scratch_, row_->extra, sample.extra);
    line(block, scratch_, tail, sample.value);
  }

 private:
  static constexpr std::array<std::string_view, 4> kFamilies{"", "ipv4", "ipv6", "any"};
  static constexpr std::array<std::string_view, 3> kTransports{"", "udp", "tcp"};

  void make_tails() {
    for (std::size_t family = 0; family < kFamilies.size(); ++family) {
      for (std::size_t transport = 0; transport < kTransports.size(); ++transport) {
        std::string& tail = tails_[family][transport];
        tail.clear();
        if (family != 0) append_label(tail, "family", kFamilies[family]);
        if (transport != 0) append_label(tail, "transport", kTransports[transport]);
        tail += vantage_;
        tail += "} ";
      }
    }
  }

  std::string_view tail_of(const Sample& sample) const {
    std::size_t family = 0;
    std::size_t transport = 0;
    const auto transport_index = [&sample]() -> std::size_t {
      if (!sample.transport) return 0;
      return *sample.transport == dns::Transport::udp ? 1 : 2;
    };
    const auto family_index = [&sample]() -> std::size_t {
      if (!sample.family) return 3;
      return *sample.family == dns::Family::ipv4 ? 1 : 2;
    };
    switch (shape_) {
      case Shape::server_transport:
        transport = transport_index();
        break;
      case Shape::zone_family:
      case Shape::nameserver_family:
        family = family_index();
        break;
      case Shape::zone_family_transport:
        family = family_index();
        transport = transport_index();
        break;
      default:
        break;
    }
    return tails_[family][transport];
  }

  /// `{ancestor="..."`, made once for the four lines of an ancestor.
  std::string_view ancestor_block(const Sample& sample) {
    if (sample.ancestor != ancestor_) {
      ancestor_ = sample.ancestor;
      ancestor_text_ = "{ancestor=\"";
      append_label_value(ancestor_text_, ancestor_->to_label());
      ancestor_text_ += '"';
    }
    return ancestor_text_;
  }

  /// Labels that do not apply are there and empty, so that all series of the family have the same
  /// ones.
  void finding(const Sample& sample) {
    const checks::Finding& finding = *sample.finding;
    const checks::Subject subject = fold_subjects_ ? checks::Subject{} : finding.subject;
    scratch_.clear();
    append_label(scratch_, "nameserver",
                 subject.nameserver ? subject.nameserver->to_label() : std::string());
    append_label(scratch_, "address", subject.address ? subject.address->to_text() : std::string());
    append_label(scratch_, "family",
                 subject.address ? dns::to_text(subject.address->family()) : std::string_view());
    append_label(scratch_, "transport",
                 subject.transport ? dns::to_text(*subject.transport) : std::string_view());
    append_label(scratch_, "check", finding.check);
    append_label(scratch_, "severity", checks::to_text(finding.severity));
    line(blocks_.of(sample, Shape::zone), scratch_, tails_[0][0], sample.value);
  }

  void line(std::string_view block, std::string_view extra, std::string_view tail, double value) {
    const std::size_t room = row_->name.size() + block.size() + extra.size() + tail.size();
    char* const begin = out_->reserve(room + kMaxValueLength + 1);
    char* at = copy(begin, row_->name);
    at = copy(at, block);
    at = copy(at, extra);
    at = copy(at, tail);
    at = write_value(at, value);
    *at = '\n';
    out_->commit(static_cast<std::size_t>(at + 1 - begin));
  }

  std::span<const ZoneSource> sources_;
  TextBuffer* out_ = nullptr;
  LabelBlocks blocks_;
  bool fold_subjects_ = false;
  std::string vantage_;
  std::array<std::array<std::string, 3>, 4> tails_;
  std::string scratch_;
  const dns::Name* ancestor_ = nullptr;
  std::string ancestor_text_;
  const checks::MetricRow* row_ = nullptr;
  Shape shape_{};
};

ExpositionWriter::ExpositionWriter() : sink_(std::make_unique<Sink>()) {}
ExpositionWriter::~ExpositionWriter() = default;

void ExpositionWriter::write(std::span<const ZoneSource> sources, const MetricsSettings& settings,
                             TextBuffer& out) {
  sink_->begin(sources, settings, out);
  walk_samples(sources, settings.detail, *sink_);
}

}  // namespace exporter
