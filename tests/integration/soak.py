"""A healthy world under observation for a while: no finding above notice, no missed interval, and
memory that stays. Used by daemon_test.py for half a minute and by ./dev bench soak for five."""

import pathlib
import time

from labtools import Exporter, Failed, Lab, write_config

QUIET = ("info", "notice")


class Soak:
    """One run: `zones` healthy zones with three servers each, surveyed every `interval` seconds."""

    def __init__(self, build: pathlib.Path, directory: pathlib.Path, own_namespace: bool, zones: int,
                 interval: int, loss: float, timeout: str = "2s", thresholds: str = "{}"):
        self.build = build
        self.directory = directory
        self.own_namespace = own_namespace
        self.zones = zones
        self.interval = interval
        self.loss = loss
        self.timeout = timeout  # three attempts must fit into 0.8 of the interval
        self.thresholds = thresholds
        self.memory: list[tuple[float, float]] = []  # seconds since the first full round, octets
        self.surveys: dict[str, list[float]] = {}
        self.loud: set[str] = set()
        self.missed = 0.0

    def run(self, seconds: int, port: int) -> list[str]:
        """Faults that were seen; empty is good."""
        with Lab(self.build, self.directory / "lab", self.own_namespace, "--healthy-zones",
                 str(self.zones), "--loss", str(self.loss)) as lab:
            config = write_config(self.directory / "soak.yaml", lab,
                                  [zone for zone in lab.zones if zone not in (".", "bench")],
                                  interval=f"{self.interval}s", timeout=self.timeout,
                                  thresholds=self.thresholds)
            with Exporter(self.build, config, port) as exporter:
                self._wait_for_first_round(exporter)
                self._watch(exporter, seconds)
        return self._faults(seconds)

    def _wait_for_first_round(self, exporter: Exporter) -> None:
        deadline = time.monotonic() + 4 * self.interval + 30
        while len(exporter.metrics().select("dnszone_zone_last_survey_timestamp_seconds")) < self.zones:
            if time.monotonic() > deadline:
                raise Failed("not every zone was surveyed in the first rounds")
            time.sleep(0.2)

    def _watch(self, exporter: Exporter, seconds: int) -> None:
        start = time.monotonic()
        before = exporter.metrics().value("dnszone_exporter_missed_intervals_total")
        while (passed := time.monotonic() - start) < seconds:
            metrics = exporter.metrics()
            self.memory.append((passed, metrics.value("process_resident_memory_bytes")))
            for labels, when in metrics.select("dnszone_zone_last_survey_timestamp_seconds"):
                seen = self.surveys.setdefault(labels["zone"], [])
                if not seen or seen[-1] != when:
                    seen.append(when)
            for labels, _ in metrics.select("dnszone_finding"):
                if labels["severity"] not in QUIET:
                    self.loud.add(" ".join(labels[key] for key in
                                           ("severity", "check", "zone", "nameserver", "address",
                                            "transport") if labels.get(key)))
            self.missed = metrics.value("dnszone_exporter_missed_intervals_total") - before
            time.sleep(min(1, self.interval / 2))  # how often is looked, not what is waited for

    def _faults(self, seconds: int) -> list[str]:
        faults = [f"finding: {finding}" for finding in sorted(self.loud)]
        if self.missed:
            faults.append(f"{self.missed:g} intervals were missed")
        least = seconds // self.interval - 1
        slow = [zone for zone, seen in self.surveys.items() if len(seen) < least]
        if slow or len(self.surveys) < self.zones:
            faults.append(f"{len(slow)} zones were surveyed less than {least} times, such as "
                          f"{slow[:3]}; {len(self.surveys)} of {self.zones} were seen")
        return faults

    def memory_at(self, seconds: float) -> float:
        """The greatest resident size within 10 s before that moment."""
        return max(size for when, size in self.memory if seconds - 10 <= when <= seconds)
