#include "exporter/http_parameters.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <system_error>

namespace exporter {
namespace {

bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7F;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

/// Undoes percent-encoding; in a query, '+' is a blank.
dns::Result<std::string> decoded(std::string_view raw, bool query) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '+' && query) {
      c = ' ';
    } else if (c == '%') {
      const auto high = i + 2 < raw.size() ? hex_digit(raw[i + 1]) : std::nullopt;
      const auto low = i + 2 < raw.size() ? hex_digit(raw[i + 2]) : std::nullopt;
      if (!high || !low) {
        return dns::fail("a percent sign in the URL must be followed by two hexadecimal digits");
      }
      c = static_cast<char>(static_cast<unsigned char>(*high << 4U | *low));
      i += 2;
    }
    if (is_control(static_cast<unsigned char>(c))) {
      return dns::fail("the URL must not contain control characters");
    }
    out += c;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Calls `each` with every part of `text` between separators.
template <typename Each>
void split(std::string_view text, char separator, const Each& each) {
  while (true) {
    const std::size_t end = text.find(separator);
    each(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&lower](char x, char y) { return lower(x) == lower(y); });
}

/// A quality value: positive unless it is 0, 0.0 and so on (RFC 9110 section 12.4.2).
bool is_positive_quality(std::string_view value) {
  return value.find_first_not_of("0.") != std::string_view::npos;
}

/// What an Accept-Encoding element says: its coding, and whether it is allowed.
std::pair<std::string_view, bool> encoding_of(std::string_view element) {
  const std::size_t semicolon = element.find(';');
  const std::string_view coding = trimmed(element.substr(0, semicolon));
  if (semicolon == std::string_view::npos) return {coding, true};
  bool allowed = true;
  split(element.substr(semicolon + 1), ';', [&allowed](std::string_view parameter) {
    const std::string_view text = trimmed(parameter);
    if (text.size() > 2 && (text[0] == 'q' || text[0] == 'Q') && text[1] == '=') {
      allowed = is_positive_quality(text.substr(2));
    }
  });
  return {coding, allowed};
}

/// Every parameter must be one of `known`, and come once.
dns::Result<void> expect_known(const RequestTarget& target,
                               std::initializer_list<std::string_view> known) {
  for (auto at = target.query.begin(); at != target.query.end(); ++at) {
    if (std::find(known.begin(), known.end(), at->first) == known.end()) {
      std::string expected;
      for (const std::string_view name : known) {
        expected += expected.empty() ? "" : ", ";
        expected += name;
      }
      return dns::fail("unknown parameter in the URL; known here: " +
                       (expected.empty() ? "none" : expected));
    }
    const bool repeated = std::any_of(
        target.query.begin(), at, [&at](const auto& former) { return former.first == at->first; });
    if (repeated) return dns::fail("the parameter '" + at->first + "' must be given once only");
  }
  return {};
}

const std::string* find(const RequestTarget& target, std::string_view name) {
  for (const auto& [key, value] : target.query) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace

dns::Result<RequestTarget> parse_target(std::string_view raw) {
  if (raw.size() > kMaxTargetBytes) {
    return dns::fail("the URL is longer than " + std::to_string(kMaxTargetBytes) + " characters");
  }
  if (raw.empty() || raw[0] != '/') return dns::fail("the URL must begin with a slash");
  raw = raw.substr(0, raw.find('#'));  // no client should send a fragment; none has a meaning here
  const std::size_t question = raw.find('?');
  auto path = decoded(raw.substr(0, question), false);
  if (!path) return dns::fail(path.error().sentence);
  RequestTarget target{std::move(*path), {}};
  if (question == std::string_view::npos) return target;
  std::string problem;
  split(raw.substr(question + 1), '&', [&](std::string_view part) {
    if (part.empty() || !problem.empty()) return;
    const std::size_t equals = part.find('=');
    auto name = decoded(part.substr(0, equals), true);
    auto value = decoded(equals == std::string_view::npos ? "" : part.substr(equals + 1), true);
    if (!name || !value) {
      problem = name ? value.error().sentence : name.error().sentence;
    } else if (target.query.size() == kMaxParameters) {
      problem = "the URL has more than " + std::to_string(kMaxParameters) + " parameters";
    } else {
      target.query.emplace_back(std::move(*name), std::move(*value));
    }
  });
  if (!problem.empty()) return dns::fail(std::move(problem));
  return target;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (c >= '0' && c <= '9') || std::string_view("-._~").find(c) < 4) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[octet >> 4U];
    out += kDigits[octet & 0xFU];
  }
  return out;
}

dns::Result<dns::Name> zone_from_path(std::string_view rest) {
  if (rest.empty()) return dns::Name();
  auto name = dns::Name::from_text(rest);
  if (!name) return dns::fail("not a domain name: " + name.error().sentence);
  return name;
}

dns::Result<ProbeParameters> parse_probe(const RequestTarget& target,
                                         std::optional<std::string_view> scrape_timeout) {
  if (const auto known = expect_known(target, {"target", "module"}); !known) {
    return dns::fail(known.error().sentence);
  }
  const std::string* const zone = find(target, "target");
  if (zone == nullptr || zone->empty()) {
    return dns::fail(
        "the parameter 'target' must name the zone to survey: /probe?target=example.com");
  }
  auto name = dns::Name::from_text(*zone);
  if (!name) return dns::fail("'target' is not a domain name: " + name.error().sentence);
  const std::string* const module = find(target, "module");
  if (module != nullptr && *module != kProbeModule) {
    return dns::fail("unknown module; the only one is '" + std::string(kProbeModule) + "'");
  }
  ProbeParameters parameters{std::move(*name), kDefaultProbeTimeout - kProbeMargin};
  if (scrape_timeout) {
    const auto timeout = probe_timeout(*scrape_timeout);
    if (!timeout) return dns::fail(timeout.error().sentence);
    parameters.timeout = *timeout;
  }
  return parameters;
}

dns::Result<dns::Duration> probe_timeout(std::string_view text) {
  text = trimmed(text);
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || at != end || !std::isfinite(seconds) ||
      seconds < dns::to_seconds(kMinScrapeTimeout)) {
    return dns::fail(
        "the header X-Prometheus-Scrape-Timeout-Seconds must be a number of at least 0.001");
  }
  const double bounded = std::min(seconds, dns::to_seconds(kMaxProbeTimeout));
  const double left = std::max(bounded - dns::to_seconds(kProbeMargin), bounded / 2);
  return std::chrono::duration_cast<dns::Duration>(std::chrono::duration<double>(left));
}

dns::Result<OverviewParameters> parse_overview(const RequestTarget& target) {
  if (const auto known = expect_known(target, {"q", "page"}); !known) {
    return dns::fail(known.error().sentence);
  }
  OverviewParameters parameters;
  if (const std::string* const search = find(target, "q"); search != nullptr) {
    parameters.search = trimmed(*search);
    if (parameters.search.size() > kMaxSearchBytes) {
      return dns::fail("the search text is longer than " + std::to_string(kMaxSearchBytes) +
                       " characters");
    }
    for (char& c : parameters.search) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
  }
  if (const std::string* const page = find(target, "page"); page != nullptr) {
    const char* const end = page->data() + page->size();
    const auto [at, error] = std::from_chars(page->data(), end, parameters.page);
    if (error != std::errc() || at != end || parameters.page == 0 ||
        parameters.page > kMaxPageNumber) {
      return dns::fail("the parameter 'page' must be a number from 1 to " +
                       std::to_string(kMaxPageNumber));
    }
  }
  return parameters;
}

dns::Result<void> expect_no_parameters(const RequestTarget& target) {
  return expect_known(target, {});
}

bool accepts_gzip(std::string_view header) {
  std::optional<bool> gzip;
  std::optional<bool> any;
  split(header, ',', [&](std::string_view element) {
    const auto [coding, allowed] = encoding_of(element);
    if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) {
      gzip = allowed;
    } else if (coding == "*") {
      any = allowed;
    }
  });
  return gzip.value_or(any.value_or(false));
}

}  // namespace exporter
