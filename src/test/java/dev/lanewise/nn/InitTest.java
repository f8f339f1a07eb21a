// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class InitTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 784})
    void uniformWithinOneOverTheRootOfTheInputs(int in) {
        float bound = (float) (1 / Math.sqrt(in));
        int out = 10_000 / in + 1;
        try (Linear net = new Linear(in, out).init(2)) {
            double sum = 0;
            double squares = 0;
            float least = 1;
            float most = -1;
            for (float[] row : net.weight().value().toArray()) {
                for (float w : row) {
                    sum += w;
                    squares += (double) w * w;
                    least = Math.min(least, w);
                    most = Math.max(most, w);
                }
            }
            int n = in * out;
            assertTrue(least >= -bound && least < -0.99f * bound, "least " + least);
            assertTrue(most < bound && most > 0.99f * bound, "most " + most);
            assertEquals(0, sum / n, 4 * bound / Math.sqrt(3.0 * n));
            assertEquals(bound * bound / 3, squares / n, 0.06 * bound * bound);
            for (float b : net.bias().value().row(0)) {
                assertTrue(b >= -bound && b < bound, "bias " + b);
            }
            RandomTables.assertPaddingIsZero(net.weight().value(), "weight");
            RandomTables.assertPaddingIsZero(net.bias().value(), "bias");
        }
    }

    @Test
    void theStreamIsPinned() {
        try (Sequential net = new Sequential(new Linear(2, 2), new Linear(2, 1))) {
            int[] seedZero = {0xBE0BA308, 0x3BBCB4D4, 0x3DE29D6D, 0xBF10DCC0};
            assertArrayEquals(seedZero, firstBits(net), "without init");
            assertArrayEquals(new int[]{0xBF2BCCA9, 0xBDFAB1AC, 0x3E9160D5, 0x3E4BF430}, firstBits(net.init(-1)));
            assertArrayEquals(new int[]{0xBE664915, 0xBF1EA33C, 0xBF344686, 0x3EDE59C3},
                    firstBits(net.init(Long.MIN_VALUE)));
            assertArrayEquals(seedZero, firstBits(net.init(0)));
        }
    }

    private static int[] firstBits(Sequential net) {
        return net.parameters().stream().mapToInt(p -> Float.floatToRawIntBits(p.value().get(0, 0))).toArray();
    }

    @Test
    void equalSeedsGiveEqualBitsAndOthersDoNot() {
        try (Sequential a = new Sequential(new Linear(7, 5), new Linear(5, 5), new Linear(5, 5));
                Sequential b = new Sequential(new Linear(7, 5), new Linear(5, 5), new Linear(5, 5))) {
            Set<Integer> seen = new HashSet<>();
            for (long seed : new long[]{0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x9E3779B97F4A7C15L}) {
                a.init(seed);
                b.init(seed);
                for (int i = 0; i < 6; i++) {
                    FloatMatrix value = a.parameters().get(i).value();
                    RandomTables.assertSameBits(value, b.parameters().get(i).value(), "seed " + seed);
                    assertTrue(seen.add(Arrays.hashCode(value.row(0))), "another stream has these numbers");
                }
            }
        }
    }

    @Test
    void initAgainGivesTheSameBitsAgain() {
        try (Linear net = new Linear(3, 3)) {
            int[] fresh = RandomTables.bits(net.weight().value());
            net.weight().value().set(1, 1, 9);
            assertFalse(Arrays.equals(fresh, RandomTables.bits(net.weight().value())));
            assertArrayEquals(fresh, RandomTables.bits(net.init(0).weight().value()));
        }
    }

    @Test
    void aLayerWithoutBiasHasTheWeightsOfOneWithBias() {
        try (Linear with = new Linear(3, 3).init(4); Linear without = new Linear(3, 3, false).init(4)) {
            RandomTables.assertSameBits(with.weight().value(), without.weight().value(), "weight");
        }
    }
}
