// Servers that do not answer, or answer wrongly.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using dns::Outcome;
using dns::Rcode;
using dns::Transport;

namespace tests {

namespace {

void drop(survey::Survey& survey, std::string_view at, Outcome outcome,
          const std::function<void(dns::Drops&)>& count) {
  edit(answer(survey, at, survey::QuestionId::soa_udp).exchange.first,
       [&](dns::Exchange& exchange, dns::Message&) {
         exchange.outcome = outcome;
         count(exchange.drops);
       });
}

void truncate(survey::Survey& survey, std::string_view at) {
  edit(answer(survey, at, survey::QuestionId::soa_udp).exchange.first,
       [](dns::Exchange&, dns::Message& message) {
         message.tc = true;
         message.answer.clear();
       });
}

survey::Survey with_rcode(Rcode rcode) {
  survey::Survey survey = healthy();
  set_rcode(survey, "192.0.2.2", rcode);
  return survey;
}

survey::Survey with_answers(const std::function<void(dns::Message&)>& change) {
  survey::Survey survey = healthy();
  for (const auto transport : {Transport::udp, Transport::tcp}) {
    edit_all(survey, "192.0.2.2", transport,
             [&](dns::Exchange&, dns::Message& message) { change(message); });
  }
  return survey;
}

}  // namespace

std::vector<Case> connectivity_cases() {
  return {
      {"silent over UDP",
       "con-udp",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         silence(survey, "192.0.2.2", Transport::udp);
         return judge_once(survey);
       }},
      {"silent over TCP",
       "con-tcp",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         silence(survey, "192.0.2.2", Transport::tcp);
         return judge_once(survey);
       }},
      {"dead",
       "con-udp",
       Severity::error,
       {"error con-tcp"},
       [] {
         survey::Survey survey = healthy();
         silence(survey, "192.0.2.2");
         return judge_once(survey);
       }},
      {"TCP refused",
       "con-error-kind",
       Severity::notice,
       {"error con-tcp"},
       [] {
         survey::Survey survey = healthy();
         silence(survey, "192.0.2.2", Transport::tcp, Outcome::refused);
         return judge_once(survey);
       }},
      {"truncated, and TCP refused",
       "con-tcp",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         truncate(survey, "192.0.2.2");
         silence(survey, "192.0.2.2", Transport::tcp, Outcome::refused);
         return judge_once(survey);
       }},
      {"truncated, and only its retry failed",
       "con-udp",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         truncate(survey, "192.0.2.2");
         survey::Answer& soa = answer(survey, "192.0.2.2", survey::QuestionId::soa_udp);
         soa.exchange.tcp = answer(survey, "192.0.2.2", survey::QuestionId::soa_tcp).exchange.first;
         edit(soa.exchange.tcp,
              [](dns::Exchange& exchange, dns::Message&) { exchange.outcome = Outcome::closed; });
         return judge_once(survey);
       }},
      {"FORMERR",
       "con-rcode",
       Severity::error,
       {},
       [] { return judge_once(with_rcode(Rcode::formerr)); }},
      {"SERVFAIL",
       "del-lame",
       Severity::error,
       {},
       [] { return judge_once(with_rcode(Rcode::servfail)); }},
      {"REFUSED",
       "del-lame",
       Severity::error,
       {},
       [] { return judge_once(with_rcode(Rcode::refused)); }},
      {"NOTAUTH",
       "del-lame",
       Severity::error,
       {},
       [] { return judge_once(with_rcode(Rcode::notauth)); }},
      {"NXDOMAIN for the zone",
       "del-lame",
       Severity::error,
       {},
       [] { return judge_once(with_rcode(Rcode::nxdomain)); }},
      {"no AA",
       "del-lame",
       Severity::error,
       {},
       [] { return judge_once(with_answers([](dns::Message& message) { message.aa = false; })); }},
      {"upward referral",
       "del-lame",
       Severity::error,
       {},
       [] {
         return judge_once(with_answers([](dns::Message& message) {
           message.aa = false;
           message.rcode = Rcode::noerror;
           message.answer.clear();
           message.authority = {
               record(dns::Name(), dns::RRType::ns, name_rdata(name("a.root-servers.net")))};
         }));
       }},
      {"an uncacheable answer",
       "neg-uncacheable",
       Severity::notice,
       {"error del-lame"},
       [] { return judge_once(with_rcode(Rcode::refused)); }},
      {"two lame nameservers",
       "del-lame-count",
       Severity::warning,
       {"error del-lame"},
       [] {
         survey::Survey survey = healthy();
         set_rcode(survey, "192.0.2.1", Rcode::refused);
         set_rcode(survey, "192.0.2.2", Rcode::servfail);
         return judge_once(survey);
       }},
      {"SERVFAIL over TCP only",
       "con-transport-diff",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         set_rcode(survey, "192.0.2.2", Transport::tcp, Rcode::servfail);
         return judge_once(survey);
       }},
      {"answers from another address only",
       "con-source-address",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         drop(survey, "192.0.2.2", Outcome::mismatched,
              [](dns::Drops& drops) { drops.wrong_source = 3; });
         return judge_once(survey);
       }},
      {"an answer from another address besides",
       "con-source-address",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         drop(survey, "192.0.2.2", Outcome::answered,
              [](dns::Drops& drops) { drops.wrong_source = 1; });
         return judge_once(survey);
       }},
      {"malformed answers",
       "con-malformed",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         drop(survey, "192.0.2.2", Outcome::malformed,
              [](dns::Drops& drops) { drops.malformed = 3; });
         return judge_once(survey);
       }},
      {"answers with a wrong id",
       "con-malformed",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         drop(survey, "192.0.2.2", Outcome::mismatched,
              [](dns::Drops& drops) { drops.wrong_id = 3; });
         return judge_once(survey);
       }},
      {"a stray answer besides a good one",
       "con-malformed",
       Severity::notice,
       {},
       [] {
         survey::Survey survey = healthy();
         drop(survey, "192.0.2.2", Outcome::answered,
              [](dns::Drops& drops) { drops.wrong_id = 1; });
         return judge_once(survey);
       }},
      {"no EDNS",
       "tra-edns0",
       Severity::warning,
       {},
       [] {
         World world;
         world.is_signed = world.ds = false;
         survey::Survey survey = world.build();
         edit_all(survey, "192.0.2.2", Transport::udp,
                  [](dns::Exchange& exchange, dns::Message& message) {
                    exchange.edns_failed = true;
                    exchange.question.edns.reset();
                    message.edns.reset();
                  });
         return judge_once(survey);
       }},
  };
}

TEST_CASE("silence over UDP: what else answers tells where to look") {
  const auto sentence = [](const survey::Survey& survey) {
    const auto report = judge_once(survey);
    const checks::Finding* finding = find(*report, "con-udp");
    return finding == nullptr ? std::string() : finding->sentence;
  };
  const auto holds = [](const std::string& text, std::string_view phrase) {
    return text.find(phrase) != std::string::npos;
  };
  survey::Survey udp_only = healthy();
  silence(udp_only, "192.0.2.2", Transport::udp);
  CHECK(holds(sentence(udp_only), "no usable answer over UDP"));
  CHECK(holds(sentence(udp_only), "answers over TCP, so a filter or loss on the path"));
  survey::Survey dead = healthy();
  silence(dead, "192.0.2.2");
  CHECK(holds(sentence(dead), "Neither transport answers: the host or the path"));
  survey::Survey refused = healthy();
  silence(refused, "192.0.2.2", Transport::udp, Outcome::refused);
  silence(refused, "192.0.2.2", Transport::tcp, Outcome::refused);
  CHECK(holds(sentence(refused), "the host is there: its DNS service is not"));
}

TEST_CASE("the sentences name the server, the transport, the reason and the likely cause") {
  survey::Survey survey = healthy();
  silence(survey, "192.0.2.2", Transport::tcp, Outcome::refused);
  const auto report = judge_once(survey);
  const checks::Finding* finding = find(*report, "con-tcp", "ns2.example.test", "192.0.2.2");
  REQUIRE(finding != nullptr);
  CHECK(finding->subject.transport == Transport::tcp);
  CHECK(finding->sentence.find("ns2.example.test (192.0.2.2)") != std::string::npos);
  CHECK(finding->sentence.find("connection refused") != std::string::npos);
  CHECK(finding->sentence.find("It answers over UDP") != std::string::npos);
  CHECK(finding->command.find("dig @192.0.2.2") == 0);
  CHECK(finding->command.find("+tcp") != std::string::npos);
}

TEST_CASE("extended errors are told by their registered purpose only") {
  survey::Survey survey = healthy();
  set_rcode(survey, "192.0.2.2", Rcode::refused);
  edit_all(survey, "192.0.2.2", Transport::udp, [](dns::Exchange&, dns::Message& message) {
    message.edns->options = {{dns::OptionCode::ede, {0, 18, '<', 'b', '>'}}};
  });
  const auto report = judge_once(survey);
  const checks::Finding* finding = find(*report, "del-lame");
  REQUIRE(finding != nullptr);
  CHECK(finding->sentence.find("REFUSED (EDE 18: Prohibited)") != std::string::npos);
  CHECK(finding->sentence.find('<') == std::string::npos);
}

TEST_CASE("the state of each server is told in words and codes") {
  survey::Survey survey = healthy();
  silence(survey, "192.0.2.1", Transport::udp);
  silence(survey, "192.0.2.1", Transport::tcp, Outcome::unreachable);
  set_rcode(survey, "192.0.2.2", Rcode::servfail);
  truncate(survey, "192.0.2.3");
  const auto report = judge_once(survey);
  const auto state = [&](std::string_view at) -> const checks::ServerState& {
    for (const checks::ServerState& server : report->servers) {
      if (server.address == ip(at)) return server;
    }
    throw std::logic_error("no such server");
  };
  CHECK(state("192.0.2.1").udp.result == 1);
  CHECK(state("192.0.2.1").udp.detail == "timeout after 3 attempts");
  CHECK(state("192.0.2.1").tcp.result == 10);
  CHECK(state("192.0.2.2").udp.result == 3);
  CHECK(state("192.0.2.2").udp.detail == "SERVFAIL");
  CHECK_FALSE(state("192.0.2.2").serial.has_value());
  CHECK(state("192.0.2.3").udp.result == 11);
  CHECK(state("192.0.2.3").tcp.result == 0);
  CHECK(state("192.0.2.3").serial == 2026112201);
  CHECK(state("2001:db8::1").udp.detail == "authoritative");
  CHECK(state("2001:db8::1").is_signed == true);
  CHECK(checks::result_text(state("192.0.2.1").udp.result) == "timeout");
}

TEST_CASE("a truncated answer completed over TCP is up, and both times count") {
  survey::Survey survey = healthy();
  truncate(survey, "192.0.2.3");
  survey::Answer& soa = answer(survey, "192.0.2.3", survey::QuestionId::soa_udp);
  soa.exchange.tcp = answer(survey, "192.0.2.3", survey::QuestionId::soa_tcp).exchange.first;
  const auto report = judge_once(survey);
  CHECK(report->findings.empty());
  for (const checks::ServerState& server : report->servers) {
    if (server.address != ip("192.0.2.3")) continue;
    CHECK(server.udp.result == 0);
    CHECK(server.udp.response_time == std::chrono::milliseconds(65));
  }
}

TEST_CASE("after lost packets, missing signatures prove nothing") {
  survey::Survey survey = healthy();
  unsign(survey, "192.0.2.2");
  CHECK(find(*judge_once(survey), "cns-signed") != nullptr);
  for (const auto id : {survey::QuestionId::soa_udp, survey::QuestionId::dnskey}) {
    edit(answer(survey, "192.0.2.2", id).exchange.first,
         [&](dns::Exchange& exchange, dns::Message& message) {
           exchange.question.edns.reset();
           exchange.attempts_timed_out = 2;
           if (id != survey::QuestionId::dnskey) return;
           message.authority.clear();
           message.answer = {
               record(survey.zone, dns::RRType::dnskey, dns::Bytes{1, 1, 3, 13, 1, 2, 3, 4})};
         });
  }
  CHECK(find(*judge_once(survey), "cns-signed") == nullptr);
}

}  // namespace tests
