#include "survey/memory.hpp"

namespace survey {

ZoneMemory::ZoneMemory() : state_(std::make_unique<State>()) {}
ZoneMemory::~ZoneMemory() = default;
ZoneMemory::ZoneMemory(ZoneMemory&&) noexcept = default;
ZoneMemory& ZoneMemory::operator=(ZoneMemory&&) noexcept = default;

}  // namespace survey
