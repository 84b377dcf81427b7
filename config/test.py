#!/usr/bin/env python3
"""Tests the configurations that ship and the packaging beside them; closes with 'N passed, N failed'.

    config/test.py [--exporter PATH]

With the exporter's binary each configuration is read by it as well.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
COMPOSE = ROOT / "packaging" / "compose"
UNIT = ROOT / "packaging" / "systemd" / "dnszone_exporter.service"
ROOT_ZONE_SAMPLE = """.\t518400\tIN\tNS\ta.root-servers.net.
.\t86400\tIN\tSOA\ta.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400
COM.\t172800\tIN\tNS\ta.gtld-servers.net.
com.\t172800\tIN\tNS\tb.gtld-servers.net.
com.\t86400\tIN\tDS\t1 8 2 00
xn--p1ai.\t172800\tIN\tNS\ta.dns.ripn.net.
a.gtld-servers.net.\t172800\tIN\tA\t192.5.6.30
"""


class Skipped(Exception):
    """The machine lacks what the test needs."""


def config_keys() -> list[str]:
    """Every key the exporter reads, as the paths of docs/configuration.md: made from the key tables."""
    source = "".join(path.read_text(encoding="utf-8")
                     for path in sorted((ROOT / "exporter").glob("config_*.cpp")))
    names = re.findall(r'^ {4,6}\{"(\w+)", "', source, re.MULTILINE)
    header = (ROOT / "checks" / "settings.hpp").read_text(encoding="utf-8")
    names += re.findall(r"double (\w+) =", header)
    assert len(names) > 40 and {"expected_nameservers", "disable"} <= set(names), names
    return names


def check_every_key_is_in_the_complete_example() -> None:
    text = (HERE / "dnszone.yml").read_text(encoding="utf-8")
    for key in config_keys():
        assert re.search(rf"^\s*(?:#\s*)?(?:- )?{key}:", text, re.MULTILINE), \
            f"config/dnszone.yml does not show {key}"


def check_no_other_key() -> None:
    known = set(config_keys())

    def walk(value, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                assert key in known, f"{path}.{key} is no key of the exporter"
                walk(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for inner in value:
                walk(inner, path)

    for path in [*sorted(HERE.glob("*.yml")), COMPOSE / "zones.yml"]:
        if path.name != "prometheus.yml":
            walk(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)


def check_list_of_tlds() -> None:
    """The command in all-tlds.yml makes the list of zones."""
    text = (HERE / "all-tlds.yml").read_text(encoding="utf-8")
    command = re.search(r"^#\s+(awk .*?)> tlds\.txt$", text, re.MULTILINE | re.DOTALL)
    assert command, "all-tlds.yml has the awk command"
    script = re.sub(r"\n#", "\n", command[1])
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "root.zone").write_text(ROOT_ZONE_SAMPLE)
        made = subprocess.run(["bash", "-ec", script], cwd=directory, capture_output=True, text=True,
                              check=True).stdout.split()
    assert made == ["com", "xn--p1ai"], made


def check_quickstart_is_one_line() -> None:
    assert yaml.safe_load((HERE / "quickstart.yml").read_text()) == {"zones": ["example.com"]}


def check_compose() -> None:
    document = yaml.safe_load((COMPOSE / "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(document["services"]) == {"exporter", "prometheus", "alertmanager", "grafana"}
    for name, service in document["services"].items():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (COMPOSE / source).exists(), f"{name} mounts {source}, which is not there"
            else:
                assert source in document["volumes"], f"{name}: no volume {source}"
        for port in service["ports"]:
            assert port.startswith("127.0.0.1:"), f"{name} listens for everybody: {port}"
        image = service["image"]
        assert "build" in service or re.search(r":v?\d", image), f"{name}: {image} is not pinned"
    scrape = yaml.safe_load((COMPOSE / "prometheus.yml").read_text(encoding="utf-8"))
    host = scrape["scrape_configs"][0]["static_configs"][0]["targets"][0].split(":")[0]
    assert host in document["services"], host
    shipped = yaml.safe_load((HERE / "prometheus.yml").read_text(encoding="utf-8"))
    assert scrape["global"] == shipped["global"], "compose and config/prometheus.yml differ"
    if shutil.which("docker-compose"):
        subprocess.run(["docker-compose", "config", "-q"], cwd=COMPOSE, check=True, timeout=60)


def check_compose_prometheus() -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "prometheus.yml"
        text = (COMPOSE / "prometheus.yml").read_text(encoding="utf-8")
        path.write_text(text.replace("/etc/prometheus/alerts", str(ROOT / "alerts")))
        done = subprocess.run(["promtool", "check", "config", path], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        shipped = len(list((ROOT / "alerts").glob("*.rules.yml")))
        assert f"{shipped} rule files found" in done.stdout, done.stdout


def check_unit() -> None:
    if not shutil.which("systemd-analyze"):
        raise Skipped("needs systemd-analyze")
    text = UNIT.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory) / UNIT.name
        copy.write_text(text.replace("/usr/bin/dnszone_exporter", "/bin/true"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True,
                              text=True, timeout=60)
        faults = [line for line in done.stderr.splitlines() if UNIT.name in line]
        assert not faults, "\n".join(faults)
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", UNIT],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def check_exporter_reads(exporter: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        for path in [*HERE.glob("*.yml"), COMPOSE / "zones.yml"]:
            if path.name != "prometheus.yml":
                shutil.copy(path, place)
        (place / "tlds.txt").write_text("com\nxn--p1ai\n")
        for path in sorted(place.glob("*.yml")):
            done = subprocess.run([exporter, "check-config", path], capture_output=True, text=True,
                                  timeout=60)
            assert done.returncode == 0, f"{path.name}: {done.stdout}{done.stderr}"
        (place / "quickstart.yml").write_text("zones: [example.com]\nzonez: []\n")
        done = subprocess.run([exporter, "check-config", place / "quickstart.yml"],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "quickstart.yml:2:1" in done.stderr, done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exporter", type=pathlib.Path)
    options = parser.parse_args()
    tests = [(name, test, ()) for name, test in globals().items()
             if name.startswith("check_") and not test.__code__.co_argcount]
    if options.exporter:
        tests.append(("check_exporter_reads", check_exporter_reads, (options.exporter,)))
    failed = skipped = 0
    for name, test, arguments in tests:
        try:
            test(*arguments)
            print(f"ok      {name}")
        except Skipped as reason:
            skipped += 1
            print(f"skipped {name}: {reason}")
        except Exception as error:  # a test may fail in any way; all are reported
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}")
    print(f"{len(tests) - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
