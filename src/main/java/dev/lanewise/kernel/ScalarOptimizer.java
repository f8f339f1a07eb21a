// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [OptimizerKernels].
final class ScalarOptimizer implements OptimizerKernels {
    private static float direction(float g, float w, float weightDecay, float sign) {
        return weightDecay == 0f ? sign * g : Math.fma(weightDecay, w, sign * g);
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
            float weightDecay) {
        for (long i = 0; i < n; i++) {
            float weight = w.getAtIndex(JAVA_FLOAT, at + i);
            float d = direction(g.getAtIndex(JAVA_FLOAT, gFrom + i), weight, weightDecay, 1f);
            float mean = Math.fma(rest1, d, beta1 * m.getAtIndex(JAVA_FLOAT, at + i));
            float square = Math.fma(rest2 * d, d, beta2 * v.getAtIndex(JAVA_FLOAT, at + i));
            m.setAtIndex(JAVA_FLOAT, at + i, mean);
            v.setAtIndex(JAVA_FLOAT, at + i, square);
            float root = Math.fma((float) Math.sqrt(square), inverseRoot, eps);
            w.setAtIndex(JAVA_FLOAT, at + i, Math.fma(-rate, mean / root, weight));
        }
    }
}
