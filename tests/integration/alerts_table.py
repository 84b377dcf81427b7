"""What people hear of each fault in tests/lab/world_alerts.yaml, whose titles say what is wrong, and what
fires besides and is muted.

An alert is written as its name and what it is about besides the zone: the nameserver where it is about
one, else the address, the ancestor, or the check."""

import dataclasses

RECEIVERS = {"critical": "page", "warning": "ticket", "info": "info"}


@dataclasses.dataclass(frozen=True, order=True)
class Alert:
    receiver: str  # page, ticket or info: where it is heard, or would be were it not muted
    name: str
    about: str

    def __str__(self) -> str:
        return f"{self.receiver:6} {self.name} {self.about}"


@dataclasses.dataclass(frozen=True)
class Fault:
    zone: str  # empty for what is about no zone
    page: tuple[str, ...] = ()
    ticket: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    muted_page: tuple[str, ...] = ()
    muted_ticket: tuple[str, ...] = ()


def described(receiver: str, labels: dict) -> Alert:
    """The alert with these labels; without a receiver, that of its severity."""
    zone = labels.get("zone", "")
    nameserver = labels.get("nameserver", "").removesuffix(f".{zone}") if zone else ""
    if labels.get("family") == "ipv6" and nameserver:
        nameserver += " ipv6"
    vantage = f"{labels.get('family')} {labels.get('transport')}" if labels.get("scope") == "vantage" else ""
    rest = nameserver or labels.get("ancestor") or labels.get("check") or vantage or \
        ("" if zone else labels.get("address", ""))
    return Alert(receiver or RECEIVERS[labels["severity"]], labels["alertname"], f"{zone} {rest}".strip())


def expected(faults: list[Fault]) -> tuple[set[Alert], set[Alert]]:
    """What is heard, and what is muted."""
    def alerts(fault: Fault, receiver: str, texts: tuple[str, ...]) -> set[Alert]:
        return {Alert(receiver, name, f"{fault.zone} {rest}".strip())
                for name, _, rest in (text.partition(" ") for text in texts)}

    heard, muted = set(), set()
    for fault in faults:
        heard |= alerts(fault, "page", fault.page) | alerts(fault, "ticket", fault.ticket) | \
            alerts(fault, "info", fault.info)
        muted |= alerts(fault, "page", fault.muted_page) | alerts(fault, "ticket", fault.muted_ticket)
    return heard, muted


FAULTS = [
    # ------------------------------------------------------------------ reachability
    Fault("one-dead.lab", ticket=("DNSNameserverDown ns2",), info=("DNSNameserverAbandoned ns2",)),
    Fault("two-dead.lab", page=("DNSZoneRedundancyLost",),
          ticket=("DNSNameserverDown ns2", "DNSNameserverDown ns3")),
    Fault("all-dead.lab", page=("DNSZoneUnreachable",),
          muted_ticket=("DNSNameserverDown ns1", "DNSNameserverDown ns2", "DNSNameserverDown ns3")),
    Fault("refused.lab", ticket=("DNSNameserverLame ns2",)),
    Fault("no-aa.lab", ticket=("DNSNameserverLame ns2",)),
    Fault("servfail.lab", ticket=("DNSNameserverServfail ns2",)),
    Fault("tcp-servfail.lab", ticket=("DNSNameserverTCPFailing ns2",)),
    Fault("tcp-reset.lab", ticket=("DNSNameserverTCPFailing ns2",)),
    Fault("udp-dead.lab", ticket=("DNSNameserverUDPFailing ns2",)),
    Fault("ipv6-dead.lab", ticket=("DNSZoneFamilyUnreachable",),
          muted_ticket=("DNSNameserverDown ns1 ipv6", "DNSNameserverDown ns2 ipv6")),
    Fault("edns-dropped.lab", ticket=("DNSNameserverEDNSFailing ns2",)),
    Fault("slow.lab", ticket=("DNSNameserverSlow ns2",)),
    Fault("lossy.lab", info=("DNSNameserverIntermittent ns2",)),
    Fault("", ticket=("DNSServerDownForManyZones 127.54.30.2",)),
    Fault("shared.lab", muted_ticket=("DNSNameserverDown ns2",)),
    *(Fault(f"shared{n}.lab", muted_ticket=("DNSNameserverDown ns2.shared.lab",)) for n in range(1, 10)),
    # ------------------------------------------------------------------ copies of the zone
    Fault("stale.lab", ticket=("DNSZoneSerialLag ns2",)),
    Fault("serial-back.lab", ticket=("DNSZoneSerialDecreased",)),
    Fault("not-updated.lab", ticket=("DNSZoneNotUpdated",)),
    Fault("ns-sets.lab", ticket=("DNSZoneNSSetInconsistent",)),
    # ------------------------------------------------------------------ delegation
    Fault("ns-mismatch.lab", ticket=("DNSDelegationMismatch",)),
    Fault("glue-mismatch.lab", ticket=("DNSDelegationGlueMismatch",)),
    Fault("undelegated.lab", page=("DNSZoneNotDelegated",),
          muted_ticket=("DNSDelegationNameUnresolvable ns1", "DNSDelegationNameUnresolvable ns2")),
    Fault("unresolvable.lab", ticket=("DNSDelegationNameUnresolvable gone.healthy1.lab",)),
    Fault("dangling.lab", page=("DNSZoneCriticalFinding del-ns-dangling",),
          ticket=("DNSDelegationNameUnresolvable ns1.unregistered.lab",)),
    # ------------------------------------------------------------------ DNSSEC
    Fault("one-expired.lab", ticket=("DNSSECSignatureExpired ns2",),
          muted_ticket=("DNSSECDenialBroken ns2",)),
    Fault("expired.lab", page=("DNSSECSignatureExpired",),
          muted_page=("DNSSECDenialBroken",),
          muted_ticket=("DNSSECSignatureExpired ns1", "DNSSECSignatureExpired ns2",
                        "DNSSECDenialBroken ns1", "DNSSECDenialBroken ns2")),
    Fault("expiring.lab", page=("DNSSECSignatureExpiring",),
          muted_ticket=("DNSSECSignatureExpiring", "DNSSECSignatureNotRenewed")),
    Fault("ds-mismatch.lab", page=("DNSSECDSMismatch",),
          muted_page=("DNSSECZoneBogus", "DNSSECDenialBroken"),
          muted_ticket=("DNSSECDenialBroken ns1", "DNSSECDenialBroken ns2")),
    Fault("ds-unsigned.lab", page=("DNSSECDSUnsigned",), muted_page=("DNSSECZoneBogus",)),
    Fault("one-unsigned.lab", ticket=("DNSSECUnsignedAnswer ns2",)),
    Fault("island.lab", ticket=("DNSSECMixedSigning",)),
    Fault("denial.lab", page=("DNSSECDenialBroken",),
          muted_ticket=("DNSSECDenialBroken ns1", "DNSSECDenialBroken ns2")),
    Fault("one-denial.lab", ticket=("DNSSECDenialBroken ns2",)),
    Fault("bogus.lab", page=("DNSSECZoneBogus",), muted_page=("DNSSECDenialBroken",),
          muted_ticket=("DNSSECDenialBroken ns1", "DNSSECDenialBroken ns2")),
    Fault("future.lab", page=("DNSSECSignatureInFuture",),
          muted_page=("DNSSECZoneBogus", "DNSSECDenialBroken"),
          muted_ticket=("DNSSECSignatureInFuture", "DNSSECDenialBroken ns1", "DNSSECDenialBroken ns2")),
    Fault("one-future.lab", ticket=("DNSSECSignatureInFuture",),
          muted_ticket=("DNSSECDenialBroken ns2",)),
    Fault("", page=("DNSSECAncestorBogus chain.lab",)),
]
