"""CPU time and memory of groups of processes, and of the machine.

Processes are put into a control group of their own before they start, so that children that come and go are counted:
the kernel adds up what all of them used, in microseconds or better.
"""
import os
import pathlib
import time


def _tree():
    """Where a group is made, and whether that is version 2."""
    for folder in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        if os.path.exists(f"{folder}/cgroup.controllers"):
            return pathlib.Path(folder), True
    if os.path.isdir("/sys/fs/cgroup/cpuacct"):
        return pathlib.Path("/sys/fs/cgroup/cpuacct"), False
    raise SystemExit("capture.sh: control groups are needed, and /sys/fs/cgroup has none")


class Account:
    """A control group."""

    prefix = "loopscope-capture"

    def __init__(self, name):
        tree, self._unified = _tree()
        self._folder = tree / f"{self.prefix}-{name}"
        self._folder.mkdir()

    def enter(self):
        """Moves the calling process, and what it will start, into the group."""
        (self._folder / "cgroup.procs").write_text("0")

    def cpu_ns(self):
        """User and system time of all that are or were in it."""
        if not self._unified:
            return int((self._folder / "cpuacct.usage").read_text())
        first = (self._folder / "cpu.stat").read_text().splitlines()[0]
        return int(first.removeprefix("usage_usec ")) * 1000

    def processes(self):
        return [int(line) for line in (self._folder / "cgroup.procs").read_text().split()]

    def threads_cpu_ns(self, beginning):
        """User and system time of the running threads whose names begin like that."""
        total = 0
        for process in self.processes():
            for task in pathlib.Path(f"/proc/{process}/task").glob("*"):
                try:
                    if (task / "comm").read_text().startswith(beginning):
                        total += int((task / "schedstat").read_text().split()[0])
                except OSError:
                    continue  # it has just ended
        return total

    def memory(self):
        """Resident and anonymous octets of all processes; what two of them share is counted twice in the first."""
        resident = anonymous = 0
        for process in self.processes():
            try:
                lines = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue  # it has just ended
            figures = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
            resident += figures.get("Rss", 0)
            anonymous += figures.get("Anonymous", 0)
        return resident, anonymous

    def close(self):
        for _ in range(50):
            try:
                self._folder.rmdir()
                return
            except OSError:
                time.sleep(0.1)  # a process that has ended is not quite gone


def machine_cpu_ns():
    """What all processors have done since boot: the time they were not idle. Resolution: a tick, 10 ms."""
    with open("/proc/stat") as lines:
        fields = [int(field) for field in lines.readline().split()[1:]]
    idle, waiting, stolen = fields[3], fields[4], fields[7]
    ticks = time.clock_gettime_ns(time.CLOCK_BOOTTIME) * os.cpu_count()
    return ticks - (idle + waiting + stolen) * (1_000_000_000 // os.sysconf("SC_CLK_TCK"))
