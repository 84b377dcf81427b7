"""One zone: every server over every transport, what is wrong, and since when."""

from source.pieces import (
    ADDRESS_OF_SERIES, ALERT_TEXTS, EXPIRY_TEXTS, GOOD_WHEN_ONE, LAYER_TEXTS, LOST, RCODE_TEXTS,
    RESULTS, ROLLOVER_TEXTS, SEVERITY_TEXTS, SOFT_TENTH, STATUS_TEXTS, SURVEY_AGE, TIME_LEFT,
    WORKING, YES_NO, dashboard, failing_column, judged, limit_line, mapped, server_columns, stat,
    steps, table, target, targets, timeline, timeseries, value_map, variables)
from source.queries import (
    EXPIRY, EXPIRY_STATE, LAYERS, SEVERITIES, STATUSES, coded, lost, of_zone, ranked_alerts, rollover_state, select,
    zone_status)

SERVER = "nameserver, address, family"
THIS = 'zone="$zone"'


def _headline() -> list:
    working = of_zone("dnszone_zone_nameservers_working", family="any")
    listed = of_zone("dnszone_zone_nameservers")
    survey = of_zone("dnszone_zone_last_survey_timestamp_seconds")
    keys = targets((f"max({of_zone('dnszone_zone_ds_records')})", "DS"),
                   (f"max({of_zone('dnszone_zone_ds_matching')})", "with key"),
                   (f"max({of_zone('dnszone_zone_dnskeys')})", "DNSKEY"), instant=True)
    return [
        (3, stat("Working", "Names with an address that answers with authority, over UDP or TCP; the least of all vantages.",
                 f"min({working})", thresholds=WORKING)),
        (3, stat("Listed", "Nameserver names at the parent and in the zone.",
                 [target(f"max by (source) ({listed})", "{{source}}", instant=True)])),
        (4, stat("Delegation", "Whether the parent delegates the zone, and whether NS sets and glue agree with it.",
                 targets((f"max({of_zone('dnszone_zone_delegated')})", "delegated"),
                         (f"min({of_zone('dnszone_zone_delegation_consistent')})", "parent agrees"),
                         instant=True),
                 unit="none", mappings=YES_NO, no_value="unknown", thresholds=GOOD_WHEN_ONE)),
        (3, stat("DNSSEC", "What the chain of trust comes to; the worst of the vantages.",
                 zone_status(of_zone), unit="none", mappings=value_map(STATUS_TEXTS),
                 thresholds=steps((None, "green")))),
        (4, stat("DS and keys", "DS records at the parent, how many of them lead to a key that signs, DNSKEY records in the zone.",
                 keys)),
        (3, stat("Signatures left", "Time until the first signature on any server expires.",
                 f"min({of_zone('dnszone_zone_rrsig_expiry_timestamp_seconds')}) - time()", unit="s",
                 no_value="unsigned", thresholds=TIME_LEFT)),
        (4, stat("Survey age", "Time since the last survey ended, of the vantage that is furthest behind.",
                 f"time() - min({survey})", unit="s", thresholds=SURVEY_AGE)),
    ]


def _findings() -> dict:
    keys = ["check", "nameserver", "address", "transport"]
    ranked = coded(of_zone, "dnszone_finding", "severity", SEVERITIES, by=", ".join(keys))
    return table("Findings", "What stands now; the exporter's page of the zone has the sentence and the command for each.",
                 keys, [("severity", ranked, mapped(SEVERITY_TEXTS, custom__width=95))],
                 first=1, sort=["-severity", "check"])


def _servers_now() -> dict:
    def now(metric: str, fold: str = "max", **labels: str) -> str:
        return f"{fold} by ({SERVER}) ({of_zone(metric, **labels)})"

    return table(
        "Servers now", "Each address: result and response time by transport, serial and how long it has been behind, time until its first signature expires and until it must drop the zone, how long it has failed.",
        ["nameserver", "address", "family"],
        [*server_columns(now),
         ("drops zone in", now("dnszone_nameserver_expire_remaining_seconds", "min"),
          judged(TIME_LEFT, "s")),
         failing_column(now)],
        sort=["nameserver", "address"])


def _names() -> dict:
    def addresses(family: str) -> str:
        return f"max by (nameserver) ({of_zone('dnszone_nameserver_addresses', family=family)})"

    status = coded(of_zone, "dnszone_nameserver_address_dnssec_status", "status", STATUSES, by="nameserver")
    return table("Names of the nameservers", "Addresses that each nameserver's name resolves to, none shown where that failed. For names outside of the zone, what validation makes of their addresses.",
                 ["nameserver"],
                 [("IPv4", addresses("ipv4"), {}), ("IPv6", addresses("ipv6"), {}),
                  ("addresses validate", status, mapped(STATUS_TEXTS))],
                 sort=["nameserver"])


def _reachability() -> list:
    by = "nameserver, address, transport"
    name = "{{nameserver}} {{address}} {{transport}}"
    return [(9, [
        (12, timeseries("Response time", "Time to the SOA answer; over TCP with the connect. The worst of the vantages.",
                        [target(f"max by ({by}) ({of_zone('dnszone_nameserver_response_seconds')})", name)],
                        unit="s", many=True, low=0, links=ADDRESS_OF_SERIES)),
        (12, timeseries("Lost queries", "Share of the queries to each server that timed out.",
                        [target(lost(of_zone, by), name)], unit="percentunit", many=True, low=0,
                        thresholds=LOST, axis=SOFT_TENTH, links=ADDRESS_OF_SERIES)),
    ]), (8, [
        (12, timeseries("Nameservers by family", "Names that work, by family; the least of all vantages.",
                       [target(f"min by (family) ({of_zone('dnszone_zone_nameservers_working')})", "{{family}}")],
                       unit="short", low=0, decimals=0)),
        (12, timeseries("Addresses by transport", "Addresses that give authoritative answers, by family and transport; the least of all vantages.",
                       [target(f"min by (family, transport) ({of_zone('dnszone_zone_servers_working')})", "{{family}} {{transport}}")],
                       unit="short", low=0, decimals=0)),
    ]), (8, [
        (14, _names()),
        (10, timeseries("Survey duration", "How long the surveys of the zone take, and the interval in which the next one begins.",
                       targets((f"max by (instance) ({of_zone('dnszone_zone_survey_duration_seconds')})", "{{instance}}"),
                               (f"min({of_zone('dnszone_zone_threshold_seconds', threshold='interval')})", "interval")),
                       unit="s", low=0, overrides=[limit_line("interval")])),
    ])]


def _serials() -> list:
    name = "{{nameserver}} {{address}}"
    limit = of_zone("dnszone_zone_threshold_seconds", threshold="serial_drift")
    by = "nameserver, address"
    timers = targets(*((f"max({of_zone(f'dnszone_zone_soa_{timer}_seconds')})", timer)
                       for timer in ("refresh", "retry", "expire", "minimum")), instant=True)
    changes = targets(*((f"time() - max({of_zone(f'dnszone_zone_{what}_changed_timestamp_seconds')})", name)
                        for what, name in (("serial", "serial"), ("dnskey", "DNSKEY"), ("ds", "DS"))),
                      instant=True)
    return [(4, [
        (12, stat("Last changes", "Time since the newest serial, the keys and the DS at the parent were last seen to change, if they were.",
                  changes, unit="s", no_value="not seen")),
        (12, stat("SOA timers", "How often secondaries look, how often after a failure, when they give up, and how long negative answers are kept.",
                  timers, unit="s")),
    ]), (8, [
        (8, timeseries("Serials", "SOA serial that each server serves; lines that part are copies that lag.",
                       [target(f"max by ({by}) ({of_zone('dnszone_nameserver_soa_serial')})", name)],
                       unit="none", decimals=0)),
        (8, timeseries("Behind the newest serial", "How long each server has lacked a newer serial, with the limit that alerts.",
                       targets((f"max by ({by}) ({of_zone('dnszone_nameserver_serial_drift_seconds')})", name),
                               (f"max({limit})", "limit")),
                       unit="s", low=0, overrides=[limit_line()])),
        (8, timeseries("Expire remaining (days)", "Time until each server must stop serving the zone unless it reaches its primary.",
                       [target(f"min by ({by}) ({of_zone('dnszone_nameserver_expire_remaining_seconds')}) / 86400", name)],
                       unit="short", low=0)),
    ])]


def _chain() -> list:
    by = "nameserver, address"
    name = "{{nameserver}} {{address}}"
    return [(7, [
        (8, timeline("DNSSEC status over time", "What the chain of trust comes to, the worst of the vantages. Bogus: SERVFAIL behind validating resolvers.",
                     [target(zone_status(of_zone), "chain")], value_map(STATUS_TEXTS))),
        (8, timeline("Key rollover", "State of the zone's key rollover, as its DS, keys and signatures show it.",
                     [target(rollover_state(of_zone), "rollover")], value_map(ROLLOVER_TEXTS))),
        (8, timeseries("DS and keys over time", "DS records at the parent, those that lead to a key that signs, and DNSKEY records in the zone.",
                       targets((f"max({of_zone('dnszone_zone_ds_records')})", "DS"),
                               (f"max({of_zone('dnszone_zone_ds_matching')})", "DS that lead to a key"),
                               (f"max({of_zone('dnszone_zone_dnskeys')})", "DNSKEY")),
                       unit="short", low=0, decimals=0)),
    ]), (8, [
        (12, timeline("Data validates", "Under a DS: whether all that a server gives validates from the parent or a trust anchor.",
                      [target(f"min by ({by}) ({of_zone('dnszone_nameserver_dnssec_valid')})", name)], YES_NO,
                      links=ADDRESS_OF_SERIES)),
        (12, timeline("Denial validates", "Under a DS: whether a server proves that a name does not exist.",
                      [target(f"min by ({by}) ({of_zone('dnszone_nameserver_denial_valid')})", name)], YES_NO,
                      links=ADDRESS_OF_SERIES)),
    ])]


def _signatures() -> list:
    keys = ["rrset", "nameserver", "address"]
    by = ", ".join(keys)
    expiry = f"min by ({by}) ({of_zone(EXPIRY)})"
    return [
        (12, timeseries("Signatures left by RRset (days)", "Time until the signatures on each server expire, by RRset; the earliest of the vantages.",
                        [target(f"({expiry} - time()) / 86400", "{{rrset}} {{nameserver}} {{address}}")],
                        unit="short", many=True)),
        (12, table("Signature expiry", "When the signature of each RRset on each server ends, and whether that is below a limit.",
                   keys,
                   [("state", f"max by ({by}) ({select(EXPIRY_STATE, THIS)})", mapped(EXPIRY_TEXTS, custom__width=80)),
                    ("left", f"{expiry} - time()", judged(TIME_LEFT, "s", custom__width=100)),
                    ("ends", f"1000 * {expiry}", {"unit": "dateTimeAsIso", "custom__width": 165})],
                   sort=["left"])),
    ]


def _resolvers() -> list:
    return [
        (8, timeline("Where the fault is", "Which layer explains what the configured resolvers and the zone's own servers show.",
                     [target(coded(of_zone, "dnszone_zone_failure_layer", "layer", LAYERS), "layer")],
                     value_map(LAYER_TEXTS))),
        (8, timeline("What resolvers answer", "What the configured resolvers answer, and the validating ones when they are told not to check.",
                     [target(f"max by (resolver, checking) ({of_zone('dnszone_resolver_rcode')})",
                             "{{resolver}}, checking {{checking}}")], value_map(RCODE_TEXTS))),
        (8, timeseries("Response time of resolvers", "Time to the configured resolvers' answer about the zone, from their caches or not.",
                       [target(f"max by (resolver) ({of_zone('dnszone_resolver_response_seconds')})", "{{resolver}}")],
                       unit="s", low=0)),
    ]


def board() -> dict:
    result = of_zone("dnszone_nameserver_result")
    return dashboard(
        "dnszone-zone", "DNS zones: one zone",
        "One zone: every server over every transport, what is wrong, and since when.",
        variables(one_zone=True),
        [
            (4, _headline()),
            (12, [(24, timeline("Servers", "What the SOA question came to on each address and transport.",
                                [target(f"max by (nameserver, address, transport) ({result})",
                                        "{{nameserver}} {{address}} {{transport}}")],
                                value_map(RESULTS), links=ADDRESS_OF_SERIES))]),
            (8, [(24, _servers_now())]),
            (8, [(12, _findings()),
                 (12, timeline("Alerts", "Firing alerts about the zone and its servers, before Alertmanager mutes consequences.",
                               targets((ranked_alerts("alertname", THIS, 'address=""'), "{{alertname}}"),
                                       (ranked_alerts("alertname, address", THIS, 'address!=""'), "{{alertname}} {{address}}")),
                               value_map(ALERT_TEXTS)))]),
            "Reachability", *_reachability(),
            "Copies of the zone", *_serials(),
            "Chain of trust", *_chain(),
            "Signatures", (9, _signatures()),
            "Resolvers", (7, _resolvers()),
        ],
        [THIS])
