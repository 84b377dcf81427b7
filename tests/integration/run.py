#!/usr/bin/env python3
"""The exporter against the lab: every zone of tests/lab/world.yaml must get exactly the findings its
scenario expects, the dig command of a finding must show the fault, and dig, drill and Unbound must
agree with what the exporter saw. Closes with 'N passed, N failed, N skipped'."""

import argparse
import concurrent.futures
import json
import pathlib
import re
import shlex
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from labtools import (PATIENT, ROOT, Lab, Results, enter_namespace, work_directory,  # noqa: E402
                      write_config)

WORST_FREE = ("info", "notice")  # severities that no scenario needs to expect
PARALLEL = 12
CHECK_SECONDS = 300


# --- scenarios -----------------------------------------------------------------------------------

def matches(expected: dict, finding: dict) -> bool:
    subject = all(finding.get(key) == expected[key]
                  for key in ("check", "severity", "nameserver", "address", "transport")
                  if key in expected)
    return subject and re.search(expected.get("says", ""), finding["sentence"]) is not None


def describe(finding: dict) -> str:
    subject = " ".join(str(finding[key]) for key in ("nameserver", "address", "transport")
                       if key in finding)
    text = f"{finding['severity']} {finding['check']} {subject}".rstrip()
    said = finding.get("sentence", finding.get("says"))
    return f"{text}: {said}" if said else text


def faults_of(zone: dict, report: dict) -> list[str]:
    """What the report lacks and what it has too much, by the zone's expectations."""
    faults = []
    findings = report["findings"]
    for expected in zone["expect"]:
        if not any(matches(expected, finding) for finding in findings):
            faults.append("missing: " + describe(expected))
    for finding in findings:
        # What resolvers make of a fault follows from it; of a healthy zone they must make nothing.
        follows = finding["check"].startswith("res-") and zone["expect"]
        known = (finding["severity"] in WORST_FREE or finding["check"] in zone["allow"] or follows
                 or any(matches(expected, finding) for expected in zone["expect"]))
        if not known:
            faults.append("unexpected: " + describe(finding))
    return faults


def command_faults(zone: dict, report: dict) -> list[str]:
    """Runs the command of each finding whose scenario says what it must show."""
    faults = []
    for expected in zone["expect"]:
        if "shows" not in expected:
            continue
        for finding in filter(lambda finding: matches(expected, finding), report["findings"]):
            if not finding.get("command"):
                faults.append("no command: " + describe(finding))
                continue
            output = dig(shlex.split(finding["command"]))
            if not re.search(expected["shows"], output, re.IGNORECASE):
                faults.append(f"does not show '{expected['shows']}': {finding['command']}\n{output}")
    return faults


def dig(command: list[str]) -> str:
    if command[0] != "dig":
        return f"not a dig command: {command}"
    if "+trace" in command:
        return "not run: +trace starts at the Internet's root"
    # The patience of a test, not of a person; a resolver tries dead servers for seconds.
    seconds = 15 if "+recurse" in command else 2
    done = subprocess.run([*command, f"+time={seconds}", "+tries=1"], capture_output=True, text=True,
                          errors="replace", timeout=30)
    return done.stdout + done.stderr


def scenarios(lab: Lab, reports: dict, pattern: re.Pattern, pool, results: Results) -> None:
    chosen = [zone for zone in lab.world["zones"] if pattern.search(zone["zone"])]
    present = [zone for zone in chosen if "skipped" not in zone and zone["zone"] in reports]
    commands = dict(zip((zone["zone"] for zone in present),
                        pool.map(lambda zone: command_faults(zone, reports[zone["zone"]]), present)))
    for zone in chosen:
        name = zone["zone"]
        if "skipped" in zone:
            results.skip(name, zone["skipped"])
        elif name not in reports:
            results.fail(name, ["not in the output"])
        else:
            results.judge(name, faults_of(zone, reports[name]) + commands[name], zone["title"])


# --- oracles -------------------------------------------------------------------------------------

UNANSWERED = {"timeout": "timed out|no servers could be reached|communications error",
              "connection_failed": "connection refused|connection reset|end of file|no servers",
              "unreachable": "unreachable|no servers|refused|communications error",
              "malformed": "id mismatch|mismatch|malformed|bad|extra|unexpected|timed out|reply|"
                           "no servers|warning|question|short|parse"}


def dig_faults(lab: Lab, report: dict, server: dict, transport: str) -> list[str]:
    """Where dig does not see what the exporter saw of one server."""
    seen = server.get(transport)
    if not seen or seen["result"] == "not_asked":
        return []
    command = ["dig", "+norec", "+nocookie", "+notcp" if transport == "udp" else "+tcp", "+ignore",
               f"@{server['address']}", "-p", str(lab.port), report["zone"], "SOA"]
    output = dig(command)
    where = f"{server['nameserver']} {server['address']} {transport}: "
    if "FORMERR" in output and seen.get("rcode") != "FORMERR":
        output = dig([*command, "+noedns"])  # as the exporter does
    status = re.search(r"status: (\w+)", output)
    flags = re.search(r"flags: ([a-z ]*);", output)
    if "rcode" in seen and seen["result"] != "malformed":
        if not status or status[1] != seen["rcode"]:
            return [f"{where}{seen['rcode']}, but dig says:\n{output}"]
        if seen["result"] == "ok" and flags and "aa" not in flags[1].split():
            return [f"{where}ok, but dig sees no aa:\n{output}"]
        return []
    if not re.search(UNANSWERED.get(seen["result"], "."), output, re.IGNORECASE):
        return [f"{where}{seen['result']}, but dig says:\n{output}"]
    return []


def drill_faults(lab: Lab, report: dict, server: dict) -> list[str]:
    if server.get("udp", {}).get("result") != "ok":
        return []
    done = subprocess.run(["drill", "-p", str(lab.port), "-o", "rd", f"@{server['address']}",
                           report["zone"], "SOA"], capture_output=True, text=True, timeout=30)
    if "rcode: NOERROR" in done.stdout and re.search(r"flags: qr aa", done.stdout):
        return []
    return [f"{server['nameserver']} {server['address']}: ok, but drill says:\n{done.stdout}"]


def oracles(lab: Lab, reports: dict, pattern: re.Pattern, pool, results: Results) -> None:
    jobs = []
    for name, report in reports.items():
        if not pattern.search(name):
            continue
        for server in report["servers"]:
            for transport in ("udp", "tcp"):
                jobs.append((name, pool.submit(dig_faults, lab, report, server, transport)))
            jobs.append((name, pool.submit(drill_faults, lab, report, server)))
    faults: dict[str, list[str]] = {}
    for name, job in jobs:
        faults.setdefault(name, []).extend(job.result())
    for name, found in faults.items():
        results.judge(f"oracle {name}", found, "dig and drill agree")


def validation(lab: Lab, pattern: re.Pattern, pool, results: Results) -> None:
    """Unbound, which knows only the root's key, finds the lab's signed zones secure, so the lab's
    signatures, DS records and proofs are right where they are meant to be."""

    def ask(name: str, qtype: str) -> str:
        done = subprocess.run(["dig", f"@{lab.world['resolver']}", "-p", str(lab.port), "+dnssec",
                               "+time=8", "+tries=1", name, qtype],
                              capture_output=True, text=True, timeout=30)
        return done.stdout

    def faults(zone: dict) -> list[str]:
        name = zone["zone"]
        below = "does-not-exist" if name == "." else f"does-not-exist.{name}"
        found = []
        for output in (ask(name, "SOA"), ask(below, "TXT")):
            flags = re.search(r"flags: ([a-z ]*);", output)
            # What opt-out covers is not authenticated (RFC 5155 section 9.2).
            opt_out = re.search(r"\sNSEC3\s+1\s+1\s", output) is not None
            if not flags or ("ad" in flags[1].split()) != (zone["signed"] and not opt_out):
                found.append(f"ad should be {zone['signed']}:\n{output}")
        return found

    healthy = [zone for zone in lab.world["zones"]
               if not zone["expect"] and "skipped" not in zone and pattern.search(zone["zone"])]
    for zone, found in zip(healthy, pool.map(faults, healthy)):
        results.judge(f"validate {zone['zone']}", found, "Unbound agrees")


def agreement(lab: Lab, reports: dict, pattern: re.Pattern, pool, results: Results) -> None:
    """Wherever Unbound has an opinion of a zone, it is the exporter's, or what the scenario says that
    it is (docs/validation.md tells why): `any` where it goes by the server that it happens to ask."""

    def ask(name: str, *options: str) -> tuple[str, set]:
        done = subprocess.run(["dig", f"@{lab.world['resolver']}", "-p", str(lab.port), "+dnssec",
                               "+time=8", "+tries=1", *options, name, "SOA"],
                              capture_output=True, text=True, timeout=30)
        status = re.search(r"status: (\w+)", done.stdout)
        flags = re.search(r"flags: ([a-z ]*);", done.stdout)
        return (status[1] if status else "", set(flags[1].split()) if flags else set())

    def opinion(name: str) -> str | None:
        status, flags = ask(name)
        if status == "NOERROR":
            return "secure" if "ad" in flags else "insecure"
        # Without checking there is an answer: then it was the validation that failed.
        return "bogus" if status == "SERVFAIL" and ask(name, "+cd")[0] == "NOERROR" else None

    differing = {zone["zone"]: zone["unbound"] for zone in lab.world["zones"] if "unbound" in zone}
    names = [name for name in reports if pattern.search(name)]
    for name, unbound in zip(names, pool.map(opinion, names)):
        ours = differing.get(name, reports[name]["dnssec_status"])
        wrong = ours != "any" and unbound not in (None, ours)
        faults = [f"{ours}, but Unbound says {unbound}"] if wrong else []
        results.judge(f"status {name}", faults, "Unbound's, where it has an opinion")


# --- the resolver view ---------------------------------------------------------------------------

def resolver_view(lab: Lab, exporter: pathlib.Path, reports: dict, results: Results) -> None:
    """What the lab's Unbound makes of the zones, and who is blamed when a resolver is at fault."""
    options = [f"--root-hints={lab.directory / 'root.hints'}",
               f"--trust-anchor={lab.directory / 'anchor.key'}", f"--port={lab.port}",
               "--allow=127.0.0.0/8", "--allow=fd00::/8", "--format=json"]
    unbound = lab.world["resolver"]

    def find(report: dict, check: str) -> dict:
        return next(finding for finding in report["findings"] if finding["check"] == check)

    with results.test("resolver secure", "a healthy signed zone has AD, with checking"):
        seen = reports["programs.shop"]["resolvers"]
        assert [each["resolver"] for each in seen] == [unbound], seen
        assert seen[0]["view"] == "works" and seen[0]["authenticated"], seen
        assert seen[0]["rcode"] == seen[0]["rcode_checking_disabled"] == "NOERROR", seen
    with results.test("resolver DNSSEC", "expired signatures: SERVFAIL, but for CD, and why"):
        report = reports["expired-everywhere.lab"]
        seen = report["resolvers"][0]
        assert seen["view"] == "dnssec_fails" and seen["rcode"] == "SERVFAIL", seen
        assert seen["rcode_checking_disabled"] == "NOERROR", seen
        # Of all that is wrong Unbound names what it met first: expired, bogus, or no usable key.
        assert set(seen["extended_errors"]) & {6, 7, 9}, seen
        reason = f"EDE {seen['extended_errors'][0]}"
        assert reason in find(report, "res-cd")["sentence"], report
        assert reason in find(report, "res-ede")["sentence"], report
        assert "layer is DNSSEC" in find(report, "res-verdict")["sentence"], report
    with results.test("resolver authoritative", "no server answers: the layer is the servers"):
        report = reports["all-dead.lab"]
        assert "authoritative service" in find(report, "res-verdict")["sentence"], report
        assert not any(finding["check"].startswith("res-") and finding["severity"] not in WORST_FREE
                       for finding in report["findings"]), report
    for title, address, check in (("refuses", "127.53.10.2", "res-ra"),
                                  ("is silent", "127.53.99.253", "res-resolves"),
                                  ("is not there", "127.53.99.254", "res-resolves")):
        with results.test(f"resolver {title}", "is blamed alone"), \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.53.99.253", lab.port))  # takes queries and never answers
            done = run_check(exporter, *options, f"--resolver={unbound}:{lab.port}",
                             f"--resolver={address}:{lab.port}", "programs.shop")
            report = json.loads(done.stdout)["zones"][0]
            assert done.returncode == 0, f"{done.returncode}\n{done.stdout}{done.stderr}"
            assert address in find(report, check)["sentence"], report["findings"]
            assert all(finding["severity"] in WORST_FREE for finding in report["findings"]), report
            assert [each["view"] == "works" for each in report["resolvers"]] == [True, False], report
    with results.test("sentinel", "a name that must exist and does not"):
        done = run_check(exporter, *options, f"--resolver={unbound}:{lab.port}",
                         "--sentinel=www.programs.shop/A", "--sentinel=gone.programs.shop/A",
                         "programs.shop")
        sentence = find(json.loads(done.stdout)["zones"][0], "res-nxdomain-expected")["sentence"]
        assert "gone.programs.shop A" in sentence and "www.programs.shop" not in sentence, sentence


# --- the command line ----------------------------------------------------------------------------

def run_check(exporter: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([exporter, "check", *arguments], capture_output=True, text=True,
                          timeout=CHECK_SECONDS)


def command_line(lab: Lab, exporter: pathlib.Path, results: Results) -> None:
    with results.test("check-config", "the lab's own configuration has no mistake"):
        done = subprocess.run([exporter, "check-config", lab.directory / "exporter.yaml"],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    options = [f"--root-hints={lab.directory / 'root.hints'}",
               f"--trust-anchor={lab.directory / 'anchor.key'}", f"--port={lab.port}",
               "--allow=127.0.0.0/8", "--allow=fd00::/8"]
    for zones, status, why in ((["unsigned.shop"], 0, "healthy"), (["stale.lab"], 1, "warnings"),
                               (["refused.lab", "unsigned.shop"], 2, "errors")):
        with results.test(f"exit {status}", f"check {' '.join(zones)}: {why}"):
            done = run_check(exporter, *options, *zones)
            assert done.returncode == status, f"{done.returncode}\n{done.stdout}{done.stderr}"
            assert all(zone in done.stdout for zone in zones), done.stdout
    for arguments, why in (([], "no zone"), (["--port=0", "x.test"], "a bad port"),
                           (["--root-hints=/nonexistent", "x.test"], "hints that are not there"),
                           (["--no-such-option", "x.test"], "an unknown option")):
        with results.test("exit 3", why):
            done = run_check(exporter, *arguments)
            assert done.returncode == 3, f"{done.returncode}\n{done.stdout}{done.stderr}"
            assert done.stderr.strip(), "nothing on stderr"
    with results.test("nothing is allowed", "without --allow loopback is never asked"):
        done = run_check(exporter, f"--root-hints={lab.directory / 'root.hints'}",
                         f"--port={lab.port}", "--format=json", "unsigned.shop")
        assert done.returncode == 3 or json.loads(done.stdout)["zones"][0]["status"] != "healthy", \
            done.stdout


def check_all(lab: Lab, exporter: pathlib.Path, pattern: re.Pattern) -> dict:
    zones = [zone for zone in lab.zones if pattern.search(zone)]
    slow = "{zone: slow.lab, thresholds: {response_time_udp: 1s, response_time_tcp: 20s}}"
    config = write_config(lab.directory / "check.yaml", lab,
                          [slow if zone == "slow.lab" else zone for zone in lab.zones],
                          resolvers=[lab.world["resolver"]], thresholds=PATIENT)
    done = run_check(exporter, "--format=json", f"--config.file={config}", *zones)
    (lab.directory / "check.json").write_text(done.stdout)
    (lab.directory / "check.stderr").write_text(done.stderr)
    if done.returncode not in (0, 1, 2, 3) or not done.stdout.startswith("{"):
        raise SystemExit(f"check ended with {done.returncode}:\n{done.stderr}\n{done.stdout[:2000]}")
    return {report["zone"]: report for report in json.loads(done.stdout)["zones"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", required=True, type=pathlib.Path)
    parser.add_argument("--filter", default="", help="only zones that match this regular expression")
    parser.add_argument("--keep", help="keep the lab's directory here")
    arguments = parser.parse_args()
    own_namespace = enter_namespace()
    build = arguments.build_dir.resolve()
    exporter = build / "exporter/dnszone_exporter"
    pattern = re.compile(arguments.filter)
    results = Results()
    if not own_namespace:
        print("no network namespace can be made here: on loopback, without IPv6")
    with work_directory(arguments.keep) as directory, \
            Lab(build, directory / "lab", own_namespace, "--world",
                str(ROOT / "tests/lab/world.yaml")) as lab, \
            concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        reports = check_all(lab, exporter, pattern)
        scenarios(lab, reports, pattern, pool, results)
        oracles(lab, reports, pattern, pool, results)
        validation(lab, pattern, pool, results)
        agreement(lab, reports, pattern, pool, results)
        if {"programs.shop", "expired-everywhere.lab", "all-dead.lab"} <= reports.keys():
            resolver_view(lab, exporter, reports, results)
        if not arguments.filter:
            command_line(lab, exporter, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
