package io.loopscope.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.SampleRecords;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.registry.SchemaRegistryException.Problem;
import io.loopscope.schemas.v1.CensusCount;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Against a registry that somebody has started: {@code -Dloopscope.registry.url=http://127.0.0.1:8080/apis/ccompat/v7}. */
@EnabledIfSystemProperty(named = "loopscope.registry.url", matches = "http.+")
class RealRegistryTest {
    private static final Schema CENSUS = CensusCount.getClassSchema();

    @TempDir
    Path cache;

    private final String url = System.getProperty("loopscope.registry.url", "");

    @Test
    void everyTypeIsRegisteredAndReadByWhoKnowsOnlyTheRegistry() {
        RecordCodec writer = new RecordCodec(prepared("writer"));
        RecordCodec reader = new RecordCodec(new RegisteredSchemas(config("reader")));
        for (Schema schema : RecordCodec.SCHEMAS) {
            byte[] bytes = writer.encode(SampleRecords.of(schema));
            assertThat(bytes).startsWith(0);
            assertThat(reader.decode(bytes)).isEqualTo(SampleRecords.of(schema));
        }
    }

    @Test
    void itHoldsTheSubjectsToFullTransitive() {
        prepared("writer");
        RegistryClient client = new RegistryClient(config("client"));
        String subject = Subjects.of(CENSUS);
        assertThat(client.compatibility(subject)).contains("FULL_TRANSITIVE");
        String contrary = SchemaBuilder.record(CENSUS.getFullName())
                .fields()
                .requiredInt("unheard_of")
                .endRecord()
                .toString();
        assertThatThrownBy(() -> client.id(subject, contrary))
                .asInstanceOf(type(SchemaRegistryException.class))
                .extracting(SchemaRegistryException::problem)
                .isEqualTo(Problem.INCOMPATIBLE);
    }

    @Test
    void anIdThatItDoesNotKnowIsNamed() {
        assertThatThrownBy(() -> prepared("reader").schema(2_000_000_000))
                .asInstanceOf(type(UnreadableRecordException.class))
                .extracting(UnreadableRecordException::reason)
                .isEqualTo(UnreadableRecordException.Reason.UNKNOWN_SCHEMA);
    }

    private RegisteredSchemas prepared(String folder) {
        RegisteredSchemas schemas = new RegisteredSchemas(config(folder));
        schemas.prepare(RecordCodec.SCHEMAS);
        return schemas;
    }

    private RegistryConfig config(String folder) {
        return new RegistryConfig(List.of(URI.create(url)), "", cache.resolve(folder));
    }
}
