// DNS messages: a strict parser for what servers send and a writer for what we ask.
//
// The parser is the wall against hostile input: every read is bounded, compression pointers must
// point backwards and are counted, RDLENGTH must be exact for every type whose form is known, one
// OPT at most and only at the root, no TSIG, no octets after the last record. A message that is not
// exactly right is an error, never a partial result. Pure functions and values; no Asio in here, so
// that the fuzzers build it alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dns/rdata.hpp"
#include "dns/result.hpp"

namespace dns {

/// Records kept per message; one with more is refused. A 64 KiB message of the smallest records
/// would hold near 6,000.
inline constexpr std::size_t kMaxRecordsPerMessage = 4096;
/// Compression pointers followed for one name: a name has at most 127 labels.
inline constexpr int kMaxCompressionPointers = 127;
/// Of an EdnsRequest, so that a query always fits in 512 octets (RFC 1035 section 2.3.4).
inline constexpr std::size_t kMaxOptionsAsked = 16;
/// 8 octets of the client's and at most 32 of the server's, RFC 7873 section 4.
inline constexpr std::size_t kMaxCookieSize = 40;

struct EdnsOption {
  OptionCode code{};
  Bytes data;
};

/// An Extended DNS Error, RFC 8914.
struct ExtendedError {
  std::uint16_t info_code = 0;
  std::string extra_text;  ///< as received, cut at 256 octets; not necessarily UTF-8
};

/// The OPT pseudo-record of a response, RFC 6891.
struct Edns {
  std::uint16_t udp_size = 0;
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::uint16_t other_flags = 0;  ///< the Z bits without DO
  std::vector<EdnsOption> options;

  const EdnsOption* find(OptionCode code) const;
  std::vector<ExtendedError> extended_errors() const;
  /// NSID octets, RFC 5001; nothing when absent.
  std::optional<Bytes> nsid() const;
  /// Seconds, RFC 7314; nothing when absent or not four octets.
  std::optional<std::uint32_t> expire() const;
  /// The serial of a ZONEVERSION of type SOA-SERIAL (RFC 9660) and the label count it is for.
  struct ZoneVersion {
    std::uint8_t label_count = 0;
    std::uint32_t serial = 0;
  };
  std::optional<ZoneVersion> zone_version() const;
  /// The agent domain of a Report-Channel option, RFC 9567.
  std::optional<Name> report_channel() const;
};

/// The question section of a response; absent in some error responses.
struct QuestionSection {
  Name qname;
  RRType qtype{};
  RRClass qclass = RRClass::in;
};

struct Message {
  std::uint16_t id = 0;
  std::uint8_t opcode = 0;
  bool qr = false;
  bool aa = false;
  bool tc = false;
  bool rd = false;
  bool ra = false;
  bool z = false;
  bool ad = false;
  bool cd = false;
  Rcode rcode{};  ///< extended
  std::optional<QuestionSection> question;
  std::vector<Record> answer;
  std::vector<Record> authority;
  std::vector<Record> additional;  ///< without the OPT
  std::optional<Edns> edns;
  std::size_t wire_size = 0;  ///< octets received
};

/// What a server is asked, apart from whom and how. A value; identical questions compare equal.
struct EdnsRequest {
  std::uint16_t udp_size = 1232;  ///< RFC 9715 section 3.2
  bool dnssec_ok = true;
  std::vector<OptionCode> ask_for;  ///< sent empty: NSID, EXPIRE, ZONEVERSION; kMaxOptionsAsked
  Bytes cookie;                     ///< RFC 7873: 8 octets of client cookie, then the server's
  friend bool operator==(const EdnsRequest&, const EdnsRequest&) = default;
};

struct Question {
  Name qname;
  RRType qtype{};
  bool recursion_desired = false;
  bool checking_disabled = false;
  std::optional<EdnsRequest> edns = EdnsRequest{};
  friend bool operator==(const Question&, const Question&) = default;
};

/// Parses one whole message. The error names what is wrong and where ("answer record 3 (MX): RDATA
/// runs past RDLENGTH").
Result<Message> parse_message(std::span<const std::uint8_t> wire);

/// The query in wire form, of class IN, with the given id. At most 512 octets by construction:
/// asserts that `ask_for` and `cookie` keep to their limits, and cuts them there.
Bytes write_query(const Question& question, std::uint16_t id);

/// Everything in `section` with this owner and type and of class IN, in the order received.
/// Pointers are valid while the section lives unchanged.
std::vector<const Record*> find_records(const std::vector<Record>& section, const Name& owner,
                                        RRType type);

}  // namespace dns
