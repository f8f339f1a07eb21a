// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import dev.lanewise.bench.Workload.Kind;
import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.parallel.Cut;
import dev.lanewise.parallel.WorkerTeam;
import java.lang.foreign.MemorySegment;

/// A matrix product as a wide layer does it, on weights in panel order; a product has no part that is not timed.
final class ProductJob extends Job {
    /// Rows and inputs of a tile.
    private static final int UNIT = 6;
    private static final GradientSink NOWHERE = (_, _, _, _) -> {
    };

    private final boolean forward;
    private final int rows;
    private final int in;
    private final int out;
    /// The rows of a forward pass or the inputs of a gradient.
    private final Cut cut = new Cut();
    private final WorkerTeam team;
    private final WorkerTeam.Work work;
    private final WorkerTeam.Work packWork = this::pack;
    private final FloatMatrix x;
    private final FloatMatrix y;
    private final FloatMatrix bias;
    private final NativeBuffer w;
    /// The gradients of the outputs as a gradient reads them.
    private final NativeBuffer packed;
    private final NativeBuffer[] scratch;
    private GradientSink sink = NOWHERE;

    ProductJob(Workload workload, int threads) {
        forward = workload.kind() == Kind.PRODUCT;
        rows = workload.rows();
        in = workload.width(0);
        out = workload.outputs();
        x = MadeUpData.matrix(rows, in, 1);
        y = MadeUpData.matrix(rows, out, 2);
        bias = FloatMatrix.allocate(1, out);
        w = NativeBuffer.allocate("ProductJob: weights", WideKernels.panelFloats(in, out) * Float.BYTES);
        try (FloatMatrix values = MadeUpData.matrix(1, Math.toIntExact(WideKernels.panelFloats(in, out)), 3)) {
            w.segment().copyFrom(values.segment().asSlice(0, w.segment().byteSize()));
        }
        packed = NativeBuffer.allocate("ProductJob: packed outputs",
                forward ? 0 : WideKernels.packedFloats(rows, out) * Float.BYTES);
        int units = forward ? rows : in;
        cut.forTeam(units, threads, UNIT, units);
        scratch = new NativeBuffer[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = NativeBuffer.allocate("ProductJob: scratch",
                    WideKernels.scratchFloats(rows, in, out) * Float.BYTES);
        }
        team = new WorkerTeam(threads);
        work = this::part;
    }

    @Override
    void step() {
        if (!forward) {
            team.run(packWork, team.threads());
        }
        team.run(work, cut.parts());
    }

    /// One product, a gradient of which goes to `gradients`.
    void step(GradientSink gradients) {
        sink = gradients;
        step();
        sink = NOWHERE;
    }

    /// The outputs of a forward pass, (rows, out).
    FloatMatrix outputs() {
        return y;
    }

    private void pack(int part, int worker) {
        int first = (int) ((long) rows * part / team.threads());
        int end = (int) ((long) rows * (part + 1) / team.threads());
        Kernels.WIDE.packGradient(packed.segment(), y.segment(), y.stride(), first, end - first, rows, out);
    }

    private void part(int part, int worker) {
        int first = cut.begin(part);
        int n = cut.length(part);
        MemorySegment own = scratch[worker].segment();
        if (forward) {
            Kernels.WIDE.forward(y.segment(), y.stride(), x.segment(), x.stride(), MemorySegment.NULL, 0, w.segment(),
                    bias.segment(), first, n, in, out, own);
        } else {
            Kernels.WIDE.weightGradient(sink, x.segment(), x.stride(), MemorySegment.NULL, 0, packed.segment(), rows,
                    first, n, in, out, own);
        }
    }

    @Override
    public void close() {
        team.close();
        x.close();
        y.close();
        bias.close();
        w.close();
        packed.close();
        for (NativeBuffer buffer : scratch) {
            buffer.close();
        }
    }
}
