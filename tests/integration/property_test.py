#!/usr/bin/env python3
"""The validator as a property: random zones, signed in random ways, each with one random change of
what its servers say; whatever it is, Unbound and the exporter must come to the same verdict. Closes
with 'N passed, N failed, N skipped'; a test is one zone."""

import argparse
import asyncio
import collections
import dataclasses
import pathlib
import re
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from labtools import (Exporter, Failed, Lab, Results, enter_namespace, free_port,  # noqa: E402
                      wait_until, work_directory, write_config)

# The small part that every test run takes.
DEFAULT_CASES = 200
DEFAULT_SEED = 1
BATCH = 500  # zones of one lab
OUTSTANDING = 24  # questions to Unbound at a time
ROUND_SECONDS = 120
MOST_DETAILS = 5  # disagreements shown in full
ENOUGH_CASES = 100  # for every status to come up
INTERVAL = 30  # longer than a round takes: the second is not waited for

TYPES = {"A": 1, "NS": 2, "SOA": 6}
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3


@dataclasses.dataclass(frozen=True)
class Difference:
    """Where exporter and Unbound differ on purpose: docs/validation.md says why."""
    what: str  # "status", "denial" or "answers"
    ours: str
    unbound: str
    mutation: str  # a regular expression that must match all of it
    why: str
    zone: str = ""  # a regular expression that must match in how the zone is built


_JUNK = "RFC 4035 section 3.2.3: it costs the answer its AD bit, and is no part of the answer"
_REVOKED = "RFC 5011 section 2.1: a revoked key is of no use but for its own revocation"
_SHA1 = "RFC 4509 section 3: SHA-1 is ignored beside SHA-2"
_CUT = "RFC 6840 section 4.1: an NSEC record that looks like a delegation's denies nothing below it"
_UNSURE = "RFC 9276 section 3.2: without a proof Unbound lets it pass as an unsigned delegation's"
_WORK = "CVE-2023-50387: of one RRset we verify 8 signatures, Unbound 9"
_LABELS = "RFC 4035 section 5.3.4: it says that a wildcard was expanded, which nothing proves"
_NO_DS = "RFC 4035 section 5.2: without DS nothing is signed, whatever RRSIG records say"
DIFFERENCES = [
    Difference("status", "secure", "bogus", "soa: junk-authority", _JUNK),
    Difference("answers", "valid", "bogus", "(soa|ns): junk-authority", _JUNK),
    Difference("denial", "valid", "bogus", "(denial|wildcard): junk-authority", _JUNK),
    Difference("status", "insecure", "bogus", "soa: signer-parent", _NO_DS),
    Difference("denial", "bogus", "insecure", "edit: bitmap-remove SOA( at the apex)?", _CUT),
    Difference("answers", "bogus", "secure", "edit: unsign A", _UNSURE,
               "iterations=(151|500)"),
    *(Difference(what, "bogus", unbound, mutation, why)
      for what in ("status", "answers", "denial") for unbound in ("secure", "insecure")
      for mutation, why in (("keys: .*!revoked.*", _REVOKED),
                            ("keys: (?=.*ds1)(?=.*ds[24]).*", _SHA1),
                            ("edit: few-labels (DNSKEY|SOA|NSEC3?)", _LABELS))),
    *(Difference(what, "bogus", "secure", "edit: many-signatures [A-Z0-9]+ 8", _WORK)
      for what in ("status", "answers", "denial")),
]


# --- Unbound --------------------------------------------------------------------------------------

class Asker(asyncio.DatagramProtocol):
    """Questions over UDP to one resolver; an answer is RCODE and AD."""

    def __init__(self) -> None:
        self.waiting: dict[int, asyncio.Future] = {}
        self.next_id = 0
        self.slots = asyncio.Semaphore(OUTSTANDING)

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, _) -> None:
        if len(data) < 12:
            return
        number, flags = struct.unpack("!HH", data[:4])
        future = self.waiting.get(number)
        if future and not future.done():
            future.set_result((flags & 15, bool(flags & 0x20)))

    async def ask(self, name: str, qtype: str, checking: bool = True) -> tuple[int, bool] | None:
        """Nothing when there is no answer within its time."""
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label)
        flags = 0x0100 | (0 if checking else 0x0010)
        async with self.slots:
            self.next_id = (self.next_id + 1) % 65536
            number = self.next_id
            query = (struct.pack("!6H", number, flags, 1, 0, 0, 1) + labels + b"\0"
                     + struct.pack("!HH", TYPES[qtype], 1)
                     + b"\0" + struct.pack("!HHIH", 41, 1232, 0x8000, 0))
            for _ in range(3):
                future = self.waiting[number] = asyncio.get_running_loop().create_future()
                self.transport.sendto(query)
                try:
                    return await asyncio.wait_for(future, 8)
                except asyncio.TimeoutError:
                    continue
                finally:
                    del self.waiting[number]
        return None

    async def verdict(self, name: str, qtype: str) -> str:
        """secure, insecure or bogus; "unknown" when the answer says nothing of validation."""
        answer = await self.ask(name, qtype)
        if answer is None:
            return "unknown"
        rcode, ad = answer
        if rcode in (NOERROR, NXDOMAIN):
            return "secure" if ad else "insecure"
        # Without checking there is an answer: then it was the validation that failed.
        unchecked = await self.ask(name, qtype, checking=False)
        failed = rcode == SERVFAIL and unchecked and unchecked[0] in (NOERROR, NXDOMAIN)
        return "bogus" if failed else "unknown"


async def opinions(lab: Lab, batches: list[list[str]]) -> dict[str, dict[str, str]]:
    """What Unbound says of each zone, one batch after the other."""
    loop = asyncio.get_running_loop()
    transport, asker = await loop.create_datagram_endpoint(
        Asker, remote_addr=(lab.world["resolver"], lab.port))

    async def opinion(zone: str) -> tuple[str, dict[str, str]]:
        status = await asker.verdict(zone, "SOA")
        rest = await asyncio.gather(asker.verdict(zone, "NS"), asker.verdict(f"ns1.{zone}", "A"),
                                    asker.verdict(f"not-there-at-all.{zone}", "A"))
        answers = "bogus" if "bogus" in (status, *rest[:2]) else status
        return zone, {"status": status, "answers": answers, "denial": rest[2]}

    found = {}
    for batch in batches:
        found.update(await asyncio.gather(*(opinion(zone) for zone in batch)))
    transport.close()
    return found


# --- the exporter ---------------------------------------------------------------------------------

def judge(build: pathlib.Path, lab: Lab, zones: list[str]) -> dict[str, dict[str, str]]:
    """What the exporter says of each zone. What it does not say is missing."""
    config = write_config(lab.directory / "property.yaml", lab, zones, interval=f"{INTERVAL}s",
                          timeout="4s")
    with Exporter(build, config, free_port()) as exporter:
        wait_until("every zone is surveyed",
                   lambda: len(exporter.metrics().select(
                       "dnszone_zone_last_survey_timestamp_seconds")) == len(zones),
                   ROUND_SECONDS, every=1)
        metrics = exporter.metrics()
    found: dict[str, dict[str, str]] = {zone: {} for zone in zones}
    for labels, value in metrics.select("dnszone_zone_dnssec_status"):
        if value:
            found[labels["zone"]]["status"] = labels["status"]
    for what, name in (("answers", "dnszone_nameserver_dnssec_valid"),
                       ("denial", "dnszone_nameserver_denial_valid")):
        for labels, value in metrics.select(name):
            found[labels["zone"]][what] = "valid" if value else "bogus"
    return found


# --- both -----------------------------------------------------------------------------------------

def agree(ours: str, unbound: str) -> bool:
    # A gauge does not tell the secure denial from the one that opt-out makes insecure, and is not
    # there where a denial that is not proven is insecure.
    return (ours == unbound or (ours == "valid" and unbound in ("secure", "insecure"))
            or (ours == "none" and unbound == "insecure"))


def explained(what: str, ours: str, unbound: str, title: str) -> Difference | None:
    how, mutation = title.split(" | ")
    for difference in DIFFERENCES:
        if ((difference.what, difference.ours, difference.unbound) == (what, ours, unbound)
                and re.fullmatch(difference.mutation, mutation)
                and re.search(difference.zone, how)):
            return difference
    return None


def compare(title: str, ours: dict, unbound: dict, table: collections.Counter) -> list[str]:
    """Where the two differ without a reason."""
    faults = []
    how, mutation = title.split(" | ")
    for what in ("status", "answers", "denial"):
        left, right = ours.get(what, "none"), unbound[what]
        # Without a secure delegation there is no gauge; the status has told that.
        judged = what == "status" or left != "none" or ours.get("status") == "secure"
        if not judged:
            continue
        reason = None if agree(left, right) else explained(what, left, right, title)
        table[what, left, right, reason.mutation if reason else ""] += 1
        if not agree(left, right) and not reason:
            faults.append(f"{what}: ours {left}, Unbound's {right} ({how}; {mutation})")
    return faults


def run_batch(build: pathlib.Path, directory: pathlib.Path, own_namespace: bool, seed: int,
              count: int, only: str, table: collections.Counter, results: Results) -> None:
    with Lab(build, directory / f"lab{seed}", own_namespace, "--random-zones", str(count),
             "--seed", str(seed)) as lab:
        titles = {zone["zone"]: zone["title"] for zone in lab.world["zones"]
                  if " | " in zone["title"] and only in ("", zone["zone"])}
        if not titles:
            raise Failed(f"there is no zone {only} in the world of seed {seed}")
        ours = judge(build, lab, list(titles))
        # The parents' proofs that there is no DS are the same records for many zones, and a
        # resolver keeps those that were good. So what we call bogus is asked for first.
        first = [zone for zone in titles if ours[zone].get("status") == "bogus"]
        rest = [zone for zone in titles if zone not in first]
        unbound = asyncio.run(opinions(lab, [first, rest]))
        for zone, title in titles.items():
            faults = compare(title, ours[zone], unbound[zone], table)
            if faults:
                faults.append(f"again: ./dev property {count} {seed} --only {zone}")
            if faults and results.failed < MOST_DETAILS:
                faults += details(build, lab, zone)
            if faults:
                results.fail(f"seed {seed} {zone}", faults)
            else:
                results.passed += 1
            if only:
                print("\n".join([title, f"ours {ours[zone]}", f"Unbound {unbound[zone]}",
                                 *details(build, lab, zone)]))


def details(build: pathlib.Path, lab: Lab, zone: str) -> list[str]:
    """What both say in their own words."""
    check = subprocess.run([build / "exporter/dnszone_exporter", "check", "--no-confirm",
                            f"--config.file={lab.directory / 'property.yaml'}", zone],
                           capture_output=True, text=True, timeout=120)
    texts = [check.stdout + check.stderr]
    for name, qtype in ((zone, "SOA"), (f"not-there-at-all.{zone}", "A")):
        dig = subprocess.run(["dig", f"@{lab.world['resolver']}", "-p", str(lab.port), "+dnssec",
                              "+time=8", "+tries=1", name, qtype], capture_output=True, text=True,
                             timeout=60)
        texts.append(dig.stdout)
    return texts


def judge_variety(table: collections.Counter, results: Results) -> None:
    """Cases that are all alike prove nothing."""
    missing = [f"no case is {status} for both" for status in ("secure", "insecure", "bogus")
               if not table["status", status, status, ""]]
    missing += [f"no denial is {ours} for us and {unbound} for Unbound"
                for ours, unbound in (("valid", "secure"), ("bogus", "bogus"))
                if not table["denial", ours, unbound, ""]]
    results.judge("variety", missing, "each status comes up, and each kind of denial")


def print_table(table: collections.Counter) -> None:
    print(f"{'':10}{'exporter':15}{'Unbound':12}{'cases':>6}")
    for (what, ours, unbound, reason), count in sorted(table.items()):
        note = f"  differs on purpose: {reason}" if reason else ""
        print(f"{what:10}{ours:15}{unbound:12}{count:6}{note}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", required=True, type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=DEFAULT_CASES, help="how many zones")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED,
                        help=f"of the first {BATCH} of them; the next have the next seed")
    parser.add_argument("--only", default="", help="this zone alone, of the first seed, with all "
                                                   "that both say of it")
    parser.add_argument("--keep", help="keep the labs' directories here")
    arguments = parser.parse_args()
    own_namespace = enter_namespace()
    results = Results()
    table: collections.Counter = collections.Counter()
    with work_directory(arguments.keep) as directory:
        seed, left = arguments.seed, arguments.cases
        while left > 0:
            run_batch(arguments.build_dir.resolve(), directory, own_namespace, seed,
                      min(BATCH, left), arguments.only, table, results)
            seed, left = seed + 1, 0 if arguments.only else left - BATCH
    print_table(table)
    if sum(table.values()) and arguments.cases >= ENOUGH_CASES and not arguments.only:
        judge_variety(table, results)
    return results.close()


if __name__ == "__main__":
    sys.exit(main())
