#include "survey/sharing.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "dns/identical.hpp"
#include "survey/servers.hpp"

namespace survey {
namespace {

// Larger responses are not compared: comparing takes time in the square of their size.
constexpr std::size_t kMaxRecordsCompared = 256;

std::size_t record_count(const dns::Message& message) {
  return message.answer.size() + message.authority.size() + message.additional.size();
}

std::size_t hash_octets(const dns::Bytes& octets) {
  return std::hash<std::string_view>{}(
      {reinterpret_cast<const char*>(octets.data()), octets.size()});
}

// The sum does not depend on the order of the records.
std::size_t hash_of(const std::vector<dns::Record>& section) {
  std::size_t sum = section.size();
  for (const dns::Record& record : section) {
    sum += std::hash<std::string_view>{}(record.owner.wire()) * 31 +
           static_cast<std::size_t>(record.type) * 17 + record.ttl + hash_octets(record.rdata);
  }
  return sum;
}

std::size_t hash_of(const dns::Message& message) {
  std::size_t hash = static_cast<std::size_t>(message.rcode) + message.wire_size * 131;
  for (const auto* section : {&message.answer, &message.authority, &message.additional}) {
    hash = hash * 1'000'003 + hash_of(*section);
  }
  return hash;
}

bool same(const std::vector<dns::Record>& a, const std::vector<dns::Record>& b) {
  return std::is_permutation(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const dns::Record& x, const dns::Record& y) { return is_identical(x, y); });
}

bool same(const std::optional<dns::Edns>& a, const std::optional<dns::Edns>& b) {
  if (!a || !b) return !a && !b;
  return std::tie(a->udp_size, a->version, a->dnssec_ok, a->other_flags) ==
             std::tie(b->udp_size, b->version, b->dnssec_ok, b->other_flags) &&
         std::equal(a->options.begin(), a->options.end(), b->options.begin(), b->options.end(),
                    [](const dns::EdnsOption& x, const dns::EdnsOption& y) {
                      return x.code == y.code && x.data == y.data;
                    });
}

bool same(const std::optional<dns::QuestionSection>& a,
          const std::optional<dns::QuestionSection>& b) {
  if (!a || !b) return !a && !b;
  return a->qname.is_identical(b->qname) && a->qtype == b->qtype && a->qclass == b->qclass;
}

// Nobody will want to see how it was found that a name has the addresses it should have.
bool is_unremarkable(const dns::Resolution& resolution, bool has_address) {
  if (!resolution.aliases.empty()) return false;
  if (resolution.result == dns::ResolutionResult::nodata) return has_address;
  if (resolution.result != dns::ResolutionResult::ok) return false;
  const std::vector<dns::IpAddress> addresses = resolution.addresses();
  return std::all_of(addresses.begin(), addresses.end(), [](const dns::IpAddress& address) {
    return dns::special_purpose(address).empty();
  });
}

void let_go(NameMemory& memory) {
  if (memory.proof_wanted) return;
  const bool has_address = memory.a.result == dns::ResolutionResult::ok ||
                           memory.aaaa.result == dns::ResolutionResult::ok;
  for (dns::Resolution* resolution : {&memory.a, &memory.aaaa}) {
    if (is_unremarkable(*resolution, has_address)) resolution->last.reset();
  }
}

// Answers about RRsets that few zones have. While one server has any of `ids`, what the others say
// is kept, too, to be compared.
void forget_absent(ZoneMemory::State& state, const QuestionSet& ids) {
  const auto is_one = [&ids](const Answer& answer) {
    return ids.test(static_cast<std::size_t>(answer.id));
  };
  for (const auto& [address, memory] : state.addresses) {
    for (const Answer& answer : memory.slow) {
      if (is_one(answer) && !is_nodata(answer)) return;
    }
  }
  for (auto& [address, memory] : state.addresses) std::erase_if(memory.slow, is_one);
}

}  // namespace

bool same_content(const dns::Message& a, const dns::Message& b) {
  return dns::header_of(a) == dns::header_of(b) && a.wire_size == b.wire_size &&
         same(a.question, b.question) && same(a.edns, b.edns) && same(a.answer, b.answer) &&
         same(a.authority, b.authority) && same(a.additional, b.additional);
}

std::shared_ptr<const dns::Exchange> ResponsePool::share(
    std::shared_ptr<const dns::Exchange> exchange) {
  if (!exchange || !exchange->response) return exchange;
  if (record_count(*exchange->response) > kMaxRecordsCompared) return exchange;
  if (!met_.insert(exchange->response.get()).second) return exchange;
  const std::size_t hash = hash_of(*exchange->response);
  const auto [first, last] = responses_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    if (!same_content(*known->second, *exchange->response)) continue;
    auto shared = std::make_shared<dns::Exchange>(*exchange);
    shared->response = known->second;
    return shared;
  }
  responses_.emplace(hash, exchange->response);
  return exchange;
}

dns::FollowedExchange ResponsePool::share(dns::FollowedExchange followed) {
  followed.first = share(std::move(followed.first));
  followed.tcp = share(std::move(followed.tcp));
  return followed;
}

void make_compact(ZoneMemory::State& state) {
  if (!std::exchange(state.grown, false)) return;
  forget_absent(state, set_of({QuestionId::cds, QuestionId::cdnskey}));
  forget_absent(state, set_of({QuestionId::csync}));
  forget_absent(state, set_of({QuestionId::zonemd}));
  ResponsePool pool;
  for (auto& [address, word] : state.words) {
    word.server.ns = pool.share(std::move(word.server.ns));
    word.server.ds = pool.share(std::move(word.server.ds));
  }
  for (auto& [address, memory] : state.addresses) {
    for (Answer& answer : memory.slow) answer.exchange = pool.share(std::move(answer.exchange));
  }
  for (auto& [name, memory] : state.names) {
    let_go(memory);
  }
}

}  // namespace survey
