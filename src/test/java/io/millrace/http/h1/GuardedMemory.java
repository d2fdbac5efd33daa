package io.millrace.http.h1;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A page of memory with a page behind it that nobody may read: one byte too far ends the process;
 * owned by one test.
 */
@SuppressWarnings("restricted") // There is no other way to mprotect.
final class GuardedMemory {
    private static final int PAGE = 64 * 1024;
    private static final int PROT_NONE = 0;

    private final MemorySegment page;

    GuardedMemory(Arena arena) {
        MemorySegment memory = arena.allocate(3L * PAGE, PAGE);
        page = memory.asSlice(0, PAGE);
        protect(memory.address() + PAGE, PROT_NONE);
    }

    /** The address of {@code length} bytes of the content, the last of them before the guard. */
    long place(byte[] content, int length) {
        MemorySegment target = page.asSlice(PAGE - length, length);
        MemorySegment.copy(content, 0, target, ValueLayout.JAVA_BYTE, 0, length);
        return target.address();
    }

    private static void protect(long address, int protection) {
        Linker linker = Linker.nativeLinker();
        try {
            int result =
                    (int)
                            linker.downcallHandle(
                                            linker.defaultLookup().findOrThrow("mprotect"),
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_LONG,
                                                    ValueLayout.JAVA_LONG,
                                                    ValueLayout.JAVA_INT))
                                    .invokeExact(address, (long) PAGE, protection);
            if (result != 0) {
                throw new AssertionError("mprotect failed");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
