// What the parent of a hand-made survey says: the healthy delegation, and how it is changed.
#include <cassert>

#include "tests/unit/message_builder.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

namespace {

using dns::RRType;

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

}  // namespace

void World::delegate(survey::Survey& survey) const {
  const dns::Name apex = name(zone);
  survey.delegation.observed = now;
  if (apex.is_root()) {
    survey.delegation.parent.reason = "the root has no parent";
    return;
  }
  survey.delegation.parent.found = true;
  survey.delegation.parent.parent = name(parent);
  survey.delegation.parent.result = dns::ResolutionResult::ok;
  for (const World::Host& host : parent_hosts) {
    for (const std::string& address : host.addresses) {
      survey::ParentServer server;
      server.nameserver = name(host.name);
      server.address = ip(address);
      server.ns.first = parent_exchange(*this, address, RRType::ns);
      edit(server.ns.first, [&](dns::Exchange&, dns::Message& message) {
        fill_referral(message, apex, referral_of(*this));
      });
      server.ds.first = parent_exchange(*this, address, RRType::ds);
      edit(server.ds.first, [&](dns::Exchange&, dns::Message& message) {
        message.aa = true;
        if (ds) {
          message.answer.push_back(
              record(apex, RRType::ds, Octets().u16(12345).u8(13).u8(2).fill(32, 7)));
        } else {
          message.authority.push_back(record(name(parent), RRType::soa, soa_rdata(parent_soa())));
        }
      });
      survey.delegation.servers.push_back(std::move(server));
    }
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

}  // namespace tests
