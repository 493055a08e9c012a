"""Measures what capturing on loopback costs: see capture.sh, which starts this in namespaces of its own."""
import argparse
import json
import pathlib
import signal
import sys
import time

import contestants as those
import figures
import loads
import report
from accounts import Account
from broker import Broker
from processes import Failure, Program
from race import Race
from tapped import BROKER, Tapped


class Lab:
    """All that contestants have in common: the place, the loads, the broker."""

    def __init__(self, options):
        self.folder = options.folder
        Account.prefix = pathlib.Path(options.folder).name
        home = pathlib.Path(options.home)
        classes = f"{home}/benchmarks/target/classes:{home}/benchmarks/target/lib/*"
        self.tapped = Tapped()
        self.load_account = Account("load")
        self.broker_account = Account("broker")
        self.broker = Broker(self.folder, home / "deploy/standalone/target/lib", BROKER, self.broker_account)
        self.generator = loads.generator(self.folder, self.tapped, classes, self.load_account)
        self.reader = Program(
            self.folder, "reader",
            ["java", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx256m", f"-Dlogback.configurationFile={self.folder}/logback.xml", "-cp",
             classes, "io.loopscope.benchmarks.live.CaptureTopicReader", self.broker.server], conversation=True)
        self.loads = list(self._loads(options))

    def _loads(self, options):
        if "flood" in options.loads:
            yield loads.Generated(self.generator, "flood", options.flood)
        if "storm" in options.loads:
            yield loads.Generated(self.generator, "storm", options.storm)
        if "sysbench" in options.loads:
            yield loads.Sysbench(self.folder, self.tapped, options.sysbench, self.load_account)

    def flood(self):
        return loads.Generated(self.generator, "flood", 0)

    def storm(self):
        return loads.Generated(self.generator, "storm", 0)

    def warm_up(self, seconds):
        """Brings the programs of the load themselves to their steady state."""
        if seconds > 0:
            self.flood().run(seconds)
            self.storm().run(seconds, 5_000)
            self.tapped.forget_closed()

    def close(self):
        for load in self.loads:
            if isinstance(load, loads.Sysbench):
                load.stop()
        self.generator.stop()
        self.reader.stop()
        self.broker.stop()
        self.tapped.close()
        self.load_account.close()
        self.broker_account.close()


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", required=True)
    parser.add_argument("--folder", required=True, help="for what is needed while it runs")
    parser.add_argument("--json", required=True, help="where to write the figures")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=45, help="of an agent under the storm; a third of it under others")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="short names of contestants, separated by commas")
    parser.add_argument("--loads", default="flood,storm,sysbench")
    parser.add_argument("--no-highest", action="store_true", help="do not look for the highest rate without loss")
    parser.add_argument("--no-delay", action="store_true", help="do not measure the delay of control segments")
    parser.add_argument("--no-start", action="store_true", help="do not measure the start of the agent")
    parser.add_argument("--flood", type=int, default=60_000)
    parser.add_argument("--storm", type=int, default=3_000)
    parser.add_argument("--sysbench", type=int, default=500)
    parser.add_argument("--pmacctd-refresh", type=int, default=1)
    return parser.parse_args()


def chosen(lab, given):
    everybody = [*those.agents(lab, pathlib.Path(given.home), lab.broker.server),
                 *those.rivals(lab, given.pmacctd_refresh, BROKER)]
    names = [name for name in given.only.split(",") if name]
    if not names:
        return [each for each in everybody if each.short != those.PACKETS_ONLY]
    unknown = set(names) - {each.short for each in everybody}
    if unknown:
        raise Failure(f"there is no contestant {' nor '.join(sorted(unknown))} here; there are "
                      + ", ".join(each.short for each in everybody))
    return [each for each in everybody if each.short in names]


def main():
    given = options()
    began = time.monotonic()
    about = figures.machine()
    # As process number 1 of its namespace this one would not hear it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("capture.sh: told to end"))

    def save(results):
        found = figures.of(given, about, results, time.monotonic() - began)
        pathlib.Path(given.json).write_text(json.dumps(found, indent=2) + "\n")
        return found

    lab = Lab(given)
    try:
        lab.warm_up(min(given.warm_up, 4))
        results = Race(lab, given, chosen(lab, given)).run(save)
    finally:
        lab.close()
    report.write(save(results), sys.stdout)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"capture.sh: {failure}")
