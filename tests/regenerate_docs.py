#!/usr/bin/env python3
"""Writes the generated pages of docs/ from the code: checks.md, metrics.md and configuration.md.

Usage: regenerate_docs.py BUILD_DIRECTORY
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1]).resolve()
    subprocess.run(["cmake", "--build", build, "--target", "dnszone_exporter", "unit_docs"],
                   check=True)
    metrics = subprocess.run([build / "exporter/dnszone_exporter", "list-metrics"], check=True,
                             stdout=subprocess.PIPE).stdout
    (ROOT / "docs/metrics.md").write_bytes(metrics)
    settings = subprocess.run([build / "exporter/dnszone_exporter", "list-settings",
                               "--format=markdown"], check=True, stdout=subprocess.PIPE).stdout
    (ROOT / "docs/configuration.md").write_bytes(settings)
    environment = {**os.environ, "DNSZONE_REGENERATE_DOCS": "1"}
    return subprocess.run([build / "tests/unit/unit_docs"], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
