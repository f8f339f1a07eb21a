// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {
    private static int[] permutation(int n, long seed, long epoch) {
        try (GuardedMemory memory = new GuardedMemory()) {
            MemorySegment index = memory.floats(n);
            RandomStreams.permutation(RandomStreams.stream(seed, "shuffle", epoch), index, n);
            memory.assertGuardsIntact("permutation of " + n);
            return index.toArray(ValueLayout.JAVA_INT);
        }
    }

    @Test
    void aPermutationHasEveryRowOnce() {
        IntStream sizes = IntStream.concat(IntStream.rangeClosed(1, 100), IntStream.of(1000, 60_000));
        for (int n : sizes.toArray()) {
            int[] sorted = permutation(n, 0, 1);
            Arrays.sort(sorted);
            assertEquals(Arrays.toString(IntStream.range(0, n).toArray()), Arrays.toString(sorted));
        }
    }

    @Test
    void aStreamIsAPureFunctionOfItsKey() {
        assertEquals(Arrays.toString(permutation(100, 7, 3)), Arrays.toString(permutation(100, 7, 3)));
        assertEquals(RandomStreams.stream(5, "init", 1, 2).nextLong(),
                RandomStreams.stream(5, "init", 1, 2).nextLong());
    }

    @Test
    void everyPartOfTheKeyCounts() {
        Set<Long> first = new HashSet<>();
        int streams = 0;
        for (long seed : new long[]{0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            for (String purpose : new String[]{"shuffle", "split", "init"}) {
                for (long[] numbers : new long[][]{{}, {0}, {1}, {0, 0}, {0, 1}, {1, 0}}) {
                    first.add(RandomStreams.stream(seed, purpose, numbers).nextLong());
                    streams++;
                }
            }
        }
        assertEquals(streams, first.size());
    }

    /// The first draws of one stream: they may never change, since results are checked by their hash.
    @Test
    void theBitsAreFixed() {
        RandomGenerator random = RandomStreams.stream(0, "shuffle", 1);
        assertEquals("[7, 6, 0, 8, 3, 5, 9, 4, 1, 2]", Arrays.toString(permutation(10, 0, 1)));
        assertEquals(0.24209416f, RandomStreams.uniform(random));
        assertEquals(-1.2772634950630952, RandomStreams.normal(random));
    }

    @Test
    void uniformsAreMultiplesBelowOne() {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "uniform");
        double sum = 0;
        double squares = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            float u = RandomStreams.uniform(random);
            assertTrue(u >= 0 && u < 1, () -> "uniform is " + u);
            assertEquals(0, u * 0x1p24 % 1);
            sum += u;
            squares += (u - 0.5) * (u - 0.5);
        }
        assertEquals(0.5, sum / n, 5 * Math.sqrt(1.0 / 12 / n));
        assertEquals(1.0 / 12, squares / n, 5 * Math.sqrt(1.0 / 180 / n));
    }

    @Test
    void normalsHaveTheirMoments() {
        RandomGenerator random = RandomStreams.stream(Floats.seed(), "normal");
        int n = 200_000;
        double[] moments = new double[5];
        for (int i = 0; i < n; i++) {
            double z = RandomStreams.normal(random);
            double power = 1;
            for (int k = 1; k <= 4; k++) {
                power *= z;
                moments[k] += power / n;
            }
        }
        assertEquals(0, moments[1], 5 / Math.sqrt(n));
        assertEquals(1, moments[2], 5 * Math.sqrt(2.0 / n));
        assertEquals(0, moments[3], 5 * Math.sqrt(15.0 / n));
        assertEquals(3, moments[4], 5 * Math.sqrt(96.0 / n));
    }

    @Test
    void everyPositionIsEquallyLikely() {
        int[] seen = new int[6];
        int rounds = 30_000;
        for (int epoch = 0; epoch < rounds; epoch++) {
            seen[permutation(6, Floats.seed(), epoch)[0]]++;
        }
        double sigma = Math.sqrt(rounds * (1.0 / 6) * (5.0 / 6));
        for (int count : seen) {
            assertEquals(rounds / 6.0, count, 5 * sigma);
        }
    }

    @Test
    void everyOrderIsEquallyLikely() {
        int[] seen = new int[27];
        int streams = 60_000;
        for (int epoch = 0; epoch < streams; epoch++) {
            int[] p = permutation(3, Floats.seed(), epoch);
            seen[9 * p[0] + 3 * p[1] + p[2]]++;
        }
        int[] orders = Arrays.stream(seen).filter(count -> count > 0).toArray();
        assertEquals(6, orders.length);
        for (int count : orders) {
            assertEquals(streams / 6.0, count, 5 * Math.sqrt(streams * (1.0 / 6) * (5.0 / 6)));
        }
    }
}
