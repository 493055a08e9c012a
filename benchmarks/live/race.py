"""Contestants in turn, round by round, each under every load."""
import sys
import threading
import time

from accounts import machine_cpu_ns
from contestants import AGENT, BASE, Nothing
from processes import Failure

# Long enough for what is still in buffers: libpcap holds a block for up to a second.
TAIL = 1.3
HIGHEST_SECONDS = 2.5
HIGHEST_STEPS = 3
LATENCY_SECONDS = 12
LATENCY_RATE = 20
STARTS = 3
# Seconds. Nothing of them is compiled while they run.
RIVALS_WARM_UP = 1
WARM_UP_TURNS = 4
# Names of the JVM's threads that compile; one each, as the launcher starts the agent.
COMPILERS = ("C1 Compiler", "C2 Compiler")
TRICKLE = 500
BEGAN = time.monotonic()


class Race:
    def __init__(self, lab, given, contestants):
        self._lab = lab
        self._given = given
        self._contestants = contestants
        self._results = {"runs": [], "highest": [], "latency": [], "starts": [], "totals": [], "failed": {}}

    def run(self, save):
        """All rounds. After each, what there is so far is handed to save."""
        agent = next((each for each in self._contestants if each.name == AGENT), None)
        if agent:
            self._first(agent)
        for number in range(1, self._given.rounds + 1):
            self._round(number)
            save(self._results)
        if agent and not self._given.no_start:
            for number in range(1, STARTS + 1):
                self._starting(agent, number)
        return self._results

    def _first(self, agent):
        """A run that is not measured: it leaves the archive of classes that every later start has."""
        say("a first run of the agent")
        agent.start()
        try:
            self._lab.storm().run(5, 1_000)
            self._lab.flood().run(5, 10_000)
            time.sleep(2 * TAIL)
        finally:
            agent.stop()

    def _round(self, number):
        """Everybody once, nobody at the beginning, in the middle and at the end; who begins changes each time."""
        shift = (number - 1) % max(1, len(self._contestants))
        order = self._contestants[shift:] + self._contestants[:shift]
        middle = (len(order) + 1) // 2
        nothing = Nothing(self._lab, BASE, BASE, [])
        turns = [nothing, *order[:middle], nothing, *order[middle:], nothing]
        for turn, contestant in enumerate(turns, 1):
            if contestant.name in self._results["failed"]:
                continue
            say(f"round {number} of {self._given.rounds}, turn {turn} of {len(turns)}: {contestant.name}")
            try:
                contestant.start()
                self._turn(contestant, number)
            except (Failure, OSError) as failure:
                # The others have not failed, and go on.
                say(f"{contestant.name} is left out from here on: {failure}")
                self._results["failed"][contestant.name] = str(failure)
            finally:
                contestant.stop()

    def _turn(self, contestant, number):
        self._warm_up(contestant)
        packets, counted = self._lab.tapped.packets(), contestant.counters()
        memory = []
        for load in self._lab.loads:
            self._results["runs"].append(self._measure(contestant, load, number))
            memory.append(contestant.account.memory())
            self._lab.tapped.forget_closed()
        offered, now = self._lab.tapped.packets() - packets, contestant.counters()
        self._results["totals"].append({
            "contestant": contestant.name, "round": number, "packets": offered,
            "rss": max(each[0] for each in memory), "anonymous": max(each[1] for each in memory),
            "seen": now[0] - counted[0] if now and now[0] is not None else None,
            "lost": now[1] - counted[1] if now else None})
        if number == self._given.rounds:
            self._last_round(contestant)

    def _last_round(self, contestant):
        if not self._given.no_highest and contestant.name != BASE and contestant.counters():
            self._highest(contestant)
        if contestant.name == AGENT and not self._given.no_delay:
            self._latency(contestant)

    def _warm_up(self, contestant):
        """Until a JIT compiler has nothing left to do; the others only get to know the load."""
        seconds = 0 if contestant.name == BASE else min(RIVALS_WARM_UP, self._given.warm_up)
        if contestant.long_warm_up:
            seconds = self._given.warm_up
            say(f"  warm-up, {seconds + 2 * (seconds // 3)} s")
        # By turns: code that was compiled under one load only is compiled again when it meets the next.
        turns = WARM_UP_TURNS if contestant.long_warm_up and seconds >= WARM_UP_TURNS else 1
        for _ in range(turns if seconds > 0 else 0):
            # The storm takes all of the agent's ways. What the others need besides is compiled sooner.
            self._lab.storm().run(seconds // turns, 3_000)
            others = max(1, seconds // turns // 3)
            self._lab.flood().run(others, 60_000)
            for load in self._lab.loads:
                if load.name == "sysbench":
                    load.run(others)
        self._lab.tapped.forget_closed()
        time.sleep(TAIL)

    def _measure(self, contestant, load, number):
        before = self._sample(contestant)
        operations = load.run(self._given.seconds * load.weight)
        time.sleep(TAIL)
        after = self._sample(contestant)
        if contestant.name != BASE:
            contestant.program.require_running()
        run = {"contestant": contestant.name, "load": load.name, "round": number, "operations": operations,
               **{name: after[name] - before[name] for name in before}}
        say(f"  {load.name}: {run['packets']} packets; ns each: load {run['load_ns'] / run['packets']:.0f}, "
            f"own process {run['process_ns'] / run['packets']:.0f}, of it JIT {run['compiler_ns'] / run['packets']:.0f}")
        return run

    def _sample(self, contestant):
        topic = contestant.topic
        return {
            "packets": self._lab.tapped.packets(),
            "octets": self._lab.tapped.octets(),
            "wall_ns": time.monotonic_ns(),
            "process_ns": contestant.account.cpu_ns(),
            "compiler_ns": contestant.account.threads_cpu_ns(COMPILERS),
            "load_ns": self._lab.load_account.cpu_ns(),
            "broker_ns": self._lab.broker_account.cpu_ns(),
            "machine_ns": machine_cpu_ns(),
            "kafka_octets": self._lab.broker.octets(topic) if topic else 0,
            "kafka_records": self._lab.broker.records(topic) if topic else 0,
        }

    def _highest(self, contestant):
        """The flood as fast as it can be made, then, if something was lost, slower by halves of what is unknown."""
        good, bad, rate = 0, None, 0
        for _ in range(HIGHEST_STEPS + 1):
            step = self._step(contestant, rate)
            self._results["highest"].append(step)
            say(f"  flood of {step['rate']:.0f} packets/s: {step['lost']} lost")
            if step["lost"] == 0:
                good = step["messages"]
                if bad is None:
                    return
            else:
                bad = step["messages"]
            if bad - good < bad / 10:
                return
            rate = int((good + bad) / 2)

    def _step(self, contestant, rate):
        packets, counted = self._lab.tapped.packets(), contestant.counters()
        messages = self._lab.flood().run(HIGHEST_SECONDS, rate)
        time.sleep(TAIL)
        now = contestant.counters()
        return {"contestant": contestant.name, "messages": messages / HIGHEST_SECONDS,
                "rate": (self._lab.tapped.packets() - packets) / HIGHEST_SECONDS, "lost": now[1] - counted[1]}

    def _latency(self, agent):
        """From packets to Kafka with few connections and nothing else going on."""
        say("  delay of control segments")
        time.sleep(2 * TAIL)
        self._lab.reader.tell(f"latency {agent.host} {LATENCY_SECONDS * 1000}")
        time.sleep(1)
        self._lab.storm().run(LATENCY_SECONDS - 2, LATENCY_RATE)
        count, *delays = self._lab.reader.answer()
        names = ("appended_p50", "appended_p99", "appended_max", "consumed_p50", "consumed_p99", "consumed_max")
        self._results["latency"].append({"segments": int(count), **dict(zip(names, map(float, delays)))})

    def _starting(self, agent, number):
        """CPU time from the start to an open capture, and to the first record in Kafka, with a trickle going on."""
        say(f"start {number} of the agent")
        trickle = threading.Thread(target=lambda: self._lab.flood().run(6, TRICKLE))
        before = self._lab.broker.octets(agent.topic)
        trickle.start()
        agent.start()
        try:
            opened = agent.account.cpu_ns()
            agent.program.await_true(lambda: self._lab.broker.octets(agent.topic) > before, "publish", 20)
            self._results["starts"].append({"opened_ns": opened, "published_ns": agent.account.cpu_ns()})
        finally:
            trickle.join()
            agent.stop()


def say(text):
    elapsed = int(time.monotonic() - BEGAN)
    print(f"capture.sh {elapsed // 60}:{elapsed % 60:02d} {text}", file=sys.stderr, flush=True)
