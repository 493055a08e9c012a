package io.loopscope.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryConfigTest {
    @Test
    void withoutAUrlThereIsNone() {
        assertThat(config("", "").isPresent()).isFalse();
    }

    @Test
    void severalUrlsAreOfOneRegistry() {
        RegistryConfig config =
                config("http://a:8081/, https://b/apis/ccompat/v7", "").orElseThrow();
        assertThat(config.endpoints()).containsExactly("a:8081", "b:443");
        assertThat(config).hasToString("http://a:8081,https://b/apis/ccompat/v7");
        assertThat(config.folder()).isEqualTo(Path.of("/state/loopscope/schemas/http_a_8081_https_b_apis_ccompat_v7"));
    }

    @Test
    void theFolderOfTheSettingIsTaken() {
        assertThat(config("http://a:1", "/var/cache/x").orElseThrow().cache()).isEqualTo(Path.of("/var/cache/x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"registry:8081", "ftp://a", "http://", "http://user:word@a", "http://a,,http://b", "http://a b"})
    void whatIsNoAddressIsRefused(String url) {
        assertThatThrownBy(() -> config(url, "")).isInstanceOf(ConfigException.class);
    }

    private static Optional<RegistryConfig> config(String url, String folder) {
        Map<String, String> values = new HashMap<>();
        values.put(RegistrySettings.URL, url);
        values.put(RegistrySettings.CACHE_DIR, folder);
        return RegistryConfig.of(values::get, key -> "", Map.of("XDG_STATE_HOME", "/state"));
    }
}
