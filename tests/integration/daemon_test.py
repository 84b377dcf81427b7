#!/usr/bin/env python3
"""The daemon against the lab, with a real Prometheus and Alertmanager: gauges, alerts that fire and
reach the receiver, health, probe, reload, and a clean end. Closes with 'N passed, N failed'."""

import argparse
import contextlib
import json
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from labtools import (PATIENT, ROOT, Exporter, Lab, Results, enter_namespace, free_port,  # noqa: E402
                      wait_until, work_directory, write_config)
from monitoring import Monitoring  # noqa: E402
from soak import Soak  # noqa: E402

HEALTHY = ["programs.shop", "unsigned.shop", "powerdns.shop"]
BROKEN = ["refused.lab", "tcp-servfail.lab", "dead-server.lab", "tcp-refused.lab", "all-dead.lab",
          "stale.lab", "garbage.lab", "no-name.lab", "shared1.lab", "shared2.lab", "shared3.lab"]
FAST = {"interval": "2s", "delegation_interval": "4s", "timeout": "300ms", "attempts": "2",
        "thresholds": PATIENT}
ROUNDS_SECONDS = 60  # enough for three rounds of every zone, also under sanitizers


def of(nameserver: str, **labels: str) -> dict[str, str]:
    """Labels of a nameserver that is named after its zone."""
    return {"zone": nameserver.partition(".")[2], "nameserver": nameserver, **labels}


# (metric, labels, value): what a scrape must show once three rounds are over.
EXPECTED = [
    ("dnszone_nameserver_up", of("ns1.programs.shop", family="ipv4", transport="udp"), 1),
    ("dnszone_nameserver_up", of("ns2.refused.lab", transport="udp"), 0),
    ("dnszone_nameserver_rcode", of("ns2.refused.lab", transport="udp"), 5),
    ("dnszone_nameserver_result", of("ns2.refused.lab", transport="tcp"), 4),
    ("dnszone_nameserver_up", of("ns2.tcp-servfail.lab", transport="udp"), 1),
    ("dnszone_nameserver_result", of("ns2.tcp-servfail.lab", transport="tcp"), 3),
    ("dnszone_nameserver_result", of("ns2.dead-server.lab", transport="udp"), 1),
    ("dnszone_nameserver_result", of("ns2.tcp-refused.lab", transport="tcp"), 2),
    ("dnszone_nameserver_result", of("ns2.garbage.lab", transport="udp"), 9),
    ("dnszone_zone_nameservers_working", dict(zone="all-dead.lab", family="any"), 0),
    ("dnszone_zone_nameservers_working", dict(zone="programs.shop", family="any"), 3),
    ("dnszone_zone_delegated", dict(zone="unsigned.shop"), 1),
    ("dnszone_zone_ds_records", dict(zone="programs.shop"), 1),
    ("dnszone_nameserver_signed", of("ns3.programs.shop", family="ipv4"), 1),
    ("dnszone_nameserver_signed", of("ns1.unsigned.shop"), 0),
    ("dnszone_nameserver_addresses", dict(zone="no-name.lab", nameserver="gone.provider.hoster",
                                          family="ipv4"), 0),
    ("dnszone_finding", dict(zone="refused.lab", check="del-lame", severity="error",
                             nameserver="ns2.refused.lab"), 1),
]

# (alert, labels): what must fire in Prometheus, its minutes made seconds.
ALERTS = [("DNSNameserverLame", of("ns2.refused.lab")),
          ("DNSNameserverDown", of("ns2.dead-server.lab")),
          ("DNSNameserverTCPFailing", dict(zone="tcp-refused.lab")),
          ("DNSZoneUnreachable", dict(zone="all-dead.lab", severity="critical")),
          ("DNSServerDownForManyZones", dict(address="127.53.90.2"))]


def contains(whole: dict, part: dict) -> bool:
    return all(whole.get(key) == value for key, value in part.items())


# --- tests ---------------------------------------------------------------------------------------

def test_gauges(exporter: Exporter, zones: list[str], results: Results) -> None:
    def three_rounds():
        metrics = exporter.metrics()
        known = {labels["zone"] for labels, _ in
                 metrics.select("dnszone_zone_last_survey_timestamp_seconds")}
        return known == set(zones) and all(
            metrics.select("dnszone_finding", zone=zone, check=check, severity="error")
            for zone, check in (("dead-server.lab", "con-udp"), ("refused.lab", "del-lame")))

    with results.test("three rounds", "every zone is surveyed, and failures are confirmed"):
        wait_until("every zone was surveyed, and the failures are errors", three_rounds,
                   ROUNDS_SECONDS)
    metrics = exporter.metrics()
    for metric, labels, value in EXPECTED:
        with results.test(f"gauge {metric}", " ".join(labels.values())):
            seen = metrics.value(metric, **labels)
            assert seen == value, f"{seen} instead of {value}"
    with results.test("healthy zones", "no finding above notice"):
        loud = [labels for labels, _ in metrics.select("dnszone_finding")
                if labels["zone"] in HEALTHY and labels["severity"] not in ("info", "notice")]
        assert not loud, str(loud)
    with results.test("promtool check metrics"):
        done = subprocess.run(["promtool", "check", "metrics"], input=metrics.text, text=True,
                              capture_output=True)
        assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr


def test_alerts(exporter: Exporter, directory: pathlib.Path, results: Results) -> None:
    with Monitoring(directory, exporter.address) as monitoring:
        with results.test("Prometheus scrapes", "gauges arrive as they are"):
            def arrived():
                return all(any(contains(have, labels) and seen == value
                               for have, seen in monitoring.query(metric))
                           for metric, labels, value in EXPECTED)
            wait_until("Prometheus has every gauge with its value", arrived, 60, 0.5)
        for alert, labels in ALERTS:
            with results.test(f"alert {alert}", " ".join(labels.values())):
                wait_until(f"{alert} {labels} fires", lambda: any(
                    contains(firing, {"alertname": alert, **labels})
                    for firing in monitoring.firing()), 120, 0.5)
        with results.test("healthy zones", "no alert fires for them"):
            wrong = [labels for labels in monitoring.firing() if labels.get("zone") in HEALTHY]
            assert not wrong, str(wrong)
        with results.test("the page arrives", "Alertmanager notifies of the zone that is down"):
            wait_until("a notification of DNSZoneUnreachable", lambda: any(
                contains(alert["labels"], {"alertname": "DNSZoneUnreachable",
                                           "zone": "all-dead.lab"})
                for alert in monitoring.receiver.alerts()), 120, 0.5)
        with results.test("one page", "its servers' own alerts are muted"):
            muted = [alert["labels"] for alert in monitoring.receiver.alerts()
                     if alert["labels"].get("zone") == "all-dead.lab"
                     and alert["labels"].get("scope") == "nameserver"]
            assert not muted, str(muted)


def test_http(exporter: Exporter, results: Results) -> None:
    for path, status in (("/-/healthy", 200), ("/-/ready", 200), ("/", 200),
                         ("/zones/refused.lab", 200), ("/config", 200), ("/nothing", 404),
                         ("/api/v1/zones/not-configured.test", 404)):
        with results.test(f"GET {path}", str(status)):
            seen, text = exporter.get(path)
            assert seen == status, f"{seen}: {text[:300]}"
    with results.test("GET /api/v1/zones/refused.lab", "agrees with the metrics"):
        zone = json.loads(exporter.get("/api/v1/zones/refused.lab")[1])
        assert zone["status"] == "errors", zone["status"]
        assert any(finding["check"] == "del-lame" for finding in zone["findings"]), zone["findings"]
    with results.test("probe", "a configured zone: 200 and success"):
        status, text = exporter.get("/probe?target=unsigned.shop")
        assert status == 200 and "\nprobe_success 1" in text, f"{status}: {text[-300:]}"
    with results.test("probe of a dead zone", "200 without success"):
        status, text = exporter.get("/probe?target=all-dead.lab")
        assert status == 200 and "\nprobe_success 0" in text, f"{status}: {text[-300:]}"
    with results.test("probe within the scrape's time", "200 without success after a second"):
        status, text = exporter.get("/probe?target=all-dead.lab",
                                    headers={"X-Prometheus-Scrape-Timeout-Seconds": "1"})
        assert status == 200 and "\nprobe_success 0" in text, f"{status}: {text[-300:]}"
    for query, status in (("", 400), ("?target=", 400), ("?target=a..b", 400),
                          ("?target=unknown.shop", 403)):
        with results.test(f"probe {query or 'without target'}", str(status)):
            seen, text = exporter.get("/probe" + query)
            assert seen == status and text.strip(), f"{seen}: {text[:300]}"


def reload_flag(exporter: Exporter) -> float:
    return exporter.metrics().value("dnszone_exporter_config_last_reload_successful")


def test_reload(exporter: Exporter, lab: Lab, zones: list[str], results: Results) -> None:
    good = exporter.config.read_text()
    changed = [zone for zone in zones if zone != "stale.lab"] + ["wildcard.shop"]
    with results.test("reload", "no series of the removed zone stays, the new one comes"):
        write_config(exporter.config, lab, changed, **FAST)
        status, text = exporter.get("/-/reload", "POST")
        assert status == 200, f"{status}: {text}"
        assert "stale.lab" not in exporter.metrics().zones(), "series of stale.lab stay"
        wait_until("wildcard.shop is surveyed", lambda: exporter.metrics().select(
            "dnszone_zone_last_survey_timestamp_seconds", zone="wildcard.shop"), 30)
        assert "stale.lab" not in exporter.metrics().zones(), "series of stale.lab came back"
    with results.test("a bad reload", "keeps the configuration and sets the gauge"):
        exporter.config.write_text(good.replace("  interval: 2s", "  interval: soon", 1))
        status, text = exporter.get("/-/reload", "POST")
        assert status == 500, f"{status}: {text}"
        assert ":2:" in text, f"no line and column in: {text}"
        metrics = exporter.metrics()
        assert metrics.value("dnszone_exporter_config_last_reload_successful") == 0
        assert set(changed) == metrics.zones(), metrics.zones() ^ set(changed)
    with results.test("reload by GET", "405"):
        assert exporter.get("/-/reload")[0] == 405
    with results.test("reload by SIGHUP", "the first configuration is back"):
        exporter.config.write_text(good)
        exporter.child.send_signal(signal.SIGHUP)
        wait_until("the gauge is 1 again", lambda: reload_flag(exporter) == 1, 20)
        wait_until("stale.lab is back", lambda: "stale.lab" in exporter.metrics().zones(), 30)


def test_end(exporter: Exporter, results: Results) -> None:
    with results.test("SIGTERM", "ends with 0 while surveys are under way"):
        exporter.child.terminate()
        status = exporter.child.wait(20)
        assert status == 0, f"{status}\n{exporter.text()[-2000:]}"


def test_start(build: pathlib.Path, directory: pathlib.Path, results: Results) -> None:
    with results.test("a bad configuration", "exit 2 with file, line and column"):
        config = directory / "bad.yaml"
        config.write_text("zones: [example.test]\nintervall: 5s\n")
        done = subprocess.run([build / "exporter/dnszone_exporter", f"--config.file={config}"],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == 2, done.returncode
        assert f"{config}:2:1:" in done.stderr, done.stderr


def test_shards(build: pathlib.Path, lab: Lab, directory: pathlib.Path, results: Results) -> None:
    """Three exporters with one file, each told by its command line which it is."""
    config = write_config(directory / "shards.yaml", lab, lab.zones, interval="30s", timeout="300ms",
                          attempts="2")
    config.write_text(config.read_text() + "sharding: {of: 3}\n")
    with contextlib.ExitStack() as stack:
        shards = [stack.enter_context(Exporter(build, config, free_port(), f"--sharding.shard={i}"))
                  for i in range(3)]

        def surveyed() -> list[set[str]]:
            return [{labels["zone"] for labels, _ in
                     shard.metrics().select("dnszone_zone_last_survey_timestamp_seconds")}
                    for shard in shards]

        with results.test("shards", f"{len(lab.zones)} zones, each exported by exactly one of three"):
            wait_until("every zone was surveyed", lambda: set().union(*surveyed()) == set(lab.zones), 120,
                       0.5)
            zones = surveyed()
            assert sum(map(len, zones)) == len(lab.zones), "a zone has two exporters"
            assert all(zones), "a shard has no zone"
        for i, shard in enumerate(shards):
            with results.test(f"shard {i}", "says which it is, and who has the others' zones"):
                metrics = shard.metrics()
                assert metrics.value("dnszone_exporter_shard") == i
                assert metrics.value("dnszone_exporter_shards") == 3
                other = (i + 1) % 3
                status, text = shard.get(f"/probe?target={min(zones[other])}")
                assert status == 403 and f"shard {other} of 3" in text, f"{status}: {text}"
                page = shard.get("/")[1]
                assert f"Shard {i} of 3, counted from 0: {len(zones[i])} of" in page, page[:2000]
                checked = subprocess.run([build / "exporter/dnszone_exporter", "check-config",
                                          f"--sharding.shard={i}", config], capture_output=True,
                                         text=True, timeout=60)
                assert f" {len(zones[i])} of them in shard {i} of 3" in checked.stdout, checked
        with results.test("a shard too many", "exit 2"):
            done = subprocess.run([build / "exporter/dnszone_exporter", f"--config.file={config}",
                                   "--sharding.shard=3"], capture_output=True, text=True, timeout=30)
            assert done.returncode == 2 and "the last of 3 is 2" in done.stderr, done


def test_soak(build: pathlib.Path, directory: pathlib.Path, own_namespace: bool,
              results: Results) -> None:
    for loss, note in ((0.0, "healthy"), (0.05, "5 % of the packets lost")):
        with results.test("soak", f"30 zones for 15 seconds, {note}"):
            soak = Soak(build, directory / f"soak{loss}", own_namespace, 30, 3, loss, "300ms",
                        PATIENT)
            faults = soak.run(15, free_port())
            assert not faults, "\n".join(faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", required=True, type=pathlib.Path)
    parser.add_argument("--keep", help="keep the logs here")
    arguments = parser.parse_args()
    own_namespace = enter_namespace()
    build = arguments.build_dir.resolve()
    results = Results()
    zones = HEALTHY + BROKEN
    with work_directory(arguments.keep) as directory:
        with Lab(build, directory / "lab", own_namespace, "--world",
                 str(ROOT / "tests/lab/world.yaml")) as lab:
            config = write_config(directory / "exporter.yaml", lab, zones, **FAST)
            with Exporter(build, config, free_port()) as exporter:
                test_gauges(exporter, zones, results)
                test_alerts(exporter, directory, results)
                test_http(exporter, results)
                test_reload(exporter, lab, zones, results)
                test_end(exporter, results)
            test_start(build, directory, results)
            test_shards(build, lab, directory, results)
        test_soak(build, directory, own_namespace, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
