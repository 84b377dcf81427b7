#!/usr/bin/env python3
"""Alerts end to end: a world whose faults begin and end, the real exporter, Prometheus and Alertmanager
with the shipped rules and routing, each minute made a second. What people hear of each fault, and what
is muted, must be exactly what the table says; after recovery nothing more. Closes with 'N passed, N
failed, N skipped'.

    alerts_test.py --build-dir BUILD [--keep DIR]

What fires after six hours, which are six minutes here, is left out: the test ends before. So are service
levels, in which an outage stays for weeks.
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
from alerts_table import FAULTS, Alert, described, expected  # noqa: E402
from labtools import (Exporter, Failed, Lab, Results, enter_namespace, free_port,  # noqa: E402
                      wait_until, work_directory, write_config)
from monitoring import Monitoring, wait_for  # noqa: E402

WORLD = ROOT / "tests" / "lab" / "world_alerts.yaml"
RECORDED = "zone:dnszone_unreachable:ratio"  # there once Prometheus scrapes and evaluates
UNWATCHED = {"chain.lab"}
# What is different for some zones, in YAML's flow form.
SETTINGS = {
    "one-dead.lab": "thresholds: {dead_listed: 5s}",
    "slow.lab": "thresholds: {response_time_udp: 50ms, response_time_tcp: 50ms}",
    # Counted from the switch to the faults, and anew from the switch back: longer than recovery takes.
    "not-updated.lab": "thresholds: {update_age: 70s}",
    # That its DS is missing would be told six hours after the world begins.
    "island.lab": "checks: {disable: [sec-ds-present]}",
}
# A round is two minutes to the compressed rules. A dead server is given up within a third of it, so that
# what follows a failure fits in.
DEFAULTS = {"interval": "2s", "delegation_interval": "4s", "slow_interval": "4s", "attempts": "3",
            "timeout": "200ms",
            "thresholds": "{serial_drift: 5s, response_time_udp: 20s, response_time_tcp: 20s}"}
# A look at the vantage's own network takes up to two seconds, which nothing compresses, and must fit into
# what a round keeps back for it, a fifth of the interval.
PATIENT = DEFAULTS | {"interval": "12s"}

QUIET_SECONDS = 12  # longer than any critical alert waits
HOLD_SECONDS = 8  # more than a group interval: what else there was to tell has been told
BREAK_SECONDS = 130  # an hour until the last alert fires, and patience with a busy machine
HEAL_SECONDS = 90

IPV6_GONE = {Alert("ticket", "DNSZoneExporterVantageOffline", "ipv6 udp"),
             Alert("ticket", "DNSZoneExporterVantageOffline", "ipv6 tcp")}
KILLED = {Alert("page", "DNSZoneExporterNoData", ""), Alert("ticket", "DNSZoneExporterDown", "")}


class Listener:
    """What was heard since the last reset, each with how long after it that was."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.began = time.monotonic()
        self.times: dict[tuple[str, Alert], float] = {}

    def tell(self, body: dict) -> None:
        after = time.monotonic() - self.began
        for alert in body["alerts"]:
            self.times.setdefault((alert["status"], described(body["receiver"], alert["labels"])), after)

    def heard(self, status: str = "firing") -> set[Alert]:
        return {alert for which, alert in list(self.times) if which == status}

    def report(self, got: set[Alert], wanted: set[Alert], status: str = "firing") -> object:
        """True when equal; else what is missing and what is too much, with the time of the latter."""
        if got == wanted:
            return True
        lines = [f"missing  {alert}" for alert in sorted(wanted - got)]
        for alert in sorted(got - wanted):
            after = self.times.get((status, alert))
            lines.append(f"too much {alert}" + (f" after {after:.1f} s" if after is not None else ""))
        return "\n" + "\n".join(lines)


class Scene:
    """Everything running."""

    def __init__(self, lab: Lab, exporter: Exporter, monitoring: Monitoring, listener: Listener):
        self.lab: Lab = lab
        self.exporter: Exporter | None = exporter  # None while there is none
        self.monitoring, self.listener = monitoring, listener

    @property
    def watched(self) -> list:
        """What must not end by itself."""
        return [each for each in (self.lab, self.exporter, *self.monitoring.processes) if each]

    def switch(self, number: signal.Signals, state: str) -> None:
        self.lab.child.send_signal(number)
        wait_until(f"the lab is {state}", lambda: self.lab.ready.read_text().strip() == state, 30)

    def firing(self) -> list[Alert]:
        return sorted(described("", labels) for labels in self.monitoring.firing())

    def muted(self) -> set[Alert]:
        return {described("", labels) for labels in self.monitoring.suppressed()}

    def hear_exactly(self, heard: set[Alert], muted: set[Alert], seconds: float) -> None:
        """Until exactly `heard` was heard and `muted` is muted, and then for a while."""
        def difference() -> object:
            loud = self.listener.report(self.listener.heard(), heard)
            quiet = self.listener.report(self.muted(), muted)
            if loud is True and quiet is True:
                return True
            return f"\nheard:{loud}\nmuted:{quiet}"

        wait_for("exactly what is wanted is heard", difference, seconds, self.watched)
        self.hold(difference)

    def hold(self, condition) -> None:
        """`condition` stays True for a while."""
        until = time.monotonic() + HOLD_SECONDS

        def held() -> bool:
            now = condition()
            if now is not True:
                raise Failed(f"did not stay so: {now}")
            return time.monotonic() > until

        wait_for("stays so", held, 3 * HOLD_SECONDS, self.watched)

    def hear_the_end(self, heard: set[Alert], may_come: set[Alert]) -> None:
        """Until nothing fires and all of `heard` was told to be over. Alertmanager lists muted alerts of
        the same group in that message, too: `may_come`."""
        wait_for("nothing fires", lambda: not (firing := self.firing()) or
                 "\n" + "\n".join(map(str, firing)), HEAL_SECONDS, self.watched)
        wait_for("all is told to be over", lambda: self.listener.report(
            self.listener.heard("resolved") - (may_come - heard), heard, "resolved"), 60, self.watched)


def configure(path: pathlib.Path, lab: Lab, defaults: dict[str, str]) -> pathlib.Path:
    zones = [f"{{zone: {zone}, {SETTINGS[zone]}}}" if zone in SETTINGS else zone
             for zone in lab.zones if zone not in UNWATCHED]
    return write_config(path, lab, zones, **defaults)


def surveyed(exporter: Exporter) -> bool:
    return exporter.metrics().value("dnszone_exporter_zones", state="pending") == 0


def healthy(scene: Scene, results: Results) -> None:
    with results.test("healthy", "nothing fires, nothing is heard"):
        wait_for("series are recorded", lambda: bool(scene.monitoring.query(RECORDED)), 30,
                 scene.watched)
        began = time.monotonic()
        wait_for("quiet", lambda: True if time.monotonic() - began > QUIET_SECONDS else
                 scene.firing(), 60, scene.watched)
        assert not scene.listener.times and not scene.firing(), scene.listener.times


def faults(scene: Scene, results: Results) -> None:
    heard, muted = expected(FAULTS)
    scene.listener.reset()
    scene.switch(signal.SIGUSR1, "broken")
    with results.test("faults", f"{len(FAULTS)} faults: {len(heard)} alerts heard, {len(muted)} muted"):
        scene.hear_exactly(heard, muted, BREAK_SECONDS)
    with results.test("rules", "every rule evaluates"):
        assert not scene.monitoring.rule_faults(), scene.monitoring.rule_faults()
    before = scene.listener.heard()
    scene.switch(signal.SIGUSR2, "healthy")
    with results.test("recovery", "all that was heard is heard to resolve"):
        scene.hear_the_end(heard, muted)
    with results.test("no leak", "nothing else is heard while and after all recovers"):
        scene.hold(lambda: scene.listener.report(scene.listener.heard(), before))


def killed(scene: Scene, results: Results) -> None:
    scene.listener.reset()
    scene.exporter.child.kill()
    scene.exporter.child.wait()
    lost, scene.exporter = scene.exporter, None
    with results.test("exporter killed", "is heard, its zones are not"):
        scene.hear_exactly(KILLED, set(), 60)
    configure(lost.config, scene.lab, PATIENT)  # for what comes next
    scene.exporter = lost.__enter__()
    with results.test("exporter back", "is heard to be over, and nothing else"):
        scene.hear_the_end(KILLED, set())
        scene.hold(lambda: scene.listener.report(scene.listener.heard(), KILLED))


def ipv6_rule(*arguments: str) -> None:
    subprocess.run(["ip", "-6", "rule", *arguments], check=True)


def vantage(scene: Scene, results: Results) -> None:
    """Every IPv6 address becomes unreachable, also those of the root servers."""
    scene.listener.reset()
    ipv6_rule("add", "pref", "0", "unreachable")
    ipv6_rule("del", "pref", "0", "lookup", "local")
    with results.test("IPv6 of the vantage", "is heard as such, and nothing about zones"):
        scene.hear_exactly(IPV6_GONE, set(), 60)
    ipv6_rule("add", "pref", "0", "lookup", "local")
    ipv6_rule("del", "pref", "0", "unreachable")
    with results.test("IPv6 back", "is heard to be over, and nothing else"):
        scene.hear_the_end(IPV6_GONE, set())
        assert scene.listener.heard() == IPV6_GONE, scene.listener.times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    parser.add_argument("--keep", help="a directory for all files, kept")
    options = parser.parse_args()
    results = Results()
    if not enter_namespace():
        results.skip("alerts", "needs a network namespace of its own")
        results.close()
        return 0
    build = options.build_dir.resolve()
    listener = Listener()
    with work_directory(options.keep) as directory, \
            Lab(build, directory / "lab", True, "--world", str(WORLD), "--healthy-first") as lab:
        config = configure(directory / "exporter.yml", lab, DEFAULTS)
        with Exporter(build, config, free_port()) as exporter:
            # Compressed rules would call a first round blindness.
            wait_for("every zone is surveyed", lambda: surveyed(exporter), 60, [lab, exporter])
            with Monitoring(directory, exporter.address, tell=listener.tell,
                            service_levels=False) as monitoring:
                scene = Scene(lab, exporter, monitoring, listener)
                for phase in (healthy, faults, killed, vantage):
                    phase(scene, results)
                (directory / "notifications.json").write_text(
                    json.dumps(monitoring.receiver.notifications, indent=1))
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
