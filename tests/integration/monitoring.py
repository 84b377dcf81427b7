"""Prometheus and Alertmanager from Debian with the shipped rules and routing, each minute made a
second, and a receiver for the notifications. Shared by the demo and the tests."""

import http.server
import json
import pathlib
import shutil
import signal
import sys
import threading
import time
import urllib.parse

from labtools import ROOT, Failed, Process, fetch, free_port, wait_until

sys.path.insert(0, str(ROOT / "alerts"))
import render  # noqa: E402

START_SECONDS = 60


class Receiver:
    """Where Alertmanager posts: keeps what came and hands it to `tell`, on threads of its own."""

    def __init__(self, tell=lambda body: None) -> None:
        notifications = self.notifications = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                if self.path == "/watchdog":
                    return  # only says that it works
                notifications.append(json.loads(body))
                tell(notifications[-1])

            def log_message(self, *_) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "Receiver":
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def alerts(self) -> list[dict]:
        return [alert for body in list(self.notifications) for alert in body["alerts"]]

    def heard(self, status: str = "firing") -> list[tuple[str, dict]]:
        """(receiver, labels) of every alert that was ever in a notification with that status."""
        return [(body["receiver"], alert["labels"]) for body in list(self.notifications)
                for alert in body["alerts"] if alert["status"] == status]


class Monitoring:
    """Prometheus and Alertmanager with the shipped rules and routing, each minute a second."""

    def __init__(self, directory: pathlib.Path, target: str, port: int = 0,
                 alertmanager_port: int = 0, tell=lambda body: None, service_levels: bool = True):
        """Scrapes `target` (host:port) as job dnszone. `tell` is called with each notification.
        Without `service_levels` their rules are left out: what was down stays in them for weeks."""
        self.directory = directory
        self.port = port or free_port()
        self.alertmanager_port = alertmanager_port or free_port()
        self.receiver = Receiver(tell)
        self.target = target
        self.service_levels = service_levels
        self.processes: list[Process] = []

    def __enter__(self) -> "Monitoring":
        self.receiver.__enter__()
        try:
            self._render(compressed=True)
            self._start_alertmanager()
            self._start_prometheus()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self.processes):
            process.__exit__()
        self.receiver.__exit__()

    def restart_prometheus(self) -> None:
        """On the same data, and with rules from the start as in production. The five seconds until it
        scrapes are no shorter here, so for as long the rules are those of earnest minutes. The samples
        of some six minutes are missing, and what fired is pending again, as in earnest are alerts with
        a `for` below ten minutes."""
        [prometheus] = [one for one in self.processes if one.arguments[0] == "prometheus"]
        prometheus.__exit__()
        self.processes.remove(prometheus)
        self._render(compressed=False)
        self._start_prometheus(with_rules=True)

    def query(self, expression: str, at: float | None = None) -> list[tuple[dict, float]]:
        """As of now, or of that time."""
        when = f"&time={at:.3f}" if at else ""
        result = self._get("query?query=" + urllib.parse.quote(expression) + when)["result"]
        return [(series["metric"], float(series["value"][1])) for series in result]

    def alerts(self) -> list[dict]:
        """Pending and firing ones, as Prometheus describes them."""
        return self._get("alerts")["alerts"]

    def firing(self) -> list[dict]:
        """Without the watchdog, which always does."""
        return [alert["labels"] for alert in self.alerts()
                if alert["state"] == "firing" and alert["labels"]["severity"] != "none"]

    def rules(self) -> list[dict]:
        """As Prometheus describes them."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def rule_faults(self) -> list[str]:
        """Rules whose last evaluation failed."""
        return [f"{rule['name']}: {rule.get('lastError')}"
                for rule in self.rules() if rule["health"] == "err"]

    def suppressed(self) -> list[dict]:
        """The labels of the alerts that others mute in Alertmanager."""
        alerts = json.loads(self._request(self.alertmanager_port,
                                          "/api/v2/alerts?active=true&inhibited=true"))
        return [alert["labels"] for alert in alerts if alert["status"]["inhibitedBy"]]

    def _render(self, compressed: bool) -> None:
        render.render(self.directory / "rules", webhook_url=self.receiver.url, compressed=compressed,
                      runbook_url=(ROOT / "alerts/runbooks").as_uri(), runbook_suffix=".md",
                      service_levels=self.service_levels)

    def _start_alertmanager(self) -> None:
        program = shutil.which("prometheus-alertmanager") or "alertmanager"
        self._start("Alertmanager", self.alertmanager_port,
                    [program, f"--config.file={self.directory}/rules/alertmanager.yml",
                     f"--web.listen-address=127.0.0.1:{self.alertmanager_port}",
                     "--cluster.listen-address=", f"--storage.path={self.directory}/alertmanager",
                     "--log.level=warn"])

    # A new Prometheus takes five seconds until it scrapes, which compressed rules would call
    # blindness. So they come with a reload once there are samples. For as long after a reload it
    # knows no Alertmanager and drops what it sends; the resend delay, a minute, is a second here too,
    # or a muting alert would be missing for that minute; and a series without samples is gone after
    # five seconds, not five minutes.
    def _start_prometheus(self, with_rules: bool = False) -> None:
        config = self.directory / "prometheus.yml"
        rules = f'rule_files: ["{self.directory}/rules/*.rules.yml"]\n'
        without_rules = f"""
# A minute of the shipped rules is a second here.
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
alerting:
  alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{self.alertmanager_port}"]}}]}}]
scrape_configs:
  - {{job_name: dnszone, static_configs: [{{targets: ["{self.target}"]}}]}}
"""
        config.write_text(rules + without_rules if with_rules else without_rules)
        began = time.time()
        process = self._start("Prometheus", self.port,
                              ["prometheus", f"--config.file={config}",
                               f"--web.listen-address=127.0.0.1:{self.port}",
                               f"--storage.tsdb.path={self.directory}/tsdb",
                               "--rules.alert.resend-delay=1s", "--query.lookback-delta=5s",
                               "--log.level=warn"])
        wait_until("the exporter is scraped", lambda: self.query(
            f'up{{job="dnszone"}} == 1 and timestamp(up) > {began}'), START_SECONDS)
        self._render(compressed=True)
        config.write_text(rules + without_rules)
        loaded = self._loaded()
        process.child.send_signal(signal.SIGHUP)
        wait_until("the rules are loaded", lambda: self._loaded() != loaded, START_SECONDS)

    def _loaded(self) -> str:
        """When the configuration was loaded, to the second."""
        return self._get("status/runtimeinfo")["lastConfigTime"]

    def _start(self, name: str, port: int, command: list) -> Process:
        process = Process(command, self.directory / f"{name.lower()}.log").__enter__()
        self.processes.append(process)
        wait_until(f"{name} is ready", lambda: self._request(port, "/-/ready"), START_SECONDS)
        return process

    def _get(self, path: str):
        return json.loads(self._request(self.port, "/api/v1/" + path))["data"]

    def _request(self, port: int, path: str) -> str:
        fail_if_ended(self.processes)
        status, text = fetch(f"http://127.0.0.1:{port}{path}")
        if status != 200:
            raise ValueError(f"{path}: {status} {text}")  # wait_until asks again
        return text


def fail_if_ended(processes: list[Process]) -> None:
    for process in processes:
        if not process.running():
            raise Failed(f"{process.arguments[0]} ended by itself:\n{process.text()[-2000:]}")


def wait_for(what: str, condition, seconds: float, watched: list[Process]) -> None:
    """Until condition() is True; Failed with what it last gave after `seconds`, and at once when one of
    `watched` ends."""
    deadline = time.monotonic() + seconds
    last = None
    while time.monotonic() < deadline:
        fail_if_ended(watched)
        try:
            last = condition()
        except (OSError, ValueError) as error:
            last = error
        if last is True:
            return
        time.sleep(0.2)  # between two looks at the condition; the deadline decides
    raise Failed(f"not within {seconds:g} s: {what}; last: {last}")
