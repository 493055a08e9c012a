package io.loopscope.benchmarks.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * CPU time that the JVM's own threads of this process have taken, by what Linux tells of them: the JIT compilers', which
 * ends when everything is compiled, and the garbage collector's, which depends on the heap's size.
 *
 * @param compilerSeconds of the compilers; those that have ended are missing, see {@code -XX:-UseDynamicNumberOfCompilerThreads}
 * @param collectorSeconds of the garbage collector
 */
record JvmThreads(double compilerSeconds, double collectorSeconds) {
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final double TICKS_A_SECOND = 100;
    /** Of what follows the thread's name. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    /** Until now; zeros where there is no Linux. */
    static JvmThreads now() {
        double compiler = 0;
        double collector = 0;
        if (Files.isDirectory(THREADS)) {
            try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
                for (Path thread : threads) {
                    String stat = stat(thread);
                    String name = stat.isEmpty() ? "" : stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                    compiler += name.contains(" Compiler") ? seconds(stat) : 0;
                    // The serial collector works in the VM's thread.
                    collector += name.equals("VM Thread") || name.startsWith("GC ") || name.startsWith("G1 ")
                            ? seconds(stat)
                            : 0;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new JvmThreads(compiler, collector);
    }

    JvmThreads since(JvmThreads before) {
        return new JvmThreads(compilerSeconds - before.compilerSeconds, collectorSeconds - before.collectorSeconds);
    }

    private static String stat(Path thread) throws IOException {
        try {
            return Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return ""; // It has just ended.
        }
    }

    private static double seconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / TICKS_A_SECOND;
    }
}
