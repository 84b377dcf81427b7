"""The exporters themselves: whether they keep their schedule, see the network, and have enough of all."""

from source.pieces import (
    GOOD_WHEN_ONE, GOOD_WHEN_ZERO, SOFT_ONE, SURVEY_AGE, YES_NO, color, dashboard, judged, limit_line, query_variable, stat, steps, table,
    target, targets, timeline, timeseries, value_map, variables)
from source.queries import BY_INSTANCE, of_exporter, of_zones, rate, select

LAG = steps((None, "green"), (5, "orange"), (30, "red"))
UP_DOWN = value_map([(1, "answers", "green"), (0, "cannot be scraped", "red")])
LOADED = value_map([(1, "as the file says", "green"), (0, "file has mistakes", "red")])


def process(metric: str) -> str:
    """What a process tells about itself has no vantage."""
    return select(metric, BY_INSTANCE)


def of_instance(metric: str, **labels: str) -> str:
    """About the zones chosen, from the exporters chosen."""
    return of_zones(metric, BY_INSTANCE, **labels)


def _headline() -> list:
    surveys = rate(of_exporter("dnszone_exporter_surveys_total"))
    missed = rate(of_exporter("dnszone_exporter_missed_intervals_total"))
    reload = of_exporter("dnszone_exporter_config_last_reload_successful")
    return [
        (3, stat("Version", "The version of the exporter; several while an upgrade is under way.",
                 [target(f"count by (version) ({of_exporter('dnszone_exporter_build_info')})",
                         "{{version}}", instant=True)], text="name")),
        (3, stat("Running for", "Time since the youngest of the processes started.",
                 f"time() - max({process('process_start_time_seconds')})", unit="s",
                 thresholds=steps((None, "orange"), (600, "green")))),
        (3, stat("Zones", "Zones with a report that is not stale, counted for each exporter.",
                 f"sum({of_exporter('dnszone_exporter_zones', state='current')})")),
        (3, stat("Stale zones", "Zones whose last report is older than five intervals.",
                 f"sum({of_exporter('dnszone_exporter_zones', state='stale')})", thresholds=GOOD_WHEN_ZERO)),
        (3, stat("Surveys a second", "Surveys that end each second.", f"sum({surveys})", unit="ops", decimals=1)),
        (3, stat("Lag", "How long after its time the latest survey began.",
                 f"max({of_exporter('dnszone_exporter_schedule_lag_seconds')})", unit="s", thresholds=LAG)),
        (3, stat("Missed rounds", "Rounds that are left out each second since the survey before still runs.",
                 f"sum({missed})", unit="ops", thresholds=steps((None, "green"), (0.001, "orange")))),
        (3, stat("Config read", "Whether the last attempt to read the configuration succeeded.",
                 f"min({reload})", unit="none", mappings=YES_NO, thresholds=GOOD_WHEN_ONE)),
    ]


def _schedule() -> list:
    missed = rate(of_exporter("dnszone_exporter_missed_intervals_total"))
    surveys = rate(of_exporter("dnszone_exporter_surveys_total"))
    states = targets(*((f"sum({of_exporter('dnszone_exporter_zones', state=state)})", state)
                       for state in ("current", "pending", "stale")))
    return [(8, [
        (8, timeseries("Zones by state", "Zones with a fresh report, waiting for the first one, and with a report older than five intervals, of all exporters.",
                       states, unit="short", stacked=True, low=0, decimals=0,
                       overrides=[color("current", "green"), color("pending", "blue"),
                                  color("stale", "red")])),
        (8, timeseries("Surveys", "Surveys that end each second; steady unless zones come and go.",
                       [target(f"sum by (instance) ({surveys})", "{{instance}}")], unit="ops", low=0)),
        (8, timeseries("Schedule lag", "How long after its time the latest survey began; more than a moment means too little processor or too many zones.",
                       [target(f"max by (instance) ({of_exporter('dnszone_exporter_schedule_lag_seconds')})", "{{instance}}")],
                       unit="s", low=0, thresholds=LAG)),
    ]), (8, [
        (8, timeseries("Missed intervals", "Rounds left out each second since the survey before still ran, or the scheduler came too late.",
                       [target(f"sum by (instance) ({missed})", "{{instance}}")], unit="ops", low=0, axis=SOFT_ONE)),
        (16, _slowest()),
    ])]


def _slowest() -> dict:
    def by_zone(metric: str) -> str:
        return f"max by (zone) ({of_instance(metric)})"

    slowest = f"topk(50, {by_zone('dnszone_zone_survey_duration_seconds')})"
    interval = f"max by (zone) ({of_instance('dnszone_zone_threshold_seconds', threshold='interval')})"
    survey = f"time() - min by (zone) ({of_instance('dnszone_zone_last_survey_timestamp_seconds')})"
    return table(
        "Slowest surveys", "The fifty zones whose last survey took longest, their interval, whether the deadline cut the survey short, and its age.",
        ["zone"],
        [("took", slowest, {"unit": "s"}),
         ("interval", f"{interval} and on (zone) {slowest}", {"unit": "s"}),
         ("cut short", f"{by_zone('dnszone_zone_survey_partial')} and on (zone) {slowest}",
          {"mappings": value_map([(0, "no", "text"), (1, "yes", "orange")]),
           "custom__cellOptions": {"type": "color-text"}}),
         ("age", f"{survey} and on (zone) {slowest}", judged(SURVEY_AGE, "s"))],
        sort=["-took"])


def _queries() -> list:
    outcomes = rate(of_exporter("dnszone_exporter_queries_total"))
    buckets = rate(of_exporter("dnszone_exporter_query_duration_seconds_bucket"))
    quantiles = targets(*((f"histogram_quantile({quantile}, sum by (le) ({buckets}))", name)
                          for quantile, name in ((0.5, "median"), (0.95, "95 %"), (0.99, "99 %"))))
    stray = rate(of_exporter("dnszone_exporter_stray_datagrams_total"))
    return [(8, [
        (12, timeseries("Queries by outcome", "Attempts to query a server that have ended, by transport and outcome.",
                        [target(f"sum by (transport, outcome) ({outcomes}) > 0", "{{transport}} {{outcome}}")],
                        unit="reqps", stacked=True, many=True, low=0)),
        (12, timeseries("Time to the answer", "Time from sending an answered query to its answer: half, 95 and 99 in 100 are faster.",
                        quantiles, unit="s", low=0)),
    ]), (8, [
        (8, timeseries("Queries in flight", "Queries sent and not yet answered; their limit is pacing.max_in_flight.",
                       [target(f"sum by (instance) ({of_exporter('dnszone_exporter_queries_in_flight')})", "{{instance}}")],
                       unit="short", low=0)),
        (8, timeseries("Answers that are none", "Datagrams received each second that belong to no pending query: late answers, or somebody who guesses.",
                       [target(f"sum by (instance) ({stray})", "{{instance}}")], unit="pps", low=0)),
        (8, timeseries("Verifications", "Signatures verified each second: those whose result was remembered, and those computed and found valid or invalid.",
                       [target(f"sum by (result) ({rate(of_exporter('dnszone_exporter_verifications_total'))})", "{{result}}")],
                       unit="ops", stacked=True, low=0,
                       overrides=[color("cached", "blue"), color("valid", "green"), color("invalid", "red")])),
    ])]


def _resources() -> list:
    cpu = rate(process("process_cpu_seconds_total"))
    instance = "{{instance}}"
    return [
        (6, timeseries("Memory", "Resident memory of the process.",
                       [target(f"max by (instance) ({process('process_resident_memory_bytes')})", instance)],
                       unit="bytes", low=0)),
        (6, timeseries("Processor", "Processors in use; one is full when the engine's thread is.",
                       [target(f"max by (instance) ({cpu})", instance)], unit="percentunit", low=0)),
        (6, timeseries("File descriptors", "Open file descriptors, and their limit: each TCP connection takes one.",
                       targets((f"max by (instance) ({process('process_open_fds')})", instance),
                               (f"min({process('process_max_fds')})", "limit")),
                       unit="short", low=0, overrides=[limit_line()])),
        (6, timeseries("Threads", "Threads of the process.",
                       [target(f"max by (instance) ({process('process_threads')})", instance)],
                       unit="short", low=0, decimals=0)),
    ]


def _sight() -> list:
    usable = of_exporter("dnszone_vantage_usable")
    reload = of_exporter("dnszone_exporter_config_last_reload_successful")
    return [
        (12, timeline("Network of the exporters", "Whether the control targets answer over each family and transport; where they do not, the exporter has no opinion on servers.",
                      [target(f"max by (instance, family, transport) ({usable})",
                              "{{instance}} {{family}} {{transport}}")], YES_NO)),
        (6, timeline("Scraped", "Whether Prometheus gets the metrics of the exporter.",
                     [target(f"max by (instance) ({select('up', BY_INSTANCE)})", "{{instance}}")], UP_DOWN)),
        (6, timeline("Configuration", "Whether the exporter runs what its file says; after a reload with mistakes it keeps the former one.",
                     [target(f"max by (instance) ({reload})", "{{instance}}")], LOADED)),
    ]


def board() -> dict:
    return dashboard(
        "dnszone-exporter", "DNS zones: exporter",
        "The exporters: whether they keep their schedule and see the network, what they ask and what they use.",
        [*variables(), query_variable("instance", "Instance", "label_values(dnszone_exporter_build_info, instance)",
                                      multi=True, all_value=None)],
        [
            (4, _headline()),
            (6, _sight()),
            "Schedule", *_schedule(),
            "Queries", *_queries(),
            "Resources", (7, _resources()),
        ],
        ['alertname=~"DNSZoneExporter.+"'])
