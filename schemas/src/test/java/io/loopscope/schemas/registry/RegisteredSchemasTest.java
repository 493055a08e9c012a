package io.loopscope.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.registry.SchemaRegistryException.Problem;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.schemas.v1.Heartbeat;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisteredSchemasTest {
    private static final Schema HEARTBEAT = Heartbeat.getClassSchema();
    private static final String HEARTBEATS = "loopscope.capture.v1-io.loopscope.schemas.v1.Heartbeat";

    @TempDir
    Path cache;

    private final StandInRegistry registry = StandInRegistry.start(100_000);

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void everyTypeIsRegisteredUnderItsSubjectAndHeldToFullTransitive() {
        prepared();
        assertThat(registry.subjects())
                .containsExactly(
                        "loopscope.anomalies.v1-value",
                        "loopscope.capture.v1-io.loopscope.schemas.v1.CaptureBatch",
                        HEARTBEATS,
                        "loopscope.capture.v1-io.loopscope.schemas.v1.SocketReport",
                        "loopscope.census.v1-value",
                        "loopscope.connections.v1-value");
        assertThat(registry.levels().keySet()).containsExactlyElementsOf(registry.subjects());
        assertThat(registry.levels().values()).containsOnly("FULL_TRANSITIVE");
    }

    @Test
    void whatIsRegisteredIsNotRegisteredAgain() {
        int id = id(prepared());
        registry.forbidRegistering();
        assertThat(id(prepared())).isEqualTo(id);
    }

    @Test
    void whoMayNotRegisterIsToldSo() {
        registry.forbidRegistering();
        assertProblem(this::prepared, Problem.REFUSED, "403");
    }

    @Test
    void aLevelThatSomebodyChoseIsLeftAlone() {
        registry.setLevel(HEARTBEATS, "BACKWARD");
        prepared();
        assertThat(registry.levels()).containsEntry(HEARTBEATS, "BACKWARD");
    }

    @Test
    void noLevelIsNoChoice() {
        registry.setLevel(HEARTBEATS, "NONE");
        prepared();
        assertThat(registry.levels()).containsEntry(HEARTBEATS, "FULL_TRANSITIVE");
    }

    @Test
    void aSchemaThatContradictsWhatIsThereIsRefused() {
        registry.register(
                HEARTBEATS,
                SchemaBuilder.record("Other").fields().requiredInt("n").endRecord());
        assertProblem(this::prepared, Problem.INCOMPATIBLE, "409");
    }

    @Test
    void onlyWhoHasThePasswordIsLetIn() {
        registry.demand("agent", "s3:cret");
        assertProblem(this::prepared, Problem.REFUSED, "401");
        List<URI> urls = registry.config(cache).urls();
        new RegisteredSchemas(new RegistryConfig(urls, "agent:s3:cret", cache)).prepare(RecordCodec.SCHEMAS);
        assertThat(registry.subjects()).hasSize(RecordCodec.SCHEMAS.size());
    }

    @Test
    void aRegistryThatIsAwayAtTheFirstStartIsUnreachable() {
        registry.goAway();
        assertProblem(this::prepared, Problem.UNREACHABLE, registry.url());
    }

    @Test
    void whatWasAnsweredOnceIsKnownWithoutTheRegistry() {
        int id = id(prepared());
        registry.goAway();
        RegisteredSchemas second = prepared();
        assertThat(id(second)).isEqualTo(id);
        assertThat(second.schema(id)).isEqualTo(HEARTBEAT);
    }

    @Test
    void aRegistryThatBeganAnewIsBelievedBeforeTheDisk() {
        int id = id(prepared());
        int port = URI.create(registry.url()).getPort();
        registry.goAway();
        try (StandInRegistry other = StandInRegistry.startAt(port, 7)) {
            assertThat(id(prepared())).isNotEqualTo(id).isLessThan(100);
            assertThat(other.subjects()).isNotEmpty();
        }
    }

    @Test
    void theIdsOfOneRegistryAreNotThoseOfAnother() {
        prepared();
        registry.goAway();
        RegistryConfig elsewhere = new RegistryConfig(List.of(URI.create(registry.url() + "/other")), "", cache);
        assertProblem(() -> new RegisteredSchemas(elsewhere).prepare(RecordCodec.SCHEMAS), Problem.UNREACHABLE, "");
    }

    @Test
    void aFolderThatCannotBeWrittenOnlyMakesAStartNeedTheRegistry() throws IOException {
        Path file = Files.createFile(cache.resolve("file"));
        RegisteredSchemas schemas = new RegisteredSchemas(registry.config(file));
        schemas.prepare(RecordCodec.SCHEMAS);
        assertThat(schemas.isPrepared()).isTrue();
    }

    @Test
    void aDamagedFileIsAskedForAgain() throws IOException {
        RegisteredSchemas first = prepared();
        int id = id(first);
        try (var files = Files.walk(cache)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "{\"type\":");
            }
        }
        assertThat(new RegisteredSchemas(registry.config(cache)).schema(id)).isEqualTo(HEARTBEAT);
        registry.goAway();
        assertThat(new RegisteredSchemas(registry.config(cache)).schema(id)).isEqualTo(HEARTBEAT);
    }

    @Test
    void theNextAddressIsTried() {
        URI nobody = URI.create("http://127.0.0.1:1");
        RegistryConfig two = new RegistryConfig(List.of(nobody, URI.create(registry.url())), "", cache);
        new RegisteredSchemas(two).prepare(RecordCodec.SCHEMAS);
        assertThat(registry.subjects()).hasSize(RecordCodec.SCHEMAS.size());
    }

    @ParameterizedTest
    @CsvSource({
        "404, <html>not here</html>, NO_REGISTRY",
        "404, {}, NO_REGISTRY",
        "200, welcome, NO_REGISTRY",
        "200, {}, NO_REGISTRY",
        "200, '{\"id\":\"seven\"}', NO_REGISTRY",
        "302, '', NO_REGISTRY",
        "422, '{\"error_code\":42201,\"message\":\"Invalid schema\"}', INCOMPATIBLE",
        "500, '{\"error_code\":50001,\"message\":\"no store\"}', UNREACHABLE",
        "503, '', UNREACHABLE",
        "429, '', UNREACHABLE",
        "403, '', REFUSED"
    })
    void wrongAnswersAreNamed(int status, String body, Problem problem) {
        registry.talkNonsense(status, body);
        assertProblem(this::prepared, problem, Integer.toString(status));
    }

    @Test
    void anIdThatTheRegistryDoesNotKnowIsNamedAndNotAskedForAgain() {
        RegisteredSchemas schemas = prepared();
        assertUnknown(schemas, 5);
        int requests = registry.requests().size();
        assertUnknown(schemas, 5);
        assertThat(registry.requests()).hasSize(requests);
    }

    @Test
    void manyUnknownIdsAreNotEachAskedForTwice() {
        RegisteredSchemas schemas = prepared();
        int before = registry.requests().size();
        for (int id = 1; id <= 40; id++) {
            assertUnknown(schemas, id);
        }
        assertThat(registry.requests().size() - before).isEqualTo(16 * 2 + 24);
    }

    @Test
    void anIdThatIsNotKnownYetIsNotCalledUnknownWhileTheRegistryIsAway() {
        RegisteredSchemas schemas = prepared();
        Schema newer = SchemaBuilder.record("Newer").fields().endRecord();
        int id = registry.register("elsewhere", newer);
        registry.goAway();
        assertProblem(() -> schemas.schema(id), Problem.UNREACHABLE, registry.url());
        registry.comeBack();
        assertThat(schemas.schema(id)).isEqualTo(newer);
    }

    private RegisteredSchemas prepared() {
        RegisteredSchemas schemas = new RegisteredSchemas(registry.config(cache));
        schemas.prepare(RecordCodec.SCHEMAS);
        return schemas;
    }

    private static int id(RegisteredSchemas schemas) {
        byte[] head = new byte[5];
        schemas.head(HEARTBEAT).put(head);
        assertThat(head[0]).isZero();
        return ByteBuffer.wrap(head).getInt(1);
    }

    private static void assertUnknown(RegisteredSchemas schemas, int id) {
        assertThatThrownBy(() -> schemas.schema(id))
                .asInstanceOf(type(UnreadableRecordException.class))
                .extracting(UnreadableRecordException::reason)
                .isEqualTo(UnreadableRecordException.Reason.UNKNOWN_SCHEMA);
    }

    private static void assertProblem(ThrowingCallable call, Problem problem, String text) {
        assertThatThrownBy(call)
                .hasMessageContaining(text)
                .asInstanceOf(type(SchemaRegistryException.class))
                .extracting(SchemaRegistryException::problem)
                .isEqualTo(problem);
    }
}
