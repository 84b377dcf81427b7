"""The shipped rules, read once, and what the tests of them share."""

import pathlib
import re
import subprocess
import sys

import yaml

ALERTS = pathlib.Path(__file__).resolve().parents[1]
ROOT = ALERTS.parent
sys.path.insert(0, str(ALERTS))
sys.path.insert(0, str(ROOT / "tests"))
sys.dont_write_bytecode = True
import render  # noqa: E402

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
