package io.millrace.transport;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.roles.HotPath;
import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * System calls that Netty does not offer, or not with an error number; owned by one shard, for the
 * memory that takes results belongs to it.
 *
 * <p>Every call returns a number that is not negative, or the error number negated, as the kernel
 * does it. None of them sleeps on a non-blocking descriptor of a socket or a pipe.
 */
@HotPath
@OwnedBy(Role.SHARD)
public final class SystemCalls {
    /** errno(3): nothing can be moved now. */
    public static final int EAGAIN = 11;

    /** errno(3): interrupted before anything happened. */
    public static final int EINTR = 4;

    /** errno(3): no such descriptor. */
    public static final int EBADF = 9;

    /** errno(3): the call is not possible on these descriptors. */
    public static final int EINVAL = 22;

    /** errno(3): the peer takes no more. */
    public static final int EPIPE = 32;

    /** errno(3): the call does not exist. */
    public static final int ENOSYS = 38;

    /** errno(3): not with a descriptor of this kind. */
    public static final int EOPNOTSUPP = 95;

    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_RDWR = 0x2;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int SPLICE_F_MOVE = 1;
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_MORE = 0x8000;
    private static final long SIOCOUTQ = 0x5411;
    private static final int PIPE_DESCRIPTORS_BYTES = 8;

    private static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle PIPE2 =
            handle("pipe2", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FCNTL =
            handle(
                    "fcntl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL =
            handle(
                    "ioctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SPLICE =
            handle(
                    "splice",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG,
                            JAVA_INT));
    private static final MethodHandle SENDFILE =
            handle(
                    "sendfile",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle RECV =
            handle(
                    "recv",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private static final MethodHandle SEND =
            handle(
                    "send",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private final MemorySegment errnoState;
    private final MemorySegment results;
    private long movedBytes;

    /** Makes the calls of one thread; the memory lives as long as this object. */
    public SystemCalls() {
        Arena arena = Arena.ofAuto();
        errnoState = arena.allocate(ERRNO_STATE);
        results = arena.allocate(PIPE_DESCRIPTORS_BYTES, Long.BYTES);
    }

    // Restricted because a wrong descriptor corrupts memory: these are those of the man pages, and
    // the start scripts grant native access.
    @SuppressWarnings("restricted")
    private static MethodHandle handle(
            String name, FunctionDescriptor descriptor, Linker.Option... more) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] options = new Linker.Option[more.length + 1];
        options[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(more, 0, options, 1, more.length);
        MethodHandle found =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow(name), descriptor, options);
        // Widened once here, so that every call is exact and allocates nothing.
        return MethodHandles.explicitCastArguments(
                found, found.type().changeReturnType(long.class));
    }

    /**
     * pipe2(2), non-blocking and closed on exec: the reading end in the lower half of the result,
     * the writing end in the upper half.
     */
    public long pipe() {
        try {
            long result =
                    (long) PIPE2.invokeExact(errnoState, results.address(), O_CLOEXEC | O_NONBLOCK);
            return result < 0 ? failed() : results.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * tcp(7) and unix(7), SIOCOUTQ: bytes that were sent and that the peer's kernel has not got.
     */
    public long unacknowledgedBytes(int fd) {
        try {
            long result = (long) IOCTL.invokeExact(errnoState, fd, SIOCOUTQ, results.address());
            return result < 0 ? failed() : results.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** fcntl(2), F_SETPIPE_SZ: the size that the kernel made of it. */
    public int setPipeSize(int pipe, int bytes) {
        return fcntl(pipe, F_SETPIPE_SZ, bytes);
    }

    /** fcntl(2), F_DUPFD_CLOEXEC: another descriptor of the same file. */
    public int duplicate(int descriptor) {
        return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    }

    /** fcntl(2), F_SETFL: calls on this socket return instead of waiting. */
    public int setNonBlocking(int socket) {
        return fcntl(socket, F_SETFL, O_RDWR | O_NONBLOCK);
    }

    private int fcntl(int descriptor, int command, int argument) {
        try {
            long result = (long) FCNTL.invokeExact(errnoState, descriptor, command, argument);
            return (int) (result < 0 ? failed() : result);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** close(2). */
    public int close(int descriptor) {
        try {
            long result = (long) CLOSE.invokeExact(errnoState, descriptor);
            return (int) (result < 0 ? failed() : result);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * splice(2) without waiting, between a pipe and a socket or the other way round.
     *
     * @return bytes moved, 0 at the end of the input
     */
    public long splice(int from, int to, long length) {
        try {
            long result =
                    (long)
                            SPLICE.invokeExact(
                                    errnoState,
                                    from,
                                    0L,
                                    to,
                                    0L,
                                    length,
                                    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
            return moved(result);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * sendfile(2) from a place in a file.
     *
     * @return bytes sent, 0 when the file ends before the offset
     */
    public long sendfile(int socket, int file, long offset, long count) {
        try {
            results.set(JAVA_LONG, 0, offset);
            long result =
                    (long) SENDFILE.invokeExact(errnoState, socket, file, results.address(), count);
            return moved(result);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * read(2) into memory of the caller.
     *
     * @return bytes read, 0 at the end of the input
     */
    public long read(int from, long address, long length) {
        try {
            long result = (long) READ.invokeExact(errnoState, from, address, length);
            return moved(result);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * recv(2) from a socket, without waiting, into memory of the caller.
     *
     * @return bytes received, 0 at the end of the input
     */
    public long receive(int socket, long address, long length) {
        try {
            long result =
                    (long) RECV.invokeExact(errnoState, socket, address, length, MSG_DONTWAIT);
            return result < 0 ? failed() : result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * send(2) from memory of the caller, without waiting and without SIGPIPE.
     *
     * @param more whether more follows at once, so that this need not leave by itself
     */
    public long send(int socket, long address, long length, boolean more) {
        int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
        try {
            return moved((long) SEND.invokeExact(errnoState, socket, address, length, flags));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Bytes that {@link #splice}, {@link #sendfile}, {@link #read} and {@link #send} have moved so
     * far; what goes through a pipe or a buffer counts twice.
     */
    public long movedBytes() {
        return movedBytes;
    }

    private long moved(long result) {
        if (result < 0) {
            return failed();
        }
        movedBytes += result;
        return result;
    }

    private long failed() {
        return -(int) ERRNO.get(errnoState, 0L);
    }
}
