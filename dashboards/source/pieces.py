"""Panels, variables and links that the dashboards are made of. For Grafana 10 and newer."""

from collections.abc import Callable

from source.queries import EXPIRY, FIRING, RESPONSE, select

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

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
# Places in the lists of states of queries.py.
STATUS_TEXTS = [(1, "secure", "green"), (2, "insecure", "blue"), (3, "indeterminate", "orange"),
                (4, "bogus", "red")]
ROLLOVER_TEXTS = [(1, "stable", "green"), (2, "ZSK published ahead", "light-blue"),
                  (3, "two ZSK sign", "blue"), (4, "new KSK without DS", "yellow"),
                  (5, "DS for two keys", "orange"), (6, "algorithm roll", "purple")]
LAYER_TEXTS = [(1, "no fault", "green"), (2, "zone's servers or delegation", "red"),
               (3, "DNSSEC", "purple"), (4, "one resolver", "yellow"),
               (5, "resolvers disagree", "orange")]
SEVERITY_TEXTS = [(5, "critical", "red"), (4, "error", "dark-orange"), (3, "warning", "orange"),
                  (2, "notice", "blue"), (1, "info", "text")]
ALERT_TEXTS = [(3, "critical", "red"), (2, "warning", "orange"), (1, "info", "blue")]
EXPIRY_TEXTS = [(0, "good", "green"), (1, "ends soon", "yellow"), (2, "ends very soon", "orange"),
                (3, "expired", "red")]
RCODE_TEXTS = [(0, "NOERROR", "green"), (2, "SERVFAIL", "red"), (3, "NXDOMAIN", "orange"),
               (5, "REFUSED", "dark-orange")]
COLORED = {"type": "color-text"}


def value_map(entries: list[tuple[int, str, str]]) -> list[dict]:
    return [{"type": "value", "options": {
        str(value): {"text": text, "color": color, "index": index}
        for index, (value, text, color) in enumerate(entries)}}]


YES_NO = value_map([(1, "yes", "green"), (0, "no", "red")])
YES_NO_COLUMN = {"mappings": YES_NO, "custom__cellOptions": COLORED}


def steps(*pairs: tuple[float | None, str]) -> dict:
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in pairs]}


GOOD_WHEN_ZERO = steps((None, "green"), (1, "red"))
WARN_WHEN_ANY = steps((None, "green"), (1, "orange"))
PLAIN = steps((None, "text"))
GOOD_WHEN_ONE = steps((None, "red"), (1, "green"))
WORKING = steps((None, "red"), (1, "orange"), (2, "green"))
TIME_LEFT = steps((None, "red"), (86400, "orange"), (259200, "green"))
LOST = steps((None, "green"), (0.05, "yellow"), (0.2, "red"))
SURVEY_AGE = steps((None, "green"), (180, "orange"), (300, "red"))


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


def targets(*pairs: tuple[str, str], instant: bool = False) -> list[dict]:
    """Targets A, B, ... of (expression, legend)."""
    return [target(expr, legend, instant=instant, ref=chr(ord("A") + index))
            for index, (expr, legend) in enumerate(pairs)]


def override(field: str, **properties) -> dict:
    return {"matcher": {"id": "byName", "options": field},
            "properties": [{"id": name.replace("__", "."), "value": value}
                           for name, value in properties.items()]}


def color(field: str, name: str) -> dict:
    return override(field, color={"mode": "fixed", "fixedColor": name})


# Where 0 is usual, lest the axis reach from 0 to 10000 %.
SOFT_TENTH = {"axisSoftMax": 0.1}
SOFT_ONE = {"axisSoftMax": 1}


def limit_line(field: str = "limit") -> dict:
    return override(field, custom__lineStyle={"fill": "dash", "dash": [10, 10]},
                    color={"mode": "fixed", "fixedColor": "red"})


def panel(kind: str, title: str, description: str, asked: list[dict], *, unit: str,
          thresholds: dict = PLAIN, mappings: list | None = None, options: dict | None = None,
          custom: dict | None = None, overrides: list | None = None,
          transformations: list | None = None, links: list | None = None, no_value: str | None = None,
          low: float | None = None, high: float | None = None, decimals: int | None = None) -> dict:
    mode = "palette-classic" if kind == "timeseries" else "thresholds"
    defaults: dict = {"unit": unit, "thresholds": thresholds, "mappings": mappings or [],
                      "color": {"mode": mode}, "custom": custom or {}}
    for name, value in (("noValue", no_value), ("min", low), ("max", high), ("decimals", decimals),
                        ("links", links)):
        if value is not None:
            defaults[name] = value
    return {"type": kind, "title": title, "description": description, "datasource": DATASOURCE,
            "targets": asked, "fieldConfig": {"defaults": defaults, "overrides": overrides or []},
            "options": options or {}, "transformations": transformations or [],
            "transparent": False}


_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def stat(title: str, description: str, asked: str | list[dict], *, unit: str = "short",
         **rest) -> dict:
    """A number; on its colour where it can be bad."""
    plain = rest.get("thresholds", PLAIN) == PLAIN
    options = {"reduceOptions": _LAST, "colorMode": "value" if plain else "background",
               "graphMode": "none", "justifyMode": "auto", "orientation": "auto",
               "textMode": rest.pop("text", "auto"), "wideLayout": True}
    if isinstance(asked, str):
        asked = [target(asked, title, instant=True)]
    return panel("stat", title, description, asked, unit=unit, options=options, **rest)


def timeseries(title: str, description: str, asked: list[dict], *, unit: str, stacked: bool = False,
               many: bool = False, axis: dict | None = None, **rest) -> dict:
    """Lines; `many` of them have a table of names beside. `axis` has properties of the axis."""
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 30 if stacked else 0,
              "showPoints": "never", "spanNulls": False,
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              **(axis or {})}
    legend = {"displayMode": "table" if many else "list", "placement": "right" if many else "bottom",
              "showLegend": True, "calcs": ["lastNotNull", "max"] if many else []}
    return panel("timeseries", title, description, asked, unit=unit, custom=custom,
                 options={"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}, **rest)


def timeline(title: str, description: str, asked: list[dict], mappings: list[dict],
             **rest) -> dict:
    """One row for each series, in the colours of its states."""
    return panel("state-timeline", title, description, asked, unit="none", mappings=mappings,
                 custom={"lineWidth": 0, "fillOpacity": 80},
                 options={"mergeValues": True, "showValue": "auto", "rowHeight": 0.9,
                          "alignValue": "left", "perPage": 60,
                          "legend": {"displayMode": "list", "placement": "bottom",
                                     "showLegend": True},
                          "tooltip": {"mode": "single", "sort": "none"}}, **rest)


def bars(title: str, description: str, asked: list[dict], *, unit: str, **rest) -> dict:
    """Horizontal bars of the last values."""
    rest.setdefault("low", 0)
    return panel("bargauge", title, description, asked, unit=unit,
                 options={"displayMode": "gradient", "orientation": "horizontal",
                          "reduceOptions": _LAST, "showUnfilled": True, "valueMode": "color",
                          "namePlacement": "auto", "sizing": "auto", "minVizWidth": 8,
                          "minVizHeight": 16, "maxVizHeight": 300}, **rest)


def table(title: str, description: str, keys: list[str], columns: list[tuple[str, str, dict]], *,
          sort: list[str], first: int = 0, overrides: list | None = None) -> dict:
    """A row for each combination of the labels `keys`, which every expression has alone; a column for
    each (name, expression, properties) beside them, the `first` ones on their left. Sorted by `sort`; `-`
    before a name turns it."""
    asked = [target(expr, table=True, ref=chr(ord("A") + index))
             for index, (_, expr, _) in enumerate(columns)]
    fields = [f"Value #{made['refId']}" for made in asked] if len(asked) > 1 else ["Value"]
    shown = {"alertname": "alert"} | {field: name for field, (name, _, _) in zip(fields, columns)}
    transformations = [{"id": "merge", "options": {}}] if len(asked) > 1 else []
    transformations.append({"id": "organize", "options": {
        "excludeByName": {"Time": True},
        "indexByName": {name: index for index, name in enumerate([*fields[:first], *keys, *fields[first:]])},
        "renameByName": shown}})
    options = {"showHeader": True, "cellHeight": "sm", "footer": {"show": False},
               "sortBy": [{"displayName": name.removeprefix("-"), "desc": name.startswith("-")}
                          for name in sort]}
    return panel("table", title, description, asked, unit="short", options=options,
                 transformations=transformations,
                 overrides=[*(override(shown.get(key, key), custom__filterable=True, **_OF_KEYS.get(key, {}))
                              for key in keys),
                            *(override(name, **properties) for name, _, properties in columns
                              if properties), *(overrides or [])],
                 custom={"align": "auto", "minWidth": 60, "cellOptions": {"type": "auto"}})


def mapped(texts: list[tuple[int, str, str]], **more) -> dict:
    """Properties of a column of codes."""
    return {"mappings": value_map(texts), "custom__cellOptions": COLORED, **more}


def judged(thresholds: dict, unit: str = "short", **more) -> dict:
    """Properties of a column whose numbers are coloured by thresholds."""
    return {"unit": unit, "thresholds": thresholds, "custom__cellOptions": COLORED, **more}


def server_columns(now: Callable[..., str]) -> list[tuple[str, str, dict]]:
    """How a server is now, for tables of servers: `now(metric, fold, **labels)` is the query of a cell."""
    def transport(name: str, limit: float) -> list[tuple[str, str, dict]]:
        return [(name.upper(), now("dnszone_nameserver_result", transport=name), mapped(RESULTS)),
                (f"{name.upper()} time", now(RESPONSE, transport=name),
                 judged(steps((None, "text"), (limit, "orange")), "s"))]

    (udp, udp_time), (tcp, tcp_time) = transport("udp", 0.5), transport("tcp", 1.5)
    return [udp, tcp, udp_time, tcp_time,
            ("serial", now("dnszone_nameserver_soa_serial"), {"unit": "none", "decimals": 0}),
            ("behind", now("dnszone_nameserver_serial_drift_seconds"),
             judged(steps((None, "green"), (3600, "orange")), "s")),
            ("signatures left", f"{now(EXPIRY, 'min')} - time()", judged(TIME_LEFT, "s"))]


def failing_column(now: Callable[..., str]) -> tuple[str, str, dict]:
    """For how long a server has failed."""
    since = now("dnszone_nameserver_failing_since_timestamp_seconds", "min")
    return ("failing for", f"time() - {since}", judged(steps((None, "red")), "s"))


def filled(thresholds: dict, high: float, unit: str) -> dict:
    """Properties of a column of bars."""
    return {"unit": unit, "thresholds": thresholds, "min": 0, "max": high,
            "custom__cellOptions": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}}


def _link(title: str, uid: str, variable: str, value: str, more: str = "") -> dict:
    return {"title": title, "targetBlank": False,
            "url": f"/d/{uid}?${{datasource:queryparam}}&${{vantage:queryparam}}{more}"
                   f"&var-{variable}=${{{value}}}"}


def zone_link(value: str = "__data.fields[\"zone\"]") -> dict:
    return _link("Open the zone", "dnszone-zone", "zone", value)


def address_link(value: str = "__data.fields[\"address\"]") -> dict:
    return _link("All zones at this address", "dnszone-nameserver", "address", value)


def instance_link(value: str = "__data.fields[\"instance\"]") -> dict:
    return _link("Open the exporter", "dnszone-exporter", "instance", value)


# What a column of a label has everywhere.
_OF_KEYS = {"zone": {"links": [zone_link()], "custom__minWidth": 150}, "address": {"links": [address_link()]},
            "instance": {"links": [instance_link()]}, "family": {"custom__width": 80},
            "nameserver": {"custom__minWidth": 130},
            "transport": {"custom__width": 95}, "rrset": {"custom__width": 100}}
# The same for lines and rows of timelines, which have labels in place of fields.
ZONE_OF_SERIES = [zone_link("__field.labels.zone")]
ADDRESS_OF_SERIES = [address_link("__field.labels.address")]


def query_variable(name: str, label: str, definition: str, *, multi: bool,
                   all_value: str | None = ".*") -> dict:
    made = {"name": name, "label": label, "type": "query", "datasource": DATASOURCE,
            "definition": definition, "query": {"query": definition, "refId": f"variable-{name}"},
            "refresh": 2, "sort": 1, "regex": "", "hide": 0, "multi": multi, "includeAll": multi,
            "skipUrlSync": False, "options": [], "current": {}}
    if multi:
        if all_value:
            made["allValue"] = all_value
        made["current"] = {"text": ["All"], "value": ["$__all"], "selected": True}
    return made


def variables(*, one_zone: bool = False) -> list[dict]:
    """The three that every dashboard begins with."""
    source = {"name": "datasource", "label": "Data source", "type": "datasource",
              "query": "prometheus", "refresh": 1, "regex": "", "hide": 0, "multi": False,
              "includeAll": False, "skipUrlSync": False, "options": [], "current": {}}
    seen = "dnszone_zone_last_survey_timestamp_seconds"
    return [source, query_variable("vantage", "Vantage", f"label_values({seen}, vantage)", multi=True),
            query_variable("zone", "Zone", f"label_values({seen}, zone)", multi=not one_zone)]


def place(layout: list) -> list[dict]:
    """Headings, and rows of (height, [(width, panel), ...]), as panels with positions and ids, 24
    columns wide."""
    placed: list[dict] = []
    y = 0
    for item in layout:
        if isinstance(item, str):
            placed.append({"id": len(placed) + 1, "type": "row", "title": item, "collapsed": False,
                           "panels": [], "gridPos": {"h": 1, "w": 24, "x": 0, "y": y}})
            y += 1
            continue
        height, panels = item
        x = 0
        for width, made in panels:
            placed.append({"id": len(placed) + 1, **made,
                           "gridPos": {"h": height, "w": width, "x": x, "y": y}})
            x += width
        assert x == 24, f"a row is {x} columns wide"
        y += height
    return placed


def dashboard(uid: str, title: str, description: str, variables_: list[dict], layout: list,
              alerts: list[str]) -> dict:
    """`alerts` are matchers of the firing alerts that are marked in every panel."""
    return {
        "uid": uid, "title": title, "description": description, "tags": ["dns", "dnszone"],
        "id": None, "editable": False, "graphTooltip": 1, "schemaVersion": 38, "version": 1,
        "style": "dark", "timezone": "browser", "refresh": "1m", "weekStart": "",
        "time": {"from": "now-6h", "to": "now"}, "timepicker": {}, "fiscalYearStartMonth": 0,
        "liveNow": False,
        "links": [{"title": "DNS dashboards", "type": "dashboards", "tags": ["dnszone"],
                   "asDropdown": False, "includeVars": True, "keepTime": True, "targetBlank": False,
                   "icon": "external link", "tooltip": "", "url": ""}],
        "annotations": {"list": [
            {"name": "Alerts", "datasource": DATASOURCE, "enable": True, "hide": False,
             "iconColor": "red", "expr": select("ALERTS", FIRING, *alerts), "step": "60s",
             "titleFormat": "{{alertname}}", "textFormat": "{{zone}} {{nameserver}} {{address}}",
             "tagKeys": "severity"}]},
        "templating": {"list": variables_},
        "panels": place(layout),
    }
