#!/usr/bin/env python3
"""Tests the rules, the routing and the runbooks; closes with 'N passed, N failed'.

What promtool and amtool can check they check; mutations, the laws of ../README.md, and names that must
exist elsewhere in the project are in the modules beside this. Needs promtool, amtool and PyYAML; no network.
"""

import concurrent.futures
import os
import pathlib
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
from shipped import ALERT_RULES, ROOT, RULE_FILES, RULES, load, run, seconds, test_files  # noqa: E402
import laws  # noqa: E402
import mutations  # noqa: E402
import pages  # noqa: E402
import render  # noqa: E402
import routing  # noqa: E402


def check_rules() -> None:
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *RULE_FILES)


def check_compressed_rules() -> None:
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory)
        rules = render.render(out, grafana_url="http://g.test/x/", runbook_url="http://r.test/",
                              webhook_url="http://127.0.0.1:1/", compressed=True)
        run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *rules)
        run("amtool", "check-config", out / "alertmanager.yml")
        for path, rule in ALERT_RULES:
            fitted = next(r for g in load(out / path.name)["groups"] for r in g["rules"]
                          if r.get("alert") == rule["alert"] and r["labels"] == rule["labels"])
            assert seconds(fitted["for"]) * 60 == seconds(rule["for"]), rule["alert"]
            notes = fitted["annotations"]
            assert notes["runbook_url"] == f"http://r.test/{rule['alert']}", notes["runbook_url"]
            assert notes["dashboard_url"].startswith("http://g.test/x/d/dnszone-")
        assert "127.0.0.1:9099" not in (out / "alertmanager.yml").read_text()


def check_prometheus_config() -> None:
    run("promtool", "check", "config", ROOT / "config" / "prometheus.yml")
    jobs = [job["job_name"] for job in load(ROOT / "config" / "prometheus.yml")["scrape_configs"]]
    assert any(job.startswith("dnszone") for job in jobs), jobs


def check_unit_tests(tests: pathlib.Path) -> None:
    run("promtool", "test", "rules", tests)


def all_tests() -> list[tuple[str, object, tuple]]:
    tests = [(name, function, ()) for module in (sys.modules[__name__], routing, laws, pages)
             for name, function in vars(module).items()
             if name.startswith("check_") and not function.__code__.co_argcount]
    for path in RULE_FILES:
        for file in test_files(path):
            tests.append((f"promtool tests {file.name}", check_unit_tests, (file,)))
        for rule in RULES[path]:
            if "record" in rule:
                title = f"mutation of {rule['record']} {rule.get('labels', '')}".rstrip()
                tests.append((title, mutations.check_recording_mutation, (rule["record"], rule.get("labels"))))
        for alert in sorted({rule["alert"] for rule in RULES[path] if "alert" in rule}):
            if alert != "DNSZoneExporterWatchdog":  # which looks at no scrape
                tests.append((f"lost scrapes of {alert}", mutations.check_lost_scrapes, (path, alert)))
        for index, rule in enumerate(RULES[path]):
            if "alert" in rule:
                title = f"mutations of {rule['alert']} {rule['labels']['severity']}"
                tests.append((title, mutations.check_mutations, (path, index)))
    return tests


def main() -> int:
    tests = all_tests()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = [(name, pool.submit(function, *arguments)) for name, function, arguments in tests]
        for name, future in futures:
            try:
                future.result()
                print(f"ok      {name}", flush=True)
            except Exception as error:  # a test may fail in any way; all are reported
                failed += 1
                print(f"FAILED  {name}: {error}", flush=True)
                if not isinstance(error, AssertionError):
                    print("".join(traceback.format_exception(error)), flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
