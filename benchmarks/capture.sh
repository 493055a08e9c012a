#!/usr/bin/env bash
# What the agent costs while it captures, beside its rivals: live on lo, under three loads, contestants in turn.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
home=$(dirname "$here")
results=$here/target/results
arguments=()

usage() {
    cat <<'EOF'
Usage: benchmarks/capture.sh [-r ROUNDS] [-t SECONDS] [-w SECONDS] [-l LOADS] [-c CONTESTANTS] [-M] [-D] [-B]
                             [-F RATE] [-S RATE] [-Q RATE] [-R SECONDS]
Captures on loopback with the agent (publishing to a Kafka broker), tcpdump, pmacctd and argus, each under a flood of
small packets, a storm of short connections, and sysbench on MariaDB, all at fixed rates; prints tables in Markdown and
writes all figures as JSON. Needs root. Nothing of it happens in the machine's own network namespace.

  -r ROUNDS       how often each contestant runs under each load (default 3; about eleven minutes a round)
  -t SECONDS      how long a load is measured, sysbench twice that (default 5)
  -w SECONDS      warm-up of each agent under the storm, and a third of it under each other load (default 45)
  -l LOADS        of flood, storm and sysbench, separated by commas (default all)
  -c CONTESTANTS  of agent, agent-all (fidelity all), agent-libpcap, agent-packets (without the kernel's socket table),
                  tcpdump-w, tcpdump-nn, pmacctd and argus, separated by commas (default all but agent-packets)
  -M              leave out the search for the highest rate without loss
  -D              leave out the delay of control segments
  -B              leave out what the start of the agent costs
  -F RATE         messages per second of the flood, 1.6 packets each (default 60000)
  -S RATE         connections per second of the storm, ten packets each (default 3000)
  -Q RATE         transactions per second of sysbench, about 25 packets each (default 500)
  -R SECONDS      how often pmacctd sends its counters to Kafka (default 1)

With LOOPSCOPE_BUILD=never what is there is measured, without building. docs/performance.md says what the figures mean.
EOF
}

say() { printf 'capture.sh: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

while getopts 'r:t:w:l:c:MDBF:S:Q:R:h' option; do
    case $option in
        r) arguments+=(--rounds "$OPTARG") ;;
        t) arguments+=(--seconds "$OPTARG") ;;
        w) arguments+=(--warm-up "$OPTARG") ;;
        l) arguments+=(--loads "$OPTARG") ;;
        c) arguments+=(--only "$OPTARG") ;;
        M) arguments+=(--no-highest) ;;
        D) arguments+=(--no-delay) ;;
        B) arguments+=(--no-start) ;;
        F) arguments+=(--flood "$OPTARG") ;;
        S) arguments+=(--storm "$OPTARG") ;;
        Q) arguments+=(--sysbench "$OPTARG") ;;
        R) arguments+=(--pmacctd-refresh "$OPTARG") ;;
        h) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
done
[[ $OPTIND -gt $# ]] || { usage >&2 && exit 2; }
[[ $(id -u) -eq 0 ]] || fail 'capturing needs root'

# By Debian's packages. A rival that is missing is left out, and said so; the loads are needed.
install_missing() {
    local -A package=([tcpdump]=tcpdump [pmacctd]=pmacct [argus]=argus-server [sysbench]=sysbench
        [mariadbd]=mariadb-server [ip]=iproute2 [nsenter]=util-linux [python3]=python3)
    local program missing=()
    for program in "${!package[@]}"; do
        command -v "$program" >/dev/null || missing+=("${package[$program]}")
    done
    if [[ ${#missing[@]} -gt 0 ]] && command -v apt-get >/dev/null; then
        say "installing ${missing[*]}"
        # Installed to be compared with, not to run as services from now on.
        local policy=/usr/sbin/policy-rc.d
        if [[ -e $policy ]]; then
            policy=
        else
            printf '#!/bin/sh\nexit 101\n' >"$policy"
            chmod 755 "$policy"
        fi
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}" </dev/null >&2 \
            || say 'not all of them could be installed; see above'
        if [[ -n $policy ]]; then rm -f "$policy"; fi
    fi
    for program in "${!package[@]}"; do
        if command -v "$program" >/dev/null; then continue; fi
        case $program in
            tcpdump | pmacctd | argus) say "$program is missing and left out; on Debian: apt-get install ${package[$program]}" ;;
            *) fail "$program is missing; on Debian: apt-get install ${package[$program]}" ;;
        esac
    done
}

build() {
    if [[ ${LOOPSCOPE_BUILD:-auto} == never ]]; then return; fi
    say 'building'
    (cd "$home" && mvn -q -B -pl benchmarks,capture-agent,deploy/standalone -am package -DskipTests \
        -Dspotless.check.skip=true) </dev/null >&2 || fail 'the build failed; see above'
}

install_missing
build
folder=$(mktemp -d /tmp/loopscope-capture.XXXXXX)
# Whatever ends this: the processes end with their namespace of process numbers, and that with unshare.
clean_up() {
    rm -rf "$folder"
    rmdir /sys/fs/cgroup/{,unified/,cpuacct/}"$(basename "$folder")"-* 2>/dev/null || :
}
trap clean_up EXIT
trap 'exit 130' INT TERM
mkdir -p "$results"
json=$results/capture-$(date +%Y%m%d-%H%M%S).json
"$home/loopscope" agent --help >/dev/null # what is made once, by the first run
unshare --net --pid --fork --kill-child --mount-proc \
    python3 -B "$here/live" --home "$home" --folder "$folder" --json "$json" "${arguments[@]}"
say "all figures are in ${json#"$PWD"/}"
