#include "checks/findings.hpp"

#include <algorithm>

namespace checks {

void Findings::add(Severity severity, Subject subject, std::string sentence, std::string command,
                   std::optional<dns::WallTime> observed) {
  if (sentence.size() > kLongestSentence) {
    sentence.resize(kLongestSentence);
    sentence += " ...";
  }
  const auto same = std::find_if(findings_.begin(), findings_.end(), [&](const Finding& other) {
    return other.check == check_->id && other.subject == subject;
  });
  if (same == findings_.end()) {
    Finding finding;
    finding.check = check_->id;
    finding.severity = severity;
    finding.subject = std::move(subject);
    finding.sentence = std::move(sentence);
    finding.command = std::move(command);
    finding.observed = observed;
    findings_.push_back(std::move(finding));
    return;
  }
  same->observed = std::max(same->observed, observed);
  // The same words twice, as when two parent servers lack the same glue, say nothing more.
  if (same->sentence.find(sentence) == std::string::npos &&
      same->sentence.size() < kLongestSentence) {
    same->sentence += " " + sentence;
  }
  if (severity > same->severity) {
    same->severity = severity;
    if (!command.empty()) same->command = std::move(command);
  }
}

}  // namespace checks
