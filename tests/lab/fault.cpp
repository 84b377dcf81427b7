#include "tests/lab/fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/lab/master_file.hpp"

namespace lab {
namespace {

constexpr auto kKinds = std::to_array<std::pair<std::string_view, FaultKind>>({
    {"drop", FaultKind::drop},
    {"lose", FaultKind::lose},
    {"slow", FaultKind::slow},
    {"close", FaultKind::close},
    {"reset", FaultKind::reset},
    {"rcode", FaultKind::rcode},
    {"nxdomain", FaultKind::nxdomain},
    {"no-empty-names", FaultKind::no_empty_names},
    {"no-aa", FaultKind::no_aa},
    {"like-a-resolver", FaultKind::like_a_resolver},
    {"upward-referral", FaultKind::upward_referral},
    {"bare-referral", FaultKind::bare_referral},
    {"self-referral", FaultKind::self_referral},
    {"truncate", FaultKind::truncate},
    {"foreign-keys", FaultKind::foreign_keys},
    {"no-edns", FaultKind::no_edns},
    {"drop-edns", FaultKind::drop_edns},
    {"wrong-id", FaultKind::wrong_id},
    {"wrong-source", FaultKind::wrong_source},
    {"wrong-question", FaultKind::wrong_question},
    {"query-echo", FaultKind::query_echo},
    {"garbage", FaultKind::garbage},
    {"empty", FaultKind::empty},
    {"cut-short", FaultKind::cut_short},
    {"trailing-octets", FaultKind::trailing_octets},
    {"oversized-counts", FaultKind::oversized_counts},
    {"pointer-loop", FaultKind::pointer_loop},
    {"forward-pointer", FaultKind::forward_pointer},
    {"wrong-rdlength", FaultKind::wrong_rdlength},
    {"second-opt", FaultKind::second_opt},
});

/// One record from text that is a constant of this file.
dns::Record record_of(const std::string& text) {
  auto records = parse_master_text(text + "\n", dns::Name());
  return records && !records->empty() ? records->front() : dns::Record{};
}

void make_error(dns::Rcode rcode, Reply& reply) {
  reply = Reply{};
  reply.rcode = rcode;
}

void make_nxdomain(const dns::Name& zone, Reply& reply) {
  make_error(dns::Rcode::nxdomain, reply);
  reply.aa = true;
  const dns::Name parent = zone.is_root() ? zone : zone.parent();
  reply.authority.push_back(record_of(parent.to_text() +
                                      " 900 IN SOA ns.invalid. hostmaster.invalid. 1 14400 3600 "
                                      "1209600 900"));
}

void make_referral(const dns::Name& to, Reply& reply) {
  make_error(dns::Rcode::noerror, reply);
  for (const char* server : {"a.root-servers.", "b.root-servers."}) {
    reply.authority.push_back(record_of(to.to_text() + " 3600 IN NS " + server));
  }
}

/// A referral as a server gives it that knows nothing of DNSSEC.
void make_bare(Reply& reply) {
  if (reply.aa || !reply.answer.empty()) return;
  std::erase_if(reply.authority,
                [](const dns::Record& record) { return record.type != dns::RRType::ns; });
}

void add_foreign_keys(Reply& reply) {
  std::vector<dns::Record> foreign;
  for (const dns::Record& record : reply.answer) {
    if (record.type != dns::RRType::dnskey) continue;
    foreign.push_back(record);
    foreign.back().owner = record.owner.prefixed("elsewhere").value();
  }
  reply.answer.insert(reply.answer.end(), foreign.begin(), foreign.end());
}

/// Faults of the content: what the reply says.
void change_reply(const Fault& fault, const Query& query, const dns::Name& zone,
                  dns::Transport transport, Reply& reply) {
  switch (fault.kind) {
    case FaultKind::rcode:
      return make_error(fault.rcode, reply);
    case FaultKind::nxdomain:
      return make_nxdomain(zone, reply);
    case FaultKind::no_empty_names:
      if (reply.aa && reply.rcode == dns::Rcode::noerror && reply.answer.empty() &&
          !(query.qname == zone)) {
        reply.rcode = dns::Rcode::nxdomain;
      }
      return;
    case FaultKind::no_aa:
      reply.aa = false;
      return;
    case FaultKind::like_a_resolver:
      reply.aa = false;
      reply.ra = true;
      return;
    case FaultKind::upward_referral:
      return make_referral(dns::Name(), reply);
    case FaultKind::bare_referral:
      return make_bare(reply);
    case FaultKind::self_referral:
      return make_referral(zone, reply);
    case FaultKind::truncate:
      if (transport == dns::Transport::udp) {
        make_error(dns::Rcode::noerror, reply);
        reply.aa = true;
        reply.tc = true;
      }
      return;
    case FaultKind::foreign_keys:
      return add_foreign_keys(reply);
    case FaultKind::no_edns:
      if (query.edns) make_error(dns::Rcode::formerr, reply);
      return;
    default:
      return;
  }
}

void add_to_count(dns::Bytes& wire, std::size_t at, unsigned value) {
  const unsigned count = (static_cast<unsigned>(wire[at]) << 8U | wire[at + 1]) + value;
  wire[at] = static_cast<std::uint8_t>(count >> 8U);
  wire[at + 1] = static_cast<std::uint8_t>(count);
}

/// Puts a record with a broken owner name in front of the others.
void insert_owner(std::size_t at, unsigned pointer, dns::Bytes& wire) {
  const dns::Bytes record = {static_cast<std::uint8_t>(0xC0U | pointer >> 8U),
                             static_cast<std::uint8_t>(pointer),
                             0,
                             1,
                             0,
                             1,
                             0,
                             0,
                             0,
                             60,
                             0,
                             4,
                             127,
                             0,
                             0,
                             1};
  wire.insert(wire.begin() + static_cast<std::ptrdiff_t>(at), record.begin(), record.end());
  add_to_count(wire, 6, 1);
}

/// The position of RDLENGTH of the record at `at`, whose owner is a pointer or plain labels.
std::size_t rdlength_offset(const dns::Bytes& wire, std::size_t at) {
  while (at < wire.size() && wire[at] != 0 && (wire[at] & 0xC0U) == 0) at += 1U + wire[at];
  if (at < wire.size()) at += (wire[at] & 0xC0U) != 0 ? 2 : 1;
  return at + 8;
}

/// Faults of the form: what the octets are.
void change_wire(const Fault& fault, const Query& query, std::span<const std::uint8_t> original,
                 dns::Bytes& wire) {
  const std::size_t first = first_record_offset(query);
  switch (fault.kind) {
    case FaultKind::wrong_id:
      wire[0] ^= 0x55U;
      wire[1] ^= 0x55U;
      return;
    case FaultKind::wrong_question:
      // Of a root question only the type can be changed.
      wire[query.qname.is_root() ? 14 : 13] ^= 1U;
      return;
    case FaultKind::query_echo:
      wire.assign(original.begin(), original.end());
      return;
    case FaultKind::garbage:
      wire.resize(48);
      for (std::size_t i = 4; i < wire.size(); ++i) wire[i] = static_cast<std::uint8_t>(0xF7U * i);
      return;
    case FaultKind::empty:
      wire.clear();
      return;
    case FaultKind::cut_short:
      wire.resize(wire.size() - std::min<std::size_t>(wire.size() - 12, 5));
      return;
    case FaultKind::trailing_octets:
      wire.insert(wire.end(), {0xDE, 0xAD, 0xBE, 0xEF, 0x00, 0x01, 0x02});
      return;
    case FaultKind::oversized_counts:
      wire[6] = 0xFF;
      wire[7] = 0xFF;
      return;
    case FaultKind::pointer_loop:
      return insert_owner(first, static_cast<unsigned>(first), wire);
    case FaultKind::forward_pointer:
      return insert_owner(first, 0x3FFF, wire);
    case FaultKind::wrong_rdlength: {
      const std::size_t at = rdlength_offset(wire, first);
      if (at + 1 < wire.size()) wire[at + 1] = static_cast<std::uint8_t>(wire[at + 1] - 1U);
      return;
    }
    case FaultKind::second_opt: {
      const std::array<std::uint8_t, 11> opt = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
      const int count = query.edns ? 1 : 2;
      for (int i = 0; i < count; ++i) wire.insert(wire.end(), opt.begin(), opt.end());
      add_to_count(wire, 10, static_cast<unsigned>(count));
      return;
    }
    default:
      return;
  }
}

/// Faults of the transport: whether, when and from where.
void change_delivery(const Fault& fault, const Query& query, dns::Transport transport,
                     const Random& random, Delivery& delivery) {
  switch (fault.kind) {
    case FaultKind::drop:
      delivery.nothing = true;
      return;
    case FaultKind::drop_edns:
      delivery.nothing = delivery.nothing || query.edns.has_value();
      return;
    case FaultKind::lose:
      if (transport == dns::Transport::udp && random() < fault.ratio) delivery.nothing = true;
      return;
    case FaultKind::slow:
      delivery.delay += fault.delay;
      return;
    case FaultKind::close:
      delivery.close = true;
      return;
    case FaultKind::reset:
      delivery.reset = true;
      return;
    case FaultKind::wrong_source:
      if (transport == dns::Transport::udp) delivery.source = fault.source;
      return;
    default:
      return;
  }
}

std::size_t size_limit(const Query& query, dns::Transport transport) {
  if (transport == dns::Transport::tcp) return kMaxMessageSize;
  if (!query.edns) return kMaxPlainUdpSize;
  return std::max<std::size_t>(kMaxPlainUdpSize, query.edns->udp_size);
}

}  // namespace

bool Fault::applies(const Query& query, dns::Transport over) const {
  if (transport && *transport != over) return false;
  return qtypes.empty() || std::find(qtypes.begin(), qtypes.end(), query.qtype) != qtypes.end();
}

std::optional<FaultKind> fault_kind_from_text(std::string_view text) {
  for (const auto& [name, kind] : kKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

Delivery deliver(const Query& query, std::span<const std::uint8_t> original, Reply reply,
                 const dns::Name& zone, const std::vector<Fault>& faults, dns::Transport transport,
                 const std::string& nsid, const Random& random) {
  Delivery delivery;
  Query answered = query;
  for (const auto& fault : faults) {
    if (!fault.applies(query, transport)) continue;
    change_reply(fault, query, zone, transport, reply);
    change_delivery(fault, query, transport, random, delivery);
    if (fault.kind == FaultKind::no_edns) answered.edns.reset();
  }
  if (delivery.nothing) return delivery;
  delivery.wire = write_reply(answered, reply, size_limit(query, transport), nsid);
  for (const auto& fault : faults) {
    if (fault.applies(query, transport)) change_wire(fault, answered, original, delivery.wire);
  }
  return delivery;
}

}  // namespace lab
