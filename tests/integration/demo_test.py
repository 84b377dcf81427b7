#!/usr/bin/env python3
"""The demo end to end: the lab's world, the real exporter, Prometheus, Alertmanager, the shipped rules,
routing and dashboards. Closes with 'N passed, N failed, N skipped'.

    demo_test.py --build-dir BUILD [--keep DIR]
"""

import argparse
import json
import pathlib
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "lab"), str(ROOT / "dashboards")]
sys.dont_write_bytecode = True
import demo  # noqa: E402
import test as dashboard_test  # noqa: E402  (dashboards/test.py)
from labtools import Results, enter_namespace, wait_until, work_directory  # noqa: E402
from monitoring import wait_for  # noqa: E402

# Alert and zone (or address) that must fire in the lab's world.
EXPECTED = {
    ("DNSZoneUnreachable", "all-dead.lab"),
    ("DNSNameserverLame", "refused.lab"), ("DNSNameserverLame", "lame-nxdomain.lab"),
    ("DNSNameserverLame", "lame-upward.lab"), ("DNSNameserverLame", "no-aa.lab"),
    ("DNSNameserverServfail", "servfail.lab"),
    ("DNSNameserverDown", "dead-server.lab"), ("DNSNameserverDown", "nobody.lab"),
    ("DNSNameserverTCPFailing", "tcp-servfail.lab"), ("DNSNameserverTCPFailing", "tcp-timeout.lab"),
    ("DNSNameserverTCPFailing", "tcp-refused.lab"),
    ("DNSNameserverUDPFailing", "udp-timeout.lab"),
    ("DNSZoneSerialLag", "stale.lab"),
    ("DNSZoneNotDelegated", "undelegated.lab"),
    ("DNSZoneCriticalFinding", "dangling.lab"),
    ("DNSDelegationNameUnresolvable", "no-address.lab"),
    ("DNSDelegationMismatch", "ns-differ.lab"), ("DNSDelegationGlueMismatch", "glue-differs.lab"),
    ("DNSNameserverEDNSFailing", "no-edns.lab"), ("DNSNameserverSlow", "slow.lab"),
    ("DNSSECSignatureExpired", "expired.lab"), ("DNSSECSignatureExpiring", "expiring.lab"),
    ("DNSServerDownForManyZones", "127.53.90.2"),
}
# Zones whose faults no alert is about, and healthy ones.
QUIET = re.compile(r"^(\.|lab|shop|hoster|provider\.hoster|.*\.shop|one-server\.lab)$")

# What is chosen on a dashboard so that all its panels have data, in one example or another.
EXAMPLES = {
    "zone.json": [{"zone": zone} for zone in ("expiring.lab", "stale.lab", "all-dead.lab", "outside.shop")],
    # A dead server of many zones, and one that serves expired signatures.
    "nameserver.json": [{"zone": ".*", "address": address} for address in ("127.53.90.2", "127.53.82.2")],
}

# Panels that the demo cannot fill, and what would.
WITHOUT_DATA = {
    ("zone.json", "Last changes"): "a serial, keys or DS that change while the exporter runs",
}


def subject(labels: dict) -> str:
    return labels.get("zone") or labels.get("address") or labels.get("instance", "")


def processes_of(directory: pathlib.Path) -> list[str]:
    """Command lines of running processes that name `directory`, other than this one's."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(directory) in command and "demo" not in command and "demo_test" not in command:
            found.append(command)
    return found


def alerts(running: demo.Demo, results: Results) -> None:
    prometheus = running.monitoring

    def missing() -> object:
        firing = {(labels["alertname"], subject(labels)) for labels in prometheus.firing()}
        return True if EXPECTED <= firing else sorted(EXPECTED - firing)

    with results.test("alerts", f"{len(EXPECTED)} alerts of the world fire"):
        wait_for("every expected alert fires", missing, 240, running.watched)
    firing = prometheus.firing()
    with results.test("quiet", "healthy zones and the watcher raise none"):
        noise = [labels for labels in firing
                 if (QUIET.match(labels.get("zone", "")) and labels["scope"] != "sla")
                 or labels["scope"] in ("exporter", "vantage")]
        assert not noise, noise
    with results.test("texts", "every alert's text is whole"):
        for alert in prometheus.alerts():
            for text in alert["annotations"].values():
                assert "<error" not in text and "<no value>" not in text and "%!" not in text, text
    with results.test("rules", "every rule evaluates"):
        assert not prometheus.rule_faults(), prometheus.rule_faults()


def dashboards(running: demo.Demo, results: Results) -> None:
    """Every expression and every variable of the dashboards gives data here, with one of the examples;
    but those in WITHOUT_DATA, lest the table grow old. What rules record each hour comes in a minute."""
    for name, board in dashboard_test.DASHBOARDS.items():
        examples = EXAMPLES.get(name, [{"zone": ".*"}])
        with results.test(f"dashboard {name}", "every panel's queries give data"):
            wait_for("every query gives what it should",
                     lambda: faults_of(running, name, board, examples) or True, 90, running.watched)
        with results.test(f"variables {name}", "every variable has values, and the examples are among them"):
            for variable in board["templating"]["list"]:
                if variable["type"] == "query":
                    values = values_of(running, variable["definition"])
                    wanted = {example[variable["name"]] for example in examples
                              if variable["name"] in example} - {".*"}
                    assert values and wanted <= values, f"{variable['name']}: {wanted - values} of {values}"


def faults_of(running: demo.Demo, name: str, board: dict, examples: list[dict]) -> list[str]:
    faults = []
    for panel in board["panels"]:
        expected = (name, panel["title"]) not in WITHOUT_DATA
        for target in panel.get("targets", []):
            found = any(series(running, target["expr"], example) for example in examples)
            if found != expected:
                faults.append(f"{panel['title']} is {'' if expected else 'not '}empty: {target['expr']}")
    return faults


def series(running: demo.Demo, expr: str, chosen: dict) -> int:
    text = dashboard_test.substituted(expr, __rate_interval="20s", **chosen)
    return len(running.monitoring.query(text))


def values_of(running: demo.Demo, definition: str) -> set[str]:
    metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", definition).groups()
    return {labels[label] for labels, _ in
            running.monitoring.query(f'group by ({label}) ({metric}{{{label}!=""}})')}


def notifications(running: demo.Demo, results: Results) -> None:
    with results.test("muted", "the dead server's zones are heard as one server"):
        heard = {(labels["alertname"], subject(labels)) for _, labels in running.monitoring.receiver.heard()}
        assert ("DNSServerDownForManyZones", "127.53.90.2") in heard, heard
        assert not {("DNSNameserverDown", f"shared{n}.lab") for n in range(1, 11)} & heard, heard
        assert ("DNSNameserverDown", "all-dead.lab") not in heard, heard


def command_line(build: pathlib.Path, directory: pathlib.Path, results: Results) -> None:
    command = [sys.executable, "-B", ROOT / "tests/lab/demo.py", "--build-dir", build, "--dir"]
    with results.test("exit when firing", "ends with 0 once six alerts fire, and ends what it started"):
        place = directory / "a"
        done = subprocess.run([*command, place, "--exit-when-firing", "6", "--timeout", "200"],
                              capture_output=True, text=True, timeout=400)
        assert done.returncode == 0, done.stdout + done.stderr
        for part in ("each minute made a second", "/alerts", "different alerts fire", "dead-server.lab"):
            assert part in done.stdout, f"no '{part}' in\n{done.stdout}"
        assert not processes_of(place), processes_of(place)
    with results.test("timeout", "ends with 1 when fewer fire in time"):
        done = subprocess.run([*command, directory / "b", "--exit-when-firing", "1000",
                               "--timeout", "3"], capture_output=True, text=True, timeout=400)
        assert done.returncode == 1 and "fewer than 1000" in done.stdout, done.stdout + done.stderr
    with results.test("interrupt", "Ctrl-C ends it with 0, and ends what it started"):
        place = directory / "c"
        with subprocess.Popen([*command, place], stdout=subprocess.PIPE, text=True) as child:
            try:
                assert any("Notifications, as" in line for line in child.stdout), "never came up"
                child.send_signal(signal.SIGINT)
                rest = child.stdout.read()
                assert child.wait(60) == 0 and "ended" in rest, rest
            finally:
                child.kill()
        wait_until("all processes are gone", lambda: not processes_of(place), 10)
    with results.test("failure", "a program that cannot start is reported, and nothing stays"):
        place = directory / "d"
        done = subprocess.run([*command[:-2], "/nonexistent", "--dir", place], capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 1 and "demo: " in done.stderr, done.stdout + done.stderr
        assert not processes_of(place), processes_of(place)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    parser.add_argument("--keep", help="a directory for all files, kept")
    options = parser.parse_args()
    enter_namespace()
    results = Results()
    build = options.build_dir.resolve()
    with work_directory(options.keep) as directory:
        with demo.directory_for(directory) as place, demo.Demo(build, place).start() as running:
            alerts(running, results)
            notifications(running, results)
            dashboards(running, results)
            (directory / "firing.json").write_text(json.dumps(running.monitoring.firing(), indent=1))
        command_line(build, directory, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
