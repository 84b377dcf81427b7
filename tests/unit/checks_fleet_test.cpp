// What the reports of many zones say of the zones above them.
#include "checks/fleet.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

namespace {

using checks::AncestorState;
using dns::dnssec::Status;

checks::ZoneReport report_of(std::vector<AncestorState> ancestors, int second) {
  checks::ZoneReport report;
  report.ancestors = std::move(ancestors);
  report.surveyed = kNow + std::chrono::seconds(second);
  return report;
}

}  // namespace

TEST_CASE("each ancestor is there once, as it was seen last") {
  checks::Ancestors fold;
  const AncestorState root{name("."), Status::secure};
  fold.add(report_of({root, {name("com"), Status::bogus}}, 2));
  fold.add(report_of({root, {name("com"), Status::secure}}, 1));
  fold.add(report_of({root, {name("uk"), Status::secure}, {name("co.uk"), Status::insecure}}, 3));
  fold.add(report_of({root, {name("com"), Status::bogus}}, 2));
  fold.add(report_of({}, 9));
  fold.add(report_of({{name("."), Status::indeterminate}}, 4));
  REQUIRE(fold.all().size() == 4);
  CHECK(fold.all().at(name(".")).status == Status::indeterminate);
  CHECK(fold.all().at(name("com")).status == Status::bogus);
  CHECK(fold.all().at(name("uk")).status == Status::secure);
  CHECK(fold.all().at(name("co.uk")).status == Status::insecure);
}

TEST_CASE("a report knows the zones on its path") {
  const auto report = judge_once(healthy());
  CHECK(report->ancestors == std::vector<AncestorState>{{name("test"), Status::secure}});
}

}  // namespace tests
