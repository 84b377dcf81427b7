#!/usr/bin/env python3
"""Writes the Grafana dashboards (*.json) beside this file; --check only compares.

The JSON is committed and is what users import; source/ is where it is edited.
"""

import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))
from source import dnssec, exporter, nameserver, overview, sla, zone  # noqa: E402

BOARDS = {"overview": overview, "zone": zone, "nameserver": nameserver, "dnssec": dnssec,
          "sla": sla, "exporter": exporter}


def documents() -> dict[str, str]:
    """File name to content; the same at every call."""
    return {f"{name}.json": json.dumps(module.board(), indent=2, ensure_ascii=False) + "\n"
            for name, module in BOARDS.items()}


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
