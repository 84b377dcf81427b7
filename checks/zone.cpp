// What stands in the zone itself: its SOA, its NS set, the serial over time, wildcards.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/serial_form.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

// RFC 1912 section 2.2 and RIPE-203, as what is usual; nothing breaks at these lines.
constexpr std::uint32_t kShortRefresh = 14400;
constexpr std::uint32_t kShortRetry = 3600;
constexpr std::uint32_t kShortExpire = 604800;
// RFC 2308 section 4 and 5: five minutes to a day.
constexpr std::uint32_t kShortMinimum = 300;
constexpr std::uint32_t kLongMinimum = 86400;
// Rounds in which the serial must have been lower.
constexpr std::uint32_t kRoundsBack = 3;
// Part of SOA expire left below which a server is about to drop the zone.
constexpr double kHeadroom = 0.25;
constexpr std::chrono::hours kShowPropagation{24};

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

// The SOA that stands for the zone, or null.
const dns::Soa* zone_soa(const Facts& facts) {
  return facts.serials.source == nullptr ? nullptr : &*facts.serials.source->best->soa;
}

std::string soa_command(const Facts& facts) {
  return command_for(facts.serials.source->best->exchange);
}

bool is_tld(const Facts& facts) {
  return facts.survey.zone.label_count() <= 1;
}

}  // namespace

void zon_soa(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    for (const TransportFacts& over : address.transports) {
      const bool missing = over.result == ServerResult::no_soa && !over.apex_cname && !address.up();
      if (missing) {
        findings.add(Severity::error, about(facts, server),
                     who(facts, server) + " answers with authority but without the zone's SOA" +
                         (over.foreign_soa ? " (with that of another name)" : "") +
                         ": it serves another zone's data under this name, or a broken one.",
                     command_for(over.exchange));
        break;
      }
      if (over.up() && over.soa_records > 1) {
        findings.add(Severity::warning, about(facts, server),
                     who(facts, server) + " gives " + std::to_string(over.soa_records) +
                         " SOA records for the zone; there must be exactly one.",
                     command_for(over.exchange));
        break;
      }
    }
  }
}

void zon_ns_rrset(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.up() || address.ns_exchange == nullptr) continue;
    if (address.ns && !address.ns->empty()) continue;
    const bool empty = address.ns != nullptr;
    findings.add(Severity::error, about(facts, server),
                 who(facts, server) + " gives the zone's SOA but " +
                     (empty ? std::string("no NS records for it")
                            : "answers the question for its NS records without authority or with "
                              "an error (" +
                                  outcome_text(*address.ns_exchange) + ")") +
                     ": resolvers that refresh the NS set from it lose the zone.",
                 command_for(address.ns_exchange));
  }
}

void zon_refresh(const Context& context, Findings& findings) {
  const dns::Soa* soa = zone_soa(context.facts);
  if (soa == nullptr || soa->refresh >= kShortRefresh) return;
  findings.add(Severity::notice, about_zone(),
               "SOA refresh is " + duration_text(soa->refresh) + ", less than the usual " +
                   duration_text(kShortRefresh) +
                   "; harmless where NOTIFY works and the secondaries bear it.",
               soa_command(context.facts));
}

void zon_retry(const Context& context, Findings& findings) {
  const dns::Soa* soa = zone_soa(context.facts);
  if (soa == nullptr) return;
  const bool above_refresh = soa->retry >= soa->refresh;
  if (soa->retry >= kShortRetry && !above_refresh) return;
  findings.add(Severity::notice, about_zone(),
               "SOA retry is " + duration_text(soa->retry) +
                   (above_refresh ? ", not less than refresh (" + duration_text(soa->refresh) +
                                        "): a failed refresh is repeated too late."
                                  : ", less than the usual " + duration_text(kShortRetry) + "."),
               soa_command(context.facts));
}

void zon_expire(const Context& context, Findings& findings) {
  const dns::Soa* soa = zone_soa(context.facts);
  if (soa == nullptr) return;
  const std::uint64_t needed = std::uint64_t{soa->refresh} + soa->retry;
  if (soa->expire <= needed) {
    findings.add(Severity::warning, about_zone(),
                 "SOA expire is " + duration_text(soa->expire) +
                     ", not more than refresh and retry together (" +
                     duration_text(static_cast<double>(needed)) +
                     "): a secondary drops the zone after a single failed refresh.",
                 soa_command(context.facts));
  } else if (soa->expire < kShortExpire) {
    findings.add(Severity::notice, about_zone(),
                 "SOA expire is " + duration_text(soa->expire) + ", less than the usual " +
                     duration_text(kShortExpire) +
                     ": so long the zone survives when its primary cannot be reached.",
                 soa_command(context.facts));
  }
}

void zon_minimum(const Context& context, Findings& findings) {
  const dns::Soa* soa = zone_soa(context.facts);
  if (soa == nullptr || (soa->minimum >= kShortMinimum && soa->minimum <= kLongMinimum)) return;
  const bool low = soa->minimum < kShortMinimum;
  findings.add(Severity::notice, about_zone(),
               "SOA minimum, how long negative answers are cached, is " +
                   (soa->minimum == 0 ? std::string("0 s") : duration_text(soa->minimum)) +
                   (low ? ": resolvers repeat questions for missing names very often."
                        : ": a new name stays hidden for that long from who asked too early."),
               soa_command(context.facts));
}

void zon_rname_at(const Context& context, Findings& findings) {
  const dns::Soa* soa = zone_soa(context.facts);
  if (soa == nullptr || soa->rname.wire().find('@') == std::string_view::npos) return;
  findings.add(Severity::warning, about_zone(),
               "The contact in the SOA (RNAME) is " + soa->rname.to_label() +
                   ", with an @ in it: it stands for a mailbox with its @ written as a dot, so "
                   "mail to this contact fails.",
               soa_command(context.facts));
}

void zon_serial_form(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const dns::Soa* soa = zone_soa(facts);
  if (soa == nullptr) return;
  if (soa->serial == 0) {
    findings.add(Severity::notice, about_zone(),
                 "The serial is 0, which some secondaries take for \"never loaded\".",
                 soa_command(facts));
    return;
  }
  const EncodedSerial form = serial_form(soa->serial, facts.now);
  if (form.form != SerialForm::date || form.time <= facts.now + std::chrono::days(2)) return;
  findings.add(Severity::notice, about_zone(),
               "The serial " + std::to_string(soa->serial) + " reads as a date in the future (" +
                   time_text(form.time).substr(0, 10) +
                   "): the next serial written as today's date would go backwards.",
               soa_command(facts));
}

void zon_serial_back(const Context& context, Findings& findings) {
  const SerialFacts& serials = context.facts.serials;
  if (!serials.went_back || serials.source == nullptr) return;
  if (context.history.serial_lower_rounds + 1 < kRoundsBack) return;
  findings.add(Severity::error, about_zone(),
               "The zone's serial went back from " + std::to_string(*serials.before) + " to " +
                   std::to_string(serials.source->best->soa->serial) +
                   ": secondaries that have the higher one keep it and get no changes. Raise the "
                   "serial above the old one (RFC 1982).",
               soa_command(context.facts));
}

void zon_expire_headroom(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    if (!server.expire_remaining) continue;
    const dns::Soa& soa = *facts.address_of(server).best->soa;
    const double expire = soa.expire;
    // A healthy secondary counts down through refresh and some retries before it starts anew.
    const double ordinary = expire - soa.refresh - 2.0 * soa.retry;
    const double left = *server.expire_remaining;
    if (left >= expire * kHeadroom || left >= ordinary) continue;
    findings.add(Severity::error, about(facts, server),
                 who(facts, server) + " will stop serving the zone in " + duration_text(left) +
                     " (SOA expire is " + duration_text(expire) +
                     "), because it cannot reach its primary; then it answers SERVFAIL.",
                 command_for(facts.address_of(server).best->exchange));
  }
}

void zon_propagation(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (!facts.serials.newest) return;
  const double limit = context.settings.thresholds.propagation;
  for (const SerialSeen& seen : context.history.serials) {
    if (seen.serial != *facts.serials.newest || !seen.everywhere) continue;
    const double took = std::chrono::duration<double>(*seen.everywhere - seen.first_seen).count();
    if (took <= limit || facts.now - *seen.everywhere > kShowPropagation) continue;
    findings.add(Severity::notice, about_zone(),
                 "Serial " + std::to_string(seen.serial) + " took " + duration_text(took) +
                     " from the first server to the last (limit " + duration_text(limit) + ").");
  }
}

void zon_wildcard(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const auto with = std::find_if(
      facts.addresses.begin(), facts.addresses.end(),
      [](const AddressFacts& address) { return address.negative.kind == NegativeKind::wildcard; });
  if (with == facts.addresses.end()) return;
  findings.add(is_tld(facts) ? Severity::error : Severity::info, about_zone(),
               is_tld(facts)
                   ? "The top-level domain answers for names that nobody registered (a wildcard): "
                     "mistyped names seem to exist, and mail to them is lost."
                   : "A wildcard answers for names that do not exist; denial of existence is not "
                     "tested.",
               command_for(with->negative.exchange));
}

}  // namespace checks
