// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.NativeBuffer;
import java.lang.foreign.MemorySegment;

/// The scratch memory of one worker, which kernels overwrite.
final class Workspace implements AutoCloseable {
    private final NativeBuffer scratch;

    Workspace(String name, long scratchFloats) {
        scratch = NativeBuffer.allocate("scratch of " + name, Math.max(1, scratchFloats) * Float.BYTES);
    }

    MemorySegment scratch() {
        return scratch.segment();
    }

    long bytesOffHeap() {
        return scratch.segment().byteSize();
    }

    @Override
    public void close() {
        scratch.close();
    }
}
