// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.random;

/// The generator mt19937: 32 random bits at a time, with a period of 2^19937 - 1.
///
/// **Source**: M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
/// pseudo-random number generator", 1998; seeded as in their revision of 2002.
final class MersenneTwister {
    private static final int WORDS = 624;
    private static final int SHIFT = 397;
    private static final int TWIST = 0x9908B0DF;
    private static final int UPPER_BIT = 0x80000000;
    private static final int LOWER_BITS = 0x7FFFFFFF;

    private final int[] state = new int[WORDS];
    private int next;

    void seed(int seed) {
        state[0] = seed;
        for (int i = 1; i < WORDS; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
        next = WORDS;
    }

    int nextInt() {
        if (next == WORDS) {
            renew();
            next = 0;
        }
        int y = state[next++];
        y ^= y >>> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >>> 18);
    }

    /// Every word becomes a function of itself, its neighbour and the word [#SHIFT] places on, around the circle.
    private void renew() {
        for (int i = 0; i < WORDS; i++) {
            int joined = (state[i] & UPPER_BIT) | (state[(i + 1) % WORDS] & LOWER_BITS);
            state[i] = state[(i + SHIFT) % WORDS] ^ (joined >>> 1) ^ ((joined & 1) == 0 ? 0 : TWIST);
        }
    }
}
