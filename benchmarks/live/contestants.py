"""Who captures: nobody, the agent in its variants, and its rivals. All get the filter "tcp" on lo."""
import pathlib
import re
import shutil
import signal
import subprocess
import time

from accounts import Account
from processes import Program

AGENT = "agent"
TCPDUMP = "tcpdump -s 128 -w /dev/null"
TEXT = "tcpdump -nn >/dev/null"
PMACCTD = "pmacctd with Kafka"
ARGUS = "argus -w /dev/null"
BASE = "nothing"
# Only when it is asked for.
PACKETS_ONLY = "agent-packets"

CAPTURE_TOPIC = "loopscope.capture.v1"

PMACCTD_CONFIGURATION = """daemonize: false
pcap_interface: lo
pcap_filter: tcp
plugins: {plugin}
aggregate: src_host, dst_host, src_port, dst_port, proto, tcpflags
kafka_output: json
kafka_topic: pmacct
kafka_broker_host: {host}
kafka_broker_port: 9092
kafka_refresh_time: {refresh}
print_output: json
print_output_file: /dev/null
print_refresh_time: {refresh}
plugin_pipe_size: 67108864
plugin_buffer_size: 65536
"""


class Contestant:
    """One that captures with a program."""

    topic = None
    long_warm_up = False
    account = None
    program = None

    def __init__(self, lab, short, name, command):
        self.short = short  # how it is chosen
        self.name = name  # what the tables call it
        self.lab = lab
        self.command = command
        self._starts = 0

    def start(self):
        """Returns when it captures."""
        self._starts += 1
        self.program = None
        name = re.sub(r"[^a-z0-9]+", "-", self.name) + f"-{self._starts}"
        self.account = Account(name)
        self.program = Program(self.lab.folder, name, self.lab.tapped.inside(self.launch()), self.account,
                               environment={"LOOPSCOPE_BUILD": "never"})
        self.program.await_true(lambda: self.lab.tapped.taps() > 0, "begin to capture")

    def launch(self):
        return self.command

    def counters(self):
        """Packets it has seen, None when it does not tell, and packets it has lost; None when it tells nothing."""
        return None

    def stop(self):
        if self.program:
            self.program.stop()
        self.account.close()


class Nothing(Contestant):
    """Nobody captures."""

    def start(self):
        self.account = Account("nothing")

    def stop(self):
        self.account.close()


class Agent(Contestant):
    """The agent as the launcher starts it."""

    topic = CAPTURE_TOPIC
    long_warm_up = True

    def launch(self):
        self.host = f"benchmark-{self._starts}-" + re.sub(r"\W+", "-", self.name)
        return [*self.command, "--host-id", self.host]

    def counters(self):
        seen, lost, _ = self.lab.reader.ask(f"counters {self.host}")
        return int(seen), int(lost)


class Tcpdump(Contestant):
    """Tells its counters when it gets SIGUSR1."""

    def counters(self):
        pattern = re.compile(r"(\d+) packets captured, \d+ packets received by filter, (\d+) packets dropped by kernel")
        told = len(pattern.findall(self.program.output()))
        self.program.send(signal.SIGUSR1)
        # One that writes to /dev/null looks at its signals only between two packets or blocks.
        self.program.await_true(lambda: len(pattern.findall(self.program.output())) > told, "tell its counters", 10)
        captured, dropped = pattern.findall(self.program.output())[-1]
        return int(captured), int(dropped)


class Pmacctd(Contestant):
    """Libpcap hands it each packet on lo twice, and that is how it counts them; what it drops it drops once."""

    topic = "pmacct"

    def __init__(self, lab, refresh, broker_host):
        super().__init__(lab, "pmacctd", PMACCTD, ["pmacctd", "-f", f"{lab.folder}/pmacctd.conf"])
        plugin = "kafka"
        if not pmacct_has_kafka():
            self.name = "pmacctd without Kafka (print plugin)"
            self.topic = None
            plugin = "print"
        text = PMACCTD_CONFIGURATION.format(plugin=plugin, host=broker_host, refresh=refresh)
        unused = "print_" if plugin == "kafka" else "kafka_"
        lines = [line for line in text.splitlines() if not line.startswith(unused)]
        pathlib.Path(self.command[-1]).write_text("\n".join(lines) + "\n")

    def counters(self):
        pattern = re.compile(r"received_packets=\d+ dropped_packets=(\d+)")
        told = len(pattern.findall(self.program.output()))
        self.program.send(signal.SIGUSR1)
        time.sleep(0.2)
        self.program.await_true(lambda: len(pattern.findall(self.program.output())) > told, "tell its counters", 20)
        return None, int(pattern.findall(self.program.output())[-1])


def pmacct_has_kafka():
    version = subprocess.run(["pmacctd", "-V"], capture_output=True, text=True, check=False).stdout
    return "kafka" in version.split("Plugins:")[-1].split("System:")[0]


def agents(lab, home, server):
    """The agent, and its variants as far as it has the setting for them."""
    settings = (home / "docs/reference/agent-settings.md").read_text()
    command = [str(home / "loopscope"), "agent", "--bootstrap-servers", server]
    yield Agent(lab, "agent", AGENT, command)
    if "`agent.fidelity`" in settings:
        yield Agent(lab, "agent-all", "agent, fidelity all", [*command, "--set", "agent.fidelity=all"])
    if "`agent.capture.method`" in settings:
        yield Agent(lab, "agent-libpcap", "agent, libpcap", [*command, "--set", "agent.capture.method=libpcap"])
    yield Agent(lab, PACKETS_ONLY, "agent, packets only", [*command, "--set", "agent.sockets.enabled=false"])


def rivals(lab, refresh, broker_host):
    """Those that are installed."""
    if shutil.which("tcpdump"):
        yield Tcpdump(lab, "tcpdump-w", TCPDUMP, ["tcpdump", "-Z", "root", "-i", "lo", "-s", "128", "-w", "/dev/null", "tcp"])
        # The text goes to /dev/null, what it counts to the log.
        yield Tcpdump(lab, "tcpdump-nn", TEXT, ["sh", "-c", "exec tcpdump -Z root -i lo -nn tcp >/dev/null"])
    if shutil.which("pmacctd"):
        yield Pmacctd(lab, refresh, broker_host)
    if shutil.which("argus"):
        yield Contestant(lab, "argus", ARGUS, ["argus", "-i", "lo", "-w", "/dev/null", "-", "tcp"])
