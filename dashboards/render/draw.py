#!/usr/bin/env python3
"""Draws the dashboards as pictures, with Grafana's panel libraries in Chromium.

    draw.py --out DIR [--prometheus URL | --build-dir BUILD] [DASHBOARD.json ...]

Without --prometheus it starts the demo, waits until its alerts fire and its lines have some length, and
ends it afterwards. Prints what panels have no data. Ends with 1 when a panel cannot be drawn.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests" / "lab"), str(HERE)]
sys.dont_write_bytecode = True
import demo  # noqa: E402
from labtools import Failed  # noqa: E402
from server import PageServer  # noqa: E402

WORK = ROOT / "build" / "render"
SOURCES = ["package.json", "package-lock.json", ".npmrc", "index.html", "vite.config.js", "src"]
INSTALL_SECONDS = 1200
BUILD_SECONDS = 600
PICTURE_SECONDS = 120

DEMO_SECONDS = 240  # how long the lines of the demo are
DEMO_FIRING = 6  # different alerts
DEMO_SCRAPE = "1s"
# What is worth a picture of the demo, where one value of a variable is to be chosen.
DEMO_CHOICES = {"zone": "expired.lab", "address": "127.53.90.2"}

# As the page lays them out, in pixels.
CELL, GAP, HEADER = 30, 8, 72


# --- the page -------------------------------------------------------------------------------------

def run(command: list[str], seconds: float) -> None:
    done = subprocess.run(command, cwd=WORK, timeout=seconds, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: {done.stdout[-3000:]}")


def fingerprint(names: list[str]) -> str:
    paths = [path for name in names for path in sorted([HERE / name, *(HERE / name).rglob("*")])
             if path.is_file()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def once(what: str, names: list[str], action) -> None:
    """Does it unless it was done with the same content of these files."""
    stamp = WORK / f"{what}.stamp"
    wanted = fingerprint(names)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    demo.say(f"{what}: the page ...")
    action()
    stamp.write_text(wanted)


def build_page() -> None:
    """In build/render, where node_modules may lie; the sources stay clean."""
    WORK.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(WORK / "src", ignore_errors=True)
    for name in SOURCES:
        copy = shutil.copytree if (HERE / name).is_dir() else shutil.copy2
        copy(HERE / name, WORK / name)
    once("install", ["package-lock.json"],
         lambda: run(["npm", "ci", "--no-audit", "--no-fund"], INSTALL_SECONDS))
    once("build", SOURCES, lambda: run(["npm", "run", "build"], BUILD_SECONDS))


# --- pictures -------------------------------------------------------------------------------------

def window_height(board: dict) -> int:
    """High enough for all panels, those of closed rows too."""
    def bottom(panels: list[dict]) -> int:
        return max((p["gridPos"]["y"] + p["gridPos"]["h"] for p in panels), default=0)

    closed = sum(bottom(panel.get("panels", [])) - panel["gridPos"]["y"]
                 for panel in board["panels"] if panel.get("panels"))
    return (bottom(board["panels"]) + closed) * (CELL + GAP) + HEADER


def choices(name: str, board: dict, wanted: list[str], defaults: dict[str, str]) -> list[tuple[str, str]]:
    """var-NAME=VALUE for what the dashboard has of it. A default is for what takes one value only."""
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    chosen = []
    for choice in wanted:
        variable, _, value = choice.partition("=")
        of, _, variable = variable.rpartition("/")
        if of in ("", name):
            chosen.append((variable, value))
    given = {variable for variable, _ in chosen}
    chosen += [(variable, value) for variable, value in defaults.items()
               if variable not in given and variables.get(variable, {}).get("type") == "query"
               and not variables[variable].get("multi")]
    return [(f"var-{variable}", value) for variable, value in chosen if variable in variables]


def picture(url: str, target: pathlib.Path, width: int, height: int) -> None:
    """Chromium takes it when the page is loaded, for which the server waits for the page's report.
    As a kiosk it has no bars of its own, which would take from the height."""
    with tempfile.TemporaryDirectory(prefix="dnszone-render-", ignore_cleanup_errors=True) as profile:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        command = ["chromium", "--headless", "--kiosk", *as_root, "--disable-gpu", "--hide-scrollbars",
                   "--disable-background-networking", "--disable-component-update", "--no-first-run",
                   "--disable-extensions", "--no-proxy-server", f"--user-data-dir={profile}",
                   f"--screen-info={{{width}x{height}}}", f"--screenshot={target}", url]
        done = subprocess.run(command, timeout=PICTURE_SECONDS, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 or not target.exists():
        raise Failed(f"chromium: {done.stdout[-2000:]}")


def draw(server: PageServer, path: pathlib.Path, theme: str, options: argparse.Namespace,
         defaults: dict[str, str]) -> list[str]:
    """One picture. Returns what is wrong with it."""
    board = json.loads(path.read_text(encoding="utf-8"))
    query = [("theme", theme), ("scrape", options.scrape_interval),
             *choices(path.stem, board, options.var, defaults)]
    if options.range:
        query += [("from", f"now-{options.range}"), ("to", "now")]
    target = options.out / f"{path.stem}{'' if theme == 'dark' else '-' + theme}.png"
    target.unlink(missing_ok=True)
    server.show(board)
    picture(f"{server.url}/?{urllib.parse.urlencode(query)}", target, options.width,
            window_height(board))
    report = server.report
    if not report:
        return [f"{path.name}: the page did not report"]
    faults = [f"{path.name}: {panel['title']}: {panel['error']}"
              for panel in report["panels"] if panel.get("error")]
    faults += [f"{path.name}: {fault}" for fault in report["faults"]]
    if report["height"] > report["shown"]:
        faults.append(f"{path.name}: only {report['shown']} of {report['height']} pixels are shown")
    empty = [panel["title"] for panel in report["panels"] if panel["empty"]]
    demo.say(f"{target}: {len(report['panels'])} panels" +
             (f", without data: {', '.join(empty)}" if empty else ""))
    return faults


def draw_all(prometheus: str, options: argparse.Namespace, defaults: dict[str, str]) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    themes = ["dark", "light"] if options.theme == "both" else [options.theme]
    faults: list[str] = []
    with PageServer(WORK, prometheus) as server:
        for path in options.dashboards:
            for theme in themes:
                faults += draw(server, path, theme, options, defaults)
    for fault in faults:
        print(f"FAILED  {fault}", file=sys.stderr)
    return 1 if faults else 0


def draw_demo(options: argparse.Namespace) -> int:
    options.range = options.range or f"{DEMO_SECONDS}s"
    options.scrape_interval = DEMO_SCRAPE
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(demo.directory_for(None))
        world = stack.enter_context(demo.Demo(options.build_dir.resolve(), directory).start())
        until = time.monotonic() + DEMO_SECONDS
        if world.watch(DEMO_FIRING, DEMO_SECONDS) != 0:
            return 1
        while time.monotonic() < until:
            demo.fail_if_ended(world.watched)
            time.sleep(1)  # lines grow at this pace
        return draw_all(f"http://127.0.0.1:{world.monitoring.port}", options, DEMO_CHOICES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dashboards", nargs="*", type=pathlib.Path, metavar="DASHBOARD.json",
                        default=sorted((ROOT / "dashboards").glob("*.json")),
                        help="default: all that are shipped")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "pictures")
    parser.add_argument("--prometheus", metavar="URL", help="default: the demo's")
    parser.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build" / "release-only",
                        help="where the demo's programs are")
    parser.add_argument("--range", help="such as 15m; default: the dashboard's own, or all of the demo")
    parser.add_argument("--scrape-interval", default="15s", help="of that Prometheus; default 15s")
    parser.add_argument("--var", action="append", default=[], metavar="[DASHBOARD/]NAME=VALUE",
                        help="a value of a variable, such as zone/zone=example.org; may be repeated")
    parser.add_argument("--theme", choices=["dark", "light", "both"], default="dark")
    parser.add_argument("--width", type=int, default=1600)
    options = parser.parse_args()
    if wrong := [pair for pair in options.var if "=" not in pair]:
        parser.error(f"--var {wrong[0]}: [DASHBOARD/]NAME=VALUE is wanted")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, demo.interrupt)
    try:
        build_page()
        if options.prometheus:
            return draw_all(options.prometheus.rstrip("/"), options, {})
        return draw_demo(options)
    except demo.Interrupted:
        return 1
    except (Failed, OSError, subprocess.TimeoutExpired) as error:
        print(f"draw: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
