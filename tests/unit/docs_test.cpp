// The generated pages are what the code says. With DNSZONE_REGENERATE_DOCS set they are written
// instead (tests/regenerate_docs.py does that).
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "checks/catalogue.hpp"
#include "checks/documentation.hpp"
#include "checks/metrics.hpp"
#include "tests/catch.hpp"

namespace {

void compare_or_write(const std::string& file, const std::string& page) {
  const std::string path = std::string(DNSZONE_SOURCE_DIR) + "/docs/" + file;
  if (std::getenv("DNSZONE_REGENERATE_DOCS") != nullptr) {
    std::ofstream(path, std::ios::binary) << page;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream committed;
  committed << in.rdbuf();
  INFO(path << " is not what the code says; run tests/regenerate_docs.py");
  CHECK(committed.str() == page);
}

}  // namespace

TEST_CASE("docs/checks.md") {
  const std::string page = checks::checks_page();
  for (const checks::Check& check : checks::catalogue()) {
    CHECK(page.find("### " + std::string(check.id) + "\n") != std::string::npos);
  }
  compare_or_write("checks.md", page);
}

TEST_CASE("docs/metrics.md has every family of zones") {
  // The whole page has the exporter's own families as well: own_metrics_test.cpp compares it.
  const std::string page = checks::metrics_page();
  for (const checks::MetricRow& row : checks::metrics()) {
    CHECK(page.find("## " + std::string(row.name) + "\n") != std::string::npos);
  }
}
