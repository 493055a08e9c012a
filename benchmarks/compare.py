#!/usr/bin/env python3
"""Runs commands in turn, round by round, and compares the CPU time they take per packet.

Standard input names the contestants, one on a line: name, rounds, command, separated by tabs. The first one is what
the others are compared with. CPU time is user plus system time of the command and of all its children.
"""
import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time


def measure(command):
    """CPU seconds, wall seconds and peak MiB of one run."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{shlex.join(command)} failed with {process.returncode}:\n{complaint}")
    return {
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": time.monotonic() - started,
        "rss": usage.ru_maxrss / 1024,
    }


def contestants(lines):
    for line in lines:
        name, rounds, command = line.rstrip("\n").split("\t")
        yield {"name": name, "rounds": int(rounds), "command": shlex.split(command), "runs": []}


def race(entries):
    """Everybody once, then everybody again: what disturbs the machine for a while disturbs all of them."""
    for number in range(max(entry["rounds"] for entry in entries)):
        for entry in entries:
            if number < entry["rounds"]:
                print(f"round {number + 1}: {entry['name']}", file=sys.stderr)
                entry["runs"].append(measure(entry["command"]))


def summary(entry, packets, reference):
    nanos = [run["cpu"] / packets * 1e9 for run in entry["runs"]]
    median = statistics.median(nanos)
    return {
        "name": entry["name"],
        "command": shlex.join(entry["command"]),
        "rounds": len(nanos),
        "cpu_ns_per_packet": round(median, 1),
        "cpu_ns_per_packet_min": round(min(nanos), 1),
        "cpu_ns_per_packet_max": round(max(nanos), 1),
        "ratio": round(median / reference, 2),
        "cpu_s": round(statistics.median(run["cpu"] for run in entry["runs"]), 3),
        "wall_s": round(statistics.median(run["wall"] for run in entry["runs"]), 3),
        "peak_rss_mib": round(statistics.median(run["rss"] for run in entry["runs"]), 1),
    }


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "")
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()
    return {
        "cores": os.cpu_count(),
        "processor": model or platform.machine(),
        "kernel": platform.release(),
        "java": java[0] if java else "",
        "load_before": round(os.getloadavg()[0], 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, required=True)
    parser.add_argument("--file", required=True, help="what is read, for the record")
    parser.add_argument("--json", required=True, help="where to write the figures")
    options = parser.parse_args()
    entries = list(contestants(sys.stdin))
    about = machine()
    race(entries)
    reference = statistics.median(run["cpu"] for run in entries[0]["runs"]) / options.packets * 1e9
    rows = [summary(entry, options.packets, reference) for entry in entries]
    with open(options.json, "w") as out:
        json.dump({"file": options.file, "packets": options.packets, "machine": about, "results": rows}, out, indent=2)
        out.write("\n")
    print(f"{options.packets} packets; {about['cores']} cores ({about['processor']}), Linux {about['kernel']}, "
          f"{about['java']}; load before: {about['load_before']}")
    print(f"{'':<28} {'rounds':>6} {'CPU ns/packet':>14} {'min - max':>17} {'ratio':>6} {'CPU s':>8} {'wall s':>8} "
          f"{'RSS MiB':>8}")
    for row in rows:
        spread = f"{row['cpu_ns_per_packet_min']:.0f} - {row['cpu_ns_per_packet_max']:.0f}"
        print(f"{row['name']:<28} {row['rounds']:>6} {row['cpu_ns_per_packet']:>14.0f} {spread:>17} "
              f"{row['ratio']:>6.2f} {row['cpu_s']:>8.2f} {row['wall_s']:>8.2f} {row['peak_rss_mib']:>8.0f}")


if __name__ == "__main__":
    main()
