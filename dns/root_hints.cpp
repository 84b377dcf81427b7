#include "dns/root_hints.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>

#include "dns/quote.hpp"

namespace dns {
namespace {

/// named.root has 3.3 KB.
constexpr std::size_t kMaxFileSize = 1U << 20;
constexpr std::size_t kMaxRootServers = 64;
constexpr std::size_t kMaxAddressesPerServer = 32;

struct BuiltinServer {
  char letter;
  std::string_view ipv4;
  std::string_view ipv6;
};

// The root zone of 2026-07-31, serial 2026073102.
constexpr auto kBuiltin = std::to_array<BuiltinServer>({
    {'a', "198.41.0.4", "2001:503:ba3e::2:30"},
    {'b', "170.247.170.2", "2801:1b8:10::b"},
    {'c', "192.33.4.12", "2001:500:2::c"},
    {'d', "199.7.91.13", "2001:500:2d::d"},
    {'e', "192.203.230.10", "2001:500:a8::e"},
    {'f', "192.5.5.241", "2001:500:2f::f"},
    {'g', "192.112.36.4", "2001:500:12::d0d"},
    {'h', "198.97.190.53", "2001:500:1::53"},
    {'i', "192.36.148.17", "2001:7fe::53"},
    {'j', "192.58.128.30", "2001:503:c27::2:30"},
    {'k', "193.0.14.129", "2001:7fd::1"},
    {'l', "199.7.83.42", "2001:500:9f::42"},
    {'m', "202.12.27.33", "2001:dc3::35"},
});

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto upper = [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    };
    return upper(x) == upper(y);
  });
}

/// Splits one line at blanks and cuts it at `;`.
std::vector<std::string_view> words_of(std::string_view line) {
  line = line.substr(0, line.find(';'));
  std::vector<std::string_view> words;
  constexpr std::string_view kBlanks = " \t\r";
  for (std::size_t at = line.find_first_not_of(kBlanks); at != line.npos;) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kBlanks, end);
  }
  return words;
}

bool is_class_in(std::string_view word) {
  return equal_ignoring_case(word, "IN");
}

/// A TTL: seconds, or numbers with units as in "6w".
bool is_ttl(std::string_view word) {
  return !word.empty() && word[0] >= '0' && word[0] <= '9' &&
         word.find_first_not_of("0123456789smhdwSMHDW") == word.npos;
}

class HintsParser {
 public:
  explicit HintsParser(std::string_view text) : text_(text) {}

  Result<RootHints> parse() {
    if (text_.size() > kMaxFileSize) return fail("the root hints are larger than 1 MiB");
    while (!text_.empty()) {
      ++line_number_;
      const std::size_t end = std::min(text_.find('\n'), text_.size());
      const std::string_view line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      if (auto read = read_line(line); !read) return tl::unexpected(read.error());
    }
    return finish();
  }

 private:
  struct Addresses {
    std::size_t line = 0;  ///< of the first
    std::vector<IpAddress> list;
  };

  tl::unexpected<Error> fail_here(const std::string& sentence) const {
    return fail("line " + std::to_string(line_number_) + ": " + sentence);
  }

  Result<void> read_line(std::string_view line) {
    std::vector<std::string_view> words = words_of(line);
    if (words.empty()) return {};
    if (words[0][0] == '$') return read_directive(words);
    std::size_t at = 0;
    if (line[0] != ' ' && line[0] != '\t') {
      Result<Name> owner = Name::from_text(words[at++]);
      if (!owner) return fail_here(owner.error().sentence);
      owner_ = *std::move(owner);
    }
    if (!owner_) return fail_here("the first record has no owner name");
    for (int fields = 0; fields < 2 && at < words.size(); ++fields) {
      if (!is_class_in(words[at]) && !is_ttl(words[at])) break;
      ++at;
    }
    if (words.size() - at != 2) {
      return fail_here("a record is written as NAME [TTL] [IN] NS|A|AAAA VALUE");
    }
    return read_record(words[at], words[at + 1]);
  }

  Result<void> read_directive(const std::vector<std::string_view>& words) const {
    const bool ttl = equal_ignoring_case(words[0], "$TTL") && words.size() == 2 && is_ttl(words[1]);
    const bool origin =
        equal_ignoring_case(words[0], "$ORIGIN") && words.size() == 2 && words[1] == ".";
    if (ttl || origin) return {};
    return fail_here("only the directives $TTL SECONDS and $ORIGIN . are allowed");
  }

  Result<void> read_record(std::string_view type, std::string_view value) {
    if (equal_ignoring_case(type, "NS")) return read_nameserver(value);
    if (equal_ignoring_case(type, "A")) return read_address(Family::ipv4, value);
    if (equal_ignoring_case(type, "AAAA")) return read_address(Family::ipv6, value);
    return fail_here("root hints have NS, A and AAAA records, not " + quoted(type));
  }

  Result<void> read_nameserver(std::string_view value) {
    if (!owner_->is_root()) {
      return fail_here("the owner of an NS record must be the root, not " + owner_->to_text());
    }
    Result<Name> name = Name::from_text(value);
    if (!name) return fail_here(name.error().sentence);
    if (std::find(nameservers_.begin(), nameservers_.end(), *name) != nameservers_.end()) return {};
    if (nameservers_.size() == kMaxRootServers) return fail_here("there are more than 64 servers");
    nameservers_.push_back(*std::move(name));
    return {};
  }

  Result<void> read_address(Family family, std::string_view value) {
    const Result<IpAddress> address = IpAddress::from_text(value);
    if (!address || address->family() != family) {
      return fail_here(quoted(value) + " is not an " + (family == Family::ipv4 ? "IPv4" : "IPv6") +
                       " address");
    }
    Addresses& known = addresses_[*owner_];
    if (known.line == 0) known.line = line_number_;
    if (std::find(known.list.begin(), known.list.end(), *address) != known.list.end()) return {};
    if (known.list.size() == kMaxAddressesPerServer) {
      return fail_here(owner_->to_text() + " has more than 32 addresses");
    }
    known.list.push_back(*address);
    return {};
  }

  Result<RootHints> finish() {
    RootHints hints;
    for (Name& name : nameservers_) {
      NameserverAddresses& server = hints.emplace_back();
      const auto known = addresses_.find(name);
      if (known != addresses_.end()) {
        server.addresses = std::move(known->second.list);
        addresses_.erase(known);
      }
      server.name = std::move(name);
    }
    if (!addresses_.empty()) {
      line_number_ = addresses_.begin()->second.line;
      return fail_here(addresses_.begin()->first.to_text() +
                       " has an address but no NS record of the root names it");
    }
    const bool usable = std::any_of(hints.begin(), hints.end(), [](const NameserverAddresses& s) {
      return !s.addresses.empty();
    });
    if (!usable) return fail("the root hints have no root server with an address");
    return hints;
  }

  std::string_view text_;
  std::size_t line_number_ = 0;
  std::optional<Name> owner_;
  std::vector<Name> nameservers_;
  std::map<Name, Addresses> addresses_;
};

}  // namespace

RootHints builtin_root_hints() {
  RootHints hints;
  hints.reserve(kBuiltin.size());
  for (const BuiltinServer& server : kBuiltin) {
    const Result<Name> name = Name::from_text(std::string(1, server.letter) + ".root-servers.net.");
    const Result<IpAddress> ipv4 = IpAddress::from_text(server.ipv4);
    const Result<IpAddress> ipv6 = IpAddress::from_text(server.ipv6);
    assert(name && ipv4 && ipv6);
    hints.push_back({*name, {*ipv4, *ipv6}});
  }
  return hints;
}

Result<RootHints> parse_root_hints(std::string_view text) {
  return HintsParser(text).parse();
}

}  // namespace dns
