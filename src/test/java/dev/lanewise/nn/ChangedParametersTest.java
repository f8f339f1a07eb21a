// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lanewise.Trainer;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.model.StateDict;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.WeightAverage;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Parameters that change between forward and backward: refused where PyTorch 1.13 refuses it.
@ExtendWith({NoLeak.class, RandomTables.class})
class ChangedParametersTest {
    private static final String REFUSED = " has been changed since the forward pass of this loss, whose"
            + " gradient needs the values of before; call backward of both losses before step, or forward again after it";

    private final SplittableRandom random = RandomTables.random(71);
    private final FloatMatrix x1 = RandomTables.floats(random, 5, 3);
    private final FloatMatrix x2 = RandomTables.floats(random, 5, 3);
    private final FloatMatrix y = RandomTables.floats(random, 5, 2);
    private final MSELoss mse = new MSELoss();

    @AfterEach
    void close() {
        x1.close();
        x2.close();
        y.close();
    }

    private static Sequential deep() {
        return new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2)).init(1);
    }

    private Loss loss(Module net, FloatMatrix x) {
        return mse.of(net.forward(x), y);
    }

    private static void assertRefused(String parameter, Loss loss) {
        assertMessage(IllegalStateException.class, "Loss.backward: " + parameter + REFUSED, loss::backward);
    }

    @Test
    void aStepBetweenTwoBackwardsIsRefused() {
        try (Sequential net = deep()) {
            Optimizer optimizer = new SGD(net.parameters(), 0.1f);
            Loss first = loss(net, x1);
            Loss second = loss(net, x2);
            first.backward();
            optimizer.step();
            assertRefused("2.weight", second);
            loss(net, x2).backward();
        }
    }

    @Test
    void bothBackwardsBeforeTheStepAreFine() {
        try (Sequential net = deep()) {
            Optimizer optimizer = new SGD(net.parameters(), 0.1f);
            Loss first = loss(net, x1);
            Loss second = loss(net, x2);
            first.backward();
            second.backward();
            optimizer.step();
        }
    }

    @Test
    void aFusedStepCountsAsAStep() {
        try (Sequential net = deep();
                Trainer trainer = new Trainer(net, mse, new SGD(net.parameters(), 0.1f))) {
            Loss first = loss(net, x1);
            trainer.trainStep(x2.all(), y.all());
            assertRefused("2.weight", first);
        }
    }

    @Test
    void whatTheLibraryWritesIsRefusedToo() {
        try (Sequential net = deep();
                Sequential other = deep();
                WeightAverage average = WeightAverage.equal(net)) {
            average.update();
            List<Runnable> writers = List.of(() -> net.init(3), () -> StateDict.load(net, StateDict.of(other)),
                    average::apply, average::restore, () -> Init.constant(net.getParameter("2.weight"), 1),
                    () -> Init.seed(2).normal(net.getParameter("2.weight")), net.getParameter("2.weight")::changed);
            for (Runnable writer : writers) {
                Loss before = loss(net, x1);
                writer.run();
                assertRefused("2.weight", before);
            }
        }
    }

    /// `loss.backward()` of PyTorch runs there, too: nothing of the way back reads these values.
    @Test
    void changesThatNoGradientNeedsAreFine() {
        try (Sequential net = deep()) {
            Loss before = loss(net, x1);
            net.getParameter("0.weight").fill(0.5f);
            net.getParameter("0.bias").fill(0.5f);
            net.getParameter("2.bias").fill(0.5f);
            before.backward();
            Loss frozen = loss(net, x1);
            net.getParameter("2.weight").fill(0.5f);
            net.getParameter("0.weight").requiresGrad(false);
            net.getParameter("0.bias").requiresGrad(false);
            frozen.backward();
        }
    }

    @Test
    void aLoneLinearLayerGivesTheSameGradientAfterAStep() {
        try (Linear net = new Linear(3, 2).init(1); Linear twin = new Linear(3, 2).init(1)) {
            Loss before = loss(net, x1);
            net.weight().fill(7);
            before.backward();
            loss(twin, x1).backward();
            assertArrayEquals(twin.weight().grad().toArray(), net.weight().grad().toArray());
        }
    }

    @Test
    void aPenaltyNeedsTheValuesItIsOf() {
        try (Linear net = new Linear(3, 2).init(1)) {
            mse.penalty(List.of(net.weight()), 0, 0.5f);
            Loss before = loss(net, x1);
            net.weight().fill(7);
            assertRefused("weight", before);
        }
    }

    /// The passes of the layer alone, and their number, are nothing to the net that it becomes part of.
    @Test
    void changesBeforeALayerBecamePartOfANetAreFine() {
        Linear last = new Linear(3, 2).init(1);
        for (int i = 0; i < 5; i++) {
            loss(last, x1);
            last.weight().fill(i);
        }
        try (Sequential net = new Sequential(new Linear(3, 3), last)) {
            loss(net, x1).backward();
            Loss before = loss(net, x1);
            last.weight().fill(3);
            assertRefused("1.weight", before);
        }
    }

    @Test
    void normalizationNeedsItsWeightAndNotItsStatistics() {
        try (Sequential net = new Sequential(new Linear(3, 2), new BatchNorm1d(2)).init(1)) {
            Loss first = loss(net, x1);
            loss(net, x2);
            net.getParameter("1.bias").fill(1);
            first.backward();
            Loss second = loss(net, x1);
            net.getParameter("1.weight").fill(2);
            assertRefused("1.weight", second);
        }
    }
}
