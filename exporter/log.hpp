// The log: one line per event on standard error, as logfmt or JSON, each with a time, a level, a
// message and named fields. Passed by reference to whoever logs; there is no global logger. Behind
// it stands spdlog, which only log.cpp includes. Thread-safe; never throws.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace exporter {

/// Ordered: a greater value is more urgent.
enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { logfmt, json };

std::string_view to_text(LogLevel level);
std::string_view to_text(LogFormat format);
std::optional<LogLevel> log_level_from_text(std::string_view text);
std::optional<LogFormat> log_format_from_text(std::string_view text);

/// One named value of a line. Keys are plain identifiers; values may be anything.
struct LogField {
  LogField(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, const char* text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, std::string text) : key(field_key), value(std::move(text)) {}
  LogField(std::string_view field_key, std::int64_t number)
      : key(field_key), value(std::to_string(number)), is_number(true) {}
  LogField(std::string_view field_key, std::size_t number)
      : key(field_key), value(std::to_string(number)), is_number(true) {}
  LogField(std::string_view field_key, int number)
      : LogField(field_key, static_cast<std::int64_t>(number)) {}
  LogField(std::string_view field_key, double number);

  std::string_view key;
  std::string value;
  bool is_number = false;
};

class Log {
 public:
  /// Lines below `level` are dropped. `out` is std::cerr in production and must outlive the log.
  Log(std::ostream& out, LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields = {}) const;
  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::info, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::warning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::error, message, fields);
  }

  /// Takes effect at once; a reload may change it.
  void set_level(LogLevel level);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exporter
