// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.Linear;
import dev.lanewise.optim.SGD;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeak.class)
class ReduceLROnPlateauTest {
    private final Linear net = new Linear(2, 1);
    private final SGD sgd = new SGD(net.parameters(), 0.5f);

    @AfterEach
    void close() {
        net.close();
    }

    private static void tell(ReduceLROnPlateau schedule, double... metrics) {
        for (double metric : metrics) {
            schedule.step(metric);
        }
    }

    @Test
    void theRateFallsWhenPatienceIsExceeded() {
        ReduceLROnPlateau schedule = new ReduceLROnPlateau(sgd).patience(2).factor(0.5);
        tell(schedule, 1, 1, 1);
        assertEquals(0.5f, sgd.learningRate());
        assertEquals(2, schedule.badEpochs());
        tell(schedule, 1);
        assertEquals(0.25f, sgd.learningRate());
        assertEquals(0, schedule.badEpochs());
        assertEquals(1, schedule.best());
        assertEquals(4, schedule.lastEpoch());
    }

    @Test
    void betterByLessThanTheThresholdIsBad() {
        ReduceLROnPlateau schedule = new ReduceLROnPlateau(sgd).threshold(0.125);
        tell(schedule, 1, 0.875);
        assertEquals(1, schedule.badEpochs());
        tell(schedule, 0.874);
        assertEquals(0, schedule.badEpochs());
        assertEquals(0.874, schedule.best());
        tell(schedule, Double.NaN);
        assertEquals(1, schedule.badEpochs());
    }

    @Test
    void aRateSetByHandIsReduced() {
        ReduceLROnPlateau schedule = new ReduceLROnPlateau(sgd).patience(0).factor(0.5);
        tell(schedule, 1);
        sgd.learningRate(4);
        tell(schedule, 1);
        assertEquals(2, sgd.learningRate());
    }

    @Test
    void savedStateGoesOnAsIfNothingHadHappened() {
        ReduceLROnPlateau before = new ReduceLROnPlateau(sgd).patience(1).factor(0.3).cooldown(2);
        double[] metrics = {1, 0.5, 0.5, 0.5, 0.5, 0.6, 0.7, 0.8, 0.4, 0.5, 0.5, 0.5, 0.5};
        for (int saved = 0; saved < metrics.length; saved++) {
            SGD other = new SGD(net.parameters(), 9f);
            ReduceLROnPlateau after = new ReduceLROnPlateau(other).patience(1).factor(0.3).cooldown(2);
            after.loadStateDict(before.stateDict());
            tell(before, metrics[saved]);
            tell(after, metrics[saved]);
            assertEquals(sgd.learningRate(), other.learningRate());
            assertEquals(before.stateDict(), after.stateDict());
        }
        assertEquals(
                Map.of("last_epoch", 13.0, "best", 0.4, "num_bad_epochs", 0.0, "cooldown_counter", 1.0, "last_lr.0",
                        0.5 * 0.3 * 0.3 * 0.3),
                before.stateDict());
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau.loadStateDict: missing [last_epoch, best, num_bad_epochs, cooldown_counter, last_lr.0],"
                        + " unexpected []",
                () -> before.loadStateDict(Map.of()));
    }

    @Test
    void argumentsAreRefused() {
        ReduceLROnPlateau schedule = new ReduceLROnPlateau(sgd);
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: factor is 1.0, expected at least 0 and below 1", () -> schedule.factor(1));
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: patience is -1.0, expected a finite number of at least 0",
                () -> schedule.patience(-1));
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: 2 values of minLearningRate given, expected 1 or 1, one for each group of parameters",
                () -> schedule.minLearningRate(0.1, 0.2));
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: threshold is -1.0, expected a finite number of at least 0",
                () -> schedule.threshold(-1));
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: cooldown is -1.0, expected a finite number of at least 0",
                () -> schedule.cooldown(-1));
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: minLearningRate is NaN, expected a finite number of at least 0",
                () -> schedule.minLearningRate(Double.NaN));
        assertMessage(IllegalArgumentException.class,
                "ReduceLROnPlateau: eps is Infinity, expected a finite number of at least 0",
                () -> schedule.eps(Double.POSITIVE_INFINITY));
        assertEquals("ReduceLROnPlateau(mode=MIN, factor=0.1, patience=10)", schedule.toString());
    }
}
