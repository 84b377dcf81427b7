// Keeping memory small: what is remembered of a zone holds many equal responses, since its servers,
// and its parent's, mostly say the same. Equal ones are kept once. Pure functions over values.
#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "survey/memory.hpp"

namespace survey {

/// True when both say the same: everything but the id and the order of records within a section.
bool same_content(const dns::Message& a, const dns::Message& b);

/// Gives, for each exchange, one that shares its response with an equal one given before.
class ResponsePool {
 public:
  std::shared_ptr<const dns::Exchange> share(std::shared_ptr<const dns::Exchange> exchange);
  dns::FollowedExchange share(dns::FollowedExchange followed);

 private:
  std::unordered_set<const dns::Message*> met_;
  std::unordered_multimap<std::size_t, std::shared_ptr<const dns::Message>> responses_;
};

/// Makes the memory of a zone small between rounds: shares equal responses of the parent's words
/// and of the slow answers, forgets that no server has CDS and CDNSKEY, CSYNC or ZONEMD records,
/// which is so of most zones, and lets go of the exchanges behind resolutions that gave ordinary
/// addresses without an alias (`last` is null in later rounds; the records are kept), unless their
/// signatures are to be judged. Does nothing when the memory has not grown.
void make_compact(ZoneMemory::State& state);

}  // namespace survey
