// The survey: its pure parts on values, and whole surveys of zones in a small DNS of its own.
#include <algorithm>
#include <set>
#include <string>

#include "survey/addresses.hpp"
#include "survey/delegation.hpp"
#include "survey/memory.hpp"
#include "survey/questions.hpp"
#include "survey/servers.hpp"
#include "survey/sharing.hpp"
#include "survey/surveyor.hpp"
#include "tests/catch.hpp"
#include "tests/support/dns_bench.hpp"

namespace {

using namespace survey;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::FakeServer;
using support::ip;
using support::name;
using support::Seen;

constexpr const char* kRoot = "127.54.0.1";
constexpr const char* kParent1 = "127.54.0.2";
constexpr const char* kParent2 = "127.54.0.3";
constexpr const char* kServer1 = "127.54.1.1";
constexpr const char* kServer2 = "127.54.1.2";
constexpr const char* kServer3 = "127.54.1.3";

constexpr const char* kTldLines = R"(
  test. SOA 1
  test. NS p1.test.
  test. NS p2.test.
  p1.test. A 127.54.0.2
  p2.test. A 127.54.0.3
  zone.test. NS ns1.zone.test.
  zone.test. NS ns2.zone.test.
  ns1.zone.test. A 127.54.1.1
  ns2.zone.test. A 127.54.1.2
  zone.test. DS 4711
)";

constexpr const char* kZoneLines = R"(
  zone.test. SOA 7
  zone.test. NS ns1.zone.test.
  zone.test. NS ns2.zone.test.
  zone.test. DNSKEY 257
  ns1.zone.test. A 127.54.1.1
  ns2.zone.test. A 127.54.1.2
)";

// The root, `test.` on two servers, `zone.test.` on two servers.
class SurveyBench : public support::DnsBench {
 public:
  SurveyBench() {
    root = world.serve(kRoot, ".", R"(
      . SOA 1
      . NS a.root.
      a.root. A 127.54.0.1
      test. NS p1.test.
      test. NS p2.test.
      p1.test. A 127.54.0.2
      p2.test. A 127.54.0.3
    )");
    tld = world.serve(kParent1, "test.", kTldLines);
    world.serve(kParent2, tld);
    zone = world.serve(kServer1, "zone.test.", kZoneLines);
    world.serve(kServer2, zone);
    world.server(kServer3);
    plan.zone = name("zone.test.");
    plan.attempts = 2;
    plan.timeout = 250ms;
    settings.hints = {{name("a.root."), {ip(kRoot)}}};
    settings.timeout = 250ms;
    targets = {ip(kRoot)};
  }

  void start() {
    if (surveyor) return;
    world.start();
    plan.port = world.port();
    settings.port = world.port();
    resolver.emplace(client, settings);
    std::vector<dns::Endpoint> endpoints;
    for (const dns::IpAddress& target : targets) endpoints.push_back({target, world.port()});
    vantage.emplace(client, endpoints, 250ms);
    surveyor.emplace(client, *resolver, *vantage, policy, [this] { return random(); });
  }

  std::shared_ptr<const Survey> survey(dns::Duration within = 20s) {
    start();
    return run(surveyor->survey(plan, memory, in(within)));
  }

  void forget_queries() {
    for (const char* address : {kRoot, kParent1, kParent2, kServer1, kServer2, kServer3}) {
      world.server(address).seen.clear();
    }
  }

  std::size_t asked(const char* address, RRType type) {
    const std::vector<Seen>& seen = world.server(address).seen;
    return static_cast<std::size_t>(std::count_if(
        seen.begin(), seen.end(), [&](const Seen& query) { return query.qtype == type; }));
  }

  void change(support::FakeZone& where, const char* owner, RRType type, const char* lines) {
    std::erase_if(where.records, [&](const dns::Record& record) {
      return record.owner == name(owner) && record.type == type;
    });
    for (dns::Record& record : support::fake_zone(".", lines).records) {
      where.records.push_back(std::move(record));
    }
  }

  std::shared_ptr<support::FakeZone> root;
  std::shared_ptr<support::FakeZone> tld;
  std::shared_ptr<support::FakeZone> zone;
  dns::ResolverSettings settings;
  ZonePlan plan;
  ZoneMemory memory;
  dns::AddressPolicy policy{{*dns::Prefix::from_text("127.0.0.0/8")}};
  std::vector<dns::IpAddress> targets;
  std::optional<dns::Resolver> resolver;
  std::optional<VantageProbe> vantage;
  std::optional<Surveyor> surveyor;
};

using Texts = std::vector<std::string>;

Texts names_in(const Survey& survey) {
  Texts texts;
  for (const Nameserver& nameserver : survey.nameservers) {
    texts.push_back(nameserver.name.to_label());
  }
  return texts;
}

Texts servers_in(const Survey& survey) {
  Texts texts;
  for (const Server& server : survey.servers) {
    texts.push_back(server.nameserver.to_label() + " " +
                    survey.addresses[server.address].address.to_text());
  }
  return texts;
}

const AddressObservation& observation(const Survey& survey, const char* address) {
  const auto found =
      std::find_if(survey.addresses.begin(), survey.addresses.end(),
                   [&](const AddressObservation& each) { return each.address == ip(address); });
  REQUIRE(found != survey.addresses.end());
  return *found;
}

const Nameserver& nameserver(const Survey& survey, const char* which) {
  const auto found = std::find_if(survey.nameservers.begin(), survey.nameservers.end(),
                                  [&](const Nameserver& each) { return each.name == name(which); });
  REQUIRE(found != survey.nameservers.end());
  return *found;
}

std::uint32_t counter_value = 0;
std::uint32_t counted() {
  return counter_value++;
}

dns::Resolution resolved(ResolutionResult result, const char* address = nullptr) {
  dns::Resolution resolution;
  resolution.result = result;
  if (address != nullptr) {
    const dns::IpAddress value = ip(address);
    dns::Record record;
    record.type = value.family() == dns::Family::ipv4 ? RRType::a : RRType::aaaa;
    record.rdata.assign(value.octets().begin(), value.octets().end());
    resolution.records.push_back(std::move(record));
  }
  return resolution;
}

// "address reason" of each.
Texts merged(const std::vector<KnownServer>& servers) {
  Texts texts;
  for (const KnownServer& server : servers) {
    std::string text = server.address.to_text();
    if (server.from_glue) text += " glue";
    if (server.from_resolution) text += " resolved";
    if (server.from_last_known) text += " remembered";
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

// ---- The pure parts ----

TEST_CASE("the table of questions is in the order of QuestionId and complete") {
  std::size_t index = 0;
  for (const QuestionSpec& spec : questions()) {
    CHECK(static_cast<std::size_t>(spec.id) == index++);
    CHECK(to_text(spec.id) == spec.name);
    CHECK_FALSE(spec.types.empty());
    CHECK(spec.why.size() > 20);
    CHECK(spec.why.back() == '.');
  }
  CHECK(index == static_cast<std::size_t>(QuestionId::ns_address) + 1);
}

TEST_CASE("the questions of a round") {
  const dns::Name zone = name("zone.test.");
  const QuestionSet every = QuestionSet().set();
  const std::vector<dns::Name> nameservers{name("ns1.zone.test."), name("ns.other.")};

  SECTION("every round") {
    const std::vector<Ask> asks = asks_for(zone, Cadence::every_round, every, nameservers, counted);
    REQUIRE(asks.size() == 5);
    CHECK(asks[0].id == QuestionId::soa_udp);
    CHECK(asks[0].question.qname == zone);
    CHECK(asks[0].question.qtype == RRType::soa);
    CHECK_FALSE(asks[0].question.recursion_desired);
    REQUIRE(asks[0].question.edns);
    CHECK(asks[0].question.edns->udp_size == 1232);
    CHECK(asks[0].question.edns->dnssec_ok);
    CHECK(asks[0].question.edns->ask_for.empty());
    CHECK(asks[0].question.edns->cookie.empty());
    CHECK(asks[1].transport == dns::Transport::tcp);
    CHECK(asks[4].id == QuestionId::nonexistent);
    CHECK(asks[4].question.qname.parent() == zone);
    CHECK(asks[4].question.qname.label(0).size() == 16);
  }
  SECTION("slow") {
    const std::vector<Ask> asks = asks_for(zone, Cadence::slow, every, nameservers, counted);
    REQUIRE(asks.size() == 3);
    CHECK(asks[0].id == QuestionId::options);
    CHECK(asks[0].question.edns->ask_for.size() == 3);
    CHECK(asks[0].question.edns->cookie.size() == 8);
    CHECK(asks[1].question.qname == name("ns1.zone.test."));
    CHECK(asks[1].question.qtype == RRType::a);
    CHECK(asks[2].question.qtype == RRType::aaaa);
  }
  SECTION("without those that are switched off") {
    QuestionSet some = every;
    some.reset(static_cast<std::size_t>(QuestionId::dnskey));
    some.reset(static_cast<std::size_t>(QuestionId::ns_address));
    CHECK(asks_for(zone, Cadence::every_round, some, nameservers, counted).size() == 4);
    CHECK(asks_for(zone, Cadence::slow, some, nameservers, counted).size() == 1);
  }
  SECTION("a zone with a name too long for a name below it") {
    const std::string label(63, 'x');
    const dns::Name deep = name(label + "." + label + "." + label + "." + std::string(50, 'y'));
    CHECK(asks_for(deep, Cadence::every_round, every, {}, counted).size() == 4);
  }
}

TEST_CASE("random labels are sixteen letters and digits") {
  std::mt19937 random{1};
  std::set<std::string> labels;
  for (int i = 0; i < 100; ++i) labels.insert(random_label([&] { return random(); }));
  CHECK(labels.size() == 100);
  for (const std::string& label : labels) {
    CHECK(label.size() == 16);
    CHECK(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  }
}

TEST_CASE("slow questions are due at their cadence, and when the names change") {
  const dns::SteadyTime now{48h};
  const std::vector<dns::Name> names{name("ns1.zone.test.")};
  AddressMemory memory;
  CHECK(slow_is_due(memory, names, now, 1h));
  memory.slow_asked = now;
  memory.slow_names = names;
  CHECK_FALSE(slow_is_due(memory, names, now + 59min, 1h));
  CHECK(slow_is_due(memory, names, now + 60min, 1h));
  CHECK(slow_is_due(memory, {}, now, 1h));
}

TEST_CASE("addresses of a nameserver are glue, resolved and remembered") {
  using R = ResolutionResult;
  const dns::Name ns = name("ns.test.");
  const auto merge = [&](const std::vector<dns::IpAddress>& glue, const dns::Resolution& a,
                         const dns::Resolution& aaaa, const std::vector<dns::IpAddress>& last) {
    return merged(merge_addresses(ns, glue, a, aaaa, last));
  };
  const dns::IpAddress v4 = ip("192.0.2.1");
  const dns::IpAddress old4 = ip("192.0.2.9");
  const dns::IpAddress old6 = ip("2001:db8::9");

  CHECK(merge({v4}, resolved(R::ok, "192.0.2.1"), resolved(R::nodata), {}) ==
        Texts{"192.0.2.1 glue resolved"});
  CHECK(merge({v4}, resolved(R::ok, "192.0.2.2"), resolved(R::ok, "2001:db8::2"), {}) ==
        Texts{"192.0.2.1 glue", "192.0.2.2 resolved", "2001:db8::2 resolved"});
  // What resolves now replaces what did before.
  CHECK(merge({}, resolved(R::ok, "192.0.2.2"), resolved(R::nodata), {old4, old6}) ==
        Texts{"192.0.2.2 resolved"});
  // A family that cannot be resolved keeps its own.
  CHECK(merge({}, resolved(R::ok, "192.0.2.2"), resolved(R::timeout), {old4, old6}) ==
        Texts{"192.0.2.2 resolved", "2001:db8::9 remembered"});
  CHECK(merge({}, resolved(R::nxdomain), resolved(R::nxdomain), {old4, old6}) ==
        Texts{"192.0.2.9 remembered", "2001:db8::9 remembered"});
  // So does a name that has lost all its addresses.
  CHECK(merge({}, resolved(R::nodata), resolved(R::nodata), {old4}) ==
        Texts{"192.0.2.9 remembered"});
  CHECK(merge({old4}, resolved(R::timeout), resolved(R::nodata), {old4}) ==
        Texts{"192.0.2.9 glue"});
}

TEST_CASE("the number of addresses of a name is bounded") {
  std::vector<dns::IpAddress> glue;
  for (int i = 1; i <= 200; ++i) glue.push_back(ip("192.0.2." + std::to_string(i)));
  CHECK(merge_addresses(name("ns."), glue, {}, {}, {}).size() == dns::kMaxAddressesPerName);
}

TEST_CASE("servers are followed from the parent's names on") {
  const dns::SteadyTime now{48h};
  ZonePlan plan;
  plan.zone = name("zone.test.");
  ZoneMemory memory;
  ZoneMemory::State& state = memory.state();
  DelegationView delegation;
  delegation.answered = true;
  delegation.nameservers = {{name("ns1.zone.test."), {ip("192.0.2.1")}}};
  state.names[name("ns2.zone.test.")].a = resolved(ResolutionResult::ok, "192.0.2.2");
  state.names[name("old.zone.test.")].a = resolved(ResolutionResult::ok, "192.0.2.9");
  const auto names = [&] {
    Texts texts;
    for (const Nameserver& each : reach(delegation, state, plan, now, true, true).nameservers) {
      texts.push_back(each.name.to_label() + (each.in_parent ? " parent" : "") +
                      (each.in_child ? " child" : ""));
    }
    return texts;
  };
  const auto child_says = [&](const char* address, std::vector<dns::Name> ns) {
    state.addresses[ip(address)].child_ns = std::move(ns);
    state.addresses[ip(address)].child_ns_seen = now;
  };

  CHECK(names() == Texts{"ns1.zone.test parent"});
  child_says("192.0.2.1", {name("ns1.zone.test."), name("ns2.zone.test.")});
  CHECK(names() == Texts{"ns1.zone.test parent child", "ns2.zone.test child"});

  SECTION("a server that only it itself names is not reached") {
    child_says("192.0.2.9", {name("old.zone.test.")});
    CHECK(names() == Texts{"ns1.zone.test parent child", "ns2.zone.test child"});
  }
  SECTION("a server that a child-only server names is") {
    child_says("192.0.2.2", {name("old.zone.test.")});
    CHECK(names().size() == 3);
  }
  SECTION("what a server said a day ago no longer counts") {
    state.addresses[ip("192.0.2.1")].child_ns_seen = now - 24h;
    CHECK(names() == Texts{"ns1.zone.test parent"});
  }
  SECTION("the parent's last names stand in for a day when there are none") {
    remember(state, delegation, reach(delegation, state, plan, now, true, true), plan, now);
    delegation.nameservers.clear();
    const Reach later = reach(delegation, state, plan, now + 23h, true, true);
    REQUIRE(later.nameservers.size() == 2);
    CHECK_FALSE(later.nameservers[0].in_parent);
    CHECK(merged(later.servers) == Texts{"192.0.2.1 remembered", "192.0.2.2 resolved"});
    CHECK(reach(delegation, state, plan, now + 25h, true, true).nameservers.empty());
  }
  SECTION("families that are not in use are left out") {
    CHECK(reach(delegation, state, plan, now, false, true).servers.empty());
  }
  SECTION("names and addresses are bounded") {
    delegation.nameservers.clear();
    for (int i = 0; i < 200; ++i) {
      dns::NameserverAddresses server{name("n" + std::to_string(i) + ".test."), {}};
      for (int j = 1; j <= 10; ++j) {
        server.addresses.push_back(ip("10.0." + std::to_string(i) + "." + std::to_string(j)));
      }
      delegation.nameservers.push_back(std::move(server));
    }
    const Reach reached = reach(delegation, state, plan, now, true, true);
    CHECK(reached.nameservers.size() == kMaxNameserversPerZone);
    CHECK(reached.servers.size() == kMaxAddressesPerZone);
  }
}

TEST_CASE("an address that a name gave up does not come back") {
  const dns::SteadyTime now{48h};
  ZonePlan plan;
  ZoneMemory memory;
  ZoneMemory::State& state = memory.state();
  const dns::Name ns = name("ns.test.");
  DelegationView delegation;
  delegation.nameservers = {{ns, {}}};
  const auto round = [&](dns::Resolution a, dns::SteadyTime at) {
    state.names[ns].a = std::move(a);
    const Reach reached = reach(delegation, state, plan, at, true, true);
    remember(state, delegation, reached, plan, at);
    return merged(reached.servers);
  };
  using R = ResolutionResult;
  CHECK(round(resolved(R::ok, "192.0.2.1"), now) == Texts{"192.0.2.1 resolved"});
  CHECK(round(resolved(R::timeout), now + 1h) == Texts{"192.0.2.1 remembered"});
  CHECK(round(resolved(R::ok, "192.0.2.2"), now + 2h) == Texts{"192.0.2.2 resolved"});
  CHECK(round(resolved(R::timeout), now + 3h) == Texts{"192.0.2.2 remembered"});
  CHECK(round(resolved(R::timeout), now + 25h) == Texts{"192.0.2.2 remembered"});
  CHECK(round(resolved(R::timeout), now + 27h) == Texts{});
  CHECK(state.last_known.empty());
}

TEST_CASE("failures that may pass are resolved again sooner") {
  ZonePlan plan;
  CHECK(resolve_again_after(ResolutionResult::ok, plan) == 5min);
  CHECK(resolve_again_after(ResolutionResult::nxdomain, plan) == 5min);
  CHECK(resolve_again_after(ResolutionResult::timeout, plan) == 1min);
  CHECK(resolve_again_after(ResolutionResult::servfail, plan) == 1min);
}

TEST_CASE("which of the parent's addresses are asked") {
  dns::ParentSearch parent;
  parent.servers = {{name("a."), {ip("192.0.2.1"), ip("2001:db8::1")}},
                    {name("b."), {ip("192.0.2.2"), ip("192.0.2.1")}}};
  const std::vector<ParentTarget> targets = parent_targets(parent, true, true);
  REQUIRE(targets.size() == 3);
  CHECK(parent_targets(parent, true, false).size() == 2);

  CHECK(one_per_family(targets, 0) ==
        std::vector<ParentTarget>{{name("a."), ip("192.0.2.1")}, {name("a."), ip("2001:db8::1")}});
  CHECK(one_per_family(targets, 1)[0].address == ip("192.0.2.2"));
  CHECK(one_per_family(targets, 2)[0].address == ip("192.0.2.1"));

  const dns::SteadyTime now{48h};
  std::map<dns::IpAddress, ParentWord> words;
  words[ip("192.0.2.1")].asked = now - 30min;
  words[ip("192.0.2.2")].asked = now - 90min;
  const std::vector<ParentTarget> due = not_asked_since(targets, words, now, 1h);
  REQUIRE(due.size() == 2);
  CHECK(due[0].address == ip("2001:db8::1"));
  CHECK(due[1].address == ip("192.0.2.2"));
}

TEST_CASE("equal responses are kept once") {
  const auto exchange = [](std::uint16_t id, const char* lines) {
    auto message = std::make_shared<dns::Message>();
    message->id = id;
    message->wire_size = 100;
    message->answer = support::fake_zone(".", lines).records;
    auto made = std::make_shared<dns::Exchange>();
    made->outcome = dns::Outcome::answered;
    made->response = message;
    made->server.address = ip("192.0.2." + std::to_string(id));
    return made;
  };
  ResponsePool pool;
  const auto first = pool.share(exchange(1, "a. NS x.\n a. NS y."));
  const auto turned = pool.share(exchange(2, "a. NS y.\n a. NS x."));
  const auto other = pool.share(exchange(3, "a. NS x.\n a. NS z."));
  const auto other_case = pool.share(exchange(4, "a. NS x.\n A. NS y."));
  CHECK(turned->response == first->response);
  CHECK(turned->server.address == ip("192.0.2.2"));
  CHECK(other->response != first->response);
  CHECK(other_case->response != first->response);
  CHECK(pool.share(first) == first);
  CHECK(pool.share(std::shared_ptr<const dns::Exchange>{}) == nullptr);
}

TEST_CASE("what led to an ordinary address is let go, what led to a fault is not") {
  using R = ResolutionResult;
  const auto kept = [](dns::Resolution a, dns::Resolution aaaa) {
    ZoneMemory memory;
    NameMemory& ns = memory.state().names[name("ns.")];
    ns.a = std::move(a);
    ns.aaaa = std::move(aaaa);
    ns.a.last = std::make_shared<dns::Exchange>();
    ns.aaaa.last = ns.a.last;
    make_compact(memory.state());
    return std::pair(ns.a.last != nullptr, ns.aaaa.last != nullptr);
  };
  CHECK(kept(resolved(R::ok, "198.41.0.4"), resolved(R::nodata)) == std::pair(false, false));
  CHECK(kept(resolved(R::nodata), resolved(R::nodata)) == std::pair(true, true));
  CHECK(kept(resolved(R::ok, "10.0.0.1"), resolved(R::timeout)) == std::pair(true, true));
  dns::Resolution alias = resolved(R::ok, "198.41.0.4");
  alias.aliases = {name("target.")};
  CHECK(kept(alias, resolved(R::nxdomain)) == std::pair(true, true));
}

// ---- Whole surveys ----

TEST_CASE("a healthy zone is surveyed completely") {
  SurveyBench bench;
  const auto survey = bench.survey();
  CHECK(survey->zone == name("zone.test."));
  CHECK_FALSE(survey->partial);
  CHECK(survey->finished >= survey->started);
  CHECK(survey->delegation.parent.found);
  CHECK(survey->delegation.parent.parent == name("test."));
  REQUIRE(survey->delegation.servers.size() == 2);
  for (const ParentServer& parent : survey->delegation.servers) {
    REQUIRE(parent.ns.first);
    CHECK(parent.ns.final().response->authority.size() == 2);
    REQUIRE(parent.ds.first);
    CHECK(parent.ds.final().response->answer.size() == 1);
  }
  CHECK(names_in(*survey) == Texts{"ns1.zone.test", "ns2.zone.test"});
  CHECK(servers_in(*survey) == Texts{"ns1.zone.test 127.54.1.1", "ns2.zone.test 127.54.1.2"});
  for (const Nameserver& each : survey->nameservers) {
    CHECK(each.in_parent);
    CHECK(each.in_child);
    CHECK(each.glue.size() == 1);
    CHECK(each.a.result == ResolutionResult::ok);
    CHECK(each.aaaa.result == ResolutionResult::nodata);
  }
  for (const Server& server : survey->servers) {
    CHECK(server.from_glue);
    CHECK(server.from_resolution);
    CHECK_FALSE(server.from_last_known);
  }
  std::set<std::string> random_names;
  for (const AddressObservation& each : survey->addresses) {
    CHECK(each.may_ask);
    REQUIRE(each.answers.size() == 6 + 4);  // A and AAAA of two nameservers
    CHECK(std::is_sorted(each.answers.begin(), each.answers.end(),
                         [](const Answer& a, const Answer& b) { return a.id < b.id; }));
    CHECK(is_authoritative_soa(*each.find(QuestionId::soa_udp), survey->zone));
    CHECK(is_authoritative_soa(*each.find(QuestionId::soa_tcp), survey->zone));
    CHECK(each.find(QuestionId::soa_tcp)->exchange.first->transport == dns::Transport::tcp);
    const dns::Exchange& denial = each.find(QuestionId::nonexistent)->exchange.final();
    CHECK(denial.response->rcode == dns::Rcode::nxdomain);
    random_names.insert(denial.question.qname.to_label());
    CHECK(each.queries_udp == 9);
    CHECK(each.queries_tcp == 1);
    CHECK(each.timeouts_udp + each.timeouts_tcp == 0);
  }
  CHECK(random_names.size() == 2);
  // Both parents say the same, and it is kept once.
  const auto& words = bench.memory.state().words;
  REQUIRE(words.size() == 2);
  CHECK(words.begin()->second.server.ns.first->response ==
        words.rbegin()->second.server.ns.first->response);
  // The first survey looks at the vantage, over UDP and TCP; nothing failed, so no one looks again.
  CHECK(bench.asked(kRoot, RRType::soa) == 2);
}

TEST_CASE("what is asked in later rounds") {
  SurveyBench bench;
  bench.survey();
  bench.forget_queries();

  SECTION("a minute later: the questions of every round") {
    bench.clock.advance(60s);
    const auto survey = bench.survey();
    CHECK(bench.world.server(kServer1).seen.size() == 5);
    CHECK(bench.world.server(kParent1).seen.empty());
    CHECK(bench.world.server(kParent2).seen.empty());
    const AddressObservation& seen = observation(*survey, kServer1);
    REQUIRE(seen.find(QuestionId::options) != nullptr);
    CHECK(seen.find(QuestionId::options)->carried_over);
    CHECK_FALSE(seen.find(QuestionId::soa_udp)->carried_over);
    CHECK(seen.queries_udp == 4);
    CHECK(survey->delegation.servers.size() == 2);
    CHECK(nameserver(*survey, "ns1.zone.test.").a.result == ResolutionResult::ok);
  }
  SECTION("five minutes later: one address of the parent, and the names") {
    bench.clock.advance(5min);
    bench.survey();
    CHECK(bench.asked(kParent1, RRType::ds) + bench.asked(kParent2, RRType::ds) == 1);
    CHECK(bench.world.server(kServer1).asked("ns1.zone.test.") +
              bench.world.server(kServer2).asked("ns1.zone.test.") ==
          2);
    bench.clock.advance(5min);
    bench.survey();
    CHECK(bench.asked(kParent1, RRType::ds) == 1);
    CHECK(bench.asked(kParent2, RRType::ds) == 1);
  }
  SECTION("an hour later: all of it") {
    bench.clock.advance(1h);
    bench.survey();
    CHECK(bench.asked(kParent1, RRType::ds) == 1);
    CHECK(bench.asked(kParent2, RRType::ds) == 1);
    const std::vector<Seen>& seen = bench.world.server(kServer1).seen;
    CHECK(std::count_if(seen.begin(), seen.end(), [](const Seen& query) {
            return query.edns && query.edns->find(dns::OptionCode::cookie) != nullptr;
          }) == 1);
  }
}

TEST_CASE("a silent server is asked its SOA and no more") {
  SurveyBench bench;
  bench.survey();
  bench.forget_queries();
  FakeServer& silent = bench.world.server(kServer2);
  bench.clock.advance(60s);

  SECTION("over UDP") {
    silent.answers_udp = false;
    const auto survey = bench.survey();
    const AddressObservation& seen = observation(*survey, kServer2);
    CHECK(seen.find(QuestionId::soa_udp)->exchange.first->outcome == dns::Outcome::timeout);
    CHECK(seen.find(QuestionId::ns) == nullptr);
    CHECK(seen.find(QuestionId::dnskey) == nullptr);
    CHECK(seen.find(QuestionId::nonexistent) == nullptr);
    CHECK(is_authoritative_soa(*seen.find(QuestionId::soa_tcp), survey->zone));
    CHECK(seen.find(QuestionId::options)->carried_over);
    CHECK(seen.timeouts_udp == 2);
    CHECK(seen.queries_udp == 2);
    CHECK(seen.timeouts_tcp == 0);
    // What the child said before is not forgotten because it is silent.
    CHECK(nameserver(*survey, "ns2.zone.test.").in_child);
    CHECK_FALSE(survey->partial);
    // The delegation is asked for at once, from all parents, and the vantage is suspected.
    CHECK(bench.asked(kParent1, RRType::ds) == 1);
    CHECK(bench.asked(kParent2, RRType::ds) == 1);
    CHECK(survey->vantage.udp_ipv4 == Usable::yes);
    CHECK(survey->vantage.tcp_ipv4 == Usable::yes);
    CHECK(survey->vantage.udp_ipv6 == Usable::unknown);

    SECTION("the same failure a minute later is no news") {
      bench.forget_queries();
      bench.clock.advance(60s);
      bench.survey();
      CHECK(bench.asked(kParent1, RRType::ds) == 0);
      CHECK(bench.asked(kParent2, RRType::ds) == 0);
    }
    SECTION("while it lasts, all parents are asked when the delegation is due") {
      bench.forget_queries();
      bench.clock.advance(5min);
      bench.survey();
      CHECK(bench.asked(kParent1, RRType::ds) == 1);
      CHECK(bench.asked(kParent2, RRType::ds) == 1);
    }
  }
  SECTION("over TCP") {
    silent.answers_tcp = false;
    const auto survey = bench.survey();
    const AddressObservation& seen = observation(*survey, kServer2);
    CHECK(is_authoritative_soa(*seen.find(QuestionId::soa_udp), survey->zone));
    CHECK(seen.find(QuestionId::soa_tcp)->exchange.first->outcome == dns::Outcome::timeout);
    CHECK(seen.find(QuestionId::ns) != nullptr);
    CHECK(seen.timeouts_tcp == 2);
  }
}

TEST_CASE("a server with an error is asked the rest, too") {
  SurveyBench bench;
  bench.world.server(kServer2).zones.clear();
  const auto survey = bench.survey();
  const AddressObservation& seen = observation(*survey, kServer2);
  CHECK(seen.find(QuestionId::soa_udp)->exchange.final().response->rcode == dns::Rcode::refused);
  CHECK(seen.find(QuestionId::dnskey) != nullptr);
  CHECK(failing_transports(seen, survey->zone, bench.plan.questions).size() == 2);
  CHECK(survey->vantage.udp_ipv4 == Usable::yes);
}

TEST_CASE("what the vantage can use is told from the first survey on") {
  SurveyBench bench;
  const auto first = bench.survey();
  CHECK(first->vantage.udp_ipv4 == Usable::yes);
  CHECK(first->vantage.tcp_ipv4 == Usable::yes);
  CHECK(first->vantage.udp_ipv6 == Usable::unknown);  // no control target has an IPv6 address
  bench.clock.advance(60s);
  bench.forget_queries();
  bench.survey();
  CHECK(bench.asked(kRoot, RRType::soa) == 0);  // nothing failed
}

TEST_CASE("addresses are looked up for families that are not used") {
  SurveyBench bench;
  bench.settings.use_ipv6 = false;
  bench.change(*bench.zone, "ns1.zone.test.", RRType::aaaa, "ns1.zone.test. AAAA fd00::1");
  bench.change(*bench.tld, "ns1.zone.test.", RRType::aaaa, "ns1.zone.test. AAAA fd00::1");
  const auto survey = bench.survey();
  CHECK(nameserver(*survey, "ns1.zone.test.").aaaa.addresses() ==
        std::vector<dns::IpAddress>{ip("fd00::1")});
  CHECK(nameserver(*survey, "ns1.zone.test.").glue.size() == 2);
  CHECK(nameserver(*survey, "ns2.zone.test.").aaaa.result == ResolutionResult::nodata);
  CHECK(survey->servers.size() == 2);  // and no one is asked over IPv6
  CHECK_FALSE(survey->partial);
}

TEST_CASE("the vantage is suspected first") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(60s);
  bench.world.server(kServer1).answers_udp = false;
  FakeServer& control = bench.world.server(kRoot);

  SECTION("UDP is lost, TCP is not") {
    control.answers_udp = false;
    const auto survey = bench.survey();
    CHECK(survey->vantage.of(dns::Family::ipv4, dns::Transport::udp) == Usable::no);
    CHECK(survey->vantage.of(dns::Family::ipv4, dns::Transport::tcp) == Usable::yes);

    SECTION("it is noticed when it comes back, even when nothing fails any more") {
      control.answers_udp = true;
      bench.world.server(kServer1).answers_udp = true;
      bench.clock.advance(60s);
      CHECK(bench.survey()->vantage.udp_ipv4 == Usable::yes);
      CHECK(bench.vantage->last().udp_ipv4 == Usable::yes);
    }
  }
  SECTION("many failing zones look once") {
    bench.survey();
    const std::size_t once = control.seen.size();
    const auto deadline = bench.in(10s);
    bench.run(bench.vantage->look(deadline));
    CHECK(control.seen.size() == once);
    std::vector<dns::Task<Vantage>> looks;
    bench.clock.advance(6s);
    for (int i = 0; i < 20; ++i) looks.push_back(bench.vantage->look(bench.in(20s)));
    bench.run(dns::all(std::move(looks)));
    CHECK(control.seen.size() == once + 2);
  }
}

TEST_CASE("two control targets must answer when there are more") {
  SurveyBench bench;
  bench.targets = {ip(kRoot), ip(kParent1), ip(kParent2), ip(kServer1), ip(kServer2)};
  bench.start();
  const auto look = [&] {
    bench.clock.advance(10s);
    return bench.run(bench.vantage->look(bench.in(10s)));
  };
  // REFUSED is an answer: the vantage works.
  CHECK(look().udp_ipv4 == Usable::yes);
  bench.world.server(kRoot).answers_udp = false;
  bench.world.server(kParent1).answers_udp = false;
  bench.world.server(kParent2).answers_udp = false;
  for (int i = 0; i < 5; ++i) CHECK(look().udp_ipv4 == Usable::yes);
  bench.world.server(kServer1).answers_udp = false;
  CHECK(look().udp_ipv4 == Usable::no);
  // A look that has no time to tell says nothing.
  bench.clock.advance(10s);
  CHECK(bench.run(bench.vantage->look(bench.in(10ms))).udp_ipv4 == Usable::unknown);
}

TEST_CASE("a nameserver that only the child names is resolved and asked in the same survey") {
  SurveyBench bench;
  bench.change(*bench.zone, "-", RRType::txt,
               "zone.test. NS ns3.zone.test.\n ns3.zone.test. A 127.54.1.3");
  bench.world.serve(kServer3, bench.zone);
  const auto survey = bench.survey();
  CHECK(names_in(*survey) == Texts{"ns1.zone.test", "ns2.zone.test", "ns3.zone.test"});
  const Nameserver& third = nameserver(*survey, "ns3.zone.test.");
  CHECK_FALSE(third.in_parent);
  CHECK(third.in_child);
  CHECK(is_authoritative_soa(*observation(*survey, kServer3).find(QuestionId::soa_udp),
                             survey->zone));
  CHECK_FALSE(survey->partial);
}

TEST_CASE("an address with two names is asked once") {
  SurveyBench bench;
  bench.change(*bench.tld, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 127.54.1.1");
  bench.change(*bench.zone, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 127.54.1.1");
  const auto survey = bench.survey();
  CHECK(survey->addresses.size() == 1);
  CHECK(survey->servers.size() == 2);
  CHECK(bench.world.server(kServer1).asked("zone.test.", RRType::dnskey) == 1);
}

TEST_CASE("a nameserver is asked where it last was when its name is gone") {
  SurveyBench bench;
  bench.change(*bench.tld, "zone.test.", RRType::ns,
               "zone.test. NS ns1.zone.test.\n zone.test. NS ns.other.test.\n"
               "ns.other.test. A 127.54.1.2");
  bench.world.server(kParent1).twist = [](const Seen& query, FakeReply& reply) {
    if (query.qtype != RRType::ns) return;
    std::erase_if(reply.message.additional,
                  [](const dns::Record& record) { return record.owner == name("ns.other.test."); });
  };
  bench.world.server(kParent2).twist = bench.world.server(kParent1).twist;
  bench.change(*bench.zone, "zone.test.", RRType::ns,
               "zone.test. NS ns1.zone.test.\n zone.test. NS ns.other.test.");
  auto survey = bench.survey();
  CHECK(nameserver(*survey, "ns.other.test.").a.result == ResolutionResult::ok);
  REQUIRE(survey->servers.size() == 2);
  CHECK(survey->servers[0].from_resolution);

  bench.change(*bench.tld, "ns.other.test.", RRType::a, "");
  bench.clock.advance(6min);
  survey = bench.survey();
  CHECK(nameserver(*survey, "ns.other.test.").a.result == ResolutionResult::nxdomain);
  REQUIRE(survey->servers.size() == 2);
  CHECK(survey->servers[0].nameserver == name("ns.other.test."));
  CHECK(survey->servers[0].from_last_known);
  CHECK_FALSE(survey->servers[0].from_resolution);
  CHECK(observation(*survey, kServer2).find(QuestionId::soa_udp) != nullptr);

  bench.clock.advance(24h);
  survey = bench.survey();
  CHECK(survey->servers.size() == 1);
  CHECK(names_in(*survey) == Texts{"ns.other.test", "ns1.zone.test"});
}

TEST_CASE("a zone that is no longer delegated is still asked for a day") {
  SurveyBench bench;
  bench.survey();
  bench.change(*bench.tld, "zone.test.", RRType::ns, "");
  bench.change(*bench.tld, "zone.test.", RRType::ds, "");
  bench.change(*bench.tld, "ns1.zone.test.", RRType::a, "");
  bench.change(*bench.tld, "ns2.zone.test.", RRType::a, "");
  bench.clock.advance(5min);
  auto survey = bench.survey();
  REQUIRE(survey->delegation.servers.size() == 2);
  for (const ParentServer& parent : survey->delegation.servers) {
    CHECK(parent.ns.final().response->rcode == dns::Rcode::nxdomain);
  }
  REQUIRE(survey->servers.size() == 2);
  CHECK_FALSE(nameserver(*survey, "ns1.zone.test.").in_parent);
  CHECK(nameserver(*survey, "ns1.zone.test.").in_child);
  CHECK(survey->servers[0].from_last_known);

  bench.clock.advance(25h);
  survey = bench.survey();
  CHECK(survey->servers.empty());
  CHECK(survey->nameservers.empty());
}

TEST_CASE("a change of the delegation is seen on all parents at once") {
  SurveyBench bench;
  bench.survey();
  bench.world.serve(kServer3, bench.zone);
  SECTION("of the nameservers") {
    bench.change(*bench.tld, "zone.test.", RRType::ns,
                 "zone.test. NS ns1.zone.test.\n zone.test. NS ns3.zone.test.\n"
                 "ns3.zone.test. A 127.54.1.3");
    bench.change(*bench.zone, "zone.test.", RRType::ns,
                 "zone.test. NS ns1.zone.test.\n zone.test. NS ns3.zone.test.\n"
                 "ns3.zone.test. A 127.54.1.3");
    bench.clock.advance(5min);
    const auto survey = bench.survey();
    CHECK(servers_in(*survey) == Texts{"ns1.zone.test 127.54.1.1", "ns3.zone.test 127.54.1.3"});
  }
  SECTION("of the DS") {
    bench.change(*bench.tld, "zone.test.", RRType::ds, "zone.test. DS 1234");
    bench.clock.advance(5min);
    const auto survey = bench.survey();
    REQUIRE(survey->delegation.servers.size() == 2);
    for (const ParentServer& parent : survey->delegation.servers) {
      const dns::Record& ds = parent.ds.final().response->answer.at(0);
      CHECK(dns::parse_ds(ds.rdata)->key_tag == 1234);
    }
  }
}

TEST_CASE("a parent that does not answer keeps no one from being asked") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(6min);
  SECTION("one of them") {
    bench.world.server(kParent1).answers_udp = false;
    for (int i = 0; i < 2; ++i) {
      const auto survey = bench.survey();
      CHECK(survey->delegation.parent.found);
      CHECK(survey->servers.size() == 2);
      CHECK(nameserver(*survey, "ns1.zone.test.").in_parent);
      bench.clock.advance(6min);
    }
  }
  SECTION("one of them for a moment: it is asked again the next time") {
    bench.world.server(kParent1).answers_udp = false;
    bench.world.server(kParent2).answers_udp = false;
    bench.survey();
    bench.world.server(kParent1).answers_udp = true;
    bench.world.server(kParent2).answers_udp = true;
    bench.clock.advance(6min);
    const auto survey = bench.survey();
    REQUIRE(survey->delegation.servers.size() == 2);
    for (const ParentServer& parent : survey->delegation.servers) {
      CHECK(parent.ns.final().answered());
      CHECK(parent.ds.final().answered());
    }
  }
  SECTION("both: the last names and addresses are used") {
    bench.world.server(kParent1).answers_udp = false;
    bench.world.server(kParent2).answers_udp = false;
    const auto survey = bench.survey();
    CHECK(survey->servers.size() == 2);
    CHECK(is_authoritative_soa(*observation(*survey, kServer1).find(QuestionId::soa_udp),
                               survey->zone));
    REQUIRE(survey->delegation.servers.size() == 2);
    CHECK_FALSE(survey->delegation.servers[0].ns.final().answered());
  }
  SECTION("nor the root: the path is broken") {
    bench.clock.advance(1h);
    bench.world.server(kRoot).answers_udp = false;
    bench.plan.zone = name("zone.test.");
    const auto survey = bench.survey();
    CHECK_FALSE(survey->delegation.parent.found);
    CHECK(survey->delegation.parent.result == ResolutionResult::timeout);
    CHECK_FALSE(survey->delegation.parent.reason.empty());
    CHECK(survey->servers.size() == 2);
  }
}

TEST_CASE("parent and child on the same servers") {
  SurveyBench bench;
  for (const char* parent : {kParent1, kParent2}) bench.world.serve(parent, bench.zone);
  const auto survey = bench.survey();
  CHECK(servers_in(*survey) == Texts{"ns1.zone.test 127.54.1.1", "ns2.zone.test 127.54.1.2"});
  CHECK(nameserver(*survey, "ns1.zone.test.").in_parent);
  CHECK(nameserver(*survey, "ns1.zone.test.").in_child);
}

TEST_CASE("the root is surveyed from its hints") {
  SurveyBench bench;
  bench.plan.zone = name(".");
  const auto survey = bench.survey();
  CHECK_FALSE(survey->delegation.parent.found);
  CHECK(survey->delegation.servers.empty());
  CHECK(servers_in(*survey) == Texts{"a.root 127.54.0.1"});
  CHECK(nameserver(*survey, "a.root.").in_parent);
  CHECK(nameserver(*survey, "a.root.").in_child);
  CHECK(is_authoritative_soa(*observation(*survey, kRoot).find(QuestionId::soa_udp), name(".")));
  CHECK_FALSE(survey->partial);
}

TEST_CASE("an address that the policy forbids is told and not asked") {
  SurveyBench bench;
  bench.change(*bench.tld, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 10.1.2.3");
  bench.change(*bench.zone, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 10.1.2.3");
  const auto survey = bench.survey();
  const AddressObservation& forbidden = observation(*survey, "10.1.2.3");
  CHECK_FALSE(forbidden.may_ask);
  CHECK(forbidden.answers.empty());
  CHECK_FALSE(survey->partial);
  CHECK(bench.asked(kRoot, RRType::soa) == 2);  // the first look at the vantage
}

TEST_CASE("truncated answers are followed over TCP, and both are kept") {
  SurveyBench bench;
  bench.world.server(kServer1).twist = [](const Seen& query, FakeReply& reply) {
    if (query.transport == dns::Transport::tcp || query.qtype != RRType::dnskey) return;
    reply.message.tc = true;
    reply.message.answer.clear();
  };
  const auto survey = bench.survey();
  const AddressObservation& seen = observation(*survey, kServer1);
  const dns::FollowedExchange& keys = seen.find(QuestionId::dnskey)->exchange;
  REQUIRE(keys.tcp);
  CHECK(keys.first->response->tc);
  CHECK(keys.final().response->answer.size() == 1);
  CHECK(seen.queries_tcp == 2);
}

TEST_CASE("at the deadline a survey is published as far as it came") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(6min);
  for (const char* address : {kParent1, kParent2, kServer2}) {
    bench.world.server(address).answers_udp = false;
  }
  bench.plan.timeout = 2s;
  const auto begun = bench.clock.steady();
  const auto survey = bench.survey(1s);
  CHECK(bench.clock.steady() - begun < 1500ms);
  CHECK(survey->partial);
  CHECK(observation(*survey, kServer2).find(QuestionId::soa_udp)->exchange.first->outcome ==
        dns::Outcome::timeout);
  CHECK(is_authoritative_soa(*observation(*survey, kServer1).find(QuestionId::soa_udp),
                             survey->zone));

  const auto none = bench.survey(-1s);
  CHECK(none->partial);
  CHECK(observation(*none, kServer1).find(QuestionId::soa_udp)->exchange.first->outcome ==
        dns::Outcome::not_asked);
}

TEST_CASE("failures are confirmed by asking once more") {
  SurveyBench bench;
  bench.plan.confirm_failures_after = 50ms;
  int refusals = 0;
  bench.world.server(kServer2).twist = [&](const Seen& query, FakeReply& reply) {
    if (query.qtype != RRType::soa || refusals == 0) return;
    --refusals;
    reply.message.rcode = dns::Rcode::servfail;
  };
  SECTION("what was only a moment is not told") {
    refusals = 1;
    const auto survey = bench.survey();
    CHECK(failing_transports(observation(*survey, kServer2), survey->zone, bench.plan.questions)
              .empty());
    CHECK(bench.world.server(kServer2).asked("zone.test.", RRType::dnskey) == 2);
    CHECK(bench.world.server(kServer1).asked("zone.test.", RRType::dnskey) == 1);
  }
  SECTION("what lasts is") {
    refusals = 100;
    const auto survey = bench.survey();
    CHECK(failing_transports(observation(*survey, kServer2), survey->zone, bench.plan.questions)
              .size() == 2);
  }
  SECTION("nothing is asked twice when nothing fails") {
    bench.survey();
    CHECK(bench.world.server(kServer2).asked("zone.test.", RRType::dnskey) == 1);
  }
}

TEST_CASE("a hundred zones of one hoster are surveyed at once") {
  constexpr int kZones = 100;
  SurveyBench bench;
  // So many questions at once overflow the servers' socket buffers: some are asked again.
  bench.settings.attempts = 6;
  bench.settings.timeout = 500ms;
  bench.plan.attempts = 6;
  bench.plan.timeout = 500ms;
  std::string registry = "host.test. NS ns.host.test.\n ns.host.test. A 127.54.1.3\n";
  for (int i = 0; i < kZones; ++i) {
    const std::string zone = "z" + std::to_string(i) + ".test.";
    const std::string lines = zone + " SOA 1\n" + zone + " NS a.ns.host.test.\n" + zone +
                              " NS b.ns.host.test.\n" + zone + " NS gone.host.test.\n";
    registry += lines.substr(lines.find('\n') + 1);
    auto served = std::make_shared<support::FakeZone>(support::fake_zone(zone, lines));
    bench.world.serve(kServer1, served);
    if (i % 2 == 0) bench.world.serve(kServer2, served);
  }
  bench.change(*bench.tld, "-", RRType::txt, registry.c_str());
  bench.world.serve(kServer3, "host.test.", R"(
    host.test. SOA 1
    host.test. NS ns.host.test.
    ns.host.test. A 127.54.1.3
    a.ns.host.test. A 127.54.1.1
    b.ns.host.test. A 127.54.1.2
  )");
  bench.start();
  std::vector<ZoneMemory> memories(kZones);
  std::vector<dns::Task<std::shared_ptr<const Survey>>> surveys;
  for (int i = 0; i < kZones; ++i) {
    ZonePlan plan = bench.plan;
    plan.zone = name("z" + std::to_string(i) + ".test.");
    surveys.push_back(bench.surveyor->survey(std::move(plan), memories[static_cast<std::size_t>(i)],
                                             bench.in(30s)));
  }
  const auto done = bench.run(dns::all(std::move(surveys)));
  for (std::size_t i = 0; i < done.size(); ++i) {
    const Survey& survey = *done[i];
    CHECK_FALSE(survey.partial);
    CHECK(servers_in(survey) == Texts{"a.ns.host.test 127.54.1.1", "b.ns.host.test 127.54.1.2"});
    CHECK(nameserver(survey, "gone.host.test.").a.result == ResolutionResult::nxdomain);
    CHECK(failing_transports(observation(survey, kServer2), survey.zone, bench.plan.questions)
              .empty() == (i % 2 == 0));
  }
  // All share one walk to the hoster's names and one resolution of each.
  CHECK(bench.world.server(kServer3).asked("a.ns.host.test.") <= 4);
  CHECK(bench.world.server(kRoot).asked("test.", RRType::ns) <= 2);
}

TEST_CASE("what there was no time to ask takes nothing away") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(6min);
  auto survey = bench.survey(-1s);
  CHECK(survey->partial);
  CHECK(survey->delegation.parent.found);
  CHECK(survey->delegation.servers.size() == 2);
  CHECK(nameserver(*survey, "ns1.zone.test.").a.result == ResolutionResult::ok);
  bench.clock.advance(20min);
  survey = bench.survey(-1s);
  CHECK(nameserver(*survey, "ns1.zone.test.").a.result == ResolutionResult::not_asked);
  CHECK(survey->servers.size() == 2);
}

TEST_CASE("stopping the engine ends a survey") {
  SurveyBench bench;
  bench.start();
  for (const char* address : {kServer1, kServer2}) bench.world.server(address).answers_udp = false;
  bench.plan.timeout = 10s;
  asio::steady_timer stop(bench.io, 200ms);
  stop.async_wait([&](std::error_code) { bench.engine.stop(); });
  const auto survey = bench.survey();
  CHECK(survey->partial);
}
