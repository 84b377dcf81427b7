// Whatever our parser accepts, ldns accepts too and reads the same: mutations of right messages by
// a fixed pseudo-random sequence.
#include "dns/ldns_wrapper.hpp"
#include "dns/message.hpp"
#include "tests/catch.hpp"
#include "tests/unit/message_samples.hpp"

namespace {

using dns::Bytes;
using dns::Message;
using dns::Record;

/// The same numbers on every machine: the standard's distributions may differ between libraries.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
  }

 private:
  std::uint64_t state_;
};

void mutate(Bytes& wire, Sequence& sequence) {
  const auto at = [&] { return static_cast<std::ptrdiff_t>(sequence.below(wire.size())); };
  const auto octet = [&] {
    constexpr std::uint8_t kTelling[] = {0, 1, 2, 3, 4, 12, 16, 41, 63, 64, 0xc0, 0xff};
    return sequence.below(2) == 0 ? kTelling[sequence.below(std::size(kTelling))]
                                  : static_cast<std::uint8_t>(sequence.below(256));
  };
  switch (sequence.below(6)) {
    case 0:
    case 1:
    case 2:
      wire[static_cast<std::size_t>(at())] = octet();
      break;
    case 3:
      wire.insert(wire.begin() + at(), octet());
      break;
    case 4:
      if (wire.size() > 1) wire.erase(wire.begin() + at());
      break;
    default:
      // A pointer to somewhere.
      if (wire.size() > 14) {
        const auto where = sequence.below(wire.size() - 1);
        wire[where] = 0xc0;
        wire[where + 1] = static_cast<std::uint8_t>(sequence.below(wire.size()));
      }
  }
}

dns::ldns::Pkt ldns_parse(const Bytes& wire) {
  ldns_pkt* raw = nullptr;
  const ldns_status status = ldns_wire2pkt(&raw, wire.data(), wire.size());
  return dns::ldns::Pkt(status == LDNS_STATUS_OK ? raw : nullptr);
}

bool same_record(const Record& ours, const ldns_rr* theirs) {
  if (static_cast<std::uint16_t>(ours.type) != ldns_rr_get_type(theirs)) return false;
  if (static_cast<std::uint16_t>(ours.rrclass) != ldns_rr_get_class(theirs)) return false;
  if (ours.ttl != ldns_rr_ttl(theirs)) return false;
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  if (ldns_rr2wire(&octets, theirs, LDNS_SECTION_ANSWER, &size) != LDNS_STATUS_OK) return false;
  const std::unique_ptr<std::uint8_t, void (*)(void*)> hold(octets, std::free);
  const std::string_view owner = ours.owner.wire();
  const std::size_t fixed = owner.size() + 10;
  return size == fixed + ours.rdata.size() &&
         std::equal(owner.begin(), owner.end(), reinterpret_cast<const char*>(octets)) &&
         std::equal(ours.rdata.begin(), ours.rdata.end(), octets + fixed);
}

bool same_section(const std::vector<Record>& ours, const ldns_rr_list* theirs) {
  if (ours.size() != ldns_rr_list_rr_count(theirs)) return false;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (!same_record(ours[i], ldns_rr_list_rr(theirs, i))) return false;
  }
  return true;
}

bool same_message(const Message& ours, const ldns_pkt* theirs) {
  if (ldns_pkt_qdcount(theirs) != (ours.question ? 1 : 0)) return false;
  if (ours.id != ldns_pkt_id(theirs) || ours.aa != ldns_pkt_aa(theirs) ||
      ours.tc != ldns_pkt_tc(theirs) || ours.opcode != ldns_pkt_get_opcode(theirs)) {
    return false;
  }
  const unsigned rcode = static_cast<unsigned>(ldns_pkt_edns_extended_rcode(theirs)) << 4 |
                         static_cast<unsigned>(ldns_pkt_get_rcode(theirs));
  if (static_cast<unsigned>(ours.rcode) != rcode) return false;
  if (ours.edns && ours.edns->udp_size != ldns_pkt_edns_udp_size(theirs)) return false;
  return same_section(ours.answer, ldns_pkt_answer(theirs)) &&
         same_section(ours.authority, ldns_pkt_authority(theirs)) &&
         same_section(ours.additional, ldns_pkt_additional(theirs));
}

std::string hex(const Bytes& wire) {
  std::string out;
  for (const auto octet : wire) {
    constexpr char kHex[] = "0123456789abcdef";
    out += kHex[octet >> 4];
    out += kHex[octet & 0xf];
  }
  return out;
}

/// Where ldns is no oracle: some types have another form, or none that is known, outside of class
/// IN; NSAP-PTR holds a name (RFC 1706 section 6), which ldns takes for a character-string; and
/// SINK has no form that an RFC gives.
bool ldns_can_judge(const Message& message) {
  constexpr auto kNsapPtr = static_cast<dns::RRType>(23);
  constexpr auto kSink = static_cast<dns::RRType>(40);
  for (const auto* section : {&message.answer, &message.authority, &message.additional}) {
    for (const Record& record : *section) {
      if (record.rrclass != dns::RRClass::in) return false;
      if (record.type == kNsapPtr || record.type == kSink) return false;
    }
  }
  return true;
}

void check_against_ldns(const std::string& name, const Bytes& wire, int& accepted) {
  const auto ours = dns::parse_message(wire);
  if (!ours || !ldns_can_judge(*ours)) return;
  ++accepted;
  const dns::ldns::Pkt theirs = ldns_parse(wire);
  if (!theirs) FAIL(name << ": ldns refuses what we accept: " << hex(wire));
  if (!same_message(*ours, theirs.get())) FAIL(name << ": ldns reads otherwise: " << hex(wire));
}

TEST_CASE("what we accept, ldns accepts and reads alike") {
  constexpr int kMutationsPerSample = 1500;
  int accepted = 0;
  int mutated = 0;
  Sequence sequence(20261122);
  for (const auto& sample : tests::message_samples()) {
    check_against_ldns(sample.name, sample.wire, accepted);
    if (!sample.error.empty()) continue;
    for (int i = 0; i < kMutationsPerSample; ++i) {
      Bytes wire = sample.wire;
      for (std::size_t times = 1 + sequence.below(3); times > 0; --times) mutate(wire, sequence);
      check_against_ldns(sample.name, wire, accepted);
      ++mutated;
    }
  }
  // The mutations are worth something only while a good part of them is still accepted.
  CHECK(accepted > mutated / 20);
  CHECK(mutated > 20000);
}

}  // namespace
