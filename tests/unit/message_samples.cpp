#include "tests/unit/message_samples.hpp"

#include "tests/unit/message_builder.hpp"

namespace tests {
namespace {

using dns::Bytes;
using dns::RRType;

constexpr std::string_view kQname = "www.example.org.";

RRType type_of(unsigned number) {
  return static_cast<RRType>(number);
}

MessageBuilder about(RRType type) {
  MessageBuilder builder;
  builder.question(kQname, type);
  return builder;
}

Bytes soa_rdata() {
  return Octets()
      .labels("ns1.")
      .pointer(kQnameOffset + 4)
      .labels("hostmaster.")
      .pointer(kQnameOffset + 4)
      .u32(2026073102)
      .u32(1800)
      .u32(900)
      .u32(604800)
      .u32(86400);
}

Bytes rrsig_rdata() {
  return Octets()
      .u16(6)
      .u8(13)
      .u8(2)
      .u32(3600)
      .u32(1800000000)
      .u32(1790000000)
      .u16(4711)
      .name("example.org.")
      .fill(64, 0xab);
}

/// A right answer with one record of each form that the parser knows.
void add_accepted_forms(std::vector<MessageSample>& samples) {
  const auto add = [&](const std::string& name, unsigned type, const Bytes& rdata) {
    samples.push_back({"form_" + name, "",
                       about(type_of(type)).answer(to_qname(), type_of(type), rdata).opt().wire()});
  };
  add("a", 1, Octets().raw({192, 0, 2, 1}));
  add("ns", 2, Octets().labels("ns1.").pointer(kQnameOffset));
  add("soa", 6, soa_rdata());
  add("null", 10, {});
  add("wks", 11, Octets().raw({192, 0, 2, 1, 6, 0x80}));
  add("hinfo", 13, Octets().string("VAX").string("UNIX"));
  add("minfo", 14, Octets().pointer(kQnameOffset).labels("err.").pointer(kQnameOffset + 4));
  add("mx", 15, Octets().u16(10).labels("mx.").pointer(kQnameOffset + 4));
  add("txt", 16, Octets().string("v=spf1 -all").string(""));
  add("rp", 17, Octets().pointer(kQnameOffset).u8(0));
  add("afsdb", 18, Octets().u16(1).pointer(kQnameOffset));
  add("x25", 19, Octets().string("311061700956"));
  add("isdn", 20, Octets().string("150862028003217").string("004"));
  add("isdn_one", 20, Octets().string("150862028003217"));
  add("nsap", 22, Octets().raw({0x47, 0x00, 0x05}));
  add("nsap_ptr", 23, Octets().pointer(kQnameOffset));
  add("sig", 24, rrsig_rdata());
  add("key", 25, Octets().u16(0x0100).u8(3).u8(5).fill(8, 1));
  add("px", 26, Octets().u16(10).pointer(kQnameOffset).pointer(kQnameOffset));
  add("gpos", 27, Octets().string("-32.6882").string("116.8652").string("10.0"));
  add("aaaa", 28, Octets().raw({0x20, 0x01, 0x0d, 0xb8}).fill(11, 0).u8(1));
  add("loc", 29, Octets().raw({0, 0x12, 0x16, 0x13}).u32(0x80000000).u32(0x80000000).u32(10000000));
  add("nxt", 30, Octets().pointer(kQnameOffset).raw({0x40}));
  add("srv", 33, Octets().u16(0).u16(0).u16(53).pointer(kQnameOffset));
  add("naptr", 35,
      Octets().u16(100).u16(10).string("S").string("SIP+D2U").string("").pointer(kQnameOffset));
  add("kx", 36, Octets().u16(1).pointer(kQnameOffset));
  add("cert", 37, Octets().u16(1).u16(0).u8(8).fill(8, 1));
  add("dname", 39, Octets().labels("elsewhere.").pointer(kQnameOffset + 4));
  add("apl", 42, Octets().raw({0, 1, 24, 3, 192, 0, 2, 0, 2, 32, 0x84, 0x20, 1, 0xd, 0xb8}));
  add("apl_empty", 42, {});
  add("ds", 43, Octets().u16(4711).u8(13).u8(2).fill(32, 7));
  add("sshfp", 44, Octets().u8(4).u8(2).fill(32, 7));
  add("ipseckey_none", 45, Octets().raw({10, 0, 2}).fill(16, 9));
  add("ipseckey_v4", 45, Octets().raw({10, 1, 2, 192, 0, 2, 38}).fill(16, 9));
  add("ipseckey_v6", 45, Octets().raw({10, 2, 2}).fill(16, 1).fill(16, 9));
  add("ipseckey_name", 45, Octets().raw({10, 3, 2}).name("gw.example.").fill(16, 9));
  add("rrsig", 46, rrsig_rdata());
  add("nsec", 47, Octets().labels("z.").pointer(kQnameOffset + 4).raw({0, 1, 0x40, 1, 1, 1}));
  add("dnskey", 48, Octets().u16(257).u8(3).u8(13).fill(64, 5));
  add("dnskey_empty", 48, Octets().u16(257).u8(3).u8(13));
  add("dhcid", 49, Octets().fill(35, 1));
  add("nsec3", 50, Octets().raw({1, 1, 0, 0, 2, 0xaa, 0xbb, 20}).fill(20, 3).raw({0, 1, 0x40}));
  add("nsec3_empty_bitmap", 50, Octets().raw({1, 0, 0, 0, 0, 20}).fill(20, 3));
  add("nsec3param", 51, Octets().raw({1, 0, 0, 0, 0}));
  add("tlsa", 52, Octets().raw({3, 1, 1}).fill(32, 2));
  add("hip", 55, Octets().raw({4, 2, 0, 3}).fill(7, 6).name("rvs.example."));
  add("talink", 58, Octets().name("a.example.").name("b.example."));
  add("cds_delete", 59, Octets().raw({0, 0, 0, 0, 0}));
  add("cdnskey_delete", 60, Octets().raw({0, 0, 3, 0, 0}));
  add("openpgpkey", 61, Octets().fill(20, 1));
  add("csync", 62, Octets().u32(66).u16(3).raw({0, 1, 0x60}));
  add("zonemd", 63, Octets().u32(2026073102).u8(1).u8(1).fill(48, 4));
  add("svcb", 64,
      Octets().u16(1).name("svc.example.").u16(1).u16(3).raw({2, 'h', '2'}).u16(3).u16(2).u16(443));
  add("https_alias", 65, Octets().u16(0).name("pool.example."));
  add("dsync", 66, Octets().u16(59).u8(1).u16(5300).name("notify.example."));
  add("nid", 104, Octets().u16(10).fill(8, 1));
  add("l32", 105, Octets().u16(10).fill(4, 1));
  add("lp", 107, Octets().u16(10).name("l64.example."));
  add("eui48", 108, Octets().fill(6, 1));
  add("eui64", 109, Octets().fill(8, 1));
  add("uri", 256, Octets().u16(10).u16(1).text("ftp://ftp.example.org/"));
  add("caa", 257, Octets().u8(0).string("issue").text("ca.example.net"));
  add("amtrelay", 260, Octets().raw({10, 0x83}).name("relay.example."));
  add("unknown", 65280, Octets().raw({0xc0, 0x0c, 1, 2, 3}));
}

void add_accepted_messages(std::vector<MessageSample>& samples) {
  const auto add = [&](const std::string& name, const MessageBuilder& builder) {
    samples.push_back({name, "", builder.wire()});
  };
  add("empty_response", MessageBuilder(0x8005));
  add("question_only", about(RRType::soa));
  add("soa_signed", about(RRType::soa)
                        .answer(to_qname(), RRType::soa, soa_rdata())
                        .answer(to_qname(), RRType::rrsig, rrsig_rdata())
                        .opt());
  MessageBuilder referral(0x8000);
  referral.question(kQname, RRType::soa)
      .authority(Octets().pointer(kQnameOffset + 4), RRType::ns,
                 Octets().labels("ns1.").pointer(kQnameOffset + 4))
      .authority(Octets().pointer(kQnameOffset + 4), RRType::ds,
                 Octets().u16(4711).u8(13).u8(2).fill(32, 7))
      .additional(Octets().labels("ns1.").pointer(kQnameOffset + 4), RRType::a,
                  Octets().raw({192, 0, 2, 53}))
      .opt();
  add("referral", referral);
  add("opt_first", about(RRType::a).opt().additional(owner("ns1.example.org."), RRType::a,
                                                     Octets().raw({192, 0, 2, 53})));
  add("options", about(RRType::soa)
                     .opt(Octets()
                              .u16(3)
                              .u16(4)
                              .text("ns01")
                              .u16(10)
                              .u16(16)
                              .fill(16, 0xcc)
                              .u16(9)
                              .u16(4)
                              .u32(604800)
                              .u16(15)
                              .u16(9)
                              .u16(22)
                              .text("no more")
                              .u16(18)
                              .u16(7)
                              .name("agent.")
                              .u16(19)
                              .u16(6)
                              .u8(2)
                              .u8(0)
                              .u32(2026073102)
                              .u16(65001)
                              .u16(0)));
  add("badvers", about(RRType::soa).opt({}, 1));
  add("chaos_a", MessageBuilder()
                     .question(kQname, RRType::a, 3)
                     .answer(to_qname(), RRType::a, Octets().name("ch.").u16(0x1234), 3));
  // The longest name: 127 labels of one octet.
  std::string longest;
  for (int i = 0; i < 127; ++i) longest += "a.";
  add("longest_name", MessageBuilder()
                          .question(longest, RRType::a)
                          .answer(to_qname(), RRType::cname, Octets().pointer(kQnameOffset)));
  // A chain of as many pointers as are allowed, in the RDATA of an unknown type.
  MessageBuilder chain;
  chain.question(".", type_of(65280));
  const std::size_t start = chain.offset() + 11;
  Octets pointers;
  pointers.pointer(kQnameOffset);
  for (std::size_t i = 1; i < 126; ++i) pointers.pointer(start + 2 * (i - 1));
  chain.answer(owner("."), type_of(65280), pointers)
      .answer(Octets().pointer(start + 2 * 125), RRType::a, Octets().raw({192, 0, 2, 1}));
  add("pointers_127", chain);
}

void add_refused_names(std::vector<MessageSample>& samples) {
  const auto add = [&](const std::string& name, const Octets& question, const std::string& error) {
    samples.push_back(
        {name, "the question's name " + error, MessageBuilder().count(0, 1).raw(question).wire()});
  };
  add("name_missing", Octets(), "runs past its end");
  add("name_unfinished", Octets().raw({3, 'w', 'w', 'w'}), "runs past its end");
  add("name_label_cut", Octets().raw({9, 'w', 'w', 'w'}), "runs past its end");
  add("name_label_kind_01", Octets().raw({0x41, 0, 0, 1, 0, 1}), "has a label of an unknown kind");
  add("name_label_kind_10", Octets().raw({0x80, 0, 0, 1, 0, 1}), "has a label of an unknown kind");
  add("name_pointer_cut", Octets().raw({0xc0}), "runs past its end");
  add("name_pointer_self", Octets().pointer(12).u16(1).u16(1),
      "has a compression pointer that does not point backwards");
  add("name_pointer_loop", Octets().labels("a.").pointer(12).u16(1).u16(1),
      "has a compression pointer that does not point backwards");
  add("name_pointer_forward", Octets().pointer(16).u16(1).u16(1).u8(0),
      "has a compression pointer that does not point backwards");
  add("name_pointer_header", Octets().pointer(4).u16(1).u16(1),
      "has a compression pointer into the header");
  add("name_pointer_header_end", Octets().pointer(11).u16(1).u16(1),
      "has a compression pointer into the header");
  Octets long_name;
  for (int i = 0; i < 4; ++i) long_name.u8(63).fill(63, 'x');
  add("name_256", long_name.u8(0).u16(1).u16(1), "has a name of more than 255 octets");

  MessageBuilder chain;
  chain.question(".", type_of(65280));
  const std::size_t start = chain.offset() + 11;
  Octets pointers;
  pointers.pointer(kQnameOffset);
  for (std::size_t i = 1; i < 127; ++i) pointers.pointer(start + 2 * (i - 1));
  chain.answer(owner("."), type_of(65280), pointers)
      .answer(Octets().pointer(start + 2 * 126), RRType::a, Octets().raw({192, 0, 2, 1}));
  samples.push_back({"pointers_128",
                     "answer record 2: the owner name has a name with more than 127 compression "
                     "pointers",
                     chain.wire()});
  // The label pointed to covers the pointer: RDLENGTH's 2 read as a length, the two octets of
  // RDATA, and a root label after them.
  MessageBuilder covering;
  covering.question(".", RRType::ns);
  const std::size_t rdata = covering.offset() + 11;
  covering.answer(owner("."), RRType::ns, Octets().pointer(rdata - 1));
  covering.raw(Octets().u8(0));
  samples.push_back(
      {"pointer_into_itself",
       "answer record 1 (NS): RDATA has a compression pointer to a name that does not "
       "end before it",
       covering.wire()});
  // Two labels of a name that was already followed: each pointer goes back, yet into itself.
  MessageBuilder two;
  two.question("a.", RRType::a).answer(Octets().labels("b.").pointer(two.offset()), RRType::a, {});
  samples.push_back(
      {"owner_pointer_loop",
       "answer record 1: the owner name has a compression pointer that does not point "
       "backwards",
       two.wire()});
}

void add_refused_structures(std::vector<MessageSample>& samples) {
  const auto add = [&](const std::string& name, const std::string& error, const Bytes& wire) {
    samples.push_back({name, error, wire});
  };
  const Bytes address = Octets().raw({192, 0, 2, 1});
  add("no_octets", "the message has 0 octets, fewer than a header", {});
  add("header_cut", "the message has 11 octets, fewer than a header", Octets().fill(11, 0));
  add("two_questions", "the question section has 2 entries",
      about(RRType::a).question(kQname, RRType::ns).wire());
  add("question_cut", "the question runs past the end of the message",
      MessageBuilder().count(0, 1).raw(Octets().name(kQname).u16(1).u8(0)).wire());
  add("counts_over_limit", "the header announces 5000 records, more than the limit of 4096",
      about(RRType::a).count(1, 5000).wire());
  add("counts_65535", "the header announces 196605 records, more than the limit of 4096",
      about(RRType::a).count(1, 65535).count(2, 65535).count(3, 65535).wire());
  add("counts_without_room",
      "the header announces 4 records, for which a message of 54 octets has no room",
      about(RRType::a).answer(owner("."), RRType::a, Octets().fill(10, 0)).count(1, 3).wire());
  add("record_missing", "authority record 1: the owner name runs past its end",
      about(RRType::a).answer(to_qname(), RRType::a, address).count(2, 1).wire());
  add("record_cut", "answer record 1 runs past the end of the message",
      about(RRType::a).count(1, 1).raw(Octets().name("a.").u16(1).u16(1).u32(0).u8(0)).wire());
  add("rdlength_past_end", "answer record 1 (A): RDLENGTH runs past the end of the message",
      about(RRType::a)
          .count(1, 1)
          .raw(Octets().pointer(12).u16(1).u16(1).u32(0).u16(5).raw(address))
          .wire());
  add("octets_after_last_record", "3 octets follow the last record",
      about(RRType::a).answer(to_qname(), RRType::a, address).raw(Octets().fill(3, 0)).wire());
  add("octets_after_header", "an octet follows the last record",
      MessageBuilder().raw(Octets().u8(0)).wire());
  add("opt_in_answer", "answer record 1 (OPT): OPT belongs in the additional section",
      about(RRType::a).answer(owner("."), RRType::opt, {}).wire());
  add("opt_in_authority", "authority record 1 (OPT): OPT belongs in the additional section",
      about(RRType::a).authority(owner("."), RRType::opt, {}).wire());
  add("opt_twice", "additional record 2 (OPT): the message has more than one OPT",
      about(RRType::a).opt().opt().wire());
  add("opt_owner", "additional record 1 (OPT): the owner of OPT is not the root",
      about(RRType::a).additional(to_qname(), RRType::opt, {}).wire());
  add("option_header_cut", "additional record 1 (OPT): an option ends in its header",
      about(RRType::a).opt(Octets().u16(3).u8(0)).wire());
  add("option_past_end", "additional record 1 (OPT): an option runs past RDLENGTH",
      about(RRType::a).opt(Octets().u16(3).u16(3).u16(0)).wire());
  add("tsig", "additional record 1 (TSIG): no TSIG was asked for",
      about(RRType::a).additional(owner("key."), RRType::tsig, Octets().fill(30, 0), 255).wire());
  add("tkey", "answer record 1 (TKEY): no TKEY was asked for",
      about(RRType::a).answer(owner("key."), type_of(249), Octets().fill(30, 0), 255).wire());
  add("sig0", "additional record 1 (SIG): no SIG(0) was asked for",
      about(RRType::a).additional(owner("."), type_of(24), Octets().fill(40, 0), 255).wire());
  for (const unsigned type : {251U, 252U, 253U, 254U, 255U}) {
    add("type_" + std::to_string(type),
        "answer record 1 (" + dns::to_text(type_of(type)) + "): a record cannot have this type",
        about(RRType::a).answer(to_qname(), type_of(type), address).wire());
  }
}

void add_refused_rdata(std::vector<MessageSample>& samples) {
  constexpr const char* kPast = " runs past RDLENGTH";
  constexpr const char* kAfter = " has octets after its last field";
  constexpr const char* kEmpty = " has an empty field that must not be empty";
  const auto add = [&](const std::string& name, unsigned type, const Bytes& rdata,
                       const std::string& error) {
    const std::string mnemonic = dns::to_text(type_of(type));
    samples.push_back({"rdata_" + name, "answer record 1 (" + mnemonic + "): RDATA" + error,
                       about(type_of(type)).answer(to_qname(), type_of(type), rdata).wire()});
  };
  add("a_empty", 1, {}, kPast);
  add("a_3", 1, Octets().fill(3, 1), kPast);
  add("a_5", 1, Octets().fill(5, 1), kAfter);
  add("aaaa_4", 28, Octets().fill(4, 1), kPast);
  add("aaaa_17", 28, Octets().fill(17, 1), kAfter);
  add("ns_empty", 2, {}, kPast);
  add("ns_past_end", 2, Octets().raw({3, 'n', 's'}), kPast);
  add("ns_pointer_cut", 2, Octets().raw({0xc0}), kPast);
  add("ns_after", 2, Octets().pointer(12).u8(0), kAfter);
  add("ns_pointer_loop", 2, Octets().labels("a.").pointer(45),
      " has a compression pointer that does not point backwards");
  add("ns_pointer_header", 2, Octets().pointer(0), " has a compression pointer into the header");
  add("ns_label_kind", 2, Octets().raw({0x40, 0}), " has a label of an unknown kind");
  add("ns_256", 2,
      Octets()
          .u8(63)
          .fill(63, 'a')
          .u8(63)
          .fill(63, 'a')
          .u8(63)
          .fill(63, 'a')
          .u8(47)
          .fill(47, 'a')
          .pointer(12),
      " has a name of more than 255 octets");
  add("soa_one_name", 6, Octets().pointer(12), kPast);
  add("soa_short", 6, Octets().pointer(12).pointer(12).fill(19, 0), kPast);
  add("soa_long", 6, Octets().pointer(12).pointer(12).fill(21, 0), kAfter);
  add("mx_short", 15, Octets().u8(0), kPast);
  add("txt_empty", 16, {}, kEmpty);
  add("txt_past_end", 16, Octets().raw({4, 'a', 'b'}), kPast);
  add("isdn_three", 20, Octets().fill(3, 0), kAfter);
  add("srv_short", 33, Octets().u16(0).u16(0), kPast);
  add("naptr_short", 35, Octets().u16(0).u16(0).string("S").string(""), kPast);
  add("cert_empty", 37, Octets().u16(1).u16(0).u8(8), kEmpty);
  add("apl_prefix", 42, Octets().raw({0, 1, 33, 0}),
      " has an address prefix that is too long for its family");
  add("apl_cut", 42, Octets().raw({0, 1, 24, 3, 192}), kPast);
  add("ds_3", 43, Octets().fill(3, 1), kPast);
  add("ds_no_digest", 43, Octets().fill(4, 1), kEmpty);
  add("ipseckey_gateway", 45, Octets().raw({10, 4, 2, 0}), " has an unknown gateway type");
  add("ipseckey_pointer", 45, Octets().raw({10, 3, 2}).pointer(12),
      " has a compressed name where none may be");
  add("rrsig_2", 46, Octets().u16(6), kPast);
  add("rrsig_17", 46, Octets().fill(17, 1), kPast);
  add("rrsig_no_signer", 46, Octets().fill(18, 1), kPast);
  add("rrsig_no_signature", 46, Octets().fill(18, 1).pointer(12), kEmpty);
  add("nsec_no_bitmap", 47, Octets().pointer(12), " has no type bitmap");
  add("nsec_window_order", 47, Octets().pointer(12).raw({1, 1, 1, 0, 1, 1}),
      " has a type bitmap whose windows do not ascend");
  add("nsec_window_twice", 47, Octets().pointer(12).raw({0, 1, 1, 0, 1, 1}),
      " has a type bitmap whose windows do not ascend");
  add("nsec_window_empty", 47, Octets().pointer(12).raw({0, 0}),
      " has a type bitmap window that is not of 1 to 32 octets");
  add("nsec_window_33", 47, Octets().pointer(12).raw({0, 33}).fill(33, 1),
      " has a type bitmap window that is not of 1 to 32 octets");
  add("nsec_window_cut", 47, Octets().pointer(12).raw({0, 4, 1}), kPast);
  add("nsec_window_header_cut", 47, Octets().pointer(12).raw({0}), kPast);
  add("nsec_zeros", 47, Octets().pointer(12).raw({0, 2, 1, 0}),
      " has a type bitmap window that ends in a zero octet");
  add("dnskey_3", 48, Octets().fill(3, 1), kPast);
  add("nsec3_no_hash", 50, Octets().raw({1, 0, 0, 0, 0, 0}), kEmpty);
  add("nsec3_salt_cut", 50, Octets().raw({1, 0, 0, 0, 9, 1}), kPast);
  add("nsec3_hash_cut", 50, Octets().raw({1, 0, 0, 0, 0, 20, 1}), kPast);
  add("nsec3param_salt_cut", 51, Octets().raw({1, 0, 0, 0, 1}), kPast);
  add("nsec3param_after", 51, Octets().raw({1, 0, 0, 0, 0, 0}), kAfter);
  add("hip_empty_tag", 55, Octets().raw({0, 2, 0, 3, 1, 1, 1}), kEmpty);
  add("hip_cut", 55, Octets().raw({4, 2, 0, 3, 1, 1, 1}), kPast);
  add("svcb_pointer", 64, Octets().u16(1).pointer(12), " has a compressed name where none may be");
  add("svcb_order", 64, Octets().u16(1).u8(0).u16(3).u16(0).u16(1).u16(0),
      " has SvcParamKeys that do not ascend");
  add("svcb_twice", 65, Octets().u16(1).u8(0).u16(3).u16(0).u16(3).u16(0),
      " has SvcParamKeys that do not ascend");
  add("svcb_cut", 65, Octets().u16(1).u8(0).u16(3).u16(2).u8(0), kPast);
  add("loc_version", 29, Octets().fill(16, 1), " has an unknown version");
  add("loc_short", 29, Octets().fill(15, 0), kPast);
  add("caa_empty_tag", 257, Octets().u8(0).u8(0), kEmpty);
  add("uri_empty", 256, Octets().u32(0), kEmpty);
  add("eui48_5", 108, Octets().fill(5, 0), kPast);
  add("amtrelay_type", 260, Octets().raw({10, 0x7f}), " has an unknown gateway type");
}

}  // namespace

std::vector<MessageSample> message_samples() {
  std::vector<MessageSample> samples;
  add_accepted_forms(samples);
  add_accepted_messages(samples);
  add_refused_names(samples);
  add_refused_structures(samples);
  add_refused_rdata(samples);
  return samples;
}

}  // namespace tests
