// Sets of enumerators as bits: which questions, or walks, are wanted.
#pragma once

#include <bitset>
#include <cstddef>
#include <initializer_list>

namespace survey {

/// The bits of `ids`, of an enumeration that counts from 0 to below `Size`.
template <std::size_t Size, typename Id>
constexpr std::bitset<Size> bits_of(std::initializer_list<Id> ids) {
  static_assert(Size <= 64);
  unsigned long long bits = 0;
  for (const Id id : ids) bits |= 1ULL << static_cast<unsigned>(id);
  return std::bitset<Size>(bits);
}

}  // namespace survey
