#include "exporter/render_check.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/fleet.hpp"
#include "exporter/chain_tree.hpp"
#include "exporter/report_json.hpp"
#include "exporter/report_text.hpp"
#include "exporter/table.hpp"

namespace exporter {
namespace {

using checks::Finding;
using checks::ServerState;
using checks::Severity;
using checks::ZoneReport;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kLeastWidth = 40;  // narrower than this, wrapping helps nobody
constexpr std::string_view kNothing = "–";

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return Tone::dim;
    case Severity::notice:
      return Tone::notice;
    case Severity::warning:
      return Tone::warning;
    case Severity::error:
      return Tone::bad;
    case Severity::critical:
      return Tone::worst;
  }
  return Tone::plain;
}

Tone tone_of(ZoneStatus status) {
  switch (status) {
    case ZoneStatus::healthy:
      return Tone::good;
    case ZoneStatus::warnings:
      return Tone::warning;
    case ZoneStatus::errors:
      return Tone::worst;
    case ZoneStatus::undetermined:
      return Tone::notice;
  }
  return Tone::plain;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

std::string verdict_text(const ZoneReport& report) {
  switch (status_of(report)) {
    case ZoneStatus::healthy:
      return "healthy";
    case ZoneStatus::undetermined:
      return "could not tell";
    default:
      return finding_counts_text(report);
  }
}

/// A finding with its sentence, and the command that shows it, never wrapped: it is to be copied.
std::string finding_text(const Finding& finding, bool color, std::size_t width) {
  std::string out(kIndent, ' ');
  out += toned(upper(checks::to_text(finding.severity)), tone_of(finding.severity), color);
  out += "  " + toned(subject_text(finding.subject), Tone::strong, color);
  out += "  " + toned(finding.check, Tone::dim, color) + '\n';
  out += wrapped(printable(finding.sentence), kIndent * 2, width);
  if (finding.command.empty()) return out;
  out.append(kIndent * 2, ' ');
  return out + toned(printable(finding.command), Tone::notice, color) + '\n';
}

/// One zone as text.
class ZoneText {
 public:
  ZoneText(const ZoneReport& report, const TableStyle& style)
      : report_(report), color_(style.color), width_(std::max(style.width, kLeastWidth)) {}

  std::string render() {
    header();
    delegation();
    chain();
    servers();
    resolvers();
    findings();
    return std::move(out_);
  }

 private:
  void header() {
    out_ += toned(report_.zone.to_label(), Tone::strong, color_) + "  " +
            toned(verdict_text(report_), tone_of(status_of(report_)), color_) + '\n';
    std::string line = "surveyed " + rfc3339(report_.surveyed) + " in " +
                       response_time_text(report_.survey_duration);
    if (report_.partial) line += "; its deadline passed before everything was asked";
    append_dim(line);
    if (report_.judged_as_of) {
      append_dim("judged as of " + rfc3339(*report_.judged_as_of) +
                 " (--time); the answers are those of the survey");
    }
    const std::string blindness = blindness_text(report_);
    if (!blindness.empty()) out_ += wrapped(blindness, kIndent, width_);
  }

  void append_dim(const std::string& text) {
    const std::string lines = wrapped(text, kIndent, width_);
    // The newline stays outside of the colour: some pagers paint the rest of the line otherwise.
    out_ += toned(std::string_view(lines).substr(0, lines.size() - 1), Tone::dim, color_) + '\n';
  }

  void heading(std::string_view title) {
    out_ += '\n';
    out_.append(kIndent, ' ');
    out_ += toned(title, Tone::strong, color_) + '\n';
  }

  void delegation() {
    heading("Delegation");
    out_ += wrapped(delegation_sentence(), kIndent, width_);
    Table table;
    for (const dns::Name& name : all_listed()) {
      const bool in_parent = lists(report_.parent_nameservers, name);
      const bool in_child = lists(report_.child_nameservers, name);
      // What nobody told is no difference.
      const bool both_known = !report_.child_nameservers.empty() &&
                              (report_.delegation_known || !report_.parent_nameservers.empty());
      table.add({{name.to_label()},
                 {in_parent && in_child ? "parent and zone"
                  : !both_known         ? in_parent ? "parent" : "zone"
                  : in_parent           ? "parent only"
                                        : "zone only",
                  in_parent == in_child || !both_known ? Tone::plain : Tone::warning}});
    }
    out_ += table.render(kIndent * 2, color_);
  }

  std::string delegation_sentence() const {
    return parent_sentence() + " DNSSEC: " + std::string(to_text(report_.dnssec)) + '.';
  }

  std::string parent_sentence() const {
    const std::string ds =
        report_.ds_records ? "; " + counted(*report_.ds_records, "DS record") + '.' : ".";
    if (report_.zone.is_root()) return "The root has no parent.";
    if (!report_.parent) return "The parent was not found.";
    const std::string parent = report_.parent->is_root() ? "The root" : report_.parent->to_label();
    if (report_.parent_nameservers.empty()) {
      if (!report_.delegation_known) return "No server of " + parent + " tells of its delegation.";
      return parent + " lists no nameservers for it" + ds;
    }
    const std::size_t own = report_.child_nameservers.size();
    return parent + " lists " + counted(report_.parent_nameservers.size(), "nameserver") +
           (own == 0 ? "; what the zone itself lists is not known"
                     : ", the zone " + std::to_string(own)) +
           ds;
  }

  void chain() {
    if (report_.chain.steps.empty()) return;
    heading("Chain of trust");
    out_ += render_chain_tree(report_, {color_, kIndent * 2, width_});
  }

  static bool lists(const std::vector<dns::Name>& set, const dns::Name& name) {
    return std::find(set.begin(), set.end(), name) != set.end();
  }

  /// The parent's names in its order, then those that only the zone has.
  std::vector<dns::Name> all_listed() const {
    std::vector<dns::Name> names = report_.parent_nameservers;
    for (const dns::Name& name : report_.child_nameservers) {
      if (!lists(report_.parent_nameservers, name)) names.push_back(name);
    }
    return names;
  }

  void servers() {
    heading("Servers");
    if (report_.servers.empty()) {
      out_ += wrapped("No address of any nameserver was found.", kIndent, width_);
      return;
    }
    Table table;
    Table::Row head;
    for (const char* title :
         {"nameserver", "address", "via", "result", "rcode", "time", "serial", "signed"}) {
      head.push_back({title, Tone::dim});
    }
    table.add(std::move(head));
    const dns::Name* former = nullptr;
    for (const ServerState& server : report_.servers) {
      // A nameserver's name stands once above all its addresses.
      const bool repeated = former != nullptr && *former == server.nameserver;
      table.add(server_row(server, repeated ? "" : server.nameserver.to_label(), server.udp));
      table.add(transport_row(server));
      former = &server.nameserver;
    }
    out_ += table.render(kIndent, color_);
  }

  static Table::Row server_row(const ServerState& server, std::string name,
                               const ServerState::PerTransport& udp) {
    Table::Row row{{std::move(name)}, {server.address.to_text()}, {"UDP"}};
    append_result(row, udp);
    row.insert(row.end() - 1,
               {{server.serial ? std::to_string(*server.serial) : std::string(kNothing)},
                {server.is_signed ? (*server.is_signed ? "yes" : "no") : std::string(kNothing)}});
    return row;
  }

  static Table::Row transport_row(const ServerState& server) {
    Table::Row row{{""}, {""}, {"TCP"}};
    append_result(row, server.tcp);
    row.insert(row.end() - 1, {{""}, {""}});
    return row;
  }

  /// Result, RCODE, time, and what there is to say about a failure as the last cell.
  static void append_result(Table::Row& row, const ServerState::PerTransport& state) {
    constexpr int kOk = 0;
    constexpr int kNotAsked = 12;
    const Tone tone = state.result == kOk         ? Tone::good
                      : state.result == kNotAsked ? Tone::dim
                                                  : Tone::bad;
    row.push_back({result_words(state.result), tone});
    row.push_back({state.rcode ? dns::to_text(*state.rcode) : std::string(kNothing)});
    row.push_back(
        {state.response_time ? response_time_text(*state.response_time) : std::string(kNothing)});
    row.push_back({printable(added_detail(state)), Tone::dim});
  }

  static Table::Cell word_cell(const checks::ResolverState& resolver, std::string_view question) {
    const checks::ResolverWord* const word = find_word(resolver, question);
    if (word == nullptr) return {std::string(kNothing)};
    return {resolver_outcome_text(word->rcode_checked, word->checked),
            is_failure(*word) ? Tone::bad : Tone::plain};
  }

  void resolvers() {
    if (report_.resolvers.empty()) return;
    heading("Resolvers");
    Table table;
    Table::Row head;
    for (const char* title :
         {"resolver", "SOA", "not checking", "AD", "DS", "missing name", "CAA", "time", "EDE"}) {
      head.push_back({title, Tone::dim});
    }
    table.add(std::move(head));
    for (const checks::ResolverState& resolver : report_.resolvers) {
      const std::string with = resolver_outcome_text(resolver.rcode_checked, resolver.checked);
      const std::string without =
          resolver_outcome_text(resolver.rcode_unchecked, resolver.unchecked);
      table.add({{resolver.name},
                 {with, resolver.view == "works" ? Tone::good : Tone::bad},
                 {without.empty() ? std::string(kNothing) : without},
                 {resolver.authenticated ? "yes" : "no"},
                 word_cell(resolver, "ds"),
                 word_cell(resolver, "nonexistent"),
                 word_cell(resolver, "caa"),
                 {resolver.response_time ? response_time_text(*resolver.response_time)
                                         : std::string(kNothing)},
                 {extended_errors_text(resolver), Tone::dim}});
    }
    out_ += table.render(kIndent, color_);
  }

  void findings() {
    heading("Findings");
    if (status_of(report_) == ZoneStatus::undetermined) {
      out_ += wrapped(undetermined_text(report_), kIndent, width_);
      if (report_.findings.empty()) return;
      out_ += '\n';
    }
    if (report_.findings.empty()) {
      out_ += wrapped("Nothing was found wrong.", kIndent, width_);
      return;
    }
    const char* separator = "";
    for (const Finding& finding : report_.findings) {
      out_ += separator;
      separator = "\n";
      out_ += finding_text(finding, color_, width_);
    }
  }

  const ZoneReport& report_;
  bool color_;
  std::size_t width_;
  std::string out_;
};

/// What only several zones together tell; nothing when no address is shared and failing.
std::string across_zones(Reports reports, const TableStyle& style) {
  const std::vector<checks::SharedAddress> shared = checks::shared_addresses(reports);
  if (shared.empty()) return {};
  std::string out = toned("Across zones", Tone::strong, style.color) + '\n';
  const char* separator = "";
  for (const checks::SharedAddress& address : shared) {
    out += separator;
    separator = "\n";
    out += finding_text(address.finding, style.color, std::max(style.width, kLeastWidth));
  }
  return out + '\n';
}

/// "4 zones: 2 healthy, 1 with warnings, 1 with errors".
std::string summary_line(Reports reports) {
  constexpr std::array<std::pair<ZoneStatus, std::string_view>, 4> kWords{{
      {ZoneStatus::healthy, "healthy"},
      {ZoneStatus::warnings, "with warnings"},
      {ZoneStatus::errors, "with errors"},
      {ZoneStatus::undetermined, "not determined"},
  }};
  std::string text = counted(reports.size(), "zone");
  const char* separator = ": ";
  for (const auto& [status, word] : kWords) {
    const auto count =
        std::count_if(reports.begin(), reports.end(),
                      [status = status](const auto& r) { return status_of(*r) == status; });
    if (count == 0) continue;
    text += separator + std::to_string(count) + ' ' + std::string(word);
    separator = ", ";
  }
  return text + '\n';
}

int rank(ZoneStatus status) {
  switch (status) {
    case ZoneStatus::healthy:
      return 0;
    case ZoneStatus::warnings:
      return 1;
    case ZoneStatus::undetermined:
      return 2;
    case ZoneStatus::errors:
      return 3;
  }
  return 3;
}

}  // namespace

std::string render_table(Reports reports, const TableStyle& style) {
  std::string out;
  for (const auto& report : reports) {
    out += ZoneText(*report, style).render();
    out += '\n';
  }
  out += across_zones(reports, style) + summary_line(reports);
  return style.utf8 ? out : ascii(out);
}

std::string render_json(Reports reports) {
  return check_json(reports);
}

ZoneStatus worst_status(Reports reports) {
  if (reports.empty()) return ZoneStatus::undetermined;
  ZoneStatus worst = ZoneStatus::healthy;
  for (const auto& report : reports) {
    const ZoneStatus status = status_of(*report);
    if (rank(status) > rank(worst)) worst = status;
  }
  return worst;
}

}  // namespace exporter
