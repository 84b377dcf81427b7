// Changes to what the servers of a hand-made survey deny, and by which records; signed afterwards
// with everything else.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dns/dnssec_nsec.hpp"
#include "tests/unit/message_builder.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

using Edit = std::function<void(dns::Message&)>;

inline constexpr std::string_view kZone = "example.test";

/// NS SOA RRSIG NSEC DNSKEY.
inline const dns::Bytes kApexTypes{0, 7, 0x22, 0, 0, 0, 0, 3, 0x80};

inline bool is_signature(const dns::Record& record, dns::RRType covered) {
  return record.type == dns::RRType::rrsig &&
         dns::parse_rrsig(record.rdata)->type_covered == covered;
}

inline void edit_address(survey::Survey& survey, std::string_view address, const Edit& change) {
  for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
    edit_all(survey, address, transport,
             [&](dns::Exchange&, dns::Message& message) { change(message); });
  }
}

inline void edit_every(survey::Survey& survey, const Edit& change) {
  for (const survey::AddressObservation& seen : survey.addresses) {
    edit_address(survey, seen.address.to_text(), change);
  }
}

/// Room for the signature of `signer`.
inline dns::Record signature_over(const dns::Name& owner, dns::RRType type,
                                  std::string_view signer = kZone) {
  const std::uint32_t now = seconds_of(kNow);
  return record(owner, dns::RRType::rrsig,
                rrsig_rdata(type, name(signer), now - 86400, now + 10 * 86400));
}

inline dns::Bytes nsec_rdata(std::string_view next, const dns::Bytes& types) {
  return Octets().raw(name_rdata(name(next))).raw(types);
}

inline void add_denial(dns::Message& message, const dns::Record& denial,
                       std::string_view zone = kZone) {
  message.authority.push_back(denial);
  message.authority.push_back(signature_over(denial.owner, denial.type, zone));
}

/// Replaces the NSEC records by this one.
inline void deny_by(dns::Message& message, std::string_view owner, const dns::Bytes& rdata) {
  std::erase_if(message.authority, [](const auto& one) {
    return one.type == dns::RRType::nsec || is_signature(one, dns::RRType::nsec);
  });
  add_denial(message, record(name(owner), dns::RRType::nsec, rdata));
}

/// A chain of NSEC3, and the NSEC3PARAM that is published.
struct Chain {
  std::string zone = std::string(kZone);
  unsigned flags = 0;
  unsigned iterations = 0;
  dns::Bytes salt = {};
  bool publish = true;
  dns::Bytes published_salt = {};
};

inline dns::Record nsec3_record(const Chain& chain, const dns::dnssec::Nsec3Hash& owner,
                                const dns::dnssec::Nsec3Hash& next, const dns::Bytes& types) {
  Octets rdata;
  rdata.u8(dns::dnssec::kNsec3Sha1).u8(chain.flags).u16(chain.iterations);
  rdata.u8(static_cast<unsigned>(chain.salt.size())).raw(chain.salt);
  rdata.u8(static_cast<unsigned>(next.size())).raw(dns::Bytes(next.begin(), next.end())).raw(types);
  return record(*name(chain.zone).prefixed(dns::dnssec::nsec3_label(owner)), dns::RRType::nsec3,
                rdata);
}

/// The hash one behind, or before.
inline dns::dnssec::Nsec3Hash beside(dns::dnssec::Nsec3Hash hash, bool behind) {
  for (std::size_t i = hash.size(); i-- > 0;) {
    hash[i] = static_cast<std::uint8_t>(hash[i] + (behind ? 1U : 0xFFU));
    if (hash[i] != (behind ? 0U : 0xFFU)) break;
  }
  return hash;
}

/// Denies by NSEC3 records made for the one answer, and answers about NSEC3PARAM.
inline Edit as_nsec3(const Chain& chain) {
  return [chain](dns::Message& message) {
    if (!message.question) return;
    const dns::Name zone = name(chain.zone);
    const auto qtype = message.question->qtype;
    if (qtype == dns::RRType::nsec3param && chain.publish) {
      message.authority.clear();
      Octets rdata;
      rdata.u8(1).u8(0).u16(chain.iterations);
      rdata.u8(static_cast<unsigned>(chain.published_salt.size())).raw(chain.published_salt);
      message.answer = {record(zone, dns::RRType::nsec3param, rdata),
                        signature_over(zone, dns::RRType::nsec3param, chain.zone)};
      return;
    }
    const auto denials = std::erase_if(message.authority, [](const auto& one) {
      return one.type == dns::RRType::nsec || is_signature(one, dns::RRType::nsec);
    });
    if (denials == 0) return;
    dns::dnssec::Nsec3Hasher hasher(static_cast<std::uint16_t>(chain.iterations), chain.salt);
    const auto match = [&](const dns::Name& owner, const dns::Bytes& types) {
      const auto hash = *hasher.hash(owner);
      add_denial(message, nsec3_record(chain, hash, beside(hash, true), types), chain.zone);
    };
    const auto cover = [&](const dns::Name& owner) {
      const auto hash = *hasher.hash(owner);
      add_denial(message, nsec3_record(chain, beside(hash, false), beside(hash, true), {}),
                 chain.zone);
    };
    const dns::Bytes apex = chain.publish ? dns::Bytes{0, 7, 0x22, 0, 0, 0, 0, 2, 0x90}
                                          : dns::Bytes{0, 7, 0x22, 0, 0, 0, 0, 2, 0x80};
    const dns::Bytes host = qtype == dns::RRType::a ? dns::Bytes{0, 6, 0, 0, 0, 8, 0, 2}
                                                    : dns::Bytes{0, 6, 0x40, 0, 0, 0, 0, 2};
    if (message.rcode == dns::Rcode::nxdomain) {
      match(zone, apex);
      cover(message.question->qname);
      cover(*zone.prefixed("*"));
    } else {
      match(message.question->qname, message.question->qname == zone ? apex : host);
    }
  };
}

}  // namespace tests
