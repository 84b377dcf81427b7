#!/usr/bin/env python3
"""./dev bench soak: 200 healthy zones with three servers each, surveyed every 10 seconds for five
minutes, without loss and with 5 % of the packets lost. Wanted: no finding above notice, no missed
interval, and after five minutes at most 5 % more memory than after one."""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from labtools import Results, enter_namespace, free_port, work_directory  # noqa: E402
from soak import Soak  # noqa: E402

MOST_GROWTH = 1.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", required=True, type=pathlib.Path)
    parser.add_argument("--zones", type=int, default=200)
    parser.add_argument("--interval", type=int, default=10, help="seconds")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--keep", help="keep the logs here")
    arguments = parser.parse_args()
    own_namespace = enter_namespace()
    results = Results()
    with work_directory(arguments.keep) as directory:
        for loss in (0.0, 0.05):
            name = f"{arguments.zones} zones, {loss:.0%} loss"
            soak = Soak(arguments.build_dir.resolve(), directory / f"loss{loss}", own_namespace,
                        arguments.zones, arguments.interval, loss)
            faults = soak.run(arguments.seconds, free_port())
            early, late = soak.memory_at(60), soak.memory_at(soak.memory[-1][0])
            note = f"resident {early / 2**20:.1f} MiB after 1 min, {late / 2**20:.1f} MiB at the end"
            if late > MOST_GROWTH * early:
                faults.append(f"memory grows: {note}")
            results.judge(name, faults, note)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
