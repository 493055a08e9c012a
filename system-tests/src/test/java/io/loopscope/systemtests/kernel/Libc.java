package io.loopscope.systemtests.kernel;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;

/** The C library's calls for what Java's sockets lack. Each answers -1 when it failed. */
public final class Libc {
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EADDRNOTAVAIL = 99;
    static final int ECONNREFUSED = 111;
    static final int EINPROGRESS = 115;

    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int unshare(int flags);

    static native int setns(int descriptor, int type);

    static native int open(String path, int flags);

    public static native int close(int descriptor);

    public static native int socket(int family, int type, int protocol);

    static native int bind(int descriptor, byte[] address, int length);

    static native int listen(int descriptor, int backlog);

    static native int connect(int descriptor, byte[] address, int length);

    static native int accept4(int descriptor, Pointer address, Pointer length, int flags);

    static native int getsockname(int descriptor, byte[] address, IntByReference length);

    public static native int setsockopt(int descriptor, int level, int option, Pointer value, int length);

    static native int getsockopt(int descriptor, int level, int option, byte[] value, IntByReference length);

    static native int poll(byte[] descriptors, NativeLong count, int timeoutMs);

    static native NativeLong send(int descriptor, byte[] octets, NativeLong length, int flags);

    public static native NativeLong sendto(
            int descriptor, byte[] octets, NativeLong length, int flags, byte[] address, int addressLength);

    static native NativeLong recv(int descriptor, byte[] octets, NativeLong length, int flags);

    static native int shutdown(int descriptor, int how);

    /** The result of a call that must not fail. */
    public static int must(String what, int result) {
        if (result < 0) {
            throw failed(what);
        }
        return result;
    }

    /** For the call that has just failed. */
    static IllegalStateException failed(String what) {
        return new IllegalStateException(what + ": " + new LastErrorException(Native.getLastError()).getMessage());
    }
}
