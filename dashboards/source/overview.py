"""All zones: what is broken, worst first, how the fleet does, and whether the watchers see."""

from source.pieces import (
    ALERT_TEXTS, GOOD_WHEN_ONE, GOOD_WHEN_ZERO, LOST, RESULTS, SOFT_TENTH, STATUS_TEXTS, SURVEY_AGE, TIME_LEFT,
    WARN_WHEN_ANY, WORKING, YES_NO_COLUMN, bars, color, dashboard, judged, mapped, override, stat, steps,
    table, target, targets, timeseries, variables)
from source.queries import (
    CHOSEN, EXPIRY_STATE, FAILURE, FIRING, STATUSES, UNAVAILABLE, lost, of_all, of_zones, or_zero,
    ranked_alerts, rate, select, zone_status)

SURVEYED = of_zones("dnszone_zone_last_survey_timestamp_seconds")
ALERT_KEYS = ["alertname", "zone", "address"]


def _headline() -> list:
    unreachable = f"{select('zone:dnszone_unreachable:ratio', CHOSEN)} >= 0.51"
    lonely = f"{select('zone:dnszone_redundancy_lost:ratio', CHOSEN)} >= 0.51 unless {unreachable}"
    ending = (f"count by (zone) ({select(EXPIRY_STATE, CHOSEN)} >= 1)")
    critical, others = (f"count({select('ALERTS', FIRING, CHOSEN, severity)})"
                        for severity in ('severity="critical"', 'severity!="critical"'))
    instances = f"count by (instance) ({of_all('dnszone_exporter_build_info')})"
    blind = f"max by (instance) ({of_all('dnszone_vantage_usable')}) == 0"
    return [
        (3, stat("Zones", "Zones with at least one survey.", f"count(count by (zone) ({SURVEYED}))")),
        (3, stat("Critical alerts", "Firing alerts that mean that users cannot resolve names, or soon will not.",
                 or_zero(critical), thresholds=GOOD_WHEN_ZERO)),
        (3, stat("Other alerts", "Firing alerts of lesser severity.", or_zero(others),
                 thresholds=WARN_WHEN_ANY)),
        (3, stat("Unreachable", "Zones of which no nameserver works, seen from most vantages.",
                 or_zero(f"count({unreachable})"), thresholds=GOOD_WHEN_ZERO)),
        (3, stat("One server left", "Zones of which fewer than two nameservers work, without those that are unreachable.",
                 or_zero(f"count({lonely})"), thresholds=WARN_WHEN_ANY)),
        (3, stat("Failing servers", "Nameserver addresses that fail over UDP and TCP, seen from most vantages; each zone counts.",
                 or_zero(f"count({select(UNAVAILABLE, CHOSEN)} >= 0.51)"), thresholds=WARN_WHEN_ANY)),
        (3, stat("Expiring soon", "Zones with a signature below its warning limit, or expired.",
                 or_zero(f"count({ending})"), thresholds=WARN_WHEN_ANY)),
        (3, stat("Watchers that see", "Exporters whose own network is not known to be broken over every family and transport.",
                 or_zero(f"count({instances} unless ({blind}))"), thresholds=GOOD_WHEN_ONE)),
    ]


def _alerts() -> dict:
    by = ", ".join(ALERT_KEYS)
    since = (f"time() - min by ({by}) (ALERTS_FOR_STATE{{alertname=~\"DNS.+\",{CHOSEN}}} "
             f"and ignoring (alertstate) {select('ALERTS', FIRING, CHOSEN)})")
    return table("Firing alerts", "What Prometheus fires now and since when the condition holds, before Alertmanager mutes consequences.",
                 ALERT_KEYS,
                 [("severity", ranked_alerts(by, CHOSEN), mapped(ALERT_TEXTS, custom__width=90)),
                  ("for", since, {"unit": "s", "custom__width": 80})],
                 first=1, sort=["-severity", "for"],
                 overrides=[override("alert", custom__width=220), override("address", custom__width=110)])


def _worst_zones() -> dict:
    def findings(severity: str) -> str:
        return f"max by (zone) ({of_zones('dnszone_zone_findings', severity=severity)})"

    working = of_zones("dnszone_zone_nameservers_working", family="any")
    expiry = of_zones("dnszone_zone_rrsig_expiry_timestamp_seconds")
    return table(
        "Zones, worst first", "Findings by severity, nameserver names that work, DNSSEC status, time until the first signature expires, age of the last survey.",
        ["zone"],
        [("critical", findings("critical"), judged(GOOD_WHEN_ZERO, custom__width=75)),
         ("errors", findings("error"), judged(GOOD_WHEN_ZERO, custom__width=70)),
         ("warnings", findings("warning"), judged(WARN_WHEN_ANY, custom__width=95)),
         ("working", f"min by (zone) ({working})", judged(WORKING, custom__width=80)),
         ("DNSSEC", zone_status(of_zones), mapped(STATUS_TEXTS, custom__width=110)),
         ("signatures left", f"min by (zone) ({expiry}) - time()", judged(TIME_LEFT, "s", custom__width=115)),
         ("survey age", f"time() - min by (zone) ({SURVEYED})", judged(SURVEY_AGE, "s", custom__width=95))],
        sort=["-critical", "-errors", "-warnings"])


def _fleet() -> list:
    def share(metric: str, *, fold: str = "min", **labels: str) -> str:
        return f"avg({fold} by (zone) ({of_zones(metric, **labels)}) >= bool 1)"

    def zones(status: str) -> str:
        return f"sum(max by (zone) ({of_zones('dnszone_zone_dnssec_status', status=status)}))"

    shares = targets(
        (share("dnszone_zone_nameservers_working", family="any"), "served"),
        (share("dnszone_zone_nameservers_working", family="ipv4"), "served over IPv4"),
        (share("dnszone_zone_nameservers_working", family="ipv6"), "served over IPv6"),
        (share("dnszone_zone_delegation_consistent"), "parent agrees"),
        (share("dnszone_zone_dnskeys", fold="max"), "signed"),
        (share("dnszone_zone_ds_records", fold="max"), "with DS"),
        (share("dnszone_zone_dnssec_status", status="secure"), "secure"),
        (share("dnszone_zone_dnssec_status", fold="max", status="bogus"), "bogus"), instant=True)
    statuses = targets(*((zones(status), status) for status in STATUSES))
    up = of_zones("dnszone_nameserver_up")
    return [
        (6, bars("Shares of the zones", "How many of the zones chosen are served over each family by a nameserver, agree with their parent, are signed, have a DS, validate or are bogus.",
                 shares, unit="percentunit", high=1, thresholds=steps((None, "blue")),
                 overrides=[color("bogus", "red"), color("secure", "green")])),
        (6, timeseries("Zones by DNSSEC status", "What the chain of trust comes to for the zones; of several vantages that differ each counts.",
                       statuses, unit="short", stacked=True, low=0,
                       overrides=[color(text, name) for _, text, name in STATUS_TEXTS])),
        (6, timeseries("Servers that work", "Share of the nameserver addresses, counted for each zone, that give authoritative answers, by family and transport.",
                       [target(f"avg by (family, transport) ({up})",
                               "{{family}} {{transport}}")],
                       unit="percentunit", low=0, high=1)),
        (6, timeseries("Lost queries", "Share of the queries to the zones' servers that timed out, by family and transport.",
                       [target(lost(of_zones, "family, transport"), "{{family}} {{transport}}")],
                       unit="percentunit", low=0, thresholds=LOST, axis=SOFT_TENTH)),
    ]


def _servers() -> list:
    keys = ["address", "nameserver", "zone", "family"]
    by = ", ".join(keys)
    failing = (f"max by ({by}) ({select(FAILURE, CHOSEN)}) "
               f"and on ({by}) ({select(UNAVAILABLE, CHOSEN)} >= 0.51)")
    times = of_zones("dnszone_nameserver_response_seconds")
    return [
        (12, timeseries("Failing servers by result", "Servers that fail, by what the SOA question came to; each transport counts.",
                        [target(f"count_values(\"code\", {select(FAILURE, CHOSEN)})", "{{code}}")],
                        unit="short", stacked=True, many=True, low=0,
                        overrides=[override(str(code), displayName=text,
                                            color={"mode": "fixed", "fixedColor": shown})
                                   for code, text, shown in RESULTS])),
        (12, table("Failing servers now", "Addresses that fail over UDP and TCP, seen from most vantages, with the result of the SOA question.",
                   keys, [("result", failing, mapped(RESULTS, custom__width=210))], sort=["address", "zone"])),
    ], [
        (7, timeseries("Typical response time", "Median of the times to the SOA answer of all servers, by family and transport.",
                       [target(f"quantile by (family, transport) (0.5, {times})", "{{family}} {{transport}}")],
                       unit="s", low=0)),
        (7, timeseries("Response time of slow servers", "95 in 100 servers answer the SOA question faster.",
                       [target(f"quantile by (family, transport) (0.95, {times})", "{{family}} {{transport}}")],
                       unit="s", low=0)),
        (10, timeseries("Alerts over time", "Firing alerts by name, before Alertmanager mutes consequences.",
                       [target(f"count by (alertname) ({select('ALERTS', FIRING, CHOSEN)})", "{{alertname}}")],
                       unit="short", stacked=True, many=True, low=0)),
    ]


def _watchers() -> list:
    def zones(state: str) -> str:
        return f"sum by (instance) ({of_all('dnszone_exporter_zones', state=state)})"

    network = f"min by (instance) ({of_all('dnszone_vantage_usable')})"
    surveys = rate(of_all("dnszone_exporter_surveys_total"))
    outcomes = rate(of_all("dnszone_exporter_queries_total"))
    return [
        (12, table("Watchers", "The exporters: zones that are current, waiting for a first survey or stale, how late surveys begin, surveys each second, and whether their network works over every family and transport that was tried.",
                   ["instance"],
                   [("current", zones("current"), {}),
                    ("pending", zones("pending"), judged(WARN_WHEN_ANY)),
                    ("stale", zones("stale"), judged(GOOD_WHEN_ZERO)),
                    ("lag", f"max by (instance) ({of_all('dnszone_exporter_schedule_lag_seconds')})",
                     judged(steps((None, "green"), (5, "orange"), (30, "red")), "s")),
                    ("surveys", f"sum by (instance) ({surveys})", {"unit": "ops"}),
                    ("network", network, YES_NO_COLUMN)],
                   sort=["-stale", "instance"])),
        (12, timeseries("Queries of the watchers", "Queries of the exporters by how they ended.",
                        [target(f"sum by (transport, outcome) ({outcomes}) > 0", "{{transport}} {{outcome}}")],
                        unit="reqps", stacked=True, many=True, low=0)),
    ]


def board() -> dict:
    servers, answers = _servers()
    return dashboard(
        "dnszone-overview", "DNS zones: overview",
        "All zones that the exporters watch: what is broken, worst first, and whether the watchers see.",
        variables(),
        [(4, _headline()), (11, [(11, _alerts()), (13, _worst_zones())]),
         "The fleet", (8, _fleet()), "Servers", (9, servers), (8, answers), "Exporters",
         (8, _watchers())],
        ['severity="critical"', CHOSEN])
