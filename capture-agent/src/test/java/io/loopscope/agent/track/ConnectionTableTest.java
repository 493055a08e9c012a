package io.loopscope.agent.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectionTableTest {

    @Test
    void bothDirectionsAreOneConnection() {
        ConnectionTable table = new ConnectionTable(16);
        TrackedConnection connection = find(table, segment("127.0.0.1", 1, "127.0.0.2", 2));
        assertThat(find(table, segment("127.0.0.2", 2, "127.0.0.1", 1))).isSameAs(connection);
        assertThat(find(table, segment("127.0.0.1", 2, "127.0.0.2", 1))).isNotSameAs(connection);
        assertThat(find(table, segment("::1", 1, "::2", 2))).isNotSameAs(connection);
        assertThat(table.count()).isEqualTo(3);
    }

    @Test
    void theLongestUntouchedMakesRoom() {
        ConnectionTable table = new ConnectionTable(3);
        TrackedConnection one = find(table, port(1));
        TrackedConnection two = find(table, port(2));
        find(table, port(3));
        table.touch(one, false);
        two.low.known = true;
        assertThat(find(table, port(4))).isSameAs(two);
        assertThat(two.low.known).isFalse();
        assertThat(find(table, port(1))).isSameAs(one);
        assertThat(table.evicted()).isEqualTo(1);
    }

    @Test
    void theClosedOnesMakeRoomFirst() {
        ConnectionTable table = new ConnectionTable(4);
        find(table, port(1));
        TrackedConnection two = find(table, port(2));
        TrackedConnection three = find(table, port(3));
        find(table, port(4));
        table.touch(three, true);
        table.touch(two, true);
        assertThat(find(table, port(5))).isSameAs(three);
        assertThat(find(table, port(6))).isSameAs(two);
        assertThat(find(table, port(7)).index).isZero();
    }

    @Test
    void ofClosedConnectionsFewAreRemembered() {
        ConnectionTable table = new ConnectionTable(40_000);
        TrackedConnection open = find(table, port(1));
        for (int port = 2; port <= 20_000; port++) {
            table.touch(find(table, port(port)), true);
        }
        assertThat(table.count()).isEqualTo(ConnectionTable.MOST_CLOSED + 1);
        assertThat(table.evicted()).isEqualTo(20_000 - table.count());
        assertThat(find(table, port(1))).isSameAs(open);
        assertThat(find(table, port(20_000)).closed).isTrue();
    }

    @Test
    void aReopenedConnectionStays() {
        ConnectionTable table = new ConnectionTable(2);
        TrackedConnection one = find(table, port(1));
        find(table, port(2));
        table.touch(one, true);
        table.touch(one, false);
        assertThat(find(table, port(3))).isNotSameAs(one);
    }

    /** Against a map: whatever was not evicted is found again, whatever hides behind other slots. */
    @Test
    void itFindsWhatItHolds() {
        int capacity = 50;
        Random random = new Random(1);
        ConnectionTable table = new ConnectionTable(capacity);
        Map<String, TrackedConnection> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            int number = random.nextInt(120);
            SegmentHeader segment = segment("10.0.0." + number % 7, 1 + number, "10.0.1.1", 80);
            String key = "10.0.0." + number % 7 + ":" + number;
            long evicted = table.evicted();
            int count = table.count();
            TrackedConnection found = find(table, segment);
            boolean added = table.count() > count || table.evicted() > evicted;
            assertThat(expected.get(key) == found).isEqualTo(!added);
            if (added) {
                expected.values().remove(found);
                expected.put(key, found);
            }
            table.touch(found, random.nextInt(4) == 0);
        }
        assertThat(expected).hasSize(capacity);
        assertThat(table.count()).isEqualTo(capacity);
        assertThat(table.evicted()).isGreaterThan(10_000);
    }

    private static TrackedConnection find(ConnectionTable table, SegmentHeader segment) {
        return table.find(segment, ConnectionTable.isFromLow(segment));
    }

    private static SegmentHeader port(int port) {
        return segment("127.0.0.1", port, "127.0.0.1", 80);
    }

    private static SegmentHeader segment(String source, int sourcePort, String destination, int destinationPort) {
        return Headers.of(source, destination, PacketBytes.tcp().ports(sourcePort, destinationPort));
    }
}
