// The log: one line per event, in both formats, whatever the values hold.
#include "exporter/log.hpp"

#include <limits>
#include <regex>
#include <sstream>

#include "tests/catch.hpp"

namespace {

using exporter::Log;
using exporter::LogFormat;
using exporter::LogLevel;

/// What one line says after its time.
std::string written(LogFormat format, std::string_view message,
                    std::initializer_list<exporter::LogField> fields) {
  std::ostringstream out;
  const Log log(out, LogLevel::debug, format);
  log.warning(message, fields);
  std::string line = out.str();
  const std::string time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)";
  const std::regex begin(format == LogFormat::logfmt ? "^ts=" + time + " "
                                                     : "^\\{\"ts\":\"" + time + "\",");
  REQUIRE(std::regex_search(line, begin));
  return std::regex_replace(line, begin, "");
}

}  // namespace

TEST_CASE("a line in logfmt") {
  REQUIRE(written(LogFormat::logfmt, "zone \"x\" changed",
                  {{"zone", "example.com"},
                   {"count", 3},
                   {"text", "two words"},
                   {"none", ""},
                   {"ratio", 0.5},
                   {"equals", "a=b"}}) ==
          "level=warning msg=\"zone \\\"x\\\" changed\" zone=example.com count=3 "
          "text=\"two words\" none=\"\" ratio=0.5 equals=\"a=b\"\n");
}

TEST_CASE("a line in JSON") {
  REQUIRE(written(LogFormat::json, "changed",
                  {{"zone", "example.com"}, {"count", std::size_t{3}}, {"ratio", 0.25}}) ==
          "\"level\":\"warning\",\"msg\":\"changed\",\"zone\":\"example.com\",\"count\":3,"
          "\"ratio\":0.25}\n");
  REQUIRE(written(LogFormat::json, "x", {{"a", std::numeric_limits<double>::infinity()}}) ==
          "\"level\":\"warning\",\"msg\":\"x\",\"a\":\"inf\"}\n");
}

TEST_CASE("what others wrote cannot break a line") {
  const std::string hostile("a\nlevel=error\x01\x7F\xFF\xC3\xA9\xC3{}%d", 23);
  REQUIRE(written(LogFormat::logfmt, "x", {{"text", hostile}}) ==
          "level=warning msg=\"x\" "
          "text=\"a\\nlevel=error\\u0001\\u007f\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD{}%d\"\n");
  REQUIRE(written(LogFormat::json, hostile, {}) ==
          "\"level\":\"warning\",\"msg\":\"a\\nlevel=error\\u0001\\u007f\xEF\xBF\xBD\xC3\xA9"
          "\xEF\xBF\xBD{}%d\"}\n");
}

TEST_CASE("lines below the level are dropped, and the level can change") {
  std::ostringstream out;
  Log log(out, LogLevel::warning, LogFormat::logfmt);
  log.info("no");
  log.debug("no");
  REQUIRE(out.str().empty());
  log.error("yes");
  REQUIRE(out.str().find("level=error msg=\"yes\"") != std::string::npos);
  log.set_level(LogLevel::debug);
  log.debug("now");
  REQUIRE(out.str().find("level=debug msg=\"now\"") != std::string::npos);
}

TEST_CASE("levels and formats have names") {
  for (const LogLevel level :
       {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    REQUIRE(exporter::log_level_from_text(exporter::to_text(level)) == level);
  }
  for (const LogFormat format : {LogFormat::logfmt, LogFormat::json}) {
    REQUIRE(exporter::log_format_from_text(exporter::to_text(format)) == format);
  }
  REQUIRE_FALSE(exporter::log_level_from_text("loud").has_value());
  REQUIRE_FALSE(exporter::log_format_from_text("xml").has_value());
}
