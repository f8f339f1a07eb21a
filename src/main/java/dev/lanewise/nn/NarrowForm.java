// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Few outputs: the dot form, on row-major weights.
///
/// The gradient of a block of rows is gathered in a matrix of the weight's shape, small enough for the cache; threads
/// take columns of it.
final class NarrowForm extends LinearForm {
    private @Nullable FloatMatrix block;
    /// The sum of the blocks before; batches of one block need none.
    private @Nullable FloatMatrix total;

    NarrowForm(Parameter weight) {
        super(weight);
    }

    @Override
    long scratchFloats(int rows) {
        return NarrowKernels.scratchFloats(in, out);
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, MemorySegment bias, int first, int rows, MemorySegment scratch) {
        FloatMatrix w = weight.value();
        Kernels.NARROW.forward(y.segment(), y.stride(), x.segment(), x.stride(), x.index(), x.from(), w.segment(),
                w.stride(), bias, first, rows, in, out, scratch);
    }

    @Override
    int inputGradientPreparations() {
        return 0;
    }

    @Override
    void prepareInputGradient(int part) {
        throw new AssertionError("nothing to prepare");
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, int first, int rows, MemorySegment scratch) {
        FloatMatrix w = weight.value();
        Kernels.NARROW.inputGradient(dX.segment(), dX.stride(), dY.segment(), dY.stride(), w.segment(), w.stride(),
                first, rows, in, out);
    }

    @Override
    int gradientParts(int threads) {
        return Math.min(threads, FloatMatrix.stride(in) / FloatMatrix.LANES);
    }

    @Override
    int biasPart() {
        return 0;
    }

    @Override
    void packGradient(FloatMatrix dY, int first, int n, int rows) {
        // read where it is
    }

    @Override
    void weightGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, MemorySegment scratch) {
        int blocks = FloatMatrix.stride(in) / FloatMatrix.LANES;
        int begin = (int) ((long) blocks * part / parts) * FloatMatrix.LANES;
        int end = Math.min(in, (int) ((long) blocks * (part + 1) / parts) * FloatMatrix.LANES);
        for (int first = 0; first < rows; first += WideKernels.BLOCK_ROWS) {
            addRows(x, dY, first, Math.min(WideKernels.BLOCK_ROWS, rows - first), begin, end - begin, scratch);
        }
        hand(rows, begin, end - begin);
    }

    @Override
    boolean addsRows() {
        return true;
    }

    @Override
    void addRows(LayerInput x, FloatMatrix dY, int first, int rows, MemorySegment scratch) {
        addRows(x, dY, first, rows, 0, in, scratch);
    }

    private void addRows(LayerInput x, FloatMatrix dY, int first, int rows, int firstIn, int ins,
            MemorySegment scratch) {
        FloatMatrix g = block();
        boolean more = first % WideKernels.BLOCK_ROWS != 0;
        if (!more && first > 0) {
            addBlock(first == WideKernels.BLOCK_ROWS, firstIn, ins);
        }
        Kernels.NARROW.weightGradient(g.segment(), g.stride(), x.segment(), x.stride(), x.index(), x.from(),
                dY.segment(), dY.stride(), first, rows, firstIn, ins, out, more, scratch);
    }

    /// Where the sums of row `first` go, in these columns; room is made for them if it begins a block.
    MemorySegment sumsFor(int first, int firstIn, int ins) {
        if (first > 0 && first % WideKernels.BLOCK_ROWS == 0) {
            addBlock(first == WideKernels.BLOCK_ROWS, firstIn, ins);
        }
        return block().segment();
    }

    /// Adds the finished block to the total, or begins the total with it.
    private void addBlock(boolean begin, int firstIn, int ins) {
        FloatMatrix g = block();
        FloatMatrix sum = total();
        int n = FloatMatrix.stride(ins);
        for (int o = 0; o < out; o++) {
            long at = (long) o * g.stride() + firstIn;
            if (begin) {
                MemorySegment.copy(g.segment(), at * Float.BYTES, sum.segment(), at * Float.BYTES,
                        (long) n * Float.BYTES);
            } else {
                Kernels.ELEMENT.add(sum.segment(), at, g.segment(), at, n);
            }
        }
    }

    @Override
    void handGathered(int rows) {
        hand(rows, 0, in);
    }

    private void hand(int rows, int firstIn, int ins) {
        FloatMatrix g = block();
        if (rows > WideKernels.BLOCK_ROWS) {
            addBlock(false, firstIn, ins);
            g = total();
        }
        ParameterSink sink = weight.sink();
        if (ins == in) {
            sink.accept(g.segment(), 0, 0, Math.toIntExact(g.paddedSize()));
            return;
        }
        for (int o = 0; o < out; o++) {
            long at = (long) o * g.stride() + firstIn;
            sink.accept(g.segment(), at, at, FloatMatrix.stride(ins));
        }
    }

    @Override
    void beginGradient(int rows) {
        if (block == null) {
            block = FloatMatrix.allocate(out, in);
        }
        if (rows > WideKernels.BLOCK_ROWS && total == null) {
            total = FloatMatrix.allocate(out, in);
        }
    }

    private FloatMatrix block() {
        if (block == null) {
            throw new AssertionError("no memory before beginGradient");
        }
        return block;
    }

    private FloatMatrix total() {
        if (total == null) {
            throw new AssertionError("no memory before beginGradient");
        }
        return total;
    }

    @Override
    long bytesOffHeap() {
        return ((block == null ? 0 : block.paddedSize()) + (total == null ? 0 : total.paddedSize())) * Float.BYTES;
    }

    @Override
    long trainingBytes(int rows, boolean through) {
        return weight.requiresGrad() ? (rows > WideKernels.BLOCK_ROWS ? 2 : 1) * FloatMatrix.bytes(out, in) : 0;
    }

    @Override
    public void close() {
        if (block != null) {
            block.close();
            block = null;
        }
        if (total != null) {
            total.close();
            total = null;
        }
    }
}
