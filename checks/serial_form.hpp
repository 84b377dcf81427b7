// The form of a SOA serial: many encode a time. Pure functions.
#pragma once

#include <cstdint>

#include "dns/time.hpp"

namespace checks {

enum class SerialForm : std::uint8_t {
  counter,   ///< no time can be read from it
  date,      ///< YYYYMMDDnn
  unixtime,  ///< seconds since 1970
};

struct EncodedSerial {
  SerialForm form = SerialForm::counter;
  dns::WallTime time{};        ///< of the day or the second; zero for a counter
  std::uint32_t revision = 0;  ///< nn of a date
};

/// Reads a serial as people write it at `now`: a date from 1990 on, at most 20 years ahead, or a
/// unix time of the last ten years and the next two days. Everything else is a counter.
EncodedSerial serial_form(std::uint32_t serial, dns::WallTime now);

}  // namespace checks
