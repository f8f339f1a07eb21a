// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The gradient of a bias: the column sums of dY, rows ascending in blocks, the blocks added ascending.
final class BiasSum implements AutoCloseable {
    private final Parameter bias;
    /// Row 0: the block being summed, row 1: the blocks before.
    private @Nullable FloatMatrix sums;

    BiasSum(Parameter bias) {
        this.bias = bias;
    }

    void begin() {
        if (sums == null) {
            sums = FloatMatrix.allocate(2, bias.cols());
        }
    }

    /// Adds rows that do not cross a block; row 0 begins anew.
    void addRows(FloatMatrix dY, int first, int rows) {
        boolean more = first % WideKernels.BLOCK_ROWS != 0;
        if (!more && first > 0) {
            addBlock(first == WideKernels.BLOCK_ROWS);
        }
        Kernels.ELEMENT.columnSums(sums().segment(), dY.segment(), dY.stride(), first, rows, bias.cols(), more);
    }

    /// Where the sums of row `first` go; room is made for them if it begins a block.
    MemorySegment sumsFor(int first) {
        if (first > 0 && first % WideKernels.BLOCK_ROWS == 0) {
            addBlock(first == WideKernels.BLOCK_ROWS);
        }
        return sums().segment();
    }

    private void addBlock(boolean begin) {
        FloatMatrix s = sums();
        if (begin) {
            long bytes = (long) s.stride() * Float.BYTES;
            MemorySegment.copy(s.segment(), 0, s.segment(), bytes, bytes);
        } else {
            Kernels.ELEMENT.add(s.segment(), s.stride(), s.segment(), 0, s.stride());
        }
    }

    /// Hands the sums over `rows` rows to the parameter.
    void hand(int rows) {
        FloatMatrix s = sums();
        boolean blocks = rows > WideKernels.BLOCK_ROWS;
        if (blocks) {
            addBlock(false);
        }
        bias.sink().accept(s.segment(), blocks ? s.stride() : 0, 0, s.stride());
    }

    /// All of it at once.
    void sum(FloatMatrix dY, int rows) {
        for (int first = 0; first < rows; first += WideKernels.BLOCK_ROWS) {
            addRows(dY, first, Math.min(WideKernels.BLOCK_ROWS, rows - first));
        }
        hand(rows);
    }

    private FloatMatrix sums() {
        if (sums == null) {
            throw new AssertionError("no memory before begin");
        }
        return sums;
    }

    long bytesOffHeap() {
        return sums == null ? 0 : sums.paddedSize() * Float.BYTES;
    }

    @Override
    public void close() {
        if (sums != null) {
            sums.close();
            sums = null;
        }
    }
}
