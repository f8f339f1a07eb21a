// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A plain function as a model.
@ExtendWith({NoLeak.class, RandomTables.class})
class FitFunctionTest {
    private static final int ROWS = 2500; // two whole chunks and a short one

    private final SplittableRandom random = RandomTables.random(84);

    @Test
    void givesTheFiguresOfTheModuleItCalls() {
        try (Dataset data = Dataset.of(RandomTables.floats(random, ROWS, 7),
                ClassLabels.copyOf(random.ints(ROWS, 0, 4).toArray()), 4);
                Sequential net = new Sequential(new Linear(7, 4)).init(1)) {
            CrossEntropyLoss loss = new CrossEntropyLoss(Reduction.SUM);
            assertEquals(Fit.evaluateAccuracy(net, data), Fit.evaluateAccuracy(x -> net.forward(x), data));
            assertEquals(Fit.evaluateLoss(net, data, loss), Fit.evaluateLoss(x -> net.forward(x), data, loss));
        }
    }

    @Test
    void takesValuesFromAnywhere() {
        float[] targets = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            targets[i] = i % 5;
        }
        try (Dataset data = Dataset.of(RandomTables.floats(random, ROWS, 2), FloatMatrix.copyOf(targets, ROWS, 1));
                FloatMatrix threes = FloatMatrix.allocate(1024, 1)) {
            for (int r = 0; r < threes.rows(); r++) {
                threes.set(r, 0, 3);
            }
            assertEquals(0.2, Fit.evaluateAccuracy(x -> new Rows(threes, 0, x.count()), data));
            assertEquals((9 + 4 + 1 + 1) / 5.0, Fit.evaluateLoss(x -> new Rows(threes, 1024 - x.count(), x.count()),
                    data, new MSELoss()), 1e-12);
        }
    }

    @Test
    void switchesNobodysMode() {
        try (Dataset data = Dataset.of(RandomTables.floats(random, 3, 2), ClassLabels.copyOf(new int[]{0, 1, 0}), 2);
                Sequential net = new Sequential(new Linear(2, 2))) {
            Fit.evaluateAccuracy(x -> {
                assertTrue(net.isTraining());
                return net.forward(x);
            }, data);
            net.eval();
            Fit.evaluateAccuracy(x -> net.forward(x), data);
            assertFalse(net.isTraining());
        }
    }

    @Test
    void refusesAnotherNumberOfRowsAndOtherShapes() {
        try (Dataset data = Dataset.of(RandomTables.floats(random, 3, 2), FloatMatrix.allocate(3, 1));
                FloatMatrix other = FloatMatrix.allocate(3, 2)) {
            assertMessage(IllegalArgumentException.class,
                    "Fit: the function returned 2 rows for 3, expected as many",
                    () -> Fit.evaluateAccuracy(_ -> new Rows(other, 0, 2), data));
            assertMessage(IllegalArgumentException.class, "MSELoss: predictions are (3, 2), targets are (3, 1);"
                    + " expected the same shape, nothing is broadcast",
                    () -> Fit.evaluateLoss(_ -> other.all(), data, new MSELoss()));
        }
    }
}
