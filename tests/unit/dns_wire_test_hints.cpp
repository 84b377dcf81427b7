#include "dns/root_hints.hpp"
#include "tests/catch.hpp"

namespace {

using dns::parse_root_hints;

std::string error_of(std::string_view text) {
  const auto hints = parse_root_hints(text);
  return hints ? "accepted" : hints.error().sentence;
}

constexpr std::string_view kNamedRoot =
    ";       This file holds the information on root name servers\r\n"
    "; FORMERLY NS.INTERNIC.NET\n"
    ";\n"
    ".                        3600000      NS    A.ROOT-SERVERS.NET.\n"
    "A.ROOT-SERVERS.NET.      3600000      A     198.41.0.4\n"
    "A.ROOT-SERVERS.NET.      3600000      AAAA  2001:503:ba3e::2:30\n"
    "\n"
    ".                        3600000      NS    B.ROOT-SERVERS.NET. ; comment\n"
    "B.ROOT-SERVERS.NET.      3600000      A     170.247.170.2\n"
    "; End of file";

TEST_CASE("the built-in hints are the thirteen root servers, which may all be asked") {
  const dns::RootHints hints = dns::builtin_root_hints();
  REQUIRE(hints.size() == 13);
  const dns::AddressPolicy policy;
  char letter = 'a';
  for (const auto& server : hints) {
    CHECK(server.name.to_label() == std::string(1, letter++) + ".root-servers.net");
    REQUIRE(server.addresses.size() == 2);
    CHECK(server.addresses[0].family() == dns::Family::ipv4);
    CHECK(server.addresses[1].family() == dns::Family::ipv6);
    for (const auto& address : server.addresses) CHECK(policy.may_ask(address));
  }
  CHECK(hints[1].addresses[0].to_text() == "170.247.170.2");
  CHECK(hints[10].addresses[1].to_text() == "2001:7fd::1");
}

TEST_CASE("named.root is read") {
  const auto hints = parse_root_hints(kNamedRoot);
  REQUIRE(hints);
  REQUIRE(hints->size() == 2);
  CHECK(hints->at(0).name.to_label() == "a.root-servers.net");
  REQUIRE(hints->at(0).addresses.size() == 2);
  CHECK(hints->at(0).addresses[1].to_text() == "2001:503:ba3e::2:30");
  REQUIRE(hints->at(1).addresses.size() == 1);
  CHECK(hints->at(1).addresses[0].to_text() == "170.247.170.2");
}

TEST_CASE("other ways to write the same hints") {
  const auto hints = parse_root_hints(
      "$TTL 6w\n"
      "$ORIGIN .\n"
      "b. IN A 127.0.0.2\n"  // an address before its NS
      ". IN 3600 NS a.\n"    // class before TTL
      "\tNS b\n"             // the owner of the line before, a relative name
      ". 1d IN ns C.\n"      // lower case, TTL with a unit
      "a 60 in a 127.0.0.1\n"
      "  AAAA ::1\n"
      "A. A 127.0.0.1\n"  // the same again
      ". NS A.");
  REQUIRE(hints);
  REQUIRE(hints->size() == 3);
  CHECK(hints->at(0).addresses.size() == 2);
  CHECK(hints->at(1).addresses.size() == 1);
  CHECK(hints->at(2).addresses.empty());
}

TEST_CASE("the first mistake is named with its line") {
  const std::string good = ". NS a.\na. A 127.0.0.1\n";
  CHECK(error_of(good) == "accepted");
  const auto third = [&](std::string_view line) { return error_of(good + std::string(line)); };
  CHECK(third("a. A 127.0.0.256\n") == "line 3: \"127.0.0.256\" is not an IPv4 address");
  CHECK(third("a. A ::1") == "line 3: \"::1\" is not an IPv4 address");
  CHECK(third("a. AAAA 127.0.0.1") == "line 3: \"127.0.0.1\" is not an IPv6 address");
  CHECK(third("a. TXT x") == "line 3: root hints have NS, A and AAAA records, not \"TXT\"");
  CHECK(third("org. NS b.") == "line 3: the owner of an NS record must be the root, not org.");
  CHECK(third(". NS b..c") == "line 3: the domain name \"b..c\" has an empty label");
  CHECK(third("a..b A 127.0.0.1") == "line 3: the domain name \"a..b\" has an empty label");
  CHECK(third(". NS") == "line 3: a record is written as NAME [TTL] [IN] NS|A|AAAA VALUE");
  CHECK(third("a. A 127.0.0.1 127.0.0.2") ==
        "line 3: a record is written as NAME [TTL] [IN] NS|A|AAAA VALUE");
  CHECK(third("a. CH A 127.0.0.1") ==
        "line 3: a record is written as NAME [TTL] [IN] NS|A|AAAA VALUE");
  CHECK(third("$INCLUDE /etc/passwd") ==
        "line 3: only the directives $TTL SECONDS and $ORIGIN . are allowed");
  CHECK(third("$ORIGIN org.") ==
        "line 3: only the directives $TTL SECONDS and $ORIGIN . are allowed");
  CHECK(third("\n\nb. A 127.0.0.2\n") ==
        "line 5: b. has an address but no NS record of the root names it");
  CHECK(error_of(" NS a.\n") == "line 1: the first record has no owner name");
}

TEST_CASE("hints without a usable server are refused") {
  CHECK(error_of("") == "the root hints have no root server with an address");
  CHECK(error_of("; nothing\n\n") == "the root hints have no root server with an address");
  CHECK(error_of(". NS a.\n. NS b.\n") == "the root hints have no root server with an address");
}

TEST_CASE("the size of hints is bounded") {
  std::string many;
  for (int i = 0; i < 64; ++i) many += ". NS a" + std::to_string(i) + ".\n";
  CHECK(error_of(many + "a0. A 127.0.0.1\n") == "accepted");
  CHECK(error_of(many + ". NS b.") == "line 65: there are more than 64 servers");
  std::string addresses = ". NS a.\n";
  for (int i = 0; i < 32; ++i) addresses += "a. A 127.0.0." + std::to_string(i) + "\n";
  CHECK(error_of(addresses) == "accepted");
  CHECK(error_of(addresses + "a. A 127.0.1.0") == "line 34: a. has more than 32 addresses");
  CHECK(error_of(std::string((1U << 20) + 1, '\n')) == "the root hints are larger than 1 MiB");
}

}  // namespace
