#!/usr/bin/env bash
# What the processor costs: CPU time per segment of its whole process, beside a plain consumer loop that does the same
# core work over the same topic; and what a million open connections cost it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
home=$(dirname "$here")
cache=$here/target/captures
results=$here/target/results
copies=3
hosts=9
rounds=1
modes='all coalesced'
open=1000000
parts='segments open'
# The heap is all there from the start, and compilers stay, so that what they take can be told from the rest.
jvm='-XX:+UseSerialGC -Xms2g -Xmx2g -Xmn768m -XX:-UseDynamicNumberOfCompilerThreads'
# In the heap that a million connections are to fit into: no room is wasted for young objects.
jvm_open='-XX:+UseSerialGC -Xmx1g -Xmn64m'
commit=200ms
# What is measured is the cost of many connections, not of giving them up.
room=processor.max.connections=2000000

usage() {
    cat <<'EOF'
Usage: benchmarks/processor.sh [-l] [-m MODES] [-c COPIES] [-r ROUNDS] [-o CONNECTIONS] [-p PARTS] [FILE]
Fills the capture topic of a real broker with recorded traffic and measures the processor over it: CPU time of its whole
process per segment (item of a batch), exactly once, with the state in memory and in RocksDB, beside a plain consumer
loop that reads, detects, encodes and publishes the same without Kafka Streams and without state. Coalescing is the
agents' own. Then opens a million connections on 2,000 hosts, in a heap of 1 GiB, and measures heap, changelog, restore,
and heartbeats with nothing due.
FILE is a capture of a million packets or more; without it what benchmarks/analyze.sh recorded is used, or recorded
now, which needs root.

  -l         long: 10 copies, 3 rounds (a quarter of an hour); short takes about three minutes
  -m MODES   of the agent's records: 'all', 'coalesced' or 'all coalesced' (default)
  -c COPIES  each host's traffic that many times, as that of other hosts (default 3)
  -r ROUNDS  how often contestants take turns (default 1)
  -o N       open connections (default 1000000)
  -p PARTS   'segments', 'open', 'failover', several as one word; 'segments open' is the default. 'failover' kills a
             processor with that many open connections while another one runs, without and with a standby replica

With LOOPSCOPE_BUILD=never what is there is measured, without building. JAVA_OPTIONS go to what is measured.
docs/performance.md says what the figures mean.
EOF
}

say() { printf 'processor.sh: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

while getopts 'lm:c:r:o:p:h' option; do
    case $option in
        l) copies=10 rounds=3 ;;
        m) modes=$OPTARG ;;
        c) copies=$OPTARG ;;
        r) rounds=$OPTARG ;;
        o) open=$OPTARG ;;
        p) parts=$OPTARG ;;
        h) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[[ $# -le 1 && $copies$rounds$open =~ ^[0-9]+$ ]] || { usage >&2 && exit 2; }

if [[ ${LOOPSCOPE_BUILD:-auto} != never ]]; then
    say 'building'
    (cd "$home" && mvn -q -B -pl benchmarks -am package -DskipTests -Dspotless.check.skip=true) </dev/null >&2 ||
        fail 'the build failed; see above'
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/loopscope-processor.XXXXXX")
broker=
input=

stop_broker() {
    if [[ -n $broker ]]; then
        exec {input}>&-
        wait "$broker" || true
        broker=
    fi
}

clean_up() {
    stop_broker
    rm -rf "$work"
}
trap clean_up EXIT

class_path="$here/target/classes:$here/target/lib/*"
package=io.loopscope.benchmarks.processor

run() {
    # shellcheck disable=SC2086 # options are words
    java $jvm ${JAVA_OPTIONS:-} -cp "$class_path" "$@"
}

# Sets bootstrap. The broker stops when its input is closed, so also when this script is killed.
start_broker() {
    stop_broker
    rm -rf "$work/broker" "$work/pipe" "$work/address"
    mkfifo "$work/pipe"
    java -XX:+UseSerialGC -Xmx512m -XX:TieredStopAtLevel=1 \
        -cp "$class_path" $package.BrokerProcess "$work/broker" <"$work/pipe" >"$work/address" 2>"$work/broker.log" &
    broker=$!
    exec {input}>"$work/pipe"
    until [[ -s $work/address ]]; do
        kill -0 "$broker" 2>/dev/null || fail "the broker did not start: $(cat "$work/broker.log")"
        sleep 0.1
    done
    bootstrap=$(head -1 "$work/address")
}

find_capture() {
    capture=${1:-$cache/loopback.pcap}
    [[ -s $capture || $# -gt 0 ]] || {
        say 'no recorded capture yet: analyze.sh records one'
        "$here/analyze.sh" -r 5 >&2
    }
    [[ -s $capture ]] || fail "$capture cannot be read"
}

segments() {
    local mode=$1 items captured records round
    start_broker
    say "filling the topic, mode $mode"
    read -r items captured records < <(java -Xmx3g -XX:+UseParallelGC -cp "$class_path" $package.CaptureTopic \
        "$bootstrap" "$capture" "$mode" "$hosts" "$copies")
    printf '\nrecord.mode %s: %s segments, at any time of %s hosts, in %s items and %s records (heartbeats included)\n' \
        "$mode" "$captured" $((hosts * copies)) "$items" "$records"
    for ((round = 1; round <= rounds; round++)); do
        run $package.PlainLoop "$bootstrap" "$items"
        run $package.PlainLoop "$bootstrap" "$items" publish
        run $package.ProcessorCost "$bootstrap" "$items" "memory-$round" processor.commit.interval=$commit $room
        run $package.ProcessorCost "$bootstrap" "$items" "rocksdb-$round" processor.commit.interval=$commit \
            $room processor.store=rocksdb kafka.state.dir="$work/state-$round"
    done
}

open_connections() {
    start_broker
    printf '\n%s open connections on 2000 hosts\n' "$open"
    jvm=$jvm_open run $package.OpenConnections "$bootstrap" "$open" $room
}

failover() {
    start_broker
    printf '\nkill -9 of one of two processors, %s open connections on 2000 hosts\n' "$open"
    run $package.Failover "$bootstrap" "$open" $room processor.http.listen=
}

mkdir -p "$results"
printf 'load before: %s\n' "$(uptime | sed 's/.*load average: //')"
{
    if [[ $parts == *segments* ]]; then
        find_capture "$@"
        for mode in $modes; do segments "$mode"; done
    fi
    if [[ $parts == *open* ]]; then open_connections; fi
    if [[ $parts == *failover* ]]; then failover; fi
} | tee "$results/processor.txt"
say "figures are in ${results#"$PWD"/}/processor.txt"
