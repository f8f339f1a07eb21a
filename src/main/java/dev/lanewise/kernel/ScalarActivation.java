// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [ActivationKernels]; padding is never touched.
final class ScalarActivation implements ActivationKernels {
    @Override
    public void relu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float value = x.getAtIndex(JAVA_FLOAT, at);
                y.setAtIndex(JAVA_FLOAT, at, value < 0f ? 0f : value);
            }
        }
    }

    @Override
    public void reluGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float gradient = dY.getAtIndex(JAVA_FLOAT, at);
                dX.setAtIndex(JAVA_FLOAT, at, y.getAtIndex(JAVA_FLOAT, at) <= 0f ? 0f : gradient);
            }
        }
    }

    @Override
    public void leakyRelu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, float slope) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float value = x.getAtIndex(JAVA_FLOAT, at);
                y.setAtIndex(JAVA_FLOAT, at, value > 0f ? value : value * slope);
            }
        }
    }

    @Override
    public void leakyReluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, float slope) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float gradient = dY.getAtIndex(JAVA_FLOAT, at);
                dX.setAtIndex(JAVA_FLOAT, at, x.getAtIndex(JAVA_FLOAT, at) > 0f ? gradient : gradient * slope);
            }
        }
    }

    @Override
    public void hardtanh(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, float min,
            float max) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float value = x.getAtIndex(JAVA_FLOAT, at);
                y.setAtIndex(JAVA_FLOAT, at, value < min ? min : value > max ? max : value);
            }
        }
    }

    @Override
    public void hardtanhGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols, float min, float max) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float value = y.getAtIndex(JAVA_FLOAT, at);
                float gradient = dY.getAtIndex(JAVA_FLOAT, at);
                dX.setAtIndex(JAVA_FLOAT, at, value <= min || value >= max ? 0f : gradient);
            }
        }
    }

    @Override
    public void sigmoid(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, ScalarMath.sigmoid(x.getAtIndex(JAVA_FLOAT, at)));
            }
        }
    }

    @Override
    public void sigmoidGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float output = y.getAtIndex(JAVA_FLOAT, at);
                dX.setAtIndex(JAVA_FLOAT, at, dY.getAtIndex(JAVA_FLOAT, at) * (1f - output) * output);
            }
        }
    }

    @Override
    public void tanh(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, ScalarMath.tanh(x.getAtIndex(JAVA_FLOAT, at)));
            }
        }
    }

    @Override
    public void tanhGradient(MemorySegment dX, MemorySegment dY, MemorySegment y, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                float output = y.getAtIndex(JAVA_FLOAT, at);
                dX.setAtIndex(JAVA_FLOAT, at, dY.getAtIndex(JAVA_FLOAT, at) * Math.fma(-output, output, 1f));
            }
        }
    }

    @Override
    public void dropout(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, long key,
            float p) {
        int threshold = DropoutMask.threshold(p);
        float scale = DropoutMask.scale(p);
        for (int r = first; r < first + rows; r++) {
            long rowKey = DropoutMask.row(key, r);
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                boolean keep = DropoutMask.keeps(rowKey, c, threshold);
                y.setAtIndex(JAVA_FLOAT, at, keep ? x.getAtIndex(JAVA_FLOAT, at) * scale : 0f);
            }
        }
    }
}
