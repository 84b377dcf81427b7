"""PromQL that the dashboards share: selectors that follow the variables, states as numbers, alerts."""

# `=~` with All, which is `.*`, matches series without the label too.
BY_VANTAGE = 'vantage=~"$vantage"'
BY_INSTANCE = 'instance=~"$instance"'
STATUSES = ("secure", "insecure", "indeterminate", "bogus")
ROLLOVERS = ("stable", "zsk_prepublish", "zsk_double_signature", "ksk_new_key", "ksk_ds_added",
             "algorithm_roll")
LAYERS = ("none", "authoritative", "dnssec", "one_resolver", "disagreement")
SEVERITIES = ("info", "notice", "warning", "error", "critical")
CHOSEN = 'zone=~"$zone"'
# Without the watchdog, which always fires.
FIRING = 'alertname=~"DNS.+",alertstate="firing",severity!="none"'
UNAVAILABLE = "zone_nameserver_address_family:dnszone_nameserver_unavailable:ratio"
FAILURE = "zone_nameserver_address_family_transport:dnszone_nameserver_failure:median"
EXPIRY = "dnszone_nameserver_rrsig_expiry_timestamp_seconds"
RESPONSE = "dnszone_nameserver_response_seconds"
EXPIRY_STATE = "zone_nameserver_address_family_rrset:dnszone_rrsig_expiry_state:max"


def select(metric: str, *matchers: str, **labels: str) -> str:
    """A series with these matchers and labels alone; for recorded ones, which have the vantages folded."""
    equal = (f'{name}="{value}"' for name, value in labels.items())
    return f"{metric}{{{','.join([*equal, *matchers])}}}"


def of_all(metric: str, *matchers: str, **labels: str) -> str:
    """Whatever zone it is about."""
    return select(metric, *matchers, BY_VANTAGE, **labels)


def of_zones(metric: str, *matchers: str, **labels: str) -> str:
    """Of the zones chosen, where several can be."""
    return of_all(metric, *matchers, CHOSEN, **labels)


def of_zone(metric: str, *matchers: str, **labels: str) -> str:
    """Of the one zone chosen."""
    return of_all(metric, *matchers, 'zone="$zone"', **labels)


def of_exporter(metric: str, *matchers: str, **labels: str) -> str:
    """Of the exporters chosen."""
    return of_all(metric, *matchers, BY_INSTANCE, **labels)


def rate(series: str) -> str:
    return f"rate({series}[$__rate_interval])"


def lost(series, by: str, **labels: str) -> str:
    """Share of the queries that timed out; `series` is one of the selectors above."""
    timeouts = series("dnszone_nameserver_query_timeouts_total", **labels)
    queries = series("dnszone_nameserver_queries_total", **labels)
    return f"sum by ({by}) ({rate(timeouts)}) / sum by ({by}) ({rate(queries)})"


def coded(series, metric: str, label: str, states: tuple[str, ...], by: str = "zone") -> str:
    """The state whose series is 1 as its place in `states`, from 1 on; the last one wins."""
    parts = [f"{code} * " + series(metric, **{label: state})
             for code, state in enumerate(states, 1)]
    return f"max by ({by}) ({' or '.join(parts)})"


def zone_status(series) -> str:
    return coded(series, "dnszone_zone_dnssec_status", "status", STATUSES)


def rollover_state(series) -> str:
    return coded(series, "dnszone_zone_rollover_state", "state", ROLLOVERS)


def ranked_alerts(by: str, *matchers: str) -> str:
    """Firing alerts: 3 critical, 2 warning, 1 anything else."""
    ranks = ('severity!~"critical|warning"', 'severity="warning"', 'severity="critical"')
    parts = [f"{rank} * " + select("ALERTS", FIRING, severity, *matchers)
             for rank, severity in enumerate(ranks, 1)]
    return f"max by ({by}) ({' or '.join(parts)})"


def or_zero(expr: str) -> str:
    """Counts of nothing are 0."""
    return f"{expr} or vector(0)"
