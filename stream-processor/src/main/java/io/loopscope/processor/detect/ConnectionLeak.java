package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ends that pile up: the number of a listener's ends in CLOSE-WAIT, or of its idle established connections, looked at once
 * per interval, has grown over several intervals without falling. Idle connections have to grow in each of them, since a
 * pool that fills grows now and then.
 */
final class ConnectionLeak extends Alarm {

    private static final double NANOS_PER_MINUTE = 60e9;

    /** More processes than that are only counted together. */
    private static final int PROCESSES = 16;

    private final GrowthSeries closeWait = new GrowthSeries();
    private final GrowthSeries idle = new GrowthSeries();
    /** Of each process that has connections in CLOSE_WAIT, where the socket table tells: one may leak while others close. */
    private final Map<String, GrowthSeries> processes = new TreeMap<>();

    /** The process that leaks, or leaked last; empty while not known. */
    private String leaking = "";

    ConnectionLeak(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.CONNECTION_LEAK);
    }

    /** Begins to look when there is something to look at. */
    void mayHaveChanged(long nowNanos) {
        if ((closeWait() > 0 || idle() > 0) && !armed() && !isOff()) {
            closeWait.begin(0, nowNanos);
            idle.begin(0, nowNanos);
            lookAgain(nowNanos, settings().intervalNanos());
        }
    }

    @Override
    void due(long atNanos) {
        if (listener != null) {
            int inTable = closeWait(listener.kernelCensus.counts);
            closeWait.wereThere(Math.max(0, inTable - closeWait(listener.census)));
        }
        closeWait.look(closeWait(), atNanos);
        idle.look(idle(), atNanos);
        lookAtProcesses(atNanos);
        long intervals = settings().countOrOne();
        if (grows(intervals)) {
            count = growing() == idle ? idle() : closeWait();
            open(growing().sinceNanos(), atNanos);
        } else if (isOpen() && subsided(atNanos)) {
            close(ClearReason.SUBSIDED, atNanos);
        }
        if (isOpen() || closeWait() > 0 || idle() > 0) {
            lookAgain(atNanos, settings().intervalNanos());
        }
        changed();
    }

    /** It has stopped growing, or fell. */
    @Override
    boolean subsided(long nowNanos) {
        long intervals = settings().countOrOne();
        boolean still = closeWait.still(intervals) && idle.still(intervals);
        for (GrowthSeries process : processes.values()) {
            still &= process.still(intervals);
        }
        return still;
    }

    private boolean grows(long intervals) {
        return closeWait.grows(intervals) || idle.growsInEach(intervals) || leakingProcess(intervals) != null;
    }

    private @Nullable GrowthSeries leakingProcess(long intervals) {
        for (GrowthSeries process : processes.values()) {
            if (process.grows(intervals)) {
                return process;
            }
        }
        return null;
    }

    private GrowthSeries growing() {
        long intervals = settings().countOrOne();
        GrowthSeries process = leakingProcess(intervals);
        if (process != null && !closeWait.grows(intervals)) {
            return process;
        }
        return closeWait.grows(intervals) ? closeWait : idle;
    }

    private void lookAtProcesses(long atNanos) {
        Map<String, KernelCensus.Holder> holders = holders();
        processes.keySet().retainAll(holders.keySet());
        int most = 0;
        for (Map.Entry<String, KernelCensus.Holder> holder : holders.entrySet()) {
            int now = holder.getValue().closeWait();
            GrowthSeries process = processes.get(holder.getKey());
            if (process != null) {
                process.look(now, atNanos);
            } else if (processes.size() < PROCESSES) {
                process = new GrowthSeries();
                process.begin(now, atNanos);
                processes.put(holder.getKey(), process);
            }
            if (process != null && process.growth() > most) {
                most = process.growth();
                leaking = holder.getKey();
            }
        }
    }

    private Map<String, KernelCensus.Holder> holders() {
        return listener == null ? Map.of() : listener.kernelCensus.holders();
    }

    /** As segments and table say; the table knows of those from before the capture, too. */
    private int closeWait() {
        return listener == null ? 0 : Math.max(closeWait(listener.census), closeWait(listener.kernelCensus.counts));
    }

    private static int closeWait(Census census) {
        return census.count(Role.SERVER, TcpState.CLOSE_WAIT) + census.count(Role.CLIENT, TcpState.CLOSE_WAIT);
    }

    /** The process that leaks; of idle connections the one that listens. Null when unknown. */
    private @Nullable Owner owner() {
        KernelCensus.Holder holder = holders().get(leaking);
        if (holder != null) {
            return holder.owner();
        }
        return listener == null ? null : listener.process();
    }

    private int idle() {
        return listener == null ? 0 : listener.idle();
    }

    @Override
    String explain(long nowNanos) {
        GrowthSeries growing = growing();
        boolean isIdle = growing == idle;
        return "%s of %s %s now, %s more than %s ago, and have not become fewer in between: about %s a minute leak%s."
                .formatted(
                        isIdle
                                ? idle() + " connections"
                                : (growing == closeWait ? closeWait() : growing.last()) + " ends",
                        where(),
                        isIdle ? "are idle" : "are in CLOSE-WAIT",
                        growing.growth(),
                        Words.duration(nowNanos - growing.sinceNanos()),
                        perMinute(growing, nowNanos),
                        ofProcess(growing, nowNanos));
    }

    private String ofProcess(GrowthSeries growing, long nowNanos) {
        Owner owner = owner();
        if (owner == null) {
            return "";
        }
        long left = nanosUntilLimit(owner, growing, nowNanos);
        return " in " + owner.text()
                + (left == Rule.NEVER
                        ? ""
                        : ", which may have " + owner.openFilesLimit() + " files open and reaches that in about "
                                + Words.duration(left));
    }

    /** At the present pace; NEVER when it is not known. */
    private static long nanosUntilLimit(Owner owner, GrowthSeries growing, long nowNanos) {
        Long open = owner.openFiles();
        Long limit = owner.openFilesLimit();
        if (open == null || limit == null || growing.growth() <= 0) {
            return Rule.NEVER;
        }
        double nanosEach = (double) Math.max(1, nowNanos - growing.sinceNanos()) / growing.growth();
        return (long) (Math.max(0, limit - open) * nanosEach);
    }

    @Override
    Evidence evidence() {
        if (listener == null || host.polls.lastNanos() == Rule.NEVER) {
            return Evidence.WIRE;
        }
        int wire = closeWait(listener.census);
        int table = closeWait(listener.kernelCensus.counts);
        if (wire == 0 && table == 0) {
            return Evidence.WIRE;
        }
        return wire == table ? Evidence.BOTH : wire > table ? Evidence.WIRE : Evidence.KERNEL;
    }

    @Override
    @Nullable Owner clientOwner() {
        return leaksAtClient() ? owner() : null;
    }

    @Override
    @Nullable Owner serverOwner() {
        return leaksAtClient() ? super.serverOwner() : owner();
    }

    private boolean leaksAtClient() {
        return listener != null
                && Math.max(
                                listener.census.count(Role.CLIENT, TcpState.CLOSE_WAIT),
                                listener.kernelCensus.counts.count(Role.CLIENT, TcpState.CLOSE_WAIT))
                        > Math.max(
                                listener.census.count(Role.SERVER, TcpState.CLOSE_WAIT),
                                listener.kernelCensus.counts.count(Role.SERVER, TcpState.CLOSE_WAIT));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("close_wait", Integer.toString(closeWait()));
        attributes.put("idle_established", Integer.toString(idle()));
        attributes.put("growth_per_minute", perMinute(growing(), host.nowNanos()));
        Owner owner = owner();
        if (owner != null) {
            attributes.put("process", owner.text());
            Processes.attributes(owner, attributes);
            attributes.remove("fd"); // It is of one socket, and this is about many.
            long left = nanosUntilLimit(owner, growing(), host.nowNanos());
            if (left != Rule.NEVER) {
                attributes.put("seconds_until_open_files_limit", Long.toString(left / 1_000_000_000));
            }
        }
    }

    private static String perMinute(GrowthSeries series, long nowNanos) {
        double minutes = Math.max(1, nowNanos - series.sinceNanos()) / NANOS_PER_MINUTE;
        return String.format(Locale.ROOT, "%.1f", series.growth() / minutes);
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        closeWait.writeTo(output);
        idle.writeTo(output);
        output.writeByte(processes.size());
        for (Map.Entry<String, GrowthSeries> process : processes.entrySet()) {
            output.writeUTF(process.getKey());
            process.getValue().writeTo(output);
        }
        output.writeUTF(leaking);
    }

    /** Reads what {@link #writeTo} wrote, of this or an earlier version. */
    void readFrom(DataInput input, boolean withTable) throws IOException {
        readFrom(input);
        closeWait.readFrom(input);
        idle.readFrom(input);
        if (withTable) {
            for (int left = input.readUnsignedByte(); left > 0; left--) {
                String name = input.readUTF();
                GrowthSeries process = new GrowthSeries();
                process.readFrom(input);
                processes.put(name, process);
            }
            leaking = input.readUTF();
        }
    }
}
