// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// Powers: near the true ones, and the same whatever was asked before.
class PowerSequenceTest {
    @Test
    void nearTheTruth() {
        for (double base : new double[]{0, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
            PowerSequence sequence = new PowerSequence();
            for (long t = 1; t <= 3000; t++) {
                double expected = StrictMath.pow(base, (double) t);
                assertEquals(expected, sequence.of(base, t), t * 4e-16 * expected, base + "^" + t);
                assertEquals(expected, Powers.of(base, t), t * 4e-16 * expected, base + "^" + t);
            }
        }
    }

    @Test
    void theOrderOfQuestionsDoesNotShow() {
        PowerSequence sequence = new PowerSequence();
        for (long t = 1; t <= 200; t++) {
            double value = sequence.of(0.999, t);
            assertEquals(value, sequence.of(0.999, t), "again");
            assertEquals(value, new PowerSequence().of(0.999, t), "alone");
            PowerSequence other = new PowerSequence();
            other.of(0.9, t - 1);
            assertEquals(value, other.of(0.999, t), "behind another base");
        }
    }
}
