#include <algorithm>
#include <unordered_set>
#include <vector>

#include "dns/name.hpp"
#include "tests/catch.hpp"

namespace {

using dns::Name;

Name name(std::string_view text) {
  const auto parsed = Name::from_text(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

std::string error_of(std::string_view text) {
  const auto parsed = Name::from_text(text);
  return parsed ? "accepted" : parsed.error().sentence;
}

std::string repeated(std::string_view piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

std::span<const std::uint8_t> octets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST_CASE("a name in presentation form becomes its wire form") {
  using namespace std::string_view_literals;
  CHECK(name(".").wire() == "\0"sv);
  CHECK(name("example.org").wire() == "\7example\3org\0"sv);
  CHECK(name("example.org.").wire() == "\7example\3org\0"sv);
  CHECK(name(R"(a\.b.c)").wire() == "\3a.b\1c\0"sv);
  CHECK(name(R"(\097\\.c)").wire() == "\2a\\\1c\0"sv);
  CHECK(name(R"(\000\255)").wire() == "\2\0\xff\0"sv);
  CHECK(name(R"(\@\;)").wire() == "\2@;\0"sv);
  CHECK(name(R"(\.)").wire() == "\1.\0"sv);
  CHECK(Name().is_root());
  CHECK(Name() == name("."));
}

TEST_CASE("what is no name is refused with a sentence") {
  CHECK(error_of("") == "a domain name must not be empty; the root is \".\"");
  CHECK(error_of("..") == "the domain name \"..\" has an empty label");
  CHECK(error_of(".a") == "the domain name \".a\" has an empty label");
  CHECK(error_of("a..b") == "the domain name \"a..b\" has an empty label");
  for (const std::string_view bad :
       {R"(\)", R"(a\)", R"(\1)", R"(\12)", R"(\1a2)", R"(\256)", R"(\999.a)", R"(\12x)"}) {
    INFO(bad);
    CHECK(error_of(bad).find("has a bad \\ escape") != std::string::npos);
  }
  const std::string longest_label = repeated("a", 63);
  CHECK(name(longest_label).label(0).size() == 63);
  CHECK(error_of(longest_label + "a").find("a label of more than 63 octets") != std::string::npos);
  // 127 labels of one octet and the root's are 255 octets; 64 + 64 + 64 + 62 + 1 too.
  CHECK(name(repeated("a.", 127)).wire().size() == 255);
  CHECK(error_of(repeated("a.", 128)).find("longer than 255 octets") != std::string::npos);
  const std::string three = repeated(longest_label + ".", 3);
  CHECK(name(three + repeated("b", 61)).wire().size() == 255);
  CHECK(name(three + repeated("b", 61) + ".").wire().size() == 255);
  CHECK(error_of(three + repeated("b", 62)).find("longer than 255 octets") != std::string::npos);
  CHECK(error_of(three + repeated("b", 60) + ".c").find("longer than 255") != std::string::npos);
  // The sentence neither grows with hostile text nor carries its control characters.
  CHECK(error_of("a..\n\x1b[31m") == "the domain name \"a..??[31m\" has an empty label");
  CHECK(error_of(repeated("x", 100000)).size() < 200);
}

TEST_CASE("wire form must be one whole uncompressed name") {
  using namespace std::string_view_literals;
  CHECK(Name::from_wire(octets("\3www\0"sv))->to_text() == "www.");
  CHECK(Name::from_wire(octets("\0"sv))->is_root());
  CHECK_FALSE(Name::from_wire({}));
  CHECK_FALSE(Name::from_wire(octets("\3www"sv)));
  CHECK_FALSE(Name::from_wire(octets("\4www\0"sv)));
  CHECK_FALSE(Name::from_wire(octets("\3www\0x"sv)));
  CHECK_FALSE(Name::from_wire(octets("\xc0\x0c"sv)));
  CHECK_FALSE(Name::from_wire(octets("\x40\0"sv)));
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "\1a"sv;
  longest += '\0';
  CHECK(Name::from_wire(octets(longest)));
  CHECK_FALSE(Name::from_wire(octets("\1a" + longest)));
}

TEST_CASE("presentation forms escape what is special and survive a round trip") {
  CHECK(name("Example.COM").to_text() == "Example.COM.");
  CHECK(name("Example.COM").to_label() == "example.com");
  CHECK(name(".").to_text() == ".");
  CHECK(name(".").to_label() == ".");
  CHECK(name(R"(a\.b.c)").to_text() == R"(a\.b.c.)");
  CHECK(name(R"(a\.b.\.)").to_label() == R"(a\.b.\.)");
  CHECK(name(R"(\000\032\127\255)").to_text() == R"(\000\032\127\255.)");
  CHECK(name(R"(\"\(\)\;\@\$\\)").to_text() == R"(\"\(\)\;\@\$\\.)");
  CHECK(name("_dns.*.x-y").to_text() == "_dns.*.x-y.");
  std::string every;
  for (int octet = 0; octet < 256; ++octet) {
    if (octet % 32 == 0) every += '\x20';
    every += static_cast<char>(octet);
  }
  // 8 labels of 32 octets are too long for one name: two names of four.
  for (const std::size_t start : {std::size_t{0}, every.size() / 2}) {
    std::string wire = every.substr(start, every.size() / 2) + '\0';
    const auto from_wire = Name::from_wire(octets(wire));
    REQUIRE(from_wire);
    CHECK(name(from_wire->to_text()).is_identical(*from_wire));
    CHECK(name(from_wire->to_label()).is_identical(from_wire->lowered()));
  }
}

TEST_CASE("labels, parents, suffixes and prefixes") {
  const Name www = name("www.Example.org");
  CHECK(www.label_count() == 3);
  CHECK(Name().label_count() == 0);
  CHECK(www.label(0) == "www");
  CHECK(www.label(1) == "Example");
  CHECK(www.label(2) == "org");
  CHECK(www.parent() == name("example.org"));
  CHECK(name("org").parent().is_root());
  CHECK(www.suffix(0).is_root());
  CHECK(www.suffix(2) == name("example.org"));
  CHECK(www.suffix(3) == www);
  CHECK(*www.prefixed("a.b") == name(R"(a\.b.www.example.org)"));
  CHECK(*Name().prefixed("x") == name("x"));
  CHECK_FALSE(www.prefixed(""));
  CHECK_FALSE(www.prefixed(repeated("a", 64)));
  CHECK(name(repeated("a.", 126)).prefixed("b"));
  CHECK_FALSE(name(repeated("a.", 126)).prefixed("bb"));
  CHECK_FALSE(name(repeated("a.", 127)).prefixed("b"));
}

TEST_CASE("a name is below another by whole labels and without case") {
  const Name example = name("example.org");
  CHECK(name("www.EXAMPLE.org").is_at_or_below(example));
  CHECK(name("www.EXAMPLE.org").is_below(example));
  CHECK(example.is_at_or_below(example));
  CHECK_FALSE(example.is_below(example));
  CHECK(example.is_below(Name()));
  CHECK(Name().is_at_or_below(Name()));
  CHECK_FALSE(Name().is_at_or_below(example));
  CHECK_FALSE(name("badexample.org").is_at_or_below(example));
  CHECK_FALSE(name(R"(www\.example.org)").is_at_or_below(example));
  // The octets of the ancestor stand at the end, but inside a label.
  CHECK_FALSE(name(R"(x\007example\003org)").is_at_or_below(name("example.org")));
  CHECK_FALSE(name(R"(aa\003org.)").is_at_or_below(name("org")));
}

TEST_CASE("comparison and hash ignore case, identity does not") {
  const Name lower = name("example.org");
  const Name mixed = name("eXaMple.ORG");
  CHECK(lower == mixed);
  CHECK(std::is_eq(lower <=> mixed));
  CHECK(std::hash<Name>()(lower) == std::hash<Name>()(mixed));
  CHECK_FALSE(lower.is_identical(mixed));
  CHECK(mixed.lowered().is_identical(lower));
  CHECK(lower != name("example.com"));
  // Only ASCII letters have case (RFC 4343 section 3): 0x5b is '[' and 0x7b is '{'.
  CHECK(name("[") != name("{"));
  CHECK(name("@") != name("`"));
  CHECK(name(R"(\192)") != name(R"(\224)"));
  // Equal octets split into labels in another way.
  CHECK(name(R"(a\001b)") != name("a.b"));
  std::unordered_set<Name> set{lower, mixed, name("a"), Name()};
  CHECK(set.size() == 3);
}

TEST_CASE("names sort in the canonical order of RFC 4034 section 6.1") {
  const std::vector<std::string_view> ordered{
      "example",   "a.example",         "yljkjljk.a.example", "Z.a.example",      "zABC.a.EXAMPLE",
      "z.example", R"(\001.z.example)", "*.z.example",        R"(\200.z.example)"};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      INFO(ordered[i] << " and " << ordered[j]);
      const bool same = (name(ordered[i]) <=> name(ordered[j])) == (i <=> j);
      CHECK(same);
    }
  }
  std::vector<Name> names;
  for (const std::string_view text : ordered) names.push_back(name(text));
  std::reverse(names.begin(), names.end());
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0; i < ordered.size(); ++i) CHECK(names[i] == name(ordered[i]));
  CHECK(Name() < name("a"));
  CHECK(name("a") < name("ab"));
  CHECK(name("b.a") < name("a.b"));
  // The longest names there are.
  CHECK(name(repeated("a.", 126) + "b") > name(repeated("a.", 127)));
}

}  // namespace
