// What the reports of many zones say of the zones above them.
#include "checks/fleet.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

namespace {

using dns::dnssec::Status;

struct Step {
  dns::Name zone;
  Status status;
};

/// The zone itself, which is no ancestor, comes last.
checks::ZoneReport report_of(const std::vector<Step>& ancestors, int second) {
  checks::ZoneReport report;
  const auto add = [&report](const dns::Name& zone, Status status) {
    auto step = std::make_shared<checks::ChainStep>();
    step->zone = zone;
    step->status = status;
    report.chain.steps.push_back(std::move(step));
  };
  for (const Step& ancestor : ancestors) add(ancestor.zone, ancestor.status);
  add(name("surveyed.test"), Status::bogus);
  report.surveyed = kNow + std::chrono::seconds(second);
  return report;
}

}  // namespace

TEST_CASE("each ancestor is there once, as it was seen last") {
  checks::Ancestors fold;
  const Step root{name("."), Status::secure};
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

TEST_CASE("what lies below a break is not named besides it") {
  for (const Status broken : {Status::bogus, Status::indeterminate}) {
    checks::Ancestors fold;
    const Step root{name("."), Status::secure};
    fold.add(report_of({root, {name("uk"), broken}, {name("co.uk"), broken}}, 1));
    fold.add(report_of({root, {name("uk"), broken}, {name("org.uk"), broken}}, 1));
    REQUIRE(fold.all().size() == 2);
    CHECK(fold.all().at(name("uk")).status == broken);
  }
}

TEST_CASE("a report knows the zones on its path") {
  const auto report = judge_once(healthy());
  REQUIRE(report->chain.steps.size() == 2);
  CHECK(report->chain.steps[0]->zone == name("test"));
  CHECK(report->chain.steps[0]->status == Status::secure);
}

}  // namespace tests
