// Fuzz target: any octets as a message. What is refused has a sentence; what is accepted keeps the
// promises of dns/message.hpp and dns/rdata.hpp, each of which is checked and ends the process when
// broken.
#include <cstdio>
#include <cstdlib>

#include "dns/exchange.hpp"
#include "dns/message.hpp"
#include "dns/wire.hpp"

namespace {

using dns::Message;
using dns::Name;
using dns::Record;
using dns::RRType;

void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

bool is_printable(const std::string& text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

void check_name(const Name& name) {
  const auto again = Name::from_text(name.to_text());
  require(again && again->is_identical(name), "a name survives its presentation form");
  const auto lowered = Name::from_text(name.to_label());
  require(lowered && *lowered == name, "a name survives its label form");
  require(is_printable(name.to_text()), "a name's text is printable");
  require(std::hash<Name>()(name) == std::hash<Name>()(name.lowered()), "a hash ignores case");
  const std::string_view wire = name.wire();
  const auto from_wire =
      Name::from_wire({reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size()});
  require(from_wire && from_wire->is_identical(name), "a name survives its wire form");
  require(name.is_at_or_below(name.suffix(name.label_count() / 2)), "a name is below its suffix");
}

/// A typed view is there for every record of the type that was accepted.
void check_views(const Record& record) {
  if (record.rrclass != dns::RRClass::in) return;
  switch (record.type) {
    case RRType::a:
    case RRType::aaaa: {
      const auto address = dns::parse_address(record.type, record.rdata);
      require(address.has_value(), "an accepted address is read");
      const auto again = dns::IpAddress::from_text(address->to_text());
      require(again && *again == *address, "an address survives its text");
      dns::special_purpose(*address);
      break;
    }
    case RRType::ns:
    case RRType::cname:
    case RRType::ptr:
    case RRType::dname: {
      const auto target = dns::parse_name_rdata(record.rdata);
      require(target.has_value(), "an accepted name is read");
      check_name(*target);
      break;
    }
    case RRType::soa:
      require(dns::parse_soa(record.rdata).has_value(), "an accepted SOA is read");
      break;
    case RRType::rrsig:
      require(dns::parse_rrsig(record.rdata).has_value(), "an accepted RRSIG is read");
      break;
    case RRType::ds:
      require(dns::parse_ds(record.rdata).has_value(), "an accepted DS is read");
      break;
    case RRType::dnskey:
      require(dns::parse_dnskey(record.rdata).has_value(), "an accepted DNSKEY is read");
      dns::key_tag(record.rdata);
      break;
    default:
      break;
  }
}

void check_record(const Record& record) {
  check_name(record.owner);
  check_views(record);
  const std::string text = dns::rdata_to_text(record.type, record.rdata);
  require(!text.empty() && is_printable(text), "RDATA has a printable text");
  if (record.rrclass == dns::RRClass::in) {
    require(dns::wire::check_rdata(record.type, record.rdata) == dns::wire::Fault::none,
            "decompressed RDATA has the form of its type");
  }
}

void check_section(const std::vector<Record>& section) {
  for (const Record& record : section) check_record(record);
  if (section.empty() || section.front().rrclass != dns::RRClass::in) return;
  const Record& first = section.front();
  const auto found = dns::find_records(section, first.owner, first.type);
  require(!found.empty() && found.front() == &first, "a record is found by its owner and type");
}

void check_edns(const dns::Edns& edns) {
  edns.nsid();
  edns.expire();
  edns.zone_version();
  if (const auto agent = edns.report_channel()) check_name(*agent);
  for (const auto& error : edns.extended_errors()) {
    require(error.extra_text.size() <= 256, "extra text is cut");
    dns::ede_purpose(error.info_code);
  }
}

/// The question of the message, asked by us, is read back; and the message gets a kind.
void check_question(const Message& message) {
  dns::Exchange exchange;
  dns::Question& question = exchange.question;
  question.qname = message.question->qname;
  question.qtype = message.question->qtype;
  check_name(question.qname);
  const auto query = dns::parse_message(dns::write_query(question, message.id));
  require(query && query->id == message.id && query->question, "our own query is read");
  require(query->question->qname.is_identical(question.qname), "our own query has the name asked");
  require(is_printable(dns::dig_command(exchange)), "a dig command is one printable line");
  for (std::size_t labels = 0; labels <= question.qname.label_count(); ++labels) {
    require(!dns::to_text(classify(message, question, question.qname.suffix(labels))).empty(),
            "a response has a kind");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = dns::parse_message({data, size});
  if (!message) {
    require(!message.error().sentence.empty() && is_printable(message.error().sentence),
            "a refusal has a sentence");
    return 0;
  }
  require(message->wire_size == size, "the size is kept");
  check_section(message->answer);
  check_section(message->authority);
  check_section(message->additional);
  if (message->edns) check_edns(*message->edns);
  if (message->question) check_question(*message);
  return 0;
}
