// Denial records of a made-up zone with their signatures, to be judged, and questions to judge.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_zone.hpp"

namespace tests {

/// A question as a failing test shows it.
inline std::string text(const dns::dnssec::DenialQuestion& question) {
  constexpr const char* kClaims[] = {"name error", "no data", "wildcard answer", "delegation"};
  return std::string(kClaims[static_cast<int>(question.claim)]) + " of " +
         question.qname.to_text() + " " + dns::to_text(question.qtype) + " at " +
         (question.closest_encloser ? question.closest_encloser->to_text() : "-");
}

/// Denial records of example. with their signatures, judged as an authority section.
struct DenialCase {
  std::unique_ptr<dns::dnssec::Verifier> verifier = std::make_unique<dns::dnssec::Verifier>();
  dns::dnssec::WorkBudget work;
  std::vector<dns::Record> dnskeys;
  std::vector<dns::Record> section;

  static const SigningKey& key() {
    static const SigningKey zone_key("example.", 13, SigningKey::kZsk);
    return zone_key;
  }

  explicit DenialCase(const std::vector<dns::Record>& denial) : dnskeys{key().dnskey()} {
    for (const dns::Record& record : denial) add(record);
  }

  void add(const dns::Record& record) {
    section.push_back(record);
    section.push_back(key().sign({record}, kInception, kExpiration));
  }

  dns::dnssec::DenialVerdict judge(const dns::dnssec::DenialQuestion& question,
                                   Seconds now = kNow) {
    const auto keys = dns::dnssec::make_key_set(name("example."), pointers(dnskeys));
    return dns::dnssec::prove_denial(question, section, keys, now, *verifier, work);
  }
};

inline dns::dnssec::DenialQuestion name_error(std::string_view qname) {
  return {name(qname), dns::RRType::a, dns::dnssec::Claim::name_error, std::nullopt};
}
inline dns::dnssec::DenialQuestion no_data(std::string_view qname, dns::RRType qtype) {
  return {name(qname), qtype, dns::dnssec::Claim::no_data, std::nullopt};
}

}  // namespace tests
