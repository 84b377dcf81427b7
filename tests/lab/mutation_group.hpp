// What a mutation does to one RRset and its signatures. Part of mutation.hpp.
#pragma once

#include <vector>

#include "tests/lab/mutation.hpp"

namespace lab {

/// Records of one owner and type, and the RRSIG records over them.
struct SignedGroup {
  std::vector<dns::Record> data;
  std::vector<dns::Record> signatures;
};

/// Changes the group as the mutation of `zone` says, which must not be one of the message.
void change_group(const Mutation& mutation, const dns::Name& zone, SignedGroup& group);

}  // namespace lab
