// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.optim.Optimizer;
import java.util.function.BooleanSupplier;

/// Brings the kernels of a training plan to full speed before it begins, for instance while its data is still being
/// read.
///
/// The JVM interprets a vector kernel some hundred calls long, every vector an object, before it compiles it. It counts
/// calls, not work, so that a small model of the same kinds of layers, with the same loss and optimizer, has everything
/// compiled many times sooner than the large one that is meant:
///
/// ```java
/// try (Sequential small = new Sequential(new Linear(40, 10)); Dataset made = Dataset.of(noise, labels)) {
///     WarmUp.run(small, made, 16, new CrossEntropyLoss(), new SGD(small.parameters(), 0.01f), dataIsThere::get);
/// }
/// ```
///
/// Whether a layer has up to 16 outputs or more, and whether features are bytes or floats, decides which kernels run:
/// choose the small model alike in both.
public final class WarmUp {
    private WarmUp() {
    }

    /// Trains and evaluates `net` on `data`, epoch after epoch, until `enough` says so after one of them; returns the
    /// number of epochs.
    ///
    /// **Threads**: on a thread of its own it shares nothing with other models.
    ///
    /// **Throws** as [Fit#trainEpoch(Module, Batches, LossFunction, Optimizer)].
    public static int run(Module net, Dataset data, int batchSize, LossFunction loss, Optimizer optimizer,
            BooleanSupplier enough) {
        int epochs = 0;
        try (Batches batches = data.batches(batchSize).shuffle(0)) {
            do {
                Fit.trainEpoch(net, batches, loss, optimizer);
                if (loss instanceof CrossEntropyLoss) {
                    Fit.evaluateAccuracy(net, data);
                } else {
                    Fit.evaluateLoss(net, data, loss);
                }
                epochs++;
            } while (!enough.getAsBoolean());
        }
        return epochs;
    }
}
