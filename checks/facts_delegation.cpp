// Facts about the delegation: what the parent's servers say, what the zone itself says, and where
// the two differ.
#include <algorithm>
#include <iterator>
#include <set>

#include "checks/facts.hpp"
#include "checks/read_once.hpp"

namespace checks {

namespace {

using dns::RRType;
using Names = std::vector<dns::Name>;
using Addresses = std::vector<dns::IpAddress>;
using Rdatas = std::vector<dns::Bytes>;

template <typename T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

template <typename T>
std::vector<T> difference(const std::vector<T>& from, const std::vector<T>& what) {
  std::vector<T> out;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(), std::back_inserter(out));
  return out;
}

Names ns_names(const std::vector<dns::Record>& section, const dns::Name& zone) {
  Names names;
  for (const dns::Record* record : dns::find_records(section, zone, RRType::ns)) {
    if (names.size() == dns::kMaxNameserversPerZone) break;
    if (const auto name = dns::parse_name_rdata(record->rdata)) names.push_back(name->lowered());
  }
  sort_unique(names);
  return names;
}

void read_glue(Referral& referral, const dns::Message& message) {
  for (const dns::Record& record : message.additional) {
    if (record.rrclass != dns::RRClass::in) continue;
    if (record.type != RRType::a && record.type != RRType::aaaa) continue;
    if (!std::binary_search(referral.ns.begin(), referral.ns.end(), record.owner)) continue;
    if (const auto address = dns::parse_address(record.type, record.rdata)) {
      referral.glue[record.owner].push_back(*address);
    }
  }
  for (auto& [name, addresses] : referral.glue) sort_unique(addresses);
}

Referral read_referral(const dns::Message& message, const dns::Name& zone) {
  Referral referral;
  referral.ns = ns_names(message.authority, zone);
  if (!referral.ns.empty()) read_glue(referral, message);
  return referral;
}

bool has_soa_above(const dns::Message& message, const dns::Name& zone) {
  return std::any_of(message.authority.begin(), message.authority.end(),
                     [&zone](const dns::Record& record) {
                       return record.type == RRType::soa && zone.is_below(record.owner);
                     });
}

// What the parent's addresses say in the same words.
struct WordsRead {
  ReadOnce<Referral> referrals;
  ReadOnce<Rdatas> ds;
};

ParentWord read_word(ParentFacts& parent, const dns::Exchange& exchange, const dns::Name& zone,
                     WordsRead& once) {
  if (!exchange.answered()) {
    const bool asked = exchange.outcome != dns::Outcome::not_asked &&
                       exchange.outcome != dns::Outcome::cancelled &&
                       exchange.outcome != dns::Outcome::forbidden;
    return asked ? ParentWord::no_answer : ParentWord::not_asked;
  }
  const dns::Message& message = *exchange.response;
  parent.truncated = message.tc;
  if (message.rcode == dns::Rcode::nxdomain && message.aa) return ParentWord::no_such_name;
  if (message.rcode != dns::Rcode::noerror) return ParentWord::error;
  if (message.aa && !ns_names(message.answer, zone).empty()) return ParentWord::child_data;
  if (message.answer.empty()) {
    auto referral = once.referrals.of(message, 0, [&zone](const dns::Message& response) {
      return read_referral(response, zone);
    });
    if (!referral->ns.empty()) {
      parent.referral = std::move(referral);
      return ParentWord::delegation;
    }
  }
  if (message.aa && has_soa_above(message, zone)) return ParentWord::no_delegation;
  return ParentWord::error;
}

void read_ds(ParentFacts& parent, const dns::Exchange* exchange, const dns::Name& zone,
             WordsRead& once) {
  if (exchange == nullptr || !exchange->answered()) return;
  const dns::Message& message = *exchange->response;
  if (!message.aa) return;
  parent.ds_exchange = exchange;
  if (message.rcode != dns::Rcode::noerror && message.rcode != dns::Rcode::nxdomain) return;
  const bool exists = message.rcode == dns::Rcode::noerror;
  auto ds = once.ds.of(message, 0, [&](const dns::Message& response) {
    Rdatas records;
    if (!exists) return records;
    for (const dns::Record* record : dns::find_records(response.answer, zone, RRType::ds)) {
      records.push_back(record->rdata);
    }
    sort_unique(records);
    return records;
  });
  // An empty answer proves absence only with the parent's SOA: the child's own says nothing.
  if (exists && ds->empty() && !has_soa_above(message, zone)) return;
  parent.ds = std::move(ds);
}

ParentFacts read_parent(const survey::ParentServer& seen, const survey::Survey& survey,
                        WordsRead& once) {
  ParentFacts parent;
  parent.seen = &seen;
  if (survey.vantage.of(seen.address.family(), dns::Transport::udp) == survey::Usable::no) {
    return parent;
  }
  if (seen.ns.first) {
    parent.exchange = &seen.ns.final();
    parent.word = read_word(parent, *parent.exchange, survey.zone, once);
  }
  read_ds(parent, seen.ds.first ? &seen.ds.final() : nullptr, survey.zone, once);
  return parent;
}

bool tells(ParentWord word) {
  return word != ParentWord::not_asked && word != ParentWord::no_answer &&
         word != ParentWord::error;
}

void mark_recent(std::vector<ParentFacts>& parents) {
  dns::WallTime newest{};
  for (const ParentFacts& parent : parents) {
    if (tells(parent.word)) newest = std::max(newest, parent.exchange->sent);
  }
  for (ParentFacts& parent : parents) {
    parent.recent = parent.exchange != nullptr && parent.exchange->sent + kOnePass >= newest;
  }
}

void read_parent_side(Facts& facts) {
  DelegationFacts& delegation = facts.delegation;
  WordsRead once;
  delegation.parents.reserve(facts.survey.delegation.servers.size());
  for (const survey::ParentServer& seen : facts.survey.delegation.servers) {
    delegation.parents.push_back(read_parent(seen, facts.survey, once));
  }
  mark_recent(delegation.parents);
  std::set<const Referral*> referrals;
  std::set<const Rdatas*> ds_sets;
  bool denied = false;
  for (const ParentFacts& parent : delegation.parents) {
    if (!parent.recent) continue;
    switch (parent.word) {
      case ParentWord::delegation:
        delegation.parent_ns_known = true;
        if (referrals.insert(parent.referral.get()).second) {
          append(delegation.parent_ns, parent.referral->ns);
        }
        if (delegation.referral == nullptr || delegation.referral->sent < parent.exchange->sent) {
          delegation.referral = parent.exchange;
        }
        delegation.delegated = true;
        break;
      case ParentWord::child_data:
        delegation.delegated = true;
        break;
      case ParentWord::no_such_name:
      case ParentWord::no_delegation:
        denied = true;
        break;
      default:
        break;
    }
    if (parent.ds) ds_sets.insert(parent.ds.get());
  }
  if (!delegation.delegated && denied) delegation.delegated = false;
  if (!ds_sets.empty()) {
    std::set<dns::Bytes> ds;
    for (const Rdatas* set : ds_sets) ds.insert(set->begin(), set->end());
    delegation.ds_records = ds.size();
  }
  sort_unique(delegation.parent_ns);
}

// The NS set that stands for the zone: what most of the servers with the newest serial give.
Names reference_set(const Facts& facts) {
  std::map<std::shared_ptr<const Names>, std::size_t> shared_votes;
  const auto newest = facts.serials.source != nullptr
                          ? std::optional(facts.serials.source->best->soa->serial)
                          : std::nullopt;
  for (const bool only_newest : {true, false}) {
    for (const AddressFacts& address : facts.addresses) {
      if (!address.ns || address.ns->empty()) continue;
      if (only_newest && address.best->soa->serial != newest) continue;
      ++shared_votes[address.ns];
    }
    if (!shared_votes.empty()) break;
  }
  std::map<Names, std::size_t> votes;
  for (const auto& [names, count] : shared_votes) votes[*names] += count;
  const auto most = std::max_element(
      votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == votes.end() ? Names{} : most->first;
}

void read_child_side(Facts& facts) {
  DelegationFacts& delegation = facts.delegation;
  std::set<const Names*> sets;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.ns || address.ns->empty()) continue;
    delegation.child_ns_known = true;
    if (sets.insert(address.ns.get()).second) append(delegation.child_ns, *address.ns);
  }
  sort_unique(delegation.child_ns);
  delegation.reference = reference_set(facts);
}

void read_glue_of_names(Facts& facts) {
  std::set<const Referral*> referrals;
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (parent.recent && parent.referral) referrals.insert(parent.referral.get());
  }
  for (NameserverFacts& nameserver : facts.nameservers) {
    for (const Referral* const referral : referrals) {
      const auto glue = referral->glue.find(nameserver.seen->name);
      if (glue != referral->glue.end()) append(nameserver.glue, glue->second);
    }
    sort_unique(nameserver.glue);
  }
}

void compare_glue(Facts& facts) {
  for (std::size_t i = 0; i < facts.nameservers.size(); ++i) {
    const NameserverFacts& nameserver = facts.nameservers[i];
    if (nameserver.glue.empty() || nameserver.proven_empty()) continue;
    for (const auto family : {dns::Family::ipv4, dns::Family::ipv6}) {
      const std::optional<Addresses>& known = nameserver.of(family);
      if (!known) continue;
      const Addresses glue = nameserver.glue_of(family);
      // Out of the zone's own domain the parent need not give every address.
      GlueDifference found{i, family, difference(glue, *known), difference(*known, glue)};
      if (!nameserver.in_domain && glue.empty()) continue;
      if (!found.only_glue.empty() || !found.only_zone.empty()) {
        facts.delegation.glue_differences.push_back(std::move(found));
      }
    }
  }
}

void decide_consistency(Facts& facts) {
  DelegationFacts& delegation = facts.delegation;
  if (!delegation.parent_ns_known || !delegation.child_ns_known) return;
  delegation.only_parent = difference(delegation.parent_ns, delegation.reference);
  delegation.only_child = difference(delegation.reference, delegation.parent_ns);
  const bool orphan = std::any_of(facts.nameservers.begin(), facts.nameservers.end(),
                                  [](const NameserverFacts& nameserver) {
                                    return !nameserver.glue.empty() && nameserver.proven_empty();
                                  });
  delegation.consistent = delegation.only_parent.empty() && delegation.only_child.empty() &&
                          delegation.glue_differences.empty() && !orphan;
}

}  // namespace

void derive_delegation_facts(Facts& facts) {
  DelegationFacts& delegation = facts.delegation;
  delegation.applies = !facts.survey.zone.is_root();
  read_child_side(facts);
  if (delegation.applies) {
    read_parent_side(facts);
    read_glue_of_names(facts);
    compare_glue(facts);
    decide_consistency(facts);
  }
}

}  // namespace checks
