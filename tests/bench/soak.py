#!/usr/bin/env python3
"""./dev bench soak: healthy zones under observation, in two parts (--only takes one).

fleet  200 zones with three servers each, surveyed every 10 seconds for five minutes, without loss and
       with 5 % of the packets lost. Wanted: no finding above notice, no missed interval, and after five
       minutes at most 5 % more memory than after one.
quiet  40 zones under the shipped alerts for six hours, a minute made a second, with 5 % of the packets
       lost and restarts of the exporter and of Prometheus. Wanted: no notification."""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from labtools import Failed, Results, enter_namespace, free_port, work_directory  # noqa: E402
from quiet import Quiet  # noqa: E402
from soak import Soak  # noqa: E402

MOST_GROWTH = 1.05


def fleet(arguments: argparse.Namespace, directory: pathlib.Path, own_namespace: bool,
          results: Results) -> None:
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


def quiet(arguments: argparse.Namespace, directory: pathlib.Path, own_namespace: bool,
          results: Results) -> None:
    run = Quiet(arguments.build_dir.resolve(), directory / "quiet", own_namespace,
                arguments.quiet_zones, arguments.quiet_loss, arguments.seed)
    try:
        faults = run.run(arguments.quiet_minutes)
    except Failed as error:
        faults = [str(error)]
    name = f"{arguments.quiet_zones} zones under the alerts, {arguments.quiet_loss:.0%} loss"
    results.judge(name, faults, run.note)


PARTS = {"fleet": fleet, "quiet": quiet}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", required=True, type=pathlib.Path)
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    parser.add_argument("--zones", type=int, default=200, help="of the fleet")
    parser.add_argument("--interval", type=int, default=10, help="of the fleet, seconds")
    parser.add_argument("--seconds", type=int, default=300, help="of the fleet")
    parser.add_argument("--quiet-zones", type=int, default=40)
    parser.add_argument("--quiet-minutes", type=int, default=360, help="as many seconds")
    parser.add_argument("--quiet-loss", type=float, default=0.05, help="share of the UDP queries")
    parser.add_argument("--seed", type=int, default=1, help="of the quiet part's losses")
    parser.add_argument("--keep", help="keep the logs here")
    arguments = parser.parse_args()
    own_namespace = enter_namespace()
    results = Results()
    with work_directory(arguments.keep) as directory:
        for part in [arguments.only] if arguments.only else PARTS:
            PARTS[part](arguments, directory, own_namespace, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
