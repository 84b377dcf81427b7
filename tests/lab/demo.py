#!/usr/bin/env python3
"""A DNS world full of faults, the exporter, Prometheus and Alertmanager, all on loopback.

    demo.py --build-dir BUILD [--dir DIR] [--exit-when-firing N --timeout S]

Stays until Ctrl-C and shows alerts as they fire and notifications as they leave. The rules are the
shipped ones with each minute made a second, so that what takes an hour takes a minute. With
--exit-when-firing it ends with 0 as soon as N different alerts fire, and with 1 after --timeout. However
it ends, it ends everything it started.
"""

import argparse
import contextlib
import datetime
import pathlib
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "integration")]
sys.dont_write_bytecode = True
from labtools import LAB_PORT, Exporter, Failed, Lab  # noqa: E402
from monitoring import Monitoring, fail_if_ended, wait_for  # noqa: E402

ENOUGH = 6  # different alerts until the summary is shown
LAB_ADDRESS = "127.53.0.1"
SURVEY_SECONDS = 120
MARKER = ".dnszone-demo"  # in a directory that the next demo may remove
# What the exporter of the demo does differently: it looks often enough for compressed rules.
CONFIG = """\
# Written by the demo: every zone of the lab, surveyed often.
zone_files: ["{directory}/zones.txt"]
defaults:
  interval: 8s
  delegation_interval: 15s
  slow_interval: 1m
  attempts: 2
  timeout: 2s
  thresholds: {{serial_drift: 10s}}
resolution:
  root_hints: "{directory}/root.hints"
  trust_anchor_file: "{directory}/anchor.key"
  port: {port}
  allow: [127.0.0.0/8]
pacing: {{queries_per_second: 0}}
resolvers: [{{address: {resolver}, port: {port}, name: lab-resolver}}]
vantage: {{name: lab}}
"""


class Interrupted(Exception):
    """Ctrl-C, or SIGTERM."""


def free_port(wanted: int, address: str = "127.0.0.1") -> int:
    """`wanted`, or the next port above it that nobody uses, over TCP and UDP."""
    for port in range(wanted, min(wanted + 200, 65536)):
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    if kind == socket.SOCK_STREAM:
                        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind((address, port))
            return port
        except OSError:
            pass
    raise Failed(f"no free port from {wanted} on")


_output = threading.Lock()  # notifications come on threads of their own


def say(text: str = "") -> None:
    with _output:
        print(text, flush=True)


def show_notification(notification: dict) -> None:
    """One line for each notification that leaves Alertmanager, without those on service levels: all
    the broken zones would use up theirs within minutes."""
    labels = notification["groupLabels"]
    alerts = [alert for alert in notification["alerts"] if alert["labels"]["scope"] != "sla"]
    if not alerts:
        return
    names = sorted({alert["labels"]["alertname"] for alert in alerts})
    about = labels.get("zone") or labels.get("address") or ""
    now = datetime.datetime.now().strftime("%H:%M:%S")
    text = alerts[0]["annotations"]["summary"] if len(alerts) == 1 else \
        f"{about}: {len(alerts)} alerts ({', '.join(names)})"
    say(f"{now}  {notification['receiver']:6} {notification['status']:8} {text}")


def by_name(firing: list[dict]) -> dict[str, list[dict]]:
    names: dict[str, list[dict]] = {}
    for labels in firing:
        names.setdefault(labels["alertname"], []).append(labels)
    return dict(sorted(names.items()))


def subjects(alerts: list[dict], most: int = 6) -> str:
    """The zones, else the addresses or whatever an alert is about."""
    found = sorted({a.get("zone") or a.get("address") or a.get("instance") or "-" for a in alerts})
    text = " ".join(found[:most])
    return text + (f" and {len(found) - most} more" if len(found) > most else "")


def show_firing(firing: list[dict]) -> None:
    names = by_name(firing)
    say(f"\n{len(names)} different alerts fire, {len(firing)} in all:")
    for name, alerts in names.items():
        severity = "critical" if any(a["severity"] == "critical" for a in alerts) else alerts[0]["severity"]
        say(f"  {severity:8} {name:32} {subjects(alerts)}")
    say()


class Demo:
    """Everything running; built up and torn down by start()."""

    def __init__(self, build: pathlib.Path, directory: pathlib.Path):
        self.build, self.directory = build, directory

    @contextlib.contextmanager
    def start(self):
        say("starting: nameservers, exporter, Prometheus, Alertmanager ...")
        with contextlib.ExitStack() as stack:
            self.lab = stack.enter_context(
                Lab(self.build, self.directory / "lab", False, "--world", str(HERE / "world.yaml"),
                    port=free_port(LAB_PORT, LAB_ADDRESS)))
            config = self.directory / "exporter.yml"
            config.write_text(CONFIG.format(directory=self.lab.directory, port=self.lab.port,
                                            resolver=self.lab.world["resolver"]))
            self.exporter = stack.enter_context(Exporter(self.build, config, free_port(10053)))
            # Compressed rules would call a first round blindness.
            wait_for("every zone is surveyed", self._surveyed, SURVEY_SECONDS,
                     [self.lab, self.exporter])
            self.monitoring = stack.enter_context(
                Monitoring(self.directory, self.exporter.address, free_port(9090), free_port(9093),
                           show_notification))
            self.watched = [self.lab, self.exporter, *self.monitoring.processes]
            self._introduce()
            yield self

    def _surveyed(self) -> object:
        """True when no zone waits for its first survey; else how many do."""
        pending = self.exporter.metrics().select("dnszone_exporter_zones", state="pending")
        return True if [value for _, value in pending] == [0] else pending

    def _introduce(self) -> None:
        zones = [zone for zone in self.lab.world["zones"] if "skipped" not in zone]
        broken = [zone for zone in zones if zone["expect"]]
        examples = "\n".join(f"  {zone['zone']:20} {zone['title']}" for zone in broken[:8])
        say(f"""
A DNS world on 127.53.0.0/16, port {self.lab.port}: {len(zones) - len(broken)} healthy zones, {len(broken)} broken ones, such as

{examples}

  exporter      http://{self.exporter.address}/  (also /zones/refused.lab, /metrics)
  Prometheus    http://127.0.0.1:{self.monitoring.port}/alerts
  Alertmanager  http://127.0.0.1:{self.monitoring.alertmanager_port}/
  files         {self.directory}
  ask a server  dig @127.53.10.2 -p {self.lab.port} refused.lab SOA +norecurse
  ask for all   {self.build}/exporter/dnszone_exporter check --config.file={self.exporter.config} refused.lab

The rules are the shipped ones with each minute made a second: what fires here after three seconds
fires after three minutes in earnest. Notifications, as Alertmanager sends them (those on service
levels are left out here):
""")

    def watch(self, exit_when_firing: int | None, timeout: float) -> int:
        """Until interrupted, or until so many alerts fire. The exit status."""
        deadline = time.monotonic() + timeout
        known: set[str] = set()
        while True:
            fail_if_ended(self.watched)
            firing = self.monitoring.firing()
            names = {labels["alertname"] for labels in firing}
            if len(names) >= (exit_when_firing or ENOUGH) and names - known:
                show_firing(firing)
                known |= names
                if exit_when_firing:
                    return 0
            if exit_when_firing and time.monotonic() > deadline:
                show_firing(firing)
                say(f"fewer than {exit_when_firing} different alerts after {timeout:g} s")
                return 1
            time.sleep(1)  # the pace at which the rules are evaluated


@contextlib.contextmanager
def directory_for(path: pathlib.Path | None):
    """A new directory `demo` in `path`, in place of an earlier demo's, and kept; or one that is removed
    at the end. Short, below /tmp: control sockets of real servers lie in it."""
    if not path:
        with tempfile.TemporaryDirectory(prefix="dnszone-demo-") as made:
            yield pathlib.Path(made)
        return
    place = path.resolve() / "demo"
    if place.exists():
        if not (place / MARKER).exists():
            raise Failed(f"{place} exists and is not of an earlier demo")
        shutil.rmtree(place)
    place.mkdir(parents=True)
    (place / MARKER).touch()
    yield place


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(*_) -> None:
    """The first one ends the demo; what comes while it ends must not disturb the ending."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    parser.add_argument("--dir", type=pathlib.Path, help="keep all files in DIR/demo, instead of removing them")
    parser.add_argument("--exit-when-firing", type=int, metavar="N")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS",
                        help="with --exit-when-firing; default 300")
    options = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, interrupt)
    try:
        with directory_for(options.dir) as directory:
            with Demo(options.build_dir.resolve(), directory).start() as demo:
                return demo.watch(options.exit_when_firing, options.timeout)
    except Interrupted:
        say("\nended")
        return 0
    except (Failed, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
