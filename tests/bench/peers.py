#!/usr/bin/env python3
"""The exporter beside programs that do a part of its work, in the world of tests/world/.

In each run the exporter surveys all zones without pacing; then, of an even sample of the same
zones and servers, blackbox_exporter probes servers with one SOA question each, and dnsviz (probe
and grok) and zonemaster test zones, one process for each and many in one process. What counts is
CPU, user and system time of the client alone, per server or per zone, and how many times the
exporter's it is: the least, the median and the greatest over the runs, each run's ratio on its own.
Last come the engine, dnsperf and a bare loop, as in engine.py.

A run in which a program did not do its work is left out and made again; more of them than runs are
wanted fail, what it took never does. What it starts it stops.
"""

import argparse
import collections
import concurrent.futures
import ctypes
import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from dataclasses import dataclass

import engine
import sweep
from beside import ratios, run, shown
from labtools import ROOT, Failed, Process, enter_namespace, fetch, free_port, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "world"))

import world as worlds  # noqa: E402

CLONE_NEWNS = 0x20000
DNSVIZ_HINTS = "/usr/share/dnsviz/hints/named.root"
MANY = pathlib.Path(__file__).with_name("zonemaster_many.pl")
PROBES_AT_A_TIME = 8
# Without pacing a busy machine loses datagrams; a run with more loss than this compares nothing.
LOST = 0.1
# What dnsviz says of a zone without faults.
DNSVIZ_SOUND = {"NOERROR", "NXDOMAIN", "VALID", "SECURE", "INSECURE"}
# What zonemaster holds against this world: its addresses are private, and one server of all zones
# knows which names below the root do not exist.
ZONEMASTER_EXPECTED = {"NAMESERVER_IP_PRIVATE_NETWORK", "IS_A_RECURSOR"}


@dataclass
class Row:
    """A line of the table: what is measured, of which unit, and the ratio that is wanted."""

    title: str
    unit: str
    wanted: float | None = None


PROGRAMS = {"blackbox": "prometheus-blackbox-exporter", "dnsviz": "dnsviz",
            "zonemaster": "zonemaster-cli"}
ROUND = "exporter, a round"
FIRST = "exporter, first round with all questions"
ROWS = {
    "blackbox": Row("blackbox_exporter, one SOA probe", "server", 20),
    "dnsviz": Row("dnsviz probe and grok, a process per zone", "zone", 1000),
    "dnsviz-many": Row("dnsviz probe and grok, many zones at once", "zone", 100),
    "zonemaster": Row("zonemaster-cli, a process per zone", "zone"),
    "zonemaster-many": Row("Zonemaster::Engine, many zones in a process", "zone"),
}


@dataclass
class Cost:
    """What one unit took in one run."""

    cpu: float  # seconds
    exchanges: float


class Meter:
    """UDP exchanges in this namespace, of which each is two datagrams."""

    def __init__(self) -> None:
        self.before = self.datagrams()

    @staticmethod
    def datagrams() -> int:
        lines = [line.split() for line in pathlib.Path("/proc/net/snmp").read_text().splitlines()
                 if line.startswith("Udp:")]
        four = dict(zip(*lines, strict=True))["OutDatagrams"]
        six = re.search(r"^Udp6OutDatagrams\s+(\d+)", pathlib.Path("/proc/net/snmp6").read_text(),
                        re.MULTILINE)[1]
        return int(four) + int(six)

    def cost(self, cpu: float, units: int) -> Cost:
        return Cost(cpu / units, (self.datagrams() - self.before) / 2 / units)


def evenly(items: list, count: int) -> list:
    """So many of the items, from the middles of as many equal parts."""
    count = max(min(count, len(items)), 1)
    return [items[(2 * index + 1) * len(items) // (2 * count)] for index in range(count)]


def own_root_hints(hints: pathlib.Path) -> None:
    """dnsviz has no option for the root's servers; its file of them is covered for this process and
    its children alone."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise Failed("no mount namespace of its own")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "--bind", hints, DNSVIZ_HINTS], check=True)


class Peers:
    """The exporter and its peers in front of a world; each method is one run of one of them."""

    def __init__(self, arguments: argparse.Namespace, world: worlds.World, work: pathlib.Path):
        self.arguments = arguments
        self.world = world
        self.work = work
        self.hints = world.directory / "hints.zone"
        # By the number of their servers, so that a sample has as many for a zone as all have.
        counts = collections.Counter(zone for zone, _, _ in world.servers)
        zones = sorted(world.zones, key=lambda zone: counts[zone])
        self.many = evenly(zones, arguments.sample)
        self.few = evenly(zones, arguments.sample // 10)
        self.counts = counts
        self.servers = evenly(world.servers, 30 * arguments.sample)

    def sample_shape(self) -> str:
        def mean(zones: list[str]) -> float:
            return sum(self.counts[zone] for zone in zones) / len(zones)
        return (f"sample: {len(self.servers):,} servers; {len(self.few)} zones of "
                f"{mean(self.few):.1f} servers a process each, {len(self.many)} of "
                f"{mean(self.many):.1f} at once; all zones have {mean(self.world.zones):.1f}")

    # --- ours ---

    def exporter(self) -> dict[str, sweep.Counters]:
        """What all zones took in a round of the every-round questions, and in the first round."""
        interval = self.arguments.interval
        survey = sweep.Run(self.arguments, self.world, self.work)
        defaults = {"interval": f"{interval}s", "delegation_interval": sweep.DAY,
                    "slow_interval": sweep.DAY}
        with survey.exporter("exporter", defaults, {"queries_per_second": 0}) as exporter:
            start = sweep.Counters.of(exporter, exporter.metrics())
            metrics = survey.first_round(exporter, 10 * interval + 60)
            first = sweep.Counters.of(exporter, metrics).since(start)
            later = survey.rounds(exporter, interval, 1)
        for took in (first, later):
            if sum(took.unanswered().values()) > LOST * took.asked() or not took.verifications:
                raise Failed(f"the exporter: {took.exchanges}, {took.verifications}")
        return {ROUND: later, FIRST: first}

    def costs_of_exporter(self) -> dict[tuple[str, str], Cost]:
        """By what it did and unit."""
        costs = {}
        for title, took in self.exporter().items():
            sweeps = took.surveys / len(self.world.zones)
            for unit, count in (("server", len(self.world.servers)),
                                ("zone", len(self.world.zones))):
                costs[title, unit] = Cost(sum(took.cpu.values()) / sweeps / count,
                                          took.asked() / sweeps / count)
        return costs

    # --- blackbox_exporter ---

    def blackbox(self) -> Cost:
        """One SOA question over UDP for each server, several probes at a time."""
        port = free_port()
        modules = {zone: {"prober": "dns", "timeout": "5s",
                          "dns": {"query_name": zone + ".", "query_type": "SOA",
                                  "transport_protocol": "udp"}}
                   for zone, _, _ in self.servers}
        config = self.work / "blackbox.yml"
        config.write_text(json.dumps({"modules": modules}))
        address = f"127.0.0.1:{port}"
        with Process([PROGRAMS["blackbox"], f"--config.file={config}",
                      f"--web.listen-address={address}"], self.work / "blackbox.log") as process:
            wait_until("blackbox_exporter is ready",
                       lambda: fetch(f"http://{address}/-/healthy")[0] == 200)
            self.probe(address, self.servers[:PROBES_AT_A_TIME])  # its first are not typical
            before, meter = self.cpu(process), Meter()
            self.probe(address, self.servers)
            return meter.cost(self.cpu(process) - before, len(self.servers))

    @staticmethod
    def cpu(process: Process) -> float:
        return sum(sweep.cpu_by_thread(process.child.pid).values())

    @staticmethod
    def probe(address: str, servers: list) -> None:
        mine = threading.local()

        def probe(server: tuple[str, str, str]) -> bool:
            zone, _, at = server
            if not hasattr(mine, "connection"):
                mine.connection = http.client.HTTPConnection(address, timeout=20)
            target = f"[{at}]:53" if ":" in at else f"{at}:53"
            mine.connection.request("GET", "/probe?" + urllib.parse.urlencode(
                {"module": zone, "target": target}))
            return "\nprobe_success 1\n" in mine.connection.getresponse().read().decode()

        with concurrent.futures.ThreadPoolExecutor(PROBES_AT_A_TIME) as pool:
            succeeded = sum(pool.map(probe, servers))
        if succeeded < (1 - LOST) * len(servers):
            raise Failed(f"blackbox_exporter: {succeeded} of {len(servers)} probes succeeded")

    # --- dnsviz ---

    def dnsviz(self) -> Cost:
        meter = Meter()
        return meter.cost(sum(self.dnsviz_of([zone]) for zone in self.few), len(self.few))

    def dnsviz_many(self) -> Cost:
        meter = Meter()
        return meter.cost(self.dnsviz_of(self.many), len(self.many))

    def dnsviz_of(self, zones: list[str]) -> float:
        """CPU of probing the zones at their servers and the root's, and of judging the answers.

        Without trust anchors, since grok of Debian 12 does not find its graph library and refuses
        them: signatures and proofs of absence are verified, the chain is not followed."""
        probed, judged = self.work / "probed.json", self.work / "judged.json"
        _, probing = run([PROGRAMS["dnsviz"], "probe", "-A", "-a", ".", "-o", probed, *zones])
        _, judging = run([PROGRAMS["dnsviz"], "grok", "-P", "-c", "-l", "info", "-r", probed,
                          "-o", judged])
        text = judged.read_text()
        found = json.loads(text)
        missing = [zone for zone in zones if "delegation" not in found.get(zone + ".", {})]
        unsound = set(re.findall(r'"status": ?"(\w+)"', text)) - DNSVIZ_SOUND
        if missing or unsound or '"errors"' in text or '"VALID"' not in text:
            raise Failed(f"dnsviz of {zones}: missing {missing}, unsound {unsound}")
        return probing + judging

    # --- zonemaster ---

    def zonemaster(self) -> Cost:
        meter, cpu = Meter(), 0.0
        for zone in self.few:
            text, took = run([PROGRAMS["zonemaster"], "--hints", self.hints, "--level", "INFO",
                              "--json-stream", "--no-progress", zone])
            said = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
            self.judge_zonemaster(zone, [(each["level"], each["tag"]) for each in said])
            cpu += took
        return meter.cost(cpu, len(self.few))

    def zonemaster_many(self) -> Cost:
        zones = evenly(self.many, 2 * len(self.few))
        meter = Meter()
        text, cpu = run(["perl", MANY, self.hints, *zones], 300)
        said = [line.split() for line in text.splitlines()]
        for zone in zones:
            self.judge_zonemaster(zone, [(level, tag) for of, level, tag in said if of == zone])
        return meter.cost(cpu, len(zones))

    @staticmethod
    def judge_zonemaster(zone: str, said: list[tuple[str, str]]) -> None:
        bad = {tag for level, tag in said if level in ("ERROR", "CRITICAL") or "NO_RESPONSE" in tag}
        if bad - ZONEMASTER_EXPECTED or "HAS_NAMESERVERS" not in {tag for _, tag in said}:
            raise Failed(f"zonemaster of {zone} says {sorted(bad) or said[:5]}")

    # --- all of them ---

    def measure(self, only: str | None) -> dict:
        measures = {"blackbox": self.blackbox, "dnsviz": self.dnsviz,
                    "dnsviz-many": self.dnsviz_many, "zonemaster": self.zonemaster,
                    "zonemaster-many": self.zonemaster_many}
        chosen = [name for name in measures if name.split("-")[0] == (only or name.split("-")[0])]
        ours: list[dict] = []
        theirs: dict[str, list[Cost]] = {name: [] for name in chosen}
        left_out = 0
        while len(ours) < self.arguments.runs:
            try:
                costs = self.costs_of_exporter()
                beside = {name: measures[name]() for name in chosen}
            except Failed as failure:
                print(f"a run is left out: {failure}", flush=True)
                left_out += 1
                if left_out > self.arguments.runs:
                    raise
                continue
            ours.append(costs)
            for name, cost in beside.items():
                theirs[name].append(cost)
            print(f"run {len(ours)}: exporter {1e6 * costs[ROUND, 'server'].cpu:,.0f}, "
                  + ", ".join(f"{name} {1e6 * cost.cpu:,.0f}" for name, cost in beside.items())
                  + " µs", flush=True)
        return table(ours, theirs)


def table(ours: list[dict], theirs: dict[str, list[Cost]]) -> dict:
    """Prints the costs and how many times ours they are; the ratios."""
    print("\n| | per | CPU µs, least | median | greatest | exchanges |\n|---|---|---|---|---|---|")

    def line(title: str, unit: str, costs: list[Cost]) -> None:
        exchanges = sum(cost.exchanges for cost in costs) / len(costs)
        print(f"| {title} | {unit} | {shown([1e6 * cost.cpu for cost in costs])} "
              f"| {exchanges:,.1f} |")

    for title, unit in ours[0]:
        line(title, unit, [costs[title, unit] for costs in ours])
    for name, costs in theirs.items():
        line(ROWS[name].title, ROWS[name].unit, costs)
    print("\n| times the exporter's CPU | beside | least | median | greatest | wanted |\n"
          "|---|---|---|---|---|---|")
    result = {}
    for name, costs in theirs.items():
        row = ROWS[name]
        for title in (ROUND, FIRST):
            result[f"{name} / {title}"] = found = ratios(
                [cost.cpu for cost in costs], [each[title, row.unit].cpu for each in ours])
            wanted = f"{row.wanted:,.0f}" if row.wanted and title == ROUND else ""
            print(f"| {row.title} | {title} | {shown(found)} | {wanted} |")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build-dir", dest="build", type=pathlib.Path,
                        default=ROOT / "build" / "release")
    parser.add_argument("--only", choices=[*PROGRAMS, "engine"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sample", type=int, default=50, help="zones that dnsviz probes at once; "
                        "a tenth of them has a process each, 30 times as many servers are probed")
    parser.add_argument("--interval", type=int, default=20, help="of the exporter, in seconds")
    parser.add_argument("--queries", type=int, default=200_000, help="of the engine and dnsperf")
    parser.add_argument("--json", type=pathlib.Path, help="also write the ratios to this file")
    arguments = parser.parse_args()
    arguments.build, arguments.workers = arguments.build.resolve(), 0
    if not enter_namespace():
        print("this needs a network namespace: as root, or where users may make them")
        return 2
    results: dict = {}
    try:
        if arguments.only != "engine":
            for name, program in PROGRAMS.items():
                if arguments.only in (None, name):
                    worlds.program(program)
            worlds.files()
            world = worlds.make(arguments.build, 1438)
            if arguments.only in (None, "dnsviz"):
                own_root_hints(world.directory / "hints.zone")
            with tempfile.TemporaryDirectory(prefix="dnszone-") as work, world.served():
                peers = Peers(arguments, world, pathlib.Path(work))
                print(f"{world.shape()}; {peers.sample_shape()}", flush=True)
                results["world"] = peers.measure(arguments.only)
        if arguments.only in (None, "engine"):
            results["engine"] = engine.measure(arguments.build, arguments.queries, arguments.runs)
    except Failed as failure:
        print(f"FAULT {failure}")
        return 1
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
