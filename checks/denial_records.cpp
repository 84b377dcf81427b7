// The records that deny, for themselves: what they say of names and types that exist, whether they
// fit each other and the zone, and the parameters of NSEC3.
#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "checks/denial_faults.hpp"
#include "checks/dnssec_words.hpp"
#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_limits.hpp"

namespace checks {

namespace {

using dns::RRType;
using dns::dnssec::DenialMethod;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using survey::QuestionId;

// RFC 9276 section 3.2: some resolvers treat more as insecure.
constexpr std::uint16_t kManyIterations = 50;

constexpr std::string_view kAggressive =
    ": resolvers that answer from cached denials (RFC 8198) hide it.";

bool has_denials(const AddressFacts& address) {
  return !address.denial.nsec.empty() || !address.denial.nsec3.empty();
}

// ---- what exists ----

bool is_served(const AddressFacts& address, QuestionId id, RRType type, const dns::Name& zone) {
  const survey::Answer* const answer = address.seen->find(id);
  if (answer == nullptr || !answer->exchange.first) return false;
  const dns::Exchange& exchange = answer->exchange.final();
  return exchange.answered() && exchange.response->aa &&
         !dns::find_records(exchange.response->answer, zone, type).empty();
}

struct SlowType {
  QuestionId id;
  RRType type;
};
constexpr std::array kSlowTypes{
    SlowType{QuestionId::cds, RRType::cds}, SlowType{QuestionId::cdnskey, RRType::cdnskey},
    SlowType{QuestionId::csync, RRType::csync}, SlowType{QuestionId::zonemd, RRType::zonemd}};

// Types that lookups ask for, as this address serves them at the apex. What was asked for slowly
// is compared only with what was asked for at the same time.
std::vector<RRType> served_types(const AddressFacts& address, const ApexTypes& apex,
                                 const dns::Name& zone) {
  std::vector<RRType> types{RRType::soa};
  if (address.ns && !address.ns->empty()) types.push_back(RRType::ns);
  if (address.dnskeys && !address.dnskeys->empty()) types.push_back(RRType::dnskey);
  if (apex.asked == Asked::each_round) return types;
  for (const SlowType& slow : kSlowTypes) {
    if (is_served(address, slow.id, slow.type, zone)) types.push_back(slow.type);
  }
  return types;
}

// Types that only the signing needs: nobody looks them up.
std::vector<RRType> signing_types(const ApexTypes& apex) {
  if (apex.method == DenialMethod::nsec) return {RRType::rrsig, RRType::nsec};
  return {RRType::rrsig};
}

std::string missing_types(const ApexTypes& apex, const std::vector<RRType>& types) {
  std::vector<std::string> missing;
  for (const RRType type : types) {
    if (!apex.types.has(type)) missing.push_back(dns::to_text(type));
  }
  return missing.empty() ? std::string() : list_text(missing);
}

std::optional<DenialFault> judge_bitmap(const AddressFacts& address, const dns::Name& zone) {
  if (address.denial.apex.empty()) return std::nullopt;
  DenialFault fault;
  for (const ApexTypes& apex : address.denial.apex) {
    const std::string record = apex.method == DenialMethod::nsec ? "NSEC" : "NSEC3";
    std::string missing = missing_types(apex, served_types(address, apex, zone));
    const bool severe = !missing.empty();
    if (!severe) missing = missing_types(apex, signing_types(apex));
    if (missing.empty() || (!fault.text.empty() && !severe)) continue;
    fault.text = "the " + record + " record of the zone's own name does not list " + missing +
                 ", which it has";
    fault.exchange = apex.exchange;
    fault.worst = severe ? Severity::error : Severity::notice;
    if (severe) break;
  }
  return fault;
}

// ---- the chain ----

std::string label(const dns::Record* record) {
  return record->owner.to_label();
}

// Within the zone and upwards, but for the last record, which leads back to the apex. Records made
// for one answer (RFC 4470) go to some name behind; how far is their matter.
std::optional<DenialFault> judge_nsec_chain(const AddressFacts& address, const dns::Name& zone) {
  for (const SeenNsec& seen : address.denial.nsec) {
    const dns::Name& next = seen.nsec.next;
    if (!next.is_at_or_below(zone)) {
      return DenialFault{"the NSEC record of " + label(seen.record) + " leads to " +
                             next.to_label() + ", outside of the zone",
                         seen.exchange};
    }
    if (next == zone || seen.record->owner < next) continue;
    return DenialFault{"the NSEC record of " + label(seen.record) + " leads back to " +
                           next.to_label() + " instead of the zone's own name",
                       seen.exchange};
  }
  return std::nullopt;
}

bool is_last(const SeenNsec3& seen) {
  return seen.owner && seen.nsec3.next.size() == seen.owner->size() &&
         std::lexicographical_compare(seen.nsec3.next.begin(), seen.nsec3.next.end(),
                                      seen.owner->begin(), seen.owner->end());
}

// A chain of hashes ends once. One answer is of one version of the zone.
std::optional<DenialFault> judge_nsec3_chain(const AddressFacts& address) {
  const std::vector<SeenNsec3>& all = address.denial.nsec3;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const SeenNsec3& one = all[i];
    if (!is_last(one)) continue;
    for (std::size_t j = i + 1; j < all.size() && all[j].exchange == one.exchange; ++j) {
      const SeenNsec3& other = all[j];
      const bool two_ends = is_last(other) && one.is_of_chain(other) && one.owner != other.owner;
      if (!two_ends) continue;
      return DenialFault{"two NSEC3 records, of " + label(one.record) + " and " +
                             label(other.record) + ", both claim to be the last of the zone",
                         one.exchange};
    }
  }
  return std::nullopt;
}

// ---- parameters ----

std::string hex(const dns::Bytes& octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : octets) {
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 15U];
  }
  return text;
}

// "1 0 5 ab12", as in presentation form but for the flags.
std::string parameters_text(std::uint8_t algorithm, std::uint16_t iterations,
                            const dns::Bytes& salt) {
  return "algorithm " + std::to_string(algorithm) + ", " + std::to_string(iterations) +
         " extra iterations, " + (salt.empty() ? "no salt" : "salt " + hex(salt));
}

std::string parameters_text(const SeenNsec3& seen) {
  return parameters_text(seen.nsec3.hash_algorithm, seen.nsec3.iterations, seen.nsec3.salt);
}

struct Nsec3Param {
  std::uint8_t algorithm = 0;
  std::uint8_t flags = 0;
  std::uint16_t iterations = 0;
  dns::Bytes salt;

  bool is_of(const SeenNsec3& seen) const {
    return algorithm == seen.nsec3.hash_algorithm && iterations == seen.nsec3.iterations &&
           salt == seen.nsec3.salt;
  }
};

// RFC 5155 section 4.2.
std::optional<Nsec3Param> parse_nsec3param(const dns::Bytes& rdata) {
  constexpr std::size_t kFixed = 5;
  if (rdata.size() < kFixed || rdata.size() != kFixed + rdata[4]) return std::nullopt;
  Nsec3Param param;
  param.algorithm = rdata[0];
  param.flags = rdata[1];
  param.iterations = static_cast<std::uint16_t>((rdata[2] << 8U) | rdata[3]);
  param.salt.assign(rdata.begin() + kFixed, rdata.end());
  return param;
}

DenialFault param_fault(const AddressFacts& address, std::string text, Severity worst) {
  return {std::move(text), address.denial.nsec3param_exchange, worst};
}

// Validators do not read NSEC3PARAM; secondaries that serve the zone do. A record with flags is a
// chain under construction (RFC 5155 section 4.1.2).
std::optional<DenialFault> judge_param(const AddressFacts& address) {
  const AddressDenial& denial = address.denial;
  if (!denial.nsec3param) return std::nullopt;
  const dns::dnssec::RrsetVerdict* const verdict = address.dnssec.nsec3param.verdict.get();
  if (verdict != nullptr && !verdict->is_secure() && address.dnssec.has_secure_soa()) {
    return param_fault(address,
                       "the NSEC3PARAM record has no valid signature (" +
                           std::string(in_words(verdict->reason)) +
                           "), while the rest of the zone has: it was changed after signing",
                       Severity::warning);
  }
  std::vector<Nsec3Param> ready;
  for (const dns::Bytes& rdata : *denial.nsec3param) {
    const std::optional<Nsec3Param> param = parse_nsec3param(rdata);
    if (param && param->flags == 0) ready.push_back(*param);
  }
  const auto slow = std::find_if(denial.nsec3.begin(), denial.nsec3.end(),
                                 [](const SeenNsec3& seen) { return seen.asked == Asked::slowly; });
  if (slow == denial.nsec3.end()) {
    const bool nsec = std::any_of(denial.nsec.begin(), denial.nsec.end(),
                                  [](const SeenNsec& seen) { return seen.asked == Asked::slowly; });
    if (!nsec) return std::nullopt;
    if (ready.empty()) return DenialFault{};
    return param_fault(address, "there is an NSEC3PARAM record, while NSEC is what denies",
                       Severity::notice);
  }
  if (ready.empty()) {
    return param_fault(address, "no NSEC3PARAM record tells secondaries the parameters of NSEC3",
                       Severity::notice);
  }
  const bool equal = std::any_of(ready.begin(), ready.end(),
                                 [&](const Nsec3Param& param) { return param.is_of(*slow); });
  if (!equal) {
    const Nsec3Param& first = ready.front();
    return param_fault(address,
                       "NSEC3PARAM (" +
                           parameters_text(first.algorithm, first.iterations, first.salt) +
                           ") is not what the NSEC3 records use (" + parameters_text(*slow) + ")",
                       Severity::warning);
  }
  if (ready.size() == 1) return DenialFault{};
  return param_fault(address,
                     "there are " + std::to_string(ready.size()) +
                         " NSEC3PARAM records, as while one chain replaces another",
                     Severity::notice);
}

// Of one answer, or of answers that were asked for at one time.
bool belong_together(const dns::Exchange* a, Asked a_asked, const dns::Exchange* b, Asked b_asked) {
  return a == b || (a_asked == Asked::slowly && b_asked == Asked::slowly);
}

// The answer proves nothing for it.
bool breaks_proof(const AddressFacts& address, const dns::Exchange* exchange) {
  const auto differ = [](const DenialVerdict& denial) {
    return denial.reason == DenialReason::parameters_differ;
  };
  const std::optional<DenialVerdict>& of_name = address.dnssec.denial;
  if (of_name && address.dnssec.denial_exchange == exchange && differ(*of_name)) return true;
  const std::vector<JudgedDenial>& of_types = address.denial.nodata_denials;
  return std::any_of(of_types.begin(), of_types.end(), [&](const JudgedDenial& denial) {
    return denial.exchange == exchange && differ(denial.verdict);
  });
}

const dns::Exchange* denied_in_both_ways(const AddressDenial& denial) {
  for (const SeenNsec& nsec : denial.nsec) {
    const auto beside =
        std::find_if(denial.nsec3.begin(), denial.nsec3.end(), [&nsec](const SeenNsec3& nsec3) {
          return belong_together(nsec.exchange, nsec.asked, nsec3.exchange, nsec3.asked);
        });
    if (beside != denial.nsec3.end()) return beside->exchange;
  }
  return nullptr;
}

std::optional<DenialFault> judge_mixed(const AddressFacts& address) {
  if (!has_denials(address)) return std::nullopt;
  const AddressDenial& denial = address.denial;
  DenialFault fault;
  const auto keep_worse = [&fault](DenialFault other) {
    if (fault.text.empty() || other.worst > fault.worst) fault = std::move(other);
  };
  if (const dns::Exchange* const both = denied_in_both_ways(denial)) {
    keep_worse({"NSEC and NSEC3 records both deny", both, Severity::warning});
  }
  for (std::size_t i = 1; i < denial.nsec3.size(); ++i) {
    const SeenNsec3& one = denial.nsec3[i - 1];
    const SeenNsec3& other = denial.nsec3[i];
    const bool differ = !one.is_of_chain(other) &&
                        belong_together(one.exchange, one.asked, other.exchange, other.asked);
    if (!differ) continue;
    const bool breaks = breaks_proof(address, one.exchange);
    keep_worse({"NSEC3 records are of several chains (" + parameters_text(one) + "; " +
                    parameters_text(other) + ")",
                one.exchange, breaks ? Severity::error : Severity::warning});
  }
  return fault;
}

template <typename Value>
const AddressFacts* worst_nsec3(const Facts& facts, const Value& value) {
  const AddressFacts* worst = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.denial || address.dnssec.denial->method != DenialMethod::nsec3) continue;
    if (worst == nullptr || value(*address.dnssec.denial) > value(*worst->dnssec.denial)) {
      worst = &address;
    }
  }
  return worst;
}

const SeenNsec3* find_nsec3(const Facts& facts,
                            const std::function<bool(const SeenNsec3&)>& wanted) {
  for (const AddressFacts& address : facts.addresses) {
    const std::vector<SeenNsec3>& all = address.denial.nsec3;
    const auto found = std::find_if(all.begin(), all.end(), wanted);
    if (found != all.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

void neg_apex_bitmap(const Context& context, Findings& findings) {
  const dns::Name& zone = context.facts.survey.zone;
  report_denial_faults(
      context, findings,
      [&zone](const AddressFacts& address) { return judge_bitmap(address, zone); }, kAggressive);
}

void neg_existing_covered(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) -> std::optional<DenialFault> {
        if (!has_denials(address)) return std::nullopt;
        if (address.denial.covered.empty()) return DenialFault{};
        const CoveredName& covered = address.denial.covered.front();
        return DenialFault{"the " + dns::to_text(covered.record->type) + " record of " +
                               label(covered.record) + " says that " + covered.name.to_label() +
                               " does not exist, which has addresses",
                           covered.exchange};
      },
      kAggressive);
}

void neg_chain(const Context& context, Findings& findings) {
  const dns::Name& zone = context.facts.survey.zone;
  report_denial_faults(
      context, findings,
      [&zone](const AddressFacts& address) -> std::optional<DenialFault> {
        if (!has_denials(address)) return std::nullopt;
        std::optional<DenialFault> fault = judge_nsec_chain(address, zone);
        if (!fault) fault = judge_nsec3_chain(address);
        return fault ? fault : DenialFault{};
      },
      ": the chain of denial is broken, and part of what does not exist cannot be denied.");
}

void neg_mixed(const Context& context, Findings& findings) {
  report_denial_faults(context, findings, judge_mixed,
                       ": validators use records of one kind and one set of parameters at a time.");
}

void neg_nsec3param(const Context& context, Findings& findings) {
  report_denial_faults(context, findings, judge_param,
                       ". Secondaries that choose NSEC3 records by NSEC3PARAM go by it.");
}

void neg_nsec3_form(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) -> std::optional<DenialFault> {
        if (address.denial.nsec3.empty()) return std::nullopt;
        for (const SeenNsec3& seen : address.denial.nsec3) {
          if (seen.nsec3.hash_algorithm != dns::dnssec::kNsec3Sha1) continue;  // neg-nsec3-hash
          if (!seen.owner) {
            return DenialFault{"the NSEC3 record " + label(seen.record) +
                                   " has no hash as its name, directly below the zone's",
                               seen.exchange};
          }
          if (seen.nsec3.next.size() == seen.owner->size()) continue;
          return DenialFault{"the next hash of the NSEC3 record " + label(seen.record) + " has " +
                                 std::to_string(seen.nsec3.next.size()) + " octets instead of " +
                                 std::to_string(seen.owner->size()),
                             seen.exchange};
        }
        return DenialFault{};
      },
      ": validators cannot use it.");
}

void neg_nsec3_hash(const Context& context, Findings& findings) {
  report_denial_faults(
      context, findings,
      [](const AddressFacts& address) -> std::optional<DenialFault> {
        const std::optional<DenialVerdict>& denial = address.dnssec.denial;
        if (!denial) return std::nullopt;
        if (denial->reason != DenialReason::unknown_hash_algorithm) return DenialFault{};
        return DenialFault{"NSEC3 records have a hash algorithm that validators do not know",
                           address.dnssec.denial_exchange};
      },
      ": they take what is denied for unsigned, or fail.");
}

void neg_nsec3_flags(const Context& context, Findings& findings) {
  const auto is_unknown = [](const SeenNsec3& seen) {
    return (seen.nsec3.flags & ~dns::dnssec::kNsec3OptOut) != 0;
  };
  report_denial_faults(
      context, findings,
      [&is_unknown](const AddressFacts& address) -> std::optional<DenialFault> {
        const std::vector<SeenNsec3>& all = address.denial.nsec3;
        if (all.empty()) return std::nullopt;
        const auto found = std::find_if(all.begin(), all.end(), is_unknown);
        if (found == all.end()) return DenialFault{};
        return DenialFault{"NSEC3 records have flags that are not assigned (" +
                               std::to_string(found->nsec3.flags) + ")",
                           found->exchange};
      },
      ": validators must ignore such records.");
  const SeenNsec3* const opt_out =
      find_nsec3(context.facts, [](const SeenNsec3& seen) { return seen.nsec3.is_opt_out(); });
  if (opt_out == nullptr) return;
  const bool registry = context.facts.survey.zone.label_count() <= 1;
  findings.add(registry ? Severity::info : Severity::notice, about_zone(),
               registry ? "NSEC3 leaves unsigned delegations out (opt-out), as large registries do."
                        : "NSEC3 leaves unsigned delegations out (opt-out): within the gaps "
                          "anybody can invent names that validators take for unsigned. Only "
                          "zones of very many delegations gain by it.",
               command_for(opt_out->exchange));
}

void neg_nsec3_iterations(const Context& context, Findings& findings) {
  const AddressFacts* const worst =
      worst_nsec3(context.facts, [](const DenialVerdict& denial) { return denial.iterations; });
  if (worst == nullptr || worst->dnssec.denial->iterations == 0) return;
  const std::uint16_t iterations = worst->dnssec.denial->iterations;
  const Severity worst_case = context.facts.validators_care() ? Severity::error : Severity::warning;
  const Severity severity = iterations > dns::dnssec::kMaxNsec3Iterations ? worst_case
                            : iterations > kManyIterations                ? Severity::warning
                                                                          : Severity::notice;
  findings.add(severity, about_zone(),
               "NSEC3 hashes names " + std::to_string(iterations) +
                   " times more than once: that costs servers and validators work and protects "
                   "nothing" +
                   (severity == Severity::notice
                        ? std::string(". Set 0.")
                        : "; resolvers treat the denial as insecure, or fail. Set 0."),
               command_for(worst->dnssec.denial_exchange));
}

void neg_nsec3_salt(const Context& context, Findings& findings) {
  const SeenNsec3* const salted =
      find_nsec3(context.facts, [](const SeenNsec3& seen) { return !seen.nsec3.salt.empty(); });
  if (salted == nullptr) return;
  findings.add(Severity::notice, about_zone(),
               "NSEC3 hashes names with a salt (" + hex(salted->nsec3.salt) +
                   "): it protects nothing, since every name is hashed with its zone's, and makes "
                   "each change of it a new chain. Set none.",
               command_for(salted->exchange));
}

void neg_nsec_ttl(const Context& context, Findings& findings) {
  const auto report = [&](const AddressFacts& address, const auto& records) {
    const std::uint32_t limit = std::min(address.best->soa_ttl, address.best->soa->minimum);
    for (const auto& seen : records) {
      if (seen.record->ttl <= limit) continue;
      findings.add(Severity::notice, about_zone(),
                   "The " + dns::to_text(seen.record->type) + " records have a TTL of " +
                       std::to_string(seen.record->ttl) + " s, more than negative answers may be " +
                       "cached for (" + std::to_string(limit) +
                       " s, the lesser of the SOA's TTL and minimum): resolvers that answer from "
                       "cached denials hide new names for that long.",
                   command_for(seen.exchange));
      return true;
    }
    return false;
  };
  for (const AddressFacts& address : context.facts.addresses) {
    if (!address.up() || !address.best->soa) continue;
    if (report(address, address.denial.nsec) || report(address, address.denial.nsec3)) return;
  }
}

void neg_compact(const Context& context, Findings& findings) {
  for (const AddressFacts& address : context.facts.addresses) {
    const std::optional<DenialVerdict>& denial = address.dnssec.denial;
    if (!denial || !denial->compact || !denial->is_proven()) continue;
    findings.add(
        Severity::info, about_zone(),
        std::string("Names that do not exist are denied compactly, by a record made for each ") +
            (denial->name_denied ? "that says so (NXNAME)."
                                 : "that says only that it has no data; without NXNAME nobody "
                                   "can tell it from a name that exists."),
        command_for(address.dnssec.denial_exchange));
    return;
  }
}

}  // namespace checks
