// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.random;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/// The random numbers of PyTorch after `torch.manual_seed`, on its CPU: initial weights and shuffles of a PyTorch script
/// can be made again, if the numbers are asked for in the same order.
///
/// ```java
/// TorchRandom torch = new TorchRandom(42);   // torch.manual_seed(42)
/// Init.torch(torch).defaults(net);           // net = nn.Sequential(nn.Linear(784, 256), ...)
/// batches.shuffle(torch);                    // DataLoader(..., shuffle=True)
/// ```
///
/// **Numerics**: the bits are those of PyTorch's float32 kernels on a CPU with AVX2, where the scaling of a uniform number
/// is one `fma` and normal numbers come from the polynomials of Cephes; only fewer than 16 normal numbers at a time, which
/// PyTorch computes in double with the logarithm and the sine of the system, may differ in the last place. PyTorch's own
/// normal numbers differ between kinds of CPU; ours are the same on every machine.
/// **Threads**: one at a time; the numbers depend on the order of the calls.
/// As a [RandomGenerator] it is a source of bits: what is only there, such as `nextGaussian`, is Java's formula.
/// **Source**: observed on torch 1.13; the values are pinned by tests.
public final class TorchRandom implements RandomGenerator {
    /// Normal numbers are made in blocks of so many, unless there are fewer in all.
    private static final int BLOCK = 16;
    private static final float TWO_PI = (float) (2 * Math.PI);

    private final MersenneTwister twister = new MersenneTwister();
    private boolean hasSpare;
    private double spare; // the second normal number of a pair

    /// The stream after `torch.manual_seed(seed)`.
    public TorchRandom(long seed) {
        twister.seed((int) seed);
    }

    /// Begins the stream of `seed`, of which the low 32 bits count, as in PyTorch.
    public TorchRandom manualSeed(long seed) {
        twister.seed((int) seed);
        hasSpare = false;
        return this;
    }

    /// The next 32 random bits.
    @Override
    public int nextInt() {
        return twister.nextInt();
    }

    /// The next 64 random bits: two draws, the first one on top.
    @Override
    public long nextLong() {
        long high = twister.nextInt();
        return high << 32 | (twister.nextInt() & 0xFFFFFFFFL);
    }

    /// What `torch.empty((), dtype=torch.int64).random_()` gives: 63 random bits. Every walk through a `DataLoader` begins
    /// with one such number, shuffled or not.
    public long nextSeed() {
        return nextLong() & Long.MAX_VALUE;
    }

    /// A float in [0, 1), a multiple of 2^-24: one element of `torch.rand`.
    public float uniform() {
        return (twister.nextInt() & 0xFFFFFF) * 0x1p-24f;
    }

    /// `torch.rand(n)`: uniform in [0, 1).
    ///
    /// **Throws** `IllegalArgumentException` if `n` is negative.
    public float[] rand(int n) {
        requireCount(n, "rand");
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = uniform();
        }
        return values;
    }

    /// `torch.randn(n)`: normal with mean 0 and standard deviation 1.
    ///
    /// **Throws** `IllegalArgumentException` if `n` is negative.
    public float[] randn(int n) {
        requireCount(n, "randn");
        float[] values = new float[n];
        normal(n, 0, 1, (at, block, count) -> System.arraycopy(block, 0, values, (int) at, count));
        return values;
    }

    /// `torch.randperm(n)`: the numbers from 0 to `n - 1`, shuffled.
    ///
    /// **Throws** `IllegalArgumentException` if `n` is negative.
    public int[] randperm(int n) {
        requireCount(n, "randperm");
        int[] order = new int[n];
        randperm(MemorySegment.ofArray(order), n);
        return order;
    }

    /// `torch.randperm(n)` into the first `n` ints of `order`.
    ///
    /// Newer versions of PyTorch have another algorithm from 214,748,364 elements on.
    ///
    /// **Throws** `IllegalArgumentException` if `n` is negative, `IndexOutOfBoundsException` if `order` is shorter.
    public void randperm(MemorySegment order, int n) {
        requireCount(n, "randperm");
        for (int i = 0; i < n; i++) {
            order.setAtIndex(ValueLayout.JAVA_INT, i, i);
        }
        for (int i = 0; i < n - 1; i++) {
            int other = i + Integer.remainderUnsigned(twister.nextInt(), n - i);
            int kept = order.getAtIndex(ValueLayout.JAVA_INT, i);
            order.setAtIndex(ValueLayout.JAVA_INT, i, order.getAtIndex(ValueLayout.JAVA_INT, other));
            order.setAtIndex(ValueLayout.JAVA_INT, other, kept);
        }
    }

    /// The order in which `DataLoader(..., shuffle=True)` without a generator of its own walks through `n` rows in the
    /// next epoch, into the first `n` ints of `order`.
    ///
    /// It draws two numbers from this stream, a base seed for workers and the seed of a stream for this one permutation.
    ///
    /// **Throws** `IllegalArgumentException` if `n` is negative, `IndexOutOfBoundsException` if `order` is shorter.
    public void loaderOrder(MemorySegment order, int n) {
        requireCount(n, "loaderOrder");
        nextSeed(); // the base seed
        new TorchRandom(nextSeed()).randperm(order, n);
    }

    /// `tensor.uniform_(from, to)`: uniform in [from, to), row by row.
    ///
    /// **Throws** `IllegalArgumentException` if `from` is above `to` or the range is not finite as a float.
    public void uniform(FloatMatrix values, double from, double to) {
        float low = (float) from;
        float range = (float) to - low;
        if (!(from <= to) || !Float.isFinite(range)) {
            throw new IllegalArgumentException("TorchRandom.uniform: from " + from + " to " + to
                    + ", expected an ascending range of floats");
        }
        for (int r = 0; r < values.rows(); r++) {
            for (int c = 0; c < values.cols(); c++) {
                values.set(r, c, Math.fma(uniform(), range, low));
            }
        }
    }

    /// `tensor.normal_(mean, std)`: normal, row by row.
    ///
    /// **Throws** `IllegalArgumentException` if `std` is negative or NaN.
    public void normal(FloatMatrix values, double mean, double std) {
        if (!(std >= 0)) {
            throw new IllegalArgumentException("TorchRandom.normal: std is " + std + ", expected 0 or more");
        }
        int cols = values.cols();
        normal((long) values.rows() * cols, mean, std, (at, block, count) -> {
            for (int i = 0; i < count; i++) {
                values.set((int) ((at + i) / cols), (int) ((at + i) % cols), block[i]);
            }
        });
    }

    /// Where normal numbers go, in the order in which PyTorch writes them.
    private interface BlockSink {
        void put(long at, float[] block, int count);
    }

    /// Fewer than a block of numbers come one by one. More come in blocks, and the last block of a number that is not a
    /// multiple of 16 is drawn anew for the last 16 places, part of which have been filled before.
    private void normal(long n, double mean, double std, BlockSink sink) {
        float[] block = new float[BLOCK];
        if (n < BLOCK) {
            for (int i = 0; i < n; i++) {
                block[i] = (float) (normal() * std + mean);
            }
            sink.put(0, block, (int) n);
            return;
        }
        long whole = n - n % BLOCK;
        for (long at = 0; at < whole; at += BLOCK) {
            normalBlock(block, (float) mean, (float) std);
            sink.put(at, block, BLOCK);
        }
        for (long i = whole; i < n; i++) {
            twister.nextInt(); // drawn by PyTorch, too, and overwritten
        }
        if (whole < n) {
            normalBlock(block, (float) mean, (float) std);
            sink.put(n - BLOCK, block, BLOCK);
        }
    }

    /// Eight radii and eight angles give sixteen numbers, first the cosines, then the sines.
    ///
    /// **Source**: G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates", 1958.
    private void normalBlock(float[] block, float mean, float std) {
        for (int i = 0; i < BLOCK; i++) {
            block[i] = uniform();
        }
        for (int i = 0; i < BLOCK / 2; i++) {
            float radius = (float) Math.sqrt(-2 * CephesMath.log(1 - block[i]));
            float angle = TWO_PI * block[i + BLOCK / 2];
            block[i] = Math.fma(radius * CephesMath.cos(angle), std, mean);
            block[i + BLOCK / 2] = Math.fma(radius * CephesMath.sin(angle), std, mean);
        }
    }

    /// A standard normal number in double; every second one is the sine of the pair before.
    private double normal() {
        if (hasSpare) {
            hasSpare = false;
            return spare;
        }
        double turn = unit();
        double radius = StrictMath.sqrt(-2 * StrictMath.log1p(-unit()));
        double angle = 2 * StrictMath.PI * turn;
        spare = radius * StrictMath.sin(angle);
        hasSpare = true;
        return radius * StrictMath.cos(angle);
    }

    private double unit() {
        return (nextLong() & 0x1FFFFFFFFFFFFFL) * 0x1p-53;
    }

    private static void requireCount(int n, String operation) {
        if (n < 0) {
            throw new IllegalArgumentException("TorchRandom." + operation + ": n is " + n + ", expected 0 or more");
        }
    }
}
