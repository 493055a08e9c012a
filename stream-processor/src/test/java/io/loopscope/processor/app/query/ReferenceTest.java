package io.loopscope.processor.app.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loopscope.processor.app.http.HttpFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    @Test
    void socketsInAnyOrderAreOneConnection() {
        Reference.Sockets one = (Reference.Sockets) Reference.of("127.0.0.1:59994-127.0.0.1:13306");
        Reference.Sockets other = (Reference.Sockets) Reference.of("127.0.0.1:13306-127.0.0.1:59994");

        assertThat(one.key("h", 1)).isEqualTo(other.key("h", 1));
        assertThat(one.networkNamespace()).isNull();
        assertThat(one.key("h", 1)).hasToString("h/1/127.0.0.1:13306-127.0.0.1:59994");
    }

    @Test
    void theKeyOfARecordIsUnderstoodBehindItsHost() {
        Reference.Sockets sockets = (Reference.Sockets) Reference.of("4026531840/[::1]:80-[::1]:59994");

        assertThat(sockets.networkNamespace()).isEqualTo(4026531840L);
        assertThat(sockets.key("h", 4026531840L)).hasToString("h/4026531840/[::1]:80-[::1]:59994");
    }

    @Test
    void anIdIsAnId() {
        assertThat(Reference.of("abcdefghij234567")).isEqualTo(new Reference.Id("abcdefghij234567"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:80-localhost:81",
                "127.0.0.1:80",
                "127.0.0.1:80-127.0.0.1:70000",
                "999.0.0.1:80-127.0.0.1:81",
                "x/127.0.0.1:80-127.0.0.1:81",
                "99999999999999999999/127.0.0.1:80-127.0.0.1:81",
                "ABCDEFGHIJ234567"
            })
    void anythingElseIsRefusedWithTheForm(String text) {
        assertThatExceptionOfType(HttpFailure.class)
                .isThrownBy(() -> Reference.of(text))
                .satisfies(failure -> assertThat(failure.status()).isEqualTo(400));
    }
}
