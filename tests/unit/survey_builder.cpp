// The healthy world: what its servers say, and the names and servers of its survey.
#include "tests/unit/survey_builder.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <set>

#include "tests/unit/message_builder.hpp"

namespace tests {

namespace {

using dns::RRType;
using survey::QuestionId;

// RFC 4034 section 4.1.2, of types below 256.
dns::Bytes type_bitmap(const std::set<RRType>& types) {
  dns::Bytes bits;
  for (const RRType type : types) {
    const auto number = static_cast<std::size_t>(type);
    bits.resize(std::max(bits.size(), number / 8 + 1));
    bits[number / 8] |= static_cast<std::uint8_t>(0x80U >> (number % 8));
  }
  return Octets().u8(0).u8(static_cast<unsigned>(bits.size())).raw(bits);
}

// What a server with the world's data says.
class Author {
 public:
  explicit Author(const World& world) : world_(world), zone_(name(world.zone)) {}

  std::shared_ptr<const dns::Exchange> ask(const std::string& address, const dns::Name& qname,
                                           RRType type, dns::Transport transport) const {
    auto message = std::make_shared<dns::Message>();
    message->qr = true;
    message->aa = true;
    message->question = dns::QuestionSection{qname, type, dns::RRClass::in};
    message->edns = dns::Edns{1232, 0, true, 0, {}};
    if (qname == zone_) {
      answer_apex(*message, type);
    } else if (!answer_host(*message, qname, type)) {
      deny(*message);
    }
    auto exchange = std::make_shared<dns::Exchange>();
    exchange->question.qname = qname;
    exchange->question.qtype = type;
    exchange->server = {ip(address), 53};
    exchange->transport = transport;
    exchange->outcome = dns::Outcome::answered;
    exchange->attempts = 1;
    exchange->sent = world_.now - std::chrono::seconds(1);
    exchange->elapsed = std::chrono::milliseconds(transport == dns::Transport::udp ? 20 : 45);
    exchange->response = std::move(message);
    return exchange;
  }

  void sign(std::vector<dns::Record>& section, const dns::Name& owner, RRType covered) const {
    if (!world_.is_signed) return;
    const auto now = static_cast<std::int64_t>(seconds_of(world_.now));
    section.push_back(
        record(owner, RRType::rrsig,
               rrsig_rdata(covered, zone_, static_cast<std::uint32_t>(now - world_.signature_age),
                           static_cast<std::uint32_t>(now + world_.signature_left))));
  }

 private:
  void answer_apex(dns::Message& message, RRType type) const {
    std::vector<dns::Record>& section = message.answer;
    if (type == RRType::soa) section.push_back(record(zone_, type, soa_rdata(world_.soa)));
    if (type == RRType::ns) {
      for (const World::Host& host : world_.hosts) {
        section.push_back(record(zone_, type, name_rdata(name(host.name))));
      }
    }
    if (type == RRType::dnskey && world_.is_signed) {
      section.push_back(ksk_record(zone_));
      section.push_back(zsk_record(zone_));
    }
    for (const dns::Record& one : world_.rare) {
      if (one.type == type) section.push_back(one);
    }
    if (section.empty()) {
      deny_type(message, zone_, apex_types());
    } else {
      sign(section, zone_, type);
    }
  }

  bool answer_host(dns::Message& message, const dns::Name& qname, RRType type) const {
    for (const World::Host& host : world_.hosts) {
      if (name(host.name) != qname) continue;
      for (const std::string& text : host.addresses) {
        const dns::IpAddress address = ip(text);
        const bool is_a = address.family() == dns::Family::ipv4;
        if (is_a != (type == RRType::a)) continue;
        message.answer.push_back(record(qname, type, address_rdata(address)));
      }
      if (message.answer.empty()) {
        deny_type(message, qname, {type == RRType::a ? RRType::aaaa : RRType::a});
      } else {
        sign(message.answer, qname, type);
      }
      return true;
    }
    return false;
  }

  void deny(dns::Message& message) const {
    message.rcode = dns::Rcode::nxdomain;
    deny_type(message, zone_, apex_types());
  }

  std::set<RRType> apex_types() const {
    std::set<RRType> types{RRType::soa, RRType::ns, RRType::dnskey};
    for (const dns::Record& one : world_.rare) types.insert(one.type);
    return types;
  }

  // SOA, and an NSEC record with these types and its own up to a name just behind the owner's; of
  // the apex up to the first nameserver.
  void deny_type(dns::Message& message, const dns::Name& owner, std::set<RRType> types) const {
    add_soa(message);
    if (!world_.is_signed) return;
    types.insert({RRType::rrsig, RRType::nsec});
    const dns::Name next = *owner.prefixed(owner == zone_ ? "ns1" : "a");
    message.authority.push_back(
        record(owner, RRType::nsec, Octets().raw(name_rdata(next)).raw(type_bitmap(types))));
    sign(message.authority, owner, RRType::nsec);
  }

  void add_soa(dns::Message& message) const {
    message.authority.push_back(record(zone_, RRType::soa, soa_rdata(world_.soa)));
    sign(message.authority, zone_, RRType::soa);
  }

  const World& world_;
  dns::Name zone_;
};

survey::Answer made(QuestionId id, std::shared_ptr<const dns::Exchange> exchange,
                    bool carried_over = false) {
  survey::Answer answer;
  answer.id = id;
  answer.exchange.first = std::move(exchange);
  answer.carried_over = carried_over;
  return answer;
}

survey::AddressObservation observe(const World& world, const Author& author,
                                   const std::string& address) {
  const dns::Name zone = name(world.zone);
  const auto udp = dns::Transport::udp;
  survey::AddressObservation seen;
  seen.address = ip(address);
  seen.answers.push_back(made(QuestionId::soa_udp, author.ask(address, zone, RRType::soa, udp)));
  seen.answers.push_back(
      made(QuestionId::soa_tcp, author.ask(address, zone, RRType::soa, dns::Transport::tcp)));
  seen.answers.push_back(made(QuestionId::ns, author.ask(address, zone, RRType::ns, udp)));
  seen.answers.push_back(made(QuestionId::dnskey, author.ask(address, zone, RRType::dnskey, udp)));
  seen.answers.push_back(made(QuestionId::nonexistent,
                              author.ask(address, *zone.prefixed(kMissingLabel), RRType::a, udp)));
  seen.answers.push_back(
      made(QuestionId::options, author.ask(address, zone, RRType::soa, udp), true));
  for (const World::Host& host : world.hosts) {
    const dns::Name host_name = name(host.name);
    if (!host_name.is_at_or_below(zone)) continue;
    for (const RRType type : {RRType::a, RRType::aaaa}) {
      seen.answers.push_back(
          made(QuestionId::ns_address, author.ask(address, host_name, type, udp), true));
    }
  }
  if (world.ask_rare || !world.rare.empty()) {
    for (const auto& [id, type] :
         {std::pair(QuestionId::cds, RRType::cds), std::pair(QuestionId::cdnskey, RRType::cdnskey),
          std::pair(QuestionId::csync, RRType::csync),
          std::pair(QuestionId::zonemd, RRType::zonemd)}) {
      seen.answers.push_back(made(id, author.ask(address, zone, type, udp)));
    }
  }
  seen.answers.push_back(
      made(QuestionId::nodata, author.ask(address, zone, RRType::cname, udp), true));
  seen.answers.push_back(
      made(QuestionId::nsec3param, author.ask(address, zone, RRType::nsec3param, udp), true));
  seen.queries_udp = 4;
  seen.queries_tcp = 1;
  return seen;
}

dns::Resolution resolution(const World& world, const World::Host& host, RRType type) {
  dns::Resolution resolved;
  resolved.name = name(host.name);
  resolved.type = type;
  resolved.result = dns::ResolutionResult::nodata;
  if (!resolved.name.is_root()) resolved.closest_zone = resolved.name.parent();
  resolved.observed = world.now;
  auto last = std::make_shared<dns::Exchange>();
  last->question.qname = resolved.name;
  last->question.qtype = type;
  last->server = {ip("203.0.113.53"), 53};
  resolved.last = std::move(last);
  for (const std::string& text : host.addresses) {
    const dns::IpAddress address = ip(text);
    if ((address.family() == dns::Family::ipv4) != (type == RRType::a)) continue;
    resolved.result = dns::ResolutionResult::ok;
    resolved.records.push_back(record(resolved.name, type, address_rdata(address)));
  }
  return resolved;
}

void sort_servers(survey::Survey& survey) {
  std::sort(survey.nameservers.begin(), survey.nameservers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::sort(survey.servers.begin(), survey.servers.end(), [&](const auto& a, const auto& b) {
    if (a.nameserver != b.nameserver) return a.nameserver < b.nameserver;
    return survey.addresses[a.address].address < survey.addresses[b.address].address;
  });
}

}  // namespace

// ---- the healthy world ----

World::World() {
  soa.mname = name("ns1.example.test");
  soa.rname = name("hostmaster.example.test");
  soa.serial = 2026112201;
  soa.refresh = 14400;
  soa.retry = 3600;
  soa.expire = 1209600;
  soa.minimum = 3600;
}

survey::Survey World::build() const {
  survey::Survey survey;
  survey.zone = name(zone);
  survey.started = now - std::chrono::seconds(2);
  survey.finished = now;
  survey.duration = std::chrono::milliseconds(1500);
  delegate(survey);
  const Author author(*this);
  std::set<dns::IpAddress> addresses;
  for (const Host& host : hosts) {
    for (const std::string& address : host.addresses) addresses.insert(ip(address));
  }
  for (const dns::IpAddress& address : addresses) {
    survey.addresses.push_back(observe(*this, author, address.to_text()));
  }
  for (const Host& host : hosts) {
    survey::Nameserver nameserver;
    nameserver.name = name(host.name);
    nameserver.in_parent = true;
    nameserver.in_child = true;
    nameserver.a = resolution(*this, host, RRType::a);
    nameserver.aaaa = resolution(*this, host, RRType::aaaa);
    const bool in_domain = nameserver.name.is_at_or_below(survey.zone);
    for (const std::string& text : host.addresses) {
      const dns::IpAddress address = ip(text);
      if (in_domain) nameserver.glue.push_back(address);
      survey::Server server;
      server.nameserver = nameserver.name;
      server.address =
          static_cast<std::size_t>(std::distance(addresses.begin(), addresses.find(address)));
      server.from_glue = in_domain;
      server.from_resolution = true;
      survey.servers.push_back(server);
    }
    survey.nameservers.push_back(std::move(nameserver));
  }
  sort_servers(survey);
  return survey;
}

// ---- finding things ----

survey::AddressObservation& address(survey::Survey& survey, std::string_view text) {
  for (survey::AddressObservation& seen : survey.addresses) {
    if (seen.address == ip(text)) return seen;
  }
  assert(false && "no such address in the survey");
  std::abort();
}

survey::Answer& answer(survey::Survey& survey, std::string_view text, QuestionId id) {
  for (survey::Answer& found : address(survey, text).answers) {
    if (found.id == id) return found;
  }
  assert(false && "no such answer in the survey");
  std::abort();
}

survey::Nameserver& nameserver(survey::Survey& survey, std::string_view text) {
  for (survey::Nameserver& found : survey.nameservers) {
    if (found.name == name(text)) return found;
  }
  assert(false && "no such nameserver in the survey");
  std::abort();
}

survey::Server& server(survey::Survey& survey, std::string_view host, std::string_view text) {
  for (survey::Server& found : survey.servers) {
    if (found.nameserver == name(host) && survey.addresses[found.address].address == ip(text)) {
      return found;
    }
  }
  assert(false && "no such server in the survey");
  std::abort();
}

// ---- names and their addresses ----

void add_nameserver(survey::Survey& survey, std::string_view host,
                    const std::vector<std::string>& addresses, bool in_parent, bool in_child) {
  survey::Nameserver added;
  added.name = name(host);
  added.in_parent = in_parent;
  added.in_child = in_child;
  World world;
  world.now = survey.finished;
  const World::Host as_host{std::string(host), addresses};
  added.a = resolution(world, as_host, RRType::a);
  added.aaaa = resolution(world, as_host, RRType::aaaa);
  survey.nameservers.push_back(added);
  for (const std::string& text : addresses) {
    const auto known = std::find_if(survey.addresses.begin(), survey.addresses.end(),
                                    [&](const auto& seen) { return seen.address == ip(text); });
    survey::Server added_server;
    added_server.nameserver = added.name;
    added_server.address = static_cast<std::size_t>(known - survey.addresses.begin());
    added_server.from_resolution = true;
    if (known == survey.addresses.end()) {
      survey::AddressObservation copy = survey.addresses.front();
      copy.address = ip(text);
      for (survey::Answer& found : copy.answers) {
        edit(found.exchange.first,
             [&](dns::Exchange& exchange, dns::Message&) { exchange.server.address = ip(text); });
      }
      survey.addresses.push_back(std::move(copy));
    }
    survey.servers.push_back(added_server);
  }
  sort_servers(survey);
}

void set_resolution(survey::Survey& survey, std::string_view host, dns::ResolutionResult result,
                    std::string_view closest_zone) {
  survey::Nameserver& found = nameserver(survey, host);
  for (dns::Resolution* resolved : {&found.a, &found.aaaa}) {
    resolved->result = result;
    resolved->records.clear();
    resolved->closest_zone = name(closest_zone);
  }
  for (survey::Server& of : survey.servers) {
    if (of.nameserver == found.name) of.from_resolution = false;
  }
}

}  // namespace tests
