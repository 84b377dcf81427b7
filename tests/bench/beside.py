"""What benchmarks share that run programs in turn: a command with the CPU it took, and the least,
the median and the greatest of several runs."""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from labtools import Failed, Process  # noqa: E402


def run(command: Sequence, seconds: float = 120) -> tuple[str, float]:
    """The command's output and the CPU seconds, user and system, that it and its children took."""
    with tempfile.TemporaryDirectory(prefix="dnszone-") as work:
        with Process(list(command), pathlib.Path(work) / "output") as process:
            give_up = time.monotonic() + seconds
            while True:
                pid, status, usage = os.wait4(process.child.pid, os.WNOHANG)
                if pid:
                    process.child.returncode = os.waitstatus_to_exitcode(status)
                    break
                if time.monotonic() > give_up:
                    raise Failed(f"{command[0]} takes longer than {seconds:g} s")
                time.sleep(0.01)
        text = process.text()
    if process.child.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise Failed(f"{shown[:500]}\n{text[-2000:]}\nexit status {process.child.returncode}")
    return text, usage.ru_utime + usage.ru_stime


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    return min(values), statistics.median(values), max(values)


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Of each run on its own, since what disturbs a run disturbs both."""
    return [one / other for one, other in zip(above, below, strict=True)]


def shown(values: Sequence[float]) -> str:
    """Least, median and greatest as three cells of a table, to three digits."""
    return " | ".join(digits(value) for value in spread(values))


def digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")
