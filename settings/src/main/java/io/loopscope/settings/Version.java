package io.loopscope.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine;

/** Version of this build, for {@code --version}: {@code @Command(versionProvider = Version.class)}. */
public final class Version implements CommandLine.IVersionProvider {
    /** For example {@code 1.4.0}. */
    public static String current() {
        var properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the build");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"loopscope " + current(), "Java " + System.getProperty("java.version")};
    }
}
