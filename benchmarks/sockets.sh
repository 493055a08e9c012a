#!/usr/bin/env bash
# What a look at the kernel's socket table costs: the agent's reader against ss and netstat, with many sockets open.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

if [[ ${1:-} = -h || ${1:-} = --help ]]; then
    cat <<'EOF'
Usage: benchmarks/sockets.sh [SOCKETS [ROUNDS]]
Opens SOCKETS sockets (default 20000) on loopback, half of them in a process of its own, and prints the median CPU time of a poll over ROUNDS rounds (default
21), beside that of `ss -tan` and `netstat -ant`. Needs a limit of open files
above half of SOCKETS.
EOF
    exit 0
fi

for tool in ss netstat; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install iproute2 net-tools" >&2 && exit 1; }
done
sockets=${1:-20000}
ulimit -n $((sockets / 2 + 1000)) || { echo "the limit of open files ($(ulimit -Hn)) is too low" >&2 && exit 1; }
(cd "$(dirname "$here")" && mvn -q -B -pl benchmarks -am package -DskipTests -Dspotless.check.skip=true) </dev/null >&2
printf 'load before: %s\n' "$(uptime | sed 's/.*load average: //')"
exec java -XX:+UseSerialGC -cp "$here/target/classes:$here/target/lib/*" \
    io.loopscope.benchmarks.SocketPollCost "$sockets" "${2:-21}"
