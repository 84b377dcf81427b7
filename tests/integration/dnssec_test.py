#!/usr/bin/env python3
"""The DNSSEC scenarios of tests/lab/world_dnssec.yaml: every zone must get exactly the findings and the
status its scenario expects, Unbound with the lab's trust anchor must agree, asked about the whole zone
and about each server alone, and where it gives a reason (EDE), so must ours. Closes with 'N passed, N
failed, N skipped'."""

import argparse
import concurrent.futures
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from labtools import (PATIENT, ROOT, Exporter, Lab, Metrics, Process, Results,  # noqa: E402
                      enter_namespace, free_port, wait_until, work_directory, write_config)
from run import PARALLEL, agreement, check_all, run_check, scenarios  # noqa: E402

PROBES = 6  # at once; /probe takes eight
MOST_VERIFICATIONS = 64  # kMaxVerificationsPerAnswer of dns/dnssec_limits.hpp

# What Unbound's reason (RFC 8914 section 4) may be called here, by the checks that say so. 6 is any
# failure of validation, which Unbound also says when it knows no better; 9 is its word, too, for an answer
# without a signature by the zone, where it looks for the keys in vain.
UNSIGNED = {"sec-rrsig-missing", "sec-keys-unsigned", "sec-dnskey-sig", "sec-ds-rrsig", "cns-signed",
            "neg-sig", "neg-none", "sec-chain"}
REASONS = {
    1: {"sec-dnskey-alg"},
    2: {"sec-ds-digest-type"},
    7: {"sec-rrsig-expired"},
    8: {"sec-rrsig-future"},
    9: {"sec-ds-unsigned", "sec-ds-sep", "sec-rrsig-no-key", "sec-rrsig-fields"} | UNSIGNED,
    10: UNSIGNED,
    11: {"sec-ds-key-flags", "sec-dnskey-protocol", "sec-ds-sep"},
    12: {"neg-none", "neg-proof-nxdomain-nsec", "neg-proof-nxdomain-nsec3", "sec-ds-rrsig"},
    27: {"neg-nsec3-iterations"},
}


# --- Unbound -------------------------------------------------------------------------------------

class Unbound(Process):
    """One more Unbound as the lab's own, that asks of each zone one server only."""

    def __init__(self, lab: Lab, number: int):
        self.address = f"127.54.0.{60 + number}"
        self.port = lab.port
        directory = lab.directory / f"unbound{number}"
        directory.mkdir()
        program = directory / "unbound"  # a private copy: AppArmor goes by path
        shutil.copy(lab.directory / "unbound" / "unbound", program)
        config = directory / "unbound.conf"
        config.write_text(self._config(lab, number, directory))
        super().__init__([program, "-d", "-c", config], directory / "log")

    def _config(self, lab: Lab, number: int, directory: pathlib.Path) -> str:
        text = (lab.directory / "unbound" / "unbound.conf").read_text()
        text = text[:text.index("stub-zone:")]
        text = text.replace(str(lab.directory / "unbound"), str(directory))
        text = re.sub(r"interface: .*", f"interface: {self.address}", text)
        for zone in lab.world["zones"]:
            servers = zone["servers"]
            server = servers[number % len(servers)]
            name = zone["zone"].rstrip(".") + "."
            text += f'stub-zone:\n  name: "{name}"\n  stub-prime: no\n'
            text += f"  stub-addr: {server['addresses'][0]}@{lab.port}\n"
        return text

    def __enter__(self) -> "Unbound":
        super().__enter__()
        try:
            wait_until("Unbound answers", lambda: not self.running() or
                       any(answer.good for answer in
                           ask(self.address, self.port, [(".", "SOA")]).values()), 30)
        except BaseException:
            self.__exit__()
            raise
        return self


class Answer:
    """What a resolver says to one question."""

    def __init__(self, text: str):
        status = re.search(r"status: (\w+)", text)
        flags = re.search(r"flags: ([a-z ]*);", text)
        self.status = status[1] if status else ""
        self.secure = bool(flags) and "ad" in flags[1].split()
        self.reasons = {int(code) for code in re.findall(r"EDE: (\d+)", text)}
        self.good = self.status in ("NOERROR", "NXDOMAIN")


def ask(resolver: str, port: int, questions: list, *options: str) -> dict:
    """The answers to (name, type) questions, by one dig; a question without an answer is not in it."""
    command = ["dig", f"@{resolver}", "-p", str(port), "+dnssec", "+time=8", "+tries=1", *options,
               *itertools.chain.from_iterable(questions)]
    output = subprocess.run(command, capture_output=True, text=True, errors="replace",
                            timeout=120).stdout
    answers = {}
    for text in output.split(";; ->>HEADER<<-")[1:]:
        question = re.search(r"^;(\S+)\s+IN\s+(\w+)$", text, re.MULTILINE)
        if question:
            answers[(question[1].rstrip(".") or ".", question[2])] = Answer(text)
    return answers


def verdicts(resolver: str, port: int, questions: list) -> dict:
    """For each question secure, insecure or bogus, with the EDE codes; without an opinion, nothing."""
    answers = ask(resolver, port, questions)
    failed = [question for question, answer in answers.items() if answer.status == "SERVFAIL"]
    unchecked = ask(resolver, port, failed, "+cd") if failed else {}
    found = {}
    for question, answer in answers.items():
        if answer.good:
            found[question] = ("secure" if answer.secure else "insecure", answer.reasons)
        elif question in unchecked and unchecked[question].good:
            found[question] = ("bogus", answer.reasons)
    return found


# --- the tests -----------------------------------------------------------------------------------

def below(zone: str) -> str:
    return "does-not-exist." + zone.lstrip(".")


def statuses(zones: list, reports: dict, results: Results) -> None:
    for zone in zones:
        name = zone["zone"]
        ours = reports[name]["dnssec_status"] if name in reports else "not in the output"
        wrong = [f"{ours}, not {zone['status']}"] if ours != zone["status"] else []
        results.judge(f"expected {name}", wrong, zone["status"])


def reason_faults(lab: Lab, zone: dict, report: dict) -> list[str]:
    """Where Unbound names a cause that none of our findings names."""
    found = {finding["check"] for finding in report["findings"]}
    questions = [(zone["zone"], "SOA"), (below(zone["zone"]), "A")]
    theirs = verdicts(lab.world["resolver"], lab.port, questions)
    return [f"{name} {qtype}: EDE {code}, but our checks are {sorted(found)}"
            for (name, qtype), (_, codes) in theirs.items()
            for code in codes & REASONS.keys() if not REASONS[code] & found]


def reasons(lab: Lab, zones: list, reports: dict, pool, results: Results) -> None:
    broken = [zone for zone in zones if zone["expect"] and zone["zone"] in reports]
    for zone, faults in zip(broken, pool.map(
            lambda zone: reason_faults(lab, zone, reports[zone["zone"]]), broken)):
        results.judge(f"reason {zone['zone']}", faults, "Unbound's, where it gives one")


def opinions_of(resolver: str, port: int, zone: dict) -> tuple[dict, dict]:
    """What Unbound makes of everything that a survey asks one server for: of data, and of denial."""
    name = zone["zone"]
    questions = [(name, "SOA"), (name, "NS"), (name, "DNSKEY"), (below(name), "A")]
    questions += [(server["nameserver"], "A") for server in zone["servers"]
                  if server["nameserver"].endswith("." + name)]
    data = {question: opinion
            for question, (opinion, _) in verdicts(resolver, port, questions).items()}
    denial = {question: data.pop(question) for question in [(below(name), "A")] if question in data}
    return data, denial


def disagreement(what: str, ours: float | None, theirs: dict) -> list[str]:
    opinions = set(theirs.values())
    if ours is None or not opinions:
        return []
    return [] if ("bogus" not in opinions) == bool(ours) else [f"{what}: {ours:g}, but Unbound says {theirs}"]


def server_faults(metrics, unbounds: list, port: int, zone: dict) -> list[str]:
    faults = []
    for number, server in enumerate(zone["servers"]):
        data, denial = opinions_of(unbounds[number].address, port, zone)
        for metric, theirs in (("dnssec_valid", data), ("denial_valid", denial)):
            series = metrics.select(f"dnszone_nameserver_{metric}", zone=zone["zone"],
                                    nameserver=server["nameserver"])
            ours = series[0][1] if series else None
            faults += disagreement(f"{server['nameserver']} {metric}", ours, theirs)
    return faults


def servers(lab: Lab, zones: list, metrics: dict, unbounds: list, pool,
            results: Results) -> None:
    """Each server alone: what the exporter makes of it is what an Unbound makes that asks no other."""
    asked = [zone for zone in zones if zone["zone"] in metrics and zone.get("unbound", "any") == "any"]
    jobs = [pool.submit(server_faults, metrics[zone["zone"]], unbounds, lab.port, zone)
            for zone in asked]
    for zone, job in zip(asked, jobs):
        results.judge(f"servers {zone['zone']}", job.result(), "each as Unbound judges it alone")


def probe(exporter: Exporter, zone: str) -> Metrics | None:
    status, text = exporter.get(f"/probe?target={zone}",
                                headers={"X-Prometheus-Scrape-Timeout-Seconds": "30"})
    return Metrics(text) if status == 200 else None


def probe_all(exporter: Exporter, zones: list) -> dict:
    """The series of each zone, from a survey of its own."""
    names = [zone["zone"] for zone in zones]
    with concurrent.futures.ThreadPoolExecutor(PROBES) as pool:
        found = pool.map(lambda name: probe(exporter, name), names)
        return {name: metrics for name, metrics in zip(names, found) if metrics}


def total(metrics: Metrics, name: str) -> float:
    return sum(value for _, value in metrics.select(name))


def bounds(exporter: Exporter, zones: list, results: Results) -> None:
    """What the zones cost that want to cost much, counted in verifications."""
    for name in (zone["zone"] for zone in zones if zone["zone"].endswith(".trap")):
        with results.test(f"bounds {name}", f"at most {MOST_VERIFICATIONS} verifications an answer"):
            before = exporter.metrics()
            assert probe(exporter, name), "no survey"
            after = exporter.metrics()
            spent, answers = (total(after, metric) - total(before, metric) for metric in
                              ("dnszone_exporter_verifications_total",
                               "dnszone_exporter_queries_total"))
            assert answers, "nothing was asked"
            assert spent <= MOST_VERIFICATIONS * answers, f"{spent:g} for {answers:g} answers"


# --- trust anchors -------------------------------------------------------------------------------

def wrong_anchor(anchor: str) -> str:
    """A DNSKEY record with another key than this one."""
    return re.sub(r"( 3 13 )(.)", lambda found: found[1] + ("B" if found[2] == "A" else "A"), anchor)


def key_signing_key(lab: Lab, server: str, zone: str) -> str:
    """What a trust anchor file for the zone holds."""
    done = subprocess.run(["dig", f"@{server}", "-p", str(lab.port), "+norec", "+noall", "+answer",
                           zone, "DNSKEY"], capture_output=True, text=True, timeout=30)
    return next(line + "\n" for line in done.stdout.splitlines() if "DNSKEY\t257 " in line)


def trust_anchors(lab: Lab, exporter: pathlib.Path, results: Results) -> None:
    """Anchors that are wrong, several at a time, and below the root (RFC 4035 section 4.4)."""
    root = (lab.directory / "anchor.key").read_text()
    below_root = key_signing_key(lab, "127.54.0.3", "good.")
    asked = [".", "one-key.good", "deep.one-key.good", "soa-expired.bad"]

    def check(anchors: str) -> dict:
        file = lab.directory / "anchors.key"
        file.write_text(anchors)
        done = run_check(exporter, f"--root-hints={lab.directory / 'root.hints'}",
                         f"--trust-anchor={file}", f"--port={lab.port}", "--allow=127.0.0.0/8",
                         "--format=json", *asked)
        assert done.stdout.startswith("{"), done.stderr
        return {report["zone"]: report for report in json.loads(done.stdout)["zones"]}

    good = ["secure", "secure", "secure", "bogus"]
    nothing = ["indeterminate"] * 4
    for title, anchors, expected, blamed in (
            ("good", root, good, []),
            ("wrong", wrong_anchor(root), nothing, asked),
            ("several, one good", wrong_anchor(root) + root, good, []),
            ("below the root", below_root, ["indeterminate", "secure", "secure", "indeterminate"], []),
            ("root and below", root + below_root, good, []),
            ("root, and a wrong one below", root + wrong_anchor(below_root),
             ["secure", "indeterminate", "indeterminate", "bogus"], asked[1:3])):
        with results.test(f"anchors: {title}", ", ".join(expected)):
            reports = check(anchors)
            found = [reports[zone]["dnssec_status"] for zone in asked]
            assert found == expected, found
            accused = [zone for zone in asked if any(
                finding["check"] == "sec-trust-anchor" for finding in reports[zone]["findings"])]
            assert accused == blamed, f"sec-trust-anchor for {accused}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", required=True, type=pathlib.Path)
    parser.add_argument("--filter", default="", help="only zones that match this regular expression")
    parser.add_argument("--keep", help="keep the lab's directory here")
    arguments = parser.parse_args()
    own_namespace = enter_namespace()
    build = arguments.build_dir.resolve()
    pattern = re.compile(arguments.filter)
    results = Results()
    with work_directory(arguments.keep) as directory, \
            Lab(build, directory / "lab", own_namespace, "--world",
                str(ROOT / "tests/lab/world_dnssec.yaml")) as lab, \
            concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        zones = [zone for zone in lab.world["zones"] if pattern.search(zone["zone"])]
        reports = check_all(lab, build / "exporter/dnszone_exporter", pattern)
        scenarios(lab, reports, pattern, pool, results)
        statuses(zones, reports, results)
        agreement(lab, reports, pattern, pool, results)
        reasons(lab, zones, reports, pool, results)
        if not arguments.filter:
            trust_anchors(lab, build / "exporter/dnszone_exporter", results)
        config = write_config(directory / "probe.yaml", lab, lab.zones, thresholds=PATIENT)
        with Unbound(lab, 0) as first, Unbound(lab, 1) as second, Unbound(lab, 2) as third, \
                Exporter(build, config, free_port()) as exporter:
            bounds(exporter, zones, results)
            servers(lab, zones, probe_all(exporter, zones), [first, second, third], pool, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
