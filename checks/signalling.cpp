// What a zone tells its parent, and whoever copies it, by records at its apex: CDS and CDNSKEY
// (RFC 7344, RFC 8078), CSYNC (RFC 7477) and ZONEMD (RFC 8976). None of it harms resolvers now; it
// decides what the parent does next.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checks/dnssec_words.hpp"
#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_algorithms.hpp"

namespace checks {

namespace {

using dns::RRType;
using dns::dnssec::AnchorStatus;
using dns::dnssec::AnchorVerdict;
using dns::dnssec::Status;

struct Fault {
  Severity severity{};
  std::string text;  ///< a sentence that begins with "has", "asks": what the zone does
  const dns::Exchange* exchange = nullptr;
};

// A fault of the zone when every server that tells has it, else of those that have it, and then no
// more than a warning. `judge` gives nothing for an address that does not tell.
struct Told {
  std::optional<Fault> fault;  ///< nothing: all is well
};
using Judge = std::function<std::optional<Told>(const AddressFacts&)>;

void report(const Context& context, Findings& findings, const Judge& judge) {
  const Facts& facts = context.facts;
  std::vector<std::optional<Told>> told;
  std::size_t faulty = 0;
  std::size_t judged = 0;
  for (const AddressFacts& address : facts.addresses) {
    told.push_back(judge(address));
    if (!told.back()) continue;
    ++judged;
    if (told.back()->fault) ++faulty;
  }
  for (const ServerFacts& server : facts.servers) {
    if (!told[server.address] || !told[server.address]->fault) continue;
    const Fault& fault = *told[server.address]->fault;
    if (faulty == judged) {
      findings.add(fault.severity, about_zone(), "The zone " + fault.text,
                   command_for(fault.exchange), fault.exchange->sent);
      return;
    }
    findings.add(std::min(fault.severity, Severity::warning), about(facts, server),
                 "The zone as " + server_text(facts.name(server), facts.ip(server)) +
                     " serves it " + fault.text,
                 command_for(fault.exchange), fault.exchange->sent);
  }
}

Told good() {
  return {};
}

Told bad(Severity severity, std::string text, const dns::Exchange* exchange) {
  return {Fault{severity, std::move(text), exchange}};
}

// For checks of CDS and CDNSKEY: only addresses that give any.
void report_wishes(const Context& context, Findings& findings,
                   const std::function<Told(const AddressFacts&, const DsWish&)>& judge) {
  report(context, findings, [&judge](const AddressFacts& address) -> std::optional<Told> {
    const DsWish* const wish = address.dnssec.ds_wish.get();
    if (wish == nullptr) return std::nullopt;
    return judge(address, *wish);
  });
}

std::string wish_types(const DsWish& wish) {
  return dns::to_text(wish.from->view.type);
}

// The zone's own signatures are good there; else other checks tell what is wrong.
bool is_sound(const AddressFacts& address) {
  return address.dnssec.keys && address.dnssec.keys->rrset.is_secure() &&
         address.dnssec.has_secure_soa();
}

// The signature of the RRset does not count, though the rest of the zone is well signed.
std::optional<Fault> signature_fault(const AddressFacts& address, const ApexRrset& rrset,
                                     std::string_view consequence) {
  if (!rrset.exists() || !rrset.verdict || rrset.verdict->is_secure() || !is_sound(address)) {
    return std::nullopt;
  }
  const bool missing = rrset.verdict->reason == dns::dnssec::SignatureStatus::missing;
  const std::string type = dns::to_text(rrset.view.type);
  return Fault{Severity::warning,
               missing ? "has " + type + " records without a signature" + std::string(consequence)
                       : "has " + type + " records without a valid signature (" +
                             std::string(in_words(rrset.verdict->reason)) + ")" +
                             std::string(consequence),
               rrset.exchange};
}

std::string anchor_keys(const std::vector<AnchorVerdict>& anchors,
                        const std::function<bool(AnchorStatus)>& wanted) {
  std::set<std::string> texts;
  for (const AnchorVerdict& anchor : anchors) {
    if (wanted(anchor.status)) texts.insert(key_text({anchor.algorithm, anchor.key_tag}));
  }
  return list_text(std::vector<std::string>(texts.begin(), texts.end()));
}

bool is_malformed(AnchorStatus status) {
  return status == AnchorStatus::digest_size_wrong || status == AnchorStatus::malformed;
}

// Of no use now; it may be of a key that is to come.
bool leads_nowhere(AnchorStatus status) {
  switch (status) {
    case AnchorStatus::key_does_not_sign:
    case AnchorStatus::key_revoked:
    case AnchorStatus::key_not_zone_key:
    case AnchorStatus::key_protocol_not_3:
    case AnchorStatus::digest_differs:
    case AnchorStatus::algorithm_differs:
    case AnchorStatus::no_such_key:
      return true;
    default:
      return false;
  }
}

// Keys and CDS were not seen at the same time.
bool keys_changed_since(const Context& context, const ApexRrset& rrset) {
  const KeySetHistory& past = context.history.keys.dnskeys;
  if (!rrset.carried_over) return false;
  const bool now = past.print && context.facts.dnssec.dnskey_print &&
                   *past.print != *context.facts.dnssec.dnskey_print;
  return now || (past.changed && *past.changed >= rrset.exchange->sent);
}

// ---- CSYNC ----

constexpr std::uint16_t kKnownCsyncFlags = 3;  // RFC 7477 section 2.1.1.2: immediate, soaminimum
constexpr std::uint16_t kSoaMinimum = 2;

struct Csync {
  std::uint32_t serial = 0;
  std::uint16_t flags = 0;
  std::set<RRType> types;
};

// The parser of messages has checked the form: serial, flags and a type bitmap.
Csync read_csync(const dns::Bytes& rdata) {
  Csync csync;
  if (rdata.size() < 6) return csync;
  for (std::size_t i = 0; i < 4; ++i) csync.serial = csync.serial << 8 | rdata[i];
  csync.flags = static_cast<std::uint16_t>(rdata[4] << 8 | rdata[5]);
  for (std::size_t at = 6; at + 2 <= rdata.size(); at += 2U + rdata[at + 1]) {
    for (std::size_t i = 0; i < rdata[at + 1] && at + 2 + i < rdata.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        if ((rdata[at + 2 + i] & (0x80U >> bit)) == 0) continue;
        csync.types.insert(static_cast<RRType>(rdata[at] * 256U + i * 8U + bit));
      }
    }
  }
  return csync;
}

std::optional<Fault> csync_fault(const AddressFacts& address) {
  const ApexRrset& rrset = address.dnssec.csync;
  if (rrset.view.records.size() > 1) {
    return Fault{Severity::warning,
                 "has several CSYNC records, and there must be one: the parent ignores them.",
                 rrset.exchange};
  }
  const Csync csync = read_csync(rrset.view.records.front()->rdata);
  if ((csync.flags & ~kKnownCsyncFlags) != 0) {
    return Fault{Severity::warning,
                 "has a CSYNC record with flags that nobody knows: the parent ignores it.",
                 rrset.exchange};
  }
  std::vector<std::string> strange;
  for (const RRType type : csync.types) {
    const bool known = type == RRType::ns || type == RRType::a || type == RRType::aaaa;
    if (!known) strange.push_back(dns::to_text(type));
  }
  if (!strange.empty()) {
    return Fault{Severity::warning,
                 "asks the parent by CSYNC to copy " + list_text(strange) +
                     ", and only NS, A and AAAA can be: the parent ignores the record.",
                 rrset.exchange};
  }
  if (auto fault = signature_fault(address, rrset, ": the parent must ignore them.")) return fault;
  const bool ahead = (csync.flags & kSoaMinimum) != 0 && address.best->soa &&
                     dns::serial_distance(address.best->soa->serial, csync.serial) > 0;
  if (!ahead) return std::nullopt;
  return Fault{Severity::notice,
               "has a CSYNC record for the serial " + std::to_string(csync.serial) +
                   " or later, and its own is " + std::to_string(address.best->soa->serial) +
                   ": until it gets there, the parent copies nothing.",
               rrset.exchange};
}

// ---- ZONEMD ----

struct Zonemd {
  std::uint32_t serial = 0;
  std::uint8_t scheme = 0;
  std::uint8_t hash = 0;
  std::size_t digest_size = 0;
};

Zonemd read_zonemd(const dns::Bytes& rdata) {
  Zonemd zonemd;
  if (rdata.size() < 6) return zonemd;
  for (std::size_t i = 0; i < 4; ++i) zonemd.serial = zonemd.serial << 8 | rdata[i];
  zonemd.scheme = rdata[4];
  zonemd.hash = rdata[5];
  zonemd.digest_size = rdata.size() - 6;
  return zonemd;
}

// RFC 8976 sections 2.2.2 and 2.2.3: SIMPLE with SHA-384 or SHA-512.
std::size_t digest_size_of(const Zonemd& zonemd) {
  if (zonemd.scheme != 1) return 0;
  return zonemd.hash == 1 ? 48 : zonemd.hash == 2 ? 64 : 0;
}

// Whether the SOA of this round is of the same copy of the zone as the ZONEMD answer.
bool soa_is_of_the_same_time(const Context& context, const AddressFacts& address) {
  const ApexRrset& rrset = address.dnssec.zonemd;
  if (!rrset.carried_over) return true;
  const SerialFacts& serials = context.facts.serials;
  return serials.newest == address.best->soa->serial &&
         (!serials.changed || *serials.changed < rrset.exchange->sent);
}

std::optional<Fault> zonemd_fault(const Context& context, const AddressFacts& address) {
  const ApexRrset& rrset = address.dnssec.zonemd;
  std::set<std::pair<std::uint8_t, std::uint8_t>> met;
  bool known = false;
  std::optional<std::uint32_t> other;
  for (const dns::Record* const record : rrset.view.records) {
    const Zonemd zonemd = read_zonemd(record->rdata);
    if (!met.emplace(zonemd.scheme, zonemd.hash).second) {
      return Fault{Severity::warning,
                   "has two ZONEMD records of one scheme and hash: no digest of that kind counts.",
                   rrset.exchange};
    }
    const std::size_t size = digest_size_of(zonemd);
    if (size != 0 && size != zonemd.digest_size) {
      return Fault{Severity::warning,
                   "has a ZONEMD record with a digest of the wrong length: whoever verifies the "
                   "zone refuses it.",
                   rrset.exchange};
    }
    known = known || size != 0;
    if (address.best->soa && zonemd.serial != address.best->soa->serial) other = zonemd.serial;
  }
  if (other && soa_is_of_the_same_time(context, address)) {
    return Fault{Severity::warning,
                 "has a ZONEMD record of the serial " + std::to_string(*other) +
                     ", and the zone's is " + std::to_string(address.best->soa->serial) +
                     ": the digest was not made anew with the zone, and whoever verifies copies "
                     "of it refuses them.",
                 rrset.exchange};
  }
  if (auto fault = signature_fault(address, rrset, ": the digest proves nothing.")) return fault;
  if (known) return std::nullopt;
  return Fault{Severity::info,
               "has ZONEMD records of schemes and hashes alone that nobody verifies.",
               rrset.exchange};
}

}  // namespace

void sec_cds_present(const Context& context, Findings& findings) {
  report(context, findings, [](const AddressFacts& address) -> std::optional<Told> {
    const ApexRrset& cds = address.dnssec.cds;
    const ApexRrset& cdnskey = address.dnssec.cdnskey;
    if (!address.dnssec.ds_wish || cds.exchange == nullptr || cdnskey.exchange == nullptr) {
      return std::nullopt;
    }
    if (cds.exists() == cdnskey.exists()) return good();
    return bad(Severity::notice,
               std::string(cds.exists() ? "has CDS records, but no CDNSKEY"
                                        : "has CDNSKEY records, but no CDS") +
                   ": a parent that looks for the other kind does nothing.",
               address.dnssec.ds_wish->from->exchange);
  });
}

void sec_cds_match_cdnskey(const Context& context, Findings& findings) {
  report_wishes(context, findings, [](const AddressFacts&, const DsWish& wish) {
    if (!wish.contradicts_itself) return good();
    return bad(Severity::warning,
               "has CDS and CDNSKEY records that do not stand for the same keys: a parent that "
               "reads both does nothing, others do this or that.",
               wish.from->exchange);
  });
}

void sec_cds_valid(const Context& context, Findings& findings) {
  report_wishes(context, findings, [&](const AddressFacts& address, const DsWish& wish) {
    for (const ApexRrset* const rrset : {&address.dnssec.cds, &address.dnssec.cdnskey}) {
      auto fault = signature_fault(address, *rrset, ": the parent must ignore them.");
      if (fault) return Told{std::move(fault)};
    }
    if (!wish.applied) return good();
    const std::string malformed = anchor_keys(wish.applied->anchors, is_malformed);
    if (!malformed.empty()) {
      return bad(Severity::warning,
                 "asks for a DS that is too short or too long for its digest, for " + malformed +
                     ": the parent ignores it or publishes nonsense.",
                 wish.from->exchange);
    }
    // Else sec-cds-continuity.
    if (!wish.applied->is_secure() || keys_changed_since(context, *wish.from)) return good();
    const std::string odd = anchor_keys(wish.applied->anchors, leads_nowhere);
    if (odd.empty()) return good();
    return bad(Severity::notice,
               "asks by " + wish_types(wish) + " for a DS of " + odd +
                   ", which does not sign the DNSKEY records, or is not published. That is so "
                   "while a rollover prepares it; else the DS would be of no use.",
               wish.from->exchange);
  });
}

void sec_cds_trust(const Context& context, Findings& findings) {
  report_wishes(context, findings, [](const AddressFacts&, const DsWish& wish) {
    if (wish.signed_by_entry.value_or(true)) return good();
    return bad(Severity::warning,
               "has " + wish_types(wish) +
                   " records that no key signs which a DS stands for: the parent must ignore "
                   "them. Sign them with the key signing key.",
               wish.from->exchange);
  });
}

void sec_cds_delete(const Context& context, Findings& findings) {
  const bool has_ds = context.facts.delegation.ds_records.value_or(0) != 0;
  report_wishes(context, findings, [has_ds](const AddressFacts&, const DsWish& wish) {
    if (wish.deletes_wrongly) {
      return bad(Severity::warning,
                 "asks its parent to delete the DS in a way that no parent follows: it must be "
                 "the one record, CDS 0 0 0 00 and CDNSKEY 0 3 0 AA==.",
                 wish.from->exchange);
    }
    if (!wish.deletes) return good();
    return bad(has_ds ? Severity::notice : Severity::info,
               has_ds ? "asks its parent to delete the DS: once that is done, nobody validates it "
                        "any more. Withdraw the record if that is not meant."
                      : "still asks its parent to delete the DS, which is done: the record can go.",
               wish.from->exchange);
  });
}

void sec_cds_pending(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.dnssec.cds_pending != true) return;
  const AddressFacts* example = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (example == nullptr && address.dnssec.ds_wish) example = &address;
  }
  const DsWish& wish = *example->dnssec.ds_wish;
  const dns::WallTime since = context.history.keys.cds_pending_since.value_or(facts.now);
  const double age = std::chrono::duration<double>(facts.now - since).count();
  const bool late = age > context.settings.thresholds.cds_pending;
  std::vector<std::string> keys;
  for (const KeyId& key : wish.keys) keys.push_back(key_text(key));
  findings.add(late ? Severity::warning : Severity::notice, about_zone(),
               "By " + wish_types(wish) + " records the zone asks its parent for " +
                   (wish.deletes ? "no DS at all" : "a DS of " + list_text(keys)) +
                   ", and the parent has another one, for " + duration_text(age) + " now" +
                   (late ? ". It seems not to look for these records: give it the DS by hand, or "
                           "the rollover waits for ever."
                         : "; parents look once a day or so."),
               command_for(wish.from->exchange), wish.from->exchange->sent);
}

void sec_cds_continuity(const Context& context, Findings& findings) {
  const bool care = context.facts.validators_care();
  report_wishes(context, findings, [&](const AddressFacts& address, const DsWish& wish) {
    if (!wish.applied || wish.applied->is_secure() || !is_sound(address)) return good();
    if (keys_changed_since(context, *wish.from)) return good();
    if (wish.applied->status == Status::insecure) {
      return bad(Severity::notice,
                 "asks for DS of algorithms and digests alone that are not widely supported: with "
                 "them validators take it for unsigned.",
                 wish.from->exchange);
    }
    return bad(care ? Severity::error : Severity::warning,
               "asks by " + wish_types(wish) +
                   " for DS records that lead to no key which signs it: a parent that follows "
                   "makes the zone bogus, and SERVFAIL to all validating resolvers; a careful one "
                   "does nothing. Withdraw or correct them at once.",
               wish.from->exchange);
  });
}

void sec_csync(const Context& context, Findings& findings) {
  report(context, findings, [](const AddressFacts& address) -> std::optional<Told> {
    if (!address.dnssec.csync.exists()) return std::nullopt;
    return Told{csync_fault(address)};
  });
}

void sec_zonemd(const Context& context, Findings& findings) {
  report(context, findings, [&context](const AddressFacts& address) -> std::optional<Told> {
    if (!address.dnssec.zonemd.exists()) return std::nullopt;
    return Told{zonemd_fault(context, address)};
  });
}

}  // namespace checks
