#!/usr/bin/env python3
"""Writes the Grafana dashboards (overview.json, zone.json) beside this file; --check only compares.

The JSON is committed and is what users import; this file is where it is edited. For Grafana 10 and newer.
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# `vantage=~` matches series without the label too when All is chosen.
BY_VANTAGE = 'vantage=~"$vantage"'
IN_ZONE = f'zone="$zone",{BY_VANTAGE}'

# Codes of dnszone_nameserver_result: text and colour. Green works, grey knows nothing, orange answers but
# not for the zone, red does not answer.
RESULTS = [
    (0, "ok", "green"), (1, "timeout", "red"), (2, "connection refused or reset", "dark-red"),
    (3, "SERVFAIL", "orange"), (4, "REFUSED", "dark-orange"), (5, "NXDOMAIN", "yellow"),
    (6, "not authoritative", "dark-yellow"), (7, "referral", "light-orange"),
    (8, "other error RCODE", "semi-dark-orange"), (9, "malformed answer", "purple"),
    (10, "unreachable", "semi-dark-red"), (11, "truncated and no TCP", "dark-purple"),
    (12, "not asked", "#808080"), (13, "no SOA", "light-yellow"),
]


# --- pieces ---------------------------------------------------------------------------------------

def value_map(entries: list[tuple[int, str, str]]) -> list[dict]:
    return [{"type": "value", "options": {
        str(value): {"text": text, "color": color, "index": index}
        for index, (value, text, color) in enumerate(entries)}}]


STATUSES = [(0, "secure", "green"), (1, "insecure", "blue"), (2, "indeterminate", "orange"),
            (3, "bogus", "red")]
YES_NO = value_map([(1, "yes", "green"), (0, "no", "red")])


def steps(*pairs: tuple[float | None, str]) -> dict:
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in pairs]}


GOOD_WHEN_ZERO = steps((None, "green"), (1, "red"))
WARN_WHEN_ANY = steps((None, "green"), (1, "orange"))
PLAIN = steps((None, "text"))


def target(expr: str, legend: str = "", *, table: bool = False, instant: bool = False,
           ref: str = "A") -> dict:
    made = {"datasource": DATASOURCE, "expr": " ".join(expr.split()), "refId": ref,
            "legendFormat": legend or "__auto", "editorMode": "code"}
    if table:
        made.update({"format": "table", "instant": True, "range": False})
    elif instant:
        made.update({"instant": True, "range": False})
    else:
        made.update({"instant": False, "range": True})
    return made


def override(field: str, **properties) -> dict:
    return {"matcher": {"id": "byName", "options": field},
            "properties": [{"id": name.replace("__", "."), "value": value}
                           for name, value in properties.items()]}


def panel(kind: str, title: str, description: str, targets: list[dict], *, unit: str,
          thresholds: dict = PLAIN, mappings: list | None = None, options: dict | None = None,
          custom: dict | None = None, overrides: list | None = None,
          transformations: list | None = None, links: list | None = None, no_value: str | None = None,
          low: float | None = None, decimals: int | None = None) -> dict:
    defaults: dict = {"unit": unit, "thresholds": thresholds, "mappings": mappings or [],
                      "color": {"mode": "thresholds"}, "custom": custom or {}}
    if kind == "timeseries":
        defaults["color"] = {"mode": "palette-classic"}
    if no_value is not None:
        defaults["noValue"] = no_value
    if low is not None:
        defaults["min"] = low
    if decimals is not None:
        defaults["decimals"] = decimals
    if links:
        defaults["links"] = links
    return {"type": kind, "title": title, "description": description, "datasource": DATASOURCE,
            "targets": targets, "fieldConfig": {"defaults": defaults, "overrides": overrides or []},
            "options": options or {}, "transformations": transformations or [],
            "transparent": False}


def stat(title: str, description: str, expr: str, *, unit: str = "short", **rest) -> dict:
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
               "colorMode": "value", "graphMode": "none", "justifyMode": "auto",
               "orientation": "auto", "textMode": "auto"}
    return panel("stat", title, description, [target(expr, title, instant=True)], unit=unit,
                 options=options, **rest)


def timeseries(title: str, description: str, targets: list[dict], *, unit: str, stacked: bool = False,
               **rest) -> dict:
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 20 if stacked else 0,
              "showPoints": "never", "spanNulls": False,
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              **rest.pop("custom", {})}
    options = {"legend": {"displayMode": "table", "placement": "right", "showLegend": True,
                          "calcs": ["lastNotNull", "max"]},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, description, targets, unit=unit, custom=custom,
                 options=options, **rest)


def timeline(title: str, description: str, targets: list[dict], mappings: list[dict]) -> dict:
    return panel("state-timeline", title, description, targets, unit="none", mappings=mappings,
                 custom={"lineWidth": 0, "fillOpacity": 80},
                 options={"mergeValues": True, "showValue": "never", "rowHeight": 0.9,
                          "alignValue": "left",
                          "legend": {"displayMode": "list", "placement": "bottom",
                                     "showLegend": True},
                          "tooltip": {"mode": "single", "sort": "none"}})


def table(title: str, description: str, targets: list[dict], *, rename: dict[str, str],
          hide: list[str], order: list[str], sort: str, overrides: list, descending: bool = True,
          unit: str = "short", **rest) -> dict:
    transformations = []
    if len(targets) > 1:
        transformations.append({"id": "merge", "options": {}})
    transformations.append({"id": "organize", "options": {
        "excludeByName": {name: True for name in hide},
        "indexByName": {name: index for index, name in enumerate(order)},
        "renameByName": rename}})
    options = {"showHeader": True, "cellHeight": "sm", "footer": {"show": False},
               "sortBy": [{"displayName": sort, "desc": descending}]}
    return panel("table", title, description, targets, unit=unit, options=options,
                 overrides=overrides, transformations=transformations,
                 custom={"align": "auto", "filterable": True, "cellOptions": {"type": "auto"}}, **rest)


def zone_link(field: str = "zone") -> dict:
    return {"title": "Open the zone", "targetBlank": False,
            "url": f"/d/dnszone-zone?${{datasource:queryparam}}&${{vantage:queryparam}}"
                   f"&var-zone=${{__data.fields[\"{field}\"]}}"}


def query_variable(name: str, label: str, definition: str, *, multi: bool) -> dict:
    made = {"name": name, "label": label, "type": "query", "datasource": DATASOURCE,
            "definition": definition, "query": {"query": definition, "refId": f"variable-{name}"},
            "refresh": 2, "sort": 1, "regex": "", "hide": 0, "multi": multi, "includeAll": multi,
            "skipUrlSync": False, "options": [], "current": {}}
    if multi:
        made["allValue"] = ".*"
        made["current"] = {"text": ["All"], "value": ["$__all"], "selected": True}
    return made


def datasource_variable() -> dict:
    return {"name": "datasource", "label": "Data source", "type": "datasource",
            "query": "prometheus", "refresh": 1, "regex": "", "hide": 0, "multi": False,
            "includeAll": False, "skipUrlSync": False, "options": [], "current": {}}


def vantage_variable() -> dict:
    return query_variable("vantage", "Vantage",
                          "label_values(dnszone_zone_last_survey_timestamp_seconds, vantage)",
                          multi=True)


def place(rows: list[tuple[int, list[tuple[int, dict]]]]) -> list[dict]:
    """Rows of (height, [(width, panel), ...]) as panels with positions and ids, 24 columns wide."""
    placed = []
    y = 0
    for height, panels in rows:
        x = 0
        for width, made in panels:
            placed.append({"id": len(placed) + 1, **made,
                           "gridPos": {"h": height, "w": width, "x": x, "y": y}})
            x += width
        assert x == 24, f"a row is {x} columns wide"
        y += height
    return placed


def dashboard(uid: str, title: str, description: str, variables: list[dict], rows: list,
              alerts: str) -> dict:
    return {
        "uid": uid, "title": title, "description": description, "tags": ["dns", "dnszone"],
        "id": None, "editable": False, "graphTooltip": 1, "schemaVersion": 38, "version": 1,
        "style": "dark", "timezone": "browser", "refresh": "1m", "weekStart": "",
        "time": {"from": "now-6h", "to": "now"}, "timepicker": {}, "fiscalYearStartMonth": 0,
        "liveNow": False,
        "links": [{"title": "DNS dashboards", "type": "dashboards", "tags": ["dnszone"],
                   "asDropdown": True, "includeVars": True, "keepTime": True, "targetBlank": False,
                   "icon": "external link", "tooltip": "", "url": ""}],
        "annotations": {"list": [
            {"name": "Alerts", "datasource": DATASOURCE, "enable": True, "hide": False,
             "iconColor": "red", "expr": alerts, "step": "60s", "titleFormat": "{{alertname}}",
             "textFormat": "{{zone}} {{nameserver}} {{address}}", "tagKeys": "severity"}]},
        "templating": {"list": variables},
        "panels": place(rows),
    }


# --- overview -------------------------------------------------------------------------------------

FIRING = 'ALERTS{alertname=~"DNS.+",alertstate="firing"}'
FAILING = "zone_nameserver_address_family:dnszone_nameserver_unavailable:ratio"


def overview() -> dict:
    worst = [
        target(f'max by (zone) (dnszone_zone_findings{{severity="critical",{BY_VANTAGE},zone=~"$zone"}})',
               table=True, ref="A"),
        target(f'max by (zone) (dnszone_zone_findings{{severity="error",{BY_VANTAGE},zone=~"$zone"}})',
               table=True, ref="B"),
        target(f'max by (zone) (dnszone_zone_findings{{severity="warning",{BY_VANTAGE},zone=~"$zone"}})',
               table=True, ref="C"),
        target(f'min by (zone) (dnszone_zone_nameservers_working{{family="any",{BY_VANTAGE},zone=~"$zone"}})',
               table=True, ref="D"),
        target(f'min by (zone) (dnszone_zone_rrsig_expiry_timestamp_seconds{{{BY_VANTAGE},zone=~"$zone"}}) - time()',
               table=True, ref="E"),
        target(f'time() - min by (zone) (dnszone_zone_last_survey_timestamp_seconds{{{BY_VANTAGE},zone=~"$zone"}})',
               table=True, ref="F"),
    ]
    count_color = {"type": "color-text"}
    worst_overrides = [
        override("zone", links=[zone_link()], custom__width=260),
        override("critical", thresholds=GOOD_WHEN_ZERO, custom__cellOptions=count_color),
        override("errors", thresholds=GOOD_WHEN_ZERO, custom__cellOptions=count_color),
        override("warnings", thresholds=WARN_WHEN_ANY, custom__cellOptions=count_color),
        override("working", custom__cellOptions=count_color,
                 thresholds=steps((None, "red"), (1, "orange"), (2, "green"))),
        override("signatures left", unit="s", custom__cellOptions=count_color,
                 thresholds=steps((None, "red"), (86400, "orange"), (259200, "green"))),
        override("survey age", unit="s"),
    ]
    return dashboard(
        "dnszone-overview", "DNS zones: overview",
        "All zones that the exporters watch: what is broken, worst first, and whether the watchers see.",
        [datasource_variable(), vantage_variable(),
         query_variable("zone", "Zone",
                        "label_values(dnszone_zone_last_survey_timestamp_seconds, zone)", multi=True),
         {"name": "address", "label": "Address (regular expression)", "type": "textbox", "query": ".*",
          "hide": 0, "skipUrlSync": False, "options": [{"text": ".*", "value": ".*", "selected": True}],
          "current": {"text": ".*", "value": ".*", "selected": True}}],
        [
            (4, [
                (3, stat("Zones", "Zones with at least one survey.",
                         f"count(count by (zone) (dnszone_zone_last_survey_timestamp_seconds{{{BY_VANTAGE}}}))")),
                (3, stat("Unreachable", "Zones of which no nameserver works, seen from most vantages.",
                         "count(zone:dnszone_unreachable:ratio >= 0.51) or vector(0)",
                         thresholds=GOOD_WHEN_ZERO)),
                (3, stat("One server left", "Zones of which fewer than two nameservers work, without those that are unreachable.",
                         "count(zone:dnszone_redundancy_lost:ratio >= 0.51 unless zone:dnszone_unreachable:ratio >= 0.51) or vector(0)",
                         thresholds=WARN_WHEN_ANY)),
                (3, stat("Failing servers", "Nameserver addresses that fail over UDP and TCP, seen from most vantages; each zone counts.",
                         f"count({FAILING} >= 0.51) or vector(0)", thresholds=WARN_WHEN_ANY)),
                (3, stat("Signatures end soon", "Zones with a signature below its warning limit, or expired.",
                         "count(count without (nameserver, address, family, rrset) (zone_nameserver_address_family_rrset:dnszone_rrsig_expiry_state:max >= 1)) or vector(0)",
                         thresholds=WARN_WHEN_ANY)),
                (3, stat("Critical alerts", "Firing alerts that mean that users cannot resolve names, or soon will not.",
                         f'count({FIRING[:-1]},severity="critical"}}) or vector(0)', thresholds=GOOD_WHEN_ZERO)),
                (3, stat("Other alerts", "Firing alerts of lesser severity.",
                         f'count({FIRING[:-1]},severity!="critical"}}) or vector(0)', thresholds=WARN_WHEN_ANY)),
                (3, stat("Watchers that see", "Exporters whose own network is not known to be broken over every family and transport.",
                         f"count(count by (instance) (dnszone_zone_last_survey_timestamp_seconds{{{BY_VANTAGE}}}) "
                         f"unless (max by (instance) (dnszone_vantage_usable{{{BY_VANTAGE}}}) == 0)) or vector(0)",
                         thresholds=steps((None, "red"), (1, "green")))),
            ]),
            (9, [
                (10, table("Firing alerts", "What Prometheus fires now, before Alertmanager mutes consequences.",
                           [target(FIRING, table=True)],
                           rename={"alertname": "alert"},
                           hide=["Time", "Value", "__name__", "alertstate", "instance", "job", "family",
                                 "transport", "vantage"],
                           order=["severity", "alertname", "zone", "nameserver", "address"],
                           sort="severity", descending=False, unit="string",
                           overrides=[override("zone", links=[zone_link()]),
                                      override("severity", mappings=[{"type": "value", "options": {
                                          "critical": {"color": "red", "index": 0},
                                          "warning": {"color": "orange", "index": 1},
                                          "info": {"color": "blue", "index": 2}}}],
                                          custom__cellOptions={"type": "color-text"},
                                          custom__width=90)])),
                (14, table("Zones, worst first", "Findings by severity, nameserver names that work, time until the first signature expires, age of the last survey.",
                           worst,
                           rename={"Value #A": "critical", "Value #B": "errors", "Value #C": "warnings",
                                   "Value #D": "working", "Value #E": "signatures left",
                                   "Value #F": "survey age"},
                           hide=["Time"],
                           order=["zone", "Value #A", "Value #B", "Value #C", "Value #D", "Value #E",
                                  "Value #F"],
                           sort="critical", overrides=worst_overrides)),
            ]),
            (9, [
                (12, timeseries("Failing servers by result", "Servers that fail, by what the SOA question came to; each transport counts.",
                                [target('count_values("code", zone_nameserver_address_family_transport:dnszone_nameserver_failure:max)', "{{code}}")],
                                unit="short", stacked=True, low=0,
                                overrides=[override(str(code), displayName=text,
                                                    color={"mode": "fixed", "fixedColor": color})
                                           for code, text, color in RESULTS])),
                (12, table("Failing servers", "Addresses that match the variable above and fail over UDP and TCP, with the result of the SOA question.",
                           [target('max by (zone, nameserver, address, family) (zone_nameserver_address_family_transport:dnszone_nameserver_failure:max{address=~"$address",zone=~"$zone"}) '
                                   f'and on (zone, nameserver, address, family) ({FAILING} >= 0.51)', table=True)],
                           rename={"Value": "result"}, hide=["Time"],
                           order=["address", "nameserver", "zone", "family", "Value"],
                           sort="address", descending=False,
                           overrides=[override("result", mappings=value_map(RESULTS),
                                               custom__cellOptions={"type": "color-text"}),
                                      override("zone", links=[zone_link()])])),
            ]),
            (8, [
                (8, timeseries("Response time", "Time to the SOA answer of the slower servers: 95 in 100 answer faster.",
                               [target(f"quantile by (family, transport) (0.95, dnszone_nameserver_response_seconds{{{BY_VANTAGE}}})", "{{family}} {{transport}}")],
                               unit="s", low=0)),
                (8, timeseries("Queries", "Queries of the exporters by how they ended.",
                               [target(f"sum by (transport, outcome) (rate(dnszone_exporter_queries_total{{{BY_VANTAGE}}}[$__rate_interval]))", "{{transport}} {{outcome}}")],
                               unit="reqps", stacked=True, low=0)),
                (8, timeseries("Schedule", "How late surveys begin, and zones that are pending or stale.",
                               [target(f"max by (instance) (dnszone_exporter_schedule_lag_seconds{{{BY_VANTAGE}}})", "lag {{instance}}", ref="A"),
                                target(f'sum by (instance, state) (dnszone_exporter_zones{{state!="current",{BY_VANTAGE}}})', "{{state}} {{instance}}", ref="B")],
                               unit="s", low=0,
                               overrides=[{"matcher": {"id": "byFrameRefID", "options": "B"},
                                           "properties": [{"id": "unit", "value": "short"},
                                                          {"id": "custom.axisPlacement", "value": "right"}]}])),
            ]),
        ],
        f"{FIRING[:-1]},severity=\"critical\"}}")


# --- one zone -------------------------------------------------------------------------------------

def zone() -> dict:
    by_server = "max by (nameserver, address, family)"
    servers = [
        target(f'{by_server} (dnszone_nameserver_result{{{IN_ZONE},transport="udp"}})', table=True, ref="A"),
        target(f'{by_server} (dnszone_nameserver_result{{{IN_ZONE},transport="tcp"}})', table=True, ref="B"),
        target(f'{by_server} (dnszone_nameserver_response_seconds{{{IN_ZONE},transport="udp"}})', table=True, ref="C"),
        target(f'{by_server} (dnszone_nameserver_response_seconds{{{IN_ZONE},transport="tcp"}})', table=True, ref="D"),
        target(f"{by_server} (dnszone_nameserver_soa_serial{{{IN_ZONE}}})", table=True, ref="E"),
        target(f"{by_server} (dnszone_nameserver_serial_drift_seconds{{{IN_ZONE}}})", table=True, ref="F"),
        target(f"min by (nameserver, address, family) (dnszone_nameserver_rrsig_expiry_timestamp_seconds{{{IN_ZONE}}}) - time()", table=True, ref="G"),
        target(f"time() - min by (nameserver, address, family) (dnszone_nameserver_failing_since_timestamp_seconds{{{IN_ZONE}}})", table=True, ref="H"),
    ]
    colored = {"type": "color-text"}
    server_overrides = [
        override("UDP", mappings=value_map(RESULTS), custom__cellOptions=colored),
        override("TCP", mappings=value_map(RESULTS), custom__cellOptions=colored),
        override("UDP time", unit="s"), override("TCP time", unit="s"),
        override("serial", unit="none", decimals=0),
        override("behind", unit="s", custom__cellOptions=colored,
                 thresholds=steps((None, "green"), (3600, "orange"))),
        override("signatures left", unit="s", custom__cellOptions=colored,
                 thresholds=steps((None, "red"), (86400, "orange"), (259200, "green"))),
        override("failing for", unit="s", custom__cellOptions=colored,
                 thresholds=steps((None, "red"))),
    ]
    return dashboard(
        "dnszone-zone", "DNS zones: one zone",
        "One zone: every server over every transport, what is wrong, and since when.",
        [datasource_variable(), vantage_variable(),
         query_variable("zone", "Zone",
                        "label_values(dnszone_zone_last_survey_timestamp_seconds, zone)", multi=False)],
        [
            (4, [
                (3, stat("Nameservers that work", "Names with an address that answers with authority, over UDP or TCP; the least of all vantages.",
                         f'min(dnszone_zone_nameservers_working{{{IN_ZONE},family="any"}})',
                         thresholds=steps((None, "red"), (1, "orange"), (2, "green")))),
                (3, stat("Listed", "Nameserver names at the parent and in the zone.",
                         f"max by (source) (dnszone_zone_nameservers{{{IN_ZONE}}})")
                 | {"targets": [target(f"max by (source) (dnszone_zone_nameservers{{{IN_ZONE}}})", "{{source}}", instant=True)]}),
                (3, stat("Delegated", "The parent delegates the zone.",
                         f"max(dnszone_zone_delegated{{{IN_ZONE}}})", mappings=YES_NO, no_value="unknown",
                         thresholds=steps((None, "red"), (1, "green")))),
                (3, stat("Parent agrees", "NS sets of parent and zone agree, and glue with the addresses.",
                         f"max(dnszone_zone_delegation_consistent{{{IN_ZONE}}})", mappings=YES_NO,
                         no_value="unknown", thresholds=steps((None, "red"), (1, "green")))),
                (3, stat("DS and keys", "DS records at the parent, how many of them lead to a key that signs, DNSKEY records in the zone.",
                         f"max(dnszone_zone_ds_records{{{IN_ZONE}}})")
                 | {"targets": [target(f"max(dnszone_zone_ds_records{{{IN_ZONE}}})", "DS", instant=True, ref="A"),
                                target(f"max(dnszone_zone_ds_matching{{{IN_ZONE}}})", "lead to a key", instant=True, ref="B"),
                                target(f"max(dnszone_zone_dnskeys{{{IN_ZONE}}})", "DNSKEY", instant=True, ref="C")]}),
                (3, stat("Signatures left", "Time until the first signature on any server expires.",
                         f"min(dnszone_zone_rrsig_expiry_timestamp_seconds{{{IN_ZONE}}}) - time()", unit="s",
                         no_value="unsigned",
                         thresholds=steps((None, "red"), (86400, "orange"), (259200, "green")))),
                (3, stat("Serial", "Newest SOA serial on any server.",
                         f"max(dnszone_zone_soa_serial{{{IN_ZONE}}})", unit="none", decimals=0)),
                (3, stat("Survey age", "Time since the last survey ended, of the vantage that is furthest behind.",
                         f"time() - min(dnszone_zone_last_survey_timestamp_seconds{{{IN_ZONE}}})", unit="s",
                         thresholds=steps((None, "green"), (180, "orange"), (300, "red")))),
            ]),
            (10, [
                (24, timeline("Servers", "What the SOA question came to on each address and transport.",
                              [target(f"max by (nameserver, address, transport) (dnszone_nameserver_result{{{IN_ZONE}}})",
                                      "{{nameserver}} {{address}} {{transport}}")],
                              value_map(RESULTS))),
            ]),
            (8, [
                (8, timeline("DNSSEC status", "What the chain of trust comes to, the worst of the vantages. Bogus: SERVFAIL behind validating resolvers.",
                             [target(f'max(dnszone_zone_dnssec_status{{{IN_ZONE},status="insecure"}} '
                                     f'+ ignoring (status) 2 * dnszone_zone_dnssec_status{{{IN_ZONE},status="indeterminate"}} '
                                     f'+ ignoring (status) 3 * dnszone_zone_dnssec_status{{{IN_ZONE},status="bogus"}})', "zone")],
                             value_map(STATUSES))),
                (16, timeline("What validates", "Under a DS: whether all that a server gives validates, and whether it proves what does not exist.",
                              [target(f"min by (nameserver, address) (dnszone_nameserver_dnssec_valid{{{IN_ZONE}}})",
                                      "{{nameserver}} {{address}} data", ref="A"),
                               target(f"min by (nameserver, address) (dnszone_nameserver_denial_valid{{{IN_ZONE}}})",
                                      "{{nameserver}} {{address}} denial", ref="B")],
                              YES_NO)),
            ]),
            (8, [
                (24, table("Servers now", "Each address: result and response time by transport, serial and how long it has been behind, time until its first signature expires, how long it has failed.",
                           servers,
                           rename={"Value #A": "UDP", "Value #B": "TCP", "Value #C": "UDP time",
                                   "Value #D": "TCP time", "Value #E": "serial", "Value #F": "behind",
                                   "Value #G": "signatures left", "Value #H": "failing for"},
                           hide=["Time"],
                           order=["nameserver", "address", "family", "Value #A", "Value #B", "Value #C",
                                  "Value #D", "Value #E", "Value #F", "Value #G", "Value #H"],
                           sort="nameserver", descending=False, overrides=server_overrides)),
            ]),
            (8, [
                (12, table("Findings", "What stands now; the exporter's page of the zone has the sentence and the command for each.",
                           [target(f"max by (check, severity, nameserver, address, transport) (dnszone_finding{{{IN_ZONE}}})", table=True)],
                           rename={}, hide=["Time", "Value"],
                           order=["severity", "check", "nameserver", "address", "transport"],
                           sort="severity", descending=False, unit="string",
                           overrides=[override("severity", mappings=[{"type": "value", "options": {
                               "critical": {"color": "red", "index": 0},
                               "error": {"color": "dark-orange", "index": 1},
                               "warning": {"color": "orange", "index": 2},
                               "notice": {"color": "blue", "index": 3},
                               "info": {"color": "text", "index": 4}}}],
                               custom__cellOptions=colored, custom__width=90)])),
                (12, timeseries("Response time", "Time to the SOA answer; over TCP with the connect. The worst of the vantages.",
                                [target(f"max by (nameserver, address, transport) (dnszone_nameserver_response_seconds{{{IN_ZONE}}})", "{{nameserver}} {{address}} {{transport}}")],
                                unit="s", low=0)),
            ]),
            (8, [
                (8, timeseries("Nameservers that work", "Names that work, by family; the least of all vantages.",
                               [target(f"min by (family) (dnszone_zone_nameservers_working{{{IN_ZONE}}})", "{{family}}")],
                               unit="short", low=0, decimals=0)),
                (8, timeseries("Behind the newest serial", "How long each server has lacked a newer serial, with the limit that alerts.",
                               [target(f"max by (nameserver, address) (dnszone_nameserver_serial_drift_seconds{{{IN_ZONE}}})", "{{nameserver}} {{address}}", ref="A"),
                                target(f'max(dnszone_zone_threshold_seconds{{{IN_ZONE},threshold="serial_drift"}})', "limit", ref="B")],
                               unit="s", low=0,
                               overrides=[override("limit", custom__lineStyle={"fill": "dash", "dash": [10, 10]},
                                                   color={"mode": "fixed", "fixedColor": "red"})])),
                (8, timeseries("Signatures left", "Time until the signatures on each server expire, by RRset; the earliest of the vantages.",
                               [target(f"min by (nameserver, address, rrset) (dnszone_nameserver_rrsig_expiry_timestamp_seconds{{{IN_ZONE}}}) - time()", "{{nameserver}} {{address}} {{rrset}}")],
                               unit="s")),
            ]),
            (8, [
                (12, timeseries("Lost queries", "Share of the queries to each server that timed out.",
                                [target(f"sum by (nameserver, address, transport) (rate(dnszone_nameserver_query_timeouts_total{{{IN_ZONE}}}[$__rate_interval])) "
                                        f"/ sum by (nameserver, address, transport) (rate(dnszone_nameserver_queries_total{{{IN_ZONE}}}[$__rate_interval]))",
                                        "{{nameserver}} {{address}} {{transport}}")],
                                unit="percentunit", low=0)),
                (12, timeseries("Survey duration", "How long the surveys of the zone take.",
                                [target(f"max by (instance) (dnszone_zone_survey_duration_seconds{{{IN_ZONE}}})", "{{instance}}")],
                                unit="s", low=0)),
            ]),
        ],
        'ALERTS{alertname=~"DNS.+",alertstate="firing",zone="$zone"}')


def documents() -> dict[str, str]:
    """File name to content; the same at every call."""
    return {f"{name}.json": json.dumps(made, indent=2, ensure_ascii=False) + "\n"
            for name, made in (("overview", overview()), ("zone", zone()))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a committed file differs")
    options = parser.parse_args()
    differing = []
    for name, text in documents().items():
        path = HERE / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            differing.append(name)
            if not options.check:
                path.write_text(text, encoding="utf-8")
                print(f"wrote {path}")
    if options.check and differing:
        print(f"differs from what generate.py makes: {', '.join(differing)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
