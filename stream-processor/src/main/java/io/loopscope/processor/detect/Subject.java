package io.loopscope.processor.detect;

/** What timers and anomalies are about, in a total order: the host, then listeners, then connections. */
sealed interface Subject extends Comparable<Subject> permits HostContext, ListenerMonitor, Tracked {

    /** Of what kind it is. */
    AnomalyScope scope();

    @Override
    default int compareTo(Subject other) {
        if (this instanceof Tracked mine && other instanceof Tracked theirs) {
            return mine.compareTuple(theirs);
        }
        if (this instanceof ListenerMonitor mine && other instanceof ListenerMonitor theirs) {
            return mine.listener().compareTo(theirs.listener());
        }
        return other.scope().compareTo(scope());
    }
}
