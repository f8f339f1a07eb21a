// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.LinearKernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Param;

/// A linear layer and a batch for it, whose rows are picked by a shuffled index as in training.
public abstract class LinearBenchmark extends KernelBenchmark {
    /// Rows, features and outputs. The tutorial's regression, below a vector; a small batch in L1, with outputs for the
    /// dot form and one more than it takes; a batch of MNIST in L2, for a softmax regression and for a hidden layer;
    /// rows beyond L3.
    @Param({"10x2x1", "16x64x10", "16x64x17", "256x784x10", "256x784x256", "16384x784x10"})
    public String shape;

    int rows;
    int in;
    int out;
    int inStride;
    int outStride;
    /// (rows, in)
    MemorySegment x;
    /// (rows)
    MemorySegment index;
    /// (out, in)
    MemorySegment w;
    /// (out)
    MemorySegment bias;
    /// (rows, out)
    MemorySegment dY;
    MemorySegment scratch;
    /// Operations of a pass over the layer, 10^9.
    double gflop;

    @Override
    final void allocate() {
        int[] sizes = sizes(shape, "ROWSxINxOUT");
        rows = sizes[0];
        in = sizes[1];
        out = sizes[2];
        inStride = FloatMatrix.stride(in);
        outStride = FloatMatrix.stride(out);
        x = random("x", rows, in);
        index = shuffledRows(rows);
        w = random("w", out, in);
        bias = random("bias", 1, out);
        dY = random("dY", rows, out);
        scratch = zeros(LinearKernels.scratchFloats(in, out));
        gflop = 2e-9 * rows * in * out;
        allocateOutputs();
    }

    abstract void allocateOutputs();
}
