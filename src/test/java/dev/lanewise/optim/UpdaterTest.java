// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Reduction;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class UpdaterTest {
    @Test
    void minibatchDescentDividesByTheRows() {
        SplittableRandom random = RandomTables.random(70);
        try (FloatMatrix x = RandomTables.floats(random, 7, 5);
                FloatMatrix y = RandomTables.floats(random, 7, 3);
                Linear net = new Linear(5, 3)) {
            Updater updater = Updater.sgd(net.parameters(), 0.25f);
            for (int rows : new int[]{1, 3, 4, 7}) {
                new HalfSquaredLoss(Reduction.NONE).of(net.forward(new Rows(x, 0, rows)), new Rows(y, 0, rows)).sum()
                        .backward();
                float[][] value = net.weight().value().toArray();
                float[][] gradient = net.weight().grad().toArray();
                updater.update(rows);
                for (int o = 0; o < 3; o++) {
                    for (int i = 0; i < 5; i++) {
                        assertEquals(Math.fma(-0.25f, gradient[o][i] * (1f / rows), value[o][i]),
                                net.weight().value().get(o, i));
                    }
                }
                for (Parameter p : net.parameters()) {
                    assertFalse(p.hasGrad(), "the gradient is dropped");
                    RandomTables.assertPaddingIsZero(p.value(), p.toString());
                }
            }
            assertMessage(IllegalStateException.class, "Parameter.grad: weight has no gradient: call backward first",
                    () -> updater.update(1));
        }
    }
}
