package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.Pcap4jSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What was seen of probes over loopback, by two captures at once.
 *
 * @param probes what was sent
 * @param asSet with the agent's settings
 * @param reference of all TCP on the loopback interface
 * @param began by this host's clock, before the first probe
 * @param ended after the last
 */
record Trial(List<Probe> probes, Sighting asSet, Sighting reference, Instant began, Instant ended) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /**
     * Captures, sends the probes, and waits until they have been seen.
     *
     * @param settings the agent's capture
     * @param choice what the agent would publish
     * @param atMost how long to wait for packets
     * @throws CaptureException if a capture cannot be opened
     * @throws IOException if loopback does not carry the probes
     */
    static Trial run(LiveCapture settings, Choice choice, Duration atMost, Clock clock)
            throws CaptureException, IOException {
        LiveCapture all = new LiveCapture(
                "", LiveCapture.TCP_FILTER, settings.snapLength(), settings.bufferOctets(), settings.readTimeout());
        try (PacketSource asSet = LiveSource.open(settings);
                PacketSource reference = Pcap4jSource.open(all)) {
            Instant began = clock.instant();
            List<Probe> probes = new ArrayList<>();
            for (InetAddress loopback : loopbackAddresses()) {
                probes.add(Probe.send(loopback));
            }
            Instant ended = clock.instant();
            long deadline = System.nanoTime() + atMost.toNanos();
            Sighting byReference = new Sighting(probes, (source, destination) -> true);
            watch(reference, byReference, deadline, byReference::hasAllProbes);
            Sighting bySettings = new Sighting(probes, choice::passesPorts);
            boolean expected =
                    probes.stream().allMatch(probe -> choice.of(probe.client(), probe.server()) == Choice.Share.ALL);
            watch(asSet, bySettings, deadline, expected ? bySettings::hasAllProbes : () -> bySettings.segments() > 0);
            return new Trial(probes, bySettings, byReference, began, ended);
        }
    }

    private static void watch(PacketSource source, Sighting sighting, long deadline, BooleanSupplier enough)
            throws CaptureException {
        Packet packet = new Packet();
        // The buffer is read at least once: the other capture may have used the time up.
        boolean idle = false;
        while (!enough.getAsBoolean() && !(idle && System.nanoTime() - deadline >= 0)) {
            idle = source.next(packet) != PacketSource.Next.PACKET;
            if (!idle) {
                sighting.add(packet);
            }
        }
        sighting.count(source.statistics());
    }

    /** 127.0.0.1 and ::1, as far as this host has them. */
    private static List<InetAddress> loopbackAddresses() throws IOException {
        List<InetAddress> usable = new ArrayList<>();
        IOException refusal = null;
        for (String text : List.of("127.0.0.1", "::1")) {
            InetAddress address = InetAddress.getByName(text);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(address, 0));
                usable.add(address);
            } catch (IOException e) {
                refusal = e;
            }
        }
        if (usable.isEmpty() && refusal != null) {
            throw new IOException("no socket can be bound to 127.0.0.1 or ::1: " + refusal.getMessage(), refusal);
        }
        return usable;
    }

    static long nanos(Instant time) {
        return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
    }
}
