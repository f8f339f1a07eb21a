// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Adam with AMSGrad's root in lanes: without weight decay, with decay in the gradient, with decay of its own. Bound by a division and
/// a root.
final class SimdAmsgrad {
    private SimdAmsgrad() {
    }

    static void amsgradStep(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at,
            MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float weightDecay, float shrink, float sign) {
        if (shrink != 0f) {
            decoupled(w, m, v, largest, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps, shrink,
                    sign);
        } else if (weightDecay != 0f) {
            decay(w, m, v, largest, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps, weightDecay,
                    sign);
        } else {
            plain(w, m, v, largest, at, g, gFrom, n, rate, inverseRoot, beta1, rest1, beta2, rest2, eps, sign);
        }
    }

    private static void plain(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at,
            MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float sign) {
        if (!w.isNative() || !m.isNative() || !v.isNative() || !largest.isNative() || !g.isNative()) {
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
            FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(sign);
            FloatVector mean = newMean.fma(d, FloatVector.fromMemorySegment(FLOATS, m, wAt + b, ORDER).mul(beta1));
            FloatVector square = newSquare.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(beta2));
            mean.intoMemorySegment(m, wAt + b, ORDER);
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector most = FloatVector.fromMemorySegment(FLOATS, largest, wAt + b, ORDER).max(square);
            most.intoMemorySegment(largest, wAt + b, ORDER);
            FloatVector step = mean.div(most.sqrt().fma(correction, epsilon));
            minusRate.fma(step, weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }

    private static void decay(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at,
            MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float weightDecay, float sign) {
        if (!w.isNative() || !m.isNative() || !v.isNative() || !largest.isNative() || !g.isNative()) {
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
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(sign);
            d = decay.fma(weight, d);
            FloatVector mean = newMean.fma(d, FloatVector.fromMemorySegment(FLOATS, m, wAt + b, ORDER).mul(beta1));
            FloatVector square = newSquare.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(beta2));
            mean.intoMemorySegment(m, wAt + b, ORDER);
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector most = FloatVector.fromMemorySegment(FLOATS, largest, wAt + b, ORDER).max(square);
            most.intoMemorySegment(largest, wAt + b, ORDER);
            FloatVector step = mean.div(most.sqrt().fma(correction, epsilon));
            minusRate.fma(step, weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }

    private static void decoupled(MemorySegment w, MemorySegment m, MemorySegment v, MemorySegment largest, long at,
            MemorySegment g, long gFrom,
            long n, float rate, float inverseRoot, float beta1, float rest1, float beta2, float rest2, float eps,
            float shrink, float sign) {
        if (!w.isNative() || !m.isNative() || !v.isNative() || !largest.isNative() || !g.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector minusRate = FloatVector.broadcast(FLOATS, -rate);
        FloatVector correction = FloatVector.broadcast(FLOATS, inverseRoot);
        FloatVector epsilon = FloatVector.broadcast(FLOATS, eps);
        FloatVector newMean = FloatVector.broadcast(FLOATS, rest1);
        FloatVector newSquare = FloatVector.broadcast(FLOATS, rest2);
        FloatVector minusShrink = FloatVector.broadcast(FLOATS, -shrink);
        long wAt = at * Float.BYTES;
        long gAt = gFrom * Float.BYTES;
        for (long b = 0; b < n * Float.BYTES; b += BYTES) {
            FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + b, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, g, gAt + b, ORDER).mul(sign);
            weight = minusShrink.fma(weight, weight);
            FloatVector mean = newMean.fma(d, FloatVector.fromMemorySegment(FLOATS, m, wAt + b, ORDER).mul(beta1));
            FloatVector square = newSquare.mul(d).fma(d,
                    FloatVector.fromMemorySegment(FLOATS, v, wAt + b, ORDER).mul(beta2));
            mean.intoMemorySegment(m, wAt + b, ORDER);
            square.intoMemorySegment(v, wAt + b, ORDER);
            FloatVector most = FloatVector.fromMemorySegment(FLOATS, largest, wAt + b, ORDER).max(square);
            most.intoMemorySegment(largest, wAt + b, ORDER);
            FloatVector step = mean.div(most.sqrt().fma(correction, epsilon));
            minusRate.fma(step, weight).intoMemorySegment(w, wAt + b, ORDER);
        }
    }
}
