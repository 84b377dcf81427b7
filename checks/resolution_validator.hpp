// RRsets that were got by resolution from the root down, judged through the path of trust to the
// zone that holds them (RFC 4035 section 5). Used while facts are derived; pure but for the memory
// of the Verifier. Belongs to one judgement; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "checks/facts.hpp"
#include "dns/dnssec_path.hpp"
#include "dns/resolution.hpp"

namespace checks {

class ResolutionValidator {
 public:
  using Path = std::shared_ptr<const dns::dnssec::PathZone>;
  using SharedVerdict = std::shared_ptr<const dns::dnssec::PathVerdict>;

  /// Both outlive the object; of `facts` only the survey and the time are read.
  ResolutionValidator(const Facts& facts, const dns::dnssec::Trust& trust)
      : facts_(facts), trust_(trust) {}

  /// What the path comes to, as it was `ago` seconds before the judgement. Names of one operator
  /// share their path, and so its verdict.
  SharedVerdict verdict_of(const Path& path, std::int64_t ago = 0);

  /// How long ago the resolution ended, in seconds; not negative.
  std::int64_t age_of(const dns::Resolution& resolution) const;

  /// The RRset at the end of the resolution by the keys of the path's last zone, which must be
  /// secure, at the time of the answer. Nothing when it cannot be told: without records, of an
  /// answer that came without DO, and of one that is signed by a zone below the path's last. An
  /// alias on the way is not judged.
  std::optional<dns::dnssec::RrsetVerdict> judge(const dns::Resolution& resolution,
                                                 const dns::dnssec::PathVerdict& path) const;

  /// Whether it is proven that the name itself does not exist, of an RRset that was made from a
  /// wildcard (RFC 4035 section 5.3.4). Nothing for any other.
  std::optional<dns::dnssec::DenialVerdict> expansion(const dns::Resolution& resolution,
                                                      const dns::dnssec::RrsetVerdict& verdict,
                                                      const dns::dnssec::PathVerdict& path) const;

 private:
  dns::dnssec::Seconds seconds(std::int64_t ago) const;

  const Facts& facts_;
  const dns::dnssec::Trust& trust_;
  std::map<std::pair<const dns::dnssec::PathZone*, std::int64_t>, SharedVerdict> verdicts_;
};

}  // namespace checks
