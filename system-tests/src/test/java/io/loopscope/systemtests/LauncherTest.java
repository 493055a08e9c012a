package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.systemtests.LauncherFixture.Ran;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher's behaviour, with stand-ins for Java and Maven. */
class LauncherTest {
    @TempDir
    Path folder;

    private LauncherFixture launcher;

    @BeforeEach
    void newCheckout() throws Exception {
        launcher = new LauncherFixture(folder);
    }

    @Nested
    class WithoutJava {
        @ParameterizedTest
        @ValueSource(strings = {"--help", "-h", "help"})
        void helpListsTheVerbs(String help) throws Exception {
            var ran = launcher.run(help);

            assertThat(ran.code()).isZero();
            assertThat(ran.out())
                    .contains(
                            "  up ",
                            "  agent ",
                            "  processor ",
                            "  observe ",
                            "  interfaces ",
                            "  doctor ",
                            "  states ",
                            "  analyze ",
                            "  test ");
            assertThat(ran.err()).isEmpty();
            assertThat(launcher.checkout.resolve("target")).doesNotExist();
        }

        @Test
        void versionIsThatOfTheProject() throws Exception {
            assertThat(launcher.run("version")).isEqualTo(new Ran(0, "loopscope " + launcher.version() + "\n", ""));
        }

        @Test
        void noVerbIsAUsageError() throws Exception {
            var ran = launcher.run();
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).startsWith("Usage: loopscope VERB");
        }

        @ParameterizedTest
        @CsvSource({"analyse,analyze", "aget,agent", "procesor,processor", "uo,up", "obsevre,observe"})
        void aMisspeltVerbIsRefusedWithASuggestion(String verb, String meant) throws Exception {
            var ran = launcher.run(verb);
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err()).contains("there is no verb '" + verb + "'", "did you mean " + meant + "?");
        }

        @Test
        void aStrangeVerbIsRefusedWithoutASuggestion() throws Exception {
            var ran = launcher.run("frobnicate");
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.err()).doesNotContain("did you mean").contains("loopscope --help lists them all");
        }

        @Test
        void theLineThatInstallsItIsPrinted() throws Exception {
            var ran = launcher.run("processor");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err()).contains("Java 17 or newer is needed", "apt-get install openjdk-17-jdk-headless");
        }
    }

    @Nested
    class FindingJava {
        @BeforeEach
        void allIsBuilt() throws Exception {
            launcher.built();
        }

        @Test
        void javaHomeGoesBeforeThePath() throws Exception {
            launcher.javaOnPath(launcher.jdk("path", "17.0.1"));
            assertThat(launcher.run("processor").out()).startsWith("java path\n");

            launcher.set("JAVA_HOME", launcher.jdk("home", "25").toString());
            assertThat(launcher.run("processor").out()).startsWith("java home\n");
        }

        @ParameterizedTest
        @CsvSource({"11.0.2,11", "1.8.0_392,8", "16-ea,16"})
        void anOlderOneIsRefused(String version, String major) throws Exception {
            launcher.javaOnPath(launcher.jdk("good", "21"));
            launcher.set("JAVA_HOME", launcher.jdk("old", version).toString());

            var ran = launcher.run("processor");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).contains("old/bin/java is Java " + major + ": 17 or newer is needed");
        }

        @Test
        void aJavaHomeWithoutJavaIsNamed() throws Exception {
            launcher.javaOnPath(launcher.jdk("good", "21")).set("JAVA_HOME", "/nowhere");
            var ran = launcher.run("processor");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err()).contains("JAVA_HOME is /nowhere, which has no bin/java");
        }

        @Test
        void aJavaWithoutReleaseFileIsAskedForItsVersion() throws Exception {
            var jdk = launcher.jdk("asked", "21");
            Files.delete(jdk.resolve("release"));
            LauncherFixture.script(jdk.resolve("bin/java"), """
                    if [ "$1" = -version ]; then echo 'openjdk version "21.0.5" 2024-10-15' >&2; exit; fi
                    echo started
                    """);
            launcher.javaOnPath(jdk);
            assertThat(launcher.run("processor").out()).isEqualTo("started\n");
        }
    }

    @Nested
    class Running {
        @BeforeEach
        void allIsThere() throws Exception {
            launcher.built().javaOnPath(launcher.jdk("jdk", "17.0.15"));
        }

        @ParameterizedTest
        @CsvSource({
            "agent,capture-agent,io.loopscope.agent.AgentMain,-Xmx64m",
            "processor,stream-processor,io.loopscope.processor.app.ProcessorMain,-Xmx1g",
            "up,deploy/standalone,io.loopscope.standalone.StandaloneMain,-Xmx1g",
            "observe,deploy/standalone,io.loopscope.standalone.StandaloneMain,-Xmx1g",
            "analyze,deploy/standalone,io.loopscope.standalone.StandaloneMain,-Xmx1g"
        })
        void eachVerbHasItsMainAndClassPath(String verb, String module, String main, String heap) throws Exception {
            var ran = launcher.run(verb, "a b", "*");

            assertThat(ran.code()).isZero();
            var jar = launcher.jar(module);
            var own = main.endsWith("StandaloneMain") ? "[" + verb + "]\n" : "";
            assertThat(ran.out())
                    .endsWith("[-cp]\n[" + jar + ":" + jar.resolveSibling("lib/*") + "]\n[" + main + "]\n" + own
                            + "[a b]\n[*]\n")
                    .contains("[-XX:+UseSerialGC]", "[" + heap + "]");
        }

        @Test
        void onlyLargeCapturesAreWorthTheOptimisingCompiler() throws Exception {
            var capture = Files.createFile(folder.resolve("x.pcap")).toString();
            assertThat(launcher.run("analyze", capture).out()).contains("[-XX:TieredStopAtLevel=1]");

            launcher.tool("du", "echo 3000000 x.pcap");
            assertThat(launcher.run("analyze", "-o", "csv", capture).out()).doesNotContain("TieredStopAtLevel");
            assertThat(launcher.run("observe").out()).doesNotContain("TieredStopAtLevel");
        }

        @Test
        void whatAnAgentMayUseIsBounded() throws Exception {
            assertThat(launcher.run("agent").out())
                    .contains(
                            "[-Xmx64m]",
                            "[-Xmn6m]",
                            "[-Xss256k]",
                            "[-XX:ReservedCodeCacheSize=32m]",
                            "[-XX:MaxMetaspaceSize=64m]",
                            "[-XX:MaxDirectMemorySize=32m]",
                            "[-XX:CICompilerCount=2]")
                    .doesNotContain("TieredStopAtLevel");
        }

        @Test
        void optionsOfTheUserComeLast() throws Exception {
            launcher.set("LOOPSCOPE_JAVA_OPTS", "-Xmx5g -Dglob=/*");
            assertThat(launcher.run("processor").out())
                    .containsSubsequence("[-Xmx1g]", "[-Xmx5g]", "[-Dglob=/*]", "[-cp]");
        }

        @Test
        void symbolicLinksAndOtherFoldersDoNotMatter() throws Exception {
            var bin = Files.createDirectories(folder.resolve("some where/bin"));
            Files.createSymbolicLink(folder.resolve("some where/first"), launcher.checkout.resolve("loopscope"));
            Files.createSymbolicLink(bin.resolve("loopscope"), Path.of("../first"));

            var ran = launcher.runFrom(bin, "./loopscope", "analyze", "x.pcap");
            assertThat(ran.code()).isZero();
            assertThat(ran.out())
                    .contains(
                            "in " + bin.toRealPath() + "\n",
                            launcher.jar("deploy/standalone").toRealPath().toString());
        }

        @Test
        void javaTakesThePlaceOfTheShellSoThatSignalsReachIt() throws Exception {
            var process = launcher.start(launcher.checkout, "./loopscope", "processor");
            assertThat(LauncherFixture.finish(process).out()).contains("pid " + process.pid() + "\n");
        }
    }

    @Nested
    class Building {
        private Path jdk;

        @BeforeEach
        void javaAndMaven() throws Exception {
            jdk = launcher.jdk("jdk", "17.0.15");
            launcher.javaOnPath(jdk).maven("3.8.7", "");
        }

        @Test
        void whatIsMissingIsBuiltOnce() throws Exception {
            var first = launcher.run("processor");
            assertThat(first.code()).isZero();
            assertThat(first.out()).startsWith("java jdk\n");
            assertThat(first.err()).contains("building stream-processor", "built");
            assertThat(launcher.mavenCalls())
                    .containsExactly(jdk.toRealPath()
                            + " -q -B -pl stream-processor -am package -DskipTests -Dspotless.check.skip=true");

            assertThat(launcher.run("processor").err()).isEmpty();
            assertThat(launcher.mavenCalls()).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "pom.xml",
                    "stream-processor/pom.xml",
                    "stream-processor/src/main/java/A.java",
                    "schemas/src/main/avro/New.avsc"
                })
        void aNewerSourceIsBuilt(String source) throws Exception {
            launcher.run("processor");
            launcher.edit(source);
            assertThat(launcher.run("processor").err()).contains("building stream-processor");
        }

        @ParameterizedTest
        @ValueSource(strings = {"capture-agent/src/main/java/A.java", "stream-processor/src/test/java/T.java"})
        void sourcesOfOtherProgramsAndTestsDoNotMatter(String source) throws Exception {
            launcher.run("processor");
            launcher.edit(source);
            assertThat(launcher.run("processor").err()).isEmpty();
        }

        @Test
        void librariesOfAnOlderPomAreRemoved() throws Exception {
            launcher.run("processor");
            var old = Files.createFile(launcher.checkout.resolve("stream-processor/target/lib/old-1.0.jar"));
            launcher.edit("stream-processor/src/main/java/A.java");
            launcher.run("processor");
            assertThat(old).exists();

            launcher.edit("stream-processor/pom.xml");
            launcher.run("processor");
            assertThat(old).doesNotExist();
        }

        @Test
        void aFailedBuildStartsNothing() throws Exception {
            launcher.maven("3.9.9", "echo '[ERROR] no'; exit 1");
            var ran = launcher.run("processor");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).contains("[ERROR] no", "the build failed");
        }

        @Test
        void nothingIsBuiltWhenTheUserSaysNever() throws Exception {
            launcher.set("LOOPSCOPE_BUILD", "never");
            var ran = launcher.run("processor");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err()).contains("LOOPSCOPE_BUILD is never, and", "is missing");

            launcher.built().edit("pom.xml");
            assertThat(launcher.run("processor").code()).isZero();
            assertThat(launcher.mavenCalls()).isEmpty();
        }

        @Test
        void anUnknownModeOfBuildingIsRefused() throws Exception {
            launcher.set("LOOPSCOPE_BUILD", "always");
            assertThat(launcher.run("processor").err()).contains("allowed: auto, never");
        }

        @ParameterizedTest
        @ValueSource(strings = {"3.8.6", "3.6.3", "2.99"})
        void anOldMavenIsRefused(String version) throws Exception {
            launcher.maven(version, "");
            var ran = launcher.run("processor");
            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err()).contains("Maven 3.8.7 or newer is needed", "apt-get install maven");
        }

        @Test
        void aRuntimeWithoutCompilerIsNamed() throws Exception {
            Files.delete(jdk.resolve("bin/javac"));
            assertThat(launcher.run("processor").err()).contains("jdk has no compiler");
        }

        @Test
        void twoLaunchersAtOnceBuildOnce() throws Exception {
            var gate = folder.resolve("gate");
            assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                    .isZero();
            launcher.maven("3.9.9", "echo waiting >&2; read -r go <'" + gate + "'");

            var first = launcher.start(launcher.checkout, "./loopscope", "processor");
            var firstErr = reader(first);
            awaitLine(firstErr, "waiting");
            var second = launcher.start(launcher.checkout, "./loopscope", "processor");
            var secondErr = reader(second);
            awaitLine(secondErr, "loopscope: waiting for another build");
            Files.writeString(gate, "go\n");

            assertThat(first.waitFor()).isZero();
            assertThat(second.waitFor()).isZero();
            assertThat(launcher.mavenCalls()).hasSize(1);
        }

        private BufferedReader reader(Process process) {
            return new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        }

        private void awaitLine(BufferedReader lines, String wanted) throws Exception {
            var line = lines.readLine();
            while (line != null && !line.equals(wanted)) {
                line = lines.readLine();
            }
            assertThat(line).isEqualTo(wanted);
        }
    }
}
