// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.bench;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Sequential;
import org.jspecify.annotations.Nullable;

/// The outputs of one row, row after row.
final class PredictionJob extends Job {
    static final int ROWS = 1000;

    private final Workload workload;
    private final int threads;
    private final FloatMatrix features;
    private final Rows row;
    private int next;
    private @Nullable Sequential net;

    PredictionJob(Workload workload, int threads) {
        this.workload = workload;
        this.threads = threads;
        this.features = MadeUpData.matrix(ROWS, workload.width(0), 1);
        this.row = new Rows(features, 0, 1);
    }

    @Override
    void step() {
        predict();
    }

    /// The outputs of the next row.
    Output predict() {
        row.moveTo(next, 1);
        next = next + 1 < ROWS ? next + 1 : 0;
        Sequential made = net;
        if (made == null) {
            made = net(workload, threads);
            made.eval();
            net = made;
        }
        return made.forward(row);
    }

    @Override
    public void close() {
        if (net != null) {
            net.close();
        }
        features.close();
    }
}
