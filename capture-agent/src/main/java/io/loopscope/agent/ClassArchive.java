package io.loopscope.agent;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive of the classes that this run has loaded (AppCDS), which makes the next start cheaper. It is written at a
 * planned stop, when everything captured has been delivered, and only where the launcher asks for it. The JVM writes it to
 * another name first, so that a start at the same time sees a whole archive or none.
 */
final class ClassArchive {
    /** System property: the file to write. The launcher sets it with {@code -XX:+RecordDynamicDumpInfo}. */
    static final String FILE = "loopscope.class.archive";

    /** What has run that long has met Kafka, packets and the socket table, and loaded what they need. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);

    private ClassArchive() {}

    /** Writes it if this run is to write one. That it cannot be written is no failure: the next start just takes longer. */
    static void write() {
        @Nullable String file = System.getProperty(FILE);
        if (file == null || ManagementFactory.getRuntimeMXBean().getUptime() < LONG_ENOUGH.toMillis()) {
            return;
        }
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {
                                new String[] {"dynamic_dump", Path.of(file).toString()}
                            },
                            new String[] {String[].class.getName()});
            LOG.debug("Classes are archived in {}", file);
        } catch (JMException | RuntimeException e) {
            LOG.debug("Classes could not be archived in {}", file, e);
        }
    }
}
