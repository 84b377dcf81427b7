// Judging hand-made surveys, once or round after round, and finding what was found.
#include <set>

#include "checks/text.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

namespace {

using dns::RRType;

// Signed anew as time goes on.
void shift_signatures(std::vector<dns::Record>& section, std::chrono::milliseconds by) {
  const auto seconds =
      static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(by).count());
  for (dns::Record& rr : section) {
    if (rr.type != RRType::rrsig) continue;
    const dns::Rrsig rrsig = *dns::parse_rrsig(rr.rdata);
    rr.rdata = rrsig_rdata(rrsig.type_covered, rrsig.signer, rrsig.inception + seconds,
                           rrsig.expiration + seconds, rrsig.key_tag);
  }
}

}  // namespace

checks::Judgement judge(survey::Survey survey, const checks::History& history,
                        const checks::ZoneSettings& settings, dns::WallTime now) {
  static dns::dnssec::Verifier verifier;
  sign_survey(survey);
  const dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  return checks::judge(survey, history, settings, {anchors, verifier}, now);
}

std::shared_ptr<const checks::ZoneReport> judge_once(const survey::Survey& survey,
                                                     checks::ZoneSettings settings) {
  settings.three_rounds_rule = false;
  return judge(survey, checks::History(), settings, survey.finished).report;
}

void shift(survey::Survey& survey, std::chrono::milliseconds by) {
  if (by == std::chrono::milliseconds(0)) return;
  survey.started += by;
  survey.finished += by;
  survey.delegation.observed += by;
  for (survey::ResolverObservation& resolver : survey.resolvers) resolver.asked += by;
  const auto move = [by](std::shared_ptr<const dns::Exchange>& exchange) {
    if (!exchange) return;
    edit(exchange, [by](dns::Exchange& moved, dns::Message& message) {
      moved.sent += by;
      for (auto* section : {&message.answer, &message.authority, &message.additional}) {
        shift_signatures(*section, by);
      }
    });
  };
  for (survey::ParentServer& parent : survey.delegation.servers) {
    for (auto* followed : {&parent.ns, &parent.ds}) {
      move(followed->first);
      move(followed->tcp);
    }
  }
  for (survey::AddressObservation& seen : survey.addresses) {
    for (survey::Answer& found : seen.answers) {
      move(found.exchange.first);
      move(found.exchange.tcp);
    }
  }
}

std::shared_ptr<const checks::ZoneReport> Rounds::round(survey::Survey survey,
                                                        std::chrono::seconds step) {
  shift(survey, now - survey.finished);
  checks::Judgement judgement = judge(std::move(survey), history, settings, now);
  history = *judgement.history;
  now += step;
  return judgement.report;
}

const checks::Finding* find(const checks::ZoneReport& report, std::string_view check) {
  for (const checks::Finding& finding : report.findings) {
    if (finding.check == check) return &finding;
  }
  return nullptr;
}

const checks::Finding* find(const checks::ZoneReport& report, std::string_view check,
                            std::string_view host, std::string_view text) {
  for (const checks::Finding& finding : report.findings) {
    const checks::Subject& subject = finding.subject;
    if (finding.check != check || subject.nameserver != name(host)) continue;
    if (!text.empty() && subject.address != ip(text)) continue;
    return &finding;
  }
  return nullptr;
}

std::vector<std::string> serious(const checks::ZoneReport& report) {
  std::set<std::string> found;
  for (const checks::Finding& finding : report.findings) {
    if (finding.severity <= checks::Severity::notice) continue;
    found.insert(std::string(checks::to_text(finding.severity)) + " " + std::string(finding.check));
  }
  return {found.begin(), found.end()};
}

}  // namespace tests
