// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.parallel.Cut;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Many outputs: the outer form, matrix products on weights in panel order. Threads take inputs of the gradient.
final class WideForm extends LinearForm {
    /// Input panels that one part of the transposition takes: some 10 us of work at 256 outputs.
    private static final int PANELS_PER_PART = 8;
    /// A thread's share of the gradient has at least as many inputs.
    private static final int MIN_SHARE_INPUTS = 24;
    /// Inputs of a tile.
    private static final int INPUT_UNIT = 6;

    /// The weights the other way round, for the input gradient: made anew for each, because anybody may change weights.
    private @Nullable NativeBuffer transposed;
    /// dY of the batch in panels, packed once for all parts of the gradient.
    private @Nullable NativeBuffer packed;
    private final Cut inputs = new Cut();

    WideForm(Parameter weight) {
        super(weight);
    }

    @Override
    long scratchFloats(int rows) {
        return WideKernels.scratchFloats(rows, in, out);
    }

    @Override
    void forward(LayerInput x, FloatMatrix y, MemorySegment bias, int first, int rows, MemorySegment scratch) {
        Kernels.WIDE.forward(y.segment(), y.stride(), x.segment(), x.stride(), x.index(), x.from(),
                weight.value().segment(), bias, first, rows, in, out, scratch);
    }

    @Override
    int inputGradientPreparations() {
        if (transposed == null) {
            transposed = NativeBuffer.allocate("transposed " + weight, transposedBytes());
        }
        return (panels() + PANELS_PER_PART - 1) / PANELS_PER_PART;
    }

    private long transposedBytes() {
        return WideKernels.panelFloats(out, in) * Float.BYTES;
    }

    private int panels() {
        return (in + WideKernels.PANEL - 1) / WideKernels.PANEL;
    }

    @Override
    void prepareInputGradient(int part) {
        int first = part * PANELS_PER_PART;
        Kernels.WIDE.transpose(transposed(), weight.value().segment(), in, out, first,
                Math.min(PANELS_PER_PART, panels() - first));
    }

    private MemorySegment transposed() {
        if (transposed == null) {
            throw new AssertionError("no transposed weights before inputGradientPreparations");
        }
        return transposed.segment();
    }

    @Override
    void inputGradient(FloatMatrix dX, FloatMatrix dY, int first, int rows, MemorySegment scratch) {
        Kernels.WIDE.inputGradient(dX.segment(), dX.stride(), dY.segment(), dY.stride(), transposed(), first, rows,
                in, out, scratch);
    }

    @Override
    int gradientParts(int threads) {
        inputs.forTeam(in, Math.clamp(in / MIN_SHARE_INPUTS, 1, threads), INPUT_UNIT, in);
        return inputs.parts();
    }

    @Override
    int biasPart() {
        return inputs.partsOfShare() - 1;
    }

    @Override
    void packGradient(FloatMatrix dY, int first, int n, int rows) {
        Kernels.WIDE.packGradient(packed(), dY.segment(), dY.stride(), first, n, rows, out);
    }

    private MemorySegment packed() {
        if (packed == null) {
            throw new AssertionError("no memory before beginGradient");
        }
        return packed.segment();
    }

    @Override
    void weightGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, MemorySegment scratch) {
        Kernels.WIDE.weightGradient(weight.sink(), x.segment(), x.stride(), x.index(), x.from(), packed(), rows,
                inputs.begin(part), inputs.length(part), in, out, scratch);
    }

    @Override
    boolean addsRows() {
        return false;
    }

    @Override
    void addRows(LayerInput x, FloatMatrix dY, int first, int rows, MemorySegment scratch) {
        throw new AssertionError("wide gradients are not gathered");
    }

    @Override
    void handGathered(int rows) {
        throw new AssertionError("wide gradients are not gathered");
    }

    @Override
    void beginGradient(int rows) {
        long bytes = WideKernels.packedFloats(rows, out) * Float.BYTES;
        if (packed != null && packed.segment().byteSize() < bytes) {
            packed.close();
            packed = null;
        }
        if (packed == null) {
            packed = NativeBuffer.allocate("gradients of the outputs behind " + weight, bytes);
        }
    }

    @Override
    long bytesOffHeap() {
        return (transposed == null ? 0 : transposed.segment().byteSize())
                + (packed == null ? 0 : packed.segment().byteSize());
    }

    @Override
    long trainingBytes(int rows, boolean through) {
        return (through ? transposedBytes() : 0)
                + (weight.requiresGrad() ? WideKernels.packedFloats(rows, out) * Float.BYTES : 0);
    }

    @Override
    public void close() {
        if (transposed != null) {
            transposed.close();
            transposed = null;
        }
        if (packed != null) {
            packed.close();
            packed = null;
        }
    }
}
