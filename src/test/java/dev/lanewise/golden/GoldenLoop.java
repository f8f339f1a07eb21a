// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.ParameterGroup;
import dev.lanewise.optim.WeightAverage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// The epochs of one training: steps, schedule and average of weights as its file says.
final class GoldenLoop implements AutoCloseable {
    private final GoldenFile run;
    private final Sequential net;
    private final Trainer trainer;
    private final Optimizer optimizer;
    private final boolean fused;
    private final int accumulate;
    private final int batchSize;
    private final boolean zeroGrad;
    private final boolean perStep;
    private final DoubleConsumer schedule;
    private final @Nullable WeightAverage average;
    private final List<Double> losses = new ArrayList<>();

    /// A loop by `trainStep` or, unless `fused`, by the single calls.
    GoldenLoop(GoldenFile run, Sequential net, Trainer trainer, Optimizer optimizer, boolean fused) {
        this.run = run;
        this.net = net;
        this.trainer = trainer;
        this.optimizer = optimizer;
        this.fused = fused;
        accumulate = run.part("run").integer("accumulate");
        batchSize = run.part("run").integer("batch_size");
        zeroGrad = run.part("run").truth("zero_grad", true);
        perStep = Schedules.isPerStep(run.parts("schedule"));
        schedule = Schedules.of(run.parts("schedule"), optimizer);
        average = run.parts("average").isEmpty() ? null
                : WeightAverage.exponential(net.parameters(), run.part("average").precise("decay", Double.NaN));
    }

    /// Trains with the batches of an epoch.
    void train(Dataset epoch) {
        int batches = (epoch.rows() + batchSize - 1) / batchSize;
        int first = losses.size();
        for (Batch batch : epoch.batches(batchSize)) {
            assertRates();
            int i = losses.size() - first;
            boolean last = (i + 1) % accumulate == 0 || i + 1 == batches;
            losses.add(fused ? trainer.trainStep(batch) : step(batch, i % accumulate == 0, last));
            if (last && average != null) {
                average.update();
            }
            if (last && perStep) {
                schedule.accept(0);
            }
        }
        if (!perStep) {
            schedule.accept(losses.subList(first, losses.size()).stream().mapToDouble(loss -> loss).average()
                    .orElseThrow());
        }
    }

    private double step(Batch batch, boolean beginning, boolean last) {
        Loss loss = trainer.forward(batch).mean();
        double value = loss.value();
        if (beginning && zeroGrad) {
            trainer.zeroGrad();
        }
        loss.backward();
        if (last) {
            trainer.step();
        }
        return value;
    }

    private void assertRates() {
        double[] rates = run.table("rates")[losses.size()];
        List<ParameterGroup> groups = optimizer.groups();
        assertEquals(rates.length, groups.size());
        for (int g = 0; g < rates.length; g++) {
            assertEquals(rates[g], groups.get(g).learningRate(), 1e-6 * rates[g] + 1e-12,
                    "learning rate of step " + losses.size() + ", group " + g);
        }
    }

    /// The losses of all steps so far.
    double[] losses() {
        return losses.stream().mapToDouble(loss -> loss).toArray();
    }

    /// The averages of all parameters by their names; none if the training has none.
    Map<String, FloatMatrix> averages() {
        Map<String, FloatMatrix> averages = new LinkedHashMap<>();
        if (average != null) {
            List<String> names = List.copyOf(net.namedParameters().sequencedKeySet());
            for (int i = 0; i < names.size(); i++) {
                averages.put(names.get(i), average.averages().get(i));
            }
        }
        return averages;
    }

    @Override
    public void close() {
        if (average != null) {
            average.close();
        }
    }
}
