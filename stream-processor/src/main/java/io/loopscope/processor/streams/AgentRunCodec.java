package io.loopscope.processor.streams;

import io.loopscope.processor.streams.AgentRun.Standing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Agent runs in the store {@code agents}.
 *
 * <p>Key: {@link HostKey#toBytes()}, epoch (8). Value: version (1, now 1), standing (text), next batch (8), boot id
 * (text), number of interfaces (2), each interface (text). Big-endian; texts are their length (2) and modified UTF-8.
 */
final class AgentRunCodec {
    private static final int VERSION = 1;

    private AgentRunCodec() {}

    static byte[] key(AgentRun.Key key) {
        byte[] prefix = key.host().toBytes();
        return ByteBuffer.allocate(prefix.length + Long.BYTES)
                .put(prefix)
                .putLong(key.epoch())
                .array();
    }

    static byte[] value(AgentRun run) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(run.standing().name());
            out.writeLong(run.nextBatch());
            out.writeUTF(run.bootId());
            out.writeShort(run.interfaces().size());
            for (String captured : new TreeSet<>(run.interfaces())) {
                out.writeUTF(captured);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an agent run does not fit its layout: " + run, e);
        }
        return bytes.toByteArray();
    }

    /**
     * The run with this key and value.
     *
     * @throws IOException when they were written by a newer program or are damaged
     */
    static AgentRun run(byte[] key, byte[] value) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IOException("an agent run in layout " + version + "; this program knows " + VERSION);
            }
            Standing standing = Standing.valueOf(in.readUTF());
            long nextBatch = in.readLong();
            String bootId = in.readUTF();
            Set<String> interfaces = new HashSet<>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                interfaces.add(in.readUTF());
            }
            ByteBuffer buffer = ByteBuffer.wrap(key);
            return new AgentRun(
                    new AgentRun.Key(HostKey.read(buffer), buffer.getLong()), bootId, interfaces, nextBatch, standing);
        } catch (IllegalArgumentException e) {
            throw new IOException("a damaged agent run", e);
        }
    }
}
