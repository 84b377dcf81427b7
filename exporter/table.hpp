// Aligned columns of text for a terminal: cells, colours, wrapping. Pure; widths count code points,
// since names are ASCII and sentences use no wide characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exporter {

/// How a piece of text stands out. The words carry the meaning; colour only repeats it.
enum class Tone { plain, strong, dim, good, notice, warning, bad, worst };

/// `text` in the ANSI colours of `tone`; unchanged when `color` is false or the tone is plain.
std::string toned(std::string_view text, Tone tone, bool color);

/// Code points of UTF-8 `text`.
std::size_t display_width(std::string_view text);

/// `text` in lines of at most `width` columns, broken at spaces; a longer word has a line of its
/// own. Each line begins with `indent` spaces, which count. Ends with a newline unless `text` is
/// blank.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// UTF-8 `text` for a terminal that shows nothing but ASCII: what this program draws with becomes a
/// character of the same width that looks like it, all else a question mark.
std::string ascii(std::string_view text);

/// Rows of cells, each column as wide as its widest cell.
class Table {
 public:
  struct Cell {
    std::string text;
    Tone tone = Tone::plain;
  };
  using Row = std::vector<Cell>;

  void add(Row row) { rows_.push_back(std::move(row)); }

  /// One line per row, with `indent` spaces in front and two between columns.
  std::string render(std::size_t indent, bool color) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace exporter
