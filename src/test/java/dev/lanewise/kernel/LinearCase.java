// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/// One linear layer with inputs, gradients and row index, on which every operation of a kernel set can be run.
final class LinearCase {
    final int rows;
    final int in;
    final int out;
    final float[] x;
    final float[] w;
    final float[] bias;
    final float[] dY;
    final int[] index;
    final int from = 3;
    private final int tableRows;

    /// A case of mixed values; one of `specialEvery` is special, none if that is 0.
    LinearCase(int rows, int in, int out, boolean byIndex, int specialEvery) {
        this.rows = rows;
        this.in = in;
        this.out = out;
        tableRows = rows + 5;
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "LinearCase", rows, in, out, specialEvery);
        x = values(random, tableRows * in, specialEvery);
        w = values(random, out * in, specialEvery);
        bias = values(random, out, specialEvery);
        dY = values(random, rows * out, specialEvery);
        index = new int[byIndex ? from + rows + 1 : 0];
        for (int i = 0; i < index.length; i++) {
            index[i] = random.nextInt(tableRows);
        }
    }

    private static float[] values(RandomGenerator random, int n, int specialEvery) {
        return specialEvery == 0 ? Floats.mixed(random, n) : Floats.withSpecial(random, n, specialEvery);
    }

    /// Row of `x` behind row `r` of the batch.
    int row(int r) {
        return index.length == 0 ? from + r : index[from + r];
    }

    static int padded(int n) {
        return (n + 15) & -16;
    }

    /// Every result of every operation by name, padding included.
    Map<String, float[]> results(KernelSet kernels) {
        Map<String, float[]> results = new LinkedHashMap<>();
        int inStride = padded(in) + 16; // a stride wider than the row, as a view of a wider table has
        int outStride = padded(out);
        float lr = 0.037f;
        LinearKernels k = kernels.linear();
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment xs = memory.matrix(x, tableRows, in, inStride, 0f);
            MemorySegment ws = memory.matrix(w, out, in, inStride, 0f);
            MemorySegment biases = memory.matrix(bias, 1, out, outStride, 0f);
            MemorySegment dYs = memory.matrix(dY, rows, out, outStride, 0f);
            MemorySegment rowIndex = memory.ints(index);
            MemorySegment scratch = memory.floats(LinearKernels.scratchFloats(in, out));
            scratch.fill((byte) 0xFF); // NaN: nobody may rely on what stands there
            MemorySegment y = memory.floats((long) rows * outStride);
            k.forwardDot(y, outStride, xs, inStride, rowIndex, from, ws, inStride, biases, rows, in,
                    Math.min(out, LinearKernels.MAX_DOT_OUTPUTS), scratch);
            results.put("forwardDot", GuardedMemory.read(y));
            k.forwardOuter(y, outStride, xs, inStride, rowIndex, from, ws, inStride, biases, rows, in, out, scratch);
            results.put("forwardOuter", GuardedMemory.read(y));
            MemorySegment dX = memory.floats((long) rows * padded(in));
            k.inputGradient(dX, padded(in), dYs, outStride, ws, inStride, rows, in, out);
            results.put("inputGradient", GuardedMemory.read(dX));

            MemorySegment dW = memory.matrix(w, out, in, inStride, 0f);
            k.weightGradient(dW, inStride, xs, inStride, rowIndex, from, dYs, outStride, rows, in, out, scratch);
            results.put("weightGradient", GuardedMemory.read(dW));
            k.weightGradientAdd(dW, inStride, xs, inStride, rowIndex, from, dYs, outStride, rows, in, out, scratch);
            results.put("weightGradientAdd", GuardedMemory.read(dW));
            MemorySegment stepped = memory.matrix(w, out, in, inStride, 0f);
            k.weightSgdStep(stepped, inStride, xs, inStride, rowIndex, from, dYs, outStride, rows, in, out, lr,
                    scratch);
            results.put("weightSgdStep", GuardedMemory.read(stepped));

            MemorySegment dBias = memory.matrix(bias, 1, out, outStride, 0f);
            k.biasGradient(dBias, dYs, outStride, rows, out, scratch);
            results.put("biasGradient", GuardedMemory.read(dBias));
            k.biasGradientAdd(dBias, dYs, outStride, rows, out, scratch);
            results.put("biasGradientAdd", GuardedMemory.read(dBias));
            MemorySegment steppedBias = memory.matrix(bias, 1, out, outStride, 0f);
            k.biasSgdStep(steppedBias, dYs, outStride, rows, out, lr, scratch);
            results.put("biasSgdStep", GuardedMemory.read(steppedBias));
            memory.assertGuardsIntact(toString());
        }
        return results;
    }

    /// Checks that the padding behind `cols` floats of each row is +0.0.
    static void assertPadding(float[] values, int stride, int cols, String what) {
        for (int i = 0; i < values.length; i++) {
            if (i % stride >= cols) {
                assertEquals(0, Float.floatToRawIntBits(values[i]), what + ": padding at " + i);
            }
        }
    }

    @Override
    public String toString() {
        return rows + " rows, " + in + " inputs, " + out + " outputs" + (index.length == 0 ? "" : ", by index");
    }
}
