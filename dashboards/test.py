#!/usr/bin/env python3
"""Lints the dashboards; closes with 'N passed, N failed'.

The rules of Grafana's dashboard-linter that apply here, and what it does not look at: layout, links,
metrics that must exist, and every expression parsed by promtool.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE), str(ROOT / "tests"), str(ROOT / "alerts")]
import generate  # noqa: E402
import render  # noqa: E402
from table import RECORDED  # noqa: E402
from metric_names import known_metrics, metrics_in  # noqa: E402
from source import pieces, queries  # noqa: E402

DASHBOARDS = {path.name: json.loads(path.read_text(encoding="utf-8"))
              for path in sorted(HERE.glob("*.json"))}
UIDS = {board["uid"]: board for board in DASHBOARDS.values()}
BUILT_IN = {"datasource", "__rate_interval", "__data", "__field"}
KINDS = {"timeseries", "state-timeline", "stat", "table", "bargauge"}  # all in Grafana itself
UNITS = {"none", "short", "s", "percentunit", "bytes", "reqps", "ops", "pps", "dateTimeAsIso"}


def panels():
    for name, board in DASHBOARDS.items():
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield f"{name}: {panel['title']}", panel


def targets():
    for where, panel in panels():
        for target in panel["targets"]:
            yield where, target


def substituted(text: str, **chosen: str) -> str:
    """The expression as Grafana would send it, with what is chosen or sample values for the variables."""
    values = {"__rate_interval": "5m", "vantage": ".*", "zone": "example.com", "address": ".*",
              "instance": ".*"}
    for name, value in (values | chosen).items():
        text = re.sub(rf"\$\{{{name}(:\w+)?\}}|\${name}\b", lambda _, v=value: v, text)
    return text


def expressions():
    for where, target in targets():
        yield where, target["expr"]
    for name, board in DASHBOARDS.items():
        for annotation in board["annotations"]["list"]:
            yield f"{name}: annotation {annotation['name']}", annotation["expr"]


def check_committed_files_are_generated() -> None:
    assert set(generate.documents()) == set(DASHBOARDS)
    for name, text in generate.documents().items():
        assert (HERE / name).read_text(encoding="utf-8") == text, f"{name}: run dashboards/generate.py"


def check_generation_is_deterministic() -> None:
    runs = {subprocess.run([sys.executable, "-c", "import generate, json; print(json.dumps(generate.documents()))"],
                           cwd=HERE, env={"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
                           capture_output=True, text=True, check=True).stdout for seed in "123"}
    assert len(runs) == 1


def check_identity() -> None:
    assert len(UIDS) == len(DASHBOARDS), "two dashboards share a uid"
    for name, board in DASHBOARDS.items():
        assert re.fullmatch(r"dnszone-[a-z-]{1,32}", board["uid"]), board["uid"]
        assert board["id"] is None and board["editable"] is False, name
        assert board["title"] and board["description"] and "dnszone" in board["tags"], name
        assert board["schemaVersion"] >= 36 and "__inputs" not in board, name
        assert board["refresh"] == "1m" and board["time"]["to"] == "now", name
    titles = [board["title"] for board in DASHBOARDS.values()]
    assert len(set(titles)) == len(titles)


def check_variables() -> None:
    for name, board in DASHBOARDS.items():
        variables = {v["name"]: v for v in board["templating"]["list"]}
        assert list(variables)[:3] == ["datasource", "vantage", "zone"], f"{name}: {list(variables)}"
        source = variables["datasource"]
        assert source["type"] == "datasource" and source["query"] == "prometheus", name
        assert source["label"] == "Data source", name
        for variable in variables.values():
            assert variable["label"], f"{name}: {variable['name']} has no label"
            if variable["type"] == "query":
                proper_query_variable(f"{name}: {variable['name']}", variable)
        used = set(re.findall(r"\$\{?(\w+)", json.dumps([board["panels"], board["annotations"]])))
        assert used <= set(variables) | BUILT_IN, f"{name}: unknown variables {used - set(variables)}"
        unused = set(variables) - used
        assert not unused, f"{name}: variables without use: {unused}"


def proper_query_variable(where: str, variable: dict) -> None:
    """The rules for variables that Prometheus fills."""
    assert variable["datasource"]["uid"] == "${datasource}", where
    assert variable["refresh"] == 2, f"{where} does not follow the time range"
    assert re.fullmatch(r"label_values\(\w+, \w+\)", variable["definition"]), where
    assert variable["query"]["query"] == variable["definition"], where
    assert variable["includeAll"] == variable["multi"], where
    # All vantages are also those without a name. All instances are the listed ones: other programs
    # have process_ metrics too.
    expected = ".*" if variable["includeAll"] and variable["name"] != "instance" else None
    assert variable.get("allValue") == expected, where


def check_panels_are_described() -> None:
    for where, panel in panels():
        assert panel["title"] and len(panel["description"]) >= 20, where
        assert panel["description"].endswith("."), where
        assert panel["type"] in KINDS, f"{where} is a {panel['type']}"
        assert panel["targets"], f"{where} has no target"
        for target in panel["targets"]:
            assert target["legendFormat"], where
    for name, board in DASHBOARDS.items():
        titles = [panel["title"] for panel in board["panels"]]
        assert len(set(titles)) == len(titles), f"{name}: {[t for t in titles if titles.count(t) > 1]}"


def properties(panel: dict, wanted: str):
    """A property of the fields by default, and of those that have another."""
    config = panel["fieldConfig"]
    yield from [config["defaults"][wanted]] if wanted in config["defaults"] else []
    for override in config["overrides"]:
        yield from (made["value"] for made in override["properties"] if made["id"] == wanted)


def check_units_and_thresholds() -> None:
    for where, panel in panels():
        assert panel["fieldConfig"]["defaults"]["unit"], f"{where} has no unit"
        assert set(properties(panel, "unit")) <= UNITS, f"{where}: {set(properties(panel, 'unit')) - UNITS}"
        for thresholds in properties(panel, "thresholds"):
            values = [step["value"] for step in thresholds["steps"]]
            assert values[0] is None and values[1:] == sorted(set(values[1:])), f"{where}: {values}"


def check_datasources() -> None:
    for where, panel in panels():
        assert panel["datasource"] == pieces.DATASOURCE, where
    for where, target in targets():
        assert target["datasource"] == pieces.DATASOURCE, where
    for name, board in DASHBOARDS.items():
        for found in re.findall(r'"uid": "([^"]+)"', json.dumps(board)):
            assert found in ("${datasource}", board["uid"]), f"{name}: data source {found} is fixed"


def check_ids_and_references() -> None:
    for name, board in DASHBOARDS.items():
        ids = [panel["id"] for panel in board["panels"]]
        assert ids == sorted(set(ids)), f"{name}: ids {ids}"
    for where, panel in panels():
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references) and all(references), where


def check_layout() -> None:
    """All 24 columns are filled from top to bottom, and nothing lies on anything else."""
    for name, board in DASHBOARDS.items():
        taken: dict[tuple[int, int], str] = {}
        for panel in board["panels"]:
            grid = panel["gridPos"]
            if panel["type"] == "row":
                assert (grid["x"], grid["w"], grid["h"]) == (0, 24, 1) and panel["title"], name
                assert panel["panels"] == [] and panel["collapsed"] is False, panel["title"]
            else:
                assert grid["w"] >= 3 and grid["h"] >= 3, f"{name}: {panel['title']}"
            for x in range(grid["x"], grid["x"] + grid["w"]):
                for y in range(grid["y"], grid["y"] + grid["h"]):
                    assert (x, y) not in taken, f"{name}: {panel['title']} lies on {taken[x, y]}"
                    assert 0 <= x < 24, f"{name}: {panel['title']} is too wide"
                    taken[x, y] = panel["title"]
        height = max(y for _, y in taken) + 1
        assert len(taken) == 24 * height, f"{name}: there are gaps"


def check_expressions_parse() -> None:
    listed = list(expressions())
    groups = [{"name": "dashboards", "rules": [{"record": f"e:{index}", "expr": substituted(expr)}
                                               for index, (_, expr) in enumerate(listed)]}]
    for where, expr in listed:
        assert "$" not in substituted(expr), f"{where}: unknown variable in {expr}"

    def accepted(document: list) -> subprocess.CompletedProcess:
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            yaml.safe_dump({"groups": document}, file)
            file.flush()
            return subprocess.run(["promtool", "check", "rules", file.name], capture_output=True,
                                  text=True, timeout=60)

    done = accepted(groups)
    assert done.returncode == 0, done.stdout + done.stderr
    broken = accepted([{"name": "x", "rules": [{"record": "x", "expr": "rate(foo)"}]}])
    assert broken.returncode != 0, "promtool notices a bad expression"


def check_metrics_exist() -> None:
    known = known_metrics(ROOT)
    recorded = {rule["record"] for path in render.rule_files()
                for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]
                if "record" in rule}
    for where, expr in expressions():
        unknown = metrics_in(expr) - known
        assert not unknown, f"{where}: the exporter has no {unknown}"
        for name in RECORDED.findall(expr):
            assert name in recorded, f"{where}: no rule records {name}"
    for board in DASHBOARDS.values():
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                assert metrics_in(variable["definition"]) <= known, variable["definition"]


def check_counters() -> None:
    for where, expr in expressions():
        for name in re.findall(r"\b((?:dnszone|process)_\w+_(?:total|bucket))\b", expr):
            assert re.search(rf"(rate|increase)\({name}\{{[^}}]*\}}\[", expr), f"{where}: {name} without rate"
        for window in re.findall(r"\[([^\]]+)\]", expr):
            assert window == "$__rate_interval", f"{where}: window {window}"
        for inner in re.findall(r"histogram_quantile\([\d.]+, (.{16})", expr):
            assert inner.startswith("sum by (le"), f"{where}: buckets lose le"


def check_vantage_is_applied() -> None:
    """Raw series follow the vantage chosen; recorded ones have folded the vantages already."""
    for where, expr in expressions():
        for selector in re.findall(r"\bdnszone_\w+(\{[^}]*\})?", RECORDED.sub("", expr)):
            assert queries.BY_VANTAGE in selector, f"{where}: {expr} ignores the vantage"
        for selector in re.findall(r"\b(?:process_\w+|up)(\{[^}]*\})?", re.sub(r'"[^"]*"', "", expr)):
            assert 'instance=~' in selector, f"{where}: {expr} is about any program"


def check_result_codes() -> None:
    assert [code for code, _, _ in pieces.RESULTS] == list(range(14)), "one mapping for each result"
    texts = [text for _, text, _ in pieces.RESULTS]
    assert len(set(texts)) == 14
    rules = (ROOT / "alerts" / "zone.rules.yml").read_text(encoding="utf-8")
    for code, text, _ in pieces.RESULTS:
        if code not in (0, 12):
            assert re.search(rf'eq \. "{code}" }}}}{re.escape(text)}\s', rules) or \
                f'eq . "{code}" }}}}{text}{{{{' in rules, f"alerts call {code} otherwise than {text}"


def check_states() -> None:
    """States that queries turn into numbers are all that the metric has, each with a text."""
    documented = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    for metric, states, texts in (
            ("dnszone_zone_dnssec_status", queries.STATUSES, pieces.STATUS_TEXTS),
            ("dnszone_zone_rollover_state", queries.ROLLOVERS, pieces.ROLLOVER_TEXTS),
            ("dnszone_zone_failure_layer", queries.LAYERS, pieces.LAYER_TEXTS)):
        described = re.search(rf"## {metric}\n\n.*?\n\n(.*?)\n\n", documented, re.DOTALL)
        assert described, metric
        for state in states:
            assert re.search(rf"\b{state}\b", described[1]), f"{metric} has no {state}"
        assert sorted(code for code, _, _ in texts) == list(range(1, len(states) + 1)), metric
        others = re.findall(r"\b[a-z]+_[a-z_]+\b", described[1])
        assert {other for other in others if not other.startswith("dnszone_")} <= set(states), metric
    for where, panel in panels():
        if panel["type"] == "state-timeline":
            assert panel["fieldConfig"]["defaults"]["mappings"], f"{where}: numbers without words"


def check_links() -> None:
    seen = set()
    for name, board in DASHBOARDS.items():
        assert any(link["type"] == "dashboards" and link["tags"] == ["dnszone"] for link in board["links"]), name
        for uid, query in re.findall(r'"url": "/d/([\w-]+)\?([^"]*?)"', json.dumps(board).replace('\\"', "'")):
            seen.add(uid)
            assert uid in UIDS, f"{name}: link to {uid}"
            variables = {v["name"] for v in UIDS[uid]["templating"]["list"]}
            for variable in re.findall(r"var-(\w+)=|\$\{(\w+):queryparam\}", query):
                assert (variable[0] or variable[1]) in variables, f"{name}: {variable} is unknown to {uid}"
    assert seen == {"dnszone-zone", "dnszone-nameserver", "dnszone-exporter"}, seen
    for where, panel in panels():
        for label in re.findall(r"__field\.labels\.(\w+)", json.dumps(panel)):
            assert any(f"{{{{{label}}}}}" in target["legendFormat"] for target in panel["targets"]), \
                f"{where}: no series has the label {label}"


def check_overrides_match() -> None:
    """What is said of a series by name names a series."""
    for where, panel in panels():
        legends = {target["legendFormat"] for target in panel["targets"]}
        named_by_label = any(re.fullmatch(r"\{\{\w+\}\}", legend) for legend in legends)
        if panel["type"] != "table" and not named_by_label:
            for override in panel["fieldConfig"]["overrides"]:
                assert override["matcher"]["options"] in legends, f"{where}: {override['matcher']}"


def check_fields_of_tables() -> None:
    """Overrides and sorting of a table name columns that it has."""
    for where, panel in panels():
        if panel["type"] != "table":
            continue
        organize = next(t["options"] for t in panel["transformations"] if t["id"] == "organize")
        columns = set(organize["indexByName"]) - set(organize["excludeByName"])
        shown = {organize["renameByName"].get(column, column) for column in columns}
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["options"] in shown, f"{where}: {override['matcher']}"
        for sort in panel["options"]["sortBy"]:
            assert sort["displayName"] in shown, f"{where}: sorts by {sort}"
        keys = [name for name in organize["indexByName"] if not name.startswith("Value")]
        for target in panel["targets"]:
            assert f"by ({', '.join(keys)})" in target["expr"], f"{where}: other labels than {keys}"
        for field in re.findall(r'__data\.fields\[\\"(\w+)\\"\]', json.dumps(panel)):
            assert field in keys, f"{where}: links by {field}"
        values = {f"Value #{t['refId']}" for t in panel["targets"]} if len(panel["targets"]) > 1 else {"Value"}
        assert values <= columns | set(organize["excludeByName"]), f"{where}: a value has no column"


def check_provisioning() -> None:
    sources = yaml.safe_load((HERE / "provisioning/datasources/dnszone.yml").read_text())
    assert [s["type"] for s in sources["datasources"]] == ["prometheus"]
    providers = yaml.safe_load((HERE / "provisioning/dashboards/dnszone.yml").read_text())["providers"]
    compose = yaml.safe_load((ROOT / "packaging/compose/docker-compose.yml").read_text())
    mounted = [volume.split(":")[1] for volume in compose["services"]["grafana"]["volumes"]]
    for name in DASHBOARDS:
        assert f"{providers[0]['options']['path']}/{name}" in mounted, f"{name} is not mounted"


def main() -> int:
    tests = [(name, test) for name, test in globals().items() if name.startswith("check_")]
    failed = 0
    for name, test in tests:
        try:
            test()
            print(f"ok      {name}")
        except Exception as error:  # a test may fail in any way; all are reported
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
