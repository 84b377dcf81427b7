// The keys of `sharding`, and what they and the command line come to.
#include <array>

#include "exporter/config_draft.hpp"

namespace exporter {
namespace {

std::optional<unsigned> number(const Value& value, unsigned min, unsigned max) {
  const std::optional<std::int64_t> read = value.integer(min, max);
  if (!read) return std::nullopt;
  return static_cast<unsigned>(*read);
}

}  // namespace

std::span<const Key<ShardingDraft>> sharding_keys() {
  static constexpr std::array<Key<ShardingDraft>, 2> kKeys{{
      {"shard", "number", "",
       "Which of them this exporter is, counted from 0. Must be given with `of`, here or as "
       "`--sharding.shard`, which decides over the file.",
       [](const Value& value, ShardingDraft& draft) {
         draft.shard_at = value;
         draft.written.number = number(value, 0, kMaxShards - 1);
       }},
      {"of", "number", "",
       "How many exporters share the zones, the same for all of them. Must be given with `shard`, "
       "here or as `--sharding.of`, which decides over the file.",
       [](const Value& value, ShardingDraft& draft) {
         draft.of_at = value;
         draft.written.of = number(value, 1, kMaxShards);
       }},
  }};
  return kKeys;
}

void read_sharding(const Value& value, ShardingDraft& draft) {
  draft.at = value;
  value.into(sharding_keys(), draft);
}

std::optional<Shard> shard_to_survey(const ShardingDraft& draft, const ShardArguments& arguments,
                                     const std::string& file, Mistakes& mistakes) {
  const bool has_shard = arguments.number || draft.shard_at;
  const bool has_of = arguments.of || draft.of_at;
  if (!has_shard && !has_of) return std::nullopt;
  if (!has_shard || !has_of) {
    const std::string sentence =
        has_shard ? "needs `of`, the number of shards, in `sharding` or as --sharding.of"
                  : "needs `shard`, the one that this exporter is, in `sharding` or as "
                    "--sharding.shard";
    if (draft.at) {
      draft.at->mistake(sentence);
    } else {
      mistakes.add({file, 0, 0, has_shard ? "--sharding.shard" : "--sharding.of", sentence});
    }
    return std::nullopt;
  }
  const std::optional<unsigned> shard = arguments.number ? arguments.number : draft.written.number;
  const std::optional<unsigned> of = arguments.of ? arguments.of : draft.written.of;
  if (!shard || !of) return std::nullopt;  // told when they were read
  if (*shard < *of) return Shard{*shard, *of};
  const std::string sentence = "shards count from 0, so the last of " + std::to_string(*of) +
                               " is " + std::to_string(*of - 1) + ", not " + std::to_string(*shard);
  if (arguments.number) {
    mistakes.add({file, 0, 0, "--sharding.shard", sentence});
  } else {
    draft.shard_at->mistake(sentence);
  }
  return std::nullopt;
}

}  // namespace exporter
