#!/usr/bin/env bash
# What "loopscope analyze" costs against the tools that read the same capture: user and system CPU time per packet,
# medians of contestants in turn, the start of the JVM counted.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
home=$(dirname "$here")
cache=$here/target/captures
results=$here/target/results
rounds=7
copies=1

usage() {
    cat <<'EOF'
Usage: benchmarks/analyze.sh [-r ROUNDS] [-c COPIES] [FILE]
Compares "loopscope analyze" with tcpdump, tshark, tcptrace and argus on FILE, a capture of a million packets or more.
Without FILE, real traffic on loopback is recorded first, in a network namespace of its own; that needs root.

  -r ROUNDS  how often each runs, 5 or more (default 7); tshark, being slow, runs a third of that
  -c COPIES  the recorded capture that many times over, with other addresses and times (default 1)

With LOOPSCOPE_BUILD=never what is there is measured, without building. The ratio is to "loopscope analyze": below 1.00
is cheaper than it. docs/performance.md says what the figures mean.
EOF
}

say() { printf 'analyze.sh: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

while getopts 'r:c:h' option; do
    case $option in
        r) rounds=$OPTARG ;;
        c) copies=$OPTARG ;;
        h) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[[ $# -le 1 && $rounds =~ ^[1-9][0-9]*$ && $copies =~ ^[1-9][0-9]*$ ]] || { usage >&2 && exit 2; }

# Rivals by Debian's packages; what is missing is left out, and said so.
install_rivals() {
    local -A package=([tcpdump]=tcpdump [tshark]=tshark [tcptrace]=tcptrace [argus]=argus-server)
    local program missing=()
    for program in "${!package[@]}"; do
        command -v "$program" >/dev/null || missing+=("${package[$program]}")
    done
    if [[ ${#missing[@]} -gt 0 && $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]}"
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}" </dev/null >&2 \
            || say 'not all of them could be installed; see above'
    fi
    for program in "${!package[@]}"; do
        command -v "$program" >/dev/null || say "$program is missing and left out; on Debian: apt-get install ${package[$program]}"
    done
}

# What is there is measured when LOOPSCOPE_BUILD is never, as for the launcher.
build() {
    if [[ ${LOOPSCOPE_BUILD:-auto} == never ]]; then return; fi
    say 'building'
    (cd "$home" && mvn -q -B -pl benchmarks,deploy/standalone -am package -DskipTests -Dspotless.check.skip=true) \
        </dev/null >&2 || fail 'the build failed; see above'
}

# About 1.3 million packets: 45,000 short connections, and 300 that stay for 1,500 requests each.
record() {
    local to=$1
    [[ $(id -u) -eq 0 ]] || fail 'recording needs root; or name a capture file'
    say 'recording traffic on loopback, about half a minute'
    mkdir -p "$cache"
    # shellcheck disable=SC2016 # the inner shell's variables
    unshare --net bash -euc '
        ip link set lo up
        tcpdump -Z root -i lo -s 128 -B 65536 -U -w "$1" tcp 2>"$1.log" &
        until [[ -s $1 ]]; do kill -0 $!; sleep 0.1; done
        java -XX:+UseSerialGC -cp "$2" io.loopscope.benchmarks.Traffic 300 1500 45000
        sleep 2 # what is in the buffer of the kernel
        kill -INT $!
        wait $!
    ' record "$to.part" "$here/target/classes" || fail "recording failed: $(cat "$to.part.log")"
    sed 's/^/analyze.sh: tcpdump: /' "$to.part.log" >&2
    rm -f "$to.part.log"
    mv "$to.part" "$to"
}

# Sets capture.
find_capture() {
    capture=${1:-}
    if [[ -n $capture ]]; then return; fi
    local real=$cache/loopback.pcap
    [[ -s $real ]] || record "$real"
    capture=$real
    if [[ $copies -gt 1 ]]; then
        capture=$cache/loopback-$copies.pcap
        [[ -s $capture ]] || {
            java -cp "$here/target/classes" io.loopscope.benchmarks.CaptureCopies "$copies" "$real" "$capture.part"
            mv "$capture.part" "$capture"
        }
    fi
}

# One contestant a line: name, rounds, command.
contestants() {
    local file few=$(((rounds + 2) / 3))
    file=$(printf '%q' "$capture")
    printf '%s\t%s\t%s\n' 'loopscope analyze' "$rounds" "$home/loopscope analyze $file"
    printf '%s\t%s\t%s\n' 'loopscope analyze -o csv' "$rounds" "$home/loopscope analyze -o csv $file"
    printf '%s\t%s\t%s\n' 'loopscope analyze -o json' "$rounds" "$home/loopscope analyze -o json $file"
    rival argus "$rounds" "argus -r $file -w /dev/null"
    rival tcptrace "$rounds" "tcptrace -n $file"
    rival tcpdump "$rounds" "tcpdump -nn -r $file"
    rival tshark "$few" "tshark -r $file"
}

rival() {
    if command -v "$1" >/dev/null; then printf '%s\t%s\t%s\n' "${3/" $file"/ FILE}" "$2" "$3"; fi
}

install_rivals
build
find_capture "$@"
packets=$(tcpdump -r "$capture" --count 2>/dev/null | sed 's/ .*//')
[[ $packets =~ ^[0-9]+$ ]] || fail "tcpdump cannot tell how many packets are in $capture"
[[ $packets -ge 1000000 ]] || say "only $packets packets: the start of the JVM weighs more than it should"
cat "$capture" >/dev/null # from memory, for all of them
"$home/loopscope" analyze -o csv "$capture" >/dev/null # what is made once, by the first run
mkdir -p "$results"
name=$(basename "$capture")
contestants | "$here/compare.py" --packets "$packets" --file "$name" --json "$results/analyze-${name%.*}.json"
say "figures are in ${results#"$PWD"/}/analyze-${name%.*}.json"
