// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({NoLeak.class, RandomTables.class})
class TrainerTest {
    private final SplittableRandom random = RandomTables.random(90);
    private final FloatMatrix x = RandomTables.floats(random, 6, 3);
    private final FloatMatrix y = RandomTables.floats(random, 6, 2);
    private final Linear net = new Linear(3, 2);
    private final MSELoss mse = new MSELoss();
    private final SGD sgd = new SGD(net.parameters(), 0.1f);
    private final Trainer trainer = new Trainer(net, mse, sgd);

    @AfterEach
    void close() {
        x.close();
        y.close();
        trainer.close();
        net.close();
    }

    @Test
    void callsOutOfOrder() {
        assertMessage(IllegalStateException.class, "Trainer.backward: there is no loss yet; call Trainer.forward first,"
                + " or call backward on the Loss you computed", trainer::backward);
        assertMessage(IllegalStateException.class,
                "Trainer.step: no parameter has a gradient; call backward first", trainer::step);
        assertMessage(IllegalStateException.class, "Trainer.output: there was no forward pass yet", trainer::output);
        assertMessage(IllegalStateException.class, "Trainer.loss: there was no forward pass yet", trainer::loss);
        trainer.zeroGrad();
        trainer.forward(x.all(), y.all());
        assertThrows(IllegalStateException.class, trainer::step);
        trainer.backward();
        assertMessage(IllegalStateException.class,
                "Loss.backward: called twice on one loss; compute the loss again first", trainer::backward);
        trainer.step();
        trainer.zeroGrad();
        assertThrows(IllegalStateException.class, trainer::step);
        trainer.trainStep(x.all(), y.all());
        assertThrows(IllegalStateException.class, trainer::step);
        assertThrows(IllegalStateException.class, trainer::backward);
    }

    @Test
    void remembersTheLastForward() {
        Loss loss = trainer.forward(x.all(), y.all());
        assertSame(loss, trainer.loss());
        Output output = trainer.output();
        assertEquals(6, output.count());
        double value = loss.value();
        assertEquals(value, trainer.trainStep(x.all(), y.all()));
        assertEquals(value, trainer.loss().value(), "before the step");
        assertTrue(trainer.trainStep(x.all(), y.all()) < value);
    }

    @Test
    void singleLossesAreTrainedByTheirMean() {
        try (Linear other = new Linear(3, 2);
                Trainer none = new Trainer(other, new MSELoss(Reduction.NONE), new SGD(other.parameters(), 0.1f))) {
            for (int step = 0; step < 3; step++) {
                assertEquals(trainer.trainStep(x.all(), y.all()), none.trainStep(x.all(), y.all()));
                none.zeroGrad();
                none.forward(x.all(), y.all());
                none.backward();
                trainer.zeroGrad();
                trainer.forward(x.all(), y.all());
                trainer.backward();
                RandomTables.assertSameBits(net.weight().grad(), other.weight().grad(), "gradient");
                none.step();
                trainer.step();
                RandomTables.assertSameBits(net.weight().value(), other.weight().value(), "weight");
            }
        }
    }

    @Test
    void aSecondTrainerIsRefused() {
        assertMessage(IllegalStateException.class, "Linear(3, 2) is already trained by a Trainer; close that one first",
                () -> new Trainer(net, mse, sgd));
        trainer.close();
        trainer.close();
        try (Trainer next = new Trainer(net, mse, sgd)) {
            next.trainStep(x.all(), y.all());
            trainer.close();
            assertThrows(IllegalStateException.class, () -> new Trainer(net, mse, sgd));
        }
    }

    @Test
    void aTrainerOfAChildHoldsTheParent() {
        Linear child = new Linear(3, 2);
        try (Sequential parent = new Sequential(child);
                Trainer _ = new Trainer(child, mse, new SGD(child.parameters(), 0.1f))) {
            assertMessage(IllegalStateException.class,
                    "Sequential(Linear(3, 2)) is already trained by a Trainer; close that one first",
                    () -> new Trainer(parent, mse, new SGD(parent.parameters(), 0.1f)));
        }
    }

    @Test
    void tellsWhatItTrains() {
        assertEquals("Trainer(Linear(3, 2), MSELoss(MEAN), SGD(lr=0.1))", trainer.toString());
    }

    @Test
    void aModuleClosedFirstIsNamed() {
        net.close();
        assertMessage(IllegalStateException.class, "Linear(3, 2) is closed", () -> trainer.trainStep(x.all(), y.all()));
        trainer.close();
    }

    @Test
    void aFailedForwardLeavesTheTrainerUsable() {
        trainer.trainStep(x.all(), y.all());
        assertThrows(IllegalArgumentException.class, () -> trainer.trainStep(y.all(), y.all()));
        assertThrows(IllegalArgumentException.class, () -> trainer.trainStep(x.all(), x.all()));
        assertThrows(IllegalStateException.class, trainer::backward);
        trainer.trainStep(x.all(), y.all());
    }

    @Test
    void useAfterCloseNamesTheTrainer() {
        trainer.forward(x.all(), y.all());
        trainer.close();
        String message = "Trainer(Linear(3, 2), MSELoss(MEAN), SGD(lr=0.1)) is closed";
        assertMessage(IllegalStateException.class, message, () -> trainer.forward(x.all(), y.all()));
        assertMessage(IllegalStateException.class, message, () -> trainer.trainStep(x.all(), y.all()));
        assertMessage(IllegalStateException.class, message, trainer::backward);
        assertMessage(IllegalStateException.class, message, trainer::zeroGrad);
        assertMessage(IllegalStateException.class, message, trainer::step);
        assertMessage(IllegalStateException.class, message, trainer::loss);
        assertMessage(IllegalStateException.class, message, trainer::output);
    }

    @Test
    void anOptimizerOfOtherParametersIsRefused() {
        try (Linear other = new Linear(3, 2); Sequential parent = new Sequential(new Linear(3, 2), new Linear(2, 2))) {
            SGD stranger = new SGD(other.parameters(), 0.1f);
            assertMessage(IllegalArgumentException.class,
                    "Trainer: SGD(lr=0.1) has no parameter of Sequential(Linear(3, 2), Linear(2, 2)), expected at least"
                            + " one; make it of net.parameters()",
                    () -> new Trainer(parent, mse, stranger));
            assertFalse(parent.parameters().get(0).hasGrad());
            List<Parameter> some = List.of(other.weight(), parent.parameters().get(3));
            new Trainer(parent, mse, new SGD(some, 0.1f)).close();
        }
    }
}
