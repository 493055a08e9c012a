package io.loopscope.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Date;
import org.junit.jupiter.api.Test;

/** The walls between the packages. Think hard before taking one down. */
class ArchitectureTest {
    private static final String TCP = "io.loopscope.processor.tcp..";
    private static final String SOCKETS = "io.loopscope.processor.sockets..";
    private static final String DETECT = "io.loopscope.processor.detect..";
    private static final String STREAMS = "io.loopscope.processor.streams..";
    private static final String APP = "io.loopscope.processor.app..";
    private static final String NULLNESS = "org.jspecify.annotations..";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.loopscope.processor");

    private static final ArchRule NO_CLOCK = noClasses()
            .that()
            .resideOutsideOfPackage(APP)
            .should()
            .accessTargetWhere(readsClock())
            .because("time is an argument: the same records give the same events whenever they are processed");

    @Test
    void theCoreKnowsNothingButJava() {
        classes()
                .that()
                .resideInAPackage(TCP)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", TCP, NULLNESS)
                .check(MAIN);
    }

    @Test
    void theSocketTableKnowsNothingButTheCore() {
        classes()
                .that()
                .resideInAPackage(SOCKETS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", TCP, SOCKETS, NULLNESS)
                .check(MAIN);
    }

    @Test
    void theRulesKnowNothingButTheCore() {
        classes()
                .that()
                .resideInAPackage(DETECT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", TCP, SOCKETS, DETECT, NULLNESS)
                .check(MAIN);
    }

    @Test
    void onlyTheShellKnowsKafkaStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackages(STREAMS, APP)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(MAIN);
    }

    @Test
    void theTopologyKnowsNothingOfTheProgramAroundIt() {
        noClasses()
                .that()
                .resideInAPackage(STREAMS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(APP, "io.loopscope.settings..", "picocli..")
                .check(MAIN);
    }

    @Test
    void nobodyButTheProgramReadsAClock() {
        NO_CLOCK.check(MAIN);
    }

    @Test
    void everyWayToReadAClockIsFound() {
        JavaClasses readers = new ClassFileImporter().importClasses(ClockReader.class);

        assertThat(NO_CLOCK.evaluate(readers).getFailureReport().getDetails()).hasSize(6);
    }

    private static DescribedPredicate<JavaAccess<?>> readsClock() {
        return DescribedPredicate.describe("reads a clock", access -> {
            String owner = access.getTargetOwner().getName();
            String name = access.getName();
            return switch (owner) {
                case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
                case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
                case "java.util.Date" -> access.getDescription().contains("<init>()");
                default -> owner.startsWith("java.time.") && name.equals("now");
            };
        });
    }

    /** Proves that the rule above bites. */
    @SuppressWarnings({"unused", "JavaUtilDate", "JavaTimeDefaultTimeZone", "InstantNow"})
    private static final class ClockReader {
        final long wall = System.currentTimeMillis();
        final long elapsed = System.nanoTime();
        final Instant instant = Instant.now();
        final LocalDateTime local = LocalDateTime.now();
        final Clock clock = Clock.systemUTC();
        final Date date = new Date();
    }
}
