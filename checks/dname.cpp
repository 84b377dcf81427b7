// A DNAME at the zone's own name: what servers make of it (RFC 6672). Its signature is neg-sig's,
// as of whatever stands in the place of a denial.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/rdata.hpp"

namespace checks {

namespace {

using dns::RRType;

struct Fault {
  Severity severity{};
  std::string text;  ///< what the server does, after its name
};

// The name asked for is one label below the zone. Nothing when the result would be too long.
std::optional<dns::Name> substituted(const dns::Name& qname, const dns::Name& target) {
  dns::Result<dns::Name> made = target.prefixed(qname.label(0));
  return made ? std::optional<dns::Name>(*std::move(made)) : std::nullopt;
}

std::optional<Fault> fault_of(const dns::Exchange& exchange, const dns::Name& zone) {
  const std::vector<dns::Record>& answer = exchange.response->answer;
  const dns::Name& qname = exchange.question.qname;
  const std::vector<const dns::Record*> dnames = dns::find_records(answer, zone, RRType::dname);
  const dns::Record& dname = *dnames.front();
  if (std::any_of(dnames.begin(), dnames.end(),
                  [&dname](const auto* other) { return other->rdata != dname.rdata; })) {
    return Fault{Severity::error, "gives several DNAME records: there can be one"};
  }
  const std::optional<dns::Name> target = dns::parse_name_rdata(dname.rdata);
  if (!target) return std::nullopt;
  const std::optional<dns::Name> wanted = substituted(qname, *target);
  if (!wanted) return std::nullopt;
  const std::vector<const dns::Record*> cnames = dns::find_records(answer, qname, RRType::cname);
  if (cnames.empty()) {
    return Fault{Severity::error,
                 "gives a DNAME without the CNAME that follows from it: resolvers that do not know "
                 "DNAME get nothing"};
  }
  const std::optional<dns::Name> leads_to = dns::parse_name_rdata(cnames.front()->rdata);
  if (cnames.size() > 1 || leads_to != wanted) {
    return Fault{Severity::error,
                 "gives a CNAME that does not follow from the DNAME: it should lead "
                 "to " +
                     wanted->to_label()};
  }
  // 0 is what RFC 2672, the former standard, asked for.
  const std::uint32_t ttl = cnames.front()->ttl;
  if (ttl == dname.ttl || ttl == 0) return std::nullopt;
  return Fault{Severity::notice, "gives the CNAME made of a DNAME another TTL (" +
                                     std::to_string(ttl) + ") than the DNAME has (" +
                                     std::to_string(dname.ttl) + ")"};
}

}  // namespace

void sec_dname(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const NegativeFacts& negative = facts.address_of(server).negative;
    if (negative.kind != NegativeKind::dname) continue;
    const std::optional<Fault> fault = fault_of(*negative.exchange, facts.survey.zone);
    if (!fault) continue;
    findings.add(fault->severity, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) + " " + fault->text + ".",
                 command_for(negative.exchange));
  }
}

}  // namespace checks
