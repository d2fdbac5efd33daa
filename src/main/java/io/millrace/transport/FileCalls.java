package io.millrace.transport;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.millrace.roles.OwnedBy;
import io.millrace.roles.Role;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * System calls on files, which may sleep; owned by the one file thread that made it, for its memory
 * takes paths and results.
 *
 * <p>Every call returns a number that is not negative, or the error number negated, as the kernel
 * does it. The numbers and layouts here are the same on x86_64 and aarch64.
 */
@OwnedBy(Role.ANY)
public final class FileCalls {
    /** errno(3): no such file. */
    public static final int ENOENT = 2;

    /** errno(3): not permitted by the file's mode. */
    public static final int EACCES = 13;

    /** errno(3): try again; openat2(2) when a rename raced with the look-up. */
    public static final int EAGAIN = 11;

    /** errno(3): no memory. */
    public static final int ENOMEM = 12;

    /** errno(3): the path would leave the directory. */
    public static final int EXDEV = 18;

    /** errno(3): a part of the path is no directory. */
    public static final int ENOTDIR = 20;

    /** errno(3): the system has no more descriptors. */
    public static final int ENFILE = 23;

    /** errno(3): the process has no more descriptors. */
    public static final int EMFILE = 24;

    /** errno(3): a name or path is too long. */
    public static final int ENAMETOOLONG = 36;

    /** errno(3): too many symbolic links. */
    public static final int ELOOP = 40;

    /** errno(3): no such device; what a socket's file answers. */
    public static final int ENXIO = 6;

    private static final int O_NONBLOCK = 0x800;
    private static final int O_NOCTTY = 0x100;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    private static final int RESOLVE_NO_MAGICLINKS = 0x02;
    private static final int RESOLVE_BENEATH = 0x08;
    private static final long SYS_OPENAT2 = 437;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int POSIX_FADV_WILLNEED = 3;

    private static final int S_IFMT = 0xF000;
    private static final int S_IFREG = 0x8000;
    private static final int S_IFDIR = 0x4000;

    /** struct open_how of openat2(2): flags, mode, resolve. */
    private static final int HOW_BYTES = 24;

    private static final int HOW_RESOLVE = 16;

    /** struct statx of statx(2): where mode, size and modification time lie. */
    private static final int STATX_BYTES = 256;

    private static final int STATX_MODE = 28;
    private static final int STATX_SIZE = 40;
    private static final int STATX_MTIME = 112;
    private static final int STATX_MTIME_NS = 120;

    /** PATH_MAX, its zero included. */
    private static final int PATH_BYTES = 4096;

    /** The most that {@link #read} takes at once. */
    public static final int READ_BYTES = 64 * 1024;

    private static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SYSCALL =
            handle(
                    "syscall",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
    private static final MethodHandle OPEN =
            handle(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle STATX =
            handle(
                    "statx",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle PREAD =
            handle(
                    "pread",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FADVISE =
            handle(
                    "posix_fadvise",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final MemorySegment errnoState;
    private final MemorySegment path;
    private final MemorySegment emptyPath;
    private final MemorySegment how;
    private final MemorySegment stat;
    private final MemorySegment content;

    /** Makes the calls of one thread; the memory lives as long as this object. */
    public FileCalls() {
        Arena arena = Arena.ofAuto();
        errnoState = arena.allocate(ERRNO_STATE);
        path = arena.allocate(PATH_BYTES);
        emptyPath = arena.allocate(1);
        how = arena.allocate(HOW_BYTES, Long.BYTES);
        stat = arena.allocate(STATX_BYTES, Long.BYTES);
        content = arena.allocate(READ_BYTES, Long.BYTES);
        how.set(JAVA_LONG, 0, O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        how.set(JAVA_LONG, HOW_RESOLVE, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
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
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** open(2), O_PATH: a directory to look names up in; whether it is one shows then. */
    public int openRoot(byte[] absolutePath) {
        if (!putPath(absolutePath, absolutePath.length)) {
            return -ENAMETOOLONG;
        }
        try {
            int result = (int) OPEN.invokeExact(errnoState, path.address(), O_PATH | O_CLOEXEC);
            return result < 0 ? failed() : result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * openat2(2) for reading, never outside of the directory, whatever symbolic links say
     * (RESOLVE_BENEATH, RESOLVE_NO_MAGICLINKS), and never waiting for the writer of a FIFO
     * (O_NONBLOCK).
     *
     * @param relativePath without a zero in it
     */
    public int openBeneath(int directory, byte[] relativePath, int length) {
        if (!putPath(relativePath, length)) {
            return -ENAMETOOLONG;
        }
        try {
            long result =
                    (long)
                            SYSCALL.invokeExact(
                                    errnoState,
                                    SYS_OPENAT2,
                                    (long) directory,
                                    path.address(),
                                    how.address(),
                                    (long) HOW_BYTES);
            return result < 0 ? failed() : (int) result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** statx(2) of an open file; its results are those of the functions below. */
    public int stat(int file) {
        try {
            int result =
                    (int)
                            STATX.invokeExact(
                                    errnoState,
                                    file,
                                    emptyPath.address(),
                                    AT_EMPTY_PATH,
                                    STATX_BASIC_STATS,
                                    stat.address());
            return result < 0 ? failed() : 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Whether the last {@link #stat} was of a regular file. */
    public boolean isRegularFile() {
        return (mode() & S_IFMT) == S_IFREG;
    }

    /** Whether the last {@link #stat} was of a directory. */
    public boolean isDirectory() {
        return (mode() & S_IFMT) == S_IFDIR;
    }

    private int mode() {
        return stat.get(JAVA_SHORT, STATX_MODE);
    }

    /** Size in bytes, as of the last {@link #stat}. */
    public long size() {
        return stat.get(JAVA_LONG, STATX_SIZE);
    }

    /** Time of modification since 1970, whole seconds, as of the last {@link #stat}. */
    public long modifiedSeconds() {
        return stat.get(JAVA_LONG, STATX_MTIME);
    }

    /** What is left of the time of modification, as of the last {@link #stat}. */
    public int modifiedNanos() {
        return stat.get(JAVA_INT_UNALIGNED, STATX_MTIME_NS);
    }

    /**
     * pread(2) until there are so many bytes, or the file ends.
     *
     * @param into takes what was read
     * @return how many bytes that is
     */
    public int read(int file, byte[] into) {
        int done = 0;
        while (done < into.length) {
            long count = pread(file, Math.min(into.length - done, READ_BYTES), done);
            if (count <= 0) {
                return count < 0 && done == 0 ? (int) count : done;
            }
            MemorySegment.copy(content, JAVA_BYTE, 0, into, done, (int) count);
            done += (int) count;
        }
        return done;
    }

    private long pread(int file, long length, long offset) {
        try {
            long result =
                    (long) PREAD.invokeExact(errnoState, file, content.address(), length, offset);
            return result < 0 ? failed() : result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** posix_fadvise(2), WILLNEED: has the kernel begin to read a part of a file. */
    public int adviseWillNeed(int file, long offset, long length) {
        try {
            return -(int)
                    FADVISE.invokeExact(errnoState, file, offset, length, POSIX_FADV_WILLNEED);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** close(2). */
    public int close(int descriptor) {
        try {
            int result = (int) CLOSE.invokeExact(errnoState, descriptor);
            return result < 0 ? failed() : result;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private boolean putPath(byte[] bytes, int length) {
        if (length >= PATH_BYTES) {
            return false;
        }
        MemorySegment.copy(bytes, 0, path, JAVA_BYTE, 0, length);
        path.set(JAVA_BYTE, length, (byte) 0);
        return true;
    }

    private int failed() {
        return -(int) ERRNO.get(errnoState, 0L);
    }
}
