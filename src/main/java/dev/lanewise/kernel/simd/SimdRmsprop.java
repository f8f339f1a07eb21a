// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The steps of RMSprop and Adagrad in lanes; bound by a division and a root.
///
/// The weights are loaded twice, for the decay and for the step: kept from one to the other across the stores between
/// them, they became objects now and then.
final class SimdRmsprop {
    private SimdRmsprop() {
    }

    static void rmspropStep(MemorySegment w, MemorySegment v, long at, MemorySegment g, long gFrom,
            long n, float lr, float alpha, float rest, float eps, float weightDecay, float sign) {
        if (!w.isNative() || !v.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector fresh = FloatVector.broadcast(FLOATS, rest);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector d = decay.fma(FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs));
            FloatVector square = fresh.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(alpha));
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector q = d.div(square.sqrt().add(epsilon));
            minusLr.fma(q, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER)).intoMemorySegment(w, wAt + b,
                    ORDER);
        }
    }

    static void rmspropMomentumStep(MemorySegment w, MemorySegment v, MemorySegment buf, long at, MemorySegment g,
            long gFrom,
            long n, float lr, float momentum, float alpha, float rest, float eps, float weightDecay, float sign) {
        if (!w.isNative() || !v.isNative() || !buf.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector fresh = FloatVector.broadcast(FLOATS, rest);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        FloatVector mu = FloatVector.broadcast(FLOATS, momentum);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector d = decay.fma(FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs));
            FloatVector square = fresh.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(alpha));
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector q = d.div(square.sqrt().add(epsilon));
            FloatVector velocity = mu.fma(FloatVector.fromMemorySegment(FLOATS, buf, wAt + b, ORDER), q);
            velocity.intoMemorySegment(buf, wAt + b, ORDER);
            minusLr.fma(velocity, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER)).intoMemorySegment(w,
                    wAt + b, ORDER);
        }
    }

    static void centeredStep(MemorySegment w, MemorySegment v, MemorySegment mean, long at, MemorySegment g, long gFrom,
            long n, float lr, float alpha, float rest, float eps, float weightDecay, float sign) {
        if (!w.isNative() || !v.isNative() || !mean.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector fresh = FloatVector.broadcast(FLOATS, rest);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector d = decay.fma(FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs));
            FloatVector square = fresh.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(alpha));
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector average = fresh.fma(d, FloatVector.fromMemorySegment(FLOATS, mean, wAt + b, ORDER).mul(alpha));
            average.intoMemorySegment(mean, wAt + b, ORDER);
            FloatVector q = d.div(average.neg().fma(average, square).sqrt().add(epsilon));
            minusLr.fma(q, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER)).intoMemorySegment(w, wAt + b,
                    ORDER);
        }
    }

    static void centeredMomentumStep(MemorySegment w, MemorySegment v, MemorySegment mean, MemorySegment buf, long at,
            MemorySegment g, long gFrom,
            long n, float lr, float momentum, float alpha, float rest, float eps, float weightDecay, float sign) {
        if (!w.isNative() || !v.isNative() || !mean.isNative() || !buf.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusLr = FloatVector.broadcast(FLOATS, -lr);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector fresh = FloatVector.broadcast(FLOATS, rest);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        FloatVector mu = FloatVector.broadcast(FLOATS, momentum);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector d = decay.fma(FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs));
            FloatVector square = fresh.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(alpha));
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector average = fresh.fma(d, FloatVector.fromMemorySegment(FLOATS, mean, wAt + b, ORDER).mul(alpha));
            average.intoMemorySegment(mean, wAt + b, ORDER);
            FloatVector q = d.div(average.neg().fma(average, square).sqrt().add(epsilon));
            FloatVector velocity = mu.fma(FloatVector.fromMemorySegment(FLOATS, buf, wAt + b, ORDER), q);
            velocity.intoMemorySegment(buf, wAt + b, ORDER);
            minusLr.fma(velocity, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER)).intoMemorySegment(w,
                    wAt + b, ORDER);
        }
    }

    static void adagradStep(MemorySegment w, MemorySegment s, long at, MemorySegment g, long gFrom, long n, float rate,
            float eps, float weightDecay, float sign) {
        if (!w.isNative() || !s.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusRate = FloatVector.broadcast(FLOATS, -rate);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
        FloatVector signs = FloatVector.broadcast(FLOATS, sign);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector d = decay.fma(FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER),
                    FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(signs));
            FloatVector sum = d.fma(d, FloatVector.fromMemorySegment(FLOATS, s, wAt + b, ORDER));
            sum.intoMemorySegment(s, wAt + b, ORDER);
            FloatVector q = d.div(sum.sqrt().add(epsilon));
            minusRate.fma(q, FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER)).intoMemorySegment(w, wAt + b,
                    ORDER);
        }
    }
}
