// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.model.NamedTensor;
import dev.lanewise.model.StateDict;
import dev.lanewise.model.WeightsHash;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What has to be right before a workload is timed.
///
/// The gate opens in two places. Here: steps with `trainStep` leave the bits that the same steps call by call leave, on
/// whole batches. And where the fingerprint of a few steps on small batches of the same shape is compared: it is equal
/// in a process with scalar kernels and one thread, since those are the specification.
public final class Gate {
    private static final int STEPS = 3;
    /// Rows of a small batch: the specification takes seconds for more.
    private static final int SMALL_BATCH = 24;

    private Gate() {
    }

    /// The fingerprint of a little of the workload, with the kernels of this process.
    ///
    /// **Throws** `IllegalStateException` if fused steps and calls differ.
    public static String fingerprint(Workload workload, int threads) {
        return switch (workload.kind()) {
            case TRAINING -> ofTraining(workload, threads);
            case PREDICTION -> ofPredictions(workload, threads);
            case PRODUCT, GRADIENT_PRODUCT -> ofProduct(workload, threads);
        };
    }

    private static String ofTraining(Workload workload, int threads) {
        if (Kernels.active().startsWith("simd")) {
            compareCalls(workload, workload.batch(), threads);
        }
        return compareCalls(workload, Math.min(workload.batch(), SMALL_BATCH), threads);
    }

    private static String compareCalls(Workload workload, int batch, int threads) {
        int rows = batch * STEPS - batch / 2; // the last batch is a smaller one
        try (TrainingJob fused = new TrainingJob(workload, rows, batch, threads);
                TrainingJob written = new TrainingJob(workload, rows, batch, threads)) {
            for (int i = 0; i < STEPS; i++) {
                fused.step();
                written.stepCallByCall();
            }
            String hash = WeightsHash.sha256(StateDict.of(fused.net()));
            if (!hash.equals(WeightsHash.sha256(StateDict.of(written.net())))) {
                throw new IllegalStateException("Gate: " + workload.id() + " with " + threads
                        + " threads: trainStep and its calls one by one leave different weights");
            }
            return hash;
        }
    }

    private static String ofPredictions(Workload workload, int threads) {
        List<NamedTensor> outputs = new ArrayList<>();
        try (PredictionJob job = new PredictionJob(workload, threads)) {
            for (int i = 0; i < STEPS; i++) {
                FloatMatrix copy = FloatMatrix.copyOf(new float[][]{job.predict().matrix().row(0)});
                outputs.add(NamedTensor.vector("row " + i, copy));
            }
            return WeightsHash.sha256(outputs);
        } finally {
            outputs.forEach(tensor -> tensor.values().close());
        }
    }

    private static String ofProduct(Workload workload, int threads) {
        int size = Math.toIntExact(WideKernels.panelFloats(workload.width(0), workload.outputs()));
        try (ProductJob job = new ProductJob(workload, threads); FloatMatrix gradient = FloatMatrix.allocate(1, size)) {
            GradientSink store = (g, from, at, n) -> MemorySegment.copy(g, from * Float.BYTES, gradient.segment(),
                    at * Float.BYTES, (long) n * Float.BYTES);
            job.step(store);
            NamedTensor made = workload.kind() == Workload.Kind.PRODUCT
                    ? NamedTensor.matrix("product", job.outputs())
                    : NamedTensor.vector("product", gradient);
            return WeightsHash.sha256(List.of(made));
        }
    }
}
