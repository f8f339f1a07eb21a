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
            float weightDecay, float shrink, float sign) {
        SimdAdam.adamStep(w, m, v, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps, weightDecay,
                shrink, sign);
    }

    @Override
    public void amsgradStep(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at,
            MemorySegment g, long gFrom, long n, float rate, float inverseRoot, float beta1, float rest1, float beta2,
            float rest2, float eps, float weightDecay, float shrink, float sign) {
        SimdAmsgrad.amsgradStep(w, m, v, largest, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps,
                weightDecay, shrink, sign);
    }

    @Override
    public void rmspropStep(MemorySegment w, MemorySegment v, long at, MemorySegment g, long gFrom, long n, float lr,
            float alpha, float rest, float eps, float weightDecay, float sign) {
        SimdRmsprop.rmspropStep(w, v, at, g, gFrom, n, lr, alpha, rest, eps, weightDecay, sign);
    }

    @Override
    public void rmspropMomentumStep(MemorySegment w, MemorySegment v, MemorySegment buf, long at, MemorySegment g,
            long gFrom, long n, float lr, float momentum, float alpha, float rest, float eps, float weightDecay,
            float sign) {
        SimdRmsprop.rmspropMomentumStep(w, v, buf, at, g, gFrom, n, lr, momentum, alpha, rest, eps, weightDecay, sign);
    }

    @Override
    public void centeredStep(MemorySegment w, MemorySegment v, MemorySegment mean, long at, MemorySegment g, long gFrom,
            long n, float lr, float alpha, float rest, float eps, float weightDecay, float sign) {
        SimdRmsprop.centeredStep(w, v, mean, at, g, gFrom, n, lr, alpha, rest, eps, weightDecay, sign);
    }

    @Override
    public void centeredMomentumStep(MemorySegment w, MemorySegment v, MemorySegment mean, MemorySegment buf, long at,
            MemorySegment g, long gFrom, long n, float lr, float momentum, float alpha, float rest, float eps,
            float weightDecay, float sign) {
        SimdRmsprop.centeredMomentumStep(w, v, mean, buf, at, g, gFrom, n, lr, momentum, alpha, rest, eps, weightDecay,
                sign);
    }

    @Override
    public void adagradStep(MemorySegment w, MemorySegment s, long at, MemorySegment g, long gFrom, long n, float rate,
            float eps, float weightDecay, float sign) {
        SimdRmsprop.adagradStep(w, s, at, g, gFrom, n, rate, eps, weightDecay, sign);
    }

    @Override
    public void clamp(MemorySegment g, long gFrom, long n, float limit) {
        if (!g.isNative()) {
            throw NativeOnly.refused();
        }
        long gAt = gFrom * Float.BYTES;
        FloatVector most = FloatVector.broadcast(FLOATS, limit);
        FloatVector least = FloatVector.broadcast(FLOATS, -limit);
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).max(least).min(most)
                    .intoMemorySegment(g, gAt + b, ORDER);
        }
    }

    @Override
    public void average(MemorySegment a, MemorySegment w, long n, float factor) {
        if (!a.isNative() || !w.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector part = FloatVector.broadcast(FLOATS, factor);
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector before = FloatVector.fromMemorySegment(FLOATS, a, b, ORDER);
            FloatVector towards = FloatVector.fromMemorySegment(FLOATS, w, b, ORDER).sub(before);
            part.fma(towards, before).intoMemorySegment(a, b, ORDER);
        }
    }

    @Override
    public void addSquares(MemorySegment sums, MemorySegment g, long n) {
        SimdSquares.add(sums, g, n);
    }
}
