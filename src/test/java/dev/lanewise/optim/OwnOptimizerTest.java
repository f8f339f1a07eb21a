// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Trainer;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Optimizers of the user's: what they are given, and what they get for it.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class OwnOptimizerTest {
    private final SplittableRandom random = RandomTables.random(69);
    private final FloatMatrix x = RandomTables.floats(random, 8, 5);
    private final FloatMatrix y = RandomTables.floats(random, 8, 3);
    private final Linear net = new Linear(5, 3).init(1);

    @AfterEach
    void close() {
        x.close();
        y.close();
        net.close();
    }

    @Test
    void elementByElement() {
        float before = net.weight().value().get(1, 2);
        new MSELoss().of(net.forward(x), y).backward();
        float direction = Math.signum(net.weight().grad().get(1, 2));
        Lion lion = new Lion(net.parameters(), 0.25f);
        assertTrue(lion.fuses());
        try (Trainer trainer = new Trainer(net, new MSELoss(), lion)) {
            trainer.trainStep(x.all(), y.all());
            assertEquals(before - 0.25f * direction, net.weight().value().get(1, 2));
            assertMessage(IllegalStateException.class, "Parameter.grad: weight has no gradient: trainStep uses"
                    + " gradients at once without storing them; call zeroGrad, backward and step instead",
                    () -> net.weight().grad());
        }
    }

    @Test
    void withWholeGradients() {
        double norm = norm(net.weight().value());
        float[][] before = net.weight().value().toArray();
        Lars lars = new Lars(net.parameters(), 0.125f);
        assertFalse(lars.fuses());
        try (Trainer trainer = new Trainer(net, new MSELoss(), lars)) {
            trainer.trainStep(x.all(), y.all());
            assertTrue(net.weight().hasGrad(), "it was stored");
            double moved = 0;
            for (int r = 0; r < 3; r++) {
                for (int c = 0; c < 5; c++) {
                    double step = before[r][c] - net.weight().value().get(r, c);
                    moved += step * step;
                }
            }
            assertEquals(0.125 * norm, Math.sqrt(moved), 1e-5);
            float after = net.weight().value().get(0, 0);
            trainer.trainStep(x.all(), y.all());
            assertTrue(after != net.weight().value().get(0, 0));
        }
    }

    private static double norm(FloatMatrix matrix) {
        double sum = 0;
        for (int r = 0; r < matrix.rows(); r++) {
            for (int c = 0; c < matrix.cols(); c++) {
                sum += (double) matrix.get(r, c) * matrix.get(r, c);
            }
        }
        return Math.sqrt(sum);
    }

    @Test
    void settingsItDoesNotHave() {
        Lion lion = new Lion(net.parameters(), 0.25f);
        assertMessage(IllegalArgumentException.class,
                "Lion has no setting momentum; it has [learningRate, beta1, beta2, weightDecay]",
                () -> lion.set(Setting.MOMENTUM, 0.5));
        assertEquals("Lion(lr=0.25, beta2=0.5)", lion.set(Setting.BETA2, 0.5).toString());
        assertEquals(0.9, lion.cycledMomentum());
    }
}
