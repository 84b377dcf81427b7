#include "exporter/pages.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "checks/fleet.hpp"
#include "exporter/chain_svg.hpp"
#include "exporter/page_style.hpp"
#include "exporter/report_text.hpp"
#include "exporter/zone_status.hpp"

namespace exporter {
namespace {

using checks::Finding;
using checks::ServerState;
using checks::Severity;
using checks::ZoneReport;

constexpr std::string_view kNothing = "–";

/// `text` in an element with a class; `text` is escaped.
std::string element(std::string_view tag, std::string_view css, std::string_view text) {
  std::string out = "<" + std::string(tag);
  if (!css.empty()) out += " class=\"" + std::string(css) + '"';
  return out + '>' + html_escaped(text) + "</" + std::string(tag) + '>';
}

std::string tag(std::string_view css, std::string_view word) {
  return element("span", "tag " + std::string(css), word);
}

/// 1438 as "1,438".
std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

/// The document around `main`. `root` is the relative path to "/".
std::string document(std::string_view title, std::string_view root, std::string_view main,
                     const PageFrame& frame, dns::WallTime now) {
  const std::string up = root.empty() ? "./" : std::string(root);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>";
  out += html_escaped(title);
  out += "</title>\n<style>";
  out += kPageStyle;
  out += "</style>\n</head>\n<body>\n<header><a href=\"" + up + "\"><b>dnszone_exporter</b></a>";
  if (!frame.vantage.empty()) out += element("span", "dim", "seen from " + frame.vantage);
  out += "<nav><a href=\"" + up + "\">Zones</a><a href=\"" + up +
         "metrics\">Metrics</a><a href=\"" + up + "api/v1/zones\">JSON</a><a href=\"" + up +
         "config\">Configuration</a></nav></header>\n";
  out += main;
  out += "<footer class=\"dim\">";
  if (!frame.version.empty()) out += "Version " + html_escaped(frame.version) + " · ";
  out += "Page of " + rfc3339(now) + "</footer>\n</body>\n</html>\n";
  return out;
}

std::string blindness_banner(const ZoneReport& report) {
  const std::string text = blindness_text(report);
  if (text.empty()) return {};
  return "<article class=\"warning\"><header>" + tag("warning", "vantage") +
         element("b", "", "This exporter's own network") + "</header>" + element("p", "", text) +
         "</article>\n";
}

constexpr std::size_t kMaxSharedShown = 10;

/// A zone in the overview, with what it is sorted by.
struct Row {
  const StoredZone* zone = nullptr;
  ZoneStatus status = ZoneStatus::undetermined;
  std::array<std::size_t, 5> counts{};
  std::uint64_t badness = 0;
};

/// Greater is worse: the status, then the worst finding, then how many there are of it.
std::uint64_t badness_of(const Row& row) {
  constexpr std::array<std::uint64_t, 4> kRank{0, 1, 3, 2};  // by ZoneStatus
  std::uint64_t badness = kRank.at(static_cast<std::size_t>(row.status));
  for (std::size_t i = row.counts.size(); i-- > 0;) {
    badness = badness * 1000 + std::min<std::uint64_t>(row.counts.at(i), 999);
  }
  return badness;
}

Row row_of(const StoredZone& zone) {
  Row row;
  row.zone = &zone;
  if (zone.report) {
    row.status = status_of(*zone.report);
    row.counts = count_findings(*zone.report);
  }
  row.badness = badness_of(row);
  return row;
}

class Overview {
 public:
  Overview(const OverviewParameters& parameters, const PageFrame& frame, dns::WallTime now)
      : parameters_(parameters), frame_(frame), now_(now) {}

  std::string render(std::span<const StoredZone> zones) {
    std::vector<Row> rows;
    for (const StoredZone& zone : zones) {
      Row row = row_of(zone);
      ++totals_.at(static_cast<std::size_t>(row.status));
      const bool old = zone.report && is_stale(*zone.report, zone.interval, now_);
      stale_ += old ? 1 : 0;
      pending_ += zone.report ? 0 : 1;
      const bool wanted = parameters_.search.empty() ||
                          zone.zone.to_label().find(parameters_.search) != std::string::npos;
      if (wanted) rows.push_back(row);
    }
    // Stable: zones that are equally well stay in the canonical order of the store.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row& a, const Row& b) { return a.badness > b.badness; });
    counts(zones.size());
    blindness(zones);
    shared_addresses(zones);
    search_form();
    table(rows);
    return document("DNS zones", "", out_, frame_, now_);
  }

 private:
  void counts(std::size_t all) {
    const auto count = [this](std::size_t number, std::string_view css, std::string_view word) {
      out_ += "<li class=\"" + std::string(number == 0 ? "zero" : css) + "\"><b>" +
              grouped(number) + "</b>" + html_escaped(word) + "</li>";
    };
    const auto total = [this](ZoneStatus status) {
      return totals_.at(static_cast<std::size_t>(status));
    };
    out_ += "<h1>DNS zones</h1>\n<ul class=\"counts\">";
    count(total(ZoneStatus::errors), "errors", "with errors");
    count(total(ZoneStatus::warnings), "warnings", "with warnings");
    count(total(ZoneStatus::undetermined), "undetermined", "not determined");
    count(total(ZoneStatus::healthy), "healthy", "healthy");
    count(all, "", all == 1 ? "zone in all" : "zones in all");
    out_ += "</ul>\n";
    if (frame_.sharding) {
      const Shard& shard = frame_.sharding->shard;
      out_ += element("p", "dim",
                      "Shard " + std::to_string(shard.number) + " of " + std::to_string(shard.of) +
                          ", counted from 0: " + grouped(all) + " of " +
                          grouped(all + frame_.sharding->elsewhere.size()) + " zones.") +
              '\n';
    }
    if (pending_ != 0) {
      out_ += element("p", "dim", counted(pending_, "zone") + " not surveyed yet.") + '\n';
    }
    if (stale_ != 0) {
      out_ +=
          "<p>" + tag("warning", "stale") + ' ' +
          html_escaped(counted(stale_, "zone") + " not surveyed for five intervals or longer.") +
          "</p>\n";
    }
  }

  /// All zones are seen from one place: the newest report tells what can be used there now.
  void blindness(std::span<const StoredZone> zones) {
    const ZoneReport* newest = nullptr;
    for (const StoredZone& zone : zones) {
      if (!zone.report) continue;
      if (newest == nullptr || zone.report->surveyed > newest->surveyed) newest = zone.report.get();
    }
    if (newest != nullptr) out_ += blindness_banner(*newest);
  }

  /// The addresses that fail for several zones: one fault, shown once.
  void shared_addresses(std::span<const StoredZone> zones) {
    std::vector<std::shared_ptr<const ZoneReport>> reports;
    for (const StoredZone& zone : zones) {
      if (zone.report && !is_stale(*zone.report, zone.interval, now_)) {
        reports.push_back(zone.report);
      }
    }
    std::size_t shown = 0;
    for (const checks::SharedAddress& shared : checks::shared_addresses(reports)) {
      if (shared.failing < 2 || shown == kMaxSharedShown) continue;
      ++shown;
      const std::string_view severity = checks::to_text(shared.finding.severity);
      out_ += "<article class=\"" + std::string(severity) + "\"><header>" +
              tag(severity, severity) + element("b", "", subject_text(shared.finding.subject)) +
              element("span", "dim", shared.finding.check) + "</header>" +
              element("p", "", shared.finding.sentence) + "</article>\n";
    }
  }

  void search_form() {
    out_ +=
        "<form action=\"./\" method=\"get\"><input type=\"search\" name=\"q\" "
        "aria-label=\"Part of a zone's name\" placeholder=\"Part of a zone's name\" value=\"" +
        html_escaped(parameters_.search) + "\"><button>Find</button></form>\n";
  }

  void table(const std::vector<Row>& rows) {
    const std::size_t pages =
        std::max<std::size_t>(1, (rows.size() + kZonesPerPage - 1) / kZonesPerPage);
    const std::size_t page = std::min(parameters_.page, pages);
    const std::size_t begin = (page - 1) * kZonesPerPage;
    const std::size_t end = std::min(rows.size(), begin + kZonesPerPage);
    if (rows.empty()) {
      out_ += element("p", "dim",
                      !parameters_.search.empty() ? "No zone's name has that in it."
                      : frame_.sharding           ? "No zone belongs to this shard."
                                                  : "No zones are configured.");
      return;
    }
    out_ +=
        "<table>\n<tr><th>Status</th><th>Zone</th><th class=\"wide\">Worst finding</th>"
        "<th class=\"wide\">Findings</th><th class=\"n\">Servers up</th>"
        "<th class=\"n\">Surveyed</th></tr>\n";
    for (std::size_t i = begin; i < end; ++i) zone_row(rows[i]);
    out_ += "</table>\n";
    if (pages > 1) pager(page, pages, begin, end, rows.size());
  }

  void zone_row(const Row& row) {
    const StoredZone& zone = *row.zone;
    const std::string name = zone.zone.to_label();
    // Only what needs attention stands out.
    const bool todo = row.status != ZoneStatus::healthy;
    out_ += todo ? "<tr class=\"todo\"><td>" : "<tr><td>";
    out_ += todo ? tag(to_text(row.status), zone.report ? to_text(row.status) : "pending")
                 : element("span", "word healthy", "healthy");
    out_ += "</td><td class=\"zone\"><a href=\"zones/" +
            (zone.zone.is_root() ? "" : percent_encoded(name)) + "\">" + html_escaped(name) +
            "</a></td>";
    if (!zone.report) {
      out_ +=
          "<td class=\"wide dim\">Not surveyed yet.</td><td "
          "class=\"wide\"></td><td></td><td></td></tr>\n";
      return;
    }
    const ZoneReport& report = *zone.report;
    const auto worst = std::max_element(
        report.findings.begin(), report.findings.end(),
        [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
    const bool quiet = worst == report.findings.end() || worst->severity == Severity::info;
    out_ += element("td", "wide", quiet ? "" : std::string_view(worst->sentence));
    out_ += "<td class=\"wide k dim\">" + finding_counts(report) + "</td>";
    out_ += element("td", "n", servers_up(report));
    const std::string age = span_text(report.surveyed, now_) + " ago";
    out_ += is_stale(report, zone.interval, now_)
                ? "<td class=\"n\">" + tag("warning", "stale") + ' ' + html_escaped(age) + "</td>"
                : element("td", "n dim", age);
    out_ += "</tr>\n";
  }

  /// The first of "2 critical, 1 notice" in its colour, when it is of weight.
  static std::string finding_counts(const ZoneReport& report) {
    if (report.findings.empty()) return {};
    const std::string text = finding_counts_text(report);
    const Severity worst = report.worst();
    if (worst < Severity::warning) return html_escaped(text);
    const std::size_t end = std::min(text.find(','), text.size());
    return element("span", "word " + std::string(checks::to_text(worst)), text.substr(0, end)) +
           html_escaped(text.substr(end));
  }

  static std::string servers_up(const ZoneReport& report) {
    const auto up =
        std::count_if(report.servers.begin(), report.servers.end(),
                      [](const ServerState& s) { return s.udp.result == 0 || s.tcp.result == 0; });
    return std::to_string(up) + " of " + std::to_string(report.servers.size());
  }

  void pager(std::size_t page, std::size_t pages, std::size_t begin, std::size_t end,
             std::size_t all) {
    const auto link = [this](std::size_t number, std::string_view text) {
      out_ += "<a href=\"?page=" + std::to_string(number) +
              (parameters_.search.empty() ? "" : "&amp;q=" + percent_encoded(parameters_.search)) +
              "\">" + html_escaped(text) + "</a>";
    };
    out_ += "<p class=\"pager\">";
    out_ += element(
        "span", "dim",
        grouped(begin + 1) + " to " + grouped(end) + " of " + grouped(all) + " zones, worst first");
    if (page > 1) link(page - 1, "Worse");
    if (page < pages) link(page + 1, "Next");
    out_ += "</p>\n";
  }

  const OverviewParameters& parameters_;
  const PageFrame& frame_;
  dns::WallTime now_;
  std::array<std::size_t, 4> totals_{};
  std::size_t stale_ = 0;
  std::size_t pending_ = 0;
  std::string out_;
};

class ZonePage {
 public:
  ZonePage(const StoredZone& zone, const PageFrame& frame, dns::WallTime now)
      : zone_(zone), frame_(frame), now_(now) {}

  std::string render() {
    const std::string name = zone_.zone.to_label();
    const std::string shown = zone_.zone.is_root() ? ". (the root)" : name;
    if (!zone_.report) {
      out_ += "<h1>" + html_escaped(shown) + tag("undetermined", "pending") + "</h1>\n" +
              element("p", "dim", "Not surveyed yet.");
      return document(name, "../", out_, frame_, now_);
    }
    const ZoneStatus status = status_of(*zone_.report);
    out_ += "<h1>" + html_escaped(shown) + tag(to_text(status), to_text(status)) + "</h1>\n";
    freshness(*zone_.report);
    out_ += blindness_banner(*zone_.report);
    findings(*zone_.report);
    servers(*zone_.report);
    resolvers(*zone_.report);
    delegation(*zone_.report);
    chain(*zone_.report);
    return document(name + ": " + std::string(to_text(status)), "../", out_, frame_, now_);
  }

 private:
  void freshness(const ZoneReport& report) {
    std::string text = "Surveyed " + span_text(report.surveyed, now_) + " ago (" +
                       rfc3339(report.surveyed) + ") in " +
                       response_time_text(report.survey_duration);
    if (zone_.interval > dns::Duration::zero()) text += ", every " + span_text(zone_.interval);
    out_ += "<p class=\"dim\">" + html_escaped(text + ".");
    out_ += " <a href=\"../api/v1/zones/" +
            (zone_.zone.is_root() ? "" : percent_encoded(zone_.zone.to_label())) +
            "\">JSON</a></p>\n";
    if (is_stale(report, zone_.interval, now_)) {
      out_ += "<p>" + tag("warning", "stale") +
              " This is what was seen then: there has been no survey for five intervals.</p>\n";
    }
    if (report.partial) {
      out_ += "<p>" + tag("warning", "partial") +
              " The survey's deadline passed before everything was asked.</p>\n";
    }
  }

  void findings(const ZoneReport& report) {
    out_ += "<h2>Findings</h2>\n";
    if (status_of(report) == ZoneStatus::undetermined) {
      out_ += element("p", "", undetermined_text(report)) + '\n';
      if (report.findings.empty()) return;
    }
    if (report.findings.empty()) {
      out_ += element("p", "dim", "Nothing was found wrong.") + '\n';
      return;
    }
    for (const Finding& finding : report.findings) {
      const std::string_view severity = checks::to_text(finding.severity);
      out_ += "<article class=\"" + std::string(severity) + "\"><header>" +
              tag(severity, severity) + element("b", "", subject_text(finding.subject)) +
              element("span", "dim", finding.check) + "<span class=\"dim since\" title=\"" +
              rfc3339(finding.since) + "\">for " + html_escaped(span_text(finding.since, now_)) +
              "</span></header>" + element("p", "", finding.sentence);
      if (!finding.command.empty()) out_ += element("code", "", finding.command);
      out_ += "</article>\n";
    }
  }

  void servers(const ZoneReport& report) {
    out_ += "<h2>Servers</h2>\n";
    if (report.servers.empty()) {
      out_ += element("p", "dim", "No address of any nameserver was found.") + '\n';
      return;
    }
    out_ +=
        "<div class=\"scroll\"><table>\n<tr><th "
        "class=\"wide\">Nameserver</th><th>Address</th><th>Via</th>"
        "<th>Result</th><th class=\"wide\">RCODE</th><th class=\"n\">Time</th><th "
        "class=\"n\">Serial</th>"
        "<th class=\"wide\">Signed</th><th>Failing for</th></tr>\n";
    const dns::Name* former = nullptr;
    for (const ServerState& server : report.servers) {
      const bool repeated = former != nullptr && *former == server.nameserver;
      server_rows(server, repeated);
      former = &server.nameserver;
    }
    out_ += "</table></div>\n";
  }

  /// A narrow screen has no room for a column of names: there each stands above its addresses.
  void server_rows(const ServerState& server, bool repeated) {
    const std::string name = server.nameserver.to_label();
    out_ += "<tr class=\"more\">" + element("td", "wide k", repeated ? "" : name) +
            "<td class=\"k\">" + (repeated ? "" : element("span", "small", name)) +
            element("span", "mono", server.address.to_text()) + "</td>";
    result_cells("UDP", server.udp);
    out_ += element("td", "n mono",
                    server.serial ? std::to_string(*server.serial) : std::string(kNothing));
    out_ += element("td", "wide", server.is_signed ? (*server.is_signed ? "yes" : "no") : kNothing);
    out_ += element("td", "k", server.failing_since ? span_text(*server.failing_since, now_) : "");
    out_ += "</tr>\n<tr><td class=\"wide\"></td><td></td>";
    result_cells("TCP", server.tcp);
    out_ += "<td></td><td class=\"wide\"></td><td></td></tr>\n";
  }

  void result_cells(std::string_view via, const ServerState::PerTransport& state) {
    constexpr int kOk = 0;
    constexpr int kNotAsked = 12;
    const std::string_view css = state.result == kOk         ? ""
                                 : state.result == kNotAsked ? "dim"
                                                             : "bad";
    out_ += element("td", "dim", via) + "<td>" + element("span", css, result_words(state.result));
    const std::string more = added_detail(state);
    const std::string_view separator = more == state.detail ? ": " : " ";
    if (!more.empty()) out_ += element("span", "dim", std::string(separator) + more);
    out_ +=
        "</td>" +
        element("td", "wide", state.rcode ? dns::to_text(*state.rcode) : std::string(kNothing)) +
        element(
            "td", "n",
            state.response_time ? response_time_text(*state.response_time) : std::string(kNothing));
  }

  static std::string word(const checks::ResolverState& resolver, std::string_view question) {
    const checks::ResolverWord* const word = find_word(resolver, question);
    if (word == nullptr) return element("td", "", kNothing);
    return "<td>" +
           element("span", is_failure(*word) ? "bad" : "",
                   resolver_outcome_text(word->rcode_checked, word->checked)) +
           "</td>";
  }

  void resolvers(const ZoneReport& report) {
    if (report.resolvers.empty()) return;
    out_ +=
        "<h2>Resolvers</h2>\n<div class=\"scroll\"><table>\n<tr><th>Resolver</th>"
        "<th>SOA</th><th>Not checking</th><th>AD</th><th>DS</th><th>Missing name</th><th>CAA</th>"
        "<th class=\"n\">Time</th><th class=\"wide\">EDE</th><th class=\"n\">Asked</th></tr>\n";
    for (const checks::ResolverState& resolver : report.resolvers) {
      const std::string with = resolver_outcome_text(resolver.rcode_checked, resolver.checked);
      const std::string without =
          resolver_outcome_text(resolver.rcode_unchecked, resolver.unchecked);
      out_ += "<tr>" + element("td", "k", resolver.name) + "<td>" +
              element("span", resolver.view == "works" ? "" : "bad", with) + "</td>" +
              element("td", "", without.empty() ? kNothing : std::string_view(without)) +
              element("td", "", resolver.authenticated ? "yes" : "no") + word(resolver, "ds") +
              word(resolver, "nonexistent") + word(resolver, "caa") +
              element("td", "n",
                      resolver.response_time ? response_time_text(*resolver.response_time)
                                             : std::string(kNothing)) +
              element("td", "wide", extended_errors_text(resolver)) +
              element("td", "n dim", span_text(resolver.asked, now_) + " ago") + "</tr>\n";
    }
    out_ += "</table></div>\n";
  }

  void delegation(const ZoneReport& report) {
    out_ += "<h2>Delegation</h2>\n";
    if (report.zone.is_root()) {
      out_ += element("p", "dim", "The root has no parent.") + '\n';
    } else if (!report.parent) {
      out_ += element("p", "dim", "The parent was not found.") + '\n';
    } else {
      const std::string parent = report.parent->is_root() ? "the root" : report.parent->to_label();
      out_ += "<p>Parent: <b>" + html_escaped(parent) + "</b>" +
              (report.ds_records ? ", with " + counted(*report.ds_records, "DS record")
                                 : std::string("; its DS records are not known")) +
              ".</p>\n";
    }
    out_ += "<p>DNSSEC: <b>" + std::string(to_text(report.dnssec)) + "</b></p>\n";
    if (report.parent_nameservers.empty() && report.child_nameservers.empty()) return;
    out_ +=
        "<div class=\"scroll\"><table class=\"narrow\">\n<tr><th>Nameserver</th><th>At the "
        "parent</th><th>In the "
        "zone</th></tr>\n";
    std::vector<dns::Name> names = report.parent_nameservers;
    for (const dns::Name& name : report.child_nameservers) {
      if (!lists(names, name)) names.push_back(name);
    }
    for (const dns::Name& name : names) {
      out_ += "<tr>" + element("td", "k", name.to_label()) +
              listed(report.parent_nameservers, name, report.delegation_known) +
              listed(report.child_nameservers, name, false) + "</tr>\n";
    }
    out_ += "</table></div>\n";
  }

  void chain(const ZoneReport& report) {
    const std::string picture = render_chain_svg(report);
    if (picture.empty()) return;
    out_ += "<h2>Chain of trust</h2>\n<div class=\"scroll\">" + picture + "</div>\n";
  }

  static bool lists(const std::vector<dns::Name>& set, const dns::Name& name) {
    return std::find(set.begin(), set.end(), name) != set.end();
  }

  /// An empty list says that none is listed only when that `is_known`.
  static std::string listed(const std::vector<dns::Name>& set, const dns::Name& name,
                            bool is_known) {
    if (lists(set, name)) return element("td", "", "listed");
    if (set.empty() && !is_known) return element("td", "dim", "not known");
    return "<td><span class=\"bad\">not listed</span></td>";
  }

  const StoredZone& zone_;
  const PageFrame& frame_;
  dns::WallTime now_;
  std::string out_;
};

}  // namespace

std::string render_overview(std::span<const StoredZone> zones, const OverviewParameters& parameters,
                            const PageFrame& frame, dns::WallTime now) {
  return Overview(parameters, frame, now).render(zones);
}

std::string render_zone_page(const StoredZone& zone, const PageFrame& frame, dns::WallTime now) {
  return ZonePage(zone, frame, now).render();
}

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace exporter
