// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import dev.lanewise.peers.Evidence;
import dev.lanewise.peers.Problem;
import dev.lanewise.peers.Work;
import dev.lanewise.peers.Workload.Kind;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// One matrix product.
final class BlasProduct implements Work {
    private final boolean forward;
    private final int rows;
    private final int in;
    private final int out;
    private final MemorySegment x;
    private final MemorySegment other;
    private final float[] product;
    private final MemorySegment result;

    BlasProduct(Problem problem) {
        forward = problem.workload.kind == Kind.FORWARD_PRODUCT;
        rows = problem.workload.rows();
        in = problem.net.in();
        out = problem.net.out();
        x = MemorySegment.ofArray(problem.features);
        other = MemorySegment.ofArray(forward ? problem.weights[0] : problem.outputGradients());
        product = new float[forward ? rows * out : out * in];
        result = MemorySegment.ofArray(product);
    }

    @Override
    public void reset() {
        // a product is the same each time
    }

    @Override
    public void repeat(int times) {
        for (int i = 0; i < times; i++) {
            if (forward) {
                Blas.gemm(false, true, rows, out, in, 1, x, in, other, in, 0, result, out);
            } else {
                Blas.gemm(true, false, out, in, rows, 1, other, out, x, in, 0, result, in);
            }
        }
    }

    @Override
    public Evidence evidence() {
        repeat(1);
        return Evidence.of(new double[0], List.of(product));
    }

    @Override
    public void close() {
        // arrays need no closing
    }
}
