// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Heap bytes that the current thread has allocated so far.
///
/// Bound by name, because the module under test does not read the management modules and need not.
public final class AllocatedBytes {
    private static final MethodHandle READ = handle();

    static {
        // The interpreter counts the calls of a handle and makes a class for the one that is called often, after 127 of
        // them in JDK 25: 32 to 240 KB, which whoever happened to measure then was charged with.
        for (int call = 0; call < 1000; call++) {
            now();
        }
    }

    private AllocatedBytes() {
    }

    /// The count; asking allocates nothing itself.
    public static long now() {
        try {
            return (long) READ.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle handle() {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean")
                    .invoke(null);
            return MethodHandles.publicLookup().findVirtual(Class.forName("com.sun.management.ThreadMXBean"),
                    "getCurrentThreadAllocatedBytes", MethodType.methodType(long.class)).bindTo(bean);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no count of allocated bytes in this JVM", e);
        }
    }
}
