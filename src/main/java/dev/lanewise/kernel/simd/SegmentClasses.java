// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/// Loads all classes of memory segments and their arenas before a kernel is compiled.
///
/// As long as native segments are the only ones loaded, C2 compiles each access as a direct call. A program that wraps
/// its first `float[]` later invalidates that: all of the vector API and the segments' methods once, everything at the
/// same time. C2 counts such invalidations over all methods inlined into one, a large tile has more than a thousand,
/// and beyond two hundred it no longer bets on the class it has always seen: it adds virtual calls, and vectors handed
/// to a call are objects. Such a tile stays ten times slower for the life of the VM. What is loaded from the start
/// invalidates nothing.
///
/// A confined arena is opened and never used. The first access to its memory would tell the profile of all accesses that
/// some memory has an owner; from then on C2 compiles the question for the current thread into each of them instead of
/// a trap, and code forks at each: tiles of two to three times the size, and 31 ns a row for the step of a regression of
/// 100 inputs that takes 26 without.
final class SegmentClasses {
    private SegmentClasses() {
    }

    @SuppressWarnings("MustBeClosed") // the confined arena has nothing to free, and closing it would ask for its owner
    static void load() {
        List<MemorySegment> kinds = List.of(MemorySegment.ofArray(new byte[1]), MemorySegment.ofArray(new char[1]),
                MemorySegment.ofArray(new short[1]), MemorySegment.ofArray(new int[1]),
                MemorySegment.ofArray(new float[1]), MemorySegment.ofArray(new long[1]),
                MemorySegment.ofArray(new double[1]));
        for (MemorySegment kind : kinds) {
            kind.fill((byte) 0);
        }
        Objects.requireNonNull(Arena.ofConfined());
        try (Arena shared = Arena.ofShared()) {
            shared.allocate(1);
        }
    }
}
