package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EventReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/events.md");

    /** Rewrite the page with {@code mvn -pl schemas test -Dtest=EventReferenceTest -Dloopscope.docs.update=true}. */
    @Test
    void thePageSaysWhatTheSchemasSay() throws IOException {
        if (Boolean.getBoolean("loopscope.docs.update")) {
            Files.writeString(PAGE, EventReference.render());
        }
        assertThat(PAGE).hasContent(EventReference.render());
    }
}
