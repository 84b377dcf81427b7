#include "exporter/gzip.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>

#include <zlib.h>

namespace exporter {
namespace {

constexpr int kLevel = 1;
constexpr int kRawDeflate = -15;  // window bits; negative: without zlib's own head and tail
constexpr int kMemoryLevel = 8;

/// An empty block with fixed Huffman codes and the final bit set.
constexpr std::string_view kLastBlock("\x03\x00", 2);

void append_little_endian(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((value >> shift) & 0xFFU);
  }
}

/// zlib counts in unsigned int; more than that is fed in parts.
std::size_t part_of(std::size_t bytes) {
  return std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max());
}

}  // namespace

GzipPiece gzip_piece(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kRawDeflate, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();  // the parameters are constants, so memory is all that can be missing
  }
  GzipPiece piece;
  piece.plain_bytes = text.size();
  piece.crc = static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
  std::size_t rest = text.size();
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  std::size_t used = 0;
  do {
    piece.blocks.resize(std::max<std::size_t>(used + 64 * 1024, piece.blocks.size() * 2));
    if (stream.avail_in == 0) {
      stream.avail_in = static_cast<uInt>(part_of(rest));
      rest -= stream.avail_in;
    }
    const std::size_t room = part_of(piece.blocks.size() - used);
    stream.next_out = reinterpret_cast<Bytef*>(piece.blocks.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    [[maybe_unused]] const int result = deflate(&stream, rest == 0 ? Z_FULL_FLUSH : Z_NO_FLUSH);
    assert(result == Z_OK || result == Z_BUF_ERROR);
    used += room - stream.avail_out;
  } while (stream.avail_out == 0 || stream.avail_in != 0 || rest != 0);
  deflateEnd(&stream);
  piece.blocks.resize(used);
  return piece;
}

std::string_view gzip_head() {
  // Magic, deflate, no flags, no time, fastest level, Unix (RFC 1952 section 2.3).
  constexpr std::string_view kHead("\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\x03", 10);
  return kHead;
}

std::string gzip_tail(const GzipPiece& first, const GzipPiece& second) {
  std::string tail(kLastBlock);
  const auto crc = crc32_combine(first.crc, second.crc, static_cast<z_off_t>(second.plain_bytes));
  append_little_endian(tail, static_cast<std::uint32_t>(crc));
  append_little_endian(tail, static_cast<std::uint32_t>(first.plain_bytes + second.plain_bytes));
  return tail;
}

}  // namespace exporter
