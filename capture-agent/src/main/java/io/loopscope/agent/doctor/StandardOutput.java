package io.loopscope.agent.doctor;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Standard output as UTF-8, whatever the locale says: a service often has none. */
final class StandardOutput {
    private StandardOutput() {}

    static OutputStream stream() {
        return new FileOutputStream(FileDescriptor.out);
    }

    /** Flushes with each line. */
    static PrintWriter writer(OutputStream out) {
        return new PrintWriter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)), true);
    }
}
