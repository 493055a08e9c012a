package io.loopscope.agent.source;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/** The C library's functions. What went wrong is in {@link Native#getLastError}. */
final class LibC {
    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int socket(int domain, int type, int protocol);

    static native int setsockopt(int descriptor, int level, int option, Pointer value, int length);

    static native int getsockopt(int descriptor, int level, int option, Pointer value, Pointer length);

    static native int bind(int descriptor, Pointer address, int length);

    static native Pointer mmap(
            Pointer address, NativeLong length, int protection, int flags, int descriptor, NativeLong offset);

    static native int munmap(Pointer address, NativeLong length);

    static native int poll(Pointer pollfds, NativeLong count, int timeoutMs);

    static native int eventfd(int initial, int flags);

    static native NativeLong read(int descriptor, Pointer octets, NativeLong length);

    static native NativeLong write(int descriptor, Pointer octets, NativeLong length);

    static native int close(int descriptor);

    static native int if_nametoindex(String name);

    static native int getpagesize();

    static native String strerror(int error);
}
