"""The network namespace in which the load runs and the contestants capture.

This process is in a namespace of its own already, where the broker is; the two are joined by a veth pair. So what is
published leaves the tapped namespace by another interface than lo, as it would leave a server, and the broker's traffic
is nothing that a contestant could capture.
"""
import os
import pathlib
import subprocess
import time

BROKER = "192.0.2.1"
TAPPED = "192.0.2.2"


class Tapped:
    def __init__(self):
        self._holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        own = os.readlink("/proc/self/ns/net")
        while self._namespace() == own:
            if self._holder.poll() is not None:
                raise SystemExit("capture.sh: no network namespace could be made")
            time.sleep(0.01)
        for command in (
            f"ip link add to-tapped type veth peer name to-broker netns {self._holder.pid}",
            f"ip address add {BROKER}/30 dev to-tapped",
            "ip link set lo up",
            "ip link set to-tapped up",
        ):
            subprocess.run(command.split(), check=True)
        for command in (
            f"ip address add {TAPPED}/30 dev to-broker",
            "ip link set lo up",
            "ip link set to-broker up",
        ):
            subprocess.run(self.inside(command.split()), check=True)

    def _namespace(self):
        return os.readlink(f"/proc/{self._holder.pid}/ns/net")

    def inside(self, command):
        """The command, run in the namespace; it takes the place of nsenter and keeps its number."""
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", *command]

    def packets(self):
        """That lo has carried. Only the load uses it."""
        return self._lo()[1]

    def octets(self):
        return self._lo()[0]

    def _lo(self):
        for line in pathlib.Path(f"/proc/{self._holder.pid}/net/dev").read_text().splitlines():
            if line.strip().startswith("lo:"):
                return [int(field) for field in line.split(":")[1].split()]
        raise SystemExit("capture.sh: the namespace has lost its lo")

    def taps(self):
        """Packet sockets that are open."""
        return len(pathlib.Path(f"/proc/{self._holder.pid}/net/packet").read_text().splitlines()) - 1

    def forget_closed(self):
        """Removes connections in TIME-WAIT, so that their timers do not go off in somebody else's time."""
        subprocess.run(
            self.inside(["ss", "-K", "-H", "-t", "state", "time-wait"]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )

    def close(self):
        self._holder.kill()
        self._holder.wait()
