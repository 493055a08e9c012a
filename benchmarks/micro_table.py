#!/usr/bin/env python3
"""Prints JMH's JSON as a table: nanoseconds and allocated octets per segment."""
import json
import sys


def row(result):
    name = ".".join(result["benchmark"].split(".")[-2:])
    parameters = "".join(f" {key}={value}" for key, value in result.get("params", {}).items())
    time = result["primaryMetric"]
    octets = next(value for key, value in result["secondaryMetrics"].items() if key.endswith("gc.alloc.rate.norm"))
    return name + parameters, time["score"], time["scoreError"], octets["score"]


with open(sys.argv[1]) as lines:
    rows = [row(result) for result in json.load(lines)]
print(f"{'per segment':<44} {'ns':>8} {'±':>8} {'octets':>8}")
for name, nanos, error, octets in rows:
    print(f"{name:<44} {nanos:>8.1f} {float(error):>8.1f} {octets:>8.1f}")
