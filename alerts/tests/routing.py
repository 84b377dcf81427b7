"""Alertmanager's side: routes, muting, and the texts that people read."""

import json
import re
import tempfile

import table
from shipped import ALERTS, ALERT_RULES, NAMES, ROOT, load, run, seconds


def check_alertmanager_config() -> None:
    run("amtool", "check-config", ALERTS / "alertmanager.yml")


def rendered(template: str, data: dict, kind: str = "text") -> str:
    """A template as Alertmanager fills it in; `kind` is text, or html, which is escaped."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(data, file)
        file.flush()
        return run("amtool", "template", "render", f"--template.type={kind}",
                   f"--template.glob={ALERTS}/templates/*.tmpl",
                   f"--template.text={{{{ template \"dnszone.{template}\" . }}}}",
                   f"--template.data={file.name}").strip()


def message(*alerts: dict, status: str = "firing") -> dict:
    return {"receiver": "page", "status": status, "alerts": list(alerts),
            "groupLabels": {"zone": "a.example"}, "commonLabels": {"severity": "critical"},
            "commonAnnotations": {}, "externalURL": "http://am.test"}


FIRING = {"status": "firing", "labels": {"severity": "critical"}, "startsAt": "2026-11-22T16:00:00Z",
          "annotations": {"summary": "Zone a.example: no nameserver answers", "description": "Why.",
                          "first_step": "Undo the last change.", "runbook_url": "http://r.test/X",
                          "command": "dnszone_exporter check a.example"}}
OVER = {**FIRING, "status": "resolved", "endsAt": "2026-11-22T17:30:00Z"}
# What a nameserver's name may bring along.
HOSTILE = {**FIRING, "annotations": {**FIRING["annotations"], "description": "<!channel> <b>&"}}


def check_title_template() -> None:
    title = "Zone a.example: no nameserver answers"
    assert rendered("title", message(FIRING)) == f"CRITICAL {title}"
    other = {**OVER, "annotations": {"summary": "It is over."}}
    assert rendered("title", message(other, FIRING, FIRING)) == f"CRITICAL {title} (2 alerts)"
    assert rendered("title", message(OVER, OVER, status="resolved")) == f"RESOLVED {title} (2 alerts)"


def check_text_template() -> None:
    """What is broken, since when, the safe thing first, the command; what is over only in short."""
    lines = rendered("text", message(OVER, FIRING)).splitlines()
    assert lines == ["Zone a.example: no nameserver answers", "Why.", "Since 2026-11-22 16:00 UTC",
                     "First: Undo the last change.", "See it: dnszone_exporter check a.example",
                     "Runbook: http://r.test/X", "", "RESOLVED: Zone a.example: no nameserver answers",
                     "From 2026-11-22 16:00 UTC to 2026-11-22 17:30 UTC"], lines


def check_mail_template() -> None:
    text = rendered("email.html", message(OVER, HOSTILE), "html")
    for part in ("<b>First:</b> Undo the last change.", ">dnszone_exporter check a.example</code>",
                 'href="http://r.test/X"', "Since 2026-11-22 16:00 UTC", "<b>Resolved:</b> Zone a.example"):
        assert part in text, f"{part} is not in {text}"
    assert "&lt;!channel&gt; &lt;b&gt;&amp;" in text and "<b>&" not in text, text


def check_chat_template() -> None:
    text = rendered("slack.text", message(OVER, HOSTILE))
    for part in ("*Zone a.example: no nameserver answers*", "&lt;!channel&gt; &lt;b&gt;&amp;",
                 "*First:* Undo the last change.", "`dnszone_exporter check a.example`",
                 "<http://r.test/X|Runbook>", "*Resolved:*"):
        assert part in text, f"{part} is not in {text}"
    assert "<!channel>" not in text, text
    assert rendered("slack.title", message(FIRING)) == rendered("title", message(FIRING))
    assert rendered("slack.color", message(FIRING)) == "#c4162a"


def check_receivers_in_comments() -> None:
    """What stands in comments beside the receivers is a good configuration when it is put in."""
    text = (ALERTS / "alertmanager.yml").read_text()
    head, receivers = text.split("receivers:\n")
    shown = re.findall(r"(  #   \w+_configs:\n(?:  #     .*\n)+)", receivers)
    assert len(shown) == 4, shown
    made = head.replace("templates/*.tmpl", f"{ALERTS}/templates/*.tmpl") + "receivers:\n"
    for name, comment in zip(("page", "ticket", "info", "watchdog"), shown):
        made += f"  - name: {name}\n" + re.sub(r"^  # ", "  ", comment, flags=re.MULTILINE)
    used = set(re.findall(r'template "(dnszone[\w.]+)"', made))
    templates = (ALERTS / "templates" / "dnszone.tmpl").read_text()
    assert used <= set(re.findall(r'define "([\w.]+)"', templates)), used
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(made)
        file.flush()
        run("amtool", "check-config", file.name)


def check_routes() -> None:
    expected = [("page", "DNSZoneUnreachable", "critical", "zone"),
                ("ticket", "DNSNameserverDown", "warning", "nameserver"),
                ("ticket", "DNSServerDownForManyZones", "warning", "server"),
                ("page", "DNSZoneExporterNoData", "critical", "exporter"),
                ("ticket", "DNSZoneExporterDown", "warning", "exporter"),
                ("page", "DNSSECAncestorBogus", "critical", "ancestor"),
                ("ticket", "DNSSECAncestorBogus", "warning", "ancestor"),
                ("info", "DNSSomethingNew", "info", "zone"),
                ("watchdog", "DNSZoneExporterWatchdog", "none", "exporter"),
                ("page", "DNSServiceEmergencyThreshold", "critical", "sla"),
                ("ticket", "DNSNameserverSLABudget", "warning", "sla"),
                ("info", "DNSServiceSLADowntime", "info", "sla"),
                ("ticket", "Unrelated", "critical", "zone")]
    for receiver, name, severity, scope in expected:
        got = run("amtool", "config", "routes", "test", f"--config.file={ALERTS}/alertmanager.yml",
                  f"alertname={name}", f"severity={severity}", f"scope={scope}",
                  "zone=a.example").strip()
        assert got == receiver, f"{name} goes to {got}, not to {receiver}"


# --- muting ---------------------------------------------------------------------------------------

def muting_pairs():
    """(source, target) of every inhibit rule: alerts that can meet with equal labels."""
    for inhibit in load(ALERTS / "alertmanager.yml")["inhibit_rules"]:
        sources = [r for _, r in ALERT_RULES if table.matches(table.static_labels(r), inhibit["source_matchers"])]
        targets = [r for _, r in ALERT_RULES if table.matches(table.static_labels(r), inhibit["target_matchers"])]
        pairs = [(s, t) for s in sources for t in targets
                 if s is not t and ("alertname" not in inhibit["equal"] or s["alert"] == t["alert"])]
        yield inhibit, pairs


def check_muting_law() -> None:
    seen = 0
    for inhibit, pairs in muting_pairs():
        assert pairs, f"nothing can match {inhibit}"
        for source, target in pairs:
            seen += 1
            what = f"{source['alert']} mutes {target['alert']}"
            assert seconds(source["for"]) <= seconds(target["for"]), f"{what} and fires later"
            assert seconds(source["keep_firing_for"]) >= seconds(target["keep_firing_for"]), \
                f"{what} and lets go earlier"
            rank = ["info", "warning", "critical"].index
            assert rank(source["labels"]["severity"]) >= rank(target["labels"]["severity"]), \
                f"{what}, which is more severe"
    assert seen >= 20, seen


def check_no_mutual_muting() -> None:
    edges = {(s["alert"], s["labels"]["severity"], t["alert"], t["labels"]["severity"])
             for _, pairs in muting_pairs() for s, t in pairs}
    for a, b, c, d in edges:
        assert (c, d, a, b) not in edges, f"{a} and {c} mute each other"


def check_routing_names() -> None:
    text = (ALERTS / "alertmanager.yml").read_text()
    for name in re.findall(r"DNS[A-Z]\w+", text):
        assert name in NAMES or name == "DNSSEC", f"alertmanager.yml names {name}, which is no alert"
    wait = load(ALERTS / "alertmanager.yml")["route"]["group_wait"]
    interval = load(ROOT / "config" / "prometheus.yml")["global"]["evaluation_interval"]
    assert seconds(wait) >= 2 * seconds(interval), "group_wait is shorter than two evaluations"
