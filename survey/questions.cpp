#include "survey/questions.hpp"

#include <array>
#include <cassert>

namespace survey {
namespace {

using dns::OptionCode;
using dns::RRType;
using dns::Transport;

// In the order of QuestionId.
const std::array<QuestionSpec, 16>& table() {
  static const std::array<QuestionSpec, 16> specs{{
      {QuestionId::soa_udp,
       "soa_udp",
       Subject::apex,
       {RRType::soa},
       Transport::udp,
       Cadence::every_round,
       {},
       "Decides whether the server is up over UDP, and gives its RCODE, its serial and its "
       "response "
       "time; without options, so that no middlebox has a reason to interfere."},
      {QuestionId::soa_tcp,
       "soa_tcp",
       Subject::apex,
       {RRType::soa},
       Transport::tcp,
       Cadence::every_round,
       {},
       "The same over TCP, which every server must answer (RFC 7766)."},
      {QuestionId::ns,
       "ns",
       Subject::apex,
       {RRType::ns},
       Transport::udp,
       Cadence::every_round,
       {},
       "The child's own nameserver set, which is compared with the parent's, and who else to ask."},
      {QuestionId::dnskey,
       "dnskey",
       Subject::apex,
       {RRType::dnskey},
       Transport::udp,
       Cadence::every_round,
       {},
       "The zone's keys and their signatures, as this server gives them to validators."},
      {QuestionId::nonexistent,
       "nonexistent",
       Subject::random_name,
       {RRType::a},
       Transport::udp,
       Cadence::every_round,
       {},
       "How the server denies what does not exist: the RCODE, the SOA and the signed proof."},
      {QuestionId::options,
       "options",
       Subject::apex,
       {RRType::soa},
       Transport::udp,
       Cadence::slow,
       {OptionCode::nsid, OptionCode::expire, OptionCode::zoneversion, OptionCode::cookie},
       "Which instance answers (NSID), when its copy of the zone expires (EXPIRE), which version "
       "it "
       "serves (ZONEVERSION) and whether it knows cookies; a question of its own, so that a server "
       "that stumbles over options still counts as up."},
      {QuestionId::ns_address,
       "ns_address",
       Subject::in_domain_nameserver,
       {RRType::a, RRType::aaaa},
       Transport::udp,
       Cadence::slow,
       {},
       "The addresses of the zone's own nameserver names as each server gives them, which are "
       "compared with the glue."},
      {QuestionId::cds,
       "cds",
       Subject::apex,
       {RRType::cds},
       Transport::udp,
       Cadence::slow,
       {},
       "The DS records that the zone asks its parent for, as each server gives them."},
      {QuestionId::cdnskey,
       "cdnskey",
       Subject::apex,
       {RRType::cdnskey},
       Transport::udp,
       Cadence::slow,
       {},
       "The same as the keys that the DS records would stand for."},
      {QuestionId::csync,
       "csync",
       Subject::apex,
       {RRType::csync},
       Transport::udp,
       Cadence::slow,
       {},
       "What the zone asks its parent to copy into the delegation, as each server gives it."},
      {QuestionId::zonemd,
       "zonemd",
       Subject::apex,
       {RRType::zonemd},
       Transport::udp,
       Cadence::slow,
       {},
       "The digest of the zone that it publishes, as each server gives it."},
      {QuestionId::nodata,
       "nodata",
       Subject::apex,
       {RRType::cname},
       Transport::udp,
       Cadence::slow,
       {},
       "How the server denies a type at a name that exists: SOA, and the signed proof. An apex has "
       "SOA and NS, beside which no CNAME may stand (RFC 1034 section 3.6.2), and every server and "
       "middlebox has known the type from the beginning."},
      {QuestionId::nsec3param,
       "nsec3param",
       Subject::apex,
       {RRType::nsec3param},
       Transport::udp,
       Cadence::slow,
       {},
       "The parameters of NSEC3 that the zone publishes, which are compared with those in use."},
      {QuestionId::dsboot,
       "dsboot",
       Subject::elsewhere,
       {RRType::cds, RRType::cdnskey},
       Transport::udp,
       Cadence::slow,
       {},
       "Whether the operators of the nameservers vouch for the zone's first DS (RFC 9615); only of "
       "a zone that asks for one."},
      {QuestionId::dsync,
       "dsync",
       Subject::elsewhere,
       {RRType::dsync},
       Transport::udp,
       Cadence::slow,
       {},
       "Where the parent wants to hear of new CDS, CDNSKEY and CSYNC records (RFC 9859); only of a "
       "zone that has some."},
      {QuestionId::name_between,
       "name_between",
       Subject::name_between,
       {RRType::a},
       Transport::udp,
       Cadence::slow,
       {},
       "Names on the way to a nameserver's name or a sentinel, which exist though most have no "
       "records of their own (empty non-terminals): how the server says that, and the signed "
       "proof. Resolvers that minimise query names ask so (RFC 9156 section 2.1)."},
  }};
  return specs;
}

}  // namespace

std::span<const QuestionSpec> questions() {
  return table();
}

std::string_view to_text(QuestionId id) {
  const auto index = static_cast<std::size_t>(id);
  assert(index < table().size());
  return table()[index].name;
}

}  // namespace survey
