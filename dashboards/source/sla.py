"""What ICANN's registry agreement (specification 10) allows, how much of it is used, and who used it."""

from source.pieces import (
    GOOD_WHEN_ZERO, WARN_WHEN_ANY, ZONE_OF_SERIES, bars, dashboard, filled, judged, limit_line, stat,
    steps, table, target, targets, timeline, timeseries, value_map, variables)
from source.queries import CHOSEN, of_zones, or_zero, rate, select

EMERGENCY = 240  # minutes without service in seven days, after which another operator may take over
SERVER_BUDGET = 432  # minutes that one address may be down in thirty days
MONTH_MINUTES = 30 * 24 * 60
IN_TIME = 0.95  # of the answers

SERVER = "zone, nameserver, address, family"
WEEK_USED = steps((None, "green"), (0.25 * EMERGENCY, "yellow"), (0.5 * EMERGENCY, "orange"),
                  (EMERGENCY, "red"))
WEEK_LEFT = steps((None, "red"), (0.5 * EMERGENCY, "orange"), (0.75 * EMERGENCY, "yellow"),
                  (EMERGENCY, "green"))
BUDGET_USED = steps((None, "green"), (0.5 * SERVER_BUDGET, "yellow"), (0.75 * SERVER_BUDGET, "orange"),
                    (SERVER_BUDGET, "red"))
BUDGET_LEFT = steps((None, "red"), (1, "orange"), (0.5 * SERVER_BUDGET, "green"))
NONE_USED = steps((None, "green"), (0.001, "red"))
ENOUGH_IN_TIME = steps((None, "red"), (IN_TIME, "green"))
FULL = steps((None, "red"), (1, "green"))
DOWN = value_map([(0, "no", "green"), (1, "yes", "red")])
SERVED = value_map([(0, "in service", "green"), (1, "down", "red")])


def of_zone(fold: str, name: str, **labels: str) -> str:
    return f"{fold} by (zone) ({select(f'zone:{name}', CHOSEN, **labels)})"


DOWN_NOW = of_zone("max", "dnszone_sla_down:bool")
WEEK = of_zone("max", "dnszone_sla_down_minutes:sum_week")
MONTH = of_zone("max", "dnszone_sla_down_minutes:sum_month")
SERVER_DOWN = f"max by ({SERVER}) ({select('zone_nameserver_address_family:dnszone_sla_down:bool', CHOSEN)})"
SERVER_MINUTES = (f"max by ({SERVER}) "
                  f"({select('zone_nameserver_address_family:dnszone_sla_down_minutes:sum_month', CHOSEN)})")
WITHIN = "zone_transport:dnszone_sla_within_limit:ratio_month"


def within(transport: str) -> str:
    return f"min by (zone) ({select(WITHIN, CHOSEN, transport=transport)})"


def _headline() -> list:
    def in_time(transport: str, limit: str) -> dict:
        name = transport.upper()
        return stat(f"{name} in time", f"Share of the answers of the worst zone that came within {limit} over {name} in thirty days; the limit is 95 %.",
                    f"min({within(transport)})", unit="percentunit", decimals=1,
                    no_value="no answer", thresholds=ENOUGH_IN_TIME)

    return [
        (3, stat("Zones down", "Zones of which fewer than two nameservers answer on every address now.",
                 or_zero(f"count({DOWN_NOW} == 1)"), thresholds=GOOD_WHEN_ZERO)),
        (3, stat("With downtime", "Zones that had a minute without service in thirty days; none is allowed.",
                 or_zero(f"count({MONTH} > 0)"), thresholds=GOOD_WHEN_ZERO)),
        (3, stat("Emergency used", f"Most minutes that a zone was down in seven days, of the {EMERGENCY} after which its registry may be taken over.",
                 f"max({WEEK}) / {EMERGENCY}", unit="percentunit", decimals=0,
                 thresholds=steps((None, "green"), (0.25, "yellow"), (0.5, "orange"), (1, "red")))),
        (3, stat("Least availability", "Share of the last thirty days in which the service of the worst zone was up; the limit is 100 %.",
                 f"1 - max({MONTH}) / {MONTH_MINUTES}", unit="percentunit", decimals=3, thresholds=FULL)),
        (3, stat("Servers down", "Addresses that fail now; each zone counts.",
                 or_zero(f"count({SERVER_DOWN} == 1)"), thresholds=WARN_WHEN_ANY)),
        (3, stat("Over budget", f"Addresses that were down for more than {SERVER_BUDGET} minutes in thirty days; each zone counts.",
                 or_zero(f"count({SERVER_MINUTES} > {SERVER_BUDGET})"), thresholds=GOOD_WHEN_ZERO)),
        (3, in_time("udp", "0.5 s")),
        (3, in_time("tcp", "1.5 s")),
    ]


def _zones() -> dict:
    return table(
        "Zones, worst first", "Minutes without service in seven days against the emergency threshold, what is left of it, minutes in thirty days (none is allowed), and the share of answers in time by transport.",
        ["zone"],
        [("down now", DOWN_NOW, {"mappings": DOWN, "custom__cellOptions": {"type": "color-text"}}),
         ("minutes in 7 days", WEEK, filled(WEEK_USED, EMERGENCY, "none")),
         ("until emergency", f"clamp_min({EMERGENCY} - {WEEK}, 0)", judged(WEEK_LEFT, "none")),
         ("minutes in 30 days", MONTH, judged(NONE_USED, "none")),
         ("availability", f"1 - {MONTH} / {MONTH_MINUTES}", judged(FULL, "percentunit", decimals=3)),
         ("UDP in time", within("udp"), judged(ENOUGH_IN_TIME, "percentunit", decimals=1)),
         ("TCP in time", within("tcp"), judged(ENOUGH_IN_TIME, "percentunit", decimals=1))],
        sort=["-down now", "-minutes in 7 days", "-minutes in 30 days", "UDP in time"])


def _service() -> list:
    affected = f"{DOWN_NOW} and on (zone) {WEEK} > 0"
    return [
        (8, bars("Nearest to the emergency threshold (minutes)", f"Minutes without service in seven days of the ten zones that have most; at {EMERGENCY} the emergency threshold is reached.",
                 [target(f"topk(10, {WEEK})", "{{zone}}", instant=True)], unit="none", high=EMERGENCY,
                 thresholds=WEEK_USED, links=ZONE_OF_SERIES)),
        (8, timeseries("Downtime in seven days (minutes)", "The same over time, with the emergency threshold.",
                       targets((f"topk(10, {WEEK})", "{{zone}}"), (f"vector({EMERGENCY})", "limit")),
                       unit="none", low=0, overrides=[limit_line()], links=ZONE_OF_SERIES)),
        (8, timeline("Service of zones", "When the zones that were down in the last seven days were: fewer than two nameservers answered on every address.",
                     [target(affected, "{{zone}}")], SERVED, links=ZONE_OF_SERIES)),
    ]


def _servers() -> list:
    first = f"topk(200, {SERVER_MINUTES})"
    return [
        (8, bars("Most of the budget used (minutes)", f"Minutes down in thirty days of the ten addresses that have most; {SERVER_BUDGET} are allowed.",
                 [target(f"topk(10, {SERVER_MINUTES})", "{{address}} {{zone}}", instant=True)],
                 unit="none", high=SERVER_BUDGET, thresholds=BUDGET_USED, links=ZONE_OF_SERIES)),
        (16, table("Nameservers, worst first", "The 200 addresses that were down longest in thirty days, and what is left of their budget.",
                   SERVER.split(", "),
                   [("down now", f"{SERVER_DOWN} and on ({SERVER}) {first}",
                     {"mappings": DOWN, "custom__cellOptions": {"type": "color-text"}}),
                    ("minutes in 30 days", first, filled(BUDGET_USED, SERVER_BUDGET, "none")),
                    ("left", f"clamp_min({SERVER_BUDGET} - {first}, 0)", judged(BUDGET_LEFT, "none"))],
                   sort=["-minutes in 30 days", "zone"])),
    ]


def _times() -> list:
    def all_zones(metric: str) -> str:
        return f"sum by (transport) ({rate(of_zones(metric))})"

    now = (f"{all_zones('dnszone_nameserver_responses_within_limit_total')} / "
           f"({all_zones('dnszone_nameserver_queries_total')} "
           f"- {all_zones('dnszone_nameserver_query_timeouts_total')})")
    slowest = f"bottomk(10, min by (zone, transport) ({select(WITHIN, CHOSEN)}))"
    times = of_zones("dnszone_nameserver_response_seconds")
    return [
        (8, bars("Answers in time, slowest zones", "Share of the answers within 0.5 s over UDP and 1.5 s over TCP in thirty days, of the ten zones where it is least; 95 % are demanded.",
                 [target(slowest, "{{zone}} {{transport}}", instant=True)], unit="percentunit", high=1,
                 thresholds=ENOUGH_IN_TIME, links=ZONE_OF_SERIES)),
        (8, timeseries("Answers in time now", "Share of the answers of all zones chosen that come within the limits, by transport, with the 95 % demanded.",
                       targets((now, "{{transport}}"), (f"vector({IN_TIME})", "limit")),
                       unit="percentunit", high=1, overrides=[limit_line()])),
        (8, timeseries("Slow servers", "Time to the SOA answer that 95 in 100 servers keep, by transport.",
                       [target(f"quantile by (transport) (0.95, {times})", "{{transport}}")],
                       unit="s", low=0)),
    ]


def board() -> dict:
    return dashboard(
        "dnszone-sla", "DNS zones: SLA",
        "The limits of ICANN's registry agreement (specification 10): what is used up, and by which zone and server.",
        variables(),
        [
            (4, _headline()),
            (10, [(24, _zones())]),
            "Service", (8, _service()),
            "Nameservers", (9, _servers()),
            "Response times", (8, _times()),
        ],
        ['scope=~"sla|zone"', CHOSEN])
