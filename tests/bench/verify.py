#!/usr/bin/env python3
"""Verifications per second by algorithm beside plain OpenSSL, and what the memo saves, as one table.

Runs verify_bench several times and takes the least CPU time of each, which others on the machine disturb
least. Ratios travel between machines, rates do not.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

KINDS = ["openssl", "verifier_miss", "first_server", "next_server", "twelve_servers"]
# As verify_bench names them, by number; interleaved runs come in any order.
ALGORITHMS = ["RSASHA1", "RSASHA256", "RSASHA512", "ECDSAP256SHA256", "ECDSAP384SHA384", "ED25519",
              "ED448"]
RUN_SECONDS = 600


def measure(bench: pathlib.Path, runs: int, seconds: float) -> dict[str, dict[str, float]]:
    """CPU seconds by algorithm and kind; of twelve_servers for all twelve."""
    done = subprocess.run(
        [bench, "--benchmark_filter=^(" + "|".join(KINDS) + ")/", "--benchmark_format=json",
         f"--benchmark_min_time={seconds}", f"--benchmark_repetitions={runs}",
         "--benchmark_enable_random_interleaving=true"],
        capture_output=True, text=True, timeout=RUN_SECONDS)
    if done.returncode != 0:
        sys.exit(f"{bench.name} failed:\n{done.stderr}")
    samples: dict[str, dict[str, list[float]]] = collections.defaultdict(
        lambda: collections.defaultdict(list))
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    for row in json.loads(done.stdout)["benchmarks"]:
        if row.get("error_occurred"):
            sys.exit(f"{row['name']}: {row['error_message']}")
        if row["run_type"] != "iteration":
            continue
        kind, algorithm = row["run_name"].split("/")[:2]
        samples[algorithm][kind].append(row["cpu_time"] * units[row["time_unit"]])
    return {algorithm: {kind: min(times) for kind, times in kinds.items()}
            for algorithm, kinds in samples.items()}


def print_table(measured: dict[str, dict[str, float]]) -> None:
    print("Verifications per second; and what one signed RRset of a server costs, judged whole.\n")
    head = ["algorithm", "OpenSSL/s", "Verifier/s", "of OpenSSL's",
            "1st server, us", "2nd to 12th, us", "1st : later", "12 servers : 1"]
    rows = []
    for algorithm in sorted(measured, key=ALGORITHMS.index):
        times = measured[algorithm]
        rows.append([algorithm, f"{1 / times['openssl']:,.0f}", f"{1 / times['verifier_miss']:,.0f}",
                     f"{times['openssl'] / times['verifier_miss']:.2f}",
                     f"{times['first_server'] * 1e6:.1f}", f"{times['next_server'] * 1e6:.1f}",
                     f"{times['first_server'] / times['next_server']:.0f}",
                     f"{times['twelve_servers'] / times['first_server']:.2f}"])
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        print("  ".join(cells).rstrip())
    print("\nThe Verifier knows the key and not the signature; OpenSSL has the key at hand. The 2nd to 12th"
          "\nserver serve the signature that the first one served: the Verifier remembers its result. The"
          "\nlast column is what twelve servers cost together, with a Verifier that knows nothing: 12 would"
          "\nbe without memory, 1 for free.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.05, help="of each measurement")
    options = parser.parse_args()
    print_table(measure(options.build_dir / "tests" / "bench" / "verify_bench", options.runs,
                        options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
