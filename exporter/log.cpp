#include "exporter/log.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <exception>
#include <ostream>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>

namespace exporter {
namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// Between double quotes, in the escapes that logfmt readers and JSON share. Octets that are not
/// part of valid UTF-8 become U+FFFD, so that a line is always text.
void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (octet == '"' || octet == '\\') {
      out += '\\';
      out += text[i];
    } else if (octet == '\n') {
      out += "\\n";
    } else if (octet < 0x20 || octet == 0x7F) {
      out += "\\u00";
      out += kHex[octet >> 4U];
      out += kHex[octet & 15U];
    } else if (octet < 0x80) {
      out += text[i];
    } else {
      const std::size_t length = octet >= 0xF0 ? 4 : octet >= 0xE0 ? 3 : 2;
      bool valid = octet >= 0xC2 && octet <= 0xF4 && i + length <= text.size();
      for (std::size_t j = 1; valid && j < length; ++j) {
        valid = (static_cast<unsigned char>(text[i + j]) & 0xC0U) == 0x80U;
      }
      if (valid) {
        out += text.substr(i, length);
        i += length - 1;
      } else {
        out += "\xEF\xBF\xBD";
      }
    }
  }
  out += '"';
}

bool is_bare_word(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet <= 0x20 || octet >= 0x7F || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

std::string logfmt_body(std::string_view message, std::initializer_list<LogField> fields) {
  std::string body = "msg=";
  append_quoted(body, message);
  for (const LogField& field : fields) {
    body.append(" ").append(field.key).append("=");
    if (field.is_number || is_bare_word(field.value)) {
      body += field.value;
    } else {
      append_quoted(body, field.value);
    }
  }
  return body;
}

std::string json_body(std::string_view message, std::initializer_list<LogField> fields) {
  std::string body = "\"msg\":";
  append_quoted(body, message);
  for (const LogField& field : fields) {
    body.append(",\"").append(field.key).append("\":");
    if (field.is_number) {
      body += field.value;
    } else {
      append_quoted(body, field.value);
    }
  }
  return body;
}

}  // namespace

class Log::Impl {
 public:
  Impl(std::ostream& out, LogLevel level, LogFormat line_format)
      : format(line_format),
        logger("", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true)) {
    constexpr const char* kLogfmt = "ts=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v";
    constexpr const char* kJson = R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        format == LogFormat::logfmt ? kLogfmt : kJson, spdlog::pattern_time_type::utc, "\n"));
    logger.set_level(to_spdlog(level));
    // Where the log cannot be written there is nobody to tell; the work goes on.
    logger.set_error_handler([](const std::string&) {});
  }

  const LogFormat format;
  spdlog::logger logger;
};

Log::Log(std::ostream& out, LogLevel level, LogFormat format)
    : impl_(std::make_unique<Impl>(out, level, format)) {}
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message,
                std::initializer_list<LogField> fields) const {
  if (!impl_->logger.should_log(to_spdlog(level))) return;
  const std::string body = impl_->format == LogFormat::logfmt ? logfmt_body(message, fields)
                                                              : json_body(message, fields);
  impl_->logger.log(to_spdlog(level), spdlog::string_view_t(body.data(), body.size()));
}

void Log::set_level(LogLevel level) {
  impl_->logger.set_level(to_spdlog(level));
}

LogField::LogField(std::string_view field_key, double number) : key(field_key), is_number(true) {
  if (!std::isfinite(number)) {  // JSON has no such number
    is_number = false;
    value = std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
    return;
  }
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  value.assign(buffer.data(), error == std::errc() ? end : buffer.data());
}

std::string_view to_text(LogLevel level) {
  return kLevels.at(static_cast<std::size_t>(level));
}

std::string_view to_text(LogFormat format) {
  return format == LogFormat::logfmt ? "logfmt" : "json";
}

std::optional<LogLevel> log_level_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels.at(i) == text) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::optional<LogFormat> log_format_from_text(std::string_view text) {
  if (text == "logfmt") return LogFormat::logfmt;
  if (text == "json") return LogFormat::json;
  return std::nullopt;
}

}  // namespace exporter
