#include "checks/serial_form.hpp"

#include <chrono>

namespace checks {

namespace {

using std::chrono::days;
using std::chrono::years;

}  // namespace

EncodedSerial serial_form(std::uint32_t serial, dns::WallTime now) {
  const dns::WallTime as_unix{std::chrono::seconds(serial)};
  if (as_unix > now - years(10) && as_unix <= now + days(2)) {
    return {SerialForm::unixtime, as_unix, 0};
  }
  const std::uint32_t date = serial / 100;
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(date / 10000)),
                                        std::chrono::month(date / 100 % 100),
                                        std::chrono::day(date % 100)};
  if (day.ok() && day.year() >= std::chrono::year(1990)) {
    const dns::WallTime time{std::chrono::sys_days(day)};
    if (time <= now + years(20)) return {SerialForm::date, time, serial % 100};
  }
  return {};
}

}  // namespace checks
