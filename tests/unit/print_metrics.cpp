// Prints a /metrics page made from reports of the tests, at the detail named by the first argument,
// for promtool to judge.
#include <cstdio>

#include "exporter/metrics_page.hpp"
#include "tests/unit/web_fixtures.hpp"

int main(int argc, char** argv) {
  const auto detail = exporter::metrics_detail_from_text(argc > 1 ? argv[1] : "full");
  if (!detail) return 2;
  web_test::StillClock clock;
  exporter::ReportStore store;
  web_test::fill(store, {web_test::shared(web_test::faulty_report()),
                         web_test::shared(web_test::healthy_report(R"(odd\".\010name.example)")),
                         web_test::shared(web_test::large_report("large.example", 13))});
  exporter::OwnMetrics own("1.2.3", clock);
  own.config_loaded();
  own.set_vantage_usable(dns::Family::ipv4, dns::Transport::udp, true);
  own.observe_query(std::chrono::milliseconds(20));
  exporter::MetricsPage page(store, own, clock, {*detail, "quo\"te"});
  const auto body = page.render(false);
  for (const auto& piece : body->pieces) {
    std::fwrite(piece.text.data(), 1, piece.text.size(), stdout);
  }
  return std::ferror(stdout) != 0 ? 1 : 0;
}
