package io.loopscope.processor.streams;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What is known of one run of one capture agent. A run is named by host, network namespace and epoch; runs of agents on
 * other interfaces of the same namespace may live beside it.
 *
 * @param key which run
 * @param bootId boot of the host's kernel that the run belongs to, empty where unknown
 * @param interfaces captured interfaces, as far as its records told
 * @param nextBatch the lowest batch sequence that has not come yet
 * @param standing what its records are worth
 */
record AgentRun(Key key, String bootId, Set<String> interfaces, long nextBatch, Standing standing) {

    /** Names a run. */
    record Key(HostKey host, long epoch) {}

    /** What the records of a run are worth. Stored by name. */
    enum Standing {
        /** It is expected to send more. */
        LIVE,
        /** It said goodbye. */
        STOPPED,
        /** A later run captures the same interface: what this one still sends is ignored. */
        SUPERSEDED
    }

    AgentRun {
        interfaces = Set.copyOf(interfaces);
    }

    AgentRun withNextBatch(long next) {
        return new AgentRun(key, bootId, interfaces, next, standing);
    }

    AgentRun with(Standing changed) {
        return new AgentRun(key, bootId, interfaces, nextBatch, changed);
    }

    AgentRun capturing(Collection<String> more) {
        if (interfaces.containsAll(more)) {
            return this;
        }
        Set<String> all = new HashSet<>(interfaces);
        all.addAll(more);
        return new AgentRun(key, bootId, all, nextBatch, standing);
    }

    boolean isReplaced() {
        return standing == Standing.SUPERSEDED;
    }

    boolean sharesInterfaceWith(Collection<String> others) {
        return others.stream().anyMatch(interfaces::contains);
    }
}
