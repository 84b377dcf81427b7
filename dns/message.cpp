#include "dns/message.hpp"

#include <algorithm>
#include <cassert>

#include "dns/wire.hpp"

namespace dns {
namespace {

using wire::Fault;
using wire::kHeaderSize;
using wire::read_u16;
using wire::read_u32;

// Header bits, RFC 1035 section 4.1.1 and RFC 4035 section 3.
constexpr unsigned kQr = 0x8000;
constexpr unsigned kAa = 0x0400;
constexpr unsigned kTc = 0x0200;
constexpr unsigned kRd = 0x0100;
constexpr unsigned kRa = 0x0080;
constexpr unsigned kZ = 0x0040;
constexpr unsigned kAd = 0x0020;
constexpr unsigned kCd = 0x0010;
constexpr unsigned kEdnsDo = 0x8000;

/// The root as owner, type, class, TTL and RDLENGTH.
constexpr std::size_t kMinRecordSize = 11;
constexpr std::size_t kFixedRecordPart = 10;

// Types that are no data (RFC 6895 section 3.1).
constexpr std::uint16_t kSig = 24;
constexpr std::uint16_t kTkey = 249;
constexpr std::uint16_t kFirstQueryType = 251;  // IXFR
constexpr std::uint16_t kLastQueryType = 255;   // ANY

constexpr std::size_t kMaxExtraText = 256;

enum class Section : std::uint8_t { answer, authority, additional };

std::string_view section_name(Section section) {
  switch (section) {
    case Section::answer:
      return "answer";
    case Section::authority:
      return "authority";
    case Section::additional:
      return "additional";
  }
  return "";
}

/// Reads one message from front to back. On a fault `error()` is the sentence.
class Parser {
 public:
  explicit Parser(std::span<const std::uint8_t> wire) : wire_(wire) {}

  Result<Message> parse() {
    if (!parse_whole()) return tl::unexpected(Error{std::move(error_)});
    return std::move(message_);
  }

 private:
  bool parse_whole() {
    if (wire_.size() < kHeaderSize) {
      return refuse("the message has " + std::to_string(wire_.size()) +
                    " octets, fewer than a header");
    }
    if (wire_.size() > wire::kMaxMessageSize) {
      return refuse("the message has more than 65535 octets");
    }
    read_header();
    const std::size_t questions = read_u16(&wire_[4]);
    const std::size_t answers = read_u16(&wire_[6]);
    const std::size_t authorities = read_u16(&wire_[8]);
    const std::size_t additionals = read_u16(&wire_[10]);
    if (!check_counts(questions, answers + authorities + additionals)) return false;
    at_ = kHeaderSize;
    if (questions == 1 && !read_question()) return false;
    if (!read_section(Section::answer, answers, message_.answer)) return false;
    if (!read_section(Section::authority, authorities, message_.authority)) return false;
    if (!read_section(Section::additional, additionals, message_.additional)) return false;
    if (at_ != wire_.size()) {
      const std::size_t left = wire_.size() - at_;
      return refuse(left == 1 ? "an octet follows the last record"
                              : std::to_string(left) + " octets follow the last record");
    }
    return true;
  }

  void read_header() {
    const unsigned flags = read_u16(&wire_[2]);
    message_.wire_size = wire_.size();
    message_.id = read_u16(&wire_[0]);
    message_.opcode = static_cast<std::uint8_t>(flags >> 11 & 0xf);
    message_.qr = (flags & kQr) != 0;
    message_.aa = (flags & kAa) != 0;
    message_.tc = (flags & kTc) != 0;
    message_.rd = (flags & kRd) != 0;
    message_.ra = (flags & kRa) != 0;
    message_.z = (flags & kZ) != 0;
    message_.ad = (flags & kAd) != 0;
    message_.cd = (flags & kCd) != 0;
    message_.rcode = static_cast<Rcode>(flags & 0xf);
  }

  bool check_counts(std::size_t questions, std::size_t records) {
    if (questions > 1) {
      return refuse("the question section has " + std::to_string(questions) + " entries");
    }
    if (records > kMaxRecordsPerMessage) {
      return refuse("the header announces " + std::to_string(records) +
                    " records, more than the limit of " + std::to_string(kMaxRecordsPerMessage));
    }
    if (records * kMinRecordSize > wire_.size() - kHeaderSize) {
      return refuse("the header announces " + std::to_string(records) +
                    " records, for which a message of " + std::to_string(wire_.size()) +
                    " octets has no room");
    }
    return true;
  }

  bool read_question() {
    wire::DecodedName name;
    const Fault fault =
        wire::decode_name(wire_, at_, wire_.size(), wire::Compression::accepted, name);
    if (fault != Fault::none) return refuse("the question's name", fault);
    if (wire_.size() - at_ < 4) return refuse("the question runs past the end of the message");
    message_.question.emplace(QuestionSection{wire::name_from_checked(name.view()),
                                              static_cast<RRType>(read_u16(&wire_[at_])),
                                              static_cast<RRClass>(read_u16(&wire_[at_ + 2]))});
    at_ += 4;
    return true;
  }

  bool read_section(Section section, std::size_t count, std::vector<Record>& records) {
    section_ = section;
    records.reserve(count - (section == Section::additional && count != 0 ? 1 : 0));
    for (index_ = 1; index_ <= count; ++index_) {
      if (!read_record(records)) return false;
    }
    return true;
  }

  bool read_record(std::vector<Record>& records) {
    wire::DecodedName owner;
    const Fault fault =
        wire::decode_name(wire_, at_, wire_.size(), wire::Compression::accepted, owner);
    if (fault != Fault::none) return refuse(where() + ": the owner name", fault);
    if (wire_.size() - at_ < kFixedRecordPart) {
      return refuse(where() + " runs past the end of the message");
    }
    const std::uint8_t* const fixed = &wire_[at_];
    const auto type = static_cast<RRType>(read_u16(fixed));
    const std::size_t length = read_u16(fixed + 8);
    at_ += kFixedRecordPart;
    if (length > wire_.size() - at_) {
      return refuse(where(type) + ": RDLENGTH runs past the end of the message");
    }
    const std::size_t begin = at_;
    at_ += length;
    if (type == RRType::opt) return read_opt(owner, fixed, begin);
    if (!check_type(type, begin, length)) return false;
    Record& record = records.emplace_back();
    record.owner = wire::name_from_checked(owner.view());
    record.type = type;
    record.rrclass = static_cast<RRClass>(read_u16(fixed + 2));
    record.ttl = read_u32(fixed + 4);
    const Fault in_rdata =
        wire::decode_rdata(wire_, begin, at_, type, record.rrclass, record.rdata);
    return in_rdata == Fault::none || refuse_rdata(type, in_rdata);
  }

  /// Refuses what cannot be data: transaction signatures (they are never asked for, and nothing
  /// here could check them) and the types of questions.
  bool check_type(RRType type, std::size_t begin, std::size_t length) {
    const auto number = static_cast<std::uint16_t>(type);
    if (type == RRType::tsig || number == kTkey) {
      return refuse(where(type) + ": no " + to_text(type) + " was asked for");
    }
    if (number == kSig && length >= 2 && read_u16(&wire_[begin]) == 0) {
      return refuse(where(type) + ": no SIG(0) was asked for");
    }
    if (number >= kFirstQueryType && number <= kLastQueryType) {
      return refuse(where(type) + ": a record cannot have this type");
    }
    return true;
  }

  /// RFC 6891 section 6.1: `fixed` is the record from its type on, the options are wire_[begin,
  /// at_).
  bool read_opt(const wire::DecodedName& owner, const std::uint8_t* fixed, std::size_t begin) {
    if (section_ != Section::additional) {
      return refuse(where(RRType::opt) + ": OPT belongs in the additional section");
    }
    if (owner.size != 1) return refuse(where(RRType::opt) + ": the owner of OPT is not the root");
    if (message_.edns) return refuse(where(RRType::opt) + ": the message has more than one OPT");
    Edns& edns = message_.edns.emplace();
    const unsigned flags = read_u16(fixed + 6);
    edns.udp_size = read_u16(fixed + 2);
    edns.version = fixed[5];
    edns.dnssec_ok = (flags & kEdnsDo) != 0;
    edns.other_flags = static_cast<std::uint16_t>(flags & ~kEdnsDo);
    const unsigned rcode = static_cast<unsigned>(message_.rcode) | static_cast<unsigned>(fixed[4])
                                                                       << 4;
    message_.rcode = static_cast<Rcode>(rcode);
    while (begin != at_) {
      if (at_ - begin < 4) return refuse(where(RRType::opt) + ": an option ends in its header");
      const std::size_t length = read_u16(&wire_[begin + 2]);
      if (length > at_ - begin - 4) {
        return refuse(where(RRType::opt) + ": an option runs past RDLENGTH");
      }
      EdnsOption& option = edns.options.emplace_back();
      option.code = static_cast<OptionCode>(read_u16(&wire_[begin]));
      const std::uint8_t* const data = wire_.data() + begin + 4;
      option.data.assign(data, data + length);
      begin += 4 + length;
    }
    return true;
  }

  std::string where() const {
    return std::string(section_name(section_)) + " record " + std::to_string(index_);
  }
  std::string where(RRType type) const { return where() + " (" + to_text(type) + ")"; }

  bool refuse(std::string sentence) {
    error_ = std::move(sentence);
    return false;
  }
  bool refuse(std::string subject, Fault fault) {
    return refuse(std::move(subject) + ' ' + std::string(wire::sentence(fault)));
  }
  bool refuse_rdata(RRType type, Fault fault) {
    if (fault == Fault::past_end) return refuse(where(type) + ": RDATA runs past RDLENGTH");
    return refuse(where(type) + ": RDATA", fault);
  }

  std::span<const std::uint8_t> wire_;
  std::size_t at_ = 0;
  Section section_ = Section::answer;
  std::size_t index_ = 0;
  Message message_;
  std::string error_;
};

void put_u16(Bytes& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_opt(Bytes& out, const EdnsRequest& edns) {
  assert(edns.ask_for.size() <= kMaxOptionsAsked && edns.cookie.size() <= kMaxCookieSize);
  const std::size_t asked = std::min(edns.ask_for.size(), kMaxOptionsAsked);
  const std::size_t cookie = std::min(edns.cookie.size(), kMaxCookieSize);
  out.push_back(0);
  put_u16(out, static_cast<unsigned>(RRType::opt));
  put_u16(out, edns.udp_size);
  put_u16(out, 0);  // extended RCODE and version
  put_u16(out, edns.dnssec_ok ? kEdnsDo : 0);
  put_u16(out, static_cast<unsigned>(4 * asked + (cookie == 0 ? 0 : 4 + cookie)));
  for (std::size_t i = 0; i < asked; ++i) {
    put_u16(out, static_cast<unsigned>(edns.ask_for[i]));
    put_u16(out, 0);
  }
  if (cookie == 0) return;
  put_u16(out, static_cast<unsigned>(OptionCode::cookie));
  put_u16(out, static_cast<unsigned>(cookie));
  out.insert(out.end(), edns.cookie.begin(),
             edns.cookie.begin() + static_cast<std::ptrdiff_t>(cookie));
}

}  // namespace

Result<Message> parse_message(std::span<const std::uint8_t> wire) {
  return Parser(wire).parse();
}

Bytes write_query(const Question& question, std::uint16_t id) {
  const std::string_view qname = question.qname.wire();
  const std::size_t options =
      question.edns ? 4 * question.edns->ask_for.size() + 4 + question.edns->cookie.size() : 0;
  Bytes out;
  out.reserve(kHeaderSize + qname.size() + 4 + kMinRecordSize + options);
  put_u16(out, id);
  put_u16(out, (question.recursion_desired ? kRd : 0) | (question.checking_disabled ? kCd : 0));
  put_u16(out, 1);
  put_u16(out, 0);
  put_u16(out, 0);
  put_u16(out, question.edns ? 1 : 0);
  out.insert(out.end(), qname.begin(), qname.end());
  put_u16(out, static_cast<unsigned>(question.qtype));
  put_u16(out, static_cast<unsigned>(RRClass::in));
  if (question.edns) put_opt(out, *question.edns);
  return out;
}

std::vector<const Record*> find_records(const std::vector<Record>& section, const Name& owner,
                                        RRType type) {
  std::vector<const Record*> found;
  for (const Record& record : section) {
    if (record.type == type && record.rrclass == RRClass::in && record.owner == owner) {
      found.push_back(&record);
    }
  }
  return found;
}

const EdnsOption* Edns::find(OptionCode code) const {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [code](const EdnsOption& option) { return option.code == code; });
  return found == options.end() ? nullptr : &*found;
}

std::vector<ExtendedError> Edns::extended_errors() const {
  std::vector<ExtendedError> errors;
  for (const EdnsOption& option : options) {
    if (option.code != OptionCode::ede || option.data.size() < 2) continue;
    const auto text = option.data.begin() + 2;
    const auto length = std::min<std::ptrdiff_t>(option.data.end() - text, kMaxExtraText);
    errors.push_back({read_u16(option.data.data()), std::string(text, text + length)});
  }
  return errors;
}

std::optional<Bytes> Edns::nsid() const {
  const EdnsOption* const option = find(OptionCode::nsid);
  if (option == nullptr) return std::nullopt;
  return option->data;
}

std::optional<std::uint32_t> Edns::expire() const {
  const EdnsOption* const option = find(OptionCode::expire);
  if (option == nullptr || option->data.size() != 4) return std::nullopt;
  return read_u32(option->data.data());
}

std::optional<Edns::ZoneVersion> Edns::zone_version() const {
  constexpr std::uint8_t kSoaSerial = 0;  // RFC 9660 section 7.2
  const EdnsOption* const option = find(OptionCode::zoneversion);
  if (option == nullptr || option->data.size() != 6 || option->data[1] != kSoaSerial) {
    return std::nullopt;
  }
  return ZoneVersion{option->data[0], read_u32(option->data.data() + 2)};
}

std::optional<Name> Edns::report_channel() const {
  const EdnsOption* const option = find(OptionCode::report_channel);
  if (option == nullptr) return std::nullopt;
  Result<Name> agent = Name::from_wire(option->data);
  if (!agent) return std::nullopt;
  return *std::move(agent);
}

}  // namespace dns
