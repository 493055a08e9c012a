"""From what was measured to figures: medians over the rounds, with the smallest and the largest."""
import os
import platform
import statistics
import subprocess

from contestants import ARGUS, BASE, PMACCTD, TCPDUMP, TEXT

RIVALS = {"tcpdump_w": TCPDUMP, "tcpdump_text": TEXT, "pmacctd": PMACCTD, "argus": ARGUS}


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "")
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr.splitlines()
    return {"cores": os.cpu_count(), "processor": model or platform.machine(), "kernel": platform.release(),
            "java": java[0] if java else "", "load_before": round(os.getloadavg()[0], 2)}


def of(given, about, results, seconds):
    """All figures, and below them all that they come from."""
    loads = {load: _load(results["runs"], load) for load in dict.fromkeys(run["load"] for run in results["runs"])}
    return {"machine": about, "took_s": round(seconds), "rounds": given.rounds, "seconds_each": given.seconds,
            "rates": {"flood": given.flood, "storm": given.storm, "sysbench": given.sysbench},
            "pmacctd_refresh_s": given.pmacctd_refresh,
            "loads": loads, "totals": _totals(results["totals"]), "highest": _highest(results["highest"]),
            "latency": results["latency"], "start": _start(results["starts"]), "measured": results}


def _load(runs, name):
    runs = [run for run in runs if run["load"] == name]
    bases = {number: _base(runs, number) for number in {run["round"] for run in runs}}
    rows = {}
    for contestant in dict.fromkeys(run["contestant"] for run in runs):
        own = [run for run in runs if run["contestant"] == contestant]
        rows[contestant] = _row([_cost(run, bases[run["round"]]) for run in own])
    for row in rows.values():
        _compare(row, rows)
    return {"base": _row([_base_cost(run) for run in runs if run["contestant"] == BASE]), "contestants": rows}


def _base(runs, number):
    """What an operation of the load costs when nobody captures: the mean of that round's runs."""
    own = [run for run in runs if run["contestant"] == BASE and run["round"] == number]
    if not own:
        raise SystemExit("capture.sh: nothing to compare with")
    return {"load": statistics.mean(run["load_ns"] / run["operations"] for run in own),
            "machine": statistics.mean(_without_broker(run) / run["operations"] for run in own)}


def _without_broker(run):
    return run["machine_ns"] - run["broker_ns"]


def _base_cost(run):
    return {"load_ns": run["load_ns"] / run["packets"], "packets_s": run["packets"] / run["wall_ns"] * 1e9}


def _cost(run, base):
    """Nanoseconds a packet. An operation has nearly always the same packets; that is why it, and not time, is compared."""
    packets, operations = run["packets"], run["operations"]
    tax = run["load_ns"] - base["load"] * operations
    return {
        "process_ns": run["process_ns"] / packets,
        "compiler_ns": run["compiler_ns"] / packets,
        "tax_ns": tax / packets,
        "added_ns": (tax + run["process_ns"]) / packets,
        "added_by_idle_ns": (_without_broker(run) - base["machine"] * operations) / packets,
        "broker_ns": run["broker_ns"] / packets,
        "packets_s": packets / run["wall_ns"] * 1e9,
        "packets_operation": packets / operations,
        "kafka_octets": run["kafka_octets"] / packets,
        "kafka_records": run["kafka_records"] / packets,
    }


def _row(costs):
    row = {}
    for key in costs[0] if costs else []:
        values = [cost[key] for cost in costs]
        row[key] = _digits(statistics.median(values))
        row[key + "_min"] = _digits(min(values))
        row[key + "_max"] = _digits(max(values))
    return row


def _digits(value):
    return float(f"{value:.4g}")


def _compare(row, rows):
    """How this one's medians stand to those of its rivals."""
    for short, rival in RIVALS.items():
        if rival in rows:
            for key in ("added_ns", "process_ns"):
                other = rows[rival][key]
                row[f"{key}_to_{short}"] = round(row[key] / other, 2) if other > 0 else None


def _totals(totals):
    rows = {}
    for contestant in dict.fromkeys(each["contestant"] for each in totals):
        own = [each for each in totals if each["contestant"] == contestant]
        lost = [each["lost"] / each["packets"] for each in own if each["lost"] is not None]
        unseen = [1 - each["seen"] / each["packets"] for each in own if each["seen"] is not None]
        rows[contestant] = {
            "rss_mib": round(max(each["rss"] for each in own) / 1048576, 1),
            "anonymous_mib": round(max(each["anonymous"] for each in own) / 1048576, 1),
            "lost_percent": round(100 * max(lost), 4) if lost else None,
            "unseen_percent": round(100 * max(unseen), 4) if unseen else None}
    return rows


def _highest(steps):
    rows = {}
    for contestant in dict.fromkeys(step["contestant"] for step in steps):
        own = [step for step in steps if step["contestant"] == contestant]
        clean = [step["rate"] for step in own if step["lost"] == 0]
        rows[contestant] = {"without_loss": round(max(clean, default=0)), "offered": round(max(s["rate"] for s in own))}
    return rows


def _start(starts):
    if not starts:
        return None
    return {key[:-3] + "_cpu_s": round(statistics.median(each[key] for each in starts) / 1e9, 2)
            for key in ("opened_ns", "published_ns")}
