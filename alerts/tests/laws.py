"""The laws of ../README.md that rules are held to."""

import itertools
import json
import re

import render
import table
from metric_names import known_metrics, metrics_in
from shipped import (ALERTS, ALERT_RULES, NAMES, RECORDED, ROOT, RULE_FILES, RULES, SCOPES, SEVERITIES,
                     seconds)


# Parts of the names of series that may be read in a longer window than an alert waits: what they say changes
# rarely, or is a time in the future.
RARELY_CHANGED = ("rrsig", "threshold", "zone_nameservers", "ds_records", "addresses", "consistent",
                  "serial_age")


def check_labels_and_annotations() -> None:
    for _, rule in ALERT_RULES:
        name, labels, notes = rule["alert"], rule["labels"], rule["annotations"]
        assert re.fullmatch(r"DNS[A-Za-z]+", name), name
        assert set(labels) == {"severity", "scope"}, f"{name}: {labels}"
        assert labels["severity"] in SEVERITIES and labels["scope"] in SCOPES, f"{name}: {labels}"
        assert set(notes) == {"summary", "description", "command", "first_step", "runbook_url",
                              "dashboard_url"}, name
        assert notes["runbook_url"] == f"{render.RUNBOOKS}/{name}", f"{name}: {notes['runbook_url']}"
        assert notes["dashboard_url"].startswith(f"{render.GRAFANA}/d/dnszone-"), name
        assert "for" in rule and "keep_firing_for" in rule, f"{name} has no for or keep_firing_for"
        for note, most in (("summary", 80), ("description", 420), ("command", 100), ("first_step", 200)):
            plain = re.sub(r"\{\{.*?\}\}", "", notes[note], flags=re.DOTALL)
            assert "\n" not in plain, f"{name}: {note} has a line break"
            assert len(plain) <= most, f"{name}: {note} is long"
        # It is pasted into a shell; names of nameservers come from the network.
        assert not re.search(r"\.nameserver|\$\(|;", notes["command"]), f"{name}: {notes['command']}"
        if name.startswith("DNSSEC") and labels["severity"] == "critical":
            safe = "have the DS removed at the parent, wait for its TTL, and only then repair or unsign"
            others = {"DNSSECAncestorBogus", "DNSSECResolverServfail"}  # nothing of one's own to repair
            assert safe in notes["first_step"] or name in others, f"{name}: {notes['first_step']}"
        if labels["scope"] in ("zone", "nameserver", "delegation", "dnssec", "sla"):
            assert "{{ $labels.zone }}" in notes["summary"], f"{name}: summary without the zone"


def check_dashboard_links() -> None:
    uids = {load_json["uid"]: {v["name"] for v in load_json["templating"]["list"]}
            for load_json in (json.loads(p.read_text()) for p in (ROOT / "dashboards").glob("*.json"))}
    for _, rule in ALERT_RULES:
        found = re.fullmatch(rf"{re.escape(render.GRAFANA)}/d/([\w-]+)(?:\?(.*))?",
                             rule["annotations"]["dashboard_url"])
        assert found and found[1] in uids, f"{rule['alert']} links to no shipped dashboard"
        for name in re.findall(r"var-(\w+)=", found[2] or ""):
            assert name in uids[found[1]], f"{rule['alert']}: no variable {name} in {found[1]}"


def check_windows() -> None:
    """A window bridges a lost scrape and is shorter than the `for` of whatever reads it."""
    for path, rule in ALERT_RULES:
        if path.name == "sla.rules.yml":
            continue  # sums over weeks, which no lost scrape changes
        for window in re.findall(r"\[(\w+)\]", rule["expr"]):
            assert 120 <= seconds(window) < seconds(rule["for"]), f"{rule['alert']}: [{window}]"
        reads = set(RECORDED) & set(re.findall(r"[\w:]+", rule["expr"]))
        for record in reads:
            recorded = next(r for rules in RULES.values() for r in rules if r.get("record") == record)
            for window in re.findall(r"\[(\w+)\]", recorded["expr"]):
                if any(word in record for word in RARELY_CHANGED):
                    assert seconds(window) >= 120, record
                elif re.search(r"increase\(|avg_over_time\(", recorded["expr"]):
                    # What an outage leaves in the window must not fire once it is over.
                    assert seconds(window) <= seconds(rule["for"]), f"{rule['alert']}: {record}"
                else:
                    assert 120 <= seconds(window) < seconds(rule["for"]), f"{rule['alert']}: {record}"


def check_recorded_names() -> None:
    series = [(r["record"], str(r.get("labels"))) for rules in RULES.values() for r in rules
              if "record" in r]
    assert len(set(series)) == len(series), "a series is recorded twice"
    texts = [json.dumps(rule) for _, rule in ALERT_RULES]
    texts += [rule["expr"] for rules in RULES.values() for rule in rules if "record" in rule]
    texts += [p.read_text() for p in (ROOT / "dashboards").glob("*.json")]
    texts += [p.read_text() for p in (ALERTS / "runbooks").glob("*.md")]
    used = set(itertools.chain.from_iterable(map(table.RECORDED.findall, texts)))
    assert used == set(RECORDED), f"recorded and not used, or the reverse: {used ^ set(RECORDED)}"


def check_metrics_exist() -> None:
    known = known_metrics(ROOT)
    for path in RULE_FILES:
        unknown = metrics_in(path.read_text()) - known
        assert not unknown, f"{path.name} names metrics the exporter does not have: {unknown}"
    for path in (ALERTS / "runbooks").glob("*.md"):
        unknown = metrics_in(path.read_text()) - known
        assert not unknown, f"{path.name} names metrics the exporter does not have: {unknown}"


def selectors(expr: str) -> str:
    """The expression without what stands in quotes."""
    return re.sub(r'"[^"]*"', '""', expr)


def check_expressions() -> None:
    """What pint would say of them, as far as it applies here."""
    for path, rules in RULES.items():
        for rule in rules:
            what, expr = rule.get("alert") or rule["record"], rule["expr"]
            plain = selectors(expr)
            # A condition, or the alert fires for everything that exists.
            if "alert" in rule and expr != "vector(1)":
                assert re.search(r"(?<![=!~])(==|!=|>=|<=|>|<)(?![~])(?! bool)|absent", plain), \
                    f"{what} has no condition"
            # `by` would drop labels that somebody else's Prometheus adds.
            assert " by (" not in plain, f"{what} aggregates by"
            # Regular expressions that match one string, or are anchored twice.
            for operator, value in re.findall(r'(=~|!~|!=|=)"([^"]*)"', expr):
                assert ("~" not in operator) or re.search(r"[.|*+?(\[]", value), f"{what}: needless ~ {value}"
                assert not value.startswith("^") and not value.endswith("$"), f"{what}: anchored {value}"
            # Counters through rates, gauges not; and windows that bridge two lost scrapes.
            for function, name, window in re.findall(r"(\w+)\((dnszone_\w+)(?:\{[^}]*\})?\[(\w+)\]", expr):
                counter = name.endswith("_total")
                assert counter == (function in ("rate", "increase")), f"{what}: {function}({name})"
                assert not counter or seconds(window) >= 4 * 60, f"{what}: {window} is short for {name}"
            assert not re.search(r"\b(topk|bottomk|irate|offset|group_left \((?!\)))", plain), f"{what} is fragile"
            for number in re.findall(r"(?:>=|<=) (0\.\d+)", plain):
                assert number in ("0.51", "0.49", "0.9"), f"{what}: {number} is no majority"


def check_labels_in_texts() -> None:
    """Texts name labels that the alert has: those of its subject, or ones its expression keeps."""
    kept = {"zone": {"zone"}, "delegation": {"zone"}, "dnssec": {"zone"}, "ancestor": {"ancestor"},
            "nameserver": {"zone", "nameserver", "address", "family"}, "server": {"address", "family"},
            "sla": {"zone"}, "vantage": {"instance"}, "exporter": {"instance", "job"}}
    more = {"DNSZoneCriticalFinding": {"check"}, "DNSZoneErrorFinding": {"check"},
            "DNSZoneFamilyUnreachable": {"family"}, "DNSDelegationNameUnresolvable": {"nameserver"},
            "DNSNameserverSlow": {"transport"}, "DNSZoneExporterVantageOffline":
            {"family", "transport", "vantage"}, "DNSResolverDown": {"resolver"},
            "DNSZoneExporterShardMissing": {"vantage"},
            "DNSRTTSLABreach": {"transport"}, "DNSNameserverSLABudget": {"nameserver", "address"}}
    for _, rule in ALERT_RULES:
        named = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        may = kept[rule["labels"]["scope"]] | more.get(rule["alert"], set())
        assert named <= may, f"{rule['alert']}: {named - may}"


def check_numbers_in_texts() -> None:
    """A number in a text is a limit of the expression or a window of it, in the unit of the text."""
    units = {"minutes": 1, "days": 86400, "hours": 3600, "%": 0.01}
    for _, rule in ALERT_RULES:
        for note in ("summary", "description"):
            plain = re.sub(r"\{\{.*?\}\}", "", rule["annotations"][note], flags=re.DOTALL)
            for number, unit in re.findall(r"(?<![\w.])(\d[\d.]*?)(?: (minutes|days|hours|%)|\b)", plain):
                have = {float(n) for n in re.findall(r"(?<![\w.:])(\d+(?:\.\d+)?)(?![\w.])", rule["expr"])}
                series = " ".join(r["expr"] for rules in RULES.values() for r in rules
                                  if r.get("record", "-") in rule["expr"])
                have |= {float(seconds(w)) for w in re.findall(r"\[(\w+)", rule["expr"] + series)}
                want = float(number) * units.get(unit, 1)
                assert any(abs(want - value) < 1e-9 for value in have) or (unit, number) == ("", "512"), \
                    f"{rule['alert']}: {number} {unit} is not in its expression"


def check_thresholds_exist() -> None:
    text = (ROOT / "checks" / "settings.hpp").read_text()
    struct = re.search(r"struct Thresholds \{(.*?)\};", text, re.DOTALL)
    known = set(re.findall(r"double (\w+) =", struct[1])) | {"interval"}
    for path in RULE_FILES:
        for name in re.findall(r'threshold=\\?"(\w+)', path.read_text()):
            assert name in known, f"{path.name}: no threshold {name} in checks/settings.hpp"


def check_checks_exist() -> None:
    rows = "".join(path.read_text() for path in (ROOT / "checks").glob("catalogue_*.hpp"))
    known = set(re.findall(r'"([a-z]{3}-[a-z0-9-]+)"', rows))
    assert len(known) > 50, known
    for path in [*RULE_FILES, *(ALERTS / "runbooks").glob("*.md")]:
        for name in re.findall(r"\b((?:del|adr|con|tra|cns|sec|neg|zon|res)-[a-z0-9-]*[a-z0-9])\b", path.read_text()):
            assert name in known, f"{path.name} names the check {name}, which does not exist"


def check_own_alerts_of_critical_checks() -> None:
    """DNSZoneCriticalFinding leaves out checks that have alerts of their own; they must exist."""
    rule = next(r for _, r in ALERT_RULES if r["alert"] == "DNSZoneCriticalFinding")
    left_out = set(re.search(r'check!~"([^"]+)"', rule["expr"])[1].split("|"))
    own = {"del-exists": "DNSZoneNotDelegated", "del-working-ns": "DNSZoneUnreachable",
           "con-availability": "DNSZoneRedundancyLost", "sec-rrsig-expired": "DNSSECSignatureExpired",
           "sec-rrsig-remaining": "DNSSECSignatureExpiring",
           "sec-chain": "DNSSECAncestorBogus", "sec-ds-sep": "DNSSECDSMismatch",
           "sec-ds-unsigned": "DNSSECDSUnsigned", "sec-rrsig-future": "DNSSECSignatureInFuture",
           "res-cd": "DNSSECResolverServfail", "neg-proof-ds": "DNSSECZoneBogus",
           # Whatever else makes a zone bogus.
           **dict.fromkeys(["sec-status", "sec-ds-rrsig", "sec-dnskey-sig", "sec-dnskey-alg", "sec-dnskey-protocol",
                            "sec-dnskey-revoked", "sec-dnskey-collisions", "sec-rrsig-missing",
                            "sec-rrsig-crypto", "sec-rrsig-no-key", "sec-rrsig-fields"],
                           "DNSSECZoneBogus")}
    assert left_out == set(own) and set(own.values()) <= NAMES
    page = (ALERTS / "runbooks" / "DNSZoneCriticalFinding.md").read_text()
    told = set(re.findall(r"^\| ([a-z]{3}-[a-z-]+) \|", page, re.MULTILINE))
    assert told == worst("critical") - left_out, f"runbook: {told ^ (worst('critical') - left_out)}"


def worst(severity: str) -> set[str]:
    """The checks whose findings are at their worst of this severity."""
    text = (ROOT / "docs" / "checks.md").read_text()
    return set(re.findall(rf"^### (\S+)\n(?:(?!^### ).*\n)*?Worst severity: \*\*{severity}\*\*",
                          text, re.MULTILINE))


def check_own_alerts_of_error_checks() -> None:
    """DNSZoneErrorFinding leaves out checks that have alerts of their own, and all of these only."""
    rule = next(r for _, r in ALERT_RULES if r["alert"] == "DNSZoneErrorFinding")
    left_out = set(re.search(r'check!~"([^"]+)"', rule["expr"])[1].split("|"))
    own = {"DNSDelegationMismatch": ["del-ns-match", "del-ns-disjoint"],
           "DNSDelegationGlueMismatch": ["del-glue-match", "del-glue-orphan", "del-glue-in-domain"],
           "DNSDelegationNameUnresolvable": ["adr-ns-resolves", "adr-ns-result"],
           "DNSNameserverLame": ["del-lame", "con-rcode"],
           "DNSNameserverDown": ["con-udp", "con-tcp", "con-source-address", "con-malformed"],
           "DNSNameserverTCPFailing": ["con-transport-diff"],
           "DNSZoneSerialLag": ["cns-serial-behind-time"],
           "DNSZoneSerialDecreased": ["zon-serial-back"],
           "DNSZoneExpiryNear": ["zon-expire-headroom"],
           "DNSZoneFamilyUnreachable": ["con-zone-family"],
           "DNSNameserverAbandoned": ["del-dead-listed"],
           "DNSResolverViewFailing": ["res-resolves"],
           # The last two are designs and no events.
           "DNSZoneRedundancyLost": ["del-working-ns", "del-ns-count", "del-ns-same-ip"],
           "DNSSECAncestorBogus": ["sec-chain", "sec-trust-anchor"],
           "DNSSECMixedSigning": ["cns-signed"],
           "DNSSECDSMismatch": ["sec-ds-sep", "sec-ds-match", "sec-ds-alg-mismatch", "sec-ds-key-flags",
                                "sec-ds-revoked", "sec-ds-digest-length"],
           # Where they fire; a failed lookup of one name of several is no proof, NODATA alone has no
           # gauge, and a zone's own anchors no ancestor.
           "DNSSECDenialBroken": ["neg-(none", "sig", "proof-.+)"],
           "DNSSECSignatureExpired": ["sec-rrsig-expired"],
           "DNSSECSignatureExpiring": ["sec-rrsig-remaining"],
           "DNSSECSignatureInFuture": ["sec-rrsig-future"]}
    assert left_out == set(itertools.chain.from_iterable(own.values())) and set(own) <= NAMES


def check_result_codes() -> None:
    """Each alert names exactly the codes it can have, and all use the same words for a code."""
    expected = {"DNSZoneUnreachable": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13},
                "DNSNameserverLame": {4, 5, 6, 7, 8, 13},
                "DNSNameserverDown": {1, 2, 9, 10, 11},
                "DNSNameserverTCPFailing": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13},
                "DNSNameserverUDPFailing": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13}}
    words: dict[int, set[str]] = {}
    for _, rule in ALERT_RULES:
        text = rule["annotations"]["description"]
        named = re.findall(r'if eq (?:\$value (\d+)\.0|\. "(\d+)") }}([^{]*?)\s*\{\{', text)
        codes = {int(a or b) for a, b, _ in named}
        assert codes == expected.get(rule["alert"], set()), f"{rule['alert']} names {codes}"
        if rule["alert"] != "DNSNameserverLame":  # its sentence needs other words
            for a, b, word in named:
                words.setdefault(int(a or b), set()).add(word.strip())
    assert all(len(texts) == 1 for texts in words.values()), words
