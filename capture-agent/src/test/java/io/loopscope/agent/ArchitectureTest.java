package io.loopscope.agent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.loopscope.schemas.AddressText;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls of the agent. */
@AnalyzeClasses(packages = "io.loopscope.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String AGENT = "io.loopscope.agent";

    @ArchTest
    static final ArchRule PARSE_AND_TRACK_ARE_PURE = classes()
            .that()
            .resideInAnyPackage("..agent.parse..", "..agent.track..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java.lang..",
                    "java.nio",
                    "java.util..",
                    "..agent.parse..",
                    "..agent.track..",
                    "org.jspecify.annotations..")
            .because("the same bytes must give the same segments, anywhere and at any time");

    @ArchTest
    static final ArchRule ONLY_PUBLISH_AND_MAIN_KNOW_KAFKA = noClasses()
            .that()
            .resideInAPackage("io.loopscope.agent..")
            .and()
            .resideOutsideOfPackages("..agent.publish..", AGENT)
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.kafka..", "io.loopscope.schemas..", "org.apache.avro..")
                    .and(not(type(AddressText.class)))); // How people write addresses has nothing to do with Kafka.

    @ArchTest
    static final ArchRule ONLY_SOURCE_KNOWS_LIBPCAP = noClasses()
            .that()
            .resideOutsideOfPackage("..agent.source..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.pcap4j..");

    @ArchTest
    static final ArchRule ONLY_SOURCE_AND_SOCKETS_CALL_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackages("..agent.source..", "..agent.sockets..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..", "oshi..");

    @ArchTest
    static final ArchRule ONLY_SHELLS_READ_CLOCKS = noClasses()
            .that()
            .resideInAnyPackage("..agent.parse..", "..agent.track..", "..agent.sockets..", "..agent.publish..")
            .and()
            .doNotHaveSimpleName("KafkaCapturePublisher")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone");

    @ArchTest
    static final ArchRule LAYERS_DO_NOT_LOOK_UP = noClasses()
            .that()
            .resideInAnyPackage("..agent.source..", "..agent.sockets..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..agent.publish..", AGENT);

    @Test
    void neitherStreamsNorRocksDbIsOnTheClassPath() {
        for (String name : List.of("org.apache.kafka.streams.KafkaStreams", "org.rocksdb.RocksDB")) {
            assertThat(isPresent(name)).as(name).isFalse();
        }
    }

    private static boolean isPresent(String name) {
        try {
            Class.forName(name, false, ArchitectureTest.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
