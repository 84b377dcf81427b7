#include "exporter/check_command.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "checks/judge.hpp"
#include "dns/task.hpp"
#include "exporter/asking.hpp"
#include "exporter/render_check.hpp"
#include "exporter/rfc3339.hpp"
#include "exporter/rounds.hpp"

namespace exporter {
namespace {

using Surveys = std::vector<std::shared_ptr<const survey::Survey>>;

constexpr int kExitUndetermined = 3;

// Dates of signatures are compared as serial numbers, of which half the circle, 68 years, lies
// ahead (RFC 4034 section 3.1.5).
constexpr std::chrono::days kFarthestMoment(50 * 365);

int exit_code(ZoneStatus status) {
  switch (status) {
    case ZoneStatus::healthy:
      return 0;
    case ZoneStatus::warnings:
      return 1;
    case ZoneStatus::errors:
      return 2;
    case ZoneStatus::undetermined:
      return kExitUndetermined;
  }
  return kExitUndetermined;
}

/// Puts what --root-hints and --trust-anchor name in the place of what `resolution` has.
void read_files(const CheckArguments& arguments, Config::Resolution& resolution,
                std::vector<std::string>& mistakes) {
  if (!arguments.root_hints.empty()) {
    const dns::Result<std::string> text = read_text_file(arguments.root_hints);
    dns::Result<dns::RootHints> hints =
        text ? dns::parse_root_hints(*text) : tl::unexpected(text.error());
    if (hints) {
      resolution.root_hints_file = arguments.root_hints;
      resolution.root_hints = std::move(*hints);
    } else {
      mistakes.push_back("--root-hints: " + hints.error().sentence);
    }
  }
  if (!arguments.trust_anchor.empty()) {
    const dns::Result<std::string> text = read_text_file(arguments.trust_anchor);
    dns::Result<dns::dnssec::TrustAnchors> anchors =
        text ? dns::dnssec::parse_trust_anchors(*text) : tl::unexpected(text.error());
    if (anchors) {
      resolution.trust_anchor_file = arguments.trust_anchor;
      resolution.trust_anchor_records.clear();
      resolution.trust_anchors = std::move(*anchors);
    } else {
      mistakes.push_back("--trust-anchor: " + anchors.error().sentence);
    }
  }
}

/// The configuration that the arguments describe, or the sentences that say why there is none.
tl::expected<Config, std::vector<std::string>> configure(const CheckArguments& arguments) {
  Config config;
  std::vector<std::string> mistakes;
  if (!arguments.config_file.empty()) {
    tl::expected<Config, std::vector<Mistake>> read =
        load_config(arguments.config_file, {.zones_required = false});
    if (!read) {
      for (const Mistake& mistake : read.error()) mistakes.push_back(mistake.to_text());
      return tl::unexpected(std::move(mistakes));
    }
    config = std::move(*read);
  }
  if (arguments.port) config.resolution.port = *arguments.port;
  for (const std::string& range : arguments.allow) {
    const dns::Result<dns::Prefix> prefix = dns::Prefix::from_text(range);
    if (prefix) {
      config.resolution.allow.push_back(*prefix);
    } else {
      mistakes.push_back("--allow: " + prefix.error().sentence);
    }
  }
  for (const std::string& text : arguments.resolvers) {
    dns::Result<survey::RecursiveResolver> resolver = resolver_from_text(text);
    const std::string fault =
        resolver ? add_resolver(std::move(*resolver), config) : resolver.error().sentence;
    if (fault.empty()) continue;
    mistakes.push_back("--resolver: " + fault);
    if (config.resolvers.size() == survey::kMaxResolvers) break;  // said once
  }
  read_files(arguments, config.resolution, mistakes);
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return config;
}

/// What --sentinel says, for the zones it lies in.
std::vector<survey::Sentinel> sentinels_of(const CheckArguments& arguments,
                                           const std::vector<dns::Name>& zones,
                                           std::vector<std::string>& mistakes) {
  std::vector<survey::Sentinel> sentinels;
  for (const std::string& text : arguments.sentinels) {
    const dns::Result<survey::Sentinel> sentinel = sentinel_from_text(text);
    if (!sentinel) {
      mistakes.push_back("--sentinel: " + sentinel.error().sentence);
    } else if (std::none_of(zones.begin(), zones.end(), [&](const dns::Name& zone) {
                 return sentinel->name.is_at_or_below(zone);
               })) {
      mistakes.push_back("--sentinel: " + sentinel->name.to_label() + " lies in no zone given");
    } else {
      sentinels.push_back(*sentinel);
    }
  }
  if (sentinels.size() > survey::kMaxSentinels) {
    mistakes.push_back("--sentinel: too many, at most " + std::to_string(survey::kMaxSentinels));
  }
  return sentinels;
}

/// A zone to check, with the options that hold for it.
struct Target {
  dns::Name zone;
  std::shared_ptr<const ZoneOptions> options;
};

/// The options of a one-shot survey: those of the configuration, without a schedule.
std::shared_ptr<const ZoneOptions> one_shot(const ZoneOptions& configured,
                                            const CheckArguments& arguments,
                                            std::optional<dns::Duration> timeout,
                                            const dns::Name& zone,
                                            const std::vector<survey::Sentinel>& sentinels) {
  auto options = std::make_shared<ZoneOptions>(configured);
  options->settings.interval = {};
  options->settings.three_rounds_rule = false;
  if (arguments.attempts) options->attempts = *arguments.attempts;
  if (timeout) options->timeout = *timeout;
  for (const survey::Sentinel& sentinel : sentinels) {
    if (options->sentinels.size() == survey::kMaxSentinels) break;
    if (sentinel.name.is_at_or_below(zone)) options->sentinels.push_back(sentinel);
  }
  return options;
}

dns::Task<void> survey_one(Asking& asking, survey::ZonePlan plan, dns::SteadyTime deadline,
                           std::shared_ptr<const survey::Survey>& result) {
  survey::ZoneMemory memory;
  dns::Task<std::shared_ptr<const survey::Survey>> surveying =
      asking.surveyor().survey(std::move(plan), memory, deadline);
  const std::shared_ptr<const survey::Survey> seen = co_await surveying;
  result = seen;
}

/// Stops the loop when all surveys have ended.
dns::Task<void> end_when_joined(dns::Scope& surveys, Asking& asking, asio::io_context& io) {
  co_await surveys.join();
  asking.engine().stop();
  asio::post(io, [&io] { io.stop(); });
}

/// Surveys all targets side by side, on this thread.
Surveys survey_all(const std::vector<Target>& targets, const Config& config,
                   const dns::dnssec::Trust& trust, bool confirm, const dns::Clock& clock) {
  asio::io_context io(1);
  const auto work = asio::make_work_guard(io);
  Asking asking(io, clock, config, trust);
  Surveys surveys(targets.size());
  dns::Scope running;
  dns::Scope ending;
  const dns::SteadyTime deadline = clock.steady() + kCheckTimeLimit;
  asio::post(io, [&] {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      survey::ZonePlan plan = make_plan(targets[i].zone, *targets[i].options, config);
      if (confirm) plan.confirm_failures_after = kConfirmAfter;
      plan.slow_patience = dns::Duration::max();  // there is no next round
      running.spawn(survey_one(asking, std::move(plan), deadline, surveys[i]));
    }
    ending.spawn(end_when_joined(running, asking, io));
  });
  io.run();
  return surveys;
}

}  // namespace

int run_check(const CheckArguments& arguments, const CheckTerminal& terminal, std::ostream& out,
              std::ostream& err, const dns::Clock& clock) {
  std::vector<std::string> mistakes;
  const tl::expected<Config, std::vector<std::string>> config = configure(arguments);
  if (!config) mistakes = config.error();
  std::optional<dns::WallTime> moment;
  if (!arguments.time.empty()) {
    moment = time_from_rfc3339(arguments.time);
    if (!moment) {
      mistakes.emplace_back("--time: write it like 2026-11-22T16:00:00Z");
    } else if (std::chrono::abs(*moment - clock.wall()) > kFarthestMoment) {
      mistakes.emplace_back(
          "--time: at most 50 years from now; dates of signatures begin anew after 136 years, so "
          "far away they could not be told apart");
    }
  }
  std::optional<dns::Duration> timeout;
  if (!arguments.timeout.empty()) {
    timeout = duration_from_text(arguments.timeout);
    if (!timeout || *timeout <= dns::Duration::zero() || *timeout > kCheckTimeLimit) {
      mistakes.emplace_back("--timeout: write a duration such as 2s or 500ms, at most 60s");
    }
  }
  std::vector<dns::Name> zones;
  for (const std::string& text : arguments.zones) {
    const dns::Result<dns::Name> zone = dns::Name::from_text(text);
    if (zone) {
      zones.push_back(zone->lowered());
    } else {
      mistakes.push_back(zone.error().sentence);
    }
  }
  const std::vector<survey::Sentinel> sentinels = sentinels_of(arguments, zones, mistakes);
  const bool unused = std::any_of(sentinels.begin(), sentinels.end(), [&](const auto& sentinel) {
    return std::all_of(zones.begin(), zones.end(), [&](const dns::Name& zone) {
      return !sentinel.name.is_at_or_below(zone) || needs_resolver(sentinel, zone);
    });
  });
  if (unused && config && config->resolvers.empty()) {
    mistakes.emplace_back("--sentinel: only resolvers are asked about it; add --resolver");
  }
  if (arguments.zones.size() > kMaxCheckedZones)
    mistakes.emplace_back("too many zones for one call");
  if (!mistakes.empty()) {
    for (const std::string& mistake : mistakes) err << mistake << '\n';
    return kExitUndetermined;
  }

  std::vector<Target> targets;
  for (const dns::Name& zone : zones) {
    const ZoneEntry* entry = config->find(zone);
    const ZoneOptions& options = entry != nullptr ? *entry->options : *config->defaults;
    targets.push_back({zone, one_shot(options, arguments, timeout, zone, sentinels)});
  }
  const dns::dnssec::TrustAnchors anchors = trust_anchors(*config);
  dns::dnssec::Verifier verifier;
  const dns::dnssec::Trust trust{anchors, verifier};
  const Surveys surveys = survey_all(targets, *config, trust, arguments.confirm, clock);
  std::vector<std::shared_ptr<const checks::ZoneReport>> reports;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const checks::Judgement judgement = checks::judge(*surveys[i], {}, targets[i].options->settings,
                                                      trust, moment.value_or(surveys[i]->finished));
    const auto report = std::make_shared<checks::ZoneReport>(*judgement.report);
    report->judged_as_of = moment;
    reports.push_back(report);
  }
  out << (arguments.json ? render_json(reports)
                         : render_table(reports, {terminal.color, terminal.width, terminal.utf8}));
  out.flush();
  return exit_code(worst_status(reports));
}

}  // namespace exporter
