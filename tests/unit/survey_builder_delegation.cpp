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

// What it brings along about DS stays.
void fill_referral(dns::Message& message, const dns::Name& zone,
                   const std::map<std::string, std::vector<std::string>>& names_and_glue) {
  message.aa = false;
  message.rcode = dns::Rcode::noerror;
  message.answer.clear();
  std::erase_if(message.authority, [](const auto& one) { return one.type == RRType::ns; });
  message.additional.clear();
  for (const auto& [host, glue] : names_and_glue) {
    message.authority.insert(message.authority.begin(),
                             record(zone, RRType::ns, name_rdata(name(host))));
    for (const std::string& text : glue) {
      const dns::IpAddress address = ip(text);
      message.additional.push_back(
          record(name(host), address.family() == dns::Family::ipv4 ? RRType::a : RRType::aaaa,
                 address_rdata(address)));
    }
  }
}

// Leaves room for the parent's signature over an RRset of `section`.
void sign(std::vector<dns::Record>& section, const dns::Name& owner, RRType covered,
          const dns::Name& parent, dns::WallTime now) {
  const std::uint32_t seconds = seconds_of(now);
  section.push_back(record(owner, RRType::rrsig,
                           rrsig_rdata(covered, parent, seconds - 5 * 86400, seconds + 9 * 86400)));
}

// Type bitmaps of RFC 4034 section 4.1.2 for the parent's NSEC records.
const dns::Bytes kApexTypes{0, 1, 0x22};                       // NS SOA
const dns::Bytes kDelegationTypes{0, 6, 0x20, 0, 0, 0, 0, 3};  // NS RRSIG NSEC
const dns::Bytes kHostTypes{0, 6, 0x40, 0, 0, 0, 0, 3};        // A RRSIG NSEC

// The parent's SOA, and its word that nothing stands between `owner` and zzzz below the parent, and
// what stands at `owner`.
void deny(dns::Message& message, const dns::Name& parent, const dns::Name& owner,
          const dns::Bytes& types, dns::WallTime now) {
  message.authority.push_back(record(parent, RRType::soa, soa_rdata(parent_soa())));
  sign(message.authority, parent, RRType::soa, parent, now);
  message.authority.push_back(
      record(owner, RRType::nsec, Octets().raw(name_rdata(*parent.prefixed("zzzz"))).raw(types)));
  sign(message.authority, owner, RRType::nsec, parent, now);
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
        if (ds) {
          message.authority.push_back(ds_record(apex));
          sign(message.authority, apex, RRType::ds, name(parent), now);
        } else {
          deny(message, name(parent), apex, kDelegationTypes, now);
          std::erase_if(message.authority,
                        [&](const auto& one) { return one.owner == name(parent); });
        }
        fill_referral(message, apex, referral_of(*this));
      });
      server.ds.first = parent_exchange(*this, address, RRType::ds);
      edit(server.ds.first, [&](dns::Exchange&, dns::Message& message) {
        message.aa = true;
        if (ds) {
          message.answer.push_back(ds_record(apex));
          sign(message.answer, apex, RRType::ds, name(parent), now);
        } else {
          deny(message, name(parent), apex, kDelegationTypes, now);
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
        message.authority.clear();
        fill_referral(message, survey.zone, {});
        message.rcode = rcode;
        message.aa = true;
        const dns::Name above = survey.zone.parent();
        const bool gone = rcode == dns::Rcode::nxdomain;
        deny(message, above, gone ? above : survey.zone, gone ? kApexTypes : kHostTypes,
             survey.finished);
      });
    }
  }
}

}  // namespace tests
