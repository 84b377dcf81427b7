// How the links of a chain of trust read, for the tree of `check` and the picture of the zone page.
// Pure functions; all names and numbers that servers sent come out as printable text.
#pragma once

#include <string>
#include <string_view>

#include "checks/report.hpp"

namespace exporter {

/// What a reader has to see in an item, besides its words.
enum class ChainMark { good, neutral, fault };

/// "2026-12-11", in UTC.
std::string date_text(dns::dnssec::Seconds time);

/// "ECDSAP256SHA256", "algorithm 99".
std::string algorithm_words(std::uint8_t number);
/// "SHA-256", "digest type 99".
std::string digest_words(std::uint8_t number);

/// "KSK", "ZSK", "revoked", "no zone key".
std::string_view role_words(const checks::ChainKey& key);

/// "DS 4711", "anchor 20326".
std::string ds_name(const checks::ChainDs& ds, bool is_anchor);
/// What it is made of: "ECDSAP256SHA256 SHA-256 1A2B3C4D...".
std::string ds_contents(const checks::ChainDs& ds);
/// What it does for the zone: "leads to key 4711", "no key has this tag"; empty when not compared.
std::string ds_outcome(const checks::ChainDs& ds);
ChainMark mark_of(const checks::ChainDs& ds, const checks::ChainStep& step);

/// "key 4711 KSK ECDSAP256SHA256".
std::string key_name(const checks::ChainKey& key);
/// What its signature of the key set is worth: "signs the keys until 2026-12-11"; empty when it
/// does not sign them.
std::string key_outcome(const checks::ChainKey& key);
ChainMark mark_of(const checks::ChainKey& key);

/// "signed by key 4711 until 2026-12-11", "signature expired 2026-11-20": of the DS records.
std::string ds_signature_words(const checks::ChainSignature& signature);

/// What stands beside the name of a zone: "secure, trust anchor", "bogus, broken here".
std::string status_words(const checks::ChainStep& step);

/// The servers of a key set: "ns1.example.com 192.0.2.1, ns2.example.com 192.0.2.2 and 3 more".
std::string servers_words(const checks::ChainKeySet& set, const checks::ZoneReport& report);

/// The servers need to be told apart: they do not all serve, or fail, alike.
bool servers_differ(const checks::ChainStep& step);

}  // namespace exporter
