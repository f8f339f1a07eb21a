// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [ElementKernels].
final class ScalarElement implements ElementKernels {
    @Override
    public void sgdStep(MemorySegment w, long wFrom, MemorySegment g, long gFrom, long n, float lr) {
        for (long i = 0; i < n; i++) {
            w.setAtIndex(JAVA_FLOAT, wFrom + i,
                    Math.fma(-lr, g.getAtIndex(JAVA_FLOAT, gFrom + i), w.getAtIndex(JAVA_FLOAT, wFrom + i)));
        }
    }

    @Override
    public void add(MemorySegment a, long aFrom, MemorySegment b, long bFrom, long n) {
        for (long i = 0; i < n; i++) {
            a.setAtIndex(JAVA_FLOAT, aFrom + i,
                    a.getAtIndex(JAVA_FLOAT, aFrom + i) + b.getAtIndex(JAVA_FLOAT, bFrom + i));
        }
    }

    @Override
    public void columnSums(MemorySegment s, MemorySegment a, int stride, int first, int rows, int cols,
            boolean more) {
        for (int c = 0; c < cols; c++) {
            float sum = more ? s.getAtIndex(JAVA_FLOAT, c) : 0f;
            for (int r = first; r < first + rows; r++) {
                sum += a.getAtIndex(JAVA_FLOAT, (long) r * stride + c);
            }
            s.setAtIndex(JAVA_FLOAT, c, sum);
        }
    }

    @Override
    public void scale(MemorySegment a, long n, float factor) {
        for (long i = 0; i < n; i++) {
            a.setAtIndex(JAVA_FLOAT, i, a.getAtIndex(JAVA_FLOAT, i) * factor);
        }
    }

    @Override
    public void fill(MemorySegment a, int stride, int rows, int cols, float value) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                a.setAtIndex(JAVA_FLOAT, (long) r * stride + c, value);
            }
        }
    }
}
