// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import static dev.lanewise.kernel.simd.Lanes.FLOATS;
import static dev.lanewise.kernel.simd.Lanes.LANES;
import static dev.lanewise.kernel.simd.Lanes.ORDER;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lanewise.kernel.LossKernels;
import dev.lanewise.kernel.LossSum;
import dev.lanewise.kernel.RowIndex;
import dev.lanewise.kernel.ScalarMath;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Losses in lanes over the columns, row by row. Lanes beyond the last column are masked out; the padding of the outputs is
/// written as +0.0.
final class SimdLoss implements LossKernels {
    private static final FloatVector ZERO = FloatVector.zero(FLOATS);

    @Override
    public double softmaxCrossEntropy(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment labels, MemorySegment index, long from, int rows, int classes, float scale) {
        for (int r = 0; r < rows; r++) {
            long row = (long) r * stride * Float.BYTES;
            long label = row + (long) labels.getAtIndex(JAVA_INT, RowIndex.row(index, from, r)) * Float.BYTES;
            float m = SoftmaxRow.max(x, row, classes);
            float shiftedLabel = x.get(JAVA_FLOAT, label) - m;
            float s = SoftmaxRow.exponentials(dX, x, row, stride, classes, m);
            loss.setAtIndex(JAVA_FLOAT, r, ScalarMath.log(s) - shiftedLabel);
            float labelGradient = (dX.get(JAVA_FLOAT, label) / s - 1f) * scale;
            for (int j = 0; j < stride; j += LANES) {
                long at = row + (long) j * Float.BYTES;
                FloatVector e = FloatVector.fromMemorySegment(FLOATS, dX, at, ORDER);
                FloatVector g = e.div(s).mul(scale);
                ZERO.blend(g, Lanes.first(classes - j)).intoMemorySegment(dX, at, ORDER);
            }
            dX.set(JAVA_FLOAT, label, labelGradient);
        }
        return LossSum.of(loss, 1, rows, 1);
    }

    @Override
    public double softmaxCrossEntropyProbabilities(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride,
            MemorySegment y, int yStride, MemorySegment index, long from, int rows, int classes, float scale) {
        for (int r = 0; r < rows; r++) {
            long row = (long) r * stride * Float.BYTES;
            long yRow = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            float m = SoftmaxRow.max(x, row, classes);
            float s = SoftmaxRow.exponentials(dX, x, row, stride, classes, m);
            float t = SoftmaxRow.sum(y, yRow, classes);
            loss.setAtIndex(JAVA_FLOAT, r, SoftmaxRow.crossEntropy(x, row, y, yRow, classes, m, ScalarMath.log(s)));
            for (int j = 0; j < stride; j += LANES) {
                long at = (long) j * Float.BYTES;
                FloatVector p = FloatVector.fromMemorySegment(FLOATS, dX, row + at, ORDER).div(s);
                FloatVector target = FloatVector.fromMemorySegment(FLOATS, y, yRow + at, ORDER);
                FloatVector g = p.fma(FloatVector.broadcast(FLOATS, t), target.neg()).mul(scale);
                ZERO.blend(g, Lanes.first(classes - j)).intoMemorySegment(dX, row + at, ORDER);
            }
        }
        return LossSum.of(loss, 1, rows, 1);
    }

    @Override
    public double squaredError(MemorySegment loss, MemorySegment dX, MemorySegment x, int stride, MemorySegment y,
            int yStride, MemorySegment index, long from, int rows, int cols, float factor, float scale) {
        float slope = 2f * factor;
        for (int r = 0; r < rows; r++) {
            long row = (long) r * stride * Float.BYTES;
            long yRow = RowIndex.row(index, from, r) * yStride * Float.BYTES;
            for (int j = 0; j < stride; j += LANES) {
                long at = (long) j * Float.BYTES;
                FloatVector d = FloatVector.fromMemorySegment(FLOATS, x, row + at, ORDER)
                        .sub(FloatVector.fromMemorySegment(FLOATS, y, yRow + at, ORDER));
                VectorMask<Float> valid = Lanes.first(cols - j);
                ZERO.blend(d.mul(factor).mul(d), valid).intoMemorySegment(loss, row + at, ORDER);
                ZERO.blend(d.mul(slope).mul(scale), valid).intoMemorySegment(dX, row + at, ORDER);
            }
        }
        return LossSum.of(loss, stride, rows, cols);
    }

    @Override
    public void softmax(MemorySegment p, MemorySegment x, int stride, int rows, int classes) {
        for (int r = 0; r < rows; r++) {
            long row = (long) r * stride * Float.BYTES;
            float m = SoftmaxRow.max(x, row, classes);
            float s = SoftmaxRow.exponentials(p, x, row, stride, classes, m);
            for (int j = 0; j < stride; j += LANES) {
                long at = row + (long) j * Float.BYTES;
                FloatVector q = FloatVector.fromMemorySegment(FLOATS, p, at, ORDER).div(s);
                ZERO.blend(q, Lanes.first(classes - j)).intoMemorySegment(p, at, ORDER);
            }
        }
    }
}
