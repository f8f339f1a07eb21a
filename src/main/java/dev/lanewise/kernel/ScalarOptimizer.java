// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [OptimizerKernels].
final class ScalarOptimizer implements OptimizerKernels {
    /// Partial sums of a norm.
    private static final int LANES = 16;

    private static float direction(float g, float w, float weightDecay, float sign) {
        return weightDecay == 0f ? sign * g : Math.fma(weightDecay, w, sign * g);
    }

    private static float shrunk(float w, float shrink) {
        return shrink == 0f ? w : Math.fma(-shrink, w, w);
    }

    @Override
    public void sgdDecayStep(MemorySegment w, long at, MemorySegment g, long gFrom, long n, float lr, float weightDecay,
            float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = Math.fma(weightDecay, weight, sign * g.getAtIndex(JAVA_FLOAT, gFrom + i));
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, d, weight));
        }
    }

    @Override
    public void sgdMomentumStep(MemorySegment w, MemorySegment buf, long at, MemorySegment g, long gFrom, long n,
            float lr, float momentum, float damped, float weightDecay, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = direction(g.getAtIndex(JAVA_FLOAT, gFrom + i), weight, weightDecay, sign);
            float velocity = Math.fma(momentum, buf.getAtIndex(JAVA_FLOAT, at + i), damped * d);
            buf.setAtIndex(JAVA_FLOAT, at + i, velocity);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, velocity, weight));
        }
    }

    @Override
    public void sgdNesterovStep(MemorySegment w, MemorySegment buf, long at, MemorySegment g, long gFrom, long n,
            float lr, float momentum, float weightDecay, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = direction(g.getAtIndex(JAVA_FLOAT, gFrom + i), weight, weightDecay, sign);
            float velocity = Math.fma(momentum, buf.getAtIndex(JAVA_FLOAT, at + i), d);
            buf.setAtIndex(JAVA_FLOAT, at + i, velocity);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, Math.fma(momentum, velocity, d), weight));
        }
    }

    @Override
    public void adamStep(MemorySegment w, MemorySegment m, MemorySegment v, long at, MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float weightDecay, float shrink, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = shrunk(w.getAtIndex(JAVA_FLOAT, at + i), shrink);
            float d = direction(g.getAtIndex(JAVA_FLOAT, gFrom + i), weight, weightDecay, sign);
            float mean = Math.fma(rest1, d, beta1 * m.getAtIndex(JAVA_FLOAT, at + i));
            float square = Math.fma(rest2 * d, d, beta2 * v.getAtIndex(JAVA_FLOAT, at + i));
            m.setAtIndex(JAVA_FLOAT, at + i, mean);
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            float root = Math.fma((float) Math.sqrt(square), inverseRoot, eps);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-rate, mean / root, weight));
        }
    }

    @Override
    public void amsgradStep(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at,
            MemorySegment g, long gFrom, long n, float rate, float inverseRoot, float beta1, float rest1, float beta2,
            float rest2, float eps, float weightDecay, float shrink, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = shrunk(w.getAtIndex(JAVA_FLOAT, at + i), shrink);
            float d = direction(g.getAtIndex(JAVA_FLOAT, gFrom + i), weight, weightDecay, sign);
            float mean = Math.fma(rest1, d, beta1 * m.getAtIndex(JAVA_FLOAT, at + i));
            float square = Math.fma(rest2 * d, d, beta2 * v.getAtIndex(JAVA_FLOAT, at + i));
            float most = Math.max(largest.getAtIndex(JAVA_FLOAT, at + i), square);
            m.setAtIndex(JAVA_FLOAT, at + i, mean);
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            largest.setAtIndex(JAVA_FLOAT, at + i, most);
            float root = Math.fma((float) Math.sqrt(most), inverseRoot, eps);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-rate, mean / root, weight));
        }
    }

    @Override
    public void rmspropStep(MemorySegment w, MemorySegment v, long at, MemorySegment g, long gFrom, long n, float lr,
            float alpha, float rest, float eps, float weightDecay, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = Math.fma(weightDecay, weight, sign * g.getAtIndex(JAVA_FLOAT, gFrom + i));
            float square = Math.fma(rest * d, d, alpha * v.getAtIndex(JAVA_FLOAT, at + i));
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            float q = d / ((float) Math.sqrt(square) + eps);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, q, weight));
        }
    }

    @Override
    public void rmspropMomentumStep(MemorySegment w, MemorySegment v, MemorySegment buf, long at, MemorySegment g,
            long gFrom, long n, float lr, float momentum, float alpha, float rest, float eps, float weightDecay,
            float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = Math.fma(weightDecay, weight, sign * g.getAtIndex(JAVA_FLOAT, gFrom + i));
            float square = Math.fma(rest * d, d, alpha * v.getAtIndex(JAVA_FLOAT, at + i));
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            float q = d / ((float) Math.sqrt(square) + eps);
            float velocity = Math.fma(momentum, buf.getAtIndex(JAVA_FLOAT, at + i), q);
            buf.setAtIndex(JAVA_FLOAT, at + i, velocity);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, velocity, weight));
        }
    }

    @Override
    public void centeredStep(MemorySegment w, MemorySegment v, MemorySegment mean, long at, MemorySegment g, long gFrom,
            long n, float lr, float alpha, float rest, float eps, float weightDecay, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = Math.fma(weightDecay, weight, sign * g.getAtIndex(JAVA_FLOAT, gFrom + i));
            float square = Math.fma(rest * d, d, alpha * v.getAtIndex(JAVA_FLOAT, at + i));
            float average = Math.fma(rest, d, alpha * mean.getAtIndex(JAVA_FLOAT, at + i));
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            mean.setAtIndex(JAVA_FLOAT, at + i, average);
            float q = d / ((float) Math.sqrt(Math.fma(-average, average, square)) + eps);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, q, weight));
        }
    }

    @Override
    public void centeredMomentumStep(MemorySegment w, MemorySegment v, MemorySegment mean, MemorySegment buf, long at,
            MemorySegment g, long gFrom, long n, float lr, float momentum, float alpha, float rest, float eps,
            float weightDecay, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = Math.fma(weightDecay, weight, sign * g.getAtIndex(JAVA_FLOAT, gFrom + i));
            float square = Math.fma(rest * d, d, alpha * v.getAtIndex(JAVA_FLOAT, at + i));
            float average = Math.fma(rest, d, alpha * mean.getAtIndex(JAVA_FLOAT, at + i));
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            mean.setAtIndex(JAVA_FLOAT, at + i, average);
            float q = d / ((float) Math.sqrt(Math.fma(-average, average, square)) + eps);
            float velocity = Math.fma(momentum, buf.getAtIndex(JAVA_FLOAT, at + i), q);
            buf.setAtIndex(JAVA_FLOAT, at + i, velocity);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-lr, velocity, weight));
        }
    }

    @Override
    public void adagradStep(MemorySegment w, MemorySegment s, long at, MemorySegment g, long gFrom, long n, float rate,
            float eps, float weightDecay, float sign) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = Math.fma(weightDecay, weight, sign * g.getAtIndex(JAVA_FLOAT, gFrom + i));
            float sum = Math.fma(d, d, s.getAtIndex(JAVA_FLOAT, at + i));
            s.setAtIndex(JAVA_FLOAT, at + i, sum);
            float q = d / ((float) Math.sqrt(sum) + eps);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-rate, q, weight));
        }
    }

    @Override
    public void clamp(MemorySegment g, long gFrom, long n, float limit) {
        for (long i = 0; i < n; i++) {
            float value = g.getAtIndex(JAVA_FLOAT, gFrom + i);
            g.setAtIndex(JAVA_FLOAT, gFrom + i, Math.min(Math.max(value, -limit), limit));
        }
    }

    @Override
    public void average(MemorySegment a, MemorySegment w, long n, float factor) {
        for (long i = 0; i < n; i++) {
            float before = a.getAtIndex(JAVA_FLOAT, i);
            a.setAtIndex(JAVA_FLOAT, i, Math.fma(factor, w.getAtIndex(JAVA_FLOAT, i) - before, before));
        }
    }

    @Override
    public void addSquares(MemorySegment sums, MemorySegment g, long n) {
        for (long i = 0; i < n; i++) {
            double value = g.getAtIndex(JAVA_FLOAT, i);
            long lane = i % LANES;
            sums.setAtIndex(JAVA_DOUBLE, lane, sums.getAtIndex(JAVA_DOUBLE, lane) + value * value);
        }
    }
}
