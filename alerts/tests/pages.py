"""Runbooks and the tables of alerts: a page for each alert, all that a page must say."""

import re
import subprocess

import table
from shipped import ALERTS, ALERT_RULES, NAMES, SECTIONS


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
