package io.loopscope.agent.source;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import java.lang.reflect.Field;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;

/**
 * A filter as the kernel takes it, {@code struct sock_fprog}. It returns how many octets of a packet are kept, so the
 * snapshot length is part of it.
 */
final class KernelFilter {
    private static final int INSTRUCTION_OCTETS = 8;

    private final Memory instructions;
    private final Memory program;

    private KernelFilter(Memory instructions, int count) {
        this.instructions = instructions;
        program = new Memory(2L * Native.POINTER_SIZE);
        program.clear();
        program.setShort(0, (short) count);
        program.setPointer(Native.POINTER_SIZE, instructions);
    }

    /**
     * Has libpcap compile an expression for an open interface: it knows then what is where in its packets, and that the
     * kernel has VLAN tags taken out.
     *
     * @throws CaptureException if libpcap does not understand it
     */
    static KernelFilter compile(PcapHandle handle, String expression)
            throws CaptureException, NotOpenException, ReflectiveOperationException {
        BpfProgram compiled;
        try {
            compiled = handle.compileFilter(expression, BpfCompileMode.OPTIMIZE, PcapHandle.PCAP_NETMASK_UNKNOWN);
        } catch (PcapNativeException e) {
            throw PcapFailures.badFilter(expression, e);
        }
        try {
            return copy(structureOf(compiled));
        } finally {
            compiled.free();
        }
    }

    /** {@code struct bpf_program}: the number of instructions, and where they are. */
    private static KernelFilter copy(Pointer compiled) {
        int count = compiled.getInt(0);
        Memory instructions = new Memory((long) count * INSTRUCTION_OCTETS);
        byte[] octets = compiled.getPointer(Native.POINTER_SIZE).getByteArray(0, count * INSTRUCTION_OCTETS);
        instructions.write(0, octets, 0, octets.length);
        return new KernelFilter(instructions, count);
    }

    /** pcap4j keeps the program to itself. */
    private static Pointer structureOf(BpfProgram compiled) throws ReflectiveOperationException {
        Field field = BpfProgram.class.getDeclaredField("program");
        field.setAccessible(true);
        return ((Structure) field.get(compiled)).getPointer();
    }

    /** For {@code SO_ATTACH_FILTER}; good while this object is reachable. */
    Memory program() {
        return program;
    }

    /** How many instructions it has. */
    long instructions() {
        return instructions.size() / INSTRUCTION_OCTETS;
    }
}
