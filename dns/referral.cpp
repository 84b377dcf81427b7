#include "dns/referral.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dns/resolution.hpp"

namespace dns {
namespace {

std::vector<Record> rrset(const std::vector<Record>& section, const Name& owner, RRType type) {
  std::vector<Record> found;
  for (const Record* record : find_records(section, owner, type)) {
    if (record->rrclass == RRClass::in) found.push_back(*record);
  }
  return found;
}

// Where a DNAME at `owner` leads `name`, RFC 6672 section 2.2. Nothing when the result is too long.
std::optional<Name> substitute(const Name& name, const Name& owner, const Name& target) {
  Name result = target;
  const std::size_t kept = name.label_count() - owner.label_count();
  for (std::size_t i = kept; i-- > 0;) {
    Result<Name> longer = result.prefixed(name.label(i));
    if (!longer) return std::nullopt;
    result = std::move(*longer);
  }
  return result;
}

std::optional<Name> alias_of(const Message& response, const Name& qname, const Name& zone) {
  for (const Record& record : rrset(response.answer, qname, RRType::cname)) {
    if (std::optional<Name> target = parse_name_rdata(record.rdata)) return target;
  }
  for (const Record& record : response.answer) {
    if (record.type != RRType::dname || record.rrclass != RRClass::in) continue;
    if (!qname.is_below(record.owner) || !record.owner.is_at_or_below(zone)) continue;
    if (const std::optional<Name> target = parse_name_rdata(record.rdata)) {
      return substitute(qname, record.owner, *target);
    }
  }
  return std::nullopt;
}

void add_address(NameserverAddresses& server, const Record& record) {
  const std::optional<IpAddress> address = parse_address(record.type, record.rdata);
  if (!address || server.addresses.size() >= kMaxAddressesPerName) return;
  if (std::find(server.addresses.begin(), server.addresses.end(), *address) ==
      server.addresses.end()) {
    server.addresses.push_back(*address);
  }
}

void add_glue(NsSet& set, const std::vector<Record>& additional, const Name& bailiwick) {
  for (const Record& record : additional) {
    if (record.type != RRType::a && record.type != RRType::aaaa) continue;
    if (record.rrclass != RRClass::in || !record.owner.is_at_or_below(bailiwick)) continue;
    for (NameserverAddresses& server : set.servers) {
      if (server.name == record.owner) add_address(server, record);
    }
  }
}

NsSet ns_set(const std::vector<Record>& section, const Name& owner,
             const std::vector<Record>& additional, const Name& bailiwick) {
  NsSet set;
  set.zone = owner;
  for (const Record& record : rrset(section, owner, RRType::ns)) {
    set.ttl = set.servers.empty() ? record.ttl : std::min(set.ttl, record.ttl);
    std::optional<Name> name = parse_name_rdata(record.rdata);
    if (!name || set.servers.size() >= kMaxNameserversPerZone) continue;
    const bool repeated =
        std::any_of(set.servers.begin(), set.servers.end(),
                    [&](const NameserverAddresses& server) { return server.name == *name; });
    if (!repeated) set.servers.push_back({std::move(*name), {}});
  }
  add_glue(set, additional, bailiwick);
  return set;
}

// The deepest NS RRset in the authority section that leads down from `zone` towards `qname`.
std::optional<Name> referral_owner(const Message& response, const Name& qname, const Name& zone) {
  std::optional<Name> deepest;
  for (const Record& record : response.authority) {
    if (record.type != RRType::ns || record.rrclass != RRClass::in) continue;
    if (!record.owner.is_below(zone) || !qname.is_at_or_below(record.owner)) continue;
    if (!deepest || record.owner.is_below(*deepest)) deepest = record.owner;
  }
  return deepest;
}

std::optional<Name> soa_owner(const Message& response, const Name& qname, const Name& zone) {
  for (const Record& record : response.authority) {
    if (record.type != RRType::soa || record.rrclass != RRClass::in) continue;
    if (record.owner.is_at_or_below(zone) && qname.is_at_or_below(record.owner)) {
      return record.owner;
    }
  }
  return std::nullopt;
}

}  // namespace

Step interpret(const Message& response, const Question& question, const Name& zone) {
  Step step;
  if (response.rcode != Rcode::noerror && response.rcode != Rcode::nxdomain) {
    step.kind = StepKind::error;
    return step;
  }
  if (response.aa) {
    step.records = rrset(response.answer, question.qname, question.qtype);
    if (!step.records.empty()) {
      step.kind = StepKind::answer;
      return step;
    }
    if (std::optional<Name> target = alias_of(response, question.qname, zone)) {
      step.kind = StepKind::alias;
      step.alias = std::move(*target);
      return step;
    }
    step.soa = soa_owner(response, question.qname, zone);
    if (response.rcode == Rcode::nxdomain) {
      step.kind = StepKind::nxdomain;
      return step;
    }
  }
  // Some servers set AA in referrals; without a SOA it still is one. With data for the name and no
  // AA it is a resolver's answer, which counts for nothing.
  if (response.rcode == Rcode::noerror && response.answer.empty() && !step.soa) {
    if (const std::optional<Name> owner = referral_owner(response, question.qname, zone)) {
      step.kind = StepKind::referral;
      step.referral = ns_set(response.authority, *owner, response.additional, zone);
      return step;
    }
  }
  step.kind = response.aa ? StepKind::nodata : StepKind::lame;
  return step;
}

NsSet ns_set_in_answer(const Message& response, const Name& owner, const Name& zone) {
  if (!response.aa || response.rcode != Rcode::noerror) return NsSet{owner, {}, 0};
  return ns_set(response.answer, owner, response.additional, zone);
}

}  // namespace dns
