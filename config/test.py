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
KUBERNETES = ROOT / "packaging" / "kubernetes"
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
    walk(yaml.safe_load(kubernetes()["ConfigMap"]["data"]["dnszone.yml"]), "ConfigMap")


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


def kubernetes() -> dict[str, dict]:
    """The objects of packaging/kubernetes by their kind."""
    objects = [document for name in ("dnszone-exporter.yml", "podmonitor.yml")
               for document in yaml.safe_load_all((KUBERNETES / name).read_text(encoding="utf-8"))]
    by_kind = {document["kind"]: document for document in objects}
    assert len(by_kind) == len(objects) == 4, list(by_kind)
    return by_kind


def exporter_container() -> dict:
    (container,) = kubernetes()["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    return container


def check_kubernetes_objects_fit_together() -> None:
    objects, container = kubernetes(), exporter_container()
    labels = objects["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    assert objects["StatefulSet"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["selector"] == labels
    assert objects["PodMonitor"]["spec"]["selector"]["matchLabels"] == labels
    assert objects["Service"]["spec"]["clusterIP"] == "None"
    assert objects["StatefulSet"]["spec"]["serviceName"] == objects["Service"]["metadata"]["name"]
    job = labels[objects["PodMonitor"]["spec"]["jobLabel"]]
    assert job.startswith("dnszone"), f"the rules do not know the job {job}"
    (port,) = container["ports"]
    for name in (objects["Service"]["spec"]["ports"][0]["targetPort"],
                 objects["PodMonitor"]["spec"]["podMetricsEndpoints"][0]["port"],
                 container["readinessProbe"]["httpGet"]["port"],
                 container["livenessProbe"]["httpGet"]["port"]):
        assert name == port["name"], name
    (volume,) = objects["StatefulSet"]["spec"]["template"]["spec"]["volumes"]
    (mount,) = container["volumeMounts"]
    assert volume["configMap"]["name"] == objects["ConfigMap"]["metadata"]["name"]
    assert mount["name"] == volume["name"] and "subPath" not in mount, "a subPath is never updated"
    assert f"--config.file={mount['mountPath']}/dnszone.yml" in container["args"], container["args"]
    compose = yaml.safe_load((COMPOSE / "docker-compose.yml").read_text(encoding="utf-8"))
    assert container["image"] == compose["services"]["exporter"]["image"]
    routes = (ROOT / "exporter" / "web_routes.cpp").read_text(encoding="utf-8")
    for probe, path in (("readinessProbe", "/-/ready"), ("livenessProbe", "/-/healthy")):
        assert container[probe]["httpGet"]["path"] == path and f'"{path}"' in routes, probe


def check_kubernetes_shards() -> None:
    """As many shards as replicas, each with the number of its pod, and the pages tell the same."""
    objects, container = kubernetes(), exporter_container()
    replicas = objects["StatefulSet"]["spec"]["replicas"]
    assert f"--sharding.of={replicas}" in container["args"], container["args"]
    assert "--sharding.shard=$(POD_INDEX)" in container["args"], container["args"]
    (variable,) = container["env"]
    assert variable["name"] == "POD_INDEX"
    assert "apps.kubernetes.io/pod-index" in variable["valueFrom"]["fieldRef"]["fieldPath"]
    assert "ordinals" not in objects["StatefulSet"]["spec"], "shards count from 0"
    page = (KUBERNETES / "README.md").read_text(encoding="utf-8")
    script = re.search(r"^\s+exec (/usr/bin/dnszone_exporter .*?)^```", page, re.MULTILINE | re.DOTALL)
    assert script, "README.md has the command for older releases"
    for pod, number in (("dnszone-exporter-0", 0), ("dnszone-exporter-12", 12)):
        said = subprocess.run(["sh", "-c", f"echo {' '.join(script[1].split())}"], check=True,
                              capture_output=True, text=True, env={"HOSTNAME": pod}).stdout.split()
        assert said[-2:] == [f"--sharding.shard={number}", f"--sharding.of={replicas}"], said


def check_kubernetes_is_hardened() -> None:
    pod, container = kubernetes()["StatefulSet"]["spec"]["template"]["spec"], exporter_container()
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                            "capabilities": {"drop": ["ALL"]}}
    assert "memory" in container["resources"]["limits"] and "cpu" in container["resources"]["requests"]
    user = re.search(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == \
        (int(user[1]), int(user[2])), "the image's user"


def check_kubernetes_prometheus() -> None:
    """The job for a Prometheus without the operator; the discovery is not in every promtool."""
    document = yaml.safe_load((KUBERNETES / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = document["scrape_configs"]
    assert job["job_name"].startswith("dnszone")
    assert job.pop("kubernetes_sd_configs")[0]["role"] == "pod"
    kept = job["relabel_configs"][0]["regex"].split(";")
    assert kept == [*kubernetes()["Service"]["spec"]["selector"].values(), exporter_container()["ports"][0]["name"]]
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "prometheus.yml"
        path.write_text(yaml.safe_dump(document))
        done = subprocess.run(["promtool", "check", "config", path], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


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


def check_exporter_reads_as_in_kubernetes(exporter: pathlib.Path) -> None:
    """check-config with the arguments of each pod; together they have every zone once."""
    data = kubernetes()["ConfigMap"]["data"]
    replicas = kubernetes()["StatefulSet"]["spec"]["replicas"]
    known = subprocess.run([exporter, "--help"], capture_output=True, text=True, check=True).stdout
    for argument in exporter_container()["args"]:
        assert f"{argument.split('=')[0]} " in known, f"{argument} is no argument of the exporter"
    with tempfile.TemporaryDirectory() as directory:
        for name, text in data.items():
            (pathlib.Path(directory) / name).write_text(text)

        def checked(index: str) -> subprocess.CompletedProcess:
            arguments = [argument.replace("$(POD_INDEX)", index) for argument in exporter_container()["args"]
                         if argument.startswith("--sharding.")]
            return subprocess.run([exporter, "check-config", *arguments, f"{directory}/dnszone.yml"],
                                  capture_output=True, text=True, timeout=60)

        shares = []
        for index in range(replicas):
            done = checked(str(index))
            assert done.returncode == 0, done.stderr
            counts = re.search(rf"(\d+) zones, (\d+) of them in shard {index} of {replicas}", done.stdout)
            assert counts and int(counts[1]) == len(data["zones.txt"].split()), done.stdout
            shares.append(int(counts[2]))
        assert sum(shares) == len(data["zones.txt"].split()), shares
        for index in (str(replicas), ""):
            assert checked(index).returncode == 2, "a pod that cannot know its shard must not start"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exporter", type=pathlib.Path)
    options = parser.parse_args()
    tests = [(name, test, ()) for name, test in globals().items()
             if name.startswith("check_") and not test.__code__.co_argcount]
    if options.exporter:
        tests += [(test.__name__, test, (options.exporter,))
                  for test in (check_exporter_reads, check_exporter_reads_as_in_kubernetes)]
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
