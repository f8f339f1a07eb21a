// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [WideKernels].
final class ScalarWide implements WideKernels {
    @Override
    public void forward(MemorySegment y, int yStride, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment w, MemorySegment bias, int first, int rows, int in, int out, MemorySegment scratch) {
        for (int r = first; r < first + rows; r++) {
            long xRow = RowIndex.row(index, from, r) * xStride;
            for (int o = 0; o < out; o++) {
                float sum = bias.getAtIndex(JAVA_FLOAT, o);
                for (int i = 0; i < in; i++) {
                    sum = Math.fma(x.getAtIndex(JAVA_FLOAT, xRow + i), w.getAtIndex(JAVA_FLOAT, panelAt(o, i, in)),
                            sum);
                }
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + o, sum);
            }
            for (int o = out; o < yStride; o++) {
                y.setAtIndex(JAVA_FLOAT, (long) r * yStride + o, 0f);
            }
        }
    }

    /// Where element (row, col) of a matrix of `cols` columns lies in panel order.
    private static long panelAt(int row, int col, int cols) {
        return ((long) (row / PANEL) * cols + col) * PANEL + row % PANEL;
    }

    @Override
    public void transpose(MemorySegment wT, MemorySegment w, int in, int out, int firstPanel, int panels) {
        for (int i = firstPanel * PANEL; i < (firstPanel + panels) * PANEL; i++) {
            for (int o = 0; o < out; o++) {
                float value = i < in ? w.getAtIndex(JAVA_FLOAT, panelAt(o, i, in)) : 0f;
                wT.setAtIndex(JAVA_FLOAT, panelAt(i, o, out), value);
            }
        }
    }

    @Override
    public void inputGradient(MemorySegment dX, int dXStride, MemorySegment dY, int dYStride, MemorySegment wT,
            int first, int rows, int in, int out, MemorySegment scratch) {
        for (int r = first; r < first + rows; r++) {
            for (int i = 0; i < in; i++) {
                float sum = 0f;
                for (int o = 0; o < out; o++) {
                    sum = Math.fma(dY.getAtIndex(JAVA_FLOAT, (long) r * dYStride + o),
                            wT.getAtIndex(JAVA_FLOAT, panelAt(i, o, out)), sum);
                }
                dX.setAtIndex(JAVA_FLOAT, (long) r * dXStride + i, sum);
            }
            for (int i = in; i < dXStride; i++) {
                dX.setAtIndex(JAVA_FLOAT, (long) r * dXStride + i, 0f);
            }
        }
    }

    @Override
    public void packGradient(MemorySegment packed, MemorySegment dY, int dYStride, int first, int n, int rows,
            int out) {
        for (int r = first; r < first + n; r++) {
            for (int o = 0; o < (out + PANEL - 1) / PANEL * PANEL; o++) {
                float value = o < out ? dY.getAtIndex(JAVA_FLOAT, (long) r * dYStride + o) : 0f;
                packed.setAtIndex(JAVA_FLOAT, packedAt(r, o, rows, out), value);
            }
        }
    }

    /// Where row `r`, output `o` lies in packed rows.
    private static long packedAt(int r, int o, int rows, int out) {
        int block = r / BLOCK_ROWS;
        int rowsOfBlock = Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS);
        return WideKernels.packedBlock(block, rows, out) + o / PANEL * WideKernels.packedPanel(rowsOfBlock)
                + (long) r % BLOCK_ROWS * PANEL + o % PANEL;
    }

    @Override
    public void weightGradient(GradientSink sink, MemorySegment x, int xStride, MemorySegment index, long from,
            MemorySegment packed, int rows, int firstIn, int ins, int in, int out, MemorySegment scratch) {
        for (int panel = 0; panel * PANEL < out; panel++) {
            for (int i = firstIn; i < firstIn + ins; i++) {
                for (int lane = 0; lane < PANEL; lane++) {
                    int o = panel * PANEL + lane;
                    float g = o < out ? gradient(x, xStride, index, from, packed, rows, o, i, out) : 0f;
                    scratch.setAtIndex(JAVA_FLOAT, lane, g);
                }
                sink.accept(scratch, 0, panelAt(panel * PANEL, i, in), PANEL);
            }
        }
    }

    private static float gradient(MemorySegment x, int xStride, MemorySegment index, long from, MemorySegment packed,
            int rows, int o, int i, int out) {
        float sum = 0f;
        for (int block = 0; block < rows; block += BLOCK_ROWS) {
            float g = 0f;
            long at = packedAt(block, o, rows, out);
            for (int r = block; r < Math.min(block + BLOCK_ROWS, rows); r++) {
                g = Math.fma(x.getAtIndex(JAVA_FLOAT, RowIndex.row(index, from, r) * xStride + i),
                        packed.getAtIndex(JAVA_FLOAT, at + (long) (r - block) * PANEL), g);
            }
            sum = block == 0 ? g : sum + g;
        }
        return sum;
    }
}
