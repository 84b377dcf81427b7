"""One address: every zone that it serves, for its operator and for those who wonder whose fault it is."""

from source.pieces import (
    ALERT_TEXTS, EXPIRY_TEXTS, GOOD_WHEN_ZERO, LOST, RESULTS, SOFT_TENTH, TIME_LEFT, WARN_WHEN_ANY,
    YES_NO, ZONE_OF_SERIES, color, dashboard, failing_column, judged, mapped, query_variable,
    server_columns, stat, steps, table, target, targets, timeline, timeseries, value_map, variables)
from source.queries import (
    CHOSEN, EXPIRY, EXPIRY_STATE, RESPONSE, UNAVAILABLE, lost, of_zones, or_zero, ranked_alerts, rate, select)

HERE = 'address="$address"'


def here(metric: str, **labels: str) -> str:
    """Of the address chosen, in the zones chosen."""
    return of_zones(metric, HERE, **labels)


def _headline() -> list:
    def failing(transport: str) -> str:
        return or_zero(f"count(max by (zone) ({here('dnszone_nameserver_up', transport=transport)}) == 0)")

    affected = f"count by (zone) ({select(UNAVAILABLE, HERE, CHOSEN)} >= 0.51)"
    queries = rate(here("dnszone_nameserver_queries_total"))
    timeouts = rate(here("dnszone_nameserver_query_timeouts_total"))
    return [
        (3, stat("Zones here", "Zones that list a nameserver with this address.",
                 f"count(count by (zone) ({here('dnszone_nameserver_result')}))")),
        (3, stat("Zones affected", "Zones for which the address fails over UDP and TCP, seen from most vantages.",
                 or_zero(f"count({affected})"), thresholds=GOOD_WHEN_ZERO)),
        (3, stat("Failing over UDP", "Zones for which it gives no usable answer over UDP, from any vantage.",
                 failing("udp"), thresholds=WARN_WHEN_ANY)),
        (3, stat("Failing over TCP", "Zones for which it gives no usable answer over TCP, from any vantage.",
                 failing("tcp"), thresholds=WARN_WHEN_ANY)),
        (3, stat("Names", "Nameserver names that have this address.",
                 f"count(count by (nameserver) ({here('dnszone_nameserver_result')}))")),
        (3, stat("Lost queries", "Share of the queries to the address that timed out, over all zones.",
                 f"sum({timeouts}) / sum({queries})", unit="percentunit", decimals=1, thresholds=LOST)),
        (3, stat("Slowest answer", "Longest time to a SOA answer of any zone and transport.",
                 f"max({here(RESPONSE)})", unit="s", no_value="no answer",
                 thresholds=steps((None, "green"), (0.5, "orange"), (1.5, "red")))),
        (3, stat("Signatures left", "Time until the first signature that is served here expires.",
                 f"min({here(EXPIRY)}) - time()", unit="s", no_value="unsigned",
                 thresholds=TIME_LEFT)),
    ]


def _zones_here() -> dict:
    by = "zone, nameserver"

    def now(metric: str, fold: str = "max", **labels: str) -> str:
        return f"{fold} by ({by}) ({here(metric, **labels)})"

    return table(
        "Zones here now", "Each zone: result and response time by transport, serial and how long it has been behind, time until the first signature expires, how long it has failed.",
        ["zone", "nameserver"],
        [*server_columns(now),
         failing_column(now)],
        sort=["-failing for", "zone"])


def _answers() -> list:
    by = "zone, transport"
    name = "{{zone}} {{transport}}"
    return [
        (8, timeseries("Zones affected over time", "Zones that list the address, and those for which it fails over UDP and TCP.",
                       targets((f"max({select('address_family:dnszone_zones:count', HERE)})", "zones"),
                               (f"max({select('address_family:dnszone_zones_unavailable:sum', HERE)})", "affected")),
                       unit="short", low=0, decimals=0,
                       overrides=[color("affected", "red"), color("zones", "blue")])),
        (8, timeseries("Response time", "Time to the SOA answer, by zone; an address that is slow for all is far away or overloaded.",
                       [target(f"max by ({by}) ({here(RESPONSE)})", name)], unit="s", low=0,
                       links=ZONE_OF_SERIES)),
        (8, timeseries("Lost queries by transport", "Share of the queries to the address that timed out, by transport over all zones.",
                       [target(lost(here, "transport"), "{{transport}}")], unit="percentunit", low=0,
                       thresholds=LOST, axis=SOFT_TENTH)),
    ]


def _load() -> list:
    return [
        (8, timeseries("Queries", "Queries that the exporters send to the address, by transport; their limit is pacing.queries_per_second.",
                       [target(f"sum by (transport) ({rate(here('dnszone_nameserver_queries_total'))})", "{{transport}}")],
                       unit="reqps", stacked=True, low=0)),
        (8, timeseries("Behind the newest serial", "How long the copy of each zone has lacked a newer serial, where it does.",
                       [target(f"max by (zone) ({here('dnszone_nameserver_serial_drift_seconds')})", "{{zone}}")],
                       unit="s", low=0, links=ZONE_OF_SERIES)),
        (8, timeline("Alerts", "Firing alerts about the address, by zone, before Alertmanager mutes consequences.",
                     targets((ranked_alerts("alertname", HERE, 'zone=""'), "{{alertname}}"),
                             (ranked_alerts("alertname, zone", HERE, 'zone!=""'), "{{alertname}} {{zone}}")),
                     value_map(ALERT_TEXTS))),
    ]


def _signatures() -> list:
    by = "zone, rrset"
    expiry = f"min by ({by}) ({here(EXPIRY)})"
    state = f"max by ({by}) ({select(EXPIRY_STATE, HERE, CHOSEN)})"
    return [
        (10, table("Signatures here", "Signatures that the address serves, those that end first on top, and whether they are below a limit.",
                   ["zone", "rrset"],
                   [("state", state, mapped(EXPIRY_TEXTS)),
                    ("left", f"{expiry} - time()", judged(TIME_LEFT, "s")),
                    ("ends", f"1000 * {expiry}", {"unit": "dateTimeAsIso"})],
                   sort=["left"])),
        (7, timeline("Data validates", "Under a DS: whether all that is served here validates, by zone.",
                     [target(f"min by (zone) ({here('dnszone_nameserver_dnssec_valid')})", "{{zone}}")],
                     YES_NO, links=ZONE_OF_SERIES)),
        (7, timeline("Denial validates", "Under a DS: whether it is proven here that a name does not exist, by zone.",
                     [target(f"min by (zone) ({here('dnszone_nameserver_denial_valid')})", "{{zone}}")],
                     YES_NO, links=ZONE_OF_SERIES)),
    ]


def board() -> dict:
    results = here("dnszone_nameserver_result")
    return dashboard(
        "dnszone-nameserver", "DNS zones: one nameserver address",
        "One address and all zones that it serves: for how many it fails, how fast it answers, what it signs.",
        [*variables(), query_variable("address", "Address", "label_values(dnszone_nameserver_up, address)",
                                      multi=False)],
        [
            (4, _headline()),
            (11, [(24, timeline("Results by zone", "What the SOA question came to at this address, by zone and transport.",
                                [target(f"max by (zone, nameserver, transport) ({results})",
                                        "{{zone}} {{transport}} as {{nameserver}}")],
                                value_map(RESULTS), links=ZONE_OF_SERIES))]),
            (9, [(24, _zones_here())]),
            "Answers", (8, _answers()), (8, _load()),
            "Signatures", (9, _signatures()),
        ],
        [HERE])
