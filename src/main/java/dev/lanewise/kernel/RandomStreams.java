// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Random streams as pure functions of `(seed, purpose, numbers)`, so that neither resuming nor the number of threads
/// can shift one.
///
/// **Numerics**: the key is a chain of 64-bit mixes over the seed, the characters of the purpose and the numbers; the
/// generator behind it is `L64X128MixRandom`. Floats, normals and permutations are derived here and not by
/// `RandomGenerator`'s own methods, whose algorithms may change between JDKs.
public final class RandomStreams {
    private static final RandomGeneratorFactory<RandomGenerator> FACTORY = RandomGeneratorFactory
            .of("L64X128MixRandom");
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private RandomStreams() {
    }

    /// The generator of the stream `(seed, purpose, numbers)`.
    public static RandomGenerator stream(long seed, String purpose, long... numbers) {
        return FACTORY.create(key(seed, purpose, numbers));
    }

    /// The key of the stream `(seed, purpose, numbers)`.
    public static long key(long seed, String purpose, long... numbers) {
        long key = mix64(seed);
        for (int i = 0; i < purpose.length(); i++) {
            key = mix64(key + GOLDEN_GAMMA + purpose.charAt(i));
        }
        for (long number : numbers) {
            key = append(key, number);
        }
        return key;
    }

    /// The key with one number more.
    static long append(long key, long number) {
        return mix64(key + GOLDEN_GAMMA + mix64(number));
    }

    /// A float in [0, 1), a multiple of 2^-24.
    public static float uniform(RandomGenerator random) {
        return (random.nextLong() >>> 40) * 0x1p-24f;
    }

    /// A standard normal number, by the polar method; `StrictMath` keeps its bits equal everywhere.
    ///
    /// **Source**: G. Marsaglia and T. A. Bray, "A convenient method for generating normal variables", 1964.
    public static double normal(RandomGenerator random) {
        while (true) {
            double u = 2 * unit(random) - 1;
            double v = 2 * unit(random) - 1;
            double s = u * u + v * v;
            if (s > 0 && s < 1) {
                return u * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
            }
        }
    }

    private static double unit(RandomGenerator random) {
        return (random.nextLong() >>> 11) * 0x1p-53;
    }

    /// Fills `index` (`n` ints) with a random permutation of `0 .. n - 1`: Fisher-Yates from the end.
    public static void permutation(RandomGenerator random, MemorySegment index, int n) {
        for (int i = 0; i < n; i++) {
            index.setAtIndex(ValueLayout.JAVA_INT, i, i);
        }
        for (int i = n - 1; i > 0; i--) {
            int j = below(random, i + 1);
            int swapped = index.getAtIndex(ValueLayout.JAVA_INT, i);
            index.setAtIndex(ValueLayout.JAVA_INT, i, index.getAtIndex(ValueLayout.JAVA_INT, j));
            index.setAtIndex(ValueLayout.JAVA_INT, j, swapped);
        }
    }

    /// An unbiased integer in `0 .. bound - 1`.
    ///
    /// **Source**: D. Lemire, "Fast random integer generation in an interval", 2019 (32 random bits times the bound).
    private static int below(RandomGenerator random, int bound) {
        long product = (random.nextLong() >>> 32) * bound;
        if ((product & 0xFFFFFFFFL) < bound) {
            long threshold = (1L << 32) % bound;
            while ((product & 0xFFFFFFFFL) < threshold) {
                product = (random.nextLong() >>> 32) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    /// A bijective 64-bit mix with full avalanche.
    ///
    /// **Source**: the finalizer "variant 13" of D. Stafford, as in SplitMix64.
    static long mix64(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
