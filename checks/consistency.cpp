// Whether the servers agree: serials, the rest of the SOA, the NS set, and being signed at all.
#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <tuple>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/serial_form.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

const dns::Soa* soa_of(const Facts& facts, const ServerFacts& server) {
  const AddressFacts& address = facts.address_of(server);
  return address.up() && address.best->soa ? &*address.best->soa : nullptr;
}

// How old the copy is beside the newest, as far as both serials encode a time.
std::string age_text(std::uint32_t serial, std::uint32_t newest, dns::WallTime now) {
  const EncodedSerial old_form = serial_form(serial, now);
  const EncodedSerial new_form = serial_form(newest, now);
  if (old_form.form == SerialForm::counter || old_form.form != new_form.form) return {};
  const double apart = std::chrono::duration<double>(new_form.time - old_form.time).count();
  return apart > 0 ? duration_text(apart) + " older than" : std::string();
}

std::string serial_sentence(const Facts& facts, const ServerFacts& server, std::uint32_t newest) {
  const std::uint32_t serial = soa_of(facts, server)->serial;
  const std::string age = age_text(serial, newest, facts.now);
  return who(facts, server) + " serves serial " + std::to_string(serial) + ", " +
         (age.empty() ? std::to_string(*server.drift) + " behind" : age) + " the newest " +
         std::to_string(newest) + ".";
}

// Calls `use` with each server behind the newest serial of its group.
template <typename Use>
void each_lagging(const Facts& facts, const Use& use) {
  for (const ServerFacts& server : facts.servers) {
    if (server.drift.value_or(0) <= 0 || soa_of(facts, server) == nullptr) continue;
    use(server, facts.serials.newest_of_group.at(server.group));
  }
}

// Almost always all are the same: they are compared before they are put into text.
void one_value(const Context& context, Findings& findings, const std::string& what,
               const std::function<bool(const dns::Soa&, const dns::Soa&)>& is_same,
               const std::function<std::string(const dns::Soa&)>& value) {
  const Facts& facts = context.facts;
  const dns::Soa* first = nullptr;
  bool differ = false;
  for (const ServerFacts& server : facts.servers) {
    const dns::Soa* soa = soa_of(facts, server);
    if (soa == nullptr) continue;
    if (first == nullptr) first = soa;
    differ = differ || !is_same(*first, *soa);
  }
  if (!differ) return;
  std::map<std::string, std::vector<const ServerFacts*>> variants;
  for (const ServerFacts& server : facts.servers) {
    const dns::Soa* soa = soa_of(facts, server);
    if (soa != nullptr) variants[value(*soa)].push_back(&server);
  }
  std::vector<std::string> parts;
  const ServerFacts* rarest = variants.begin()->second.front();
  std::size_t fewest = variants.begin()->second.size();
  for (const auto& [text, servers] : variants) {
    parts.push_back(text + " at " + who(facts, *servers.front()) +
                    (servers.size() > 1 ? " and " + std::to_string(servers.size() - 1) + " more"
                                        : std::string()));
    if (servers.size() >= fewest) continue;
    fewest = servers.size();
    rarest = servers.front();
  }
  findings.add(Severity::notice, about_zone(),
               "The servers give different " + what + ": " + list_text(parts) + ".",
               command_for(facts.address_of(*rarest).best->exchange));
}

std::string timers_text(const dns::Soa& soa) {
  return std::to_string(soa.refresh) + "/" + std::to_string(soa.retry) + "/" +
         std::to_string(soa.expire) + "/" + std::to_string(soa.minimum);
}

std::vector<dns::Name> difference(const std::vector<dns::Name>& from,
                                  const std::vector<dns::Name>& what) {
  std::vector<dns::Name> out;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::back_inserter(out));
  return out;
}

}  // namespace

void cns_serial(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const ZoneSettings& settings = context.settings;
  each_lagging(facts, [&](const ServerFacts& server, std::uint32_t newest) {
    const bool past_limit = server.drift_seconds.value_or(0) > settings.thresholds.serial_drift;
    if (past_limit) return;  // cns-serial-behind-time
    const bool one_shot = !settings.three_rounds_rule;
    findings.add(one_shot ? Severity::warning : Severity::notice, about(facts, server),
                 serial_sentence(facts, server, newest) +
                     (one_shot ? " How long it has been behind, a single look cannot tell."
                               : " It has been behind for " +
                                     duration_text(server.drift_seconds.value_or(0)) +
                                     ", within the limit of " +
                                     duration_text(settings.thresholds.serial_drift) + "."),
                 command_for(facts.address_of(server).best->exchange));
  });
}

void cns_serial_behind_time(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const double limit = context.settings.thresholds.serial_drift;
  each_lagging(facts, [&](const ServerFacts& server, std::uint32_t newest) {
    const double behind = server.drift_seconds.value_or(0);
    if (behind <= limit) return;
    const double expire = soa_of(facts, server)->expire;
    findings.add(behind > expire / 2 ? Severity::error : Severity::warning, about(facts, server),
                 serial_sentence(facts, server, newest) + " It has been behind for " +
                     duration_text(behind) + " (limit " + duration_text(limit) +
                     "): its transfers from the primary fail. Without one it stops serving the "
                     "zone after " +
                     duration_text(expire) + ".",
                 command_for(facts.address_of(server).best->exchange));
  });
}

void cns_mname(const Context& context, Findings& findings) {
  one_value(
      context, findings, "primary names (SOA MNAME)",
      [](const dns::Soa& a, const dns::Soa& b) { return a.mname == b.mname; },
      [](const dns::Soa& soa) { return soa.mname.to_label(); });
}

void cns_rname(const Context& context, Findings& findings) {
  one_value(
      context, findings, "contacts (SOA RNAME)",
      [](const dns::Soa& a, const dns::Soa& b) { return a.rname == b.rname; },
      [](const dns::Soa& soa) { return soa.rname.to_label(); });
}

void cns_timers(const Context& context, Findings& findings) {
  const auto timers = [](const dns::Soa& soa) {
    return std::tie(soa.refresh, soa.retry, soa.expire, soa.minimum);
  };
  one_value(
      context, findings, "SOA timers (refresh/retry/expire/minimum)",
      [&timers](const dns::Soa& a, const dns::Soa& b) { return timers(a) == timers(b); },
      timers_text);
}

void cns_ns_set(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const std::vector<dns::Name>& reference = facts.delegation.reference;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.ns || address.ns->empty() || *address.ns == reference) continue;
    const auto missing = difference(reference, *address.ns);
    const auto extra = difference(*address.ns, reference);
    const bool old_copy = server.drift.value_or(0) > 0;
    std::string text = who(facts, server) + " gives another NS set than most:";
    if (!missing.empty()) text += " without " + list_text(missing);
    if (!extra.empty()) text += (missing.empty() ? " with " : ", with ") + list_text(extra);
    findings.add(old_copy ? Severity::notice : Severity::warning, about(facts, server),
                 text + (old_copy ? "; its copy of the zone is older." : "."),
                 command_for(address.ns_exchange));
  }
}

void cns_signed(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const auto count = [&facts](bool value) {
    return static_cast<std::size_t>(
        std::count_if(facts.addresses.begin(), facts.addresses.end(),
                      [value](const AddressFacts& address) { return address.is_signed == value; }));
  };
  const std::size_t with = count(true);
  if (with == 0 || count(false) == 0) return;
  const bool secure = facts.validators_care();
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (address.is_signed != false) continue;
    if (address.dnssec.gives_no_signatures) continue;  // sec-do-retrievable
    findings.add(secure && with < 2 ? Severity::error : Severity::warning, about(facts, server),
                 who(facts, server) + " serves the zone without DNSSEC, while " +
                     count_text(with, "other address serves", "other addresses serve") +
                     " it signed" +
                     (secure ? ": behind validating resolvers its answers are bogus. Load the "
                               "signed zone there, or take it out of the NS sets."
                             : "; no DS makes it matter yet, but it must be mended before one is "
                               "published."),
                 command_for(address.dnskey_exchange));
  }
}

}  // namespace checks
