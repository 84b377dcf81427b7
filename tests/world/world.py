#!/usr/bin/env python3
"""A world of top-level domains, served: made once by dnszone_world and kept between runs, put on the
loopback addresses of a network namespace by two Knots, one for the root servers and one, on the
wildcard addresses, for all others. Knot answers from the address it was asked at, so that one
process is thousands of servers."""

import argparse
import contextlib
import fcntl
import hashlib
import json
import lzma
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from labtools import ROOT, Failed, Process, enter_namespace, wait_until  # noqa: E402

PORT = 53
ROOT_ZONE = ROOT.parent / "shared" / "data"
FRESH_FOR = 30 * 86_400  # seconds; signatures are valid for twice as long


class World:
    """What dnszone_world wrote, and how to serve it."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self.zones = self.lines("zones.txt")
        # Of each server the zone, the nameserver's name and the address.
        self.servers = [tuple(line.split()) for line in self.lines("servers.txt")]

    def lines(self, name: str) -> list[str]:
        return (self.directory / name).read_text().splitlines()

    def signed_zones(self) -> int:
        """How many of the surveyed zones are signed."""
        return sum("RRSIG" in (self.directory / "zones" / f"{zone}.zone").read_text()
                   for zone in self.zones)

    def addresses(self) -> int:
        return len({address for _, _, address in self.servers})

    def shape(self) -> str:
        return (f"{len(self.zones):,} zones, {len(self.servers):,} servers at "
                f"{self.addresses():,} addresses")

    def resolution(self) -> dict:
        """The part of a configuration that makes this world the Internet."""
        return {"root_hints": str(self.directory / "hints.zone"),
                "trust_anchor_file": str(self.directory / "anchors"),
                "port": PORT, "allow": ["127.0.0.0/8", "fd00::/8"]}

    @contextlib.contextmanager
    def served(self):
        """Both Knots, from when each answers until the block ends; their processes."""
        prepare_namespace()
        served = [line.split() for line in self.lines("served.txt")]
        at_root = ['"."'] + [name for name, where in served if where == "root"]
        at_tlds = [name for name, where in served if where == "tld"]
        roots = [f'"{address}@{PORT}"' for address in self.lines("roots.txt")]
        anywhere = [f'"0.0.0.0@{PORT}"', f'"::@{PORT}"']
        with contextlib.ExitStack() as stack:
            lock = stack.enter_context((self.directory / "lock").open("w"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failed(f"{self.directory} is being served already") from None
            yield [stack.enter_context(self.knot("root", roots, at_root)),
                   stack.enter_context(self.knot("tlds", anywhere, at_tlds))]

    @contextlib.contextmanager
    def knot(self, name: str, listen: list[str], zones: list[str]):
        home = self.directory / f"knot-{name}"
        home.mkdir(exist_ok=True)
        entries = "".join(f"  - domain: {zone}\n" + ('    file: ../root.zone\n' if zone == '"."' else "")
                          for zone in zones)
        (home / "knot.conf").write_text(f"""server:
  rundir: {home}
  listen: [ {", ".join(listen)} ]
  udp-workers: 8
  tcp-workers: 16
  tcp-reuseport: on
  tcp-max-clients: {files() // 2}
  udp-max-payload: 1232
control:
  listen: knot.sock
log:
  - target: stderr
    any: warning
database:
  storage: {home}
template:
  - id: default
    storage: {self.directory}/zones
    file: "%s.zone"
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
{entries}""")
        log = home / "log"
        log.unlink(missing_ok=True)
        with Process([program("knotd"), "-c", home / "knot.conf"], log, cwd=home) as process:
            wait_until(f"Knot serves the {name}", lambda: loaded(home, process, len(zones)), 600)
            yield process


def files() -> int:
    """How many files a process may have open, as many as possible."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def program(name: str) -> str:
    """Where a program is, also one that only root has on the path."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not found:
        raise Failed(f"{name} is not installed")
    return found


def loaded(home: pathlib.Path, process: Process, zones: int) -> bool:
    """Whether the Knot there has loaded all its zones."""
    if not process.running():
        raise Failed(f"knotd ended: {process.text()[-2000:]}")
    asked = subprocess.run([program("knotc"), "-s", home / "knot.sock", "-t", "60", "zone-status",
                            "+serial"], capture_output=True, text=True)
    return sum("serial:" in line and "serial: -" not in line
               for line in asked.stdout.splitlines()) >= zones


def prepare_namespace() -> None:
    """All of fd00::/8 is this machine, as all of 127.0.0.0/8 is, and many may connect at once."""
    subprocess.run(["ip", "-6", "route", "replace", "local", "fd00::/8", "dev", "lo"], check=True)
    # The last: or nothing may answer from an address that no interface has.
    for key, value in {"core/somaxconn": 4096, "ipv4/tcp_max_syn_backlog": 8192,
                       "ipv6/ip_nonlocal_bind": 1}.items():
        pathlib.Path(f"/proc/sys/net/{key}").write_text(str(value))


def root_zone(cache: pathlib.Path) -> pathlib.Path | None:
    """The newest root zone among the shared data, unpacked; None where there is none."""
    packed = sorted(ROOT_ZONE.glob("root-*.zone.xz"))
    if not packed:
        return None
    plain = cache / packed[-1].stem
    if not plain.exists():
        plain.write_bytes(lzma.decompress(packed[-1].read_bytes()))
    return plain


def make(build: pathlib.Path, zones: int, servers: int = 0, cache: pathlib.Path | None = None,
         real: bool = True) -> World:
    """The world of so many zones, from the cache if it is there and its signatures are fresh."""
    cache = cache or ROOT / "build" / "worlds"
    cache.mkdir(parents=True, exist_ok=True)
    shape = root_zone(cache) if real else None
    if shape is None:
        print("the shape of the root zone is made up" + ("; there is no real one in "
              f"{ROOT_ZONE}" if real else ""))
    maker = build / "tests" / "world" / "dnszone_world"
    arguments = ["--zones", str(zones), "--servers", str(servers)]
    if shape:
        arguments += ["--root-zone", str(shape)]
    key = hashlib.sha256(maker.read_bytes() + " ".join(arguments).encode()).hexdigest()
    directory = cache / f"zones-{zones}-servers-{servers or 'all'}{'' if shape else '-made-up'}"
    done = directory / "done.json"
    if done.exists():
        known = json.loads(done.read_text())
        if known["key"] == key and time.time() < known["fresh_until"]:
            return World(directory)
        done.unlink()
    subprocess.run([maker, directory, *arguments], check=True, timeout=3600)
    done.write_text(json.dumps({"key": key, "fresh_until": time.time() + FRESH_FOR}))
    return World(directory)


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes a world of top-level domains, and with "
                                     "--serve serves it until a signal comes.")
    parser.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--zones", type=int, default=1438)
    parser.add_argument("--servers", type=int, default=0, help="of each zone; 0: as they are")
    parser.add_argument("--made-up", action="store_true", help="a made-up root zone")
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve and not enter_namespace():
        print("this needs a network namespace: as root, or where users may make them")
        return 2
    world = make(arguments.build_dir.resolve(), arguments.zones, arguments.servers,
                 real=not arguments.made_up)
    print(f"{world.directory}: {world.shape()}")
    if arguments.serve:
        files()
        with world.served():
            print(f"served in a network namespace: nsenter -n -t {os.getpid()} COMMAND", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    sys.exit(main())
