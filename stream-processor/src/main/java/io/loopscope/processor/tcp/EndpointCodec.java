package io.loopscope.processor.tcp;

import java.io.IOException;

/** The stored form of an {@link Endpoint}: written and read here, in the same order. */
final class EndpointCodec {

    private EndpointCodec() {}

    static void write(Endpoint end, StateOutput output) throws IOException {
        SequenceSpace sequence = end.sequence;
        output.constant(end.state);
        output.truths(
                end.over,
                end.ackOfSynDistrusted,
                end.timestampKnown,
                end.advertised.edgeKnown,
                sequence.initialKnown,
                sequence.known,
                sequence.acknowledgedKnown,
                sequence.finSent,
                sequence.finReceived,
                sequence.finProven,
                sequence.finDistrusted,
                sequence.strangeAcknowledgmentSeen,
                sequence.strange != null,
                sequence.holes != null && !sequence.holes.isEmpty(),
                end.sentBeyondSyn);
        writeTimes(end, output);
        writeCounts(end, output);
        writeSequence(sequence, output);
        writeWindow(end.advertised, output);
        output.sequence(end.timestamp);
        output.signed(end.roundTrip.smoothed);
        output.signed(end.roundTrip.timedSequence - sequence.next);
    }

    static void read(Endpoint end, StateInput input) throws IOException {
        SequenceSpace sequence = end.sequence;
        end.state = input.constant(TcpState.values());
        int truths = input.count();
        end.over = (truths & 1) != 0;
        end.ackOfSynDistrusted = (truths & (1 << 1)) != 0;
        end.timestampKnown = (truths & (1 << 2)) != 0;
        end.advertised.edgeKnown = (truths & (1 << 3)) != 0;
        sequence.initialKnown = (truths & (1 << 4)) != 0;
        sequence.known = (truths & (1 << 5)) != 0;
        sequence.acknowledgedKnown = (truths & (1 << 6)) != 0;
        sequence.finSent = (truths & (1 << 7)) != 0;
        sequence.finReceived = (truths & (1 << 8)) != 0;
        sequence.finProven = (truths & (1 << 9)) != 0;
        sequence.finDistrusted = (truths & (1 << 10)) != 0;
        sequence.strangeAcknowledgmentSeen = (truths & (1 << 11)) != 0;
        boolean strange = (truths & (1 << 12)) != 0;
        boolean holes = (truths & (1 << 13)) != 0;
        end.sentBeyondSyn = (truths & (1 << 14)) != 0;
        readTimes(end, input);
        readCounts(end, input);
        readSequence(sequence, input, strange, holes);
        readWindow(end.advertised, input);
        end.timestamp = input.sequence();
        end.roundTrip.smoothed = (int) input.signed();
        end.roundTrip.timedSequence = sequence.next + (int) input.signed();
    }

    private static void writeTimes(Endpoint end, StateOutput output) throws IOException {
        output.time(end.sinceNanos);
        output.time(end.firstSegmentNanos);
        output.time(end.lastSegmentNanos);
        output.time(end.lastDataNanos);
        output.time(end.timeWaitNanos);
        output.time(end.roundTrip.timedNanos);
        output.time(end.advertised.zeroSinceNanos);
    }

    private static void readTimes(Endpoint end, StateInput input) throws IOException {
        end.sinceNanos = input.time();
        end.firstSegmentNanos = input.time();
        end.lastSegmentNanos = input.time();
        end.lastDataNanos = input.time();
        end.timeWaitNanos = input.time();
        end.roundTrip.timedNanos = input.time();
        end.advertised.zeroSinceNanos = input.time();
    }

    private static void writeCounts(Endpoint end, StateOutput output) throws IOException {
        output.number(end.segments);
        output.number(end.octets);
        output.number(end.retransmissions);
        output.number(end.outOfOrder);
        output.number(end.syns);
        output.number(end.synAcks);
        output.number(end.fins);
        output.number(end.resets);
        output.number(end.finRetransmissions);
        output.number(end.synTransmissions);
        output.number(end.synAckTransmissions);
        output.number(end.unansweredRetransmissions);
        output.number(end.unansweredKeepalives);
    }

    private static void readCounts(Endpoint end, StateInput input) throws IOException {
        end.segments = input.number();
        end.octets = input.number();
        end.retransmissions = input.count();
        end.outOfOrder = input.count();
        end.syns = input.count();
        end.synAcks = input.count();
        end.fins = input.count();
        end.resets = input.count();
        end.finRetransmissions = input.count();
        end.synTransmissions = input.count();
        end.synAckTransmissions = input.count();
        end.unansweredRetransmissions = input.count();
        end.unansweredKeepalives = input.count();
    }

    /** All numbers but one are near {@code next}. */
    private static void writeSequence(SequenceSpace sequence, StateOutput output) throws IOException {
        output.fixed(sequence.next);
        output.signed(sequence.acknowledged - sequence.next);
        output.signed(sequence.first - sequence.next);
        output.signed(sequence.initial - sequence.first);
        output.signed(sequence.finEnd - sequence.next);
        output.number(sequence.uniqueOctets);
        output.number(sequence.gaps);
        output.number(sequence.missedOctets);
        output.signed(sequence.strangeAcknowledgment - sequence.next);
        if (sequence.strange != null) {
            SegmentCodec.write(sequence.strange, output);
        }
        if (sequence.holes != null && !sequence.holes.isEmpty()) {
            output.number(sequence.holes.size());
            output.time(sequence.holes.madeNanos);
            for (int i = 0; i < sequence.holes.size(); i++) {
                output.signed(sequence.holes.from(i) - sequence.next);
                output.signed(sequence.holes.to(i) - sequence.next);
            }
        }
    }

    private static void readSequence(SequenceSpace sequence, StateInput input, boolean strange, boolean anyHoles)
            throws IOException {
        sequence.next = input.fixedInt();
        sequence.acknowledged = sequence.next + (int) input.signed();
        sequence.first = sequence.next + (int) input.signed();
        sequence.initial = sequence.first + (int) input.signed();
        sequence.finEnd = sequence.next + (int) input.signed();
        sequence.uniqueOctets = input.number();
        sequence.gaps = input.count();
        sequence.missedOctets = input.number();
        sequence.strangeAcknowledgment = sequence.next + (int) input.signed();
        if (strange) {
            sequence.strange = SegmentCodec.read(input);
        }
        if (anyHoles) {
            Holes holes = new Holes();
            int count = input.count();
            holes.madeNanos = input.time();
            for (int i = 0; i < count; i++) {
                int from = sequence.next + (int) input.signed();
                holes.add(from, sequence.next + (int) input.signed());
            }
            sequence.holes = holes;
        }
    }

    private static void writeWindow(AdvertisedWindow window, StateOutput output) throws IOException {
        output.signed(window.maximumSegmentSize);
        output.octet(window.offeredScale);
        output.octet(window.scale);
        output.number(window.raw);
        output.fixed(window.edge);
        output.number(window.zeroWindows);
        output.number(window.probes);
    }

    private static void readWindow(AdvertisedWindow window, StateInput input) throws IOException {
        window.maximumSegmentSize = (int) input.signed();
        window.offeredScale = (byte) input.octet();
        window.scale = (byte) input.octet();
        window.raw = input.count();
        window.edge = input.fixedInt();
        window.zeroWindows = input.count();
        window.probes = input.count();
    }
}
