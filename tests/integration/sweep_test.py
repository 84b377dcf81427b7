#!/usr/bin/env python3
"""Fifty zones of a root zone's shape, surveyed by the benchmark's own means: fails on errors, never
on time. The world is the made-up one, so that the test is the same wherever it runs; what it takes
is printed, and compared with nothing."""

import argparse
import pathlib
import subprocess
import sys

for place in ("bench", "world"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / place))

import sweep  # noqa: E402
import world as worlds  # noqa: E402
from labtools import Results, enter_namespace, work_directory  # noqa: E402

ZONES = 50


def why_not() -> str:
    """Why the world cannot be put on a network here; empty when it can."""
    if not enter_namespace():
        return "no network namespace can be made here"
    try:
        worlds.prepare_namespace()
    except (OSError, subprocess.SubprocessError) as error:
        return f"the network namespace cannot be set up here: {error}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    build = parser.parse_args().build_dir.resolve()
    results = Results()
    if reason := why_not():
        results.skip("sweep", reason)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with work_directory(None) as work:
        world = worlds.make(build, ZONES, cache=work / "worlds", real=False)
        arguments = sweep.parse_arguments(
            ["--build-dir", str(build), "--zones", str(ZONES), "--interval", "5", "--rounds", "2",
             "--scrapes", "1"])
        with world.served():
            run = sweep.Run(arguments, world, work)
            with results.test("every zone is surveyed, and found as healthy as it is"):
                run.lifted()
                assert not run.faults, "\n".join(run.faults)
            with results.test("what is signed is secure, the rest is insecure"):
                signed = world.signed_zones()
                assert run.statuses["secure"] == signed, (run.statuses, signed)
                assert run.statuses["insecure"] == ZONES - signed, (run.statuses, signed)
            with results.test("every server of every zone is up over both transports"):
                assert run.servers_up == 2 * len(world.servers), (run.servers_up, world.shape())
    print(f"{results.passed} passed, {results.failed} failed, {results.skipped} skipped")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
