package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OctetsTest {

    @Test
    void areThoseOfADataOutputStream() throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        write(new DataOutputStream(expected));
        Octets octets = new Octets();
        write(octets);
        assertThat(octets.toBytes()).isEqualTo(expected.toByteArray());
    }

    @Test
    void beginAnewWhenCleared() throws IOException {
        Octets octets = new Octets();
        write(octets);
        octets.clear().writeByte(7);
        assertThat(octets.toBytes()).containsExactly(7);
    }

    private static void write(DataOutput output) throws IOException {
        for (int i = 0; i < 300; i++) {
            output.writeLong(0x0123_4567_89AB_CDEFL * i);
            output.writeInt(-i);
            output.writeShort(i * 333);
            output.writeChar('ä');
            output.writeByte(i);
            output.write(i);
            output.writeBoolean(i % 2 == 0);
            output.writeFloat(i / 7f);
            output.writeDouble(i / 7d);
        }
        output.write(new byte[] {1, 2, 3});
        output.write(new byte[2_000], 1, 1_500);
        output.writeBytes("octets");
        output.writeChars("chars");
        output.writeUTF("plain");
        output.writeUTF("");
        output.writeUTF("größer €\0");
    }
}
