// Messages that the parser must accept, and messages that it must refuse with exactly the sentence
// given. The parser's tests, the differential test and the fuzzer's seed corpus all read this
// table.
#pragma once

#include <string>
#include <vector>

#include "dns/rdata.hpp"

namespace tests {

struct MessageSample {
  std::string name;   ///< also the file name in the corpus
  std::string error;  ///< empty when the message is right
  dns::Bytes wire;
};

std::vector<MessageSample> message_samples();

}  // namespace tests
