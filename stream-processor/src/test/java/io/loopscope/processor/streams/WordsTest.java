package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.AnomalyScope;
import io.loopscope.processor.detect.AnomalyStage;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.detect.Severity;
import io.loopscope.processor.tcp.Initiator;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.End;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

    @Test
    void everyWordOfTheCoreIsOneOfTheContract() {
        assertKnown(TcpState.values(), io.loopscope.schemas.v1.TcpState.values());
        assertKnown(Role.values(), End.values());
        assertKnown(Initiator.values(), io.loopscope.schemas.v1.Initiator.values());
        assertKnown(ConnectionChange.Type.values(), ConnectionEventType.values());
        assertKnown(AnomalyStage.values(), io.loopscope.schemas.v1.AnomalyStage.values());
        assertKnown(AnomalyScope.values(), io.loopscope.schemas.v1.AnomalyScope.values());
        assertKnown(Severity.values(), io.loopscope.schemas.v1.Severity.values());
        assertKnown(Evidence.values(), io.loopscope.schemas.v1.Evidence.values());
    }

    @ParameterizedTest
    @CsvSource({"2, S", "18, S.", "194, SEW", "17, F.", "24, P.", "20, R.", "4, R", "0, none", "511, FSRP.UEWe"})
    void flagsAreTcpdumpsLetters(int flags, String letters) {
        assertThat(ConnectionEvents.letters(flags)).isEqualTo(letters);
    }

    private static void assertKnown(Enum<?>[] core, Enum<?>[] contract) {
        assertThat(Stream.of(contract).map(Enum::name))
                .containsAll(Stream.of(core).map(Enum::name).toList());
    }
}
