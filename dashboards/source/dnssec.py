"""DNSSEC of all zones: when signatures end, whether chains hold, which keys are on the move."""

from source.pieces import (
    EXPIRY_TEXTS, ROLLOVER_TEXTS, SEVERITY_TEXTS, STATUS_TEXTS, TIME_LEFT,
    WARN_WHEN_ANY, YES_NO_COLUMN, ZONE_OF_SERIES, bars, color, dashboard, judged, limit_line, mapped, stat, steps,
    table, target, targets, timeline, timeseries, value_map, variables)
from source.queries import (
    CHOSEN, EXPIRY, EXPIRY_STATE, ROLLOVERS, SEVERITIES, STATUSES, coded, of_all, of_zones, or_zero,
    rollover_state, select, zone_status)

DAY = 86400
# Zones are counted by the days that their first signature lasts: name, more than, at most, colour.
SPANS = [("expired", None, 0, "red"), ("within a day", 0, 1, "dark-orange"),
         ("1 to 3 days", 1, 3, "orange"), ("3 to 7 days", 3, 7, "yellow"),
         ("7 to 14 days", 7, 14, "green"), ("14 to 30 days", 14, 30, "semi-dark-green"),
         ("later", 30, None, "dark-green")]
LEFT = f"(min by (zone) ({of_zones('dnszone_zone_rrsig_expiry_timestamp_seconds')}) - time())"
# Findings about algorithms, keys, DS and what asks for other DS.
KEY_CHECKS = 'check=~"sec-(alg|dnskey|keys|ds|cds|csync|dsync|multisigner|rollover|bootstrap|trust).*"'
WEAK_CHECKS = 'check=~"sec-(dnskey-(alg|size|rsa-form)|ds-(digest-type|no-sha256|sha1-extra|alg-.+))"'
MOST = 200  # rows of the calendar


def by_zone(metric: str, fold: str = "max") -> str:
    return f"{fold} by (zone) ({of_zones(metric)})"


def zones_where(expr: str) -> str:
    return or_zero(f"count({expr})")


def zones_by_status() -> list[tuple[str, str]]:
    return [(f"sum(max by (zone) ({of_zones('dnszone_zone_dnssec_status', status=status)}))", status)
            for status in STATUSES]


def _headline() -> list:
    ending = f"count by (zone) ({select(EXPIRY_STATE, CHOSEN)} >= 1)"
    no_ds = f"{by_zone('dnszone_zone_dnskeys')} > 0 and {by_zone('dnszone_zone_ds_records')} == 0"
    weak = f"count by (zone) ({of_zones('dnszone_finding', WEAK_CHECKS)})"
    return [
        (8, stat("Zones by status", "What the chain of trust comes to for the zones: bogus ones get SERVFAIL from validating resolvers, insecure ones have no DS, indeterminate ones do not answer or cannot be judged.",
                 targets(*zones_by_status(), instant=True),
                 overrides=[color(text, name) for _, text, name in STATUS_TEXTS])),
        (3, stat("Expiring soon", "Zones with a signature below its warning limit, or expired.",
                 zones_where(ending), thresholds=WARN_WHEN_ANY)),
        (3, stat("Signed without DS", "Zones that have keys and no DS at the parent: signed for nobody.",
                 zones_where(no_ds), thresholds=WARN_WHEN_ANY)),
        (4, stat("Weak algorithms", "Zones with findings about the algorithm or size of a key, or the digest type of a DS.",
                 zones_where(weak), thresholds=WARN_WHEN_ANY)),
        (3, stat("Rolling keys", "Zones whose keys or DS are in a state other than stable.",
                 zones_where(f"{rollover_state(of_zones)} > 1"))),
        (3, stat("CDS pending", "Zones whose CDS or CDNSKEY ask for other DS records than the parent has.",
                 zones_where(by_zone("dnszone_zone_cds_pending_since_timestamp_seconds")),
                 thresholds=WARN_WHEN_ANY)),
    ]


def _within(lowest: int | None, highest: int | None) -> str:
    parts = ([f"{LEFT} > {lowest * DAY}"] if lowest is not None else []) + \
        ([f"{LEFT} <= {highest * DAY}"] if highest is not None else [])
    return zones_where(" and ".join(parts))


def _calendar() -> list:
    keys = ["zone", "rrset"]
    by = ", ".join(keys)
    expiry = f"min by ({by}) ({of_zones(EXPIRY)})"
    first = f"bottomk({MOST}, {expiry})"
    state = f"max by ({by}) ({select(EXPIRY_STATE, CHOSEN)}) and on ({by}) {first}"
    inception = of_zones("dnszone_nameserver_rrsig_inception_timestamp_seconds")
    lifetime = f"min by ({by}) ({of_zones(EXPIRY)} - {inception}) and on ({by}) {first}"
    return [
        (7, bars("Zones by time left", "How many zones have their first signature end within so many days.",
                 targets(*((_within(lowest, highest), name) for name, lowest, highest, _ in SPANS),
                         instant=True),
                 unit="short", decimals=0, overrides=[color(name, shown) for name, _, _, shown in SPANS])),
        (17, table("Expiry calendar", f"The {MOST} RRsets whose signatures end first, on the server where they end first, with the lifetime that they were made for.",
                   keys,
                   [("state", state, mapped(EXPIRY_TEXTS)),
                    ("left", f"{first} - time()", judged(TIME_LEFT, "s")),
                    ("ends", f"1000 * {first}", {"unit": "dateTimeAsIso"}),
                    ("lifetime", lifetime, {"unit": "s"})],
                   sort=["left"])),
    ]


def _over_time() -> list:
    return [
        (12, timeseries("First signatures to end (days)", "Time until the first signature of a zone ends, for the ten zones where it is least; a line that falls and never rises is a signer that stands still.",
                        [target(f"bottomk(10, {LEFT}) / {DAY}", "{{zone}}")], unit="short", many=True,
                        links=ZONE_OF_SERIES)),
        (12, timeseries("Zones by status over time", "What the chain of trust comes to for the zones; of several vantages that differ each counts.",
                        targets(*zones_by_status()), unit="short", stacked=True, low=0,
                        overrides=[color(text, name) for _, text, name in STATUS_TEXTS])),
    ]


def _chains() -> list:
    ancestors = coded(of_all, "dnszone_ancestor_dnssec_status", "status", STATUSES, by="ancestor")
    return [
        (12, timeline("Zones that do not validate", "Zones that are bogus or cannot be judged, the worst of the vantages.",
                      [target(f"{zone_status(of_zones)} > 2", "{{zone}}")], value_map(STATUS_TEXTS),
                      links=ZONE_OF_SERIES)),
        (12, timeline("Zones above", "DNSSEC status of the ancestors of the configured zones; what breaks here breaks all below.",
                      [target(ancestors, "{{ancestor}}")], value_map(STATUS_TEXTS))),
    ]


def _keys() -> dict:
    def since(metric: str) -> str:
        return f"time() - {by_zone(metric, 'min')}"

    dangling = f"{by_zone('dnszone_zone_ds_records')} - {by_zone('dnszone_zone_ds_matching')}"
    return table(
        "Keys and DS", "Zones with keys or DS: DS records at the parent, those that lead to no key that signs, keys, size of the answer with them, DS TTL, rollover state and since when, since when CDS records wait for the parent.",
        ["zone"],
        [("status", f"{zone_status(of_zones)} and on (zone) ({by_zone('dnszone_zone_dnskeys')} > 0 or {by_zone('dnszone_zone_ds_records')} > 0)",
          mapped(STATUS_TEXTS)),
         ("DS", f"{by_zone('dnszone_zone_ds_records')} > 0", {}),
         ("DS without key", dangling, judged(WARN_WHEN_ANY)),
         ("keys", f"{by_zone('dnszone_zone_dnskeys')} > 0", {}),
         ("answer", by_zone("dnszone_zone_dnskey_response_bytes"),
          judged(steps((None, "text"), (1233, "orange")), "bytes")),
         ("DS TTL", by_zone("dnszone_zone_ds_ttl_seconds"), {"unit": "s"}),
         ("rollover", rollover_state(of_zones), mapped(ROLLOVER_TEXTS)),
         ("in it for", since("dnszone_zone_rollover_since_timestamp_seconds"), {"unit": "s"}),
         ("CDS pending for", since("dnszone_zone_cds_pending_since_timestamp_seconds"),
          judged(steps((None, "yellow"), (7 * DAY, "red")), "s"))],
        sort=["-CDS pending for", "-DS without key", "-rollover", "zone"])


def _changes() -> list:
    states = [(f"sum(max by (zone) ({of_zones('dnszone_zone_rollover_state', state=state)}))", text)
              for state, (_, text, _) in zip(ROLLOVERS, ROLLOVER_TEXTS)]
    pending = by_zone("dnszone_zone_cds_pending_since_timestamp_seconds")
    moving = f"({rollover_state(of_zones)} > 1 or {pending})"
    return [
        (8, timeseries("Zones by rollover state", "In which state of a key rollover the zones are.",
                       targets(*states), unit="short", stacked=True, low=0,
                       overrides=[color(text, name) for _, text, name in ROLLOVER_TEXTS])),
        (8, timeline("Keys on the move", "Rollover state of the zones that are not stable, or whose CDS records wait for the parent.",
                     [target(f"{rollover_state(of_zones)} and on (zone) {moving}", "{{zone}}")],
                     value_map(ROLLOVER_TEXTS), links=ZONE_OF_SERIES)),
        (8, timeseries("Largest DNSKEY answers", "Octets of the answer with the zone's keys, for the ten zones where it is largest; above the line it needs TCP.",
                       targets((f"topk(10, {by_zone('dnszone_zone_dnskey_response_bytes')})", "{{zone}}"),
                               ("vector(1232)", "limit")),
                       unit="bytes", low=0, links=ZONE_OF_SERIES, overrides=[limit_line()])),
    ]


def _findings() -> list:
    keys = ["zone", "check"]
    ranked = coded(lambda metric, **labels: of_zones(metric, KEY_CHECKS, **labels), "dnszone_finding",
                   "severity", SEVERITIES, by=", ".join(keys))
    servers = ["zone", "nameserver", "address"]
    by = ", ".join(servers)
    valid, denial, signed = (f"min by ({by}) ({of_zones(metric)})" for metric in (
        "dnszone_nameserver_dnssec_valid", "dnszone_nameserver_denial_valid", "dnszone_nameserver_signed"))
    broken = f"({valid} == 0 or {denial} == 0)"
    narrow = {**YES_NO_COLUMN, "custom__width": 80}
    return [
        (12, table("Keys, algorithms and DS: findings", "What the checks find about algorithms, key sizes, digests, DS that fit no key, CDS and CSYNC.",
                   keys, [("severity", ranked, mapped(SEVERITY_TEXTS, custom__width=95))],
                   first=1,
                   sort=["-severity", "zone"])),
        (12, table("Servers that break validation", "Servers of zones with a DS whose data or proofs of absence do not validate.",
                   servers,
                   [("data", f"{valid} and on ({by}) {broken}",
                     narrow),
                    ("denial", f"{denial} and on ({by}) {broken}",
                     narrow),
                    ("signed", f"{signed} and on ({by}) {broken}",
                     narrow)],
                   sort=["zone", "address"])),
    ]


def board() -> dict:
    return dashboard(
        "dnszone-dnssec", "DNS zones: DNSSEC",
        "When signatures end, whether the chains of trust hold, and which keys and DS are on the move.",
        variables(),
        [
            (4, _headline()),
            "Signatures", (10, _calendar()), (8, _over_time()),
            "Chains of trust", (8, _chains()), (9, _findings()),
            "Keys and delegation signers", (10, [(24, _keys())]), (8, _changes()),
        ],
        ['scope="dnssec"', CHOSEN])
