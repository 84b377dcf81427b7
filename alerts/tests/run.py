#!/usr/bin/env python3
"""Tests the rules, the routing and the runbooks; closes with 'N passed, N failed'.

What promtool and amtool can check they check; the rest (mutations, the laws of ../README.md, names that
must exist elsewhere in the project) is here. Needs promtool, amtool and PyYAML; no network.
"""

import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

import yaml

ALERTS = pathlib.Path(__file__).resolve().parents[1]
ROOT = ALERTS.parent
sys.path.insert(0, str(ALERTS))
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True
import render  # noqa: E402
import table  # noqa: E402
from metric_names import known_metrics, metrics_in  # noqa: E402

SCOPES = {"zone", "nameserver", "server", "delegation", "dnssec", "ancestor", "vantage", "exporter",
          "sla"}
SEVERITIES = {"critical", "warning", "info", "none"}
SECTIONS = ["Meaning", "Impact", "Who can fix it", "Confirm", "Fix", "Do not", "Escalate with",
            "Silence"]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def load(path: pathlib.Path):
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)


def dump(document) -> str:
    return yaml.dump(document, Dumper=yaml.CSafeDumper, width=10000)


RULE_FILES = render.rule_files()
RULES = {path: [rule for group in load(path)["groups"] for rule in group["rules"]]
         for path in RULE_FILES}
ALERT_RULES = [(path, rule) for path, rules in RULES.items() for rule in rules if "alert" in rule]
NAMES = {rule["alert"] for _, rule in ALERT_RULES}
TESTS = {path: load(path) for path in sorted((ALERTS / "tests").glob("*.yml"))}
RECORDED = [rule["record"] for rules in RULES.values() for rule in rules if "record" in rule]


def seconds(text: str) -> int:
    return sum(int(n) * UNITS[unit] for n, unit in re.findall(r"(\d+)([smhdw])", text))


def run(*command: object, cwd: pathlib.Path = ROOT) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, \
        f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_files(rules: pathlib.Path) -> list[pathlib.Path]:
    """The promtool tests of a file of rules: those that load it."""
    return [path for path, tests in TESTS.items() if f"../{rules.name}" in tests["rule_files"]]


# --- promtool and amtool --------------------------------------------------------------------------

def check_rules() -> None:
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *RULE_FILES)


def check_compressed_rules() -> None:
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory)
        rules = render.render(out, grafana_url="http://g.test/x/", runbook_url="http://r.test/",
                              webhook_url="http://127.0.0.1:1/", compressed=True)
        run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *rules)
        run("amtool", "check-config", out / "alertmanager.yml")
        for path, rule in ALERT_RULES:
            fitted = next(r for g in load(out / path.name)["groups"] for r in g["rules"]
                          if r.get("alert") == rule["alert"] and r["labels"] == rule["labels"])
            assert seconds(fitted["for"]) * 60 == seconds(rule["for"]), rule["alert"]
            notes = fitted["annotations"]
            assert notes["runbook_url"] == f"http://r.test/{rule['alert']}", notes["runbook_url"]
            assert notes["dashboard_url"].startswith("http://g.test/x/d/dnszone-")
        assert "127.0.0.1:9099" not in (out / "alertmanager.yml").read_text()


def check_prometheus_config() -> None:
    run("promtool", "check", "config", ROOT / "config" / "prometheus.yml")
    jobs = [job["job_name"] for job in load(ROOT / "config" / "prometheus.yml")["scrape_configs"]]
    assert any(job.startswith("dnszone") for job in jobs), jobs


def check_alertmanager_config() -> None:
    run("amtool", "check-config", ALERTS / "alertmanager.yml")


def rendered(template: str, data: dict, kind: str = "text") -> str:
    """A template as Alertmanager fills it in; `kind` is text, or html, which is escaped."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(data, file)
        file.flush()
        return run("amtool", "template", "render", f"--template.type={kind}",
                   f"--template.glob={ALERTS}/templates/*.tmpl",
                   f"--template.text={{{{ template \"dnszone.{template}\" . }}}}",
                   f"--template.data={file.name}").strip()


def message(*alerts: dict, status: str = "firing") -> dict:
    return {"receiver": "page", "status": status, "alerts": list(alerts),
            "groupLabels": {"zone": "a.example"}, "commonLabels": {"severity": "critical"},
            "commonAnnotations": {}, "externalURL": "http://am.test"}


FIRING = {"status": "firing", "labels": {"severity": "critical"}, "startsAt": "2026-11-22T16:00:00Z",
          "annotations": {"summary": "Zone a.example: no nameserver answers", "description": "Why.",
                          "first_step": "Undo the last change.", "runbook_url": "http://r.test/X",
                          "command": "dnszone_exporter check a.example"}}
OVER = {**FIRING, "status": "resolved", "endsAt": "2026-11-22T17:30:00Z"}
# What a nameserver's name may bring along.
HOSTILE = {**FIRING, "annotations": {**FIRING["annotations"], "description": "<!channel> <b>&"}}


def check_title_template() -> None:
    title = "Zone a.example: no nameserver answers"
    assert rendered("title", message(FIRING)) == f"CRITICAL {title}"
    other = {**OVER, "annotations": {"summary": "It is over."}}
    assert rendered("title", message(other, FIRING, FIRING)) == f"CRITICAL {title} (2 alerts)"
    assert rendered("title", message(OVER, OVER, status="resolved")) == f"RESOLVED {title} (2 alerts)"


def check_text_template() -> None:
    """What is broken, since when, the safe thing first, the command; what is over only in short."""
    lines = rendered("text", message(OVER, FIRING)).splitlines()
    assert lines == ["Zone a.example: no nameserver answers", "Why.", "Since 2026-11-22 16:00 UTC",
                     "First: Undo the last change.", "See it: dnszone_exporter check a.example",
                     "Runbook: http://r.test/X", "", "RESOLVED: Zone a.example: no nameserver answers",
                     "From 2026-11-22 16:00 UTC to 2026-11-22 17:30 UTC"], lines


def check_mail_template() -> None:
    text = rendered("email.html", message(OVER, HOSTILE), "html")
    for part in ("<b>First:</b> Undo the last change.", ">dnszone_exporter check a.example</code>",
                 'href="http://r.test/X"', "Since 2026-11-22 16:00 UTC", "<b>Resolved:</b> Zone a.example"):
        assert part in text, f"{part} is not in {text}"
    assert "&lt;!channel&gt; &lt;b&gt;&amp;" in text and "<b>&" not in text, text


def check_chat_template() -> None:
    text = rendered("slack.text", message(OVER, HOSTILE))
    for part in ("*Zone a.example: no nameserver answers*", "&lt;!channel&gt; &lt;b&gt;&amp;",
                 "*First:* Undo the last change.", "`dnszone_exporter check a.example`",
                 "<http://r.test/X|Runbook>", "*Resolved:*"):
        assert part in text, f"{part} is not in {text}"
    assert "<!channel>" not in text, text
    assert rendered("slack.title", message(FIRING)) == rendered("title", message(FIRING))
    assert rendered("slack.color", message(FIRING)) == "#c4162a"


def check_receivers_in_comments() -> None:
    """What stands in comments beside the receivers is a good configuration when it is put in."""
    text = (ALERTS / "alertmanager.yml").read_text()
    head, receivers = text.split("receivers:\n")
    shown = re.findall(r"(  #   \w+_configs:\n(?:  #     .*\n)+)", receivers)
    assert len(shown) == 4, shown
    made = head.replace("templates/*.tmpl", f"{ALERTS}/templates/*.tmpl") + "receivers:\n"
    for name, comment in zip(("page", "ticket", "info", "watchdog"), shown):
        made += f"  - name: {name}\n" + re.sub(r"^  # ", "  ", comment, flags=re.MULTILINE)
    used = set(re.findall(r'template "(dnszone[\w.]+)"', made))
    templates = (ALERTS / "templates" / "dnszone.tmpl").read_text()
    assert used <= set(re.findall(r'define "([\w.]+)"', templates)), used
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(made)
        file.flush()
        run("amtool", "check-config", file.name)


def check_routes() -> None:
    expected = [("page", "DNSZoneUnreachable", "critical", "zone"),
                ("ticket", "DNSNameserverDown", "warning", "nameserver"),
                ("ticket", "DNSServerDownForManyZones", "warning", "server"),
                ("page", "DNSZoneExporterNoData", "critical", "exporter"),
                ("ticket", "DNSZoneExporterDown", "warning", "exporter"),
                ("page", "DNSSECAncestorBogus", "critical", "ancestor"),
                ("ticket", "DNSSECAncestorBogus", "warning", "ancestor"),
                ("info", "DNSSomethingNew", "info", "zone"),
                ("watchdog", "DNSZoneExporterWatchdog", "none", "exporter"),
                ("page", "DNSServiceEmergencyThreshold", "critical", "sla"),
                ("ticket", "DNSNameserverSLABudget", "warning", "sla"),
                ("info", "DNSServiceSLADowntime", "info", "sla"),
                ("ticket", "Unrelated", "critical", "zone")]
    for receiver, name, severity, scope in expected:
        got = run("amtool", "config", "routes", "test", f"--config.file={ALERTS}/alertmanager.yml",
                  f"alertname={name}", f"severity={severity}", f"scope={scope}",
                  "zone=a.example").strip()
        assert got == receiver, f"{name} goes to {got}, not to {receiver}"


def check_unit_tests(tests: pathlib.Path) -> None:
    run("promtool", "test", "rules", tests)


# --- mutations: the tests must fail when a rule is broken -----------------------------------------

def mutants(rule: dict) -> list[tuple[str, dict]]:
    made = [("never fires", {**rule, "expr": "vector(0) > 1"}),
            ("waits too long", {**rule, "for": f"{seconds(rule['for']) + 60}s"})]
    if seconds(rule["for"]):
        made += [("fires at once", {k: v for k, v in rule.items() if k != "for"}),
                 ("lets go at once", {k: v for k, v in rule.items() if k != "keep_firing_for"})]
    if "severity" in rule["labels"]:
        made.append(("severity", {**rule, "labels": {**rule["labels"], "severity": "other"}}))
    return made


def tests_about(path: pathlib.Path, alert: str) -> dict:
    """The tests of `path` that look at `alert`, and only what they expect of it."""
    kept = []
    documents = [TESTS[file] for file in test_files(path)]
    for document in documents:
        for test in document["tests"]:
            expected = [t for t in test["alert_rule_test"] if t["alertname"] == alert]
            if expected:
                kept.append({**test, "alert_rule_test": expected})
    assert kept, f"no test looks at {alert}"
    return {"rule_files": ["recording.rules.yml", path.name], "tests": kept,
            "evaluation_interval": documents[0]["evaluation_interval"]}


def with_mutant(path: pathlib.Path, index: int, mutant: dict) -> dict:
    """The rules of `path` that `mutant` may need beside it: recorded ones, and those of its alert."""
    groups, position = [], 0
    for group in load(path)["groups"]:
        kept = []
        for rule in group["rules"]:
            if position == index:
                kept.append(mutant)
            elif rule.get("alert") in (None, mutant["alert"]):
                kept.append(rule)
            position += 1
        if kept:
            groups.append({**group, "rules": kept})
    return {"groups": groups}


def recorded_for(rule: dict) -> set[str]:
    """The recorded series that a rule and its texts read, directly or through others."""
    found: set[str] = set()
    new = {json.dumps([rule["expr"], rule.get("annotations", {})])}
    while new:
        names = set(re.findall(r"[a-z_]+:[a-z_]+:[a-z_]+", " ".join(new))) - found
        found |= names
        new = {r["expr"] for rules in RULES.values() for r in rules if r.get("record") in names}
    return found


def recording_rules(names: set[str]) -> dict:
    """The file of recording rules with these series only."""
    document = load(ALERTS / "recording.rules.yml")
    for group in document["groups"]:
        group["rules"] = [rule for rule in group["rules"] if rule["record"] in names]
    return document


def tried(path: pathlib.Path, index: int, mutant: dict, lame: str = "", labels: dict | None = None) -> str:
    """What promtool says of the tests of rule number `index` of `path` with `mutant` in its place; with
    `lame`, the recorded series of that name (and these labels) has no samples."""
    needed = set().union(*(recorded_for(r) for r in RULES[path] if r.get("alert") == mutant["alert"]))
    rules, recording = with_mutant(path, index, mutant), recording_rules(needed)
    for group in [*rules["groups"], *recording["groups"]]:
        for rule in group["rules"]:
            if rule.get("record") == lame and rule.get("labels") == labels:
                rule["expr"] = "vector(0) > 1"
    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory)
        (copy / "recording.rules.yml").write_text(dump(recording))
        (copy / path.name).write_text(dump(rules))
        order = ["dnszone.recording", *(group["name"] for group in rules["groups"])]
        (copy / "t.yml").write_text(dump({**tests_about(path, mutant["alert"]), "group_eval_order": order}))
        done = subprocess.run(["promtool", "test", "rules", copy / "t.yml"], capture_output=True,
                              text=True, timeout=120)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def survivors(path: pathlib.Path, index: int) -> list[str]:
    """What the tests of `path` do not notice when done to its rule number `index`."""
    alive = []
    for what, mutant in mutants(RULES[path][index]):
        said = tried(path, index, mutant)
        if not said:
            alive.append(what)
        elif "got:[" not in said:
            alive.append(f"{what}: not tested but broken: {said}")
    return alive


def check_mutations(path: pathlib.Path, index: int) -> None:
    alive = survivors(path, index)
    assert not alive, f"the tests notice nothing when {RULES[path][index]['alert']}: {alive}"


def check_recording_mutation(record: str, labels: dict | None) -> None:
    """Without this recorded series a test of some alert that reads it must fail."""
    readers = [(seconds(rule["for"]), path, index) for path, rules in RULES.items()
               for index, rule in enumerate(rules) if "alert" in rule and record in recorded_for(rule)]
    assert any(tried(path, index, RULES[path][index], record, labels)
               for _, path, index in sorted(readers)), f"no test needs {record} {labels or ''}"


# --- laws -----------------------------------------------------------------------------------------

def check_labels_and_annotations() -> None:
    for _, rule in ALERT_RULES:
        name, labels, notes = rule["alert"], rule["labels"], rule["annotations"]
        assert re.fullmatch(r"DNS[A-Za-z]+", name), name
        assert set(labels) == {"severity", "scope"}, f"{name}: {labels}"
        assert labels["severity"] in SEVERITIES and labels["scope"] in SCOPES, f"{name}: {labels}"
        assert set(notes) == {"summary", "description", "command", "first_step", "runbook_url",
                              "dashboard_url"}, name
        assert notes["runbook_url"] == f"{render.RUNBOOKS}/{name}", f"{name}: {notes['runbook_url']}"
        assert notes["dashboard_url"].startswith(f"{render.GRAFANA}/d/dnszone-"), name
        assert "for" in rule and "keep_firing_for" in rule, f"{name} has no for or keep_firing_for"
        for note, most in (("summary", 80), ("description", 420), ("command", 100), ("first_step", 200)):
            plain = re.sub(r"\{\{.*?\}\}", "", notes[note], flags=re.DOTALL)
            assert "\n" not in plain, f"{name}: {note} has a line break"
            assert len(plain) <= most, f"{name}: {note} is long"
        # It is pasted into a shell; names of nameservers come from the network.
        assert not re.search(r"\.nameserver|\$\(|;", notes["command"]), f"{name}: {notes['command']}"
        if name.startswith("DNSSEC") and labels["severity"] == "critical":
            safe = "have the DS removed at the parent, wait for its TTL, and only then repair or unsign"
            others = {"DNSSECAncestorBogus", "DNSSECResolverServfail"}  # nothing of one's own to repair
            assert safe in notes["first_step"] or name in others, f"{name}: {notes['first_step']}"
        if labels["scope"] in ("zone", "nameserver", "delegation", "dnssec", "sla"):
            assert "{{ $labels.zone }}" in notes["summary"], f"{name}: summary without the zone"


def check_dashboard_links() -> None:
    uids = {load_json["uid"]: {v["name"] for v in load_json["templating"]["list"]}
            for load_json in (json.loads(p.read_text()) for p in (ROOT / "dashboards").glob("*.json"))}
    for _, rule in ALERT_RULES:
        found = re.fullmatch(rf"{re.escape(render.GRAFANA)}/d/([\w-]+)(?:\?(.*))?",
                             rule["annotations"]["dashboard_url"])
        assert found and found[1] in uids, f"{rule['alert']} links to no shipped dashboard"
        for name in re.findall(r"var-(\w+)=", found[2] or ""):
            assert name in uids[found[1]], f"{rule['alert']}: no variable {name} in {found[1]}"


def check_windows() -> None:
    """A window bridges a lost scrape and is shorter than the `for` of whatever reads it."""
    for path, rule in ALERT_RULES:
        if path.name == "sla.rules.yml":
            continue  # sums over weeks, which no lost scrape changes
        for window in re.findall(r"\[(\w+)\]", rule["expr"]):
            assert 120 <= seconds(window) < seconds(rule["for"]), f"{rule['alert']}: [{window}]"
        reads = set(RECORDED) & set(re.findall(r"[\w:]+", rule["expr"]))
        for record in reads:
            recorded = next(r for rules in RULES.values() for r in rules if r.get("record") == record)
            for window in re.findall(r"\[(\w+)\]", recorded["expr"]):
                # Expiry times lie in the future and change rarely: a longer window lies about nothing.
                if "rrsig" in record or "threshold" in record or "zone_nameservers" in record \
                        or "ds_records" in record or "addresses" in record \
                        or "consistent" in record or "serial_age" in record:
                    assert seconds(window) >= 120, record
                elif "increase(" in recorded["expr"]:
                    # What an outage leaves in the window must not fire once it is over.
                    assert seconds(window) <= seconds(rule["for"]), f"{rule['alert']}: {record}"
                else:
                    assert 120 <= seconds(window) < seconds(rule["for"]), f"{rule['alert']}: {record}"


def check_recorded_names() -> None:
    series = [(r["record"], str(r.get("labels"))) for rules in RULES.values() for r in rules
              if "record" in r]
    assert len(set(series)) == len(series), "a series is recorded twice"
    texts = [json.dumps(rule) for _, rule in ALERT_RULES]
    texts += [rule["expr"] for rules in RULES.values() for rule in rules if "record" in rule]
    texts += [p.read_text() for p in (ROOT / "dashboards").glob("*.json")]
    texts += [p.read_text() for p in (ALERTS / "runbooks").glob("*.md")]
    used = set(itertools.chain.from_iterable(
        re.findall(r"[a-z_]+:[a-z_]+:[a-z_]+", text) for text in texts))
    assert used == set(RECORDED), f"recorded and not used, or the reverse: {used ^ set(RECORDED)}"


def check_metrics_exist() -> None:
    known = known_metrics(ROOT)
    for path in RULE_FILES:
        unknown = metrics_in(path.read_text()) - known
        assert not unknown, f"{path.name} names metrics the exporter does not have: {unknown}"
    for path in (ALERTS / "runbooks").glob("*.md"):
        unknown = metrics_in(path.read_text()) - known
        assert not unknown, f"{path.name} names metrics the exporter does not have: {unknown}"


def selectors(expr: str) -> str:
    """The expression without what stands in quotes."""
    return re.sub(r'"[^"]*"', '""', expr)


def check_expressions() -> None:
    """What pint would say of them, as far as it applies here."""
    for path, rules in RULES.items():
        for rule in rules:
            what, expr = rule.get("alert") or rule["record"], rule["expr"]
            plain = selectors(expr)
            # A condition, or the alert fires for everything that exists.
            if "alert" in rule and expr != "vector(1)":
                assert re.search(r"(?<![=!~])(==|!=|>=|<=|>|<)(?![~])(?! bool)|absent|at_least", plain), \
                    f"{what} has no condition"
            # `by` would drop labels that somebody else's Prometheus adds; within `on` it drops nothing.
            assert not re.sub(r"max by \(job, instance\)", "", plain).count(" by ("), f"{what} aggregates by"
            # Regular expressions that match one string, or are anchored twice.
            for operator, value in re.findall(r'(=~|!~|!=|=)"([^"]*)"', expr):
                assert ("~" not in operator) or re.search(r"[.|*+?(\[]", value), f"{what}: needless ~ {value}"
                assert not value.startswith("^") and not value.endswith("$"), f"{what}: anchored {value}"
            # Counters through rates, gauges not; and windows that bridge two lost scrapes.
            for function, name, window in re.findall(r"(\w+)\((dnszone_\w+)(?:\{[^}]*\})?\[(\w+)\]", expr):
                counter = name.endswith("_total")
                assert counter == (function in ("rate", "increase")), f"{what}: {function}({name})"
                assert not counter or seconds(window) >= 4 * 60, f"{what}: {window} is short for {name}"
            assert not re.search(r"\b(topk|bottomk|irate|offset|group_left \((?!\)))", plain), f"{what} is fragile"
            for number in re.findall(r"(?:>=|<=) (0\.\d+)", plain):
                assert number in ("0.51", "0.49", "0.9"), f"{what}: {number} is no majority"


def check_labels_in_texts() -> None:
    """Texts name labels that the alert has: those of its subject, or ones its expression keeps."""
    kept = {"zone": {"zone"}, "delegation": {"zone"}, "dnssec": {"zone"}, "ancestor": {"ancestor"},
            "nameserver": {"zone", "nameserver", "address", "family"}, "server": {"address", "family"},
            "sla": {"zone"}, "vantage": {"instance"}, "exporter": {"instance", "job"}}
    more = {"DNSZoneCriticalFinding": {"check"}, "DNSZoneErrorFinding": {"check"},
            "DNSZoneFamilyUnreachable": {"family"}, "DNSDelegationNameUnresolvable": {"nameserver"},
            "DNSNameserverSlow": {"transport"}, "DNSZoneExporterVantageOffline":
            {"family", "transport", "vantage"}, "DNSResolverDown": {"resolver"},
            "DNSRTTSLABreach": {"transport"}, "DNSNameserverSLABudget": {"nameserver", "address"}}
    for _, rule in ALERT_RULES:
        named = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        may = kept[rule["labels"]["scope"]] | more.get(rule["alert"], set())
        assert named <= may, f"{rule['alert']}: {named - may}"


def check_numbers_in_texts() -> None:
    """A number in a text is a limit of the expression or a window of it, in the unit of the text."""
    units = {"minutes": 1, "days": 86400, "hours": 3600, "%": 0.01}
    for _, rule in ALERT_RULES:
        for note in ("summary", "description"):
            plain = re.sub(r"\{\{.*?\}\}", "", rule["annotations"][note], flags=re.DOTALL)
            for number, unit in re.findall(r"(?<![\w.])(\d[\d.]*?)(?: (minutes|days|hours|%)|\b)", plain):
                have = {float(n) for n in re.findall(r"(?<![\w.:])(\d+(?:\.\d+)?)(?![\w.])", rule["expr"])}
                series = " ".join(r["expr"] for rules in RULES.values() for r in rules
                                  if r.get("record", "-") in rule["expr"])
                have |= {float(seconds(w)) for w in re.findall(r"\[(\w+)", rule["expr"] + series)}
                want = float(number) * units.get(unit, 1)
                assert any(abs(want - value) < 1e-9 for value in have) or (unit, number) == ("", "512"), \
                    f"{rule['alert']}: {number} {unit} is not in its expression"


def check_thresholds_exist() -> None:
    text = (ROOT / "checks" / "settings.hpp").read_text()
    struct = re.search(r"struct Thresholds \{(.*?)\};", text, re.DOTALL)
    known = set(re.findall(r"double (\w+) =", struct[1])) | {"interval"}
    for path in RULE_FILES:
        for name in re.findall(r'threshold=\\?"(\w+)', path.read_text()):
            assert name in known, f"{path.name}: no threshold {name} in checks/settings.hpp"


def check_checks_exist() -> None:
    rows = "".join(path.read_text() for path in (ROOT / "checks").glob("catalogue_*.hpp"))
    known = set(re.findall(r'"([a-z]{3}-[a-z0-9-]+)"', rows))
    assert len(known) > 50, known
    for path in [*RULE_FILES, *(ALERTS / "runbooks").glob("*.md")]:
        for name in re.findall(r"\b((?:del|adr|con|tra|cns|sec|neg|zon|res)-[a-z0-9-]*[a-z0-9])\b", path.read_text()):
            assert name in known, f"{path.name} names the check {name}, which does not exist"


def check_own_alerts_of_critical_checks() -> None:
    """DNSZoneCriticalFinding leaves out checks that have alerts of their own; they must exist."""
    rule = next(r for _, r in ALERT_RULES if r["alert"] == "DNSZoneCriticalFinding")
    left_out = set(re.search(r'check!~"([^"]+)"', rule["expr"])[1].split("|"))
    own = {"del-exists": "DNSZoneNotDelegated", "del-working-ns": "DNSZoneUnreachable",
           "con-availability": "DNSZoneRedundancyLost", "sec-rrsig-expired": "DNSSECSignatureExpired",
           "sec-rrsig-remaining": "DNSSECSignatureExpiring",
           "sec-chain": "DNSSECAncestorBogus", "sec-ds-sep": "DNSSECDSMismatch",
           "sec-ds-unsigned": "DNSSECDSUnsigned", "sec-rrsig-future": "DNSSECSignatureInFuture",
           "res-cd": "DNSSECResolverServfail", "neg-proof-ds": "DNSSECZoneBogus",
           # Whatever else makes a zone bogus.
           **dict.fromkeys(["sec-status", "sec-ds-rrsig", "sec-dnskey-sig", "sec-dnskey-alg", "sec-dnskey-protocol",
                            "sec-dnskey-revoked", "sec-dnskey-collisions", "sec-rrsig-missing",
                            "sec-rrsig-crypto", "sec-rrsig-no-key", "sec-rrsig-fields"],
                           "DNSSECZoneBogus")}
    assert left_out == set(own) and set(own.values()) <= NAMES
    page = (ALERTS / "runbooks" / "DNSZoneCriticalFinding.md").read_text()
    told = set(re.findall(r"^\| ([a-z]{3}-[a-z-]+) \|", page, re.MULTILINE))
    assert told == worst("critical") - left_out, f"runbook: {told ^ (worst('critical') - left_out)}"


def worst(severity: str) -> set[str]:
    """The checks whose findings are at their worst of this severity."""
    text = (ROOT / "docs" / "checks.md").read_text()
    return set(re.findall(rf"^### (\S+)\n(?:(?!^### ).*\n)*?Worst severity: \*\*{severity}\*\*",
                          text, re.MULTILINE))


def check_own_alerts_of_error_checks() -> None:
    """DNSZoneErrorFinding leaves out checks that have alerts of their own, and all of these only."""
    rule = next(r for _, r in ALERT_RULES if r["alert"] == "DNSZoneErrorFinding")
    left_out = set(re.search(r'check!~"([^"]+)"', rule["expr"])[1].split("|"))
    own = {"DNSDelegationMismatch": ["del-ns-match", "del-ns-disjoint"],
           "DNSDelegationGlueMismatch": ["del-glue-match", "del-glue-orphan", "del-glue-in-domain"],
           "DNSDelegationNameUnresolvable": ["adr-ns-resolves", "adr-ns-result"],
           "DNSNameserverLame": ["del-lame", "con-rcode"],
           "DNSNameserverDown": ["con-udp", "con-tcp", "con-source-address", "con-malformed"],
           "DNSNameserverTCPFailing": ["con-transport-diff"],
           "DNSZoneSerialLag": ["cns-serial-behind-time"],
           "DNSZoneSerialDecreased": ["zon-serial-back"],
           "DNSZoneExpiryNear": ["zon-expire-headroom"],
           "DNSZoneFamilyUnreachable": ["con-zone-family"],
           "DNSNameserverAbandoned": ["del-dead-listed"],
           "DNSResolverViewFailing": ["res-resolves"],
           # The last two are designs and no events.
           "DNSZoneRedundancyLost": ["del-working-ns", "del-ns-count", "del-ns-same-ip"],
           "DNSSECAncestorBogus": ["sec-chain", "sec-trust-anchor"],
           "DNSSECMixedSigning": ["cns-signed"],
           "DNSSECDSMismatch": ["sec-ds-sep", "sec-ds-match", "sec-ds-alg-mismatch", "sec-ds-key-flags",
                                "sec-ds-revoked", "sec-ds-digest-length"],
           # Where they fire; a failed lookup of one name of several is no proof, NODATA alone has no
           # gauge, and a zone's own anchors no ancestor.
           "DNSSECDenialBroken": ["neg-(none", "sig", "proof-.+)"],
           "DNSSECSignatureExpired": ["sec-rrsig-expired"],
           "DNSSECSignatureExpiring": ["sec-rrsig-remaining"],
           "DNSSECSignatureInFuture": ["sec-rrsig-future"]}
    assert left_out == set(itertools.chain.from_iterable(own.values())) and set(own) <= NAMES


def check_result_codes() -> None:
    """Each alert names exactly the codes it can have, and all use the same words for a code."""
    expected = {"DNSZoneUnreachable": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13},
                "DNSNameserverLame": {4, 5, 6, 7, 8, 13},
                "DNSNameserverDown": {1, 2, 9, 10, 11},
                "DNSNameserverTCPFailing": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13},
                "DNSNameserverUDPFailing": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13}}
    words: dict[int, set[str]] = {}
    for _, rule in ALERT_RULES:
        text = rule["annotations"]["description"]
        named = re.findall(r'if eq (?:\$value (\d+)\.0|\. "(\d+)") }}([^{]*?)\s*\{\{', text)
        codes = {int(a or b) for a, b, _ in named}
        assert codes == expected.get(rule["alert"], set()), f"{rule['alert']} names {codes}"
        if rule["alert"] != "DNSNameserverLame":  # its sentence needs other words
            for a, b, word in named:
                words.setdefault(int(a or b), set()).add(word.strip())
    assert all(len(texts) == 1 for texts in words.values()), words


# --- muting ---------------------------------------------------------------------------------------

def muting_pairs():
    """(source, target) of every inhibit rule: alerts that can meet with equal labels."""
    for inhibit in load(ALERTS / "alertmanager.yml")["inhibit_rules"]:
        sources = [r for _, r in ALERT_RULES if table.matches(table.static_labels(r), inhibit["source_matchers"])]
        targets = [r for _, r in ALERT_RULES if table.matches(table.static_labels(r), inhibit["target_matchers"])]
        pairs = [(s, t) for s in sources for t in targets
                 if s is not t and ("alertname" not in inhibit["equal"] or s["alert"] == t["alert"])]
        yield inhibit, pairs


def check_muting_law() -> None:
    seen = 0
    for inhibit, pairs in muting_pairs():
        assert pairs, f"nothing can match {inhibit}"
        for source, target in pairs:
            seen += 1
            what = f"{source['alert']} mutes {target['alert']}"
            assert seconds(source["for"]) <= seconds(target["for"]), f"{what} and fires later"
            assert seconds(source["keep_firing_for"]) >= seconds(target["keep_firing_for"]), \
                f"{what} and lets go earlier"
    assert seen >= 20, seen


def check_no_mutual_muting() -> None:
    edges = {(s["alert"], s["labels"]["severity"], t["alert"], t["labels"]["severity"])
             for _, pairs in muting_pairs() for s, t in pairs}
    for a, b, c, d in edges:
        assert (c, d, a, b) not in edges, f"{a} and {c} mute each other"


def check_routing_names() -> None:
    text = (ALERTS / "alertmanager.yml").read_text()
    for name in re.findall(r"DNS[A-Z]\w+", text):
        assert name in NAMES or name == "DNSSEC", f"alertmanager.yml names {name}, which is no alert"
    wait = load(ALERTS / "alertmanager.yml")["route"]["group_wait"]
    interval = load(ROOT / "config" / "prometheus.yml")["global"]["evaluation_interval"]
    assert seconds(wait) >= 2 * seconds(interval), "group_wait is shorter than two evaluations"


# --- runbooks -------------------------------------------------------------------------------------

def check_runbook_for_each_alert() -> None:
    pages = {path.stem for path in (ALERTS / "runbooks").glob("*.md")}
    assert pages == NAMES, f"a page without alert, or an alert without page: {pages ^ NAMES}"


def check_runbook_sections() -> None:
    escalations: dict[str, int] = {}
    for path in sorted((ALERTS / "runbooks").glob("*.md")):
        text = path.read_text()
        assert text.startswith(f"# {path.stem}\n"), path.name
        parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
        assert parts[1::2] == SECTIONS, f"{path.name}: sections {parts[1::2]}"
        section = {name: body.strip() for name, body in zip(parts[1::2], parts[2::2])}
        for name, body in section.items():
            assert len(body) > 20, f"{path.name}: {name} says nothing"
        for name in ("Confirm", "Silence"):
            assert re.fullmatch(r"```sh\n.*\n```", section[name], re.DOTALL), f"{path.name}: {name}"
            script = section[name].removeprefix("```sh\n").removesuffix("```")
            subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        assert f"amtool silence add alertname={path.stem}" in section["Silence"], path.name
        defined = set(re.findall(r"\b([A-Z]+)=", section["Confirm"]))
        for variable in re.findall(r'"\$([A-Z]+)"', section["Silence"]):
            assert variable in defined, f"{path.name}: Confirm does not set {variable}"
        escalations[section["Escalate with"]] = escalations.get(section["Escalate with"], 0) + 1
        if path.stem.startswith("DNSSEC"):
            first = " ".join(text.split("## Meaning")[0].split())
            assert "have the DS removed, wait for the parent's DS TTL, and only then repair" in first \
                and "Never unsign while a DS exists" in first, f"{path.name}: no safe way out on top"
    assert len(escalations) == 2, "Escalate with: one text for zones, one for the exporter"


def check_readme_table() -> None:
    text = (ALERTS / "README.md").read_text()
    rows = [name for names in re.findall(r"^\| ((?:DNS\w+(?:, )?)+) \| ", text, re.MULTILINE)
            for name in names.split(", ")]
    assert sorted(rows) == sorted(NAMES), set(rows) ^ NAMES


def check_table_of_alerts() -> None:
    assert (ALERTS / "ALERTS.md").read_text() == table.document(), "run alerts/table.py"
    for _, rule in ALERT_RULES:
        assert table.base_series(rule["expr"]) or table.findings(rule["expr"]) or rule["expr"] == "vector(1)", \
            f"{rule['alert']} stands on nothing"


# --- all ------------------------------------------------------------------------------------------

def all_tests() -> list[tuple[str, object, tuple]]:
    tests = [(name, function, ()) for name, function in globals().items()
             if name.startswith("check_") and not function.__code__.co_argcount]
    for path in RULE_FILES:
        for file in test_files(path):
            tests.append((f"promtool tests {file.name}", check_unit_tests, (file,)))
        for rule in RULES[path]:
            if "record" in rule:
                title = f"mutation of {rule['record']} {rule.get('labels', '')}".rstrip()
                tests.append((title, check_recording_mutation, (rule["record"], rule.get("labels"))))
        for index, rule in enumerate(RULES[path]):
            if "alert" in rule:
                title = f"mutations of {rule['alert']} {rule['labels']['severity']}"
                tests.append((title, check_mutations, (path, index)))
    return tests


def main() -> int:
    tests = all_tests()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = [(name, pool.submit(function, *arguments)) for name, function, arguments in tests]
        for name, future in futures:
            try:
                future.result()
                print(f"ok      {name}", flush=True)
            except Exception as error:  # a test may fail in any way; all are reported
                failed += 1
                print(f"FAILED  {name}: {error}", flush=True)
                if not isinstance(error, AssertionError):
                    print("".join(traceback.format_exception(error)), flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
