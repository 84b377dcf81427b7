#include "tests/lab/zone_edit.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <random>
#include <utility>

namespace lab {
namespace {

using dns::Bytes;
using dns::Record;
using dns::RRType;

constexpr std::uint32_t kDay = 86400;
constexpr std::uint8_t kUnassigned = 99;  // RFC 5155 section 11

// Where the fields of an RRSIG stand (RFC 4034 section 3.1).
constexpr std::size_t kLabels = 3;
constexpr std::size_t kOriginalTtl = 4;
constexpr std::size_t kExpiration = 8;
constexpr std::size_t kInception = 12;
constexpr std::size_t kSigner = 18;

constexpr std::array<std::pair<std::string_view, EditKind>, 18> kKinds{{
    {"expired", EditKind::expired},
    {"not-yet-valid", EditKind::not_yet_valid},
    {"corrupt-signature", EditKind::corrupt_signature},
    {"wrong-signer", EditKind::wrong_signer},
    {"wrong-labels", EditKind::wrong_labels},
    {"few-labels", EditKind::few_labels},
    {"low-original-ttl", EditKind::low_original_ttl},
    {"unsign", EditKind::unsign},
    {"remove", EditKind::remove},
    {"drop-record", EditKind::drop_record},
    {"bitmap-add", EditKind::bitmap_add},
    {"bitmap-remove", EditKind::bitmap_remove},
    {"not-covering", EditKind::not_covering},
    {"nsec3-algorithm", EditKind::nsec3_algorithm},
    {"no-opt-out", EditKind::no_opt_out},
    {"colliding-keys", EditKind::colliding_keys},
    {"many-keys", EditKind::many_keys},
    {"many-signatures", EditKind::many_signatures},
}};

void put(Bytes& data, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i)
    data[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

/// The type of the RRset that a record belongs to: that which an RRSIG covers.
RRType rrset_type(const Record& record) {
  if (record.type != RRType::rrsig) return record.type;
  const auto rrsig = dns::parse_rrsig(record.rdata);
  return rrsig ? rrsig->type_covered : RRType::rrsig;
}

bool is_denial(const Record& record) {
  return record.type == RRType::nsec || record.type == RRType::nsec3;
}

/// Where the type bitmap of an NSEC or NSEC3 record begins.
std::size_t bitmap_at(const Record& record) {
  const Bytes& rdata = record.rdata;
  if (record.type == RRType::nsec3) {
    const std::size_t hash = 5U + rdata[4];
    return hash + 1U + rdata[hash];
  }
  std::size_t at = 0;
  while (rdata[at] != 0) at += 1U + rdata[at];
  return at + 1;
}

/// Sets or clears a type below 256; the bitmap must reach as far.
bool set_listed(Record& record, RRType type, bool listed) {
  const std::size_t at = bitmap_at(record);
  const auto number = static_cast<std::size_t>(type);
  Bytes& rdata = record.rdata;
  if (rdata.size() < at + 2 || rdata[at] != 0 || number / 8 >= rdata[at + 1]) return false;
  const auto bit = static_cast<std::uint8_t>(0x80U >> (number % 8));
  std::uint8_t& octet = rdata[at + 2 + number / 8];
  octet = static_cast<std::uint8_t>(listed ? octet | bit : octet & ~bit);
  return true;
}

/// The hash in the first label of an NSEC3 owner (base32hex, RFC 4648 section 7).
Bytes owner_hash(const dns::Name& owner) {
  Bytes hash;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : owner.label(0)) {
    const int value = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    bits = (bits << 5U) | static_cast<std::uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    hash.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return hash;
}

/// Makes the next name the one right after the owner.
void stop_covering(Record& record) {
  const Bytes bitmap(record.rdata.begin() + static_cast<std::ptrdiff_t>(bitmap_at(record)),
                     record.rdata.end());
  Bytes rdata;
  if (record.type == RRType::nsec) {
    const auto owner = record.owner.wire();
    rdata = {1, 0};  // a label of one zero octet
    rdata.insert(rdata.end(), owner.begin(), owner.end());
  } else {
    Bytes next = owner_hash(record.owner);
    for (auto octet = next.rbegin(); octet != next.rend() && ++*octet == 0; ++octet) {
    }
    const std::size_t hash = 5U + record.rdata[4];
    rdata.assign(record.rdata.begin(), record.rdata.begin() + static_cast<std::ptrdiff_t>(hash));
    rdata.push_back(static_cast<std::uint8_t>(next.size()));
    rdata.insert(rdata.end(), next.begin(), next.end());
  }
  rdata.insert(rdata.end(), bitmap.begin(), bitmap.end());
  record.rdata = std::move(rdata);
}

/// RFC 4034 appendix B.
std::uint16_t tag_of(const Bytes& dnskey) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < dnskey.size(); ++i) {
    sum += (i % 2 == 0) ? std::uint32_t{dnskey[i]} << 8U : dnskey[i];
  }
  return static_cast<std::uint16_t>(sum + (sum >> 16U));
}

/// A zone key of RSASHA256 with a modulus of 1024 bits that nobody knows the factors of.
Bytes random_key(std::mt19937& random) {
  constexpr std::size_t kModulusOctets = 128;
  Bytes rdata{1, 0, 3, 8, 3, 1, 0, 1};  // flags, protocol, algorithm; the exponent 65537
  for (std::size_t i = 0; i < kModulusOctets; ++i) {
    rdata.push_back(static_cast<std::uint8_t>(random() & 0xFFU));
  }
  rdata[8] |= 0x80U;
  rdata.back() |= 1U;
  return rdata;
}

Bytes random_key_with_tag(std::mt19937& random, std::uint16_t tag) {
  constexpr std::size_t kFree = 64;  // two octets in the middle of the modulus
  Bytes rdata = random_key(random);
  for (std::uint32_t value = 0; value <= 0xFFFFU; ++value) {
    rdata[kFree] = static_cast<std::uint8_t>(value >> 8U);
    rdata[kFree + 1] = static_cast<std::uint8_t>(value);
    if (tag_of(rdata) == tag) break;
  }
  return rdata;
}

class Editor {
 public:
  Editor(std::vector<Record> records, const ZoneKeys& keys, std::chrono::sys_seconds now)
      : records_(std::move(records)),
        keys_(keys),
        now_(static_cast<std::uint32_t>(now.time_since_epoch().count())) {}

  /// False when the edit fits nothing.
  dns::Result<bool> apply(const ZoneEdit& edit) {
    edit_ = &edit;
    switch (edit.kind) {
      case EditKind::expired:
        return change_signatures([this](Bytes& rdata) {
          put(rdata, kExpiration, now_ - kDay);
          put(rdata, kInception, now_ - 15 * kDay);
        });
      case EditKind::not_yet_valid:
        return change_signatures([this](Bytes& rdata) {
          put(rdata, kExpiration, now_ + 15 * kDay);
          put(rdata, kInception, now_ + kDay);
        });
      case EditKind::wrong_signer:
        return change_signatures([&edit](Bytes& rdata) {
          const auto rrsig = dns::parse_rrsig(rdata);
          const auto name = edit.name.wire();
          const auto from = rdata.begin() + kSigner;
          rdata.erase(from, from + static_cast<std::ptrdiff_t>(rrsig->signer.wire().size()));
          rdata.insert(rdata.begin() + kSigner, name.begin(), name.end());
        });
      case EditKind::wrong_labels:
        return change_signatures([](Bytes& rdata) { ++rdata[kLabels]; });
      case EditKind::few_labels:
        return change_signatures([](Bytes& rdata) { --rdata[kLabels]; });
      case EditKind::low_original_ttl:
        return change_signatures([](Bytes& rdata) {
          put(rdata, kOriginalTtl, dns::parse_rrsig(rdata)->original_ttl / 2);
        });
      case EditKind::corrupt_signature:
        return corrupt();
      case EditKind::unsign:
        return erase([](const Record& record) { return record.type == RRType::rrsig; });
      case EditKind::remove:
        return erase([](const Record&) { return true; });
      case EditKind::drop_record:
        return drop_records();
      case EditKind::bitmap_add:
      case EditKind::bitmap_remove:
      case EditKind::not_covering:
      case EditKind::nsec3_algorithm:
      case EditKind::no_opt_out:
        return change_denial();
      case EditKind::colliding_keys:
      case EditKind::many_keys:
        return add_keys();
      case EditKind::many_signatures:
        return add_signatures();
    }
    return false;
  }

  std::vector<Record> take() { return std::move(records_); }

 private:
  bool fits(const Record& record) const {
    if (edit_->owner && !(record.owner == *edit_->owner)) return false;
    const auto& types = edit_->types;
    return types.empty() ||
           std::find(types.begin(), types.end(), rrset_type(record)) != types.end();
  }

  bool is_signature(const Record& record) const {
    return record.type == RRType::rrsig && fits(record);
  }

  dns::Result<void> sign_again(Record& rrsig) {
    std::vector<const Record*> rrset;
    const RRType covered = rrset_type(rrsig);
    for (const Record& record : records_) {
      if (record.owner == rrsig.owner && record.type == covered) rrset.push_back(&record);
    }
    return keys_.sign_again(rrsig, rrset);
  }

  /// Changes the fields before the signature, and signs what results.
  template <typename Change>
  dns::Result<bool> change_signatures(const Change& change) {
    bool any = false;
    for (Record& record : records_) {
      if (!is_signature(record)) continue;
      change(record.rdata);
      if (const auto made = sign_again(record); !made) return tl::unexpected(made.error());
      any = true;
    }
    return any;
  }

  dns::Result<bool> corrupt() {
    bool any = false;
    for (Record& record : records_) {
      if (!is_signature(record)) continue;
      record.rdata.back() ^= 1U;
      any = true;
    }
    return any;
  }

  template <typename Which>
  dns::Result<bool> erase(const Which& which) {
    const auto gone = std::remove_if(records_.begin(), records_.end(), [&](const Record& record) {
      return fits(record) && which(record);
    });
    const bool any = gone != records_.end();
    records_.erase(gone, records_.end());
    return any;
  }

  /// The last of each RRset that has several.
  dns::Result<bool> drop_records() {
    std::vector<Record> left;
    for (auto at = records_.begin(); at != records_.end(); ++at) {
      const auto alike = [&at](const Record& other) {
        return other.owner == at->owner && other.type == at->type;
      };
      const bool last_of_several = std::any_of(records_.begin(), at, alike) &&
                                   std::none_of(std::next(at), records_.end(), alike);
      if (at->type == RRType::rrsig || !fits(*at) || !last_of_several) left.push_back(*at);
    }
    if (left.size() == records_.size()) return false;
    records_ = std::move(left);
    return change_signatures([](Bytes&) {});
  }

  bool change(Record& record) const {
    switch (edit_->kind) {
      case EditKind::not_covering:
        stop_covering(record);
        return true;
      case EditKind::nsec3_algorithm:
        record.rdata[0] = kUnassigned;
        return record.type == RRType::nsec3;
      case EditKind::no_opt_out:
        record.rdata[1] = 0;
        return record.type == RRType::nsec3;
      default:
        return std::all_of(edit_->listed.begin(), edit_->listed.end(), [&](RRType type) {
          return set_listed(record, type, edit_->kind == EditKind::bitmap_add);
        });
    }
  }

  dns::Result<bool> change_denial() {
    bool any = false;
    for (Record& record : records_) {
      if (!is_denial(record) || !fits(record)) continue;
      if (!change(record)) return false;
      any = true;
    }
    const auto denies = [](RRType type) { return type == RRType::nsec || type == RRType::nsec3; };
    for (Record& record : records_) {
      if (!is_signature(record) || !denies(rrset_type(record))) continue;
      if (const auto made = sign_again(record); !made) return tl::unexpected(made.error());
    }
    return any;
  }

  dns::Result<bool> add_keys() {
    const auto find = [this](RRType covered) {
      return std::find_if(records_.begin(), records_.end(), [covered](const Record& record) {
        return record.type == RRType::rrsig && rrset_type(record) == covered;
      });
    };
    const auto soa = find(RRType::soa);
    const auto keys = find(RRType::dnskey);
    if (soa == records_.end() || keys == records_.end()) return false;
    const std::uint16_t tag = dns::parse_rrsig(soa->rdata)->key_tag;
    Record key = *keys;
    key.type = RRType::dnskey;
    for (int i = 0; i < edit_->count; ++i) {
      key.rdata = edit_->kind == EditKind::many_keys ? random_key(random_)
                                                     : random_key_with_tag(random_, tag);
      records_.push_back(key);
    }
    for (Record& record : records_) {
      if (record.type != RRType::rrsig || rrset_type(record) != RRType::dnskey) continue;
      if (const auto made = sign_again(record); !made) return tl::unexpected(made.error());
    }
    return true;
  }

  dns::Result<bool> add_signatures() {
    std::vector<Record> all;
    for (const Record& record : records_) {
      if (is_signature(record)) {
        for (int i = 0; i < edit_->count; ++i) {
          all.push_back(record);
          for (std::size_t octet = 1; octet <= 16; ++octet) {
            all.back().rdata[record.rdata.size() - octet] =
                static_cast<std::uint8_t>(random_() & 0xFFU);
          }
        }
      }
      all.push_back(record);
    }
    const bool any = all.size() != records_.size();
    records_ = std::move(all);
    return any;
  }

  std::vector<Record> records_;
  const ZoneKeys& keys_;
  const std::uint32_t now_;
  const ZoneEdit* edit_ = nullptr;
  std::mt19937 random_{7};  // the same keys in every run
};

std::string_view kind_text(EditKind kind) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                  [kind](const auto& one) { return one.second == kind; });
  return found->first;
}

}  // namespace

std::optional<EditKind> edit_kind_from_text(std::string_view text) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                  [text](const auto& one) { return one.first == text; });
  if (found == kKinds.end()) return std::nullopt;
  return found->second;
}

dns::Result<std::vector<Record>> edit_zone(std::vector<Record> records,
                                           const std::vector<ZoneEdit>& edits, const ZoneKeys& keys,
                                           std::chrono::sys_seconds now) {
  Editor editor(std::move(records), keys, now);
  for (const ZoneEdit& edit : edits) {
    const auto done = editor.apply(edit);
    if (!done) return tl::unexpected(done.error());
    if (!*done) return dns::fail("the edit " + std::string(kind_text(edit.kind)) + " fits nothing");
  }
  return editor.take();
}

}  // namespace lab
