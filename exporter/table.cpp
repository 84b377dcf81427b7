#include "exporter/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exporter {
namespace {

constexpr std::size_t kGap = 2;

std::string_view escape_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::strong:
      return "\x1b[1m";
    case Tone::dim:
      return "\x1b[2m";
    case Tone::good:
      return "\x1b[32m";
    case Tone::notice:
      return "\x1b[36m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::worst:
      return "\x1b[1;31m";
  }
  return "";
}

}  // namespace

std::string toned(std::string_view text, Tone tone, bool color) {
  std::string out(color ? escape_of(tone) : "");
  const bool marked = !out.empty();
  out += text;
  if (marked) out += "\x1b[0m";
  return out;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;  // not a continuation octet
  }));
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  std::size_t at = text.find_first_not_of(' ');
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const std::size_t word_width = display_width(word);
    if (column != 0 && column + 1 + word_width > width) {
      out += '\n';
      column = 0;
    }
    if (column == 0) {
      out.append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += word_width;
    at = text.find_first_not_of(' ', end);
  }
  if (!out.empty()) out += '\n';
  return out;
}

std::string ascii(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 6> kLookalikes{
      {{"–", '-'}, {"─", '-'}, {"│", '|'}, {"└", '`'}, {"✗", 'X'}, {"·", '.'}}};
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += text[at++];
      continue;
    }
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) ++end;
    const std::string_view glyph = text.substr(at, end - at);
    const auto found = std::find_if(kLookalikes.begin(), kLookalikes.end(),
                                    [glyph](const auto& row) { return row.first == glyph; });
    out += found != kLookalikes.end() ? found->second : '?';
    at = end;
  }
  return out;
}

std::string Table::render(std::size_t indent, bool color) const {
  std::vector<std::size_t> widths;
  for (const Row& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  std::string out;
  for (const Row& row : rows_) {
    std::size_t pending = indent;  // blanks are written only before text: no line ends in one
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::size_t used = display_width(row[i].text);
      if (used != 0) {
        out.append(pending, ' ');
        out += toned(row[i].text, row[i].tone, color);
        pending = 0;
      }
      pending += widths[i] - used + kGap;
    }
    out += '\n';
  }
  return out;
}

}  // namespace exporter
