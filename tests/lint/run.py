#!/usr/bin/env python3
"""The project's own lint: include walls, coroutine rule, file hygiene; with options, clang's tools.

Each rule proves itself first on samples it must catch. Closes with 'N passed, N failed'.
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lint"))

ROOMS = ["dns", "survey", "checks", "exporter"]
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')


def sources(*suffixes: str) -> list[pathlib.Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.splitlines()
            if name.endswith(suffixes) and (ROOT / name).is_file()]


def wall_faults(room: str, text: str, name: str) -> list[str]:
    """Includes of a higher room, and of libraries that must not leave their room."""
    own = {"ldns/": "dns", "asio": "dns", "microhttpd.h": "exporter", "yaml-cpp/": "exporter",
           "spdlog/": "exporter", "prometheus/": "exporter", "CLI/": "exporter"}
    above = ROOMS[ROOMS.index(room) + 1:] + ["tests"]
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        included = found[1]
        for higher in above:
            if included.startswith(higher + "/"):
                faults.append(f"{name}:{number}: {room}/ includes {included}, of a room above it")
        for library, home in own.items():
            allowed = ROOMS.index(room) >= ROOMS.index(home) if library == "asio" else room == home
            if included.startswith(library) and not allowed:
                faults.append(f"{name}:{number}: {included} belongs to {home}/ alone")
    return faults


def check_walls() -> list[str]:
    assert wall_faults("dns", '#include "survey/survey.hpp"', "x"), "the rule catches a sample"
    assert wall_faults("checks", "#include <ldns/ldns.h>", "x"), "the rule catches a sample"
    assert not wall_faults("checks", '#include "dns/name.hpp"', "x")
    faults = []
    for path in sources(".cpp", ".hpp"):
        room = path.relative_to(ROOT).parts[0]
        if room in ROOMS:
            faults += wall_faults(room, path.read_text(), str(path.relative_to(ROOT)))
    return faults


def check_wire_without_asio() -> list[str]:
    """Message code and validation build without Asio, so that the fuzzers need nothing else."""
    faults = []
    cmake = (ROOT / "dns" / "CMakeLists.txt").read_text()
    rooms = re.findall(r"room\((?:dns_wire|dnssec)\s+([^)]*)\)", cmake)
    assert len(rooms) == 2, "dns/CMakeLists.txt has the targets dns_wire and dnssec"
    for name in " ".join(rooms).split():
        for path in (ROOT / "dns" / name, (ROOT / "dns" / name).with_suffix(".hpp")):
            if path.exists() and re.search(r"#include\s*[<\"](asio|dns/engine|dns/client|dns/task)",
                                           path.read_text()):
                faults.append(f"{path.relative_to(ROOT)}: includes Asio or the engine")
    return faults


def check_hygiene() -> list[str]:
    faults = []
    for path in sources(".cpp", ".hpp"):
        text = path.read_text()
        name = path.relative_to(ROOT)
        if path.suffix == ".hpp" and "#pragma once" not in text:
            faults.append(f"{name}: no #pragma once")
        if path.suffix == ".hpp" and not text.startswith("//"):
            faults.append(f"{name}: does not start with what it is for")
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", line):
                faults.append(f"{name}:{number}: unfinished: {line.strip()}")
            if "\t" in line or line != line.rstrip():
                faults.append(f"{name}:{number}: tab or trailing space")
            if "NOLINT" in line and "NOLINTEND" not in line and not re.search(r"NOLINT\w*\([\w,.*-]+\)", line):
                faults.append(f"{name}:{number}: NOLINT without the check it silences")
    return faults


def check_coroutines() -> list[str]:
    import coroutines
    return coroutines.check(sources(".cpp", ".hpp"), ROOT)


def check_format() -> list[str]:
    files = [str(path) for path in sources(".cpp", ".hpp")]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], capture_output=True,
                          text=True)
    return [line for line in done.stderr.splitlines() if "error:" in line][:40]


def check_tidy(build: str) -> list[str]:
    subprocess.run(["cmake", "--preset", "tidy", "-Wno-dev"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    files = [str(path) for path in sources(".cpp")
             if path.relative_to(ROOT).parts[0] in ROOMS or {"lab", "world"} & set(path.parts)]
    done = subprocess.run(["run-clang-tidy", "-quiet", "-p", str(ROOT / build), *files], cwd=ROOT,
                          capture_output=True, text=True)
    output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    faults = [line for line in output.splitlines() if re.search(r"(warning|error): ", line)]
    if done.returncode and not faults:
        faults = (done.stdout + done.stderr).splitlines()[-20:]
    return sorted(set(faults))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--format", action="store_true", help="clang-format in check mode")
    parser.add_argument("--tidy", metavar="BUILD", help="clang-tidy, with this build folder")
    arguments = parser.parse_args()
    rules = {"include walls": check_walls, "messages without Asio": check_wire_without_asio,
             "hygiene": check_hygiene, "coroutine rule": check_coroutines}
    if arguments.format:
        rules["clang-format"] = check_format
    if arguments.tidy:
        rules["clang-tidy"] = lambda: check_tidy(arguments.tidy)
    failed = 0
    for name, rule in rules.items():
        faults = rule()
        print(f"{name}: {'ok' if not faults else f'{len(faults)} faults'}", flush=True)
        for fault in faults:
            print("  " + fault)
        failed += bool(faults)
    print(f"{len(rules) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
