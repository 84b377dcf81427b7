#include "exporter/rfc3339.hpp"

#include <cstddef>

namespace exporter {
namespace {

using std::chrono::milliseconds;

/// Reads from the front of a text; after the first thing that is not as expected, `good` is false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }
  bool next_is(std::string_view any_of) const {
    return !rest_.empty() && any_of.find(rest_.front()) != std::string_view::npos;
  }

  /// One of these characters.
  char take(std::string_view any_of) {
    if (!next_is(any_of)) {
      good_ = false;
      return '\0';
    }
    const char taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }

  /// Exactly `digits` digits, as a number from 0 to `max`.
  int number(int digits, int max) {
    int value = 0;
    for (int i = 0; i < digits; ++i) value = value * 10 + digit();
    if (value > max) good_ = false;
    return value;
  }

  int digit() { return good_ && next_is(kDigits) ? take(kDigits) - '0' : (good_ = false, 0); }

  static constexpr std::string_view kDigits = "0123456789";

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::chrono::sys_days date(Scanner& scanner, bool& exists) {
  const int year = scanner.number(4, 9999);
  scanner.take("-");
  const int month = scanner.number(2, 12);
  scanner.take("-");
  const int day = scanner.number(2, 31);
  const std::chrono::year_month_day read{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  exists = read.ok();
  return exists ? std::chrono::sys_days(read) : std::chrono::sys_days();
}

milliseconds time_of_day(Scanner& scanner) {
  const std::chrono::hours hours(scanner.number(2, 23));
  scanner.take(":");
  const std::chrono::minutes minutes(scanner.number(2, 59));
  scanner.take(":");
  const std::chrono::seconds seconds(scanner.number(2, 60));
  milliseconds time = hours + minutes + seconds;
  if (!scanner.next_is(".")) return time;
  scanner.take(".");
  int scale = 100;
  do {
    time += milliseconds(scale * scanner.digit());
    scale /= 10;
  } while (scanner.next_is(Scanner::kDigits));
  return time;
}

/// How far the written time is ahead of UTC.
std::chrono::minutes offset(Scanner& scanner) {
  const char sign = scanner.take("Zz+-");
  if (sign != '+' && sign != '-') return {};
  const std::chrono::hours hours(scanner.number(2, 23));
  scanner.take(":");
  const std::chrono::minutes minutes(scanner.number(2, 59));
  return sign == '+' ? hours + minutes : -(hours + minutes);
}

}  // namespace

std::optional<dns::WallTime> time_from_rfc3339(std::string_view text) {
  Scanner scanner(text);
  bool exists = false;
  const std::chrono::sys_days day = date(scanner, exists);
  scanner.take("Tt ");
  const milliseconds time = time_of_day(scanner);
  const std::chrono::minutes ahead = offset(scanner);
  if (!exists || !scanner.good() || !scanner.at_end()) return std::nullopt;
  return dns::WallTime(day.time_since_epoch() + time - ahead);
}

}  // namespace exporter
