package io.loopscope.agent.source;

import com.sun.jna.Platform;
import io.loopscope.agent.parse.LinkType;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

/**
 * A filter expression as libpcap compiles it for the loopback interface, to be tried on packets that were never
 * captured. Needs no permission. Expressions about the direction on an interface ({@code inbound}) compile only on a
 * live one.
 */
public final class FilterProgram implements AutoCloseable {
    private static final int SNAP_LENGTH = 262_144;

    private final BpfProgram program;

    private FilterProgram(BpfProgram program) {
        this.program = program;
    }

    /**
     * Compiles an expression of pcap-filter(7).
     *
     * @throws CaptureException if libpcap is missing or does not understand it
     */
    public static FilterProgram compile(String expression) throws CaptureException {
        try (PcapHandle dead = Pcaps.openDead(DataLinkType.getInstance(linkType()), SNAP_LENGTH)) {
            return new FilterProgram(
                    dead.compileFilter(expression, BpfCompileMode.OPTIMIZE, PcapHandle.PCAP_NETMASK_UNKNOWN));
        } catch (PcapNativeException | NotOpenException e) {
            throw PcapFailures.badFilter(expression, e);
        } catch (LinkageError e) {
            throw PcapFailures.noLibpcap(e);
        }
    }

    /** What a packet on the loopback interface of this system begins with, see {@link LinkType}. */
    public static int linkType() {
        return Platform.isLinux() ? LinkType.ETHERNET : LinkType.NULL;
    }

    /**
     * Whether it lets a packet through.
     *
     * @param packet from its {@link #linkType()} header on
     */
    public boolean matches(byte[] packet) {
        return program.applyFilter(packet);
    }

    @Override
    public void close() {
        program.free();
    }
}
