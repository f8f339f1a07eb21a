// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.random.RandomGenerator;

/// One linear layer with inputs, gradients and row index.
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
