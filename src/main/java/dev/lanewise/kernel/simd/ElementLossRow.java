// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.BYTES;
import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.ORDER;

import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Rows of losses of single outputs: `rowBytes`, whole blocks, padding included, from the byte `at` of `loss`, `dX` and
/// `x` and from `yAt` of the targets.
final class ElementLossRow {
    private static final float LOWEST_LOG = -100f;
    private static final float LEAST_VARIANCE = 1e-12f;

    private ElementLossRow() {
    }

    static void absoluteError(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y,
            long yAt, long rowBytes, float threshold, float divisor, float slope, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        float half = 0.5f * threshold;
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER)
                    .sub(FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER));
            FloatVector a = d.reinterpretAsInts().and(ScalarMath.MAGNITUDE).reinterpretAsFloats();
            FloatVector far = a.sub(half).mul(slope);
            FloatVector near = a.mul(0.5f).mul(a).div(divisor);
            far.blend(near, a.lt(threshold)).intoMemorySegment(loss, at + b, ORDER);
            FloatVector gradient = d.blend(slope, d.compare(VectorOperators.GT, 0f)).blend(-slope, d.lt(0f));
            gradient.blend(d.div(divisor), a.lt(threshold)).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }

    /// `loss` holds `log1p(exp(-|x|))` and `dX` the sigmoid of `x`.
    static void logits(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y, long yAt,
            long rowBytes, MemorySegment posWeight, MemorySegment weight, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative() || !posWeight.isNative()
                || !weight.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector logit = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER);
            FloatVector target = FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER);
            FloatVector positive = FloatVector.fromMemorySegment(FLOATS, posWeight, b, ORDER);
            FloatVector w = FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER);
            FloatVector q = one.sub(target);
            FloatVector v = positive.sub(1f).fma(target, one);
            FloatVector below = zero.blend(logit.neg(), logit.lt(0f));
            FloatVector l = FloatVector.fromMemorySegment(FLOATS, loss, at + b, ORDER);
            v.fma(l, v.fma(below, q.mul(logit))).mul(w).intoMemorySegment(loss, at + b, ORDER);
            FloatVector t = positive.mul(target);
            FloatVector sigmoid = FloatVector.fromMemorySegment(FLOATS, dX, at + b, ORDER);
            t.add(q).fma(sigmoid, t.neg()).mul(w).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }

    /// `loss` holds `log(x)` and `dX` `log(1 - x)`.
    static void probabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y,
            long yAt, long rowBytes, MemorySegment weight, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative() || !weight.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector p = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER);
            FloatVector target = FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER);
            FloatVector w = FloatVector.fromMemorySegment(FLOATS, weight, b, ORDER);
            FloatVector log = FloatVector.fromMemorySegment(FLOATS, loss, at + b, ORDER);
            log = log.blend(LOWEST_LOG, log.lt(LOWEST_LOG));
            FloatVector rest = FloatVector.fromMemorySegment(FLOATS, dX, at + b, ORDER);
            rest = rest.blend(LOWEST_LOG, rest.lt(LOWEST_LOG));
            target.sub(1f).mul(rest).sub(target.mul(log)).mul(w).intoMemorySegment(loss, at + b, ORDER);
            FloatVector variance = one.sub(p).mul(p);
            variance = variance.blend(LEAST_VARIANCE, variance.lt(LEAST_VARIANCE));
            p.sub(target).div(variance).mul(w).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }

    static void hinge(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y, long yAt,
            long rowBytes, float margin, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector margins = FloatVector.broadcast(FLOATS, margin);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector minusY = FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER).neg();
            FloatVector z = minusY.fma(FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER), margins);
            z.blend(0f, z.compare(VectorOperators.LE, 0f)).intoMemorySegment(loss, at + b, ORDER);
            minusY.blend(0f, z.compare(VectorOperators.LE, 0f)).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }

    static void hingeEmbedding(MemorySegment loss, MemorySegment dX, MemorySegment x, long at, MemorySegment y,
            long yAt, long rowBytes, float margin, float scale) {
        if (!loss.isNative() || !dX.isNative() || !x.isNative() || !y.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector margins = FloatVector.broadcast(FLOATS, margin);
        FloatVector zero = FloatVector.broadcast(FLOATS, 0f);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (long b = 0; b < rowBytes; b += BYTES) {
            FloatVector distance = FloatVector.fromMemorySegment(FLOATS, x, at + b, ORDER);
            FloatVector target = FloatVector.fromMemorySegment(FLOATS, y, yAt + b, ORDER);
            FloatVector z = margins.sub(distance);
            FloatVector far = z.blend(0f, target.eq(1f)).blend(0f, z.lt(0f));
            distance.blend(0f, target.eq(-1f)).add(far).intoMemorySegment(loss, at + b, ORDER);
            FloatVector down = zero.blend(1f, z.compare(VectorOperators.GE, 0f)).blend(0f, target.eq(1f));
            one.blend(0f, target.eq(-1f)).sub(down).mul(scale).intoMemorySegment(dX, at + b, ORDER);
        }
    }

    /// `a = (a * factor) * scale`.
    static void multiply(MemorySegment a, long at, long nBytes, float factor, float scale) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < nBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, a, at + b, ORDER).mul(factor).mul(scale)
                    .intoMemorySegment(a, at + b, ORDER);
        }
    }

    /// Writes `-|x|` to `a`, from byte `begin` to `end`.
    static void minusMagnitude(MemorySegment a, MemorySegment x, long begin, long end) {
        if (!a.isNative() || !x.isNative()) {
            throw NativeOnly.refused();
        }
        for (long at = begin; at < end; at += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).reinterpretAsInts().or(~ScalarMath.MAGNITUDE)
                    .intoMemorySegment(a, at, ORDER);
        }
    }
}
