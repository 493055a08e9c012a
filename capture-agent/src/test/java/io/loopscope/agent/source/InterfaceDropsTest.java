package io.loopscope.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterfaceDropsTest {
    @TempDir
    private Path interfaces;

    @Test
    void whatWasLostBeforeDoesNotCount() throws IOException {
        write("rx_missed_errors", 10);
        write("rx_fifo_errors", 1);
        InterfaceDrops drops = InterfaceDrops.in(interfaces, "eth0");
        assertThat(drops.count()).isZero();
        write("rx_missed_errors", 15);
        write("rx_fifo_errors", 3);
        assertThat(drops.count()).isEqualTo(7);
    }

    @Test
    void anInterfaceThatIsGoneOrDoesNotCountHasLostNothing() throws IOException {
        write("rx_missed_errors", 10);
        InterfaceDrops drops = InterfaceDrops.in(interfaces, "eth0");
        Files.delete(interfaces.resolve("eth0").resolve("statistics").resolve("rx_missed_errors"));
        assertThat(drops.count()).isZero();
        assertThat(InterfaceDrops.in(interfaces, "eth1").count()).isZero();
    }

    private void write(String counter, long value) throws IOException {
        Path folder = Files.createDirectories(interfaces.resolve("eth0").resolve("statistics"));
        Files.writeString(folder.resolve(counter), value + "\n");
    }
}
