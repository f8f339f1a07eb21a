// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The norm of the gradients of any number of parameters.
///
/// **Numerics**: float `i` of the gradients behind one another, padding included, counts in partial sum `i % 16`, a
/// double, ascending; the partial sums are folded 8, 4, 2, 1. The order of memory is a function of the shapes, so the
/// bits are, too.
final class GradientNorm {
    private static final int LANES = FloatMatrix.LANES;
    private static final ThreadLocal<GradientNorm> OF_THREAD = ThreadLocal.withInitial(GradientNorm::new);

    private final MemorySegment sums = Arena.ofAuto().allocate((long) LANES * Double.BYTES, Long.BYTES * LANES);
    private double order;
    private double largest;

    /// A norm of order `p` with nothing in it yet: reused, one for each thread.
    static GradientNorm ofThread(double p) {
        GradientNorm norm = OF_THREAD.get();
        norm.order = p;
        norm.largest = 0;
        norm.sums.fill((byte) 0);
        return norm;
    }

    /// Adds the gradient of a parameter, if it has one.
    void add(Parameter parameter) {
        if (!parameter.hasGrad()) {
            return;
        }
        FloatMatrix gradient = parameter.grad();
        MemorySegment g = gradient.segment();
        long n = gradient.paddedSize();
        if (order == 2) {
            Kernels.OPTIMIZER.addSquares(sums, g, n);
        } else if (order == Double.POSITIVE_INFINITY) {
            for (long i = 0; i < n; i++) {
                largest = Math.max(largest, Math.abs(g.getAtIndex(ValueLayout.JAVA_FLOAT, i)));
            }
        } else {
            addPowers(g, n);
        }
    }

    private void addPowers(MemorySegment g, long n) {
        boolean whole = order == Math.rint(order);
        for (long i = 0; i < n; i++) {
            double value = Math.abs(g.getAtIndex(ValueLayout.JAVA_FLOAT, i));
            double power = whole ? Powers.of(value, (long) order) : Powers.ofReal(value, order);
            long lane = i % LANES;
            sums.setAtIndex(ValueLayout.JAVA_DOUBLE, lane, sums.getAtIndex(ValueLayout.JAVA_DOUBLE, lane) + power);
        }
    }

    double value() {
        if (order == Double.POSITIVE_INFINITY) {
            return largest;
        }
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums.setAtIndex(ValueLayout.JAVA_DOUBLE, i, sums.getAtIndex(ValueLayout.JAVA_DOUBLE, i)
                        + sums.getAtIndex(ValueLayout.JAVA_DOUBLE, i + half));
            }
        }
        double sum = sums.getAtIndex(ValueLayout.JAVA_DOUBLE, 0);
        return order == 1 ? sum : order == 2 ? Math.sqrt(sum) : Powers.ofReal(sum, 1 / order);
    }
}
