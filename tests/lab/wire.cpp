#include "tests/lab/wire.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace lab {
namespace {

constexpr std::size_t kHeaderSize = 12;
constexpr std::uint16_t kOptionNsid = 3;
constexpr std::uint16_t kLabUdpSize = 1232;
constexpr std::size_t kMaxPointerOffset = 0x3FFF;

/// Reads forward only; every read says whether it was inside.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> wire) : wire_(wire) {}

  std::optional<std::uint16_t> u16() {
    if (wire_.size() - at_ < 2) return std::nullopt;
    const auto value = static_cast<std::uint16_t>((wire_[at_] << 8U) | wire_[at_ + 1]);
    at_ += 2;
    return value;
  }

  bool skip(std::size_t count) {
    if (wire_.size() - at_ < count) return false;
    at_ += count;
    return true;
  }

  /// A name without compression pointers: queries have no need of them.
  std::optional<dns::Name> name() {
    const std::size_t start = at_;
    while (at_ < wire_.size()) {
      const std::uint8_t length = wire_[at_];
      if (length > dns::Name::kMaxLabelLength) return std::nullopt;
      if (!skip(1U + length)) return std::nullopt;
      if (length == 0) {
        auto name = dns::Name::from_wire(wire_.subspan(start, at_ - start));
        if (!name) return std::nullopt;
        return *name;
      }
    }
    return std::nullopt;
  }

 private:
  std::span<const std::uint8_t> wire_;
  std::size_t at_ = 0;
};

std::optional<QueryEdns> parse_opt(Reader& reader, std::uint16_t rrclass) {
  QueryEdns edns;
  edns.udp_size = rrclass;
  const auto ttl_high = reader.u16();
  const auto ttl_low = reader.u16();
  const auto length = reader.u16();
  if (!ttl_high || !ttl_low || !length) return std::nullopt;
  edns.version = static_cast<std::uint8_t>(*ttl_high & 0xFFU);
  edns.dnssec_ok = (*ttl_low & 0x8000U) != 0;
  std::size_t left = *length;
  while (left >= 4) {
    const auto code = reader.u16();
    const auto size = reader.u16();
    if (!code || !size || *size > left - 4 || !reader.skip(*size)) return std::nullopt;
    edns.wants_nsid = edns.wants_nsid || *code == kOptionNsid;
    left -= 4U + *size;
  }
  if (left != 0) return std::nullopt;
  return edns;
}

/// Writes one message, compressing owner names and the names in the RDATA of the types for which
/// RFC 3597 section 4 allows it.
class Writer {
 public:
  /// With `exact_case` a name is a pointer only to a name of the same case.
  explicit Writer(bool exact_case) : exact_case_(exact_case) {}

  void u8(unsigned value) { out_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(unsigned value) {
    u8(value >> 8U & 0xFFU);
    u8(value & 0xFFU);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16U);
    u16(value & 0xFFFFU);
  }
  void bytes(std::span<const std::uint8_t> data) {
    out_.insert(out_.end(), data.begin(), data.end());
  }

  void name(const dns::Name& whole) {
    dns::Name rest = whole;
    while (!rest.is_root()) {
      const std::string key(exact_case_ ? rest.wire() : rest.lowered().wire());
      if (const auto seen = offsets_.find(key); seen != offsets_.end()) {
        u16(static_cast<unsigned>(0xC000U | seen->second));
        return;
      }
      if (out_.size() <= kMaxPointerOffset) offsets_.emplace(key, out_.size());
      const std::string_view label = rest.label(0);
      u8(static_cast<unsigned>(label.size()));
      for (const char c : label) u8(static_cast<unsigned char>(c));
      rest = rest.parent();
    }
    u8(0);
  }

  void record(const dns::Record& record) {
    name(record.owner);
    u16(static_cast<unsigned>(record.type));
    u16(static_cast<unsigned>(record.rrclass));
    u32(record.ttl);
    const std::size_t length_at = out_.size();
    u16(0);
    rdata(record);
    const std::size_t length = out_.size() - length_at - 2;
    out_[length_at] = static_cast<std::uint8_t>(length >> 8U);
    out_[length_at + 1] = static_cast<std::uint8_t>(length & 0xFFU);
  }

  std::size_t size() const { return out_.size(); }
  dns::Bytes take() { return std::move(out_); }

 private:
  void rdata(const dns::Record& record) {
    switch (record.type) {
      case dns::RRType::ns:
      case dns::RRType::cname:
      case dns::RRType::ptr:
        if (const auto target = dns::parse_name_rdata(record.rdata)) return name(*target);
        break;
      case dns::RRType::soa:
        if (const auto soa = dns::parse_soa(record.rdata)) {
          name(soa->mname);
          name(soa->rname);
          for (const auto value :
               {soa->serial, soa->refresh, soa->retry, soa->expire, soa->minimum}) {
            u32(value);
          }
          return;
        }
        break;
      default:
        break;
    }
    bytes(record.rdata);
  }

  bool exact_case_;
  dns::Bytes out_;
  std::map<std::string, std::size_t> offsets_;  // by wire form
};

void write_opt(const QueryEdns& query, dns::Rcode rcode, const std::string& nsid, Writer& out) {
  out.u8(0);
  out.u16(static_cast<unsigned>(dns::RRType::opt));
  out.u16(kLabUdpSize);
  out.u8(static_cast<unsigned>(rcode) >> 4U & 0xFFU);
  out.u8(0);
  out.u16(query.dnssec_ok ? 0x8000U : 0U);
  if (!query.wants_nsid || nsid.empty()) return out.u16(0);
  out.u16(static_cast<unsigned>(4 + nsid.size()));
  out.u16(kOptionNsid);
  out.u16(static_cast<unsigned>(nsid.size()));
  for (const char c : nsid) out.u8(static_cast<unsigned char>(c));
}

dns::Bytes write_sections(const Query& query, const Reply& reply, bool with_additional,
                          const std::string& nsid) {
  Writer out(reply.exact_case);
  const unsigned rcode = static_cast<unsigned>(reply.rcode);
  out.u16(query.id);
  out.u8(0x80U | (query.opcode & 0x0FU) << 3U | (reply.aa ? 4U : 0U) | (reply.tc ? 2U : 0U) |
         (query.rd ? 1U : 0U));
  out.u8((reply.ra ? 0x80U : 0U) | (reply.ad ? 0x20U : 0U) | (query.cd || reply.cd ? 0x10U : 0U) |
         (rcode & 0x0FU));
  const std::size_t additional = with_additional ? reply.additional.size() : 0;
  out.u16(1);
  out.u16(static_cast<unsigned>(reply.answer.size()));
  out.u16(static_cast<unsigned>(reply.authority.size()));
  out.u16(static_cast<unsigned>(reply.glue.size() + additional + (query.edns ? 1U : 0U)));
  out.name(query.qname);
  out.u16(static_cast<unsigned>(query.qtype));
  out.u16(query.qclass);
  for (const auto* section : {&reply.answer, &reply.authority, &reply.glue}) {
    for (const auto& record : *section) out.record(record);
  }
  if (with_additional) {
    for (const auto& record : reply.additional) out.record(record);
  }
  if (query.edns) write_opt(*query.edns, reply.rcode, nsid, out);
  return out.take();
}

}  // namespace

std::optional<Query> parse_query(std::span<const std::uint8_t> wire) {
  if (wire.size() < kHeaderSize || (wire[2] & 0x80U) != 0) return std::nullopt;
  Reader reader(wire);
  Query query;
  query.id = *reader.u16();
  const unsigned flags = *reader.u16();
  query.opcode = static_cast<std::uint8_t>(flags >> 11U & 0x0FU);
  query.rd = (flags & 0x0100U) != 0;
  query.cd = (flags & 0x0010U) != 0;
  const unsigned questions = *reader.u16();
  const unsigned records = *reader.u16() + *reader.u16();
  const unsigned additional = *reader.u16();
  if (questions != 1 || records != 0) return std::nullopt;
  const auto name = reader.name();
  const auto qtype = reader.u16();
  const auto qclass = reader.u16();
  if (!name || !qtype || !qclass) return std::nullopt;
  query.qname = *name;
  query.qtype = static_cast<dns::RRType>(*qtype);
  query.qclass = *qclass;
  for (unsigned i = 0; i < additional; ++i) {
    const auto owner = reader.name();
    const auto type = reader.u16();
    const auto rrclass = reader.u16();
    if (!owner || !type || !rrclass) return std::nullopt;
    if (static_cast<dns::RRType>(*type) != dns::RRType::opt || query.edns) return std::nullopt;
    query.edns = parse_opt(reader, *rrclass);
    if (!query.edns) return std::nullopt;
  }
  return query;
}

dns::Bytes write_reply(const Query& query, const Reply& reply, std::size_t limit,
                       const std::string& nsid) {
  dns::Bytes wire = write_sections(query, reply, true, nsid);
  if (wire.size() <= limit) return wire;
  wire = write_sections(query, reply, false, nsid);
  if (wire.size() <= limit) return wire;
  Reply truncated;
  truncated.rcode = reply.rcode;
  truncated.aa = reply.aa;
  truncated.ra = reply.ra;
  truncated.tc = true;
  wire = write_sections(query, truncated, false, nsid);

  return wire;
}

std::size_t first_record_offset(const Query& query) {
  return kHeaderSize + query.qname.wire().size() + 4;
}

}  // namespace lab
