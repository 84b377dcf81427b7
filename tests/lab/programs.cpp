#include "tests/lab/programs.hpp"

#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

#include "tests/lab/socket.hpp"

namespace lab {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr int kAskMilliseconds = 500;

dns::Result<void> write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return dns::fail("cannot write " + path.string());
  return {};
}

/// A file name for a zone; the root's is "root".
std::string file_name(const dns::Name& zone) {
  return (zone.is_root() ? "root" : zone.to_label()) + ".zone";
}

/// Writes the zone files into `directory`/zones.
dns::Result<void> write_zones(const ProgramPlan& plan, const fs::path& directory) {
  std::error_code failed;
  fs::create_directories(directory / "zones", failed);
  if (failed) return dns::fail("cannot make " + (directory / "zones").string());
  for (const auto& [zone, text] : plan.zones) {
    const auto written = write_file(directory / "zones" / file_name(zone), text);
    if (!written) return written;
  }
  return {};
}

/// Copies a program next to its configuration: AppArmor profiles go by path and would forbid it to
/// read files there.
dns::Result<fs::path> private_copy(const std::string& program, const fs::path& directory) {
  const auto source = find_program(program);
  if (source.empty()) return dns::fail("the program " + program + " is not installed");
  std::error_code failed;
  const auto target = directory / program;
  fs::copy_file(source, target, fs::copy_options::overwrite_existing, failed);
  if (failed) return dns::fail("cannot copy " + source.string() + ": " + failed.message());
  return target;
}

std::string nsd_config(const ProgramPlan& plan, const fs::path& directory, std::uint16_t port) {
  const std::string dir = directory.string();
  std::string text = "server:\n  server-count: 1\n  username: \"\"\n  chroot: \"\"\n";
  text += "  zonesdir: \"" + dir + "/zones\"\n  database: \"\"\n  pidfile: \"" + dir +
          "/nsd.pid\"\n  xfrdfile: \"" + dir + "/xfrd.state\"\n  zonelistfile: \"" + dir +
          "/zone.list\"\n  xfrdir: \"" + dir + "\"\n  rrl-ratelimit: 0\n  verbosity: 1\n";
  for (const auto& address : plan.addresses) {
    text += "  ip-address: " + address.to_text() + "@" + std::to_string(port) + "\n";
  }
  text += "remote-control:\n  control-enable: no\n";
  for (const auto& [zone, ignored] : plan.zones) {
    text += "zone:\n  name: \"" + zone.to_text() + "\"\n  zonefile: \"" + file_name(zone) + "\"\n";
  }
  return text;
}

const char* knot_algorithm(std::uint8_t algorithm) {
  switch (algorithm) {
    case 8:
      return "rsasha256";
    case 10:
      return "rsasha512";
    case 14:
      return "ecdsap384sha384";
    case 15:
      return "ed25519";
    case 16:
      return "ed448";
    default:
      return "ecdsap256sha256";
  }
}

/// One policy for each zone that Knot signs: with the keys that it is given, and no others.
std::string knot_policies(const ProgramPlan& plan) {
  std::string text = plan.online.empty() ? "" : "policy:\n";
  for (const auto& [zone, signing] : plan.online) {
    text += "  - id: \"" + zone.to_label() +
            "\"\n    manual: on\n    algorithm: " + knot_algorithm(signing.algorithm) + "\n";
    if (signing.denial == Denial::nsec) continue;
    text += "    nsec3: on\n    nsec3-iterations: 0\n    nsec3-salt-length: 0\n";
    if (signing.denial == Denial::nsec3_opt_out) text += "    nsec3-opt-out: on\n";
  }
  return text;
}

std::string knot_config(const ProgramPlan& plan, std::uint16_t port) {
  // Relative paths: a control socket's path may have 108 octets only.
  std::string text =
      "server:\n  rundir: \".\"\n  udp-workers: 1\n  tcp-workers: 1\n"
      "  background-workers: 1\n  listen: [";
  const char* comma = "";
  for (const auto& address : plan.addresses) {
    text += comma + address.to_text() + "@" + std::to_string(port);
    comma = ", ";
  }
  text +=
      "]\ncontrol:\n  listen: knot.sock\nlog:\n  - target: stderr\n    any: info\n"
      "database:\n  storage: \"db\"\n" +
      knot_policies(plan) +
      "template:\n  - id: default\n    storage: \"zones\"\n"
      "    journal-content: none\n    zonefile-sync: -1\n    zonefile-load: whole\nzone:\n";
  for (const auto& [zone, ignored] : plan.zones) {
    text += "  - domain: \"" + zone.to_text() + "\"\n    file: \"" + file_name(zone) + "\"\n";
    if (!plan.online.contains(zone)) continue;
    text += "    dnssec-signing: on\n    dnssec-policy: \"" + zone.to_label() + "\"\n";
  }
  return text;
}

std::string bind_config(const ProgramPlan& plan, const fs::path& directory, std::uint16_t port) {
  const std::string dir = directory.string();
  std::string v4;
  std::string v6;
  for (const auto& address : plan.addresses) {
    (address.family() == dns::Family::ipv4 ? v4 : v6) += address.to_text() + "; ";
  }
  const std::string on = " port " + std::to_string(port) + " { ";
  std::string text = "options {\n  directory \"" + dir + "\";\n  pid-file none;\n";
  text += "  session-keyfile \"" + dir + "/session.key\";\n  lock-file none;\n";
  text += "  listen-on" + on + (v4.empty() ? "none; " : v4) + "};\n";
  text += "  listen-on-v6" + on + (v6.empty() ? "none; " : v6) + "};\n";
  text +=
      "  recursion no;\n  dnssec-validation no;\n  notify no;\n  empty-zones-enable no;\n"
      "  allow-transfer { none; };\n};\ncontrols { };\n";
  for (const auto& [zone, ignored] : plan.zones) {
    text += "zone \"" + zone.to_text() + "\" { type primary; file \"zones/" + file_name(zone) +
            "\"; };\n";
  }
  return text;
}

std::string powerdns_zones(const ProgramPlan& plan, const fs::path& directory) {
  std::string text;
  for (const auto& [zone, ignored] : plan.zones) {
    text += "zone \"" + (zone.is_root() ? "." : zone.to_label()) + "\" { type native; file \"" +
            (directory / "zones" / file_name(zone)).string() + "\"; };\n";
  }
  return text;
}

std::string powerdns_config(const ProgramPlan& plan, const fs::path& directory,
                            std::uint16_t port) {
  const std::string dir = directory.string();
  std::string text = "launch=bind\nbind-config=" + dir + "/zones.conf\nbind-dnssec-db=" + dir +
                     "/dnssec.db\nbind-check-interval=0\nsocket-dir=" + dir +
                     "\ndaemon=no\nguardian=no\ndisable-syslog=yes\nwebserver=no\napi=no\n"
                     "default-soa-edit=\nzone-cache-refresh-interval=0\nlocal-port=" +
                     std::to_string(port) + "\nlocal-address=";
  const char* comma = "";
  for (const auto& address : plan.addresses) {
    text += comma + address.to_text();
    comma = ",";
  }
  return text + "\n";
}

/// Gives Knot the keys it signs with, so that they match the parent's DS. It takes them for keys
/// without a past unless their files tell of one.
dns::Result<void> import_knot_keys(const ProgramPlan& plan, const fs::path& directory) {
  std::error_code failed;
  fs::create_directories(directory / "db", failed);
  if (failed) return dns::fail("cannot make " + (directory / "db").string());
  for (const auto& [zone, signing] : plan.online) {
    for (KeyFile key : signing.keys) {
      const auto version = key.private_text.find("v1.2");
      if (version != std::string::npos) key.private_text.replace(version, 4, "v1.3");
      for (const char* event : {"Created", "Publish", "Activate"}) {
        key.private_text += std::string(event) + ": 20200101000000\n";
      }
      const auto file = directory / key.base;
      auto written = write_file(file.string() + ".key", key.public_text);
      if (written) written = write_file(file.string() + ".private", key.private_text);
      if (!written) return written;
      const auto imported = run_to_end({"keymgr", "-c", "server.conf", zone.to_text(),
                                        "import-bind", file.string() + ".private"},
                                       directory, directory / "keymgr.log");
      if (!imported) return imported;
    }
  }
  return {};
}

/// Gives PowerDNS the keys it signs with, so that they match the parent's DS.
dns::Result<void> import_powerdns_keys(const ProgramPlan& plan, const fs::path& directory) {
  const std::string config = "--config-dir=" + directory.string();
  const auto log = directory / "pdnsutil.log";
  const auto created = run_to_end(
      {"pdnsutil", config, "create-bind-db", (directory / "dnssec.db").string()}, directory, log);
  if (!created) return created;
  for (const auto& [zone, signing] : plan.online) {
    for (const KeyFile& key : signing.keys) {
      const std::string role = key.role == KeyRole::zsk ? "zsk" : "ksk";
      const auto file = directory / (role + ".private");
      if (const auto written = write_file(file, key.private_text); !written) return written;
      const auto imported = run_to_end(
          {"pdnsutil", config, "import-zone-key", zone.to_label(), file.string(), "active", role},
          directory, log);
      if (!imported) return imported;
    }
  }
  return {};
}

std::string unbound_config(const ResolverPlan& plan, const fs::path& directory,
                           std::uint16_t port) {
  const std::string dir = directory.string();
  std::string text = "server:\n  directory: \"" + dir +
                     "\"\n  chroot: \"\"\n  username: \"\"\n"
                     "  pidfile: \"" +
                     dir +
                     "/unbound.pid\"\n  use-syslog: no\n  verbosity: 1\n"
                     "  num-threads: 1\n  do-daemonize: no\n  do-not-query-localhost: no\n"
                     "  access-control: 127.0.0.0/8 allow\n  access-control: fd00::/8 allow\n"
                     "  edns-buffer-size: 1232\n  outgoing-range: 256\n"
                     "  unblock-lan-zones: yes\n  insecure-lan-zones: yes\n"
                     "  val-sig-skew-min: 0\n  val-sig-skew-max: 0\n  ede: yes\n"
                     // Each answer is judged by itself, not made from the proofs of others.
                     "  aggressive-nsec: no\n";
  text += "  port: " + std::to_string(port) + "\n";
  for (const auto& address : plan.addresses) text += "  interface: " + address.to_text() + "\n";
  for (const char* zone : {"test.", "invalid.", "onion."}) {
    text += "  local-zone: \"" + std::string(zone) + "\" nodefault\n";
  }
  if (!plan.trust_anchor.empty()) {
    text += "  trust-anchor-file: \"" + plan.trust_anchor.string() + "\"\n";
  }
  if (port == 53) text += "  root-hints: \"" + plan.root_hints.string() + "\"\n";
  text += "remote-control:\n  control-enable: no\n";
  if (port == 53) return text;
  for (const auto& [zone, addresses] : plan.stubs) {
    text += "stub-zone:\n  name: \"" + zone.to_text() + "\"\n  stub-prime: no\n";
    for (const auto& address : addresses) {
      text += "  stub-addr: " + address.to_text() + "@" + std::to_string(port) + "\n";
    }
  }
  return text;
}

/// Asks until the answer is NOERROR, the program ends or patience does.
dns::Result<void> wait_for_answer(ChildProcess& child, const dns::Endpoint& at,
                                  const dns::Name& zone, bool recursive, const fs::path& log) {
  auto query = make_query(zone, dns::RRType::soa, 1, 1232);
  if (recursive) query[2] = static_cast<std::uint8_t>(query[2] | 1U);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (!child.is_running()) {
      return dns::fail("ended with " + child.exit_text() + "\n" + tail_of(log));
    }
    const auto reply = ask_udp(at, query, kAskMilliseconds);
    if (reply && reply->size() > 12 && ((*reply)[3] & 0x0FU) == 0 && (*reply)[7] != 0) return {};
    std::this_thread::sleep_for(kPoll);
  }
  return dns::fail("gives no answer for " + zone.to_text() + " at " + at.to_text() + "\n" +
                   tail_of(log));
}

/// What has to be in place before a program starts, and how it is started.
dns::Result<std::vector<std::string>> prepare(Software software, const ProgramPlan& plan,
                                              const fs::path& directory, std::uint16_t port) {
  const auto conf = directory / "server.conf";
  const auto with =
      [&](const std::string& text,
          std::vector<std::string> arguments) -> dns::Result<std::vector<std::string>> {
    if (const auto written = write_file(conf, text); !written) {
      return tl::unexpected(written.error());
    }
    return arguments;
  };
  switch (software) {
    case Software::nsd:
      return with(nsd_config(plan, directory, port), {"nsd", "-d", "-c", conf.string()});
    case Software::knot: {
      auto prepared = with(knot_config(plan, port), {"knotd", "-c", conf.string()});
      if (!prepared) return prepared;
      const auto imported = import_knot_keys(plan, directory);
      if (!imported) return tl::unexpected(imported.error());
      return prepared;
    }
    case Software::bind: {
      const auto program = private_copy("named", directory);
      if (!program) return tl::unexpected(program.error());
      return with(bind_config(plan, directory, port),
                  {program->string(), "-g", "-n", "1", "-c", conf.string()});
    }
    case Software::powerdns: {
      auto written = write_file(directory / "zones.conf", powerdns_zones(plan, directory));
      if (written) {
        written = write_file(directory / "pdns.conf", powerdns_config(plan, directory, port));
      }
      if (written) written = import_powerdns_keys(plan, directory);
      if (!written) return tl::unexpected(written.error());
      return std::vector<std::string>{"pdns_server", "--config-dir=" + directory.string()};
    }
    default:
      return dns::fail(std::string(to_text(software)) + " is no server program of the lab");
  }
}

dns::Error prefixed(Software software, const dns::Error& error) {
  return {std::string(to_text(software)) + ": " + error.sentence};
}

}  // namespace

dns::Result<ChildProcess> start_program(Software software, const ProgramPlan& plan,
                                        const ProgramOptions& options) {
  const auto directory = options.directory / std::string(to_text(software));
  if (const auto written = write_zones(plan, directory); !written) {
    return tl::unexpected(written.error());
  }
  auto arguments = prepare(software, plan, directory, options.port);
  if (!arguments) return tl::unexpected(prefixed(software, arguments.error()));
  const auto log = directory / "log";
  auto child = ChildProcess::start(std::move(*arguments), directory, log);
  if (!child) return child;
  for (const auto& address : plan.addresses) {
    for (const auto& [zone, ignored] : plan.zones) {
      const auto up = wait_for_answer(*child, {address, options.port}, zone, false, log);
      if (!up) return tl::unexpected(prefixed(software, up.error()));
    }
  }
  return child;
}

dns::Result<ChildProcess> start_resolver(const ResolverPlan& plan, const ProgramOptions& options) {
  const auto directory = options.directory / "unbound";
  std::error_code failed;
  fs::create_directories(directory, failed);
  const auto program = private_copy("unbound", directory);
  if (!program) return tl::unexpected(program.error());
  const auto conf = directory / "unbound.conf";
  const auto written = write_file(conf, unbound_config(plan, directory, options.port));
  if (!written) return tl::unexpected(written.error());
  const auto log = directory / "log";
  auto child = ChildProcess::start({program->string(), "-d", "-c", conf.string()}, directory, log);
  if (!child) return child;
  for (const auto& address : plan.addresses) {
    const auto up = wait_for_answer(*child, {address, options.port}, dns::Name(), true, log);
    if (!up) return tl::unexpected(prefixed(Software::unbound, up.error()));
  }
  return child;
}

}  // namespace lab
