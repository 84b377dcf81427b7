#!/usr/bin/env python3
"""Rules and routing end to end: a made-up exporter, the real Prometheus and Alertmanager, a minute made a
second. Faults in many zones at once must lead to exactly the notifications wanted; then all recover, and
no muted alert may leak. Closes with 'N passed, N failed'."""

import contextlib
import http.server
import pathlib
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))
sys.dont_write_bytecode = True
from labtools import Results, enter_namespace, work_directory  # noqa: E402
from monitoring import Monitoring, wait_for  # noqa: E402

RECORDED = "zone:dnszone_unreachable:ratio"  # there once Prometheus scrapes and evaluates
OK, TIMEOUT, REFUSED_CONNECTION, SERVFAIL, REFUSED = 0, 1, 2, 3, 4
DAY = 86400.0
WELL = {"drift": 0.0, "rrsig": 10 * DAY, "signed": 1, "denial": 1}


class World:
    """Zones as the exporter would report them; what is broken can be changed at any time."""

    def __init__(self):
        self.zones: dict[str, dict] = {}
        self.usable = {("ipv4", "udp"): 1, ("ipv4", "tcp"): 1}
        self.reload_ok = 1
        self.stuck: set[str] = set()
        self.ancestors: dict[str, str] = {}  # the DNSSEC status of those that are not secure
        self.stuck_since = time.time()

    def add(self, zone: str, *servers: tuple[str, str], **more) -> None:
        """`servers`: (nameserver, address); all healthy."""
        self.zones[zone] = {"servers": {server: {"udp": OK, "tcp": OK, **WELL}
                                        for server in servers}, "delegated": 1, "consistent": 1,
                            "ds": 1, "noaddress": [], "bogus": 0, "findings": [], **more}

    def server(self, zone: str, index: int) -> dict:
        return list(self.zones[zone]["servers"].values())[index]

    def heal(self) -> None:
        for zone in self.zones.values():
            zone.update(delegated=1, consistent=1, noaddress=[], bogus=0, findings=[])
            for server in zone["servers"].values():
                server.update(udp=OK, tcp=OK, **WELL)
        self.ancestors = {}
        self.usable = {key: 1 for key in self.usable}
        self.reload_ok = 1
        self.stuck = set()

    def exposition(self) -> str:
        now = time.time()
        lines = [f"dnszone_exporter_config_last_reload_successful {self.reload_ok}"]
        for (family, transport), usable in self.usable.items():
            lines.append(f'dnszone_vantage_usable{{family="{family}",transport="{transport}"}} {usable}')
        for ancestor, status in self.ancestors.items():
            for one in ("bogus", "indeterminate"):
                lines.append(f'dnszone_ancestor_dnssec_status{{ancestor="{ancestor}",status="{one}"}} {int(one == status)}')
        for zone, state in self.zones.items():
            z = f'zone="{zone}"'
            surveyed = self.stuck_since if zone in self.stuck else now
            lines.append(f"dnszone_zone_last_survey_timestamp_seconds{{{z}}} {surveyed}")
            for name, value in (("interval", 1), ("serial_drift", 3600),
                                ("rrsig_expiry_warning", 3 * DAY), ("rrsig_expiry_critical", DAY)):
                lines.append(f'dnszone_zone_threshold_seconds{{{z},threshold="{name}"}} {value}')
            lines.append(f"dnszone_zone_survey_partial{{{z}}} 0")
            lines.append(f"dnszone_zone_delegated{{{z}}} {state['delegated']}")
            lines.append(f"dnszone_zone_delegation_consistent{{{z}}} {state['consistent']}")
            lines.append(f"dnszone_zone_ds_records{{{z}}} {state['ds']}")
            lines.append(f'dnszone_zone_dnssec_status{{{z},status="bogus"}} {state["bogus"]}')
            for check, severity in state["findings"]:
                lines.append(f'dnszone_finding{{{z},check="{check}",severity="{severity}",nameserver="",'
                             f'address="",family="",transport=""}} 1')
            names = {name for name, _ in state["servers"]} | set(state["noaddress"])
            lines.append(f'dnszone_zone_nameservers{{{z},source="parent"}} {len(names)}')
            for name in sorted(names):
                for family in ("ipv4", "ipv6"):
                    count = int(name not in state["noaddress"] and family == "ipv4")
                    lines.append(f'dnszone_nameserver_addresses{{{z},nameserver="{name}",family="{family}"}} {count}')
            working = set()
            for (name, address), server in state["servers"].items():
                s = f'{z},nameserver="{name}",address="{address}",family="ipv4"'
                for transport in ("udp", "tcp"):
                    result = server[transport]
                    t = f'{s},transport="{transport}"'
                    lines.append(f"dnszone_nameserver_up{{{t}}} {int(result == OK)}")
                    lines.append(f"dnszone_nameserver_result{{{t}}} {result}")
                    if result == OK:
                        working.add(name)
                if OK in (server["udp"], server["tcp"]):
                    lines.append(f"dnszone_nameserver_serial_drift_seconds{{{s}}} {server['drift']}")
                    lines.append(f"dnszone_nameserver_signed{{{s}}} {server['signed']}")
                    lines.append(f"dnszone_nameserver_denial_valid{{{s}}} {server['denial']}")
                    expiry, lifetime = now + server["rrsig"], 14 * DAY
                    lines.append(f'dnszone_nameserver_rrsig_expiry_timestamp_seconds{{{s},rrset="soa"}} {expiry}')
                    lines.append(f'dnszone_nameserver_rrsig_inception_timestamp_seconds{{{s},rrset="soa"}} {expiry - lifetime}')
            lines.append(f'dnszone_zone_nameservers_working{{{z},family="any"}} {len(working)}')
        return "\n".join(lines) + "\n"


class FakeExporter:
    def __init__(self, world: World):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = world.exposition().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "FakeExporter":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()


def make_world() -> World:
    world = World()
    for zone in ("healthy", "down", "lame", "servfail", "dead", "tcp", "lag", "expiring", "expired",
                 "oneexpired", "mismatch", "noaddress", "undelegated", "redundancy", "stuck",
                 "bogus", "dsmismatch", "unsigned", "denial", "below"):
        index = len(world.zones) + 1
        world.add(f"{zone}.test", *((f"ns{n}.{zone}.test", f"192.0.2.{index * 4 + n}") for n in (1, 2, 3)))
    for zone in ("a", "b", "c", "d"):
        index = len(world.zones) + 1
        world.add(f"{zone}.hosted.test", ("ns1.host.test", "198.51.100.1"),
                  (f"ns2.{zone}.test", f"192.0.2.{index * 4 + 1}"),
                  (f"ns3.{zone}.test", f"192.0.2.{index * 4 + 2}"))
    return world


def break_world(world: World) -> None:
    for index in range(3):
        world.server("down.test", index).update(udp=TIMEOUT, tcp=TIMEOUT)
    world.server("lame.test", 0).update(udp=REFUSED, tcp=REFUSED)
    world.server("servfail.test", 0).update(udp=SERVFAIL, tcp=SERVFAIL)
    world.server("dead.test", 0).update(udp=TIMEOUT, tcp=REFUSED_CONNECTION)
    world.server("tcp.test", 0).update(tcp=REFUSED_CONNECTION)
    world.server("lag.test", 0).update(drift=7200.0)
    for index in range(3):
        world.server("expiring.test", index).update(rrsig=DAY / 2)
        world.server("expired.test", index).update(rrsig=-DAY)
    world.server("oneexpired.test", 0).update(rrsig=-DAY)
    world.zones["mismatch.test"]["consistent"] = 0
    world.zones["noaddress.test"]["noaddress"] = ["ns4.noaddress.test"]
    world.zones["undelegated.test"].update(delegated=0, consistent=0, bogus=1)
    world.zones["bogus.test"].update(bogus=1, findings=[("sec-dnskey-sig", "critical")])
    for index in range(3):
        world.server("bogus.test", index).update(denial=0)
    world.zones["dsmismatch.test"].update(bogus=1, findings=[("sec-ds-sep", "critical")])
    world.server("unsigned.test", 0).update(signed=0)
    world.server("denial.test", 0).update(denial=0)
    world.zones["below.test"].update(bogus=1, findings=[("sec-chain", "critical")])
    world.ancestors["test"] = "bogus"
    for index in range(2):
        world.server("redundancy.test", index).update(udp=TIMEOUT, tcp=TIMEOUT)
    for zone in ("a", "b", "c", "d"):
        world.server(f"{zone}.hosted.test", 0).update(udp=TIMEOUT, tcp=TIMEOUT)
    world.stuck, world.stuck_since = {"stuck.test"}, time.time()
    world.usable["ipv4", "tcp"] = 0
    world.reload_ok = 0


# (receiver, alert, zone): what people must hear, and nothing else.
WANTED = {
    ("page", "DNSZoneUnreachable", "down.test"),
    ("ticket", "DNSNameserverLame", "lame.test"),
    ("ticket", "DNSNameserverServfail", "servfail.test"),
    ("ticket", "DNSNameserverDown", "dead.test"),
    ("ticket", "DNSNameserverTCPFailing", "tcp.test"),
    ("ticket", "DNSZoneSerialLag", "lag.test"),
    ("page", "DNSSECSignatureExpiring", "expiring.test"),
    ("page", "DNSSECSignatureExpired", "expired.test"),
    ("ticket", "DNSSECSignatureExpired", "oneexpired.test"),
    ("page", "DNSSECZoneBogus", "bogus.test"),
    ("page", "DNSSECDSMismatch", "dsmismatch.test"),
    ("ticket", "DNSSECUnsignedAnswer", "unsigned.test"),
    ("ticket", "DNSSECDenialBroken", "denial.test"),
    ("page", "DNSSECAncestorBogus", ""),
    ("ticket", "DNSDelegationMismatch", "mismatch.test"),
    ("ticket", "DNSDelegationNameUnresolvable", "noaddress.test"),
    ("page", "DNSZoneNotDelegated", "undelegated.test"),
    ("page", "DNSZoneRedundancyLost", "redundancy.test"),
    ("ticket", "DNSNameserverDown", "redundancy.test"),
    ("ticket", "DNSServerDownForManyZones", ""),
    ("ticket", "DNSZoneExporterSurveysStale", ""),
    ("ticket", "DNSZoneExporterVantageOffline", ""),
    ("ticket", "DNSZoneExporterConfigReloadFailed", ""),
}
# Fires in Prometheus and must be muted.
MUTED = {
    ("DNSNameserverDown", "down.test"),
    ("DNSSECSignatureExpiring", "expiring.test"),
    ("DNSSECSignatureExpired", "expired.test"),
    ("DNSDelegationMismatch", "undelegated.test"),
    ("DNSSECZoneBogus", "undelegated.test"),
    ("DNSSECZoneBogus", "dsmismatch.test"),
    ("DNSSECDenialBroken", "bogus.test"),
    *(("DNSNameserverDown", f"{zone}.hosted.test") for zone in "abcd"),
}
# Muted, and in one group with what mutes them: Alertmanager lists them in the message that both are over.
SAME_MESSAGE = {
    ("page", "DNSSECZoneBogus", "undelegated.test"),
    ("page", "DNSSECZoneBogus", "dsmismatch.test"),
    ("page", "DNSSECDenialBroken", "bogus.test"),
}


def heard(monitoring: Monitoring, status: str = "firing") -> set[tuple[str, str, str]]:
    return {(receiver, labels["alertname"], labels.get("zone", ""))
            for receiver, labels in monitoring.receiver.heard(status)}


def difference(got: set, wanted: set) -> object:
    """True when equal; else what is missing and what is too much."""
    return True if got == wanted else {"missing": wanted - got, "too much": got - wanted}


def run(directory: pathlib.Path, results: Results) -> None:
    world = make_world()
    with FakeExporter(world) as exporter, Monitoring(
            directory, exporter.address, service_levels=False) as monitoring:
        watched = monitoring.processes
        with results.test("healthy", "nothing fires, nothing is heard"):
            wait_for("series are recorded", lambda: bool(monitoring.query(RECORDED)), 30, watched)
            began = time.monotonic()
            # As long as the longest `for` of a critical alert, compressed.
            wait_for("quiet", lambda: True if time.monotonic() - began > 12
                     else monitoring.firing(), 30, watched)
            assert not monitoring.receiver.notifications and not monitoring.firing()

        break_world(world)
        with results.test("faults", "each is heard once, at the right place"):
            wait_for("exactly the notifications wanted",
                     lambda: difference(heard(monitoring), WANTED), 120, watched)
        with results.test("muted", "consequences fire and are muted"):
            wait_for("exactly these are muted", lambda: difference(
                {(labels["alertname"], labels["zone"]) for labels in monitoring.suppressed()}, MUTED),
                30, watched)
        with results.test("one message", "a zone's alerts come together"):
            assert any(len(body["alerts"]) == 2 for body in monitoring.receiver.notifications
                       if body["groupLabels"].get("zone") == "redundancy.test"
                       and body["receiver"] == "ticket")
        with results.test("rules", "every rule evaluates"):
            assert not monitoring.rule_faults(), monitoring.rule_faults()

        world.heal()
        with results.test("recovery", "all that was heard is heard to resolve"):
            wait_for("nothing fires",
                     lambda: True if not monitoring.firing() else monitoring.firing(), 60, watched)
            wait_for("all resolved", lambda: difference(
                heard(monitoring, "resolved") - SAME_MESSAGE, WANTED), 60, watched)
        with results.test("no leak", "nothing muted was heard, not even while resolving"):
            assert heard(monitoring) == WANTED, difference(heard(monitoring), WANTED)

    with results.test("blind", "an exporter that vanishes is heard, its zones are not"):
        blind(directory / "blind")


def blind(directory: pathlib.Path) -> None:
    directory.mkdir()
    world = make_world()
    wanted = {("page", "DNSZoneExporterNoData", ""), ("ticket", "DNSZoneExporterDown", "")}
    with contextlib.ExitStack() as stack:
        with FakeExporter(world) as exporter:
            monitoring = stack.enter_context(Monitoring(directory, exporter.address,
                                                         service_levels=False))
            wait_for("series are recorded", lambda: bool(monitoring.query(RECORDED)), 30,
                     monitoring.processes)
        wait_for("the blindness is heard", lambda: difference(heard(monitoring), wanted), 60,
                 monitoring.processes)


def main() -> int:
    enter_namespace()
    results = Results()
    with work_directory(sys.argv[1] if len(sys.argv) > 1 else None) as directory:
        run(directory, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
