// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Update;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The loops between the products, as a C programmer would write them with intrinsics: every pass does all it can to
/// what it has loaded. The exponential is the JVM's (Intel's SVML).
///
/// Rows lie `stride` floats apart, a multiple of [#PADDING]; what lies behind a row's last column is harmless.
final class Loops {
    /// Floats to which the rows of outputs are padded: no vector is longer.
    static final int PADDING = 16;

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = FLOATS.vectorShape().withLanes(int.class);
    private static final VectorSpecies<Byte> BYTES = VectorShape.forBitSize(FLOATS.length() * Byte.SIZE)
            .withLanes(byte.class);
    private static final int LANES = FLOATS.length();

    private Loops() {
    }

    static int stride(int cols) {
        return Math.ceilDiv(cols, PADDING) * PADDING;
    }

    static float sum(float[] values, int count) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum;
    }

    static void relu(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.max(values[i], 0);
        }
    }

    /// `a = max(a + bias, 0)`.
    static void biasRelu(float[] a, float[] bias, int rows, int stride) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < stride; c += LANES) {
                FloatVector.fromArray(FLOATS, a, r * stride + c).add(FloatVector.fromArray(FLOATS, bias, c)).max(0)
                        .intoArray(a, r * stride + c);
            }
        }
    }

    /// `d = a > 0 ? scale d : 0`.
    static void reluGradient(float[] d, float[] a, float scale, int rows, int stride) {
        for (int i = 0; i < rows * stride; i += LANES) {
            VectorMask<Float> passes = FloatVector.fromArray(FLOATS, a, i).compare(VectorOperators.GT, 0);
            FloatVector.zero(FLOATS).blend(FloatVector.fromArray(FLOATS, d, i).mul(scale), passes).intoArray(d, i);
        }
    }

    /// Turns outputs without bias into the gradient of the summed cross-entropy: softmax minus one at the label.
    /// `likelihoods` (rows) are what softmax gives the labels.
    static void softmaxGradient(float[] z, float[] likelihoods, float[] bias, int[] labels, int firstLabel, int rows,
            int stride) {
        for (int r = 0; r < rows; r++) {
            int row = r * stride;
            FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
            for (int c = 0; c < stride; c += LANES) {
                FloatVector v = FloatVector.fromArray(FLOATS, z, row + c).add(FloatVector.fromArray(FLOATS, bias, c));
                v.intoArray(z, row + c);
                largest = largest.max(v);
            }
            float max = largest.reduceLanes(VectorOperators.MAX);
            FloatVector sums = FloatVector.zero(FLOATS);
            for (int c = 0; c < stride; c += LANES) {
                FloatVector e = FloatVector.fromArray(FLOATS, z, row + c).sub(max).lanewise(VectorOperators.EXP);
                e.intoArray(z, row + c);
                sums = sums.add(e);
            }
            float scale = 1 / sums.reduceLanes(VectorOperators.ADD);
            for (int c = 0; c < stride; c += LANES) {
                FloatVector.fromArray(FLOATS, z, row + c).mul(scale).intoArray(z, row + c);
            }
            int label = row + labels[firstLabel + r];
            likelihoods[r] = z[label];
            z[label] -= 1;
        }
    }

    /// Sums of the columns.
    static void columnSums(float[] sums, float[] d, int rows, int stride) {
        for (int c = 0; c < stride; c += LANES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int r = 0; r < rows; r++) {
                sum = sum.add(FloatVector.fromArray(FLOATS, d, r * stride + c));
            }
            sum.intoArray(sums, c);
        }
    }

    /// `y += alpha x`.
    static void axpy(float[] y, float alpha, float[] x) {
        for (int i = 0; i < y.length; i++) {
            y[i] += alpha * x[i];
        }
    }

    /// `v = momentum v + alpha g`.
    static void velocity(float[] v, float momentum, float alpha, float[] g) {
        for (int i = 0; i < v.length; i++) {
            v[i] = momentum * v[i] + alpha * g[i];
        }
    }

    /// A step of Adam number `step`, counted from 1, with gradients `scale g`.
    static void adam(float[] w, float[] g, float scale, float[] m, float[] v, float learningRate, int step) {
        float b1 = Update.ADAM_BETA1;
        float b2 = Update.ADAM_BETA2;
        float rate = (float) (learningRate / (1 - Math.pow(b1, step)));
        float root = (float) (1 / Math.sqrt(1 - Math.pow(b2, step)));
        for (int i = 0; i < w.length; i++) {
            float gradient = scale * g[i];
            m[i] = b1 * m[i] + (1 - b1) * gradient;
            v[i] = b2 * v[i] + (1 - b2) * gradient * gradient;
            w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) * root + Update.ADAM_EPSILON);
        }
    }

    /// Turns `count` bytes into floats.
    static void widen(float[] to, int at, byte[] from, int first, int count, float scale) {
        int i = 0;
        for (; i < BYTES.loopBound(count); i += LANES) {
            ((FloatVector) ByteVector.fromArray(BYTES, from, first + i)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0)
                    .convertShape(VectorOperators.I2F, FLOATS, 0)).mul(scale).intoArray(to, at + i);
        }
        for (; i < count; i++) {
            to[at + i] = (from[first + i] & 0xFF) * scale;
        }
    }
}
