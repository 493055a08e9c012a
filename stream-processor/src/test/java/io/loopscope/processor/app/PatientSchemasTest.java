package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.app.Readiness.Reason;
import io.loopscope.processor.streams.Counters;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatientSchemasTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Schema BATCH = CaptureBatch.getClassSchema();

    @TempDir
    Path cache;

    private final StandInRegistry registry = StandInRegistry.start();
    private final ReadinessBoard board = new ReadinessBoard(Instant.EPOCH);
    private final Counters counters = new Counters();

    @BeforeEach
    void started() {
        board.clear(Cause.STARTING);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void aStartWaitsForTheRegistryAndSaysSo() throws Exception {
        registry.goAway();
        try (PatientSchemas schemas = patient(LONG)) {
            CompletableFuture<Void> start = CompletableFuture.runAsync(() -> schemas.await(LONG));
            awaitReason();
            assertThat(start).isNotDone();
            registry.comeBack();
            start.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(board.readiness().isReady()).isTrue();
            assertThat(registry.subjects())
                    .containsExactly(
                            "loopscope.anomalies.v1-value",
                            "loopscope.census.v1-value",
                            "loopscope.connections.v1-value");
            assertThat(schemas.head(CensusCount.getClassSchema()).octets()).isEqualTo(5);
        }
    }

    @Test
    void aStartThatWaitsInVainEndsWithTheCodeForWhatIsUnavailable() {
        registry.goAway();
        try (PatientSchemas schemas = patient(LONG)) {
            assertExit(() -> schemas.await(Duration.ofMillis(1)), ExitCode.KAFKA_UNAVAILABLE);
        }
    }

    @Test
    void whatDoesNotPassByItselfIsNotWaitedFor() {
        try (PatientSchemas schemas = patient(LONG)) {
            registry.demand("somebody", "else");
            assertExit(() -> schemas.await(LONG), ExitCode.NO_PERMISSION);
            registry.talkNonsense(200, "<html>welcome</html>");
            assertExit(() -> schemas.await(LONG), ExitCode.BAD_CONFIGURATION);
        }
    }

    @Test
    void aRecordWhoseSchemaOnlyTheRegistryKnowsWaitsForIt() throws Exception {
        int id = registry.register("s", BATCH);
        registry.goAway();
        try (PatientSchemas schemas = patient(LONG)) {
            CompletableFuture<Schema> asked = CompletableFuture.supplyAsync(() -> schemas.schema(id));
            awaitReason();
            Awaitility.await().atMost(LONG).until(() -> counters.snapshot().registryRetries() > 1);
            assertThat(asked).isNotDone();
            registry.comeBack();
            assertThat(asked.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(BATCH);
            assertThat(board.readiness().isReady()).isTrue();
        }
    }

    @Test
    void aStopDoesNotWaitForTheRegistry() {
        registry.goAway();
        PatientSchemas schemas = patient(LONG);
        CompletableFuture<Schema> asked = CompletableFuture.supplyAsync(() -> schemas.schema(1));
        awaitReason();
        schemas.close();
        assertThat(asked).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(SchemaRegistryException.class);
        assertThat(board.readiness().isReady()).isTrue();
    }

    @Test
    void patienceEndsWithAFailureThatPasses() {
        registry.goAway();
        try (PatientSchemas schemas = patient(Duration.ZERO)) {
            assertThatThrownBy(() -> schemas.schema(1))
                    .isInstanceOf(SchemaRegistryException.class)
                    .matches(KafkaFailure::isRetriable);
        }
    }

    @Test
    void anIdThatIsUnknownIsNotWaitedFor() {
        try (PatientSchemas schemas = patient(LONG)) {
            assertThatThrownBy(() -> schemas.schema(99)).isInstanceOf(UnreadableRecordException.class);
            assertThat(counters.snapshot().registryRetries()).isZero();
        }
    }

    private PatientSchemas patient(Duration patience) {
        return new PatientSchemas(new RegisteredSchemas(registry.config(cache)), board, counters, patience);
    }

    private void awaitReason() {
        Awaitility.await()
                .atMost(LONG)
                .until(() -> board.readiness().reasons().stream()
                        .map(Reason::cause)
                        .anyMatch(Cause.SCHEMA_REGISTRY_UNAVAILABLE::equals));
        assertThat(board.readiness().toString()).contains(registry.url()).contains("schema.registry.url");
    }

    private static void assertExit(ThrowingCallable call, int code) {
        assertThatThrownBy(call)
                .asInstanceOf(type(OperatingException.class))
                .extracting(OperatingException::exitCode)
                .isEqualTo(code);
    }
}
