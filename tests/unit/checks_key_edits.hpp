// Changes to hand-made surveys that tests of keys and rollovers share: other DNSKEY records, more
// signatures, other DS.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <vector>

#include "tests/unit/survey_builder.hpp"

namespace tests {

using Records = std::vector<dns::Record>;

inline constexpr std::string_view kKeyZone = "example.test";

/// Every answer about `type` with such records in its answer section, at one address or at all.
inline void edit_answers(survey::Survey& survey, dns::RRType type,
                         const std::function<void(Records&)>& change,
                         std::string_view address = {}) {
  for (survey::AddressObservation& seen : survey.addresses) {
    if (!address.empty() && seen.address != ip(address)) continue;
    for (survey::Answer& found : seen.answers) {
      if (!found.exchange.first || found.exchange.first->question.qtype != type) continue;
      edit(found.exchange.first,
           [&](dns::Exchange&, dns::Message& message) { change(message.answer); });
    }
  }
}

inline void add_key(survey::Survey& survey, const dns::Record& key, std::string_view address = {}) {
  edit_answers(
      survey, dns::RRType::dnskey, [&](Records& records) { records.insert(records.begin(), key); },
      address);
}

inline void remove_key(survey::Survey& survey, const dns::Record& key,
                       std::string_view address = {}) {
  edit_answers(
      survey, dns::RRType::dnskey,
      [&](Records& records) {
        std::erase_if(records, [&](const auto& one) { return one.rdata == key.rdata; });
      },
      address);
}

inline Records without_signatures(const Records& records) {
  Records rrset = records;
  std::erase_if(rrset, [](const auto& one) { return one.type == dns::RRType::rrsig; });
  return rrset;
}

/// Signs the RRset with an extra_key(), too; or with it alone. Keys are to be added before.
inline void sign_also(survey::Survey& survey, dns::RRType type, const dns::Record& key,
                      std::string_view address = {}, bool alone = false) {
  edit_answers(
      survey, type,
      [&](Records& records) {
        const Records rrset = without_signatures(records);
        if (rrset.empty()) return;
        if (alone) records = rrset;
        const auto now = static_cast<std::int64_t>(seconds_of(kNow));
        records.push_back(sign_with(key, rrset, now - 5 * 86400, now + 9 * 86400));
      },
      address);
}

/// What the zone's data is seen signed with.
inline void sign_data_also(survey::Survey& survey, const dns::Record& key,
                           std::string_view address = {}, bool alone = false) {
  for (const auto type : {dns::RRType::soa, dns::RRType::ns}) {
    sign_also(survey, type, key, address, alone);
  }
}

/// The section with every RRset signed by an extra_key() alone.
inline Records signed_by(const dns::Record& key, const Records& section) {
  Records rest = without_signatures(section);
  Records out = rest;
  const auto now = static_cast<std::int64_t>(seconds_of(kNow));
  while (!rest.empty()) {
    const dns::Record first = rest.front();
    const auto of_one = [&first](const dns::Record& one) {
      return one.owner == first.owner && one.type == first.type;
    };
    Records rrset;
    std::copy_if(rest.begin(), rest.end(), std::back_inserter(rrset), of_one);
    std::erase_if(rest, of_one);
    out.push_back(sign_with(key, rrset, now - 5 * 86400, now + 9 * 86400));
  }
  return out;
}

/// Everything that the address, or every address, gives besides DNSKEY records.
inline void sign_all_by(survey::Survey& survey, const dns::Record& key,
                        std::string_view address = {}) {
  for (survey::AddressObservation& seen : survey.addresses) {
    if (!address.empty() && seen.address != ip(address)) continue;
    for (survey::Answer& found : seen.answers) {
      if (found.exchange.first->question.qtype == dns::RRType::dnskey) continue;
      edit(found.exchange.first, [&key](dns::Exchange&, dns::Message& message) {
        message.answer = signed_by(key, message.answer);
        message.authority = signed_by(key, message.authority);
      });
    }
  }
}

/// The DS RRset of every server of the parent.
inline void set_ds(survey::Survey& survey, const Records& ds) {
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, [&ds](dns::Exchange&, dns::Message& message) {
      std::erase_if(message.answer, [](const auto& one) { return one.type == dns::RRType::ds; });
      message.answer.insert(message.answer.begin(), ds.begin(), ds.end());
    });
  }
}

/// A copy of the record at the zone's apex as another type: CDS of DS, CDNSKEY of DNSKEY.
inline dns::Record as_type(dns::Record record, dns::RRType type) {
  record.owner = name(kKeyZone);
  record.type = type;
  record.ttl = 3600;
  return record;
}

}  // namespace tests
