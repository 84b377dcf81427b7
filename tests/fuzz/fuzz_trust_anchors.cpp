// Fuzz target: any octets as a file of trust anchors, and as a single one. What is refused has a
// sentence on one line; what is accepted is within the bounds and, written out plainly, reads back
// to the same. A broken promise ends the process.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dns/dnssec_limits.hpp"
#include "dns/dnssec_trust_anchors.hpp"

namespace {

void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

template <typename Value>
void require_sentence(const dns::Result<Value>& result) {
  if (result) return;
  const std::string& sentence = result.error().sentence;
  require(!sentence.empty(), "a refusal has a sentence");
  require(
      std::all_of(sentence.begin(), sentence.end(), [](char c) { return c >= ' ' && c <= '~'; }),
      "a sentence is one line of ASCII");
}

std::string written(const dns::Record& record) {
  return record.owner.to_text() + " " + dns::to_text(record.type) + " " +
         dns::rdata_to_text(record.type, record.rdata) + "\n";
}

void check_anchors(const dns::dnssec::TrustAnchors& anchors) {
  require(!anchors.empty(), "what is accepted has an anchor");
  require(anchors.records().size() <= dns::dnssec::kMaxTrustAnchors, "anchors are bounded");
  std::string text;
  for (const dns::Record& record : anchors.records()) {
    require(anchors.of(record.owner).size() <= dns::dnssec::kMaxAnchorsPerZone,
            "anchors of one zone are bounded");
    require(anchors.closest(record.owner) == record.owner, "an anchor is the closest to its zone");
    const dns::Result<dns::Record> again = dns::dnssec::parse_trust_anchor(written(record));
    require(again && anchors.contains(*again), "one record reads back");
    text += written(record);
  }
  const auto again = dns::dnssec::parse_trust_anchors(text);
  require(again && *again == anchors, "all records read back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto anchors = dns::dnssec::parse_trust_anchors(text);
  require_sentence(anchors);
  if (anchors) check_anchors(*anchors);
  require_sentence(dns::dnssec::parse_trust_anchor(text));
  return 0;
}
