"""A healthy world under the shipped alerts for six hours, each minute made a second: one in twenty UDP
queries is lost, the exporter is restarted after two hours and Prometheus after four. No alert may fire and
nobody be notified. Then the exporter ends for good, which must be notified: so silence meant something.

Compressed like the rules are the exporter's intervals, so that there are as many rounds, scrapes and
evaluations in an hour as in earnest. A question is asked as often as in earnest until it counts as
unanswered, so that it fails as rarely in a round. Its timeout is longer than a sixtieth of two seconds, since
a busy machine takes its time, but five fit in a round. Lifetimes of signatures and the exporter's thresholds
stay. Resolvers are left out: their quarter of an hour cannot be compressed."""

import json
import pathlib
import time

from labtools import Exporter, Failed, Lab, free_port, write_config
from monitoring import Monitoring, fail_if_ended, wait_for

# A second each: a round, as a minute in earnest.
SETTINGS = {"interval": "1s", "delegation_interval": "5s", "slow_interval": "1m", "attempts": "3",
            "timeout": "150ms"}
LEAST_SCRAPED = 0.9  # of the seconds; the restarts and their gaps take some ten
# What must be heard when nobody looks any more.
THE_END = {"DNSZoneExporterDown", "DNSZoneExporterNoData"}
THE_END_SECONDS = 60
MOST_TOLD = 10  # alerts; one fault may raise one at every server
SCRAPE_FAILS_SECONDS = 10

PROVIDER = "provider.quiet."
KINDS = [
    {"signed": True},
    {"signed": True, "denial": "nsec3"},
    {"signed": True, "denial": "nsec3-opt-out"},
    {"signed": True, "algorithm": "rsasha256"},
    {"signed": True, "signature_lifetime_hours": 48},  # as online signers make them
    {"signed": True, "compact": "nxname"},  # denies as online signers do
    {"signed": False},
    {"signed": True, "hosted": True},
]


def server(name: str, network: int, host: int) -> dict:
    """Over both families; the lab leaves IPv6 out where it has none."""
    return {"name": name, "address": [f"127.57.{network}.{host}", f"fd57::{network:x}:{host:x}"]}


def world(count: int) -> dict:
    """`count` healthy zones with three servers each, of every kind about as many, below a root and a
    top-level domain. One provider serves those that are hosted."""
    root = [server(f"{letter}.root-servers.", 0, 1 + i) for i, letter in enumerate("abc")]
    provider = [server(f"ns{i}.{PROVIDER}", 0, 10 + i) for i in range(1, 4)]
    zones = [{"zone": ".", "title": "The root", "signed": True, "servers": root},
             {"zone": "quiet.", "title": "The top-level domain", "signed": True,
              "servers": [server("a.nic", 0, 4), server("b.nic", 0, 5)]},
             {"zone": PROVIDER, "title": "Who serves other zones", "signed": True,
              "servers": provider}]
    for i in range(count):
        kind = dict(KINDS[i % len(KINDS)])
        own = [server(f"ns{j}", 1 + i, j) for j in range(1, 4)]
        zones.append({"zone": f"zone{i}.quiet.", "title": "A healthy zone",
                      "servers": provider if kind.pop("hosted", False) else own, **kind})
    return {"zones": zones}


class Quiet:
    """One run; `note` afterwards says how much was lost and what came nearest to an alert."""

    def __init__(self, build: pathlib.Path, directory: pathlib.Path, own_namespace: bool, zones: int,
                 loss: float, seed: int):
        directory.mkdir(parents=True, exist_ok=True)
        self.build = build
        self.directory = directory
        self.own_namespace = own_namespace
        self.zones = zones
        self.loss = loss
        self.seed = seed
        self.port = free_port()
        self.rule_faults: set[str] = set()
        self.note = ""

    def run(self, seconds: int) -> list[str]:
        """Faults that were seen; empty is good."""
        path = self.directory / "world.yaml"
        path.write_text(json.dumps(world(self.zones), indent=1))
        with Lab(self.build, self.directory / "lab", self.own_namespace, "--world", str(path),
                 "--loss", str(self.loss), "--seed", str(self.seed)) as self.lab:
            self.config = write_config(self.directory / "quiet.yaml", self.lab, self.lab.zones,
                                       **SETTINGS)
            self._start_exporter()
            try:
                with Monitoring(self.directory, self.exporter.address) as self.monitoring:
                    return self._six_hours(seconds)
            finally:
                self.exporter.__exit__()

    def _six_hours(self, seconds: int) -> list[str]:
        began = time.time()
        self._watch(seconds / 3)
        self._end_exporter()
        wait_for("a scrape fails", lambda: self.monitoring.query("up == 0") != [],
                 SCRAPE_FAILS_SECONDS, [self.lab])
        self._start_exporter()
        self._watch(seconds / 3)
        self.monitoring.restart_prometheus()
        self._watch(began + seconds - time.time())
        faults = self._judge(began)
        self._end_exporter()
        return faults + self._hear_the_end()

    def _start_exporter(self) -> None:
        self.exporter = Exporter(self.build, self.config, self.port).__enter__()

    def _end_exporter(self) -> None:
        self.exporter.__exit__()
        if self.exporter.child.returncode != 0:
            raise Failed(f"the exporter ended with {self.exporter.child.returncode}")

    def _watch(self, seconds: float) -> None:
        """For so long; what alerts do meanwhile, Prometheus remembers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            fail_if_ended([self.lab, self.exporter])
            self.rule_faults.update(self.monitoring.rule_faults())
            time.sleep(1)  # the pace at which the rules are evaluated

    def _judge(self, began: float) -> list[str]:
        """What should not have been since `began`, and whether there was anything to see."""
        query = self.monitoring.query
        seconds = time.time() - began
        window = f"{seconds:.0f}s"
        faults = [f"rule fails: {fault}" for fault in sorted(self.rule_faults)]
        fired = query(f'min_over_time(timestamp(ALERTS{{alertstate="firing",severity!="none"}})'
                      f"[{window}:1s])")
        for labels, when in sorted(fired, key=lambda alert: alert[1])[:MOST_TOLD]:
            faults.append(f"fired in minute {when - began:.0f}: {describe(labels)}"
                          + self._values(labels, when, began))
        if len(fired) > MOST_TOLD:
            faults.append(f"{len(fired)} alerts fired, these first")
        faults += sorted({f"notified {receiver}: {describe(labels)}"
                          for receiver, labels in self.monitoring.receiver.heard()})[:MOST_TOLD]
        [(_, scraped)] = query(f"sum(sum_over_time(up[{window}]))")
        if scraped < LEAST_SCRAPED * seconds:
            faults.append(f"only {scraped:g} scrapes in {window}")
        queries, timeouts = (query(f'sum(max_over_time({name}{{transport="udp"}}[{window}]))')[0][1]
                             for name in ("dnszone_nameserver_queries_total",
                                          "dnszone_nameserver_query_timeouts_total"))
        pending = query(f'sort_desc(max by (alertname) (count_over_time(ALERTS{{alertstate="pending"}}'
                        f"[{window}])))")
        self.note = f"{timeouts / queries:.1%} of {queries:.0f} UDP queries lost; pending at most: "
        self.note += ", ".join(f"{labels['alertname']} {count:.0f} min" for labels, count in pending)
        return faults

    def _values(self, labels: dict, when: float, began: float) -> str:
        """What the alert's expression gave for these labels when it became pending and when it fired."""
        text = ""
        for rule in self.monitoring.rules():
            if rule["name"] != labels["alertname"] or not rule["labels"].items() <= labels.items():
                continue
            text += f"\n  {rule['query']}"
            for at in (when - rule["duration"], when):
                values = [value for have, value in self.monitoring.query(rule["query"], at)
                          if all(labels.get(key) == have[key] for key in have if key != "__name__")]
                text += f"\n  in minute {at - began:.0f}: {values or 'nothing'}"
        return text

    def _hear_the_end(self) -> list[str]:
        """The exporter is gone for good. That must be notified, or the silence before meant nothing."""
        def missing() -> object:
            heard = {labels["alertname"] for _, labels in self.monitoring.receiver.heard()}
            return True if THE_END <= heard else sorted(THE_END - heard)

        try:
            wait_for("the exporter's end is notified", missing, THE_END_SECONDS, [self.lab])
        except Failed as error:
            return [str(error)]
        return []


def describe(labels: dict) -> str:
    return labels["alertname"] + "".join(f" {key}={value}" for key, value in sorted(labels.items())
                                         if key not in ("alertname", "alertstate", "job"))
