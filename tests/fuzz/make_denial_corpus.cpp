// Writes the seed corpus of fuzz_denial: the denial that a zone with every difficulty needs,
// surprises of NSEC3, and the responses printed in RFC 4035 and RFC 5155 with their own signatures:
//   make_denial_corpus tests/fuzz/corpus/denial
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/unit/dnssec_vectors.hpp"
#include "tests/unit/dnssec_zone.hpp"

namespace {

using dns::Bytes;
using dns::Record;
using dns::RRType;
using tests::name;
using tests::Octets;

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// One label of zone, the question, and the sections.
  void write(const std::string& file, std::string_view qname, RRType qtype,
             const std::vector<Record>& authority, const std::vector<Record>& answer = {},
             unsigned first = 1) {
    tests::MessageBuilder message;
    message.question(qname, qtype);
    for (const Record& record : answer) {
      message.answer(Octets().text(record.owner.wire()), record.type, record.rdata);
    }
    for (const Record& record : authority) {
      message.authority(Octets().text(record.owner.wire()), record.type, record.rdata);
    }
    const Bytes input = Octets().u8(first).raw(message.wire());
    std::ofstream out(folder_ / file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(input.data()),
              static_cast<std::streamsize>(input.size()));
    good_ = good_ && out.flush();
  }

  bool good() const { return good_; }

 private:
  std::filesystem::path folder_;
  bool good_ = true;
};

/// Up to six records of a chain, which is what the target signs.
std::vector<Record> part(std::vector<Record> chain, std::size_t first) {
  std::rotate(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(first), chain.end());
  chain.resize(std::min<std::size_t>(chain.size(), 6));
  return chain;
}

void write_made_up(Corpus& corpus) {
  const auto zone = tests::difficult_zone();
  const auto nsec = zone.nsec_chain();
  corpus.write("nsec_name_error", "b.example.", RRType::a, part(nsec, 0));
  corpus.write("nsec_no_data", "a.example.", RRType::txt, part(nsec, 0));
  corpus.write("nsec_empty_non_terminal", "ent.example.", RRType::a, part(nsec, 2));
  corpus.write("nsec_delegation", "insecure.example.", RRType::ds, part(nsec, 4));
  corpus.write("nsec_below_delegation", "x.insecure.example.", RRType::a, part(nsec, 4));
  corpus.write("nsec_wildcard", "a.wild.example.", RRType::a, part(nsec, 9));
  corpus.write("nsec_wildcard_signed", "a.wild.example.", RRType::a, part(nsec, 9), {}, 0x05);
  corpus.write("nsec_apex_ds", "example.", RRType::ds, part(nsec, 0));
  const tests::Nsec3Shape shapes[] = {{1, 0, 2, {0xaa, 0xbb}}, {1, 1, 0, {}},   {2, 0, 0, {}},
                                      {1, 2, 0, {}},           {1, 0, 150, {}}, {1, 0, 65535, {}}};
  std::size_t number = 0;
  for (const auto& shape : shapes) {
    const auto nsec3 = zone.nsec3_chain(shape.iterations > 150 ? tests::Nsec3Shape{} : shape);
    auto chain = nsec3;
    for (Record& record : chain) {
      record.rdata[2] = static_cast<std::uint8_t>(shape.iterations >> 8);
      record.rdata[3] = static_cast<std::uint8_t>(shape.iterations);
    }
    for (const char* const qname : {"b.example.", "x.ent.example.", "insecure.example."}) {
      corpus.write("nsec3_" + std::to_string(number), qname, RRType::a,
                   part(chain, number % chain.size()));
      ++number;
    }
  }
  const dns::Name next = *name("b.example.").prefixed(std::string_view("\0", 1));
  corpus.write("compact", "b.example.", RRType::a,
               {tests::nsec_record(name("b.example."), next,
                                   {RRType::rrsig, RRType::nsec, RRType::nxname})});
}

void write_printed(Corpus& corpus) {
  const auto keys_4035 = tests::records(tests::kRfc4035Keys);
  const auto keys_5155 = tests::records(tests::kRfc5155Keys);
  const auto write = [&corpus](const std::string& file, std::string_view qname, RRType qtype,
                               std::string_view lines, const std::vector<Record>& keys) {
    corpus.write(file, qname, qtype, tests::records(lines), keys);
  };
  write("rfc4035_b2", "ml.example.", RRType::a, tests::kRfc4035NameError, keys_4035);
  write("rfc4035_b5", "b.example.", RRType::mx, tests::kRfc4035Referral, keys_4035);
  write("rfc4035_b7", "a.z.w.example.", RRType::aaaa, tests::kRfc4035WildcardNoData, keys_4035);
  write("rfc4035_data", "example.", RRType::ds, tests::kRfc4035Data, keys_4035);
  write("rfc5155_b1", "a.c.x.w.example.", RRType::a, tests::kRfc5155NameError, keys_5155);
  write("rfc5155_b3", "c.example.", RRType::mx, tests::kRfc5155Referral, keys_5155);
  write("rfc5155_b5", "a.z.w.example.", RRType::aaaa, tests::kRfc5155WildcardNoData, keys_5155);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_denial_corpus FOLDER\n");
    return 2;
  }
  Corpus corpus(argv[1]);
  write_made_up(corpus);
  write_printed(corpus);
  if (corpus.good()) return 0;
  std::fprintf(stderr, "cannot write to %s\n", argv[1]);
  return 1;
}
