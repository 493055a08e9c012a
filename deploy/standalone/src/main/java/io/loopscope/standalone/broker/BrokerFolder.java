package io.loopscope.standalone.broker;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** The folder that a broker keeps its records in. */
final class BrokerFolder {
    /** A Kafka topic partition's folder: any name, a dash, a number. */
    private static final String PARTITION = ".+-\\d+";

    private BrokerFolder() {}

    /**
     * Formats the folder unless that is done already. A format that was interrupted is done again.
     *
     * @return the cluster id
     */
    static String prepare(Path folder) {
        try {
            Files.createDirectories(folder);
            var meta = new MetaPropertiesEnsemble.Loader()
                    .addMetadataLogDir(folder.toString())
                    .load();
            if (!meta.errorLogDirs().isEmpty()) {
                throw refused(folder, "its " + MetaPropertiesEnsemble.META_PROPERTIES_NAME + " cannot be read");
            }
            if (meta.clusterId().isPresent()) {
                if (!meta.nodeId().equals(OptionalInt.of(BrokerProperties.NODE_ID))) {
                    throw refused(folder, "it holds the data of another Kafka broker");
                }
                return meta.clusterId().get();
            }
            if (hasPartitions(folder)) {
                throw refused(
                        folder, "it holds Kafka partitions without a " + MetaPropertiesEnsemble.META_PROPERTIES_NAME);
            }
            return format(folder);
        } catch (IOException e) {
            if (DiskSpace.isFull(folder)) {
                throw DiskSpace.full(folder, e);
            }
            throw new OperatingException(
                    "cannot write to the broker's folder " + folder + ": " + e,
                    "Choose another folder with --state DIR.",
                    ExitCode.FAILURE,
                    e);
        }
    }

    private static String format(Path folder) throws IOException {
        var clusterId = Uuid.randomUuid().toString();
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setClusterId(clusterId)
                .setNodeId(BrokerProperties.NODE_ID)
                .addDirectory(folder.toString())
                .setMetadataLogDirectory(folder.toString())
                .setControllerListenerName(BrokerProperties.CONTROLLER)
                .setReleaseVersion(MetadataVersion.latestProduction());
        try {
            formatter.run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
        return clusterId;
    }

    private static boolean hasPartitions(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file ->
                    Files.isDirectory(file) && file.getFileName().toString().matches(PARTITION));
        }
    }

    private static OperatingException refused(Path folder, String why) {
        return new OperatingException(
                "will not use " + folder + " for the embedded broker: " + why,
                "Choose another folder with --state DIR, or remove this one if nobody needs it.",
                ExitCode.FAILURE);
    }
}
