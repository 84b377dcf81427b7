// Healthy surveys made by hand, and the means to break one thing in them.
//
// The healthy zone is example.test, signed and with a DS at its parent test: three nameservers in
// the zone itself, each with an IPv4 and an IPv6 address, every question of a round answered well.
// Faults change copies of the exchanges, so that one survey can be broken in several ways.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "checks/judge.hpp"
#include "survey/survey.hpp"
#include "tests/unit/survey_signing.hpp"

namespace tests {

inline dns::Name name(std::string_view text) {
  return *dns::Name::from_text(text);
}
inline dns::IpAddress ip(std::string_view text) {
  return *dns::IpAddress::from_text(text);
}

/// When all surveys are judged: 2026-11-22 16:00 UTC.
inline constexpr dns::WallTime kNow{std::chrono::sys_days{std::chrono::year(2026) / 11 / 22} +
                                    std::chrono::hours(16)};

/// The first label of the name that every server is asked for and that does not exist.
inline constexpr std::string_view kMissingLabel = "k3v9x0a7q2m5z8c1";

/// What the healthy zone is made of; change before calling build().
struct World {
  std::string zone = "example.test";
  std::string parent = "test";
  struct Host {
    std::string name;
    std::vector<std::string> addresses;
  };
  std::vector<Host> hosts = {{"ns1.example.test", {"192.0.2.1", "2001:db8::1"}},
                             {"ns2.example.test", {"192.0.2.2", "2001:db8::2"}},
                             {"ns3.example.test", {"192.0.2.3", "2001:db8::3"}}};
  std::vector<Host> parent_hosts = {{"a.nic.test", {"198.51.100.1"}},
                                    {"b.nic.test", {"198.51.100.2"}}};
  bool is_signed = true;
  bool ds = true;
  dns::Soa soa;
  /// CDS, CDNSKEY, CSYNC and ZONEMD at the apex. Servers are asked for these when there is any, or
  /// when `ask_rare` says so.
  std::vector<dns::Record> rare;
  bool ask_rare = false;
  std::int64_t signature_age = 5 * 86400;   ///< seconds since inception
  std::int64_t signature_left = 9 * 86400;  ///< seconds until expiration
  dns::WallTime now = kNow;

  World();
  survey::Survey build() const;

 private:
  void delegate(survey::Survey& survey) const;
};

inline survey::Survey healthy() {
  return World().build();
}

// ---- RDATA ----

dns::Bytes soa_rdata(const dns::Soa& soa);
dns::Bytes name_rdata(const dns::Name& name);
dns::Bytes address_rdata(const dns::IpAddress& address);
dns::Bytes rrsig_rdata(dns::RRType covered, const dns::Name& signer, std::uint32_t inception,
                       std::uint32_t expiration, std::uint16_t key_tag = kUnsignedTag);
dns::Record record(const dns::Name& owner, dns::RRType type, dns::Bytes rdata,
                   std::uint32_t ttl = 3600);
/// As the dates of signatures count: seconds since 1970.
std::uint32_t seconds_of(dns::WallTime time);

// ---- finding things ----

/// The answer of an address to a question; asserts that there is one.
survey::Answer& answer(survey::Survey& survey, std::string_view address, survey::QuestionId id);
survey::AddressObservation& address(survey::Survey& survey, std::string_view address);
survey::Nameserver& nameserver(survey::Survey& survey, std::string_view name);
survey::Server& server(survey::Survey& survey, std::string_view name, std::string_view address);

// ---- breaking things ----

/// Replaces the exchange by a changed copy with a response of its own.
void edit(std::shared_ptr<const dns::Exchange>& exchange,
          const std::function<void(dns::Exchange&, dns::Message&)>& change);

/// Ends the SOA question over the transport without an answer; over UDP the other questions of the
/// round go away too, as in a real survey.
void silence(survey::Survey& survey, std::string_view address, dns::Transport transport,
             dns::Outcome outcome = dns::Outcome::timeout);
/// Over both transports.
void silence(survey::Survey& survey, std::string_view address);
/// Over both transports, at every address.
void silence_all(survey::Survey& survey);

/// Changes every answered exchange of the address over the transport.
void edit_all(survey::Survey& survey, std::string_view address, dns::Transport transport,
              const std::function<void(dns::Exchange&, dns::Message&)>& change);
/// Error answers over both transports: the sections are emptied, AA is taken away.
void set_rcode(survey::Survey& survey, std::string_view address, dns::Rcode rcode);
void set_rcode(survey::Survey& survey, std::string_view address, dns::Transport transport,
               dns::Rcode rcode);

/// Changes the SOA that the address gives, over both transports.
void edit_soa(survey::Survey& survey, std::string_view address,
              const std::function<void(dns::Soa&)>& change);
void edit_every_soa(survey::Survey& survey, const std::function<void(dns::Soa&)>& change);
void set_serial(survey::Survey& survey, std::string_view address, std::uint32_t serial);

/// Changes the NS set that the address gives.
void set_ns(survey::Survey& survey, std::string_view address, std::vector<std::string> names);

/// Takes away all DNSSEC records.
void unsign(survey::Survey& survey, std::string_view address);
/// Sets the dates of the address's signatures, in seconds from the survey's end; of one covered
/// type, or of all.
void set_signatures(survey::Survey& survey, std::string_view address, std::int64_t inception,
                    std::int64_t expiration, std::optional<dns::RRType> covered = {});
void set_every_signature(survey::Survey& survey, std::int64_t inception, std::int64_t expiration,
                         std::optional<dns::RRType> covered = {});

/// Changes what the parent server says: the referral's names and glue.
void set_referral(survey::Survey& survey, std::string_view parent_address,
                  const std::map<std::string, std::vector<std::string>>& names_and_glue);
/// Makes all parent servers give this referral.
void set_every_referral(survey::Survey& survey,
                        const std::map<std::string, std::vector<std::string>>& names_and_glue);
/// Makes all parent servers answer so, without AA bits changed: NXDOMAIN with the parent's SOA.
void undelegate(survey::Survey& survey, dns::Rcode rcode);

/// Adds a nameserver with its servers, that answer as the first address does. Addresses that are
/// there already are shared.
void add_nameserver(survey::Survey& survey, std::string_view name,
                    const std::vector<std::string>& addresses, bool in_parent, bool in_child);

/// Sets how a name's resolution ended for both families, without addresses.
void set_resolution(survey::Survey& survey, std::string_view name, dns::ResolutionResult result,
                    std::string_view closest_zone);

/// An exchange whose response has these records as its answer, with authority; without a question.
std::shared_ptr<const dns::Exchange> exchange_with(std::vector<dns::Record> answer);

// ---- judging ----

/// Signs a copy of the survey and judges it.
checks::Judgement judge(survey::Survey survey, const checks::History& history,
                        const checks::ZoneSettings& settings, dns::WallTime now);

/// One look without history, as `check` judges.
std::shared_ptr<const checks::ZoneReport> judge_once(const survey::Survey& survey,
                                                     checks::ZoneSettings settings = {});

/// Round after round, as the daemon judges.
class Rounds {
 public:
  checks::ZoneSettings settings;
  dns::WallTime now = kNow;
  checks::History history;

  /// Moves the survey to the present, judges it, keeps the history, and lets `step` pass.
  std::shared_ptr<const checks::ZoneReport> round(
      survey::Survey survey, std::chrono::seconds step = std::chrono::seconds(60));
};

/// Moves all times of a survey by this much, with the dates of signatures.
void shift(survey::Survey& survey, std::chrono::milliseconds by);

const checks::Finding* find(const checks::ZoneReport& report, std::string_view check);
const checks::Finding* find(const checks::ZoneReport& report, std::string_view check,
                            std::string_view nameserver, std::string_view address = {});
/// "error del-lame" of every finding above notice, sorted, without repeats.
std::vector<std::string> serious(const checks::ZoneReport& report);

}  // namespace tests
