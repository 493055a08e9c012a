"""What goes over loopback: a flood of small packets, a storm of short connections, queries of sysbench."""
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from processes import Program

PORT = 13306
USER = "loopscope"
DATABASE = "sbtest"
ROWS = 10_000


class Generated:
    """The flood or the storm, by the generator of this benchmark."""

    weight = 1

    def __init__(self, generator, name, rate):
        self.name = name
        self.rate = rate
        self._generator = generator

    def run(self, seconds, rate=None):
        """Runs for that long, and returns the number of operations. A rate of 0 is as fast as it can."""
        rate = self.rate if rate is None else rate
        return int(self._generator.ask(f"{self.name} {rate} {int(seconds * 1000)}")[0])


def generator(folder, tapped, classes, account):
    """The process that makes the flood and the storm."""
    java = ["java", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx128m", "-cp", classes, "io.loopscope.benchmarks.live.LoadGenerator"]
    return Program(folder, "generator", tapped.inside(java), account, conversation=True)


class Sysbench:
    """Transactions of ten point selects on MariaDB, four connections."""

    name = "sysbench"
    weight = 2  # measured for twice as long: what MariaDB itself costs varies more than what capturing adds

    def __init__(self, folder, tapped, rate, account):
        self.rate = rate
        self._folder = folder
        self._tapped = tapped
        self._account = account
        self._runs = 0
        self._data = pathlib.Path(folder) / "mariadb"
        self._socket = pathlib.Path(tempfile.mkdtemp(prefix="loopscope-")) / "s"  # its name may not be long
        self._install()
        self._server = Program(folder, "mariadbd", tapped.inside(self._server_command()), account)
        self._server.await_true(lambda: "ready for connections" in self._server.output(), "become ready")
        self._sysbench("prepare").wait()

    def _install(self):
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={self._data}", "--skip-test-db",
             "--auth-root-authentication-method=normal"], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise SystemExit(f"capture.sh: MariaDB's folder cannot be made:\n{made.stdout}{made.stderr}")
        (pathlib.Path(self._folder) / "init.sql").write_text(
            f"CREATE DATABASE {DATABASE};\n"
            f"CREATE USER '{USER}'@'127.0.0.1' IDENTIFIED BY '{USER}';\n"
            f"GRANT ALL ON {DATABASE}.* TO '{USER}'@'127.0.0.1';\n")

    def _server_command(self):
        return ["mariadbd", "--no-defaults", "--user=root", f"--datadir={self._data}", "--bind-address=127.0.0.1",
                f"--port={PORT}", f"--socket={self._socket}", f"--pid-file={self._folder}/mariadbd.pid",
                f"--init-file={self._folder}/init.sql", "--skip-name-resolve", "--skip-log-bin",
                "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0",
                "--performance-schema=OFF"]

    def _sysbench(self, what, *more):
        self._runs += 1
        command = ["sysbench", "oltp_read_only", "--db-driver=mysql", "--mysql-host=127.0.0.1",
                   f"--mysql-port={PORT}", f"--mysql-user={USER}", f"--mysql-password={USER}",
                   f"--mysql-db={DATABASE}", "--tables=1", f"--table-size={ROWS}", "--range-selects=off", *more, what]
        return Program(self._folder, f"sysbench-{self._runs}", self._tapped.inside(command), self._account)

    def run(self, seconds):
        """Runs for that long, and returns the number of transactions."""
        run = self._sysbench("run", "--threads=4", f"--rate={self.rate}", f"--time={int(seconds)}")
        run.wait()
        return int(re.search(r"transactions:\s+(\d+)", run.output()).group(1))

    def stop(self):
        self._server.stop(signal.SIGTERM)
        shutil.rmtree(self._socket.parent, ignore_errors=True)
