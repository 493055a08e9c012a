package io.loopscope.systemtests.fidelity;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Run;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An item of a record as the TCP core takes it. */
record Delivered(FourTuple tuple, Segment segment) {

    static List<Delivered> of(CaptureBatch batch) {
        return batch.getSegments().stream()
                .map(captured -> new Delivered(
                        tuple(batch.getConnections().get(captured.getConnection())),
                        segment(captured, batch.getBaseTimeNs())))
                .toList();
    }

    private static FourTuple tuple(ConnectionRef connection) {
        return FourTuple.of(
                0,
                address(connection.getLow()),
                connection.getLow().getPort(),
                address(connection.getHigh()),
                connection.getHigh().getPort());
    }

    private static Address address(SocketAddress socket) {
        byte[] octets = new byte[socket.getAddress().remaining()];
        socket.getAddress().duplicate().get(octets);
        return Address.of(octets);
    }

    private static Segment segment(CapturedSegment captured, long base) {
        io.loopscope.schemas.v1.@Nullable Run run = captured.getRun();
        long first = base + captured.getTimeDeltaNs();
        Integer urgent = captured.getUrgentPointer();
        return new Segment(
                captured.getSender() == io.loopscope.schemas.v1.Side.LOW ? Side.LOW : Side.HIGH,
                run == null ? first : first + run.getLastTimeDeltaNs(),
                captured.getFlags(),
                (int) captured.getSequence(),
                (int) (run == null ? captured.getAcknowledgment() : run.getLastAcknowledgment()),
                run == null ? captured.getWindow() : run.getLastWindow(),
                captured.getPayloadOctets(),
                urgent == null ? 0 : urgent,
                options(captured, run),
                run == null
                        ? null
                        : new Run(
                                run.getSegments(),
                                first,
                                (int) run.getNextSequence(),
                                run.getMinWindow(),
                                run.getMaxWindow()));
    }

    private static Options options(CapturedSegment captured, io.loopscope.schemas.v1.@Nullable Run run) {
        Long value = run == null ? captured.getTimestampValue() : run.getLastTimestampValue();
        Long echo = run == null ? captured.getTimestampEcho() : run.getLastTimestampEcho();
        Integer size = captured.getMaximumSegmentSize();
        Integer scale = captured.getWindowScale();
        if (size == null && scale == null && !captured.getSackPermitted() && value == null) {
            return Options.NONE;
        }
        return new Options(
                size == null ? Options.ABSENT : size,
                scale == null ? Options.ABSENT : scale,
                captured.getSackPermitted(),
                value != null,
                value == null ? 0 : value.intValue(),
                echo == null ? 0 : echo.intValue());
    }
}
