#!/usr/bin/env python3
"""A whole root zone, surveyed: the exporter against the world of tests/world/, in three parts.

lifted  without pacing, at a short interval: a first round with all questions there are (those of
        the slow cadence, the delegations from all of the parent's servers, all names of
        nameservers), then rounds of the every-round questions alone. CPU by thread, exchanges,
        connections, verifications, memory.
scrape  the same exporter's /metrics at each level of detail, plain and gzipped: samples, octets, time
        to the first and the last octet, CPU of the HTTP thread, memory.
paced   as shipped: default pacing, the interval of 60 s. How late surveys begin, and whether an
        interval is missed.

Fails when a zone is not surveyed or not found as healthy as it is, when more than one answer in a
hundred is missing, or an interval is missed as shipped; never for the time that something takes. What
it starts it stops.
"""

import argparse
import contextlib
import dataclasses
import gzip
import http.client
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "world"))

import world as worlds  # noqa: E402
from labtools import (  # noqa: E402
    ROOT, Exporter, Failed, Metrics, Process, enter_namespace, free_port)

TICKS = os.sysconf("SC_CLK_TCK")
DAY = "1d"
HTTP_THREAD = "MHD-single"
# Of the attempts: one process plays all servers here, and its few sockets overflow where those of
# thousands of machines would not.
MOST_LOST = 0.01


def cpu_by_thread(pid: int) -> dict[str, float]:
    """CPU seconds so far of each kind of thread, by name."""
    seconds: dict[str, float] = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name, fields = (task / "stat").read_text().rsplit(")", 1)
        except FileNotFoundError:
            continue  # ended meanwhile
        user, system = fields.split()[11:13]
        kind = name.split("(", 1)[1].rstrip("0123456789-")
        seconds[kind] = seconds.get(kind, 0) + (int(user) + int(system)) / TICKS
    return seconds


def memory(pid: int, field_name: str) -> float:
    """VmRSS or VmHWM, in MiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field_name + ":"):
            return int(line.split()[1]) / 1024
    raise Failed(f"no {field_name} of process {pid}")


@dataclass
class Counters:
    """What the exporter has done so far, and what it took."""

    at: float
    surveys: float
    missed: float
    exchanges: dict = field(default_factory=dict)  # by transport and outcome
    verifications: dict = field(default_factory=dict)  # by result
    cpu: dict = field(default_factory=dict)  # by thread
    connections: float = 0

    @classmethod
    def of(cls, exporter: Exporter, metrics: Metrics) -> "Counters":
        def total(name: str) -> float:
            return sum(value for _, value in metrics.select(name))
        return cls(
            time.monotonic(), total("dnszone_exporter_surveys_total"),
            total("dnszone_exporter_missed_intervals_total"),
            {(labels["transport"], labels["outcome"]): value
             for labels, value in metrics.select("dnszone_exporter_queries_total") if value},
            {labels["result"]: value
             for labels, value in metrics.select("dnszone_exporter_verifications_total")},
            cpu_by_thread(exporter.child.pid),
            total("dnszone_exporter_tcp_connections_total"))

    def since(self, before: "Counters") -> "Counters":
        def less(now: dict, then: dict) -> dict:
            return {key: value - then.get(key, 0) for key, value in now.items()
                    if value != then.get(key, 0)}
        return Counters(self.at - before.at, self.surveys - before.surveys,
                        self.missed - before.missed, less(self.exchanges, before.exchanges),
                        less(self.verifications, before.verifications), less(self.cpu, before.cpu),
                        self.connections - before.connections)

    def asked(self) -> float:
        return sum(self.exchanges.values())

    def unanswered(self) -> dict:
        return {key: value for key, value in self.exchanges.items() if key[1] != "answered"}


def report(title: str, took: Counters, sweeps: float, servers: int) -> None:
    """Prints figures of one sweep, of which `took` has so many."""
    cpu = sum(took.cpu.values()) / sweeps
    exchanges = took.asked() / sweeps
    print(f"\n{title}")
    print(f"  wall                     {took.at / sweeps:10.2f} s")
    print(f"  CPU                      {cpu:10.2f} s   "
          + ", ".join(f"{name} {value / sweeps:.2f}" for name, value in sorted(took.cpu.items())))
    print(f"  exchanges                {exchanges:10,.0f}     "
          + ", ".join(f"{transport} {outcome} {value / sweeps:,.0f}"
                      for (transport, outcome), value in sorted(took.exchanges.items())))
    print(f"  CPU per exchange         {1e6 * cpu / exchanges:10.1f} µs")
    print(f"  CPU per server           {1e6 * cpu / servers:10.1f} µs")
    print(f"  TCP connections          {took.connections / sweeps:10,.0f}")
    print("  verifications            "
          + ", ".join(f"{result} {value / sweeps:,.0f}"
                      for result, value in sorted(took.verifications.items())))


@dataclass
class Scrape:
    """One GET of /metrics: times in seconds, memory grown at most meanwhile in MiB."""

    samples: float
    octets: float
    first: float
    last: float
    cpu: float
    grown: float

    @classmethod
    def of(cls, exporter: Exporter, encoding: str) -> "Scrape":
        pid = exporter.child.pid
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak starts anew
        before = memory(pid, "VmRSS")
        cpu = cpu_by_thread(pid)
        start = time.monotonic()
        connection = http.client.HTTPConnection(exporter.address, timeout=60)
        connection.request("GET", "/metrics", headers={"Accept-Encoding": encoding})
        reply = connection.getresponse()
        body = reply.read(1)
        first = time.monotonic() - start
        body += reply.read()
        last = time.monotonic() - start
        connection.close()
        now = cpu_by_thread(pid)
        text = gzip.decompress(body) if encoding == "gzip" else body
        return cls(text.count(b"\n") - text.count(b"\n#") - text.startswith(b"#"), len(body), first,
                   last, now[HTTP_THREAD] - cpu[HTTP_THREAD], memory(pid, "VmHWM") - before)

    @classmethod
    def median(cls, scrapes: list["Scrape"]) -> "Scrape":
        return cls(*(statistics.median(values)
                     for values in zip(*(dataclasses.astuple(each) for each in scrapes))))


class Run:
    """One exporter in front of a world, with the settings that a part of the benchmark asks for."""

    def __init__(self, arguments: argparse.Namespace, world: worlds.World, work: pathlib.Path):
        self.arguments = arguments
        self.world = world
        self.work = work
        self.faults: list[str] = []
        self.statuses: dict[str, float] = {}  # zones by DNSSEC status
        self.servers_up = 0  # over a transport each

    def exporter(self, name: str, defaults: dict, pacing: dict) -> Exporter:
        self.config = {"zone_files": [str(self.world.directory / "zones.txt")], "defaults": defaults,
                  "resolution": self.world.resolution(), "pacing": pacing,
                  "metrics": {"detail": "zone"}, "workers": self.arguments.workers}
        path = self.work / f"{name}.yml"
        path.write_text(json.dumps(self.config))
        return Exporter(self.arguments.build, path, free_port())

    def wait_for(self, exporter: Exporter, done, seconds: float, what: str) -> Metrics:
        """Looks once a second, since every look costs what is being measured."""
        deadline = time.monotonic() + seconds
        while True:
            metrics = exporter.metrics()
            if done(metrics):
                return metrics
            if not exporter.running():
                raise Failed("the exporter ended:\n" + exporter.text())
            if time.monotonic() > deadline:
                raise Failed(f"not within {seconds:g} s: {what}")
            time.sleep(1)

    def first_round(self, exporter: Exporter, seconds: float) -> Metrics:
        """Until every zone has been surveyed once."""
        return self.wait_for(
            exporter, lambda metrics: metrics.value("dnszone_exporter_zones", state="current")
            == len(self.world.zones), seconds, "every zone is surveyed")

    def rounds(self, exporter: Exporter, interval: float, count: int) -> Counters:
        """What so many whole rounds take."""
        before = Counters.of(exporter, exporter.metrics())
        wanted = before.surveys + count * len(self.world.zones)
        metrics = self.wait_for(
            exporter, lambda now: now.value("dnszone_exporter_surveys_total") >= wanted,
            interval * (count + 2) + 60, f"{count} rounds")
        return Counters.of(exporter, metrics).since(before)

    def judge(self, what: str, took: Counters) -> None:
        """Errors, not times."""
        lost = sum(took.unanswered().values())
        if lost > MOST_LOST * took.asked():
            self.faults.append(f"{what}: {lost:,.0f} attempts of {took.asked():,.0f} were not "
                               f"answered: {took.unanswered()}")

    def lifted(self) -> None:
        interval = self.arguments.interval
        defaults = {"interval": f"{interval}s", "delegation_interval": DAY, "slow_interval": DAY}
        servers = len(self.world.servers)
        with self.exporter("lifted", defaults, {"queries_per_second": 0}) as exporter:
            pid = exporter.child.pid
            idle = memory(pid, "VmRSS")
            start = Counters.of(exporter, exporter.metrics())
            metrics = self.first_round(exporter, 10 * interval + 60)
            first = Counters.of(exporter, metrics).since(start)
            report("First round, all questions", first, first.surveys / len(self.world.zones),
                   servers)
            self.judge("first round", first)
            grown = memory(pid, "VmRSS") - idle
            print(f"  memory                   {memory(pid, 'VmRSS'):10.1f} MiB resident, at most "
                  f"{memory(pid, 'VmHWM'):.1f}; per zone {1024 * grown / len(self.world.zones):.1f} "
                  f"KiB, per server {1024 * grown / servers:.2f} KiB")
            if self.arguments.rounds:
                with self.profile(pid):
                    took = self.rounds(exporter, interval, self.arguments.rounds)
                report(f"Every-round questions, {self.arguments.rounds} rounds", took,
                       took.surveys / len(self.world.zones), servers)
                self.judge("every-round questions", took)
            print(f"  memory                   {memory(pid, 'VmRSS'):10.1f} MiB resident, at most "
                  f"{memory(pid, 'VmHWM'):.1f}")
            self.judge_zones(exporter.metrics())
            if self.arguments.scrapes:
                self.scrape(exporter)

    def profile(self, pid: int):
        """Records the process with perf while the block runs, when that is asked for."""
        if not self.arguments.perf:
            return contextlib.nullcontext()
        return Process(["perf", "record", "-F", "199", "--call-graph", "dwarf,16384", "-o",
                        self.arguments.perf, "-p", pid], self.work / "perf.log")

    def judge_zones(self, metrics: Metrics) -> None:
        """The world has no faults. Its warnings are the real root zone's own: zones that are not
        signed, old algorithms, nameservers that share their addresses."""
        for severity in ("critical", "error"):
            loud = [labels["zone"] for labels, value
                    in metrics.select("dnszone_zone_findings", severity=severity) if value]
            if loud:
                self.faults.append(f"{len(loud)} zones have findings of severity {severity}, such as "
                                   + ", ".join(loud[:3]))
        for labels, value in metrics.select("dnszone_zone_dnssec_status"):
            self.statuses[labels["status"]] = self.statuses.get(labels["status"], 0) + value
        print("  DNSSEC                   " + ", ".join(
            f"{count:,.0f} {status}" for status, count in self.statuses.items() if count))

    def scrape(self, exporter: Exporter) -> None:
        print(f"\nScrapes, medians of {self.arguments.scrapes}")
        print("  detail          samples      octets   first octet   last octet   CPU      memory")
        for detail in ("zone", "server", "full"):
            self.config["metrics"]["detail"] = detail
            exporter.config.write_text(json.dumps(self.config))
            status, text = exporter.get("/-/reload", "POST")
            if status != 200:
                raise Failed(f"the configuration is not taken: {text}")
            for encoding in ("identity", "gzip"):
                scrapes = [Scrape.of(exporter, encoding) for _ in range(self.arguments.scrapes)]
                middle = Scrape.median(scrapes)
                print(f"  {detail:7}{encoding:9}{middle.samples:8,.0f}{middle.octets:12,.0f}"
                      f"{1e3 * middle.first:11.1f} ms{1e3 * middle.last:10.1f} ms"
                      f"{1e3 * middle.cpu:7.0f} ms{max(each.grown for each in scrapes):8.1f} MiB")
        self.servers_up = self.count_servers_up(exporter)

    @staticmethod
    def count_servers_up(exporter: Exporter) -> int:
        """Over a transport each; line by line, since the page of a large world is gigabytes."""
        with urllib.request.urlopen(f"http://{exporter.address}/metrics", timeout=60) as page:
            return sum(line.startswith(b"dnszone_nameserver_up{") and line.endswith(b" 1\n")
                       for line in page)

    def paced(self) -> None:
        rounds = self.arguments.paced_rounds
        with self.exporter("paced", {}, {}) as exporter:
            pid = exporter.child.pid
            self.first_round(exporter, 900)
            lag = 0.0
            before = Counters.of(exporter, exporter.metrics())
            end = time.monotonic() + 60 * rounds
            while time.monotonic() < end:
                time.sleep(min(1, max(0, end - time.monotonic())))
                lag = max(lag, exporter.metrics().value("dnszone_exporter_schedule_lag_seconds"))
            took = Counters.of(exporter, exporter.metrics()).since(before)
            report(f"As shipped, {rounds} rounds", took, rounds, len(self.world.servers))
            print(f"  greatest lag seen        {1e3 * lag:10.1f} ms")
            print(f"  intervals missed         {took.missed:10,.0f}")
            print(f"  memory                   {memory(pid, 'VmRSS'):10.1f} MiB resident, at most "
                  f"{memory(pid, 'VmHWM'):.1f}")
            self.judge("as shipped", took)
            if took.missed:
                self.faults.append(f"as shipped: {took.missed:,.0f} intervals were missed")


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build-dir", dest="build", type=pathlib.Path,
                        default=ROOT / "build" / "release")
    parser.add_argument("--zones", type=int, default=1438)
    parser.add_argument("--servers", type=int, default=0, help="of each zone; 0: as they are")
    parser.add_argument("--made-up", action="store_true", help="a made-up root zone")
    parser.add_argument("--interval", type=int, default=20, help="without pacing, in seconds")
    parser.add_argument("--rounds", type=int, default=5, help="without pacing, after the first")
    parser.add_argument("--paced-rounds", type=int, default=10)
    parser.add_argument("--scrapes", type=int, default=5, help="of each kind")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--perf", help="record the every-round rounds with perf (Debian's linux-perf) "
                        "into this file")
    parser.add_argument("--only", choices=["lifted", "paced"])
    arguments = parser.parse_args(words)
    arguments.build = arguments.build.resolve()
    return arguments


def main() -> int:
    arguments = parse_arguments()
    if not enter_namespace():
        print("this needs a network namespace: as root, or where users may make them")
        return 2
    worlds.files()
    world = worlds.make(arguments.build, arguments.zones, arguments.servers,
                        real=not arguments.made_up)
    print(world.shape())
    with tempfile.TemporaryDirectory(prefix="dnszone-") as work, world.served():
        run = Run(arguments, world, pathlib.Path(work))
        if arguments.only != "paced":
            run.lifted()
        if arguments.only != "lifted":
            run.paced()
    for fault in run.faults:
        print(f"FAULT {fault}")
    return 1 if run.faults else 0


if __name__ == "__main__":
    sys.exit(main())
