package io.loopscope.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A longer capture out of a real one: its packets again and again, each copy later and between other addresses, so that
 * all of its connections are new. For captures that tcpdump wrote on this machine: pcap with Ethernet and IPv4 from
 * 127.0.0.0/16.
 */
public final class CaptureCopies {
    private static final int MAGIC = 0xA1B2_C3D4;
    private static final int ETHERNET = 1;
    private static final int FILE_HEADER = 24;
    private static final int PACKET_HEADER = 16;
    private static final int SOURCE_SECOND_OCTET = PACKET_HEADER + 14 + 12 + 1;
    private static final int DESTINATION_SECOND_OCTET = SOURCE_SECOND_OCTET + 4;
    private static final int MOST_COPIES = 256;

    private CaptureCopies() {}

    /**
     * Writes the copies.
     *
     * @param args how many, at most 256; the capture to read; the capture to write
     */
    public static void main(String[] args) throws IOException {
        int copies = Integer.parseInt(args[0]);
        if (copies < 1 || copies > MOST_COPIES) {
            throw new IOException("1 to " + MOST_COPIES + " copies can be made, not " + copies);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(args[2])))) {
            int seconds = 0;
            for (int copy = 0; copy < copies; copy++) {
                seconds += copy(Path.of(args[1]), copy, seconds, out);
            }
        }
    }

    /** Returns by how many seconds the next copy has to be later, so that it begins after this one. */
    private static int copy(Path from, int number, int later, OutputStream out) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(from)))) {
            byte[] header = in.readNBytes(FILE_HEADER);
            ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
            if (header.length < FILE_HEADER || fields.getInt(0) != MAGIC || fields.getInt(20) != ETHERNET) {
                throw new IOException(from + " is not what tcpdump writes on loopback: pcap with Ethernet");
            }
            if (number == 0) {
                out.write(header);
            }
            return packets(in, number, later, out);
        }
    }

    private static int packets(DataInputStream in, int number, int later, OutputStream out) throws IOException {
        int first = 0;
        int last = 0;
        for (byte[] packet = next(in); packet.length > 0; packet = next(in)) {
            ByteBuffer header = ByteBuffer.wrap(packet).order(ByteOrder.nativeOrder());
            last = header.getInt(0);
            first = first == 0 ? last : first;
            header.putInt(0, last + later);
            packet[SOURCE_SECOND_OCTET] = (byte) number;
            packet[DESTINATION_SECOND_OCTET] = (byte) number;
            out.write(packet);
        }
        return last - first + 1;
    }

    /** The next packet with its header; empty at the end. */
    private static byte[] next(DataInputStream in) throws IOException {
        byte[] header = in.readNBytes(PACKET_HEADER);
        if (header.length < PACKET_HEADER) {
            return new byte[0];
        }
        int captured = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()).getInt(8);
        byte[] packet = new byte[PACKET_HEADER + captured];
        System.arraycopy(header, 0, packet, 0, PACKET_HEADER);
        in.readFully(packet, PACKET_HEADER, captured);
        return packet;
    }
}
