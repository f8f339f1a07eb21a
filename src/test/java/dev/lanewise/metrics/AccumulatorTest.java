// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.metrics;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccumulatorTest {
    @Test
    void sumsEachQuantity() {
        Accumulator sums = new Accumulator(3);
        sums.add(1, 2, 3);
        sums.add(0.5, -2, 1e300);
        assertEquals(1.5, sums.get(0));
        assertEquals(0, sums.get(1));
        assertEquals(1e300, sums.get(2));
        assertEquals("Accumulator[1.5, 0.0, 1.0E300]", sums.toString());
        sums.reset();
        assertEquals("Accumulator[0.0, 0.0, 0.0]", sums.toString());
    }

    @Test
    void countsBeyondWhatAFloatCounts() {
        Accumulator count = new Accumulator(1);
        count.add(1 << 24);
        for (int i = 0; i < 1000; i++) {
            count.add(1);
        }
        assertEquals(16_777_216 + 1000, count.get(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void noSums(int n) {
        assertMessage(IllegalArgumentException.class, "Accumulator: n is " + n + ", expected at least 1",
                () -> new Accumulator(n));
    }

    @Test
    void anotherNumberOfValues() {
        Accumulator sums = new Accumulator(2);
        assertMessage(IllegalArgumentException.class, "Accumulator.add: 3 values given, expected 2",
                () -> sums.add(1, 2, 3));
        assertMessage(IllegalArgumentException.class, "Accumulator.add: 0 values given, expected 2", sums::add);
        assertThrows(IndexOutOfBoundsException.class, () -> sums.get(2));
        assertEquals("Accumulator[0.0, 0.0]", sums.toString());
    }
}
