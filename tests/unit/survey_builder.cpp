#include "tests/unit/survey_builder.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "checks/text.hpp"
#include "tests/unit/message_builder.hpp"

namespace tests {

namespace {

using dns::RRType;
using survey::QuestionId;

std::uint32_t seconds_of(dns::WallTime time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

dns::Bytes dnskey_rdata(unsigned flags, unsigned filler) {
  return Octets().u16(flags).u8(3).u8(13).fill(64, filler);
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
      deny(*message, qname);
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
      section.push_back(record(zone_, type, dnskey_rdata(257, 1)));
      section.push_back(record(zone_, type, dnskey_rdata(256, 2)));
    }
    if (section.empty()) {
      add_soa(message);
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
        add_soa(message);
      } else {
        sign(message.answer, qname, type);
      }
      return true;
    }
    return false;
  }

  void deny(dns::Message& message, const dns::Name& qname) const {
    message.rcode = dns::Rcode::nxdomain;
    add_soa(message);
    if (!world_.is_signed) return;
    const dns::Name& owner = zone_;
    message.authority.push_back(
        record(owner, RRType::nsec,
               Octets().raw(name_rdata(*zone_.prefixed("ns1"))).raw({0, 1, 0x62}).bytes()));
    sign(message.authority, owner, RRType::nsec);
    (void)qname;
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

std::shared_ptr<dns::Exchange> parent_exchange(const World& world, const std::string& address,
                                               RRType type) {
  auto exchange = std::make_shared<dns::Exchange>();
  exchange->question.qname = name(world.zone);
  exchange->question.qtype = type;
  exchange->server = {ip(address), 53};
  exchange->outcome = dns::Outcome::answered;
  exchange->attempts = 1;
  exchange->sent = world.now - std::chrono::seconds(2);
  exchange->elapsed = std::chrono::milliseconds(10);
  auto message = std::make_shared<dns::Message>();
  message->qr = true;
  message->question = dns::QuestionSection{name(world.zone), type, dns::RRClass::in};
  exchange->response = std::move(message);
  return exchange;
}

dns::Soa parent_soa() {
  dns::Soa soa;
  soa.mname = name("a.nic.test");
  soa.rname = name("hostmaster.nic.test");
  soa.serial = 1;
  soa.minimum = 3600;
  return soa;
}

void fill_referral(dns::Message& message, const dns::Name& zone,
                   const std::map<std::string, std::vector<std::string>>& names_and_glue) {
  message.aa = false;
  message.rcode = dns::Rcode::noerror;
  message.answer.clear();
  message.authority.clear();
  message.additional.clear();
  for (const auto& [host, glue] : names_and_glue) {
    message.authority.push_back(record(zone, RRType::ns, name_rdata(name(host))));
    for (const std::string& text : glue) {
      const dns::IpAddress address = ip(text);
      message.additional.push_back(
          record(name(host), address.family() == dns::Family::ipv4 ? RRType::a : RRType::aaaa,
                 address_rdata(address)));
    }
  }
}

std::map<std::string, std::vector<std::string>> referral_of(const World& world) {
  std::map<std::string, std::vector<std::string>> referral;
  for (const World::Host& host : world.hosts) {
    const bool glue = name(host.name).is_at_or_below(name(world.zone));
    referral[host.name] = glue ? host.addresses : std::vector<std::string>{};
  }
  return referral;
}

void delegate(survey::Survey& survey, const World& world) {
  const dns::Name zone = name(world.zone);
  survey.delegation.observed = world.now;
  if (zone.is_root()) {
    survey.delegation.parent.reason = "the root has no parent";
    return;
  }
  survey.delegation.parent.found = true;
  survey.delegation.parent.parent = name(world.parent);
  survey.delegation.parent.result = dns::ResolutionResult::ok;
  for (const World::Host& host : world.parent_hosts) {
    for (const std::string& address : host.addresses) {
      survey::ParentServer parent;
      parent.nameserver = name(host.name);
      parent.address = ip(address);
      parent.ns.first = parent_exchange(world, address, RRType::ns);
      edit(parent.ns.first, [&](dns::Exchange&, dns::Message& message) {
        fill_referral(message, zone, referral_of(world));
      });
      parent.ds.first = parent_exchange(world, address, RRType::ds);
      edit(parent.ds.first, [&](dns::Exchange&, dns::Message& message) {
        message.aa = true;
        if (world.ds) {
          message.answer.push_back(
              record(zone, RRType::ds, Octets().u16(12345).u8(13).u8(2).fill(32, 7)));
        } else {
          message.authority.push_back(
              record(name(world.parent), RRType::soa, soa_rdata(parent_soa())));
        }
      });
      survey.delegation.servers.push_back(std::move(parent));
    }
  }
}

void sort_servers(survey::Survey& survey) {
  std::sort(survey.nameservers.begin(), survey.nameservers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::sort(survey.servers.begin(), survey.servers.end(), [&](const auto& a, const auto& b) {
    if (a.nameserver != b.nameserver) return a.nameserver < b.nameserver;
    return survey.addresses[a.address].address < survey.addresses[b.address].address;
  });
}

void rewrite_soa(std::vector<dns::Record>& section, const std::function<void(dns::Soa&)>& change) {
  for (dns::Record& rr : section) {
    if (rr.type != RRType::soa) continue;
    dns::Soa soa = *dns::parse_soa(rr.rdata);
    change(soa);
    rr.rdata = soa_rdata(soa);
  }
}

void rewrite_signatures(std::vector<dns::Record>& section, std::uint32_t inception,
                        std::uint32_t expiration, std::optional<RRType> covered) {
  for (dns::Record& rr : section) {
    if (rr.type != RRType::rrsig) continue;
    const dns::Rrsig rrsig = *dns::parse_rrsig(rr.rdata);
    if (covered && rrsig.type_covered != *covered) continue;
    rr.rdata = rrsig_rdata(rrsig.type_covered, rrsig.signer, inception, expiration, rrsig.key_tag);
  }
}

// Signed anew as time goes on.
void shift_signatures(std::vector<dns::Record>& section, std::chrono::milliseconds by) {
  const auto seconds =
      static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(by).count());
  for (dns::Record& rr : section) {
    if (rr.type != RRType::rrsig) continue;
    const dns::Rrsig rrsig = *dns::parse_rrsig(rr.rdata);
    rr.rdata = rrsig_rdata(rrsig.type_covered, rrsig.signer, rrsig.inception + seconds,
                           rrsig.expiration + seconds, rrsig.key_tag);
  }
}

}  // namespace

// ---- RDATA ----

dns::Bytes soa_rdata(const dns::Soa& soa) {
  return Octets()
      .text(soa.mname.wire())
      .text(soa.rname.wire())
      .u32(soa.serial)
      .u32(soa.refresh)
      .u32(soa.retry)
      .u32(soa.expire)
      .u32(soa.minimum);
}

dns::Bytes name_rdata(const dns::Name& name) {
  return Octets().text(name.wire());
}

dns::Bytes address_rdata(const dns::IpAddress& address) {
  return {address.octets().begin(), address.octets().end()};
}

dns::Bytes rrsig_rdata(RRType covered, const dns::Name& signer, std::uint32_t inception,
                       std::uint32_t expiration, std::uint16_t key_tag) {
  return Octets()
      .u16(static_cast<unsigned>(covered))
      .u8(13)
      .u8(2)
      .u32(3600)
      .u32(expiration)
      .u32(inception)
      .u16(key_tag)
      .text(signer.wire())
      .fill(64, 0xAB);
}

dns::Record record(const dns::Name& owner, RRType type, dns::Bytes rdata, std::uint32_t ttl) {
  dns::Record made;
  made.owner = owner;
  made.type = type;
  made.ttl = ttl;
  made.rdata = std::move(rdata);
  return made;
}

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
  delegate(survey, *this);
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

// ---- breaking things ----

void edit(std::shared_ptr<const dns::Exchange>& exchange,
          const std::function<void(dns::Exchange&, dns::Message&)>& change) {
  auto changed = std::make_shared<dns::Exchange>(*exchange);
  auto message =
      std::make_shared<dns::Message>(exchange->response ? *exchange->response : dns::Message());
  change(*changed, *message);
  if (changed->outcome == dns::Outcome::answered) {
    changed->response = std::move(message);
  } else {
    changed->response = nullptr;
  }
  exchange = std::move(changed);
}

void edit_all(survey::Survey& survey, std::string_view text, dns::Transport transport,
              const std::function<void(dns::Exchange&, dns::Message&)>& change) {
  for (survey::Answer& found : address(survey, text).answers) {
    for (auto* exchange : {&found.exchange.first, &found.exchange.tcp}) {
      if (*exchange && (*exchange)->answered() && (*exchange)->transport == transport) {
        edit(*exchange, change);
      }
    }
  }
}

void silence(survey::Survey& survey, std::string_view text, dns::Transport transport,
             dns::Outcome outcome) {
  const bool udp = transport == dns::Transport::udp;
  survey::AddressObservation& seen = address(survey, text);
  const std::uint8_t attempts = outcome == dns::Outcome::timeout ? 3 : 1;
  edit(answer(survey, text, udp ? QuestionId::soa_udp : QuestionId::soa_tcp).exchange.first,
       [&](dns::Exchange& exchange, dns::Message&) {
         exchange.outcome = outcome;
         exchange.attempts = attempts;
         exchange.attempts_timed_out = outcome == dns::Outcome::timeout ? attempts : 0;
       });
  (udp ? seen.queries_udp : seen.queries_tcp) = attempts;
  (udp ? seen.timeouts_udp : seen.timeouts_tcp) = outcome == dns::Outcome::timeout ? attempts : 0;
  if (!udp) return;
  seen.answers.erase(std::remove_if(seen.answers.begin(), seen.answers.end(),
                                    [](const survey::Answer& found) {
                                      return found.id == QuestionId::ns ||
                                             found.id == QuestionId::dnskey ||
                                             found.id == QuestionId::nonexistent;
                                    }),
                     seen.answers.end());
}

void silence(survey::Survey& survey, std::string_view text) {
  silence(survey, text, dns::Transport::udp);
  silence(survey, text, dns::Transport::tcp);
}

void silence_all(survey::Survey& survey) {
  for (const survey::AddressObservation& seen : survey.addresses) {
    silence(survey, seen.address.to_text());
  }
}

void set_rcode(survey::Survey& survey, std::string_view text, dns::Transport transport,
               dns::Rcode rcode) {
  edit_all(survey, text, transport, [rcode](dns::Exchange&, dns::Message& message) {
    message.rcode = rcode;
    message.aa = false;
    message.answer.clear();
    message.authority.clear();
  });
}

void set_rcode(survey::Survey& survey, std::string_view text, dns::Rcode rcode) {
  set_rcode(survey, text, dns::Transport::udp, rcode);
  set_rcode(survey, text, dns::Transport::tcp, rcode);
}

void edit_soa(survey::Survey& survey, std::string_view text,
              const std::function<void(dns::Soa&)>& change) {
  for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
    edit_all(survey, text, transport, [&](dns::Exchange&, dns::Message& message) {
      rewrite_soa(message.answer, change);
      rewrite_soa(message.authority, change);
    });
  }
}

void edit_every_soa(survey::Survey& survey, const std::function<void(dns::Soa&)>& change) {
  for (const survey::AddressObservation& seen : survey.addresses) {
    edit_soa(survey, seen.address.to_text(), change);
  }
}

void set_serial(survey::Survey& survey, std::string_view text, std::uint32_t serial) {
  edit_soa(survey, text, [serial](dns::Soa& soa) { soa.serial = serial; });
}

void set_ns(survey::Survey& survey, std::string_view text, std::vector<std::string> names) {
  edit(answer(survey, text, QuestionId::ns).exchange.first,
       [&](dns::Exchange&, dns::Message& message) {
         auto& section = message.answer;
         section.erase(std::remove_if(section.begin(), section.end(),
                                      [](const dns::Record& rr) { return rr.type == RRType::ns; }),
                       section.end());
         for (const std::string& host : names) {
           section.push_back(record(survey.zone, RRType::ns, name_rdata(name(host))));
         }
       });
}

void unsign(survey::Survey& survey, std::string_view text) {
  const auto strip = [](std::vector<dns::Record>& section) {
    section.erase(std::remove_if(section.begin(), section.end(),
                                 [](const dns::Record& rr) {
                                   return rr.type == RRType::rrsig || rr.type == RRType::dnskey ||
                                          rr.type == RRType::nsec;
                                 }),
                  section.end());
  };
  for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
    edit_all(survey, text, transport, [&](dns::Exchange& exchange, dns::Message& message) {
      strip(message.answer);
      strip(message.authority);
      if (exchange.question.qtype == RRType::dnskey) {
        message.authority.push_back(record(survey.zone, RRType::soa, soa_rdata(World().soa)));
      }
    });
  }
}

void set_signatures(survey::Survey& survey, std::string_view text, std::int64_t inception,
                    std::int64_t expiration, std::optional<RRType> covered) {
  const auto now = static_cast<std::int64_t>(seconds_of(survey.finished));
  for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
    edit_all(survey, text, transport, [&](dns::Exchange&, dns::Message& message) {
      for (auto* section : {&message.answer, &message.authority}) {
        rewrite_signatures(*section, static_cast<std::uint32_t>(now + inception),
                           static_cast<std::uint32_t>(now + expiration), covered);
      }
    });
  }
}

void set_every_signature(survey::Survey& survey, std::int64_t inception, std::int64_t expiration,
                         std::optional<RRType> covered) {
  for (const survey::AddressObservation& seen : survey.addresses) {
    set_signatures(survey, seen.address.to_text(), inception, expiration, covered);
  }
}

void set_referral(survey::Survey& survey, std::string_view parent_address,
                  const std::map<std::string, std::vector<std::string>>& names_and_glue) {
  for (survey::ParentServer& parent : survey.delegation.servers) {
    if (parent.address != ip(parent_address)) continue;
    edit(parent.ns.first, [&](dns::Exchange&, dns::Message& message) {
      fill_referral(message, survey.zone, names_and_glue);
    });
    return;
  }
  assert(false && "no such parent address in the survey");
}

void set_every_referral(survey::Survey& survey,
                        const std::map<std::string, std::vector<std::string>>& names_and_glue) {
  for (const survey::ParentServer& parent : survey.delegation.servers) {
    set_referral(survey, parent.address.to_text(), names_and_glue);
  }
}

void undelegate(survey::Survey& survey, dns::Rcode rcode) {
  for (survey::ParentServer& parent : survey.delegation.servers) {
    for (auto* exchange : {&parent.ns.first, &parent.ds.first}) {
      edit(*exchange, [&](dns::Exchange&, dns::Message& message) {
        fill_referral(message, survey.zone, {});
        message.rcode = rcode;
        message.aa = true;
        message.authority.push_back(
            record(survey.zone.parent(), RRType::soa, soa_rdata(parent_soa())));
      });
    }
  }
}

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

// ---- judging ----

std::shared_ptr<const checks::ZoneReport> judge_once(const survey::Survey& survey,
                                                     checks::ZoneSettings settings) {
  settings.three_rounds_rule = false;
  return checks::judge(survey, checks::History(), settings, survey.finished).report;
}

void shift(survey::Survey& survey, std::chrono::milliseconds by) {
  if (by == std::chrono::milliseconds(0)) return;
  survey.started += by;
  survey.finished += by;
  survey.delegation.observed += by;
  const auto move = [by](std::shared_ptr<const dns::Exchange>& exchange) {
    if (!exchange) return;
    edit(exchange, [by](dns::Exchange& moved, dns::Message& message) {
      moved.sent += by;
      for (auto* section : {&message.answer, &message.authority}) shift_signatures(*section, by);
    });
  };
  for (survey::ParentServer& parent : survey.delegation.servers) {
    for (auto* followed : {&parent.ns, &parent.ds}) {
      move(followed->first);
      move(followed->tcp);
    }
  }
  for (survey::AddressObservation& seen : survey.addresses) {
    for (survey::Answer& found : seen.answers) {
      move(found.exchange.first);
      move(found.exchange.tcp);
    }
  }
}

std::shared_ptr<const checks::ZoneReport> Rounds::round(survey::Survey survey,
                                                        std::chrono::seconds step) {
  shift(survey, now - survey.finished);
  checks::Judgement judgement = checks::judge(survey, history, settings, now);
  history = *judgement.history;
  now += step;
  return judgement.report;
}

const checks::Finding* find(const checks::ZoneReport& report, std::string_view check) {
  for (const checks::Finding& finding : report.findings) {
    if (finding.check == check) return &finding;
  }
  return nullptr;
}

const checks::Finding* find(const checks::ZoneReport& report, std::string_view check,
                            std::string_view host, std::string_view text) {
  for (const checks::Finding& finding : report.findings) {
    const checks::Subject& subject = finding.subject;
    if (finding.check != check || subject.nameserver != name(host)) continue;
    if (!text.empty() && subject.address != ip(text)) continue;
    return &finding;
  }
  return nullptr;
}

std::vector<std::string> serious(const checks::ZoneReport& report) {
  std::set<std::string> found;
  for (const checks::Finding& finding : report.findings) {
    if (finding.severity <= checks::Severity::notice) continue;
    found.insert(std::string(checks::to_text(finding.severity)) + " " + std::string(finding.check));
  }
  return {found.begin(), found.end()};
}

}  // namespace tests
