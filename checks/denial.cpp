// Negative answers: what servers say about names that do not exist, and how long that is cached.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

// As for SOA minimum, RFC 2308 sections 4 and 5.
constexpr std::uint32_t kShortTtl = 300;
constexpr std::uint32_t kLongTtl = 86400;

std::string who(const Facts& facts, const ServerFacts& server) {
  return server_text(facts.name(server), facts.ip(server));
}

// NXDOMAIN without AA: the right answer by a server that does not stand for it.
bool nxdomain_without_authority(const NegativeFacts& negative) {
  return negative.kind == NegativeKind::lame &&
         negative.exchange->response->rcode == dns::Rcode::nxdomain;
}

bool negative(NegativeKind kind) {
  return kind == NegativeKind::nxdomain || kind == NegativeKind::nodata ||
         kind == NegativeKind::compact;
}

std::string nodata_fault(const NodataFacts& nodata) {
  switch (nodata.kind) {
    case NodataKind::referral:
      return "looks like a referral: it has NS records and no SOA";
    case NodataKind::lame:
      return "has no authority (AA is not set)";
    case NodataKind::error:
      return "is " + outcome_text(*nodata.exchange) + " instead of NOERROR";
    case NodataKind::nodata:
      if (nodata.soa) return {};
      return nodata.foreign_soa ? "carries a SOA of another name than the zone's"
                                : "does not carry the zone's SOA";
    default:
      return {};
  }
}

std::size_t count_kind(const Facts& facts, NegativeKind kind) {
  return static_cast<std::size_t>(
      std::count_if(facts.addresses.begin(), facts.addresses.end(),
                    [kind](const AddressFacts& address) { return address.negative.kind == kind; }));
}

// Names that have one address type must deny the other with NODATA, never with NXDOMAIN.
void nxdomain_for_existing(const Facts& facts, const ServerFacts& server, Findings& findings) {
  const AddressFacts& address = facts.address_of(server);
  for (const OwnAddressAnswer& denied : address.own_addresses) {
    if (denied.kind != dns::ResponseKind::nxdomain) continue;
    const bool exists =
        std::any_of(address.own_addresses.begin(), address.own_addresses.end(),
                    [&denied](const OwnAddressAnswer& other) {
                      return other.name == denied.name && other.kind == dns::ResponseKind::answer;
                    });
    if (!exists) continue;
    findings.add(Severity::error, about(facts, server),
                 who(facts, server) + " answers NXDOMAIN for " + dns::to_text(denied.type) +
                     " of " + denied.name.to_label() +
                     ", a name that it has records for: resolvers then believe that the whole "
                     "name is gone. It must answer NOERROR without data.",
                 command_for(denied.exchange));
    return;  // one name shows it
  }
}

// The zone's own name exists, whatever types it has.
void nxdomain_for_apex(const Facts& facts, const ServerFacts& server, Findings& findings) {
  const NodataFacts& nodata = facts.address_of(server).denial.nodata;
  if (nodata.kind != NodataKind::nxdomain) return;
  findings.add(Severity::error, about(facts, server),
               who(facts, server) + " answers NXDOMAIN for a type that " +
                   facts.survey.zone.to_label() +
                   " does not have: resolvers then believe that the zone is gone with all names "
                   "in it. It must answer NOERROR without data.",
               command_for(nodata.exchange));
}

}  // namespace

void neg_nxdomain(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const NegativeFacts& negative = facts.address_of(server).negative;
    const bool wrong =
        negative.kind == NegativeKind::error ||
        (negative.kind == NegativeKind::lame && !nxdomain_without_authority(negative));
    if (!wrong) continue;
    findings.add(Severity::error, about(facts, server),
                 who(facts, server) +
                     " serves the zone, but answers for a name that does not "
                     "exist with " +
                     (negative.kind == NegativeKind::error ? outcome_text(*negative.exchange)
                                                           : "an answer without authority") +
                     " instead of NXDOMAIN.",
                 command_for(negative.exchange));
  }
}

void neg_nxdomain_soa(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const NegativeFacts& negative_answer = facts.address_of(server).negative;
    const bool without_authority = nxdomain_without_authority(negative_answer);
    const bool without_soa = negative(negative_answer.kind) && !negative_answer.soa;
    if (!without_authority && !without_soa) continue;
    findings.add(Severity::warning, about(facts, server),
                 "The negative answers of " + who(facts, server) +
                     (without_authority ? " have no authority (AA is not set)"
                                        : " do not carry the zone's SOA") +
                     ": resolvers cannot cache them and ask again each time.",
                 command_for(negative_answer.exchange));
  }
}

void neg_nodata_soa(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const NodataFacts& nodata = facts.address_of(server).denial.nodata;
    const std::string fault = nodata_fault(nodata);
    if (fault.empty()) continue;
    findings.add(Severity::warning, about(facts, server),
                 "What " + who(facts, server) + " answers for a type that does not exist " + fault +
                     ": resolvers cannot cache it, and some take it for a failure.",
                 command_for(nodata.exchange), nodata.exchange->sent);
  }
}

void neg_nx_vs_nodata(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    nxdomain_for_existing(facts, server, findings);
    nxdomain_for_apex(facts, server, findings);
  }
  if (count_kind(facts, NegativeKind::nodata) == 0) return;
  const bool some_deny = count_kind(facts, NegativeKind::nxdomain) != 0;
  for (const ServerFacts& server : facts.servers) {
    const NegativeFacts& negative_answer = facts.address_of(server).negative;
    if (negative_answer.kind != NegativeKind::nodata) continue;
    if (some_deny) {
      findings.add(Severity::warning, about(facts, server),
                   who(facts, server) +
                       " says that a made-up name exists without data, while "
                       "other servers say that it does not exist (NXDOMAIN): "
                       "their copies of the zone differ.",
                   command_for(negative_answer.exchange));
    } else {
      findings.add(Severity::notice, about_zone(),
                   "Names that do not exist are answered as existing without data (NOERROR); a "
                   "wildcard of another type does that.",
                   command_for(negative_answer.exchange));
      return;
    }
  }
}

void neg_ttl(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const NegativeFacts& answer = facts.address_of(server).negative;
    if (!negative(answer.kind) || !answer.soa) continue;
    const std::uint32_t ttl = std::min(answer.soa_ttl, answer.soa_minimum);
    const bool by_minimum = ttl == answer.soa_minimum;
    if ((ttl >= kShortTtl && ttl <= kLongTtl) || by_minimum) continue;  // zon-minimum
    findings.add(Severity::notice, about_zone(),
                 "Negative answers are cached for " +
                     (ttl == 0 ? std::string("0 s") : duration_text(ttl)) +
                     " only, because the SOA's TTL is below its minimum (" +
                     duration_text(answer.soa_minimum) + "): the TTL is what counts.",
                 command_for(answer.exchange));
    return;
  }
}

void neg_uncacheable(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    for (const TransportFacts& over : address.transports) {
      const bool uncacheable = over.result == ServerResult::servfail ||
                               over.result == ServerResult::refused ||
                               over.result == ServerResult::other_rcode;
      if (!uncacheable || address.up()) continue;
      findings.add(Severity::notice, about(facts, server),
                   who(facts, server) + " answers " + over.detail +
                       ", which resolvers cannot cache for long: each repeats its question there "
                       "every few seconds to minutes while this lasts.",
                   command_for(over.exchange));
      break;
    }
  }
}

}  // namespace checks
