"""A real Kafka broker, one KRaft node as Kafka ships it, and what is in its logs."""
import base64
import pathlib
import socket
import struct
import subprocess
import uuid

from processes import Program

PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{address}:9093
listeners=PLAINTEXT://{address}:9092,CONTROLLER://{address}:9093
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={logs}
num.partitions=1
auto.create.topics.enable=true
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.message.timestamp.type=LogAppendTime
log.segment.bytes=1073741824
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=1
num.io.threads=2
"""
LOGBACK = '<configuration><appender name="E" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%level ' \
    '%logger %msg%n</pattern></encoder></appender><root level="WARN"><appender-ref ref="E"/></root></configuration>\n'

# Where a record batch on disk has its length, and how many records it holds: message format 2 of Kafka.
BATCH_LENGTH = struct.Struct(">qi")
RECORD_COUNT = struct.Struct(">i")
RECORD_COUNT_AT = 57


class Broker:
    def __init__(self, folder, libraries, address, account):
        self.server = f"{address}:9092"
        self._logs = pathlib.Path(folder) / "kafka"
        self._read = {}  # how far each log has been read, and the records up to there
        properties = pathlib.Path(folder) / "server.properties"
        properties.write_text(PROPERTIES.format(address=address, logs=self._logs))
        logback = pathlib.Path(folder) / "logback.xml"
        logback.write_text(LOGBACK)
        java = ["java", "-XX:+UseSerialGC", f"-Dlogback.configurationFile={logback}", "-cp", f"{libraries}/*"]
        cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
        made = subprocess.run(
            [*java, "-XX:TieredStopAtLevel=1", "kafka.tools.StorageTool", "format", "-t", cluster, "-c", properties],
            capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise SystemExit(f"capture.sh: Kafka's folder cannot be made:\n{made.stdout}{made.stderr}")
        self._program = Program(folder, "broker", [*java, "-Xmx512m", "kafka.Kafka", str(properties)], account)
        self._program.await_true(lambda: _answers(address), "take connections")

    def octets(self, topic):
        """Octets of a topic on disk: what producers sent, compressed as they sent it."""
        return sum(log.stat().st_size for log in self._segments(topic))

    def records(self, topic):
        """Records of a topic, by the headers of its batches."""
        for log in self._segments(topic):
            self._read[log] = _records(log, *self._read.get(log, (0, 0)))
        return sum(count for log, (_, count) in self._read.items() if log.parent.name.startswith(f"{topic}-"))

    def _segments(self, topic):
        return self._logs.glob(f"{topic}-*/*.log")

    def stop(self):
        self._program.stop()


def _answers(address):
    try:
        socket.create_connection((address, 9092), 1).close()
        return True
    except OSError:
        return False


def _records(log, position, count):
    with open(log, "rb") as file:
        size = log.stat().st_size
        while position + RECORD_COUNT_AT + RECORD_COUNT.size <= size:
            file.seek(position)
            header = file.read(RECORD_COUNT_AT + RECORD_COUNT.size)
            count += RECORD_COUNT.unpack_from(header, RECORD_COUNT_AT)[0]
            position += BATCH_LENGTH.size + BATCH_LENGTH.unpack_from(header)[1]
    return position, count
