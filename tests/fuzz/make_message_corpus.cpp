// Writes the seed corpus of fuzz_message, one file per sample of the parser's tests:
//   make_message_corpus tests/fuzz/corpus/message
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/unit/message_samples.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_message_corpus FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  for (const auto& sample : tests::message_samples()) {
    std::ofstream file(folder / sample.name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(sample.wire.data()),
               static_cast<std::streamsize>(sample.wire.size()));
    if (!file.flush()) {
      std::fprintf(stderr, "cannot write %s\n", (folder / sample.name).c_str());
      return 1;
    }
  }
  return 0;
}
