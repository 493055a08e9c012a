package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnerCacheTest {
    private static final SocketOwner OWNER = new SocketOwner(7, "x", 3, 10, 1024);

    private final Host host = new Host();
    private final OwnerCache cache = new OwnerCache(host, () -> host.cpuNs, 0.01);

    @Test
    void aKnownSocketIsNotLookedForAgain() {
        host.owners.put(11L, OWNER);
        cache.look(Set.of(11L), 0);
        assertThat(cache.get(11)).isEqualTo(OWNER);
        assertThat(cache.isNew(11)).isFalse();
        cache.look(Set.of(), 1);
        assertThat(host.asked).containsExactly(Set.of(11L));
        assertThat(cache.get(0)).isNull();
    }

    @Test
    void aSocketThatIsNotFoundIsLookedForAgainOnlyWithAnother() {
        cache.look(Set.of(11L), 0);
        assertThat(cache.isNew(11)).isFalse();
        host.owners.put(11L, OWNER);
        cache.look(Set.of(12L), 1);
        assertThat(host.asked).containsExactly(Set.of(11L), Set.of(11L, 12L));
        assertThat(cache.get(11)).isEqualTo(OWNER);
    }

    @Test
    void theDearerALookTheLongerTheRest() {
        host.costNs = 5_000_000;
        cache.look(Set.of(11L), 0);
        cache.look(Set.of(12L), 499_999_999);
        assertThat(cache.walks()).isEqualTo(1);
        assertThat(cache.isNew(12)).isTrue();
        cache.look(Set.of(12L), 500_000_000);
        assertThat(cache.walks()).isEqualTo(2);
    }

    @Test
    void aClockThatGoesBackDoesNotStopTheLooking() {
        host.costNs = 5_000_000;
        cache.look(Set.of(11L), 1_000_000_000);
        cache.look(Set.of(12L), 1);
        assertThat(cache.walks()).isEqualTo(2);
    }

    @Test
    void whatIsGoneIsForgottenAndOpenFilesAreCountedAnewOncePerProcess() {
        host.owners.put(11L, OWNER);
        host.owners.put(12L, new SocketOwner(7, "x", 4, 10, 1024));
        host.owners.put(13L, new SocketOwner(7, "x", 5, 10, 1024));
        cache.look(Set.of(11L, 12L, 13L), 0);
        cache.refresh(Set.of(11L, 12L));
        assertThat(cache.isNew(13)).isTrue();
        assertThat(cache.get(11)).isEqualTo(new SocketOwner(7, "x", 3, 11, 1024));
        assertThat(cache.get(12)).isEqualTo(new SocketOwner(7, "x", 4, 11, 1024));
        assertThat(host.refreshed).isEqualTo(1);
    }

    @Test
    void aMissingPermissionIsSaidOnlyWhereItMatters() {
        host.hidden = 3;
        host.owners.put(11L, OWNER);
        cache.look(Set.of(11L), 0);
        assertThat(cache.limitations()).isEmpty();
        cache.look(Set.of(12L), 1);
        assertThat(cache.limitations()).singleElement().asString().contains("CAP_SYS_PTRACE");
    }

    private static final class Host implements SocketOwners {
        private final Map<Long, SocketOwner> owners = new HashMap<>();
        private final List<Set<Long>> asked = new ArrayList<>();
        private int hidden;
        private int refreshed;
        private long cpuNs;
        private long costNs;

        @Override
        public Found find(Set<Long> inodes) {
            asked.add(Set.copyOf(inodes));
            cpuNs += costNs;
            Map<Long, SocketOwner> found = new HashMap<>(owners);
            found.keySet().retainAll(inodes);
            return new Found(found, hidden);
        }

        @Override
        public SocketOwner refresh(SocketOwner owner) {
            refreshed++;
            return new SocketOwner(
                    owner.pid(),
                    owner.process(),
                    owner.fileDescriptor(),
                    owner.openFiles() + 1,
                    owner.openFilesLimit());
        }
    }
}
