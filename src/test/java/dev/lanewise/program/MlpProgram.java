// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.program;

import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.model.StateDict;
import dev.lanewise.model.WeightsHash;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;

/// A program of its own, started by [SameBitsMlpIT] in fresh JVMs: trains a small MLP with dropout and Adam on made-up
/// rows and prints kernels and hash. The argument is the number of threads, which a batch has work for up to 7.
public final class MlpProgram {
    private static final int ROWS = 230;
    private static final int FEATURES = 64;
    private static final int CLASSES = 10;

    private MlpProgram() {
    }

    /// Trains for two epochs and prints one line.
    public static void main(String[] args) {
        int threads = Integer.parseInt(args[0]);
        try (Sequential net = new Sequential(new Linear(FEATURES, 80), new ReLU(), new Dropout(0.3f),
                new Linear(80, 24), new ReLU(), new Dropout(0.2f), new Linear(24, CLASSES)).init(5);
                Dataset data = rows();
                Trainer trainer = new Trainer(net, new CrossEntropyLoss(), new Adam(net.parameters(), 0.01f))) {
            net.threads(threads);
            if (net.threadsWorth(200, FEATURES) < 7) {
                throw new IllegalStateException("too little work for seven threads");
            }
            for (int epoch = 0; epoch < 2; epoch++) {
                for (Batch batch : data.batches(200).shuffle(7)) {
                    trainer.trainStep(batch);
                }
            }
            System.out.println(Kernels.active() + "|" + WeightsHash.sha256(StateDict.of(net)));
        }
    }

    private static Dataset rows() {
        float[][] x = new float[ROWS][FEATURES];
        int[] y = new int[ROWS];
        for (int r = 0; r < ROWS; r++) {
            y[r] = r * 7 % CLASSES;
            for (int c = 0; c < FEATURES; c++) {
                x[r][c] = (r * 31 + c * c * 17 + r * c * 7) % 101 / 101f - y[r] * 0.03f;
            }
        }
        return Dataset.of(x, y);
    }
}
