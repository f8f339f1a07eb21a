// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.random;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The random numbers of PyTorch, against values that PyTorch has given.
@ExtendWith(NoLeak.class)
class TorchRandomTest {
    private static final double LARGEST_ERROR_ULPS = 2;

    /// The ten thousandth number of the seed 5489 is given in the C++ standard.
    @Test
    void theGeneratorIsTheOneOfTheStandard() {
        TorchRandom random = new TorchRandom(5489);
        for (int i = 1; i < 10_000; i++) {
            random.nextInt();
        }
        assertEquals(4123659995L, Integer.toUnsignedLong(random.nextInt()));
    }

    @Test
    void everySeedGivesTheSameNumbers() {
        for (String name : TorchValues.names("seed")) {
            String seed = name.substring("seed ".length());
            TorchRandom random = new TorchRandom(Long.parseLong(seed));
            assertArrayEquals(TorchValues.integers(name),
                    new long[]{random.nextSeed(), random.nextSeed(), random.nextSeed()}, name);
            TorchValues.assertSameBits("rand " + seed, random.rand(5));
            assertArrayEquals(TorchValues.integers("perm " + seed), longs(random.randperm(20)), name);
            assertWithin(LARGEST_ERROR_ULPS, "normal " + seed, random.randn(3));
            assertWithin(LARGEST_ERROR_ULPS, "spare " + seed, random.randn(1));
            TorchValues.assertSameBits("after " + seed, random.rand(2));
        }
    }

    @Test
    void seedingAgainForgetsTheSpareNumber() {
        TorchRandom random = new TorchRandom(3);
        float first = random.randn(1)[0];
        assertEquals(first, random.manualSeed(3).randn(1)[0]);
        assertEquals(new TorchRandom(3).nextLong(), random.manualSeed(3).nextLong());
    }

    @Test
    void uniformNumbersHaveTheSameBits() {
        for (String name : TorchValues.names("uniform")) {
            List<String> words = List.of(name.split(" ", -1));
            try (FloatMatrix values = FloatMatrix.allocate(5, 8)) {
                new TorchRandom(7).uniform(values, Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)));
                TorchValues.assertSameBits(name, TorchValues.flat(values));
            }
        }
    }

    /// Every way in which 1 to 100 numbers fall into blocks; fewer than a block go through the system's functions.
    @Test
    void normalNumbersHaveTheSameBits() {
        for (String name : TorchValues.names("normal_")) {
            List<String> words = List.of(name.split(" ", -1));
            int n = Integer.parseInt(words.get(1));
            try (FloatMatrix values = FloatMatrix.allocate(1, n)) {
                new TorchRandom(11).normal(values, Double.parseDouble(words.get(2)), Double.parseDouble(words.get(3)));
                if (n < 16) {
                    assertWithin(LARGEST_ERROR_ULPS, name, values.row(0));
                } else {
                    TorchValues.assertSameBits(name, values.row(0));
                }
            }
        }
    }

    /// Long enough for every octant and for logarithms down to that of 2^-24.
    @Test
    void aHundredThousandNormalNumbersHaveTheSameBits() {
        float[] values = new TorchRandom(12).randn(100_003);
        int digest = 0;
        for (float value : values) {
            digest = digest * 31 + Float.floatToRawIntBits(value);
        }
        assertEquals(TorchValues.integers("randn 100003")[0], Integer.toUnsignedLong(digest));
    }

    @Test
    void permutationsAreTheSame() {
        for (String name : TorchValues.names("randperm")) {
            int n = Integer.parseInt(name.substring("randperm ".length()));
            int[] order = new TorchRandom(n + 3L).randperm(n);
            int digest = 0;
            for (int entry : order) {
                digest = digest * 31 + entry;
            }
            long[] expected = TorchValues.integers(name);
            assertEquals(expected[0], Integer.toUnsignedLong(digest), name);
            assertArrayEquals(Arrays.copyOfRange(expected, 1, expected.length),
                    longs(Arrays.copyOfRange(order, Math.max(0, n - 10), n)), name);
        }
    }

    @Test
    void aLoaderWalksInTheSameOrder() {
        TorchRandom random = new TorchRandom(9);
        for (int epoch = 0; epoch < 3; epoch++) {
            int[] order = new int[13];
            random.loaderOrder(MemorySegment.ofArray(order), 13);
            assertArrayEquals(TorchValues.integers("loader " + epoch), longs(order), "epoch " + epoch);
            random.nextSeed(); // a loader that does not shuffle draws its base seed, too
        }
        TorchValues.assertSameBits("loader after", random.rand(2));
    }

    @Test
    void aLoaderWithAGeneratorOfItsOwnPermutesWithIt() {
        TorchRandom own = new TorchRandom(10);
        for (int epoch = 0; epoch < 2; epoch++) {
            own.nextSeed();
            assertArrayEquals(TorchValues.integers("own " + epoch), longs(own.randperm(13)), "epoch " + epoch);
            own.randperm(13); // drawn at the end for the rows of an incomplete round, of which there are none
        }
    }

    @Test
    void longPermutationsKeepEveryNumber() {
        int[] order = new TorchRandom(new Random(4).nextLong()).randperm(100_000);
        Arrays.sort(order);
        assertArrayEquals(IntStream.range(0, 100_000).toArray(), order);
    }

    @Test
    void wrongArguments() {
        TorchRandom random = new TorchRandom(0);
        assertMessage(IllegalArgumentException.class, "TorchRandom.randperm: n is -1, expected 0 or more",
                () -> random.randperm(-1));
        assertMessage(IllegalArgumentException.class, "TorchRandom.rand: n is -2, expected 0 or more",
                () -> random.rand(-2));
        assertMessage(IllegalArgumentException.class, "TorchRandom.randn: n is -2, expected 0 or more",
                () -> random.randn(-2));
        assertMessage(IllegalArgumentException.class, "TorchRandom.loaderOrder: n is -2, expected 0 or more",
                () -> random.loaderOrder(MemorySegment.NULL, -2));
        assertThrowsExactly(IndexOutOfBoundsException.class,
                () -> random.randperm(MemorySegment.ofArray(new int[3]), 4));
        try (FloatMatrix values = FloatMatrix.allocate(1, 1)) {
            assertMessage(IllegalArgumentException.class,
                    "TorchRandom.uniform: from 1.0 to 0.5, expected an ascending range of floats",
                    () -> random.uniform(values, 1, 0.5));
            assertMessage(IllegalArgumentException.class,
                    "TorchRandom.uniform: from NaN to 0.5, expected an ascending range of floats",
                    () -> random.uniform(values, Double.NaN, 0.5));
            assertMessage(IllegalArgumentException.class,
                    "TorchRandom.uniform: from -3.0E38 to 3.0E38, expected an ascending range of floats",
                    () -> random.uniform(values, -3e38, 3e38));
            assertMessage(IllegalArgumentException.class, "TorchRandom.normal: std is -1.0, expected 0 or more",
                    () -> random.normal(values, 0, -1));
        }
    }

    private static void assertWithin(double ulps, String name, float... actual) {
        double most = TorchValues.ulps(name, actual);
        assertTrue(most <= ulps, name + ": " + most + " ulp");
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
