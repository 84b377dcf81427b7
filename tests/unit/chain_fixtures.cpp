#include "tests/unit/chain_fixtures.hpp"

#include "tests/unit/web_fixtures.hpp"

namespace web_test {
namespace {

using checks::ChainDs;
using checks::ChainKey;
using checks::ChainKeySet;
using checks::ChainStep;
using checks::ZoneReport;
using dns::dnssec::AnchorStatus;
using dns::dnssec::Seconds;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;

constexpr std::uint8_t kRsa = 8;
constexpr std::uint8_t kEcdsa = 13;
const std::string kDigest = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

Seconds days_from_now(int days) {
  return std::chrono::floor<std::chrono::seconds>(kNow) + std::chrono::days(days);
}

checks::ChainSignature signature(SignatureStatus status, std::uint16_t tag, int days) {
  return {status, tag, days_from_now(days - 14), days_from_now(days)};
}

ChainDs ds(std::uint16_t tag, std::uint8_t algorithm, std::optional<AnchorStatus> status) {
  return {tag, algorithm, 2, kDigest, status};
}

ChainKey ksk(std::uint16_t tag, std::uint8_t algorithm, bool trusted = true,
             SignatureStatus status = SignatureStatus::valid, int days = 12) {
  return {tag, 257, algorithm, trusted, signature(status, tag, days)};
}

ChainKey zsk(std::uint16_t tag, std::uint8_t algorithm) {
  return {tag, 256, algorithm, false, {}};
}

ChainStep root() {
  ChainStep step;
  step.status = Status::secure;
  step.is_anchor = true;
  step.ds = {ds(20326, kRsa, AnchorStatus::anchors), ds(38696, kRsa, AnchorStatus::no_such_key)};
  step.key_sets = {{{}, "", {ksk(20326, kRsa), zsk(46441, kRsa)}, 0}};
  return step;
}

ChainStep lab() {
  ChainStep step;
  step.zone = name("lab");
  step.status = Status::secure;
  step.ds = {ds(4711, kEcdsa, AnchorStatus::anchors)};
  step.ds_from = address("192.0.2.1");
  step.ds_signature = signature(SignatureStatus::valid, 46441, 9);
  step.key_sets = {{{}, "", {ksk(4711, kEcdsa), zsk(9003, kEcdsa)}, 0}};
  return step;
}

ChainStep shop() {
  ChainStep step;
  step.zone = name("shop.lab");
  step.status = Status::secure;
  step.ds = {ds(1201, kEcdsa, AnchorStatus::anchors)};
  step.ds_from = address("192.0.2.7");
  step.ds_signature = signature(SignatureStatus::valid, 9003, 6);
  step.key_sets = {{{0, 1, 2}, "", {ksk(1201, kEcdsa), zsk(55012, kEcdsa)}, 0}};
  return step;
}

ZoneReport report_with(std::vector<ChainStep> steps) {
  ZoneReport report = healthy_report("shop.lab");
  report.zone = steps.back().zone;
  for (int i = 2; i <= 3; ++i) {
    checks::ServerState more = report.servers.front();
    more.nameserver = name("ns" + std::to_string(i) + ".example.net");
    more.address = address("192.0.2." + std::to_string(50 + i));
    report.servers.push_back(more);
  }
  report.dnssec = steps.back().status;
  for (ChainStep& step : steps) {
    report.chain.steps.push_back(std::make_shared<const ChainStep>(std::move(step)));
  }
  return report;
}

void break_at(ChainStep& step, std::string reason) {
  step.status = Status::bogus;
  step.decides = true;
  step.broken = true;
  step.reason = std::move(reason);
}

}  // namespace

ZoneReport secure_chain() {
  return report_with({root(), lab(), shop()});
}

ZoneReport half_expired_chain() {
  ChainStep zone = shop();
  zone.key_sets = {
      {{0}, "", {ksk(1201, kEcdsa), zsk(55012, kEcdsa)}, 0},
      {{1, 2},
       "the key that a DS record stands for does not validly sign the DNSKEY records (expired)",
       {ksk(1201, kEcdsa, true, SignatureStatus::expired, -2), zsk(55012, kEcdsa)},
       0}};
  return report_with({root(), lab(), zone});
}

ZoneReport expired_chain() {
  ChainStep zone = shop();
  zone.ds = {ds(1201, kEcdsa, AnchorStatus::key_does_not_sign)};
  const std::string fault =
      "the key that a DS record stands for does not validly sign the DNSKEY records (expired)";
  zone.key_sets = {{{0, 1, 2},
                    fault,
                    {ksk(1201, kEcdsa, true, SignatureStatus::expired, -2), zsk(55012, kEcdsa)},
                    0}};
  break_at(zone, "On every server " + fault + ".");
  return report_with({root(), lab(), zone});
}

ZoneReport unsigned_with_ds_chain() {
  ChainStep zone = shop();
  zone.ds = {ds(1201, kEcdsa, AnchorStatus::no_such_key)};
  zone.key_sets = {
      {{0, 1, 2}, "there are no DNSKEY records, although the parent has DS records", {}, 0}};
  break_at(zone,
           "On every server there are no DNSKEY records, although the parent has DS records.");
  return report_with({root(), lab(), zone});
}

ZoneReport island_chain() {
  ChainStep zone = shop();
  zone.ds.clear();
  zone.ds_signature.reset();
  zone.status = Status::insecure;
  zone.decides = true;
  zone.is_island = true;
  zone.reason =
      "Its parent proves by NSEC3 that it has no DS; it is signed, but nobody validates it (an "
      "island of security).";
  zone.key_sets = {{{0, 1, 2}, "", {ksk(1201, kEcdsa, false), zsk(55012, kEcdsa)}, 0}};
  return report_with({root(), lab(), zone});
}

ZoneReport ancestor_broken_chain() {
  ChainStep above = lab();
  above.ds = {ds(4711, kEcdsa, AnchorStatus::digest_differs)};
  above.key_sets = {{{}, "", {ksk(4711, kEcdsa, false), zsk(9003, kEcdsa)}, 0}};
  break_at(above, "No DNSKEY record matches a DS record.");
  ChainStep zone = shop();
  zone.status = Status::bogus;
  zone.ds = {ds(1201, kEcdsa, std::nullopt)};
  zone.ds_signature.reset();
  zone.key_sets = {{{0, 1, 2}, "", {ksk(1201, kEcdsa, false), zsk(55012, kEcdsa)}, 0}};
  zone.reason = "The chain of trust is broken above it, at lab.";
  return report_with({root(), above, zone});
}

ZoneReport crowded_chain() {
  ChainStep zone = shop();
  zone.ds.clear();
  for (int i = 0; i <= static_cast<int>(AnchorStatus::malformed); ++i) {
    if (zone.ds.size() == checks::kMaxChainDs) break;
    zone.ds.push_back(ds(static_cast<std::uint16_t>(1201 + i), kEcdsa, AnchorStatus(i)));
  }
  zone.ds_left_out = 37;
  ChainKeySet set{{0, 1, 2}, "", {ksk(1201, kEcdsa)}, 250};
  for (int i = 1; i < static_cast<int>(SignatureStatus::missing); ++i) {
    if (set.keys.size() == checks::kMaxChainKeys) break;
    set.keys.push_back(
        ksk(static_cast<std::uint16_t>(1201 + i), kEcdsa, i % 2 == 0, SignatureStatus(i), -i));
  }
  zone.key_sets = {set};
  zone.key_sets_left_out = 5;
  std::vector<ChainStep> steps{root()};
  std::string label = "lab";
  while (steps.size() + 1 < checks::kMaxChainSteps) {
    ChainStep above = lab();
    above.zone = name(label);
    label = "deeper." + label;
    steps.push_back(above);
  }
  zone.zone = name(label);
  steps.push_back(zone);
  ZoneReport report = report_with(std::move(steps));
  report.chain.left_out = 100;
  return report;
}

ZoneReport hostile_chain() {
  ChainStep zone = shop();
  zone.zone = *dns::Name().prefixed("<script>alert(1)</script>\x1b[2J&\"'");
  zone.key_sets.front().fault = "]]><script>\x1b[31m\xff & \"quoted\" " + std::string(3000, 'w');
  break_at(zone, "<img src=x onerror='alert(1)'> \x07 " + std::string(5000, 'm'));
  return report_with({root(), zone});
}

std::vector<std::pair<std::string, ZoneReport>> all_chains() {
  return {{"secure", secure_chain()},   {"half_expired", half_expired_chain()},
          {"expired", expired_chain()}, {"unsigned_with_ds", unsigned_with_ds_chain()},
          {"island", island_chain()},   {"ancestor_broken", ancestor_broken_chain()},
          {"crowded", crowded_chain()}, {"hostile", hostile_chain()}};
}

}  // namespace web_test
