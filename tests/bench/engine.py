#!/usr/bin/env python3
"""The engine beside dnsperf and beside the floor, against the same Knot on loopback.

Runs them in turn, the same number of queries with the same number outstanding. dnsperf parses
little and counts; the engine parses in full, checks each answer against its question, and holds
back what exceeds its 256 outstanding at one address; the floor is a bare loop of sendmmsg and
recvmmsg, over UDP alone. Prints the least, the median and the greatest of CPU per exchange, user
and system time of the whole process, and of the ratios run by run. What it starts it stops.
"""

import argparse
import contextlib
import json
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from beside import ratios, run, shown, spread
from labtools import Failed

ADDRESS = "127.53.0.1"
ZONE = "bench.test"
MIX = [(ZONE, "SOA"), (ZONE, "NS"), (ZONE, "DNSKEY"), ("does-not-exist." + ZONE, "A")]
CASES = [(False, 10), (False, 100), (False, 1000), (True, 10), (True, 100)]  # TCP, outstanding
# A server whose socket buffer is full for a moment loses datagrams, above all when a client has
# more outstanding than it holds; a run with more loss than this compares nothing.
LEAST_ANSWERED = 0.95

ZONE_FILE = """\
$ORIGIN bench.test.
$TTL 3600
@ SOA ns1 hostmaster 1 3600 600 604800 300
@ NS ns1
@ NS ns2
ns1 A 127.53.0.1
ns2 A 127.53.0.2
www A 192.0.2.1
"""

KNOT_CONFIG = """\
server:
    listen: {address}@{port}
    rundir: {folder}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-max-clients: 100
    tcp-idle-timeout: 30
database:
    storage: {folder}/db
log:
  - target: stderr
    any: error
template:
  - id: default
    storage: {folder}
    dnssec-signing: on
    zonefile-sync: -1
zone:
  - domain: {zone}
    file: {folder}/zone
"""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]


def soa_query() -> bytes:
    name = b"".join(bytes([len(label)]) + label.encode() for label in ZONE.split("."))
    return struct.pack("!6H", 1, 0, 1, 0, 0, 0) + name + struct.pack("!BHH", 0, 6, 1)


def wait_until_served(port: int, server: subprocess.Popen) -> None:
    give_up = time.monotonic() + 30
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.2)
        probe.connect((ADDRESS, port))
        while time.monotonic() < give_up and server.poll() is None:
            with contextlib.suppress(OSError):
                probe.send(soa_query())
                answer = probe.recv(4096)
                if answer[3] & 15 == 0 and answer[7] == 1:
                    return
            time.sleep(0.05)
    raise Failed("knotd does not serve the zone; is it installed, and does it start?")


@contextlib.contextmanager
def knot(folder: pathlib.Path):
    """A Knot that serves the signed zone; its port."""
    port = free_port()
    (folder / "zone").write_text(ZONE_FILE)
    (folder / "db").mkdir()
    config = folder / "knot.conf"
    config.write_text(KNOT_CONFIG.format(address=ADDRESS, port=port, folder=folder, zone=ZONE))
    server = subprocess.Popen(["knotd", "-c", str(config)])
    try:
        wait_until_served(port, server)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@dataclass
class Measured:
    """What one run came to."""

    rate: float  # answered, per second
    cpu: float  # microseconds per exchange
    lost: int


def run_ours(program: pathlib.Path, port: int, queries: int, outstanding: int,
             tcp: bool) -> Measured:
    """engine_bench or floor_bench."""
    text, cpu = run([program, "--server", f"{ADDRESS}:{port}", "--zone", ZONE, "--queries",
                     queries, "--outstanding", outstanding] + ["--tcp"] * tcp)
    result = json.loads(text)
    if result["answered"] < queries * LEAST_ANSWERED:
        raise Failed(f"{program.name}: {result['answered']} of {queries} answered")
    return Measured(result["queries_per_second"], cpu * 1e6 / queries, result["failed"])


def run_dnsperf(data: pathlib.Path, port: int, queries: int, outstanding: int,
                tcp: bool) -> Measured:
    text, cpu = run(["dnsperf", "-s", ADDRESS, "-p", port, "-d", data, "-D",
                     "-n", queries // len(MIX), "-q", outstanding, "-c", 1, "-T", 1,
                     "-m", "tcp" if tcp else "udp"])
    completed = int(re.search(r"Queries completed:\s+(\d+)", text)[1])
    if completed < queries * LEAST_ANSWERED:
        raise Failed(f"dnsperf: {completed} of {queries} completed\n{text}")
    rate = float(re.search(r"Queries per second:\s+([\d.]+)", text)[1])
    return Measured(rate, cpu * 1e6 / queries, queries - completed)


def compare(case: str, runs: dict[str, list[Measured]]) -> dict:
    """Prints the case's rows of the table."""
    cpu = {name: [each.cpu for each in measured] for name, measured in runs.items()}
    for name, measured in runs.items():
        rate = spread([each.rate for each in measured])[1]
        lost = sum(each.lost for each in measured)
        print(f"| {case} | {name} | {shown(cpu[name])} | {rate:,.0f} | {lost:,} |")
    result = {name: ratios(cpu[above], cpu[below]) for name, above, below in
              (("engine / dnsperf", "engine", "dnsperf"), ("engine / floor", "engine", "floor"),
               ("dnsperf / floor", "dnsperf", "floor")) if above in cpu and below in cpu}
    for name, values in result.items():
        print(f"| {case} | {name} | {shown(values)} | | |", flush=True)
    return {"case": case, "cpu": cpu, "ratios": result}


def measure(build: pathlib.Path, queries: int, runs: int) -> list[dict]:
    """The table of all cases; its figures."""
    engine, floor = (build / "tests" / "bench" / name for name in ("engine_bench", "floor_bench"))
    for program in ("knotd", "dnsperf", engine, floor):
        if not shutil.which(program):
            raise Failed(f"{program} is not there")
    queries = queries // len(MIX) * len(MIX)
    print(f"\n{queries:,} queries in each of {runs} runs; CPU in µs per exchange\n\n"
          "| outstanding | | least | median | greatest | answers/s | lost |\n"
          "|---|---|---|---|---|---|---|", flush=True)
    results = []
    with tempfile.TemporaryDirectory(prefix="engine-bench-") as name:
        folder = pathlib.Path(name)
        data = folder / "queries"
        data.write_text("".join(f"{qname} {qtype}\n" for qname, qtype in MIX))
        with knot(folder) as port:
            for tcp, outstanding in CASES:
                asked = (port, queries, outstanding, tcp)
                measured = {"engine": [], "dnsperf": []} | ({} if tcp else {"floor": []})
                for _ in range(max(runs, 1)):
                    measured["engine"].append(run_ours(engine, *asked))
                    measured["dnsperf"].append(run_dnsperf(data, *asked))
                    if not tcp:
                        measured["floor"].append(run_ours(floor, *asked))
                results.append(compare(f"{'TCP' if tcp else 'UDP'} {outstanding:,}", measured))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--queries", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=pathlib.Path, help="also write all figures to this file")
    arguments = parser.parse_args()
    try:
        results = measure(arguments.build_dir, arguments.queries, arguments.runs)
    except Failed as failure:
        print(failure)
        return 1
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
