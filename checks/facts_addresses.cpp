// Facts about single addresses: what each answered, over which transport, with what content.
#include <algorithm>

#include "checks/evidence.hpp"
#include "checks/facts.hpp"
#include "checks/read_once.hpp"

namespace checks {

namespace {

using dns::Outcome;
using dns::ResponseKind;
using dns::RRType;
using survey::QuestionId;

template <typename T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// The exchange whose answer counts, or null.
const dns::Exchange* decisive(const dns::FollowedExchange& followed) {
  if (followed.tcp) return followed.tcp.get();
  return followed.first.get();
}

const dns::Exchange* answered(const survey::Answer* answer) {
  if (answer == nullptr) return nullptr;
  const dns::Exchange* exchange = decisive(answer->exchange);
  return exchange != nullptr && exchange->answered() ? exchange : nullptr;
}

ResponseKind kind_of(const dns::Exchange& exchange, const dns::Name& zone) {
  return dns::classify(*exchange.response, exchange.question, zone);
}

ServerResult result_of_answer(const dns::Exchange& exchange, const dns::Name& zone,
                              std::size_t soa_records) {
  switch (exchange.response->rcode) {
    case dns::Rcode::noerror:
      break;
    case dns::Rcode::servfail:
      return ServerResult::servfail;
    case dns::Rcode::refused:
      return ServerResult::refused;
    case dns::Rcode::nxdomain:
      return ServerResult::nxdomain;
    default:
      return ServerResult::other_rcode;
  }
  switch (kind_of(exchange, zone)) {
    case ResponseKind::answer:
      return soa_records != 0 ? ServerResult::ok : ServerResult::no_soa;
    case ResponseKind::nodata:
      return ServerResult::no_soa;
    case ResponseKind::referral:
    case ResponseKind::upward_referral:
      return ServerResult::referral;
    case ResponseKind::nxdomain:
      return ServerResult::nxdomain;
    case ResponseKind::lame:
      return ServerResult::not_authoritative;
    case ResponseKind::error:
      return ServerResult::other_rcode;
  }
  return ServerResult::other_rcode;
}

ServerResult result_without_answer(Outcome outcome) {
  switch (outcome) {
    case Outcome::timeout:
      return ServerResult::timeout;
    case Outcome::refused:
    case Outcome::reset:
    case Outcome::closed:
      return ServerResult::connection_failed;
    case Outcome::unreachable:
      return ServerResult::unreachable;
    case Outcome::malformed:
    case Outcome::mismatched:
      return ServerResult::malformed;
    case Outcome::answered:
    case Outcome::forbidden:
    case Outcome::not_asked:
    case Outcome::cancelled:
      return ServerResult::not_asked;
  }
  return ServerResult::not_asked;
}

std::string detail_of(const TransportFacts& facts) {
  switch (facts.result) {
    case ServerResult::ok:
      return "authoritative";
    case ServerResult::not_authoritative:
      return "answers without authority (no AA)";
    case ServerResult::referral:
      return "referral instead of an answer";
    case ServerResult::truncated:
      return "truncated over UDP, and no answer over TCP";
    case ServerResult::no_soa:
      return "authoritative, but without the zone's SOA";
    case ServerResult::malformed: {
      const std::string drops = drops_text(facts.exchange->drops);
      return drops.empty() ? outcome_text(*facts.exchange) : "only " + drops;
    }
    default:
      return facts.exchange == nullptr ? "not asked" : outcome_text(*facts.exchange);
  }
}

void read_soa_answer(TransportFacts& facts, const dns::Exchange& exchange, const dns::Name& zone) {
  const dns::Message& message = *exchange.response;
  facts.rcode = message.rcode;
  for (const dns::Record& record : message.answer) {
    if (record.rrclass != dns::RRClass::in) continue;
    if (record.owner == zone && record.type == RRType::cname) facts.apex_cname = true;
    if (record.type != RRType::soa) continue;
    if (record.owner != zone) {
      facts.foreign_soa = true;
      continue;
    }
    std::optional<dns::Soa> soa = dns::parse_soa(record.rdata);
    if (!soa) continue;
    ++facts.soa_records;
    if (facts.soa) continue;
    facts.soa = std::move(soa);
    facts.soa_ttl = record.ttl;
  }
  facts.result = result_of_answer(exchange, zone, facts.soa_records);
  if (!facts.up()) facts.soa.reset();
}

TransportFacts transport_facts(const survey::AddressObservation& seen, const survey::Survey& survey,
                               dns::Transport transport) {
  TransportFacts facts;
  const bool udp = transport == dns::Transport::udp;
  facts.queries = udp ? seen.queries_udp : seen.queries_tcp;
  facts.timeouts = udp ? seen.timeouts_udp : seen.timeouts_tcp;
  facts.vantage_usable = survey.vantage.of(seen.address.family(), transport) != survey::Usable::no;
  const survey::Answer* answer = seen.find(udp ? QuestionId::soa_udp : QuestionId::soa_tcp);
  if (!seen.may_ask) {
    facts.detail = "address not allowed by the configuration";
    return facts;
  }
  if (!facts.vantage_usable) {
    facts.detail = "not judged: this vantage cannot use " +
                   std::string(seen.address.family() == dns::Family::ipv4 ? "IPv4" : "IPv6") +
                   " over " + (udp ? "UDP" : "TCP");
    return facts;
  }
  if (answer == nullptr || answer->exchange.first == nullptr) {
    facts.detail = "not asked";
    return facts;
  }
  const dns::Exchange& first = *answer->exchange.first;
  const dns::Exchange& last = answer->exchange.final();
  facts.first_attempt_lost = first.answered() && first.attempts_timed_out != 0;
  if (first.answered() && first.response->tc && first.response->rcode == dns::Rcode::noerror &&
      udp && !(answer->exchange.tcp && last.answered())) {
    facts.exchange = &last;
    facts.rcode = first.response->rcode;
    facts.result = ServerResult::truncated;
  } else {
    facts.exchange = &last;
    if (last.answered()) {
      facts.response_time = &first == &last ? last.elapsed : first.elapsed + last.elapsed;
      read_soa_answer(facts, last, survey.zone);
    } else {
      facts.result = result_without_answer(last.outcome);
    }
  }
  facts.detail = detail_of(facts);
  return facts;
}

void count_within_limits(AddressFacts& facts, const Thresholds& thresholds) {
  const auto count = [&](const std::shared_ptr<const dns::Exchange>& exchange) {
    if (!exchange || !exchange->answered()) return;
    const bool udp = exchange->transport == dns::Transport::udp;
    const double limit = udp ? thresholds.response_time_udp : thresholds.response_time_tcp;
    if (dns::to_seconds(exchange->elapsed) <= limit) {
      ++facts.transports[static_cast<std::size_t>(exchange->transport)].within_limit;
    }
  };
  for (const survey::Answer& answer : facts.seen->answers) {
    if (answer.carried_over) continue;
    count(answer.exchange.first);
    count(answer.exchange.tcp);
  }
}

// ---- content ----

using Names = std::vector<dns::Name>;
using Rdatas = std::vector<dns::Bytes>;

// What the addresses of a zone say in the same words.
struct AnswersRead {
  ReadOnce<Names> ns;
  ReadOnce<Rdatas> dnskeys;
};

class AddressReader {
 public:
  AddressReader(AddressFacts& facts, const Facts& all, AnswersRead& once)
      : facts_(facts), all_(all), once_(once) {}

  void read() {
    read_ns();
    read_dnskey();
    read_negative();
    read_options();
    for (const survey::Answer& answer : facts_.seen->answers) {
      if (answer.id == QuestionId::ns_address) read_own_address(answer);
      if (answer.id == QuestionId::name_between) read_passed_name(answer);
    }
  }

 private:
  const dns::Name& zone() const { return all_.survey.zone; }

  void read_ns() {
    const survey::Answer* answer = facts_.seen->find(QuestionId::ns);
    const dns::Exchange* exchange = answered(answer);
    if (exchange == nullptr) return;
    facts_.ns_exchange = exchange;
    if (exchange->response->tc) return;  // no retry over TCP: what is there may not be all
    const ResponseKind kind = kind_of(*exchange, zone());
    if (kind == ResponseKind::nodata || kind == ResponseKind::nxdomain) {
      facts_.ns = std::make_shared<const Names>();
    }
    if (kind != ResponseKind::answer) return;
    facts_.ns = once_.ns.of(*exchange->response, 0, [this](const dns::Message& response) {
      Names names;
      for (const dns::Record* record : dns::find_records(response.answer, zone(), RRType::ns)) {
        if (names.size() == dns::kMaxNameserversPerZone) break;
        if (std::optional<dns::Name> name = dns::parse_name_rdata(record->rdata)) {
          names.push_back(name->lowered());
        }
      }
      sort_unique(names);
      return names;
    });
  }

  void read_dnskey() {
    const survey::Answer* answer = facts_.seen->find(QuestionId::dnskey);
    const dns::Exchange* exchange = answered(answer);
    if (exchange == nullptr) return;
    facts_.dnskey_exchange = exchange;
    if (exchange->response->tc) return;
    const ResponseKind kind = kind_of(*exchange, zone());
    if (kind == ResponseKind::nodata) facts_.dnskeys = std::make_shared<const Rdatas>();
    if (kind != ResponseKind::answer) return;
    facts_.dnskeys = once_.dnskeys.of(*exchange->response, 0, [this](const dns::Message& response) {
      Rdatas keys;
      for (const dns::Record* record : dns::find_records(response.answer, zone(), RRType::dnskey)) {
        keys.push_back(record->rdata);
      }
      sort_unique(keys);
      return keys;
    });
  }

  void read_negative() {
    const survey::Answer* answer = facts_.seen->find(QuestionId::nonexistent);
    const dns::Exchange* exchange = answered(answer);
    if (exchange == nullptr) return;
    const dns::Message& message = *exchange->response;
    NegativeFacts& negative = facts_.negative;
    negative.exchange = exchange;
    negative.aa = message.aa;
    for (const dns::Record* record : dns::find_records(message.authority, zone(), RRType::soa)) {
      const std::optional<dns::Soa> soa = dns::parse_soa(record->rdata);
      if (!soa) continue;
      negative.soa = true;
      negative.soa_ttl = record->ttl;
      negative.soa_minimum = soa->minimum;
    }
    negative.kind = negative_kind(*exchange);
  }

  NegativeKind negative_kind(const dns::Exchange& exchange) const {
    const dns::Message& message = *exchange.response;
    const dns::Name& qname = exchange.question.qname;
    if (message.rcode != dns::Rcode::noerror && message.rcode != dns::Rcode::nxdomain) {
      return NegativeKind::error;
    }
    if (!dns::find_records(message.answer, zone(), RRType::dname).empty()) {
      return NegativeKind::dname;
    }
    // An alias that leads to a name that does not exist makes it NXDOMAIN (RFC 6604 section 3).
    if (message.aa && !dns::find_records(message.answer, qname, RRType::cname).empty()) {
      return NegativeKind::wildcard;
    }
    switch (kind_of(exchange, zone())) {
      case ResponseKind::answer:
        return NegativeKind::wildcard;
      case ResponseKind::nxdomain:
        return NegativeKind::nxdomain;
      case ResponseKind::nodata:
        return dns::find_records(message.authority, qname, RRType::nsec).empty()
                   ? NegativeKind::nodata
                   : NegativeKind::compact;
      case ResponseKind::error:
        return NegativeKind::error;
      case ResponseKind::referral:
      case ResponseKind::upward_referral:
      case ResponseKind::lame:
        return NegativeKind::lame;
    }
    return NegativeKind::unknown;
  }

  void read_options() {
    const survey::Answer* answer = facts_.seen->find(QuestionId::options);
    const dns::Exchange* exchange = answered(answer);
    if (exchange == nullptr || !exchange->response->edns) return;
    const std::optional<std::uint32_t> expire = exchange->response->edns->expire();
    if (!expire) return;
    facts_.expire_option = *expire;
    facts_.expire_option_age =
        static_cast<double>(all_.now_seconds() - all_.told_at(answer, *exchange));
  }

  void read_own_address(const survey::Answer& answer) {
    const dns::Exchange* exchange = answered(&answer);
    if (exchange == nullptr) return;
    OwnAddressAnswer own;
    own.name = exchange->question.qname;
    own.type = exchange->question.qtype;
    own.kind = kind_of(*exchange, zone());
    own.exchange = exchange;
    for (const dns::Record& record : exchange->response->answer) {
      if (record.type != own.type || record.rrclass != dns::RRClass::in) continue;
      if (const auto address = dns::parse_address(record.type, record.rdata)) {
        own.addresses.push_back(*address);
      }
    }
    facts_.own_addresses.push_back(std::move(own));
  }

  // An alias there leads elsewhere: its RCODE tells of the other end (RFC 6604 section 3).
  void read_passed_name(const survey::Answer& answer) {
    const dns::Exchange* exchange = answered(&answer);
    if (exchange == nullptr) return;
    const dns::Message& message = *exchange->response;
    const bool alias = message.aa && !message.answer.empty();
    const ResponseKind kind = alias ? ResponseKind::answer : kind_of(*exchange, zone());
    facts_.passed_names.push_back({exchange->question.qname, kind, exchange});
  }

  AddressFacts& facts_;
  const Facts& all_;
  AnswersRead& once_;
};

}  // namespace

bool TransportFacts::lame() const {
  switch (result) {
    case ServerResult::servfail:
    case ServerResult::refused:
    case ServerResult::nxdomain:
    case ServerResult::not_authoritative:
    case ServerResult::referral:
      return true;
    case ServerResult::other_rcode:
      return rcode == dns::Rcode::notauth;
    default:
      return false;
  }
}

void derive_address_facts(Facts& facts, const ZoneSettings& settings) {
  AnswersRead once;
  facts.addresses.resize(facts.survey.addresses.size());
  for (std::size_t i = 0; i < facts.addresses.size(); ++i) {
    AddressFacts& address = facts.addresses[i];
    address.seen = &facts.survey.addresses[i];
    for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
      address.transports[static_cast<std::size_t>(transport)] =
          transport_facts(*address.seen, facts.survey, transport);
    }
    count_within_limits(address, settings.thresholds);
    for (const TransportFacts& transport : address.transports) {
      if (address.best == nullptr && transport.up()) address.best = &transport;
    }
    if (address.up()) AddressReader(address, facts, once).read();
  }
}

}  // namespace checks
