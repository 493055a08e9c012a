package io.loopscope.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.loopscope.processor.app.Processor;
import io.loopscope.processor.app.ProcessorSettings;
import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.app.Readiness.Reason;
import io.loopscope.processor.app.ReadinessBoard;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.SettingsLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a processor makes of a Kafka that is not as it should be: a real broker each time. */
class ProcessorFailuresTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String APPLICATION = "watched";

    @TempDir
    Path folder;

    /** Of the processor that was started last. */
    private ReadinessBoard board = new ReadinessBoard(Instant.now());

    @Test
    void brokerThatGoesAwayIsNamedUntilItIsBack() throws Exception {
        BrokerAddress address = BrokerAddress.ofFreePorts();
        EmbeddedKafka kafka = broker(address);
        try (Processor processor = start(address.bootstrapServers())) {
            awaitReady();

            kafka.close();
            Reason reason = awaitReason(Cause.KAFKA_UNREACHABLE);
            assertThat(reason.detail()).contains("no broker answers at " + address.bootstrapServers());
            assertThat(reason.remedy()).contains("goes on by itself");
            assertThat(processor.state()).isEqualTo(Processor.State.RUNNING);

            kafka = broker(address);
            awaitReady();
        } finally {
            kafka.close();
        }
    }

    @Test
    void captureTopicThatIsDeletedEndsTheProcessorWithAWayOut() throws Exception {
        BrokerAddress address = BrokerAddress.ofFreePorts();
        try (EmbeddedKafka kafka = broker(address);
                Admin admin = admin(kafka);
                Processor processor = start(address.bootstrapServers())) {
            awaitReady();

            admin.deleteTopics(List.of(Topic.CAPTURE.name())).all().get();

            assertThatThrownBy(processor::awaitStop).isInstanceOfSatisfying(OperatingException.class, failure -> {
                assertThat(failure.exitCode()).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
                assertThat(failure.remedy()).contains("Start the processor again");
            });
            assertThat(awaitReason(Cause.FAILED).remedy()).contains("Start the processor again");
        }
    }

    @Test
    void publishedTopicThatIsDeletedIsNamed() throws Exception {
        BrokerAddress address = BrokerAddress.ofFreePorts();
        try (EmbeddedKafka kafka = broker(address);
                Admin admin = admin(kafka);
                Processor processor = start(address.bootstrapServers())) {
            awaitReady();

            admin.deleteTopics(List.of(Topic.CENSUS.name())).all().get();

            assertThat(awaitReason(Cause.TOPIC_MISSING).remedy()).contains("Start the processor again");
            assertThat(processor.state()).isEqualTo(Processor.State.RUNNING);
        }
    }

    @Test
    void otherNumberOfPartitionsThanTheStateHasIsRefusedWithAWayOut() throws Exception {
        BrokerAddress address = BrokerAddress.ofFreePorts();
        try (EmbeddedKafka kafka = broker(address);
                Admin admin = admin(kafka)) {
            try (Processor processor = start(address.bootstrapServers())) {
                awaitReady();
                assertThat(processor.state()).isEqualTo(Processor.State.RUNNING);
            }
            admin.createPartitions(Map.of(Topic.CAPTURE.name(), NewPartitions.increaseTo(9)))
                    .all()
                    .get();

            assertThatThrownBy(() -> start(address.bootstrapServers()))
                    .hasMessageContaining("has 9 partitions, but the state in " + APPLICATION)
                    .isInstanceOfSatisfying(OperatingException.class, failure -> {
                        assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
                        assertThat(failure.remedy()).contains("processor.application.id");
                    });
        }
    }

    @Test
    void whatKafkaRefusesIsNamedWithTheCommandThatAllowsIt() throws Exception {
        BrokerAddress address = BrokerAddress.ofFreePorts();
        int port = BrokerAddress.ofFreePorts().port();
        String servers = "127.0.0.1:" + port;
        try (EmbeddedKafka kafka =
                        EmbeddedKafka.launch(folder.resolve("broker"), address, withPasswords(address, servers));
                Admin admin = admin(kafka)) {
            Topics.create(kafka.bootstrapServers());

            assertRefused(() -> start(servers, credentials("wrong")), "Check the credentials");
            assertRefused(() -> start(servers, credentials("secret")), "--topic loopscope.capture.v1");

            allow(admin, ResourceType.TOPIC, "loopscope.", AclOperation.DESCRIBE, AclOperation.READ);
            allow(admin, ResourceType.TOPIC, APPLICATION, AclOperation.ALL);
            assertRefused(() -> run(servers), "--operation Read --group " + APPLICATION);

            allow(admin, ResourceType.GROUP, APPLICATION, AclOperation.ALL);
            assertRefused(() -> run(servers), "--transactional-id " + APPLICATION);

            allow(admin, ResourceType.TRANSACTIONAL_ID, APPLICATION, AclOperation.ALL);
            // Something to publish: a record that nobody can read.
            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(Topic.CAPTURE.name(), new byte[] {1}, new byte[] {1}))
                        .get();
            }
            assertRefused(
                    () -> run(servers), "--operation Write --operation Describe --topic loopscope.dead-letter.v1");

            allow(admin, ResourceType.TOPIC, "loopscope.", AclOperation.WRITE);
            try (Processor processor = start(servers, credentials("secret"))) {
                await().atMost(PATIENCE).until(() -> processor.statistics().records() == 1);
                awaitReady();
            }
        }
    }

    private void assertRefused(ThrowingCallable start, String remedy) {
        assertThatThrownBy(start).isInstanceOfSatisfying(OperatingException.class, failure -> {
            assertThat(failure.remedy()).as(failure.getMessage()).contains(remedy);
            assertThat(failure.exitCode()).isEqualTo(ExitCode.NO_PERMISSION);
        });
    }

    private void run(String servers) throws InterruptedException {
        try (Processor processor = start(servers, credentials("secret"))) {
            processor.awaitStop();
        }
    }

    private void allow(Admin admin, ResourceType type, String prefix, AclOperation... operations) throws Exception {
        List<AclBinding> bindings = new ArrayList<>();
        for (AclOperation operation : operations) {
            bindings.add(new AclBinding(
                    new ResourcePattern(type, prefix, PatternType.PREFIXED),
                    new AccessControlEntry("User:processor", "*", operation, AclPermissionType.ALLOW)));
        }
        admin.createAcls(bindings).all().get();
    }

    /** Besides the listener that asks nobody, one with passwords; and nobody is allowed anything there. */
    private static Map<String, String> withPasswords(BrokerAddress address, String servers) {
        String plain = "PLAINTEXT://" + address.bootstrapServers();
        return Map.of(
                "listeners",
                plain + ",CONTROLLER://" + address.controller() + ",SASL://" + servers,
                "advertised.listeners",
                plain + ",SASL://" + servers,
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "listener.name.sasl.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_processor=\"secret\";",
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:ANONYMOUS");
    }

    private static Map<String, String> credentials(String password) {
        return Map.of(
                "kafka.security.protocol",
                "SASL_PLAINTEXT",
                "kafka.sasl.mechanism",
                "PLAIN",
                "kafka.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"processor\" password=\"" + password + "\";");
    }

    private EmbeddedKafka broker(BrokerAddress address) {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("broker"), address);
        Topics.create(kafka.bootstrapServers());
        return kafka;
    }

    private Processor start(String servers) {
        return start(servers, Map.of());
    }

    private Processor start(String servers, Map<String, String> further) {
        SettingsLoader loader = ProcessorSettings.DEFINITION
                .load()
                .flag("test", "kafka.bootstrap.servers", servers)
                .flag("test", "kafka.state.dir", folder.resolve("state").toString())
                .flag("test", "processor.application.id", APPLICATION);
        further.forEach((key, value) -> loader.flag("test", key, value));
        board = new ReadinessBoard(Instant.now());
        return Processor.start(loader.load(), state -> {}, board);
    }

    private void awaitReady() {
        await().atMost(PATIENCE).until(() -> board.readiness().isReady());
    }

    private Reason awaitReason(Cause cause) {
        return await("readiness says " + cause.label())
                .atMost(PATIENCE)
                .until(
                        () -> board.readiness().reasons().stream()
                                .filter(reason -> reason.cause() == cause)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }
}
