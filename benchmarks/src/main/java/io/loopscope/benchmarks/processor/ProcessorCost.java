package io.loopscope.benchmarks.processor;

import io.loopscope.processor.app.Processor;
import io.loopscope.processor.app.ProcessorSettings;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Settings;
import io.loopscope.settings.SettingsLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.TopicPartition;

/** The real processor over a topic that is full, from its start until it has processed all. */
final class ProcessorCost {
    private ProcessorCost() {}

    /**
     * Processes the whole topic.
     *
     * @param args bootstrap servers, number of items, name, settings as {@code key=value}
     */
    public static void main(String[] args) throws Exception {
        long items = Long.parseLong(args[1]);
        String name = args[2];
        Cost cost = new Cost(name, items);
        Settings settings = settings(args[0], name, List.of(args).subList(3, args.length));
        Logging.start(settings);
        try (Processor processor = Processor.start(settings)) {
            cost.await(
                    () -> processor.statistics().segments(),
                    () -> processor.failure().isPresent() ? 1 : 0);
            cost.print();
            System.out.printf("%28s %s%n", "", processor.statistics().summary());
        }
        System.out.printf(
                "%28s changelogs %,d octets, published %,d octets%n",
                "", octets(args[0], name + "-"), octets(args[0], "loopscope.") - octets(args[0], "loopscope.capture"));
    }

    static Settings settings(String bootstrap, String application, List<String> more) {
        List<String> given = new ArrayList<>(List.of(
                "kafka.bootstrap.servers=" + bootstrap,
                "processor.application.id=" + application,
                "topics.partitions=" + CaptureTopic.PARTITIONS,
                "log.level=error",
                "log.kafka.level=error"));
        given.addAll(more);
        SettingsLoader loader = ProcessorSettings.DEFINITION.load();
        for (String one : given) {
            int equals = one.indexOf('=');
            loader.flag("argument", one.substring(0, equals), one.substring(equals + 1));
        }
        return loader.load();
    }

    /** Octets on the broker's disk of the topics whose names begin so. */
    static long octets(String bootstrap, String prefix) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            long sum = 0;
            for (Map<String, LogDirDescription> folders :
                    admin.describeLogDirs(List.of(1)).allDescriptions().get().values()) {
                for (LogDirDescription folder : folders.values()) {
                    for (Map.Entry<TopicPartition, ReplicaInfo> one :
                            folder.replicaInfos().entrySet()) {
                        sum += one.getKey().topic().startsWith(prefix)
                                ? one.getValue().size()
                                : 0;
                    }
                }
            }
            return sum;
        }
    }
}
