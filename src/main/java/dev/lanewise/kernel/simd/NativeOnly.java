// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

/// Why the methods here ask their segments [java.lang.foreign.MemorySegment#isNative] before all else.
///
/// The vector API asks a segment for its address, its bounds and its arena by virtual calls. C2 makes them direct by
/// what these call sites have seen, and the whole program shares them: where it uses heap segments as well, each load
/// becomes a real call, and training takes five times as long. A question asked here, in a call site of our own that
/// has seen native segments only, makes the class certain for the rest of the method. It has to stand in the method
/// itself: what a helper has found out does not reach its caller.
final class NativeOnly {
    private NativeOnly() {
    }

    static IllegalArgumentException refused() {
        return new IllegalArgumentException("a kernel was given heap memory, expected native memory");
    }
}
