#!/usr/bin/env python3
"""Writes ALERTS.md beside this file, the table of all alerts, from the rules and the muting of
alertmanager.yml."""

import pathlib
import re
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import render  # noqa: E402

RECORDED = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")
RAW = re.compile(r"(?<![\w:])(?:dnszone_[a-z_]+|up)(?=[{\[])")


def load(name: str) -> dict:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def rules() -> list[tuple[str, dict]]:
    """(file, rule) of all rules, in the order of the files."""
    return [(path.name, rule) for path in render.rule_files()
            for group in load(path.name)["groups"] for rule in group["rules"]]


RULES = rules()


def without_findings(expr: str) -> str:
    return re.sub(r"\w+:dnszone_finding:ratio\{[^}]*\}|dnszone_finding\{[^}]*\}", "", expr)


def base_series(expr: str, seen: frozenset = frozenset()) -> set[str]:
    """The exporter's own series below an expression, through all that is recorded; findings aside."""
    plain = without_findings(expr)
    found = set(RAW.findall(plain))
    for name in set(RECORDED.findall(plain)) - seen:
        for _, rule in RULES:
            if rule.get("record") == name and "dnszone_finding" not in name:
                found |= base_series(rule["expr"], seen | {name})
    return found


def findings(expr: str) -> list[str]:
    """The checks whose findings an expression reads; where it names those it leaves out, all others."""
    named: list[str] = []
    for selector in re.findall(r"dnszone_finding(?::ratio)?\{([^}]*)\}", expr):
        for operator, checks in re.findall(r'check(=~|!~|=)"([^"]*)"', selector):
            named += ["every check without an alert of its own"] if operator == "!~" else expanded(checks)
    return list(dict.fromkeys(named))


def expanded(pattern: str) -> list[str]:
    """The alternatives of a regular expression of check names; one in brackets stays as it is."""
    return [pattern] if "(" in pattern else pattern.split("|")


def matches(labels: dict, matchers: list[str]) -> bool:
    """Whether static labels fulfil Alertmanager's matchers."""
    for matcher in matchers:
        name, operator, value = re.fullmatch(r'\s*(\w+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*', matcher).groups()
        have = labels.get(name, "")
        same = bool(re.fullmatch(value, have)) if "~" in operator else have == value
        if same == operator.startswith("!"):
            return False
    return True


def static_labels(rule: dict) -> dict:
    return {"alertname": rule["alert"], **rule["labels"]}


def about_a_zone(rule: dict) -> bool:
    return rule["labels"]["scope"] not in ("ancestor", "server", "vantage", "exporter")


def muted_by(rule: dict) -> list[str]:
    """The alerts that mute this one where they share the labels of the inhibit rule."""
    found = []
    for inhibit in load("alertmanager.yml")["inhibit_rules"]:
        if not matches(static_labels(rule), inhibit["target_matchers"]):
            continue
        for _, source in RULES:
            if "alert" not in source or not matches(static_labels(source), inhibit["source_matchers"]):
                continue
            if "zone" in inhibit["equal"] and about_a_zone(source) != about_a_zone(rule):
                continue  # a label that only one of them has is not equal
            if "alertname" in inhibit["equal"]:
                if source["alert"] == rule["alert"] and source is not rule:
                    found.append(f"its {source['labels']['severity']} form")
            elif source["alert"] != rule["alert"]:
                found.append(source["alert"])
    return list(dict.fromkeys(found))


def row(rule: dict) -> str:
    series = [f"`{name}`" for name in sorted(base_series(rule["expr"]))]
    checks = findings(rule["expr"])
    if checks:
        series.append("findings of " + ", ".join(f"`{check}`" if "-" in check else check for check in checks))
    cells = [f"[{rule['alert']}](runbooks/{rule['alert']}.md)", rule["labels"]["severity"],
             rule["labels"]["scope"], rule["for"], rule["keep_firing_for"],
             ", ".join(series) or "nothing: it always fires", ", ".join(muted_by(rule))]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def document() -> str:
    text = """# All alerts

<!-- Made from the rules by alerts/table.py; `./dev docs` makes it anew. -->

For each alert: how urgent it is and what about; for how long its condition must hold before it fires, and
how long it is held afterwards; the series it stands on, which is a gauge where there is one and a finding
where there is none; and which alerts mute it about the same zone, server or exporter.
"""
    for file in dict.fromkeys(name for name, rule in RULES if "alert" in rule):
        text += f"\n## {file}\n\n| alert | severity | scope | after | held | stands on | muted by |\n"
        text += "|---|---|---|---|---|---|---|\n"
        text += "".join(row(rule) + "\n" for name, rule in RULES if name == file and "alert" in rule)
    return text


if __name__ == "__main__":
    (HERE / "ALERTS.md").write_text(document(), encoding="utf-8")
