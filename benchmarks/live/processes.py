"""Programs that run beside the benchmark, each with a file of what it prints."""
import os
import pathlib
import signal
import subprocess
import time


class Failure(Exception):
    """A program did not do what it is here for."""


class Program:
    """A running program. What it prints is in a file; with a conversation, its output is for ask()."""

    def __init__(self, folder, name, command, account=None, conversation=False, environment=None):
        self.name = name
        self.log = pathlib.Path(folder) / f"{name}.log"
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if conversation else subprocess.DEVNULL,
                stdout=subprocess.PIPE if conversation else log,
                stderr=log,
                text=conversation or None,
                preexec_fn=account.enter if account else None,
                env={**os.environ, **(environment or {})},
                cwd=folder,
            )
        self.pid = self._process.pid

    def ask(self, line):
        """Sends a command and returns the words of the answer, without the first."""
        self.tell(line)
        return self.answer()

    def tell(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def answer(self):
        answer = self._process.stdout.readline()
        if not answer:
            self.fail("has ended")
        return answer.split()[1:]

    def output(self):
        return self.log.read_text(errors="replace")

    def send(self, number):
        self._process.send_signal(number)

    def require_running(self):
        if self._process.poll() is not None:
            self.fail(f"has ended with {self._process.returncode}")

    def await_true(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            self.require_running()
            if time.monotonic() > deadline:
                self.fail(f"did not {what} within {seconds} s")
            time.sleep(0.02)

    def wait(self):
        """Waits for its end; a failure of it is one of the benchmark."""
        if self._process.wait() != 0:
            self.fail(f"has ended with {self._process.returncode}")

    def stop(self, number=signal.SIGTERM):
        if self._process.poll() is None:
            self.send(number)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def fail(self, what):
        raise Failure(f"{self.name} {what}; its last words:\n{self.output()[-2000:]}")
