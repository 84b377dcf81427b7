"""What the integration tests share: a network namespace of their own, processes that never outlive
the test, waiting on conditions with deadlines, and a count of what passed."""

import contextlib
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
IN_NAMESPACE = "DNSZONE_TEST_NAMESPACE"
PR_SET_PDEATHSIG = 1
LAB_PORT = 5300


def enter_namespace() -> bool:
    """Runs this program again in a network namespace of its own, where fixed ports and addresses
    collide with nobody and IPv6 can be had. False when that is not possible here."""
    if os.environ.get(IN_NAMESPACE) == "yes":
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return True
    if os.environ.get(IN_NAMESPACE) == "no":
        return False
    for unshare in (["unshare", "-n"], ["unshare", "-rn"]):
        probe = [*unshare, "ip", "link", "set", "lo", "up"]
        if subprocess.run(probe, capture_output=True).returncode == 0:
            environment = {**os.environ, IN_NAMESPACE: "yes"}
            os.execvpe("unshare", [*unshare, sys.executable, *sys.argv], environment)
    return False


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """A child with its output in a file; stopped when the block ends."""

    def __init__(self, arguments: list, log: pathlib.Path, **options):
        self.arguments = [str(argument) for argument in arguments]
        self.log = pathlib.Path(log)
        self.options = options

    def __enter__(self) -> "Process":
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(self.arguments, stdout=out, stderr=out,
                                          stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent,
                                          **self.options)
        return self

    def __exit__(self, *_) -> None:
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def running(self) -> bool:
        return self.child.poll() is None

    def text(self) -> str:
        return self.log.read_text(errors="replace")


class Failed(Exception):
    """A test that did not hold, with what was seen."""


def wait_until(what: str, condition, seconds: float = 30, every: float = 0.05):
    """The first true value of condition(); Failed with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        try:
            value = condition()
            if value:
                return value
            last = value
        except (OSError, ValueError) as error:
            last = error
        time.sleep(every)  # between two looks at the condition; the deadline decides
    raise Failed(f"not within {seconds:g} s: {what}" + (f" (last: {last})" if last else ""))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab(Process):
    """dnszone_lab run, ready to be asked."""

    def __init__(self, build: pathlib.Path, directory: pathlib.Path, own_namespace: bool,
                 *arguments: str, port: int = 0):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.port = port or (LAB_PORT if own_namespace else free_port())
        self.ready = directory / "ready"
        command = [build / "tests/lab/dnszone_lab", "run", "--dir", directory, "--port", self.port,
                   "--ready-file", self.ready, *arguments]
        if own_namespace and "--healthy-zones" not in arguments:
            command.append("--ipv6")
        super().__init__(command, directory / "lab.log")

    def __enter__(self) -> "Lab":
        super().__enter__()
        try:
            wait_until("the lab is ready", lambda: self.ready.exists() or not self.running(), 120)
            if not self.ready.exists():
                raise Failed("the lab does not start:\n" + self.text())
        except BaseException:
            self.__exit__()
            raise
        self.world = json.loads((self.directory / "world.json").read_text())
        self.zones = (self.directory / "zones.txt").read_text().split()
        return self


def fetch(url: str, method: str = "GET", headers: dict | None = None,
         timeout: float = 20) -> tuple[int, str]:
    """Status and body, also of an error status."""
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


@contextlib.contextmanager
def work_directory(keep: str | None):
    """A directory below /tmp (paths of control sockets are short there), or the one to keep."""
    if keep:
        path = pathlib.Path(keep).resolve()
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="dnszone-") as path:
        yield pathlib.Path(path)


class Results:
    """Counts tests, prints one line for each, and at the end says again what failed."""

    def __init__(self) -> None:
        self.passed = self.skipped = 0
        self.failures: list[str] = []

    @property
    def failed(self) -> int:
        return len(self.failures)

    def ok(self, name: str, note: str = "") -> None:
        self.passed += 1
        self._line("ok", name, note)

    def fail(self, name: str, faults: list[str]) -> None:
        self._line("FAIL", name, "")
        text = "\n".join("       " + fault.replace("\n", "\n       ") for fault in faults)
        print(text, flush=True)
        self.failures.append(f"FAIL {name}\n{text}")

    def skip(self, name: str, reason: str) -> None:
        self.skipped += 1
        self._line("skip", name, reason)

    def judge(self, name: str, faults: list[str], note: str = "") -> None:
        if faults:
            self.fail(name, faults)
        else:
            self.ok(name, note)

    @contextlib.contextmanager
    def test(self, name: str, note: str = ""):
        """A test that fails by raising."""
        try:
            yield
        except (Failed, AssertionError, OSError, ValueError, KeyError, StopIteration,
                subprocess.SubprocessError) as error:
            self.fail(name, [f"{type(error).__name__}: {error}"])
        else:
            self.ok(name, note)

    @staticmethod
    def _line(verdict: str, name: str, note: str) -> None:
        print(f"{verdict:5}{name:42}{note}".rstrip(), flush=True)

    def close(self) -> int:
        for failure in self.failures:  # again: only the end of a long output may be kept
            print(failure)
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed or not self.passed else 0


# --- metrics -------------------------------------------------------------------------------------

_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Metrics:
    """One scrape, as a list of (name, labels, value)."""

    def __init__(self, text: str):
        self.text = text
        self.samples = []
        for line in text.splitlines():
            found = _SAMPLE.match(line)
            if found and not line.startswith("#"):
                self.samples.append((found[1], dict(_LABEL.findall(found[2] or "")),
                                     float(found[3])))

    def select(self, metric: str, **labels: str) -> list[tuple[dict, float]]:
        return [(have, value) for name, have, value in self.samples
                if name == metric and all(have.get(key) == labels[key] for key in labels)]

    def value(self, metric: str, **labels: str) -> float:
        """The value of the one series that matches."""
        found = self.select(metric, **labels)
        if len(found) != 1:
            raise Failed(f"{len(found)} series match {metric}{labels}, one is expected")
        return found[0][1]

    def zones(self) -> set[str]:
        return {labels["zone"] for _, labels, _ in self.samples if "zone" in labels}


class Exporter(Process):
    """dnszone_exporter serving a configuration; url() is where."""

    def __init__(self, build: pathlib.Path, config: pathlib.Path, port: int, *arguments: str):
        self.config = config
        self.address = f"127.0.0.1:{port}"
        super().__init__([build / "exporter/dnszone_exporter", f"--config.file={config}",
                          f"--web.listen-address={self.address}", *arguments],
                         config.with_suffix(".log"))

    def __enter__(self) -> "Exporter":
        super().__enter__()
        try:
            wait_until("the exporter is ready",
                       lambda: not self.running() or self.get("/-/ready")[0] == 200, 60)
            if not self.running():
                raise Failed("the exporter does not start:\n" + self.text())
        except BaseException:
            self.__exit__()
            raise
        return self

    def get(self, path: str, method: str = "GET", headers: dict | None = None) -> tuple[int, str]:
        return fetch(f"http://{self.address}{path}", method, headers)

    def metrics(self) -> Metrics:
        status, text = self.get("/metrics")
        if status != 200:
            raise Failed(f"/metrics says {status}: {text}")
        return Metrics(text)


def write_config(path: pathlib.Path, lab: Lab, zones: list, resolvers: list = (),
                 **settings: str) -> pathlib.Path:
    """A configuration for the lab. A zone is a name, or a mapping in YAML's flow form, a resolver an
    address; settings such as interval="2s" are defaults of all zones."""
    lines = ["defaults:", *(f"  {key}: {value}" for key, value in settings.items()),
             "resolution:", f"  root_hints: \"{lab.directory / 'root.hints'}\"",
             f"  trust_anchor_file: \"{lab.directory / 'anchor.key'}\"",
             f"  port: {lab.port}", "  allow: [127.0.0.0/8, \"fd00::/8\"]",
             # All the lab's scripted servers are one process with the socket buffers of one.
             "pacing:", "  max_in_flight: 400", "  prefixes:",
             "    - {prefix: 127.0.0.0/8, queries_per_second: 0}",
             "    - {prefix: \"fd00::/8\", queries_per_second: 0}",
             *(["resolvers:"] if resolvers else []),
             *(f"  - {{address: \"{resolver}\", port: {lab.port}}}" for resolver in resolvers),
             "zones:", *(f"  - {zone}" if zone.startswith("{") else f"  - \"{zone}\""
                         for zone in zones)]
    path.write_text("\n".join(lines) + "\n")
    return path


# Response times on a machine that builds and tests at the same time say nothing about the zones.
PATIENT = "{response_time_udp: 20s, response_time_tcp: 20s}"
