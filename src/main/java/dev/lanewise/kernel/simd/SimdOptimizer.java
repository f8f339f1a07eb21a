// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.OptimizerKernels;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Optimizer steps in lanes, with and without weight decay in loops of their own. `w`, the state and `g` are read and
/// written once: bound by the caches, or, in Adam, by a division and a root.
final class SimdOptimizer implements OptimizerKernels {
    @Override
    public void sgdDecayStep(MemorySegment w, long at, MemorySegment g, long gFrom, long n, float lr, float weightDecay,
            float sign) {
        if (!w.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs);
            d = decay.fma(weight, d);
            minusLr.fma(d, weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }

    @Override
    public void sgdMomentumStep(MemorySegment w, MemorySegment buf, long at, MemorySegment g, long gFrom, long n,
            float lr, float momentum, float damped, float weightDecay, float sign) {
        if (!w.isNative() || !buf.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector mu = FloatVector.broadcast(FLOATS, momentum);
        FloatVector damping = FloatVector.broadcast(FLOATS, damped);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        if (weightDecay == 0f) {
            for (long b = 0; b < n * Float.BYTES; b += BYTES) {
                FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs);
                FloatVector velocity = mu.fma(FloatVector.fromMemorySegment(FLOATS, buf, wAt + b, ORDER),
                        damping.mul(d));
                velocity.intoMemorySegment(buf, wAt + b, ORDER);
                minusLr.fma(velocity, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER))
                        .intoMemorySegment(w, wAt + b, ORDER);
            }
            return;
        }
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs);
            d = decay.fma(weight, d);
            FloatVector velocity = mu.fma(FloatVector.fromMemorySegment(FLOATS, buf, wAt + b, ORDER),
                    damping.mul(d));
            velocity.intoMemorySegment(buf, wAt + b, ORDER);
            minusLr.fma(velocity, weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }

    @Override
    public void sgdNesterovStep(MemorySegment w, MemorySegment buf, long at, MemorySegment g, long gFrom, long n,
            float lr, float momentum, float weightDecay, float sign) {
        if (!w.isNative() || !buf.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector mu = FloatVector.broadcast(FLOATS, momentum);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        if (weightDecay == 0f) {
            for (long b = 0; b < n * Float.BYTES; b += BYTES) {
                FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs);
                FloatVector velocity = mu.fma(FloatVector.fromMemorySegment(FLOATS, buf, wAt + b, ORDER), d);
                velocity.intoMemorySegment(buf, wAt + b, ORDER);
                minusLr.fma(mu.fma(velocity, d), FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER))
                        .intoMemorySegment(w, wAt + b, ORDER);
            }
            return;
        }
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs);
            d = decay.fma(weight, d);
            FloatVector velocity = mu.fma(FloatVector.fromMemorySegment(FLOATS, buf, wAt + b, ORDER), d);
            velocity.intoMemorySegment(buf, wAt + b, ORDER);
            minusLr.fma(mu.fma(velocity, d), weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }

    @Override
    public void adamStep(MemorySegment w, MemorySegment m, MemorySegment v, long at, MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float weightDecay) {
        if (weightDecay == 0f) {
            adam(w, m, v, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps);
        } else {
            adamDecay(w, m, v, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps, weightDecay);
        }
    }

    private static void adam(MemorySegment w, MemorySegment m, MemorySegment v, long at, MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps) {
        if (!w.isNative() || !m.isNative() || !v.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusRate = FloatVector.broadcast(FLOATS, -rate);
        FloatVector correction = FloatVector.broadcast(FLOATS, inverseRoot);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector newMean = FloatVector.broadcast(FLOATS, rest1);
        FloatVector newSquare = FloatVector.broadcast(FLOATS, rest2);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER);
            FloatVector mean = newMean.fma(d, FloatVector.fromMemorySegment(FLOATS, m, wAt + b, ORDER).mul(beta1));
            FloatVector square = newSquare.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(beta2));
            mean.intoMemorySegment(m, wAt + b, ORDER);
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector step = mean.div(square.sqrt().fma(correction, epsilon));
            minusRate.fma(step, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER))
                    .intoMemorySegment(w, wAt + b, ORDER);
        }
    }

    private static void adamDecay(MemorySegment w, MemorySegment m, MemorySegment v, long at, MemorySegment g,
            long gFrom, long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2,
            float eps, float weightDecay) {
        if (!w.isNative() || !m.isNative() || !v.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusRate = FloatVector.broadcast(FLOATS, -rate);
        FloatVector correction = FloatVector.broadcast(FLOATS, inverseRoot);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector newMean = FloatVector.broadcast(FLOATS, rest1);
        FloatVector newSquare = FloatVector.broadcast(FLOATS, rest2);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER);
            FloatVector d = decay.fma(weight, FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER));
            FloatVector mean = newMean.fma(d, FloatVector.fromMemorySegment(FLOATS, m, wAt + b, ORDER).mul(beta1));
            FloatVector square = newSquare.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(beta2));
            mean.intoMemorySegment(m, wAt + b, ORDER);
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector step = mean.div(square.sqrt().fma(correction, epsilon));
            minusRate.fma(step, weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }
}
