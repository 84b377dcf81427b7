#!/usr/bin/env python3
"""Writes the shipped rules, routing and templates into a directory, fitted to a place:

    render.py --out DIR [--grafana-url URL] [--runbook-url URL] [--webhook-url URL]
              [--service-levels] [--compress]

--grafana-url and --runbook-url replace the addresses in the annotations (http://localhost:3000 and
https://runbooks.example.org/dnszone, which is a placeholder), --webhook-url that of the receivers.
--service-levels adds sla.rules.yml, for those who are held to ICANN's agreement.
--compress makes a minute a second, for demonstrations and tests: `for`, `keep_firing_for`, windows,
group_wait and the like; limits in seconds, such as those of the exporter's configuration, stay.
"""

import argparse
import pathlib
import re
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
GRAFANA = "http://localhost:3000"
RUNBOOKS = "https://runbooks.example.org/dnszone"
WEBHOOK = "http://127.0.0.1:9099"

_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_KEYS = "for|keep_firing_for|interval|group_wait|group_interval|repeat_interval"
_FIELD = re.compile(rf"^(\s*(?:- )?(?:{_KEYS}): )(\d+)([mhdw])[ \t]*$", re.MULTILINE)
_WINDOW = re.compile(r"(?<=[\[:])(\d+)([mhdw])(?=[\]:])")
_UNCOMPRESSED = re.compile(rf"^\s*(?:- )?(?:{_KEYS}):(?! \d+s$).*$|\[\d+[^\]\ds][^\]]*\]", re.MULTILINE)


def compress(text: str) -> str:
    """The text of a rules or Alertmanager file with each minute made a second."""
    def seconds(number: str, unit: str) -> str:
        return f"{int(number) * _MINUTES[unit]}s"

    text = _FIELD.sub(lambda m: m[1] + seconds(m[2], m[3]), text)
    text = _WINDOW.sub(lambda m: seconds(m[1], m[2]), text)
    left = _UNCOMPRESSED.search(text)
    if left:
        raise ValueError(f"cannot compress '{left[0].strip()}'")
    return text


def rule_files() -> list[pathlib.Path]:
    return sorted(HERE.glob("*.rules.yml"))


def render(out: pathlib.Path, *, grafana_url: str = GRAFANA, runbook_url: str = RUNBOOKS,
           webhook_url: str = WEBHOOK, compressed: bool = False,
           runbook_suffix: str = "", service_levels: bool = True) -> list[pathlib.Path]:
    """Writes all files into `out` and returns the paths of the rule files there.

    Without `service_levels` their rules are left out. `runbook_suffix` is appended to each runbook's name, such as ".md" for a directory of them.
    """
    (out / "templates").mkdir(parents=True, exist_ok=True)
    written = []
    rules = [path for path in rule_files() if service_levels or path.name != "sla.rules.yml"]
    for path in [*rules, HERE / "alertmanager.yml"]:
        text = path.read_text(encoding="utf-8")
        text = text.replace(GRAFANA, grafana_url.rstrip("/")).replace(WEBHOOK, webhook_url.rstrip("/"))
        text = re.sub(re.escape(RUNBOOKS) + r"/(\w+)",
                      lambda m: f"{runbook_url.rstrip('/')}/{m[1]}{runbook_suffix}", text)
        if compressed:
            text = compress(text)
        target = out / path.name
        target.write_text(text, encoding="utf-8")
        if path.name.endswith(".rules.yml"):
            written.append(target)
    for path in sorted((HERE / "templates").glob("*.tmpl")):
        shutil.copy(path, out / "templates" / path.name)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--grafana-url", default=GRAFANA)
    parser.add_argument("--runbook-url", default=RUNBOOKS)
    parser.add_argument("--runbook-suffix", default="")
    parser.add_argument("--webhook-url", default=WEBHOOK)
    parser.add_argument("--service-levels", action="store_true")
    parser.add_argument("--compress", action="store_true")
    options = parser.parse_args()
    for path in render(options.out, grafana_url=options.grafana_url,
                       runbook_url=options.runbook_url, webhook_url=options.webhook_url,
                       compressed=options.compress, runbook_suffix=options.runbook_suffix,
                       service_levels=options.service_levels):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
