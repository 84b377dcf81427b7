#include "tests/lab/script.hpp"

#include <utility>

namespace lab {
namespace {

constexpr std::size_t kHeaderSize = 12;

/// The deepest zone here that the question belongs to; a DS belongs to the zone above it.
const std::pair<const dns::Name, ServedZone>* zone_for(const ServerScript& script,
                                                       const Query& query) {
  const std::pair<const dns::Name, ServedZone>* above = nullptr;
  const std::size_t labels = query.qname.label_count();
  for (std::size_t keep = labels + 1; keep-- > 0;) {
    const auto found = script.zones.find(query.qname.suffix(keep));
    if (found == script.zones.end()) continue;
    if (keep < labels || query.qtype != dns::RRType::ds) return &*found;
    if (above == nullptr) above = &*found;
  }
  return above;
}

Reply right_reply(const Query& query, const ServedZone* zone) {
  Reply reply;
  if (query.opcode != 0) {
    reply.rcode = dns::Rcode::notimp;
  } else if (query.edns && query.edns->version > 0) {
    reply.rcode = dns::Rcode::badvers;
  } else if (zone == nullptr || query.qclass != static_cast<std::uint16_t>(dns::RRClass::in)) {
    reply.rcode = dns::Rcode::refused;
  } else if (!zone->data) {
    reply.rcode = dns::Rcode::servfail;
  } else {
    reply = zone->data->answer(query.qname, query.qtype, query.dnssec_ok());
    if (zone->compact) zone->compact->apply(query, reply);
    if (zone->additional) {
      reply.additional =
          zone->additional->answer(query.qname, query.qtype, query.dnssec_ok()).additional;
    }
  }
  return reply;
}

/// What `apex`, the zone that answers, says about a zone at or above the name that is asked for.
void mutate_reply(const ServerScript& script, const Query& query, const dns::Name& apex,
                  Reply& reply) {
  if (!script.mutations || script.mutations->empty()) return;
  for (std::size_t labels = query.qname.label_count(); labels > 0; --labels) {
    const auto found = script.mutations->find(query.qname.suffix(labels));
    if (found == script.mutations->end()) continue;
    return mutate(found->second, found->first, apex, query, reply);
  }
}

/// A header alone with FORMERR; nothing for a response or less than a header.
Delivery formerr(std::span<const std::uint8_t> message) {
  Delivery delivery;
  if (message.size() < kHeaderSize || (message[2] & 0x80U) != 0) {
    delivery.nothing = true;
    return delivery;
  }
  delivery.wire.assign(kHeaderSize, 0);
  delivery.wire[0] = message[0];
  delivery.wire[1] = message[1];
  delivery.wire[2] = static_cast<std::uint8_t>(0x80U | (message[2] & 0x79U));
  delivery.wire[3] = static_cast<std::uint8_t>(dns::Rcode::formerr);
  return delivery;
}

}  // namespace

Delivery respond(const ServerScript& script, std::span<const std::uint8_t> message,
                 dns::Transport transport, const Random& random) {
  const auto query = parse_query(message);
  if (!query) return formerr(message);
  const auto* found = zone_for(script, *query);
  std::vector<Fault> faults = script.faults;
  if (found != nullptr) {
    faults.insert(faults.end(), found->second.faults.begin(), found->second.faults.end());
  }
  Reply reply = right_reply(*query, found ? &found->second : nullptr);
  if (found != nullptr) mutate_reply(script, *query, found->first, reply);
  return deliver(*query, message, std::move(reply), found ? found->first : query->qname, faults,
                 transport, script.nsid, random);
}

}  // namespace lab
