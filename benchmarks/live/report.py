"""The figures as tables in Markdown."""
from contestants import AGENT, BASE, TCPDUMP

TITLES = {"flood": "Flood of small packets", "storm": "Storm of short connections", "sysbench": "sysbench on MariaDB"}

# Load, figure, what is asked for: at most that.
REACH = [
    ("flood", "added_ns_to_tcpdump_w", 0.6, "CPU added to the machine, × `tcpdump -w`"),
    ("storm", "added_ns_to_tcpdump_w", 0.9, "CPU added to the machine, × `tcpdump -w`"),
    ("sysbench", "added_ns_to_tcpdump_w", 0.9, "CPU added to the machine, × `tcpdump -w`"),
    ("flood", "process_ns_to_tcpdump_w", 1.0, "agent's own process, × `tcpdump -w`"),
    *[(load, f"process_ns_to_{rival}", limit, f"agent's own process, × {name}")
      for load in ("storm", "sysbench")
      for rival, limit, name in (("tcpdump_w", 3, "`tcpdump -w`"), ("pmacctd", 0.35, "`pmacctd`"),
                                 ("argus", 0.5, "`argus`"), ("tcpdump_text", 0.25, "`tcpdump -nn`"))],
    ("flood", "kafka_octets", 0.5, "octets to Kafka per packet"),
    ("storm", "kafka_octets", 25, "octets to Kafka per packet"),
    ("sysbench", "kafka_octets", 5, "octets to Kafka per packet"),
]


def write(found, out):
    about = found["machine"]
    out.write(f"{about['cores']} cores ({about['processor']}), Linux {about['kernel']}, {about['java']}; load before: "
              f"{about['load_before']}; {found['rounds']} rounds of {found['seconds_each']} s, {found['took_s']} s in all\n")
    for load, figures in found["loads"].items():
        _load(load, figures, found, out)
    for contestant in found["measured"]["failed"]:
        out.write(f"\n`{contestant}` failed and was left out from then on.\n")
    _processes(found, out)
    _reach(found, out)


def _load(load, figures, found, out):
    base = figures["base"]
    out.write(f"\n### {TITLES[load]}\n\n{base['packets_s']:,.0f} packets/s (window with its tail); without capture they "
              f"cost {base['load_ns']:.0f} ns of CPU each ({_spread(base, 'load_ns')}).\n\n"
              "| | added to the machine, ns/packet | × `tcpdump -w` | of it tax on the load | of it own process | of that JIT | × `tcpdump -w` "
              "| × `pmacctd` | × `argus` | × `tcpdump -nn` | added, by idle time | Kafka octets/packet | records/packet |\n"
              "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
    for contestant, row in figures["contestants"].items():
        if contestant == BASE:
            continue
        cells = [f"`{contestant}`", f"{row['added_ns']:.0f} ({_spread(row, 'added_ns')})",
                 _ratio(row, "added_ns_to_tcpdump_w"), f"{row['tax_ns']:.0f}",
                 f"{row['process_ns']:.0f} ({_spread(row, 'process_ns')})",
                 f"{row['compiler_ns']:.0f}" if row["compiler_ns"] else "–",
                 *[_ratio(row, f"process_ns_to_{rival}") for rival in ("tcpdump_w", "pmacctd", "argus", "tcpdump_text")],
                 f"{row['added_by_idle_ns']:.0f}",
                 f"{row['kafka_octets']:.3g}" if row["kafka_octets"] else "–",
                 f"{row['kafka_records']:.2g}" if row["kafka_records"] else "–"]
        out.write("| " + " | ".join(cells) + " |\n")


def _spread(row, key):
    return f"{row[key + '_min']:.0f} – {row[key + '_max']:.0f}"


def _ratio(row, key):
    value = row.get(key)
    return "–" if value is None else f"{value:.2f}"


def _processes(found, out):
    out.write("\n### Loss and memory, over all loads\n\n"
              "| | lost % | not seen % | highest rate without loss, packets/s | RSS MiB | of it anonymous |\n"
              "|---|---:|---:|---:|---:|---:|\n")
    for contestant, row in found["totals"].items():
        if contestant == BASE:
            continue
        highest = found["highest"].get(contestant)
        out.write(f"| `{contestant}` | {_percent(row['lost_percent'])} | {_percent(row['unseen_percent'])} "
                  f"| {_rate(highest)} | {row['rss_mib']:.0f} | {row['anonymous_mib']:.0f} |\n")
    for each in found["latency"]:
        out.write(f"\nControl segments on an idle machine, {each['segments']} of them, from packet to the broker's log: "
                  f"median {each['appended_p50']} ms, p99 {each['appended_p99']} ms, largest {each['appended_max']} ms; "
                  f"to a consumer, which is after the acknowledgment: median {each['consumed_p50']} ms, p99 "
                  f"{each['consumed_p99']} ms, largest {each['consumed_max']} ms.\n")
    if found["start"]:
        out.write(f"\nStart of the agent: {found['start']['opened_cpu_s']} s of CPU until it captures, "
                  f"{found['start']['published_cpu_s']} s until its first record is in Kafka.\n")


def _percent(value):
    return "–" if value is None else f"{value:g}"


def _rate(highest):
    if not highest:
        return "–"
    sign = "≥ " if highest["without_loss"] == highest["offered"] else ""
    return f"{sign}{highest['without_loss']:,}"


def _reach(found, out):
    out.write("\n### What was to be reached\n\n| figure | load | at most | got | |\n|---|---|---:|---:|---|\n")
    for load, key, limit, title in REACH:
        row = found["loads"].get(load, {}).get("contestants", {}).get(AGENT, {})
        _goal(out, title, load, limit, row.get(key))
    totals = found["totals"].get(AGENT, {})
    _goal(out, "RSS under load, MiB", "all", 96, totals.get("rss_mib"))
    _goal(out, "packets lost, %", "all", 0, totals.get("lost_percent"))
    if found["start"]:
        _goal(out, "start to first record in Kafka, s of CPU", "", 1.5, found["start"]["published_cpu_s"])
    for each in found["latency"]:
        _goal(out, "packet to Kafka's acknowledgment, control segments, p99, ms", "idle", 100, each["consumed_p99"])
    _highest(found, out)


def _highest(found, out):
    """No loss at the highest rate at which tcpdump -w has none: the agent's own highest rate has to be as high."""
    own, rival = found["highest"].get(AGENT), found["highest"].get(TCPDUMP)
    if own and rival:
        held = own["without_loss"] == own["offered"] or own["without_loss"] >= rival["without_loss"]
        out.write(f"| highest rate without loss, packets/s, at least that of `tcpdump -w` | flood "
                  f"| {rival['without_loss']:,} | {own['without_loss']:,} | {'yes' if held else '**no**'} |\n")


def _goal(out, title, load, limit, got):
    if got is not None:
        out.write(f"| {title} | {load} | {limit:g} | {got:.3g} | {'yes' if got <= limit else '**no**'} |\n")
