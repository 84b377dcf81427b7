#include "exporter/cli.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "checks/documentation.hpp"
#include "dns/quote.hpp"
#include "exporter/check_command.hpp"
#include "exporter/daemon.hpp"
#include "exporter/list_checks.hpp"
#include "exporter/list_metrics.hpp"

namespace exporter {
namespace {

constexpr int kExitMistake = 2;
constexpr int kExitWrongCheck = 3;
constexpr const char* kVersion = DNSZONE_VERSION;

/// Everything the command line can say.
struct Arguments {
  std::string config_file;
  std::string listen_address;
  std::string log_level;
  std::string log_format;
  ShardArguments shard;
  CheckArguments check;
  std::string check_format = "table";
  bool no_confirm = false;
  std::string checked_config;
  std::string list_format = "table";
  std::string settings_format = "table";
};

/// The parser with its subcommands; it writes into the Arguments it was made for.
struct Parser {
  explicit Parser(Arguments& arguments);
  CLI::App app{"Surveys every nameserver of DNS zones and exports what it finds for Prometheus.",
               "dnszone_exporter"};
  CLI::App* check = nullptr;
  CLI::App* check_config = nullptr;
  CLI::App* list_checks = nullptr;
  CLI::App* list_metrics = nullptr;
  CLI::App* list_settings = nullptr;
};

/// Strict where CLI11 is not: 010 would be eight to it.
void add_number(CLI::App& app, const std::string& name, unsigned min, unsigned max,
                std::optional<unsigned>& target, const std::string& help) {
  const auto read = [name, min, max, &target](const std::string& text) {
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || number < min || number > max) {
      throw CLI::ValidationError(name, "write a whole number from " + std::to_string(min) + " to " +
                                           std::to_string(max) + ", not " + dns::quoted(text));
    }
    target = number;
  };
  app.add_option_function<std::string>(name, read, help)->type_name("N");
}

void add_sharding(CLI::App& app, ShardArguments& shard) {
  add_number(app, "--sharding.shard", 0, kMaxShards - 1, shard.number,
             "Which share of the zones to survey, counted from 0, instead of what the "
             "configuration says");
  add_number(app, "--sharding.of", 1, kMaxShards, shard.of,
             "How many exporters share the zones, instead of what the configuration says");
}

void add_serving(CLI::App& app, Arguments& arguments) {
  app.add_option("--config.file", arguments.config_file, "The configuration; needed to serve")
      ->type_name("FILE");
  app.add_option("--web.listen-address", arguments.listen_address,
                 "Where to serve HTTP, instead of what the configuration says")
      ->type_name("ADDR:PORT");
  app.add_option("--log.level", arguments.log_level, "Instead of what the configuration says")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app.add_option("--log.format", arguments.log_format, "Instead of what the configuration says")
      ->check(CLI::IsMember({"logfmt", "json"}));
  add_sharding(app, arguments.shard);
}

void add_check(CLI::App& check, Arguments& arguments) {
  CheckArguments& to = arguments.check;
  check.add_option("zone", to.zones, "The zones to survey")->required()->type_name("ZONE...");
  check.add_option("--format", arguments.check_format, "How to print the result")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  check.add_option("--config.file", to.config_file, "Settings from this configuration")
      ->type_name("FILE");
  check.add_option("--root-hints", to.root_hints, "Root servers in master-file form")
      ->type_name("FILE");
  check.add_option("--trust-anchor", to.trust_anchor, "DS or DNSKEY records in master-file form")
      ->type_name("FILE");
  check.add_option("--port", to.port, "The port at which every server is asked")
      ->check(CLI::Range(1, 65535))
      ->type_name("N");
  check
      .add_option("--allow", to.allow,
                  "Special-purpose addresses that may be asked, such as 127.0.0.0/8; repeatable")
      ->type_name("CIDR")
      ->allow_extra_args(false);
  check
      .add_option("--resolver", to.resolvers,
                  "A recursive resolver whose view counts, too; repeatable")
      ->type_name("ADDR[:PORT]")
      ->allow_extra_args(false);
  check
      .add_option(
          "--sentinel", to.sentinels,
          "A name in the zone that resolvers must find, such as www.example.com/A; repeatable")
      ->type_name("NAME/TYPE")
      ->allow_extra_args(false);
  check.add_option("--time", to.time, "Judge as of this moment, such as 2026-11-22T16:00:00Z")
      ->type_name("RFC3339");
  check.add_option("--timeout", to.timeout, "Wait so long for each attempt's answer")
      ->type_name("DURATION");
  check.add_option("--attempts", to.attempts, "Ask each question so often")
      ->check(CLI::Range(1, 10))
      ->type_name("N");
  check.add_flag("--no-confirm", arguments.no_confirm,
                 "Do not ask what failed once more after 5 seconds");
  check.footer("Exit code: 0 healthy, 1 warnings, 2 errors, 3 could not tell or wrong arguments.");
}

Parser::Parser(Arguments& arguments) {
  app.set_version_flag("--version", std::string("dnszone_exporter ") + kVersion);
  app.require_subcommand(0, 1);
  add_serving(app, arguments);
  check = app.add_subcommand("check", "Survey zones once and print what is wrong");
  add_check(*check, arguments);
  check_config = app.add_subcommand("check-config", "Read a configuration and print its mistakes");
  check_config->add_option("file", arguments.checked_config, "The configuration")
      ->required()
      ->type_name("FILE");
  add_sharding(*check_config, arguments.shard);
  check_config->footer("Exit code: 0 without mistakes, 2 with.");
  list_checks = app.add_subcommand("list-checks", "Print all checks");
  list_checks->add_option("--format", arguments.list_format, "How to print them")
      ->check(CLI::IsMember({"table", "json", "markdown"}))
      ->capture_default_str();
  list_settings = app.add_subcommand("list-settings", "Print all keys of the configuration");
  list_settings->add_option("--format", arguments.settings_format, "How to print them")
      ->check(CLI::IsMember({"table", "markdown"}))
      ->capture_default_str();
  list_metrics = app.add_subcommand("list-metrics", "Print all metrics, as docs/metrics.md does");
}

/// Whether the character set of the environment's locale is UTF-8 (POSIX: the first of these that
/// is set decides). Without any, the locale is "C".
bool is_utf8_locale() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr || *value == '\0') continue;
    std::string name;
    for (const char c : std::string_view(value)) {
      if (c != '-') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return name.find("utf8") != std::string::npos;
  }
  return false;
}

/// Colours, characters and width of `out`, when that is the terminal. The only reader of the
/// environment, before any thread exists.
CheckTerminal terminal_of(const std::ostream& out) {
  CheckTerminal terminal;
  if (&out != &std::cout) return terminal;
  terminal.utf8 = is_utf8_locale();
  if (isatty(STDOUT_FILENO) == 0) return terminal;
  terminal.color = std::getenv("NO_COLOR") == nullptr;  // NOLINT(concurrency-mt-unsafe)
  winsize size{};
  constexpr std::size_t kNarrowest = 60;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= kNarrowest) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

int print_mistakes(const std::vector<Mistake>& mistakes, std::ostream& err) {
  for (const Mistake& mistake : mistakes) err << mistake.to_text() << '\n';
  return kExitMistake;
}

int check_configuration(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const std::string& file = arguments.checked_config;
  const tl::expected<Config, std::vector<Mistake>> config =
      load_config(file, {.shard = arguments.shard});
  if (!config) return print_mistakes(config.error(), err);
  for (const Mistake& warning : config->warnings) err << "warning: " << warning.to_text() << '\n';
  const Sharding* const sharding = config->sharding.get();
  const std::size_t here = config->zones.size();
  const std::size_t all = here + (sharding != nullptr ? sharding->elsewhere.size() : 0);
  out << file << ": " << all << (all == 1 ? " zone" : " zones");
  if (sharding != nullptr) {
    out << ", " << here << " of them in shard " << sharding->shard.number << " of "
        << sharding->shard.of;
  }
  out << ", no mistake\n";
  return 0;
}

std::string settings_table() {
  std::string out;
  for (const ConfigKey& key : config_keys()) {
    out += key.path + "  (" + key.type;
    if (!key.default_value.empty()) out += ", default " + key.default_value;
    out += ")\n    " + key.help + "\n";
  }
  return out;
}

/// As many open files as the system grants: every server asked over TCP is one, for a moment.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // if not, a question that finds no socket says so
}

int serve(const Arguments& arguments, std::ostream& err) {
  if (arguments.config_file.empty()) {
    err << "--config.file=FILE is needed; --help shows what else there is\n";
    return kExitMistake;
  }
  DaemonOptions options;
  options.config_file = arguments.config_file;
  options.version = kVersion;
  options.log_level = log_level_from_text(arguments.log_level);
  options.log_format = log_format_from_text(arguments.log_format);
  if (!arguments.listen_address.empty()) {
    const dns::Result<dns::Endpoint> address = listen_address_from_text(arguments.listen_address);
    if (!address) {
      err << "--web.listen-address: " << address.error().sentence << '\n';
      return kExitMistake;
    }
    options.listen_address = *address;
  }
  options.shard = arguments.shard;
  tl::expected<Config, std::vector<Mistake>> config =
      load_config(arguments.config_file, {.shard = arguments.shard});
  if (!config) return print_mistakes(config.error(), err);

  raise_file_limit();
  const dns::SystemClock clock;
  Log log(err, options.log_level.value_or(config->log.level),
          options.log_format.value_or(config->log.format));
  warn(*config, log);
  dns::Result<std::unique_ptr<Daemon>> daemon =
      Daemon::start(std::move(options), std::move(*config), clock, log);
  if (!daemon) {
    log.error("cannot start", {{"reason", daemon.error().sentence}});
    return EXIT_FAILURE;
  }
  (*daemon)->run();
  return EXIT_SUCCESS;
}

int run(Parser& parser, Arguments& arguments, std::ostream& out, std::ostream& err) {
  if (parser.check->parsed()) {
    arguments.check.json = arguments.check_format == "json";
    arguments.check.confirm = !arguments.no_confirm;
    // Both places are understood: before the subcommand and after it.
    if (arguments.check.config_file.empty()) arguments.check.config_file = arguments.config_file;
    const dns::SystemClock clock;
    return run_check(arguments.check, terminal_of(out), out, err, clock);
  }
  if (parser.check_config->parsed()) {
    return check_configuration(arguments, out, err);
  }
  if (parser.list_checks->parsed()) {
    out << (arguments.list_format == "json"       ? checks_json()
            : arguments.list_format == "markdown" ? checks::checks_page()
                                                  : checks_table());
    return EXIT_SUCCESS;
  }
  if (parser.list_metrics->parsed()) {
    out << metrics_markdown();
    return EXIT_SUCCESS;
  }
  if (parser.list_settings->parsed()) {
    out << (arguments.settings_format == "markdown" ? configuration_markdown() : settings_table());
    return EXIT_SUCCESS;
  }
  return serve(arguments, err);
}

}  // namespace

int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Arguments arguments;
  try {
    Parser parser(arguments);
    try {
      parser.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        return parser.app.exit(error, out, err);  // --help, --version
      }
      err << error.what() << '\n';
      const bool checking =
          std::find(argv + 1, argv + argc, std::string_view("check")) != argv + argc;
      err << "Run dnszone_exporter " << (checking ? "check " : "") << "--help for more.\n";
      return checking ? kExitWrongCheck : kExitMistake;
    }
    std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of that write alone
    return run(parser, arguments, out, err);
  } catch (const std::exception& error) {
    err << "dnszone_exporter: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}

}  // namespace exporter
