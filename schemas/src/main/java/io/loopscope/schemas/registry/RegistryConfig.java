package io.loopscope.schemas.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The values of {@link RegistrySettings}.
 *
 * @param urls at least one, without a slash at the end; all of one registry
 * @param userInfo {@code USER:PASSWORD}, or empty
 * @param cache folder for what it has answered
 */
public record RegistryConfig(List<URI> urls, String userInfo, Path cache) {

    /** Copies the list. */
    public RegistryConfig {
        urls = List.copyOf(urls);
    }

    /**
     * From a program's settings.
     *
     * @param text gives the value of a setting
     * @param secret gives the value of a secret one
     * @param environment of the process
     * @return empty when no registry is configured
     */
    public static Optional<RegistryConfig> of(
            UnaryOperator<String> text, UnaryOperator<String> secret, Map<String, String> environment) {
        List<URI> urls = RegistrySettings.urls(RegistrySettings.URL, text.apply(RegistrySettings.URL));
        if (urls.isEmpty()) {
            return Optional.empty();
        }
        String folder = text.apply(RegistrySettings.CACHE_DIR);
        Path cache = folder.isBlank() ? standard(environment) : Path.of(folder);
        return Optional.of(new RegistryConfig(urls, secret.apply(RegistrySettings.USER_INFO), cache));
    }

    private static Path standard(Map<String, String> environment) {
        String home = environment.get("XDG_STATE_HOME");
        // The XDG base directory specification says to ignore relative paths.
        Path states = home != null && home.startsWith("/")
                ? Path.of(home)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return states.resolve("loopscope").resolve("schemas");
    }

    /** The part of the cache that is this registry's: ids of another one mean other schemas. */
    Path folder() {
        return cache.resolve(toString().replaceAll("[^A-Za-z0-9.-]+", "_"));
    }

    /** {@code HOST:PORT} of each url. */
    public List<String> endpoints() {
        return urls.stream().map(url -> url.getHost() + ':' + port(url)).toList();
    }

    private static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equals(url.getScheme()) ? 443 : 80;
    }

    /** The urls, without the password. */
    @Override
    public String toString() {
        return urls.stream().map(URI::toString).collect(Collectors.joining(","));
    }
}
