"""Rules that are broken on purpose: the promtool tests must notice."""

import json
import pathlib
import re
import subprocess
import tempfile

import table
from shipped import ALERTS, RULES, TESTS, dump, load, seconds, test_files


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


def check_lost_scrapes(path: pathlib.Path, alert: str) -> None:
    """One of its tests loses a scrape while it fires or is about to."""
    lost = re.compile(r"\d (stale|_) [^_]")  # `_`: Prometheus itself was away
    assert any(lost.search(series["values"]) for test in tests_about(path, alert)["tests"]
               for series in test["input_series"]), f"no test of {alert} loses a scrape"


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
        names = set(table.RECORDED.findall(" ".join(new))) - found
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
