package io.loopscope.processor.streams;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is known of one run of one capture agent on a host and network namespace.
 *
 * @param epoch names the run: when it began, nanoseconds since 1970-01-01T00:00:00Z by the host's clock
 * @param bootId boot of the host's kernel that the run belongs to, empty where unknown
 * @param interfaces captured interfaces, as far as its records told
 * @param nextBatch the lowest batch sequence that has not come yet
 * @param nextHeartbeat the lowest heartbeat sequence that has not come yet
 * @param standing what its records are worth
 */
record AgentRun(
        long epoch, String bootId, Set<String> interfaces, long nextBatch, long nextHeartbeat, Standing standing) {

    /** What the records of a run are worth. Stored by name. */
    enum Standing {
        /** It is expected to send more. */
        LIVE,
        /** It said goodbye. */
        STOPPED,
        /** A later run has taken over: what this one still sends is ignored. */
        SUPERSEDED
    }

    AgentRun {
        interfaces = Set.copyOf(interfaces);
    }

    AgentRun withNextBatch(long next) {
        return new AgentRun(epoch, bootId, interfaces, next, nextHeartbeat, standing);
    }

    AgentRun withNextHeartbeat(long next) {
        return new AgentRun(epoch, bootId, interfaces, nextBatch, next, standing);
    }

    AgentRun with(Standing changed) {
        return new AgentRun(epoch, bootId, interfaces, nextBatch, nextHeartbeat, changed);
    }

    AgentRun capturing(Collection<String> more) {
        if (interfaces.containsAll(more)) {
            return this;
        }
        Set<String> all = new HashSet<>(interfaces);
        all.addAll(more);
        return new AgentRun(epoch, bootId, all, nextBatch, nextHeartbeat, standing);
    }

    boolean isReplaced() {
        return standing == Standing.SUPERSEDED;
    }

    boolean isLive() {
        return standing == Standing.LIVE;
    }

    boolean sharesInterfaceWith(Collection<String> others) {
        return others.stream().anyMatch(interfaces::contains);
    }

    /** Both boots are known, and differ. */
    boolean isOfAnotherBootThan(String other) {
        return !bootId.isEmpty() && !other.isEmpty() && !bootId.equals(other);
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(epoch);
        out.writeUTF(bootId);
        out.writeShort(interfaces.size());
        for (String captured : new TreeSet<>(interfaces)) {
            out.writeUTF(captured);
        }
        out.writeLong(nextBatch);
        out.writeLong(nextHeartbeat);
        out.writeUTF(standing.name());
    }

    /** Reads what {@link #writeTo} wrote; what an earlier version wrote knows nothing of heartbeats. */
    static AgentRun readFrom(DataInput in, boolean withHeartbeats) throws IOException {
        long epoch = in.readLong();
        String bootId = in.readUTF();
        Set<String> interfaces = new HashSet<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            interfaces.add(in.readUTF());
        }
        long nextBatch = in.readLong();
        long nextHeartbeat = withHeartbeats ? in.readLong() : 0;
        return new AgentRun(epoch, bootId, interfaces, nextBatch, nextHeartbeat, Standing.valueOf(in.readUTF()));
    }
}
