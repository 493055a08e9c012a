package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher does so that an agent stays small: an archive of its classes, and a limit of processors. */
class LauncherFootprintTest {
    @TempDir
    Path folder;

    private LauncherFixture launcher;

    @BeforeEach
    void newCheckout() throws Exception {
        launcher = new LauncherFixture(folder);
    }

    @Nested
    class ArchiveOfClasses {
        private Path archive;

        @BeforeEach
        void allIsThere() throws Exception {
            launcher.built().javaOnPath(launcher.jdk("jdk", "17.0.15"));
            archive = launcher.jar("capture-agent").resolveSibling("agent-17.0.15.jsa");
        }

        @Test
        void theFirstAgentIsToldToLeaveOne() throws Exception {
            assertThat(launcher.run("agent").out())
                    .contains("[-XX:+RecordDynamicDumpInfo]", "[-Dloopscope.class.archive=" + archive + "]")
                    .doesNotContain("SharedArchiveFile");
        }

        @Test
        void theNextOneStartsFromIt() throws Exception {
            archiveNewerThanTheJar();
            assertThat(launcher.run("agent").out())
                    .contains("[-XX:SharedArchiveFile=" + archive + "]")
                    .doesNotContain("RecordDynamicDumpInfo", "loopscope.class.archive");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "capture-agent/target/lib/new.jar",
                    "capture-agent/target/loopscope-capture-agent-0.1.0-SNAPSHOT.jar"
                })
        void anOlderOneThanAJarIsMadeAgain(String jar) throws Exception {
            archiveNewerThanTheJar();
            launcher.edit(jar);
            assertThat(launcher.run("agent").out()).contains("[-XX:+RecordDynamicDumpInfo]");
        }

        @Test
        void anotherJavaHasAnotherOne() throws Exception {
            archiveNewerThanTheJar();
            launcher.set("JAVA_HOME", launcher.jdk("later", "21.0.5").toString());
            assertThat(launcher.run("agent").out())
                    .contains("[-Dloopscope.class.archive=" + archive.resolveSibling("agent-21.0.5.jsa") + "]");
        }

        @Test
        void aJavaThatDoesNotTellItsBuildGoesWithout() throws Exception {
            Files.delete(folder.resolve("jdk/release"));
            LauncherFixture.script(folder.resolve("jdk/bin/java"), """
                    if [ "$1" = -version ]; then echo 'openjdk version "21.0.5" 2024-10-15' >&2; exit; fi
                    echo started "$@"
                    """);
            assertThat(launcher.run("agent").out()).startsWith("started").doesNotContain("archive", "DumpInfo");
        }

        @Test
        void programsThatAreSoonOverLeaveNone() throws Exception {
            assertThat(launcher.run("states").out()).doesNotContain("DumpInfo", "SharedArchiveFile");
        }

        private void archiveNewerThanTheJar() throws Exception {
            Files.createFile(archive);
            Files.setLastModifiedTime(archive, FileTime.from(Instant.now().plusSeconds(5)));
        }
    }

    @Nested
    class LimitOfProcessors {
        private Path groups;

        @BeforeEach
        void allIsThere() throws Exception {
            launcher.built().javaOnPath(launcher.jdk("jdk", "17.0.15"));
            groups = Files.createDirectory(folder.resolve("groups"));
            launcher.set("LOOPSCOPE_CGROUPS", groups.toString());
        }

        @Test
        void theJvmRunsInAGroupThatHasIt() throws Exception {
            Files.createFile(groups.resolve("cgroup.controllers"));
            var process = launcher.set("LOOPSCOPE_CPU_LIMIT", "0.5").start(launcher.checkout, "./loopscope", "agent");
            assertThat(LauncherFixture.finish(process).code()).isZero();
            var group = groups.resolve("loopscope-" + process.pid());
            assertThat(group.resolve("cpu.max")).hasContent("10000 20000");
            assertThat(group.resolve("cgroup.procs")).hasContent(String.valueOf(process.pid()));
        }

        @Test
        void versionOneOfControlGroupsWillDo() throws Exception {
            Files.createDirectory(groups.resolve("cpu"));
            var process = launcher.set("LOOPSCOPE_CPU_LIMIT", "1.5").start(launcher.checkout, "./loopscope", "agent");
            assertThat(LauncherFixture.finish(process).code()).isZero();
            var group = groups.resolve("cpu/loopscope-" + process.pid());
            assertThat(group.resolve("cpu.cfs_period_us")).hasContent("20000");
            assertThat(group.resolve("cpu.cfs_quota_us")).hasContent("30000");
            assertThat(group.resolve("cgroup.procs")).hasContent(String.valueOf(process.pid()));
        }

        @Test
        void oneThatCannotBeKeptIsRefused() throws Exception {
            var ran = launcher.set("LOOPSCOPE_CPU_LIMIT", "0.5").run("agent");
            assertThat(ran.code()).isEqualTo(77);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).contains("LOOPSCOPE_CPU_LIMIT cannot be kept here");
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "-1", "50%", "half", "0.01", "4096", "1e2"})
        void oneThatIsNoNumberOfProcessorsIsRefused(String limit) throws Exception {
            var ran = launcher.set("LOOPSCOPE_CPU_LIMIT", limit).run("agent");
            assertThat(ran.code()).isEqualTo(78);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).contains("LOOPSCOPE_CPU_LIMIT is '" + limit + "'");
        }
    }
}
