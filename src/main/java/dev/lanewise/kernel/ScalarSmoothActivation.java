// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [SmoothActivationKernels]; padding is never touched.
final class ScalarSmoothActivation implements SmoothActivationKernels {
    @Override
    public void gate(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double linear,
            double cubic) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, SmoothMath.gate(x.getAtIndex(JAVA_FLOAT, at), linear, cubic));
            }
        }
    }

    @Override
    public void gateGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double linear, double cubic) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                double slope = SmoothMath.gateSlope(x.getAtIndex(JAVA_FLOAT, at), linear, cubic);
                dX.setAtIndex(JAVA_FLOAT, at, (float) (dY.getAtIndex(JAVA_FLOAT, at) * slope));
            }
        }
    }

    @Override
    public void gelu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, SmoothMath.gelu(x.getAtIndex(JAVA_FLOAT, at)));
            }
        }
    }

    @Override
    public void geluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                double slope = SmoothMath.geluSlope(x.getAtIndex(JAVA_FLOAT, at));
                dX.setAtIndex(JAVA_FLOAT, at, (float) (dY.getAtIndex(JAVA_FLOAT, at) * slope));
            }
        }
    }

    @Override
    public void elu(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double positive,
            double negative) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, SmoothMath.elu(x.getAtIndex(JAVA_FLOAT, at), positive, negative));
            }
        }
    }

    @Override
    public void eluGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double positive, double negative) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                double slope = SmoothMath.eluSlope(x.getAtIndex(JAVA_FLOAT, at), positive, negative);
                dX.setAtIndex(JAVA_FLOAT, at, (float) (dY.getAtIndex(JAVA_FLOAT, at) * slope));
            }
        }
    }

    @Override
    public void softplus(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols, double beta,
            double threshold) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, SmoothMath.softplus(x.getAtIndex(JAVA_FLOAT, at), beta, threshold));
            }
        }
    }

    @Override
    public void softplusGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols, double beta, double threshold) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                double slope = SmoothMath.softplusSlope(x.getAtIndex(JAVA_FLOAT, at), beta, threshold);
                dX.setAtIndex(JAVA_FLOAT, at, (float) (dY.getAtIndex(JAVA_FLOAT, at) * slope));
            }
        }
    }

    @Override
    public void mish(MemorySegment y, MemorySegment x, int stride, int first, int rows, int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                y.setAtIndex(JAVA_FLOAT, at, SmoothMath.mish(x.getAtIndex(JAVA_FLOAT, at)));
            }
        }
    }

    @Override
    public void mishGradient(MemorySegment dX, MemorySegment dY, MemorySegment x, int stride, int first, int rows,
            int cols) {
        for (int r = first; r < first + rows; r++) {
            for (int c = 0; c < cols; c++) {
                long at = (long) r * stride + c;
                double slope = SmoothMath.mishSlope(x.getAtIndex(JAVA_FLOAT, at));
                dX.setAtIndex(JAVA_FLOAT, at, (float) (dY.getAtIndex(JAVA_FLOAT, at) * slope));
            }
        }
    }
}
