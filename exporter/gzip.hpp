// gzip (RFC 1952) in pieces: a piece is compressed once, kept, and joined with others into one
// member, so that a cached page and a fresh one behind it are a single stream that every client
// reads. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace exporter {

/// A compressed piece of text: deflate blocks that end at an octet boundary and refer to nothing
/// before them.
struct GzipPiece {
  std::string blocks;
  std::uint32_t crc = 0;
  std::size_t plain_bytes = 0;
};

/// Compresses `text` at level 1: higher ones cost twice the time for a tenth of the size.
GzipPiece gzip_piece(std::string_view text);

/// What stands before the blocks of the first piece.
std::string_view gzip_head();

/// What stands after the blocks of `first` and `second`: an empty last block, checksum and length.
std::string gzip_tail(const GzipPiece& first, const GzipPiece& second);

}  // namespace exporter
