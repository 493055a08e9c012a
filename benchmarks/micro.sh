#!/usr/bin/env bash
# What a segment costs in the TCP core, the detector and the parser: JMH benchmarks with the octets they allocate.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
results=$here/target/results

if [[ ${1:-} = -h || ${1:-} = --help ]]; then
    cat <<'EOF'
Usage: benchmarks/micro.sh [JMH-OPTION...] [PATTERN]
Builds and runs the JMH benchmarks whose names match PATTERN (default: all), two forks of five seconds each (after a
warm-up), and prints nanoseconds and allocated octets per segment. JMH's own help: benchmarks/micro.sh -- -h
EOF
    exit 0
fi
if [[ ${1:-} = -- ]]; then shift; fi

(cd "$(dirname "$here")" && mvn -q -B -pl benchmarks -am package -DskipTests -Dspotless.check.skip=true) </dev/null >&2
mkdir -p "$results"
json=$results/micro.json
rm -f "$json"
printf 'load before: %s\n' "$(uptime | sed 's/.*load average: //')"
java -cp "$here/target/classes:$here/target/lib/*" org.openjdk.jmh.Main \
    -prof gc -rf json -rff "$json" "$@" >"$results/micro.log" || { cat "$results/micro.log" && exit 1; }
[[ -s $json ]] || { cat "$results/micro.log" && exit 0; } # JMH was only asked something
"$here/micro_table.py" "$json"
