#!/usr/bin/env python3
"""The engine beside dnsperf, against the same Knot on loopback: queries per second and CPU.

Runs both in turn, the same number of queries with the same number outstanding, and prints the
least, the median and the greatest of each, and their ratio. Both parse and count; the engine also
checks each answer against its question, and holds back what exceeds its 256 outstanding at one
address, where dnsperf sends on. CPU is user and system time of the whole process, from
wait4. What it starts it stops.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ADDRESS = "127.53.0.1"
ZONE = "bench.test"
MIX = [(ZONE, "SOA"), (ZONE, "NS"), (ZONE, "DNSKEY"), ("does-not-exist." + ZONE, "A")]
RUN_SECONDS = 120
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
    sys.exit("knotd does not serve the zone; is it installed, and does it start?")


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


def run(command: list[str]) -> tuple[str, float]:
    """The command's output and the CPU seconds it took."""
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        give_up = time.monotonic() + RUN_SECONDS
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > give_up:
                child.kill()
                child.wait()
                sys.exit(f"{command[0]} takes longer than {RUN_SECONDS} s")
            time.sleep(0.01)
        output.seek(0)
        text = output.read()
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{text}\nexit status {child.returncode}")
    return text, usage.ru_utime + usage.ru_stime


def run_engine(bench: pathlib.Path, port: int, queries: int, outstanding: int,
               tcp: bool) -> tuple[float, float, int]:
    text, cpu = run([str(bench), "--server", f"{ADDRESS}:{port}", "--zone", ZONE, "--queries",
                     str(queries), "--outstanding", str(outstanding)] + ["--tcp"] * tcp)
    result = json.loads(text)
    if result["answered"] < queries * LEAST_ANSWERED:
        sys.exit(f"engine_bench: {result['answered']} of {queries} answered")
    return result["queries_per_second"], cpu * 1e6 / queries, result["failed"]


def run_dnsperf(data: pathlib.Path, port: int, queries: int, outstanding: int,
                tcp: bool) -> tuple[float, float, int]:
    text, cpu = run(["dnsperf", "-s", ADDRESS, "-p", str(port), "-d", str(data), "-D",
                     "-n", str(queries // len(MIX)), "-q", str(outstanding), "-c", "1", "-T", "1",
                     "-m", "tcp" if tcp else "udp"])
    completed = int(re.search(r"Queries completed:\s+(\d+)", text)[1])
    if completed < queries * LEAST_ANSWERED:
        sys.exit(f"dnsperf: {completed} of {queries} completed\n{text}")
    rate = float(re.search(r"Queries per second:\s+([\d.]+)", text)[1])
    return rate, cpu * 1e6 / queries, queries - completed


def spread(values: list[float], digits: int) -> str:
    return " ".join(f"{value:>10.{digits}f}"
                    for value in (min(values), statistics.median(values), max(values)))


def compare(title: str, engine: list[tuple[float, float, int]],
            dnsperf: list[tuple[float, float, int]]) -> dict:
    print(f"\n{title}, {len(engine)} runs each      least     median   greatest")
    ratios = {}
    for index, (what, digits) in enumerate(
            [("queries/s", 0), ("CPU µs/exchange", 2), ("lost", 0)]):
        ours = [each[index] for each in engine]
        theirs = [each[index] for each in dnsperf]
        print(f"  engine   {what:<16}{spread(ours, digits)}")
        print(f"  dnsperf  {what:<16}{spread(theirs, digits)}")
        if what == "lost":
            continue
        ratios[what] = statistics.median(ours) / statistics.median(theirs)
        print(f"  engine / dnsperf         {ratios[what]:>17.2f}", flush=True)
    return {"case": title, "engine": engine, "dnsperf": dnsperf, "ratio": ratios}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build-dir", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--queries", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=pathlib.Path, help="also write all figures to this file")
    arguments = parser.parse_args()
    bench = arguments.build_dir / "tests" / "bench" / "engine_bench"
    for program in ("knotd", "dnsperf", str(bench)):
        if not shutil.which(program):
            sys.exit(f"{program} is not there")
    queries = arguments.queries // len(MIX) * len(MIX)
    results = []
    with tempfile.TemporaryDirectory(prefix="engine-bench-") as name:
        folder = pathlib.Path(name)
        data = folder / "queries"
        data.write_text("".join(f"{qname} {qtype}\n" for qname, qtype in MIX))
        with knot(folder) as port:
            for tcp, outstanding in ((False, 100), (False, 1000), (True, 100)):
                engine, dnsperf = [], []
                for _ in range(max(arguments.runs, 1)):
                    engine.append(run_engine(bench, port, queries, outstanding, tcp))
                    dnsperf.append(run_dnsperf(data, port, queries, outstanding, tcp))
                title = f"{'TCP' if tcp else 'UDP'}, {outstanding} outstanding"
                results.append(compare(title, engine, dnsperf))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
