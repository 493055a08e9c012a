package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.schemas.testing.StandInRegistry;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.Heartbeat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.RawMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records framed with the id of a registry, beside those in single-object encoding. */
class RegisteredRecordsTest {
    @TempDir
    Path cache;

    private final StandInRegistry registry = StandInRegistry.start(0x01020304);
    private final RecordCodec plain = new RecordCodec();
    private RecordCodec codec;

    @BeforeEach
    void prepare() {
        RegisteredSchemas schemas = new RegisteredSchemas(registry.config(cache));
        schemas.prepare(RecordCodec.SCHEMAS);
        codec = new RecordCodec(schemas);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void everyTypeComesBackAsItWas() {
        RecordCodec reader = new RecordCodec(new RegisteredSchemas(registry.config(cache)));
        for (Schema schema : RecordCodec.SCHEMAS) {
            byte[] bytes = codec.encode(SampleRecords.of(schema));
            assertThat(bytes).startsWith(0, 1, 2, 3);
            assertThat(reader.decode(bytes)).isEqualTo(SampleRecords.of(schema));
            assertThat(reader.fingerprint(bytes)).isEqualTo(SchemaNormalization.parsingFingerprint64(schema));
            assertThat(RecordCodec.headOctets(bytes)).isEqualTo(5);
        }
    }

    @Test
    void behindTheHeadAreTheSameBytes() {
        SpecificRecord sample = SampleRecords.of(Heartbeat.getClassSchema());
        byte[] framed = codec.encode(sample);
        byte[] single = plain.encode(sample);
        assertThat(Arrays.copyOfRange(framed, 5, framed.length))
                .isEqualTo(Arrays.copyOfRange(single, 10, single.length));
        assertThat(codec.encodeSingleObject(sample)).isEqualTo(single);
    }

    @Test
    void eitherFramingIsReadByWhoHasARegistry() {
        SpecificRecord sample = SampleRecords.of(CensusCount.getClassSchema());
        assertThat(codec.decode(plain.encode(sample))).isEqualTo(sample);
        assertThat(codec.decode(codec.encode(sample))).isEqualTo(sample);
    }

    @Test
    void whoHasNoRegistrySaysWhatIsMissing() {
        byte[] framed = codec.encode(SampleRecords.of(Heartbeat.getClassSchema()));
        assertThatThrownBy(() -> plain.decode(framed)).hasMessageContaining("schema.registry.url");
        assertReason(() -> plain.decode(framed), Reason.UNKNOWN_SCHEMA);
        assertThat(plain.fingerprint(framed)).isZero();
    }

    @Test
    void whatANewerProgramWroteIsReadByItsSchemaOfTheRegistry() throws IOException {
        Schema current = CensusCount.getClassSchema();
        String grown = current.toString()
                .replaceFirst("\"fields\":\\[", "\"fields\":[{\"name\":\"later\",\"type\":\"int\",\"default\":0},");
        Schema newer = new Schema.Parser().parse(grown);
        GenericData.Record record = new GenericData.Record(newer);
        GenericData.Record sample = (GenericData.Record) GenericData.get().deepCopy(current, SampleRecords.of(current));
        current.getFields().forEach(field -> record.put(field.name(), sample.get(field.name())));
        record.put("later", 7);
        byte[] written = framed(registry.register("loopscope.census.v1-value", newer), newer, record);
        assertThat(codec.decode(written)).isEqualTo(SampleRecords.of(current));
        assertThat(codec.fingerprint(written)).isNotEqualTo(SchemaNormalization.parsingFingerprint64(current));
    }

    @Test
    void recordsOfOthersAreNamed() throws IOException {
        Schema foreign =
                SchemaBuilder.record("Foreign").fields().requiredInt("n").endRecord();
        Schema contrary = SchemaBuilder.record("Heartbeat")
                .namespace("io.loopscope.schemas.v1")
                .fields()
                .requiredInt("n")
                .endRecord();
        for (Schema schema : new Schema[] {foreign, contrary}) {
            GenericData.Record record = new GenericData.Record(schema);
            record.put("n", 1);
            byte[] bytes = framed(registry.register("others-value", schema), schema, record);
            assertReason(() -> codec.decode(bytes), Reason.UNKNOWN_SCHEMA);
        }
    }

    @Test
    void whatIsCutShortIsNamed() {
        byte[] whole = codec.encode(SampleRecords.of(Heartbeat.getClassSchema()));
        for (int length = 5; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertReason(() -> codec.decode(cut), Reason.CORRUPT);
        }
        assertReason(() -> codec.decode(new byte[4]), Reason.NOT_A_LOOPSCOPE_RECORD);
    }

    @Test
    void aRegistryThatIsAwayIsNoFaultOfTheRecord() {
        byte[] framed = codec.encode(SampleRecords.of(Heartbeat.getClassSchema()));
        registry.goAway();
        RecordCodec fresh = new RecordCodec(new RegisteredSchemas(registry.config(cache.resolve("empty"))));
        assertThatThrownBy(() -> fresh.decode(framed)).isInstanceOf(SchemaRegistryException.class);
        assertThatThrownBy(() -> fresh.fingerprint(framed)).isInstanceOf(SchemaRegistryException.class);
        registry.comeBack();
        assertThat(fresh.decode(framed)).isInstanceOf(Heartbeat.class);
    }

    @Test
    void nothingIsWrittenBeforeTheIdsAreKnown() {
        RecordCodec early = new RecordCodec(new RegisteredSchemas(registry.config(cache)));
        assertThatThrownBy(() -> early.encode(SampleRecords.of(Heartbeat.getClassSchema())))
                .isInstanceOf(IllegalStateException.class);
    }

    private static byte[] framed(int id, Schema schema, GenericData.Record record) throws IOException {
        ByteBuffer body = new RawMessageEncoder<GenericData.Record>(GenericData.get(), schema).encode(record);
        return ByteBuffer.allocate(5 + body.remaining())
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    private static void assertReason(ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .asInstanceOf(type(UnreadableRecordException.class))
                .extracting(UnreadableRecordException::reason)
                .isEqualTo(reason);
    }
}
