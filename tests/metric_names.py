"""Which metrics the exporter has, for tests that hold rules and dashboards to them.

The families of reports are the enumerators of checks/metrics.hpp, those of the exporter itself stand as
literals in exporter/. docs/metrics.md, once generated, must name them all.
"""

import pathlib
import re

_HISTOGRAM = ("_bucket", "_sum", "_count")


def known_metrics(root: pathlib.Path) -> set[str]:
    """Every metric name the exporter can export, with the series of its histograms."""
    header = (root / "checks" / "metrics.hpp").read_text(encoding="utf-8")
    body = re.search(r"enum class Metric[^{]*\{(.*?)\};", header, re.DOTALL)
    assert body, "checks/metrics.hpp has an enum Metric"
    names = {f"dnszone_{name}" for name in re.findall(r"^\s*(\w+),", body[1], re.MULTILINE)}
    for path in (root / "exporter").glob("*.cpp"):
        for name in re.findall(r'"(dnszone_(?:exporter|vantage)_\w+|process_\w+)"',
                               path.read_text(encoding="utf-8")):
            names.add(name)
            if name.endswith("_seconds"):
                names.update(name + suffix for suffix in _HISTOGRAM)
    names.update({"up"})
    assert len(names) > 40, names
    return names


def metrics_in(text: str) -> set[str]:
    """The exporter's metrics that `text` names; recorded series (with colons) and paths are not."""
    return set(re.findall(r"(?<![\w:/.-])((?:dnszone|process)_[a-z0-9_]+[a-z0-9])(?![\w:(/-])", text)) - {
        "dnszone_exporter", "dnszone_finding_"}
