package io.loopscope.processor.streams;

import io.loopscope.processor.streams.AgentRun.Standing;
import io.loopscope.processor.streams.Arrival.Verdict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The book of the agent runs of one host and network namespace: recognises what was sent twice, what is missing and what
 * comes from a run that has been replaced.
 *
 * <p>A run replaces the earlier runs with which it shares an interface, and all runs of an earlier boot; agents on
 * different interfaces work side by side. Within one boot the greater epoch is the later run. Between boots it is not,
 * because a machine may come up with its clock far behind: there the run that arrives first is the earlier one.
 *
 * <p>Stored in {@code agents} under {@link HostKey#toBytes()}: version (1, now 2; 1 had no heartbeat sequences), number of runs (2), the
 * runs; big-endian, texts as their length (2) and modified UTF-8.
 */
final class AgentRuns {
    /** Runs that are remembered. Replaced ones are forgotten first, then those that stopped; live ones never. */
    static final int REMEMBERED = 16;

    private static final int VERSION = 2;
    private static final Comparator<AgentRun> LEAST_WORTH_REMEMBERING =
            Comparator.comparing((AgentRun run) -> !run.isReplaced()).thenComparingLong(AgentRun::epoch);

    private final Map<Long, AgentRun> runs = new LinkedHashMap<>();

    /** A batch has come. */
    Arrival batch(long epoch, String bootId, String captured, long sequence) {
        AgentRun run = run(epoch, bootId, List.of(captured), sequence);
        if (run.isReplaced() || sequence < run.nextBatch()) {
            return refused(run);
        }
        long lost = sequence - run.nextBatch();
        put(run.capturing(List.of(captured)).withNextBatch(sequence + 1));
        return new Arrival(Verdict.ACCEPTED, lost);
    }

    /**
     * A heartbeat has come.
     *
     * @param next sequence of the run's next batch: all lower ones have been sent
     * @param number its own sequence: while a host is quiet only this tells a heartbeat that comes again from one of a clock
     *     that was set back; -1 when the agent did not number it
     */
    Arrival heartbeat(long epoch, String bootId, List<String> interfaces, long next, long number, boolean plannedStop) {
        AgentRun run = run(epoch, bootId, interfaces, next);
        if (run.isReplaced() || next < run.nextBatch() || (number >= 0 && number < run.nextHeartbeat())) {
            return refused(run);
        }
        long lost = next - run.nextBatch();
        AgentRun heard = run.capturing(interfaces)
                .withNextBatch(next)
                .withNextHeartbeat(Math.max(run.nextHeartbeat(), number + 1))
                .with(plannedStop ? Standing.STOPPED : Standing.LIVE);
        put(heard);
        replaceEarlier(heard); // It may have named more interfaces than its batches did.
        return new Arrival(Verdict.ACCEPTED, lost);
    }

    /** A record that has no number has come. */
    Arrival unnumbered(long epoch) {
        AgentRun run = runs.get(epoch);
        return new Arrival(run != null && run.isReplaced() ? Verdict.SUPERSEDED : Verdict.ACCEPTED, 0);
    }

    private static Arrival refused(AgentRun run) {
        return new Arrival(run.isReplaced() ? Verdict.SUPERSEDED : Verdict.REPLAYED, 0);
    }

    /** The run as it is known, entered now when it is not. */
    private AgentRun run(long epoch, String bootId, List<String> interfaces, long sequence) {
        AgentRun known = runs.get(epoch);
        if (known != null) {
            return known;
        }
        AgentRun first = new AgentRun(epoch, bootId, Set.copyOf(interfaces), sequence, 0, Standing.LIVE);
        if (isPast(first)) {
            first = first.with(Standing.SUPERSEDED);
        } else if (replaceEarlier(first)) {
            first = first.withNextBatch(0); // All that it sends comes after what is known already.
        }
        put(first);
        forget();
        return first;
    }

    private void put(AgentRun run) {
        runs.put(run.epoch(), run);
    }

    /** Whether there were any. */
    private boolean replaceEarlier(AgentRun later) {
        List<AgentRun> earlier = runs.values().stream()
                .filter(run -> !run.isReplaced())
                .filter(run -> run.isOfAnotherBootThan(later.bootId())
                        || (run.epoch() < later.epoch() && run.sharesInterfaceWith(later.interfaces())))
                .toList();
        earlier.forEach(run -> put(run.with(Standing.SUPERSEDED)));
        return !earlier.isEmpty();
    }

    private boolean isPast(AgentRun unknown) {
        boolean bootIsKnown =
                runs.values().stream().anyMatch(run -> run.bootId().equals(unknown.bootId()));
        return runs.values().stream()
                .anyMatch(run -> run.isOfAnotherBootThan(unknown.bootId())
                        ? bootIsKnown && !run.isReplaced()
                        : run.epoch() > unknown.epoch() && run.sharesInterfaceWith(unknown.interfaces()));
    }

    private void forget() {
        runs.values().stream()
                .filter(run -> !run.isLive())
                .sorted(LEAST_WORTH_REMEMBERING)
                .limit(Math.max(0, runs.size() - REMEMBERED))
                .toList()
                .forEach(run -> runs.remove(run.epoch()));
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeShort(runs.size());
            for (AgentRun run : runs.values()) {
                run.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("agent runs do not fit their layout", e);
        }
        return bytes.toByteArray();
    }

    /**
     * What {@link #toBytes} wrote.
     *
     * @throws IOException when it is of another version, or damaged
     */
    static AgentRuns fromBytes(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version < 1 || version > VERSION) {
                throw new IOException("agent runs stored in version " + version + ", known is " + VERSION);
            }
            AgentRuns book = new AgentRuns();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                book.put(AgentRun.readFrom(in, version >= 2));
            }
            return book;
        } catch (IllegalArgumentException e) {
            throw new IOException("damaged agent runs", e);
        }
    }
}
