// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/// One linear layer with its weights in panel order, with inputs, gradients and row index, on which every operation of
/// [WideKernels] can be run, in one call or cut.
final class WideCase {
    /// A cut that leaves all in one piece.
    static final int WHOLE = Integer.MAX_VALUE;

    final int rows;
    final int in;
    final int out;
    /// (rows + 5, in)
    final float[] x;
    /// (out, in)
    final float[] w;
    final float[] bias;
    /// (rows, out)
    final float[] dY;
    final int[] index;
    final int from = 3;
    private final int tableRows;

    /// A case of mixed values; one of `specialEvery` is special, none if that is 0.
    WideCase(int rows, int in, int out, boolean byIndex, int specialEvery) {
        this.rows = rows;
        this.in = in;
        this.out = out;
        tableRows = rows + 5;
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "WideCase", rows, in, out, specialEvery);
        x = values(random, tableRows * in, specialEvery);
        w = values(random, out * in, specialEvery);
        bias = values(random, out, specialEvery);
        dY = values(random, rows * out, specialEvery);
        index = byIndex ? random.ints(from + rows + 1L, 0, tableRows).toArray() : new int[0];
    }

    private static float[] values(RandomGenerator random, int n, int specialEvery) {
        return specialEvery == 0 ? Floats.mixed(random, n) : Floats.withSpecial(random, n, specialEvery);
    }

    /// Row of `x` behind row `r` of the batch.
    int row(int r) {
        return index.length == 0 ? from + r : index[from + r];
    }

    /// Where element (row, col) of a matrix of `cols` columns lies in panel order.
    static int panelAt(int row, int col, int cols) {
        return (row / WideKernels.PANEL * cols + col) * WideKernels.PANEL + row % WideKernels.PANEL;
    }

    /// The weights in panel order, +0.0 where the last panel is filled up.
    private float[] panels() {
        float[] panels = new float[LinearCase.padded(out) * in];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                panels[panelAt(o, i, in)] = w[o * in + i];
            }
        }
        return panels;
    }

    int yStride() {
        return LinearCase.padded(out) + 32; // wider than the row, by more than a block
    }

    int xStride() {
        return LinearCase.padded(in);
    }

    /// Every result of every operation by name, padding included, from calls for at most `rowCut` rows, `panelCut`
    /// panels and `inCut` inputs. Outputs hold NaN before.
    Map<String, float[]> results(WideKernels k, int rowCut, int panelCut, int inCut) {
        Map<String, float[]> results = new LinkedHashMap<>();
        int inPadded = LinearCase.padded(in);
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment xs = memory.matrix(x, tableRows, in, xStride(), 0f);
            MemorySegment ws = memory.floats(panels());
            MemorySegment biases = memory.matrix(bias, 1, out, LinearCase.padded(out), 0f);
            MemorySegment dYs = memory.matrix(dY, rows, out, yStride(), 0f);
            MemorySegment rowIndex = memory.ints(index);
            MemorySegment scratch = poisoned(memory, WideKernels.scratchFloats(rows, in, out));
            MemorySegment y = poisoned(memory, (long) rows * yStride());
            MemorySegment dX = poisoned(memory, (long) rows * xStride());
            MemorySegment wT = poisoned(memory, WideKernels.panelFloats(out, in));
            MemorySegment dW = poisoned(memory, WideKernels.panelFloats(in, out));
            MemorySegment packed = poisoned(memory, WideKernels.packedFloats(rows, out));
            for (int p = 0; p < inPadded / WideKernels.PANEL; p += Math.min(panelCut, inPadded)) {
                k.transpose(wT, ws, in, out, p, Math.min(panelCut, inPadded / WideKernels.PANEL - p));
            }
            for (int first = 0; first < rows; first += Math.min(rowCut, rows)) {
                int n = Math.min(rowCut, rows - first);
                k.forward(y, yStride(), xs, xStride(), rowIndex, from, ws, biases, first, n, in, out, scratch);
                scratch.fill((byte) 0xFF);
                k.inputGradient(dX, xStride(), dYs, yStride(), wT, first, n, in, out, scratch);
                scratch.fill((byte) 0xFF);
                k.packGradient(packed, dYs, yStride(), first, n, rows, out);
            }
            int[] taken = new int[(int) WideKernels.panelFloats(in, out)];
            GradientSink sink = (g, gFrom, at, n) -> {
                MemorySegment.copy(g, gFrom * Float.BYTES, dW, at * Float.BYTES, (long) n * Float.BYTES);
                for (int i = 0; i < n; i++) {
                    taken[(int) at + i]++;
                }
                g.asSlice(gFrom * Float.BYTES, (long) n * Float.BYTES).fill((byte) 0xFF); // nobody reads it again
            };
            for (int i = 0; i < in; i += Math.min(inCut, in)) {
                k.weightGradient(sink, xs, xStride(), rowIndex, from, packed, rows, i, Math.min(inCut, in - i), in, out,
                        scratch);
                scratch.fill((byte) 0xFF);
            }
            assertEquals(taken.length, Arrays.stream(taken).filter(times -> times == 1).count(),
                    "floats that the sink got once, of " + this);
            results.put("forward", GuardedMemory.read(y));
            results.put("transpose", GuardedMemory.read(wT));
            results.put("inputGradient", GuardedMemory.read(dX));
            results.put("packGradient", GuardedMemory.read(packed));
            results.put("weightGradient", GuardedMemory.read(dW));
            memory.assertGuardsIntact(toString());
        }
        return results;
    }

    private static MemorySegment poisoned(GuardedMemory memory, long floats) {
        MemorySegment buffer = memory.floats(floats);
        for (long i = 0; i < floats; i++) {
            buffer.setAtIndex(ValueLayout.JAVA_INT, i, -1);
        }
        return buffer;
    }

    @Override
    public String toString() {
        return rows + " rows, " + in + " inputs, " + out + " outputs" + (index.length == 0 ? "" : ", by index");
    }
}
