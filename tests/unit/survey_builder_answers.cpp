// Records, and how the answers of a hand-made survey are changed: ended, refused, or of other
// content.
#include <algorithm>

#include "tests/unit/message_builder.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

namespace {

using dns::RRType;
using survey::QuestionId;

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

std::uint32_t seconds_of(dns::WallTime time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

// ---- whether and how servers answer ----

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

// ---- what they answer ----

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

std::shared_ptr<const dns::Exchange> exchange_with(std::vector<dns::Record> answer) {
  dns::Message message;
  message.aa = true;
  message.answer = std::move(answer);
  dns::Exchange exchange;
  exchange.outcome = dns::Outcome::answered;
  exchange.response = std::make_shared<const dns::Message>(std::move(message));
  return std::make_shared<const dns::Exchange>(std::move(exchange));
}

}  // namespace tests
