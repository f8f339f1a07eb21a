// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.kernel.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Breaks each bytecode rule once; the methods named `kept...` keep them all.
public final class BreaksContract {
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final VectorSpecies<Float> SINGLES = FloatVector.SPECIES_64;
    private static FloatVector ACCUMULATOR = FloatVector.zero(FloatVector.SPECIES_128);
    private final VectorSpecies<Float> species = FloatVector.SPECIES_PREFERRED;

    static FloatVector exponential(FloatVector x) {
        return x.lanewise(VectorOperators.EXP);
    }

    static FloatVector power(FloatVector x) {
        return x.pow(2);
    }

    static float sum(FloatVector x) {
        return x.reduceLanes(VectorOperators.ADD);
    }

    static float product(FloatVector x) {
        return x.lanewise(VectorOperators.NEG).reduceLanes(VectorOperators.MUL);
    }

    static float reduce(FloatVector x, VectorOperators.Associative operator) {
        return x.reduceLanes(operator);
    }

    static float keptReductions(FloatVector x, IntVector counts) {
        return x.reduceLanes(VectorOperators.MAX) + x.reduceLanes(VectorOperators.MIN)
                + counts.reduceLanes(VectorOperators.ADD);
    }

    static double momentum(double beta, int step) {
        return Math.pow(beta, step);
    }

    static double logarithm(double x) {
        return StrictMath.log(x);
    }

    static float keptMath(float x, int i) {
        return Math.fma(x, x, (float) Math.sqrt(x)) + Math.max(x, 0f) + Math.floorMod(i, 3);
    }

    static double noise(RandomGenerator random) {
        return random.nextGaussian();
    }

    static int unseeded() {
        return ThreadLocalRandom.current().nextInt();
    }

    static int total(int n) {
        return IntStream.range(0, n).parallel().sum();
    }

    FloatVector load(VectorSpecies<Float> wanted, MemorySegment memory) {
        return FloatVector.fromMemorySegment(wanted.length() > species.length() ? species : wanted, memory, 0, ORDER)
                .add(ACCUMULATOR);
    }

    static float first(MemorySegment unasked, MemorySegment asked) {
        if (!asked.isNative()) {
            throw new IllegalArgumentException();
        }
        return unasked.get(ValueLayout.JAVA_FLOAT, 0) + asked.get(ValueLayout.JAVA_FLOAT, 0);
    }

    static void slices(MemorySegment unasked, MemorySegment asked) {
        if (!asked.isNative()) {
            throw new IllegalArgumentException();
        }
        MemorySegment to = asked.asSlice(16, 16);
        MemorySegment from = unasked.asSlice(16, 16);
        FloatVector.fromMemorySegment(FloatVector.SPECIES_128, from, 0, ORDER).intoMemorySegment(to, 0, ORDER);
    }

    static float sliced(MemorySegment asked, int n) {
        if (!asked.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector sum = FloatVector.zero(FloatVector.SPECIES_128);
        for (int at = 0; at != n; at += 16) {
            sum = sum.add(FloatVector.fromMemorySegment(FloatVector.SPECIES_128, asked.asSlice(at, 16), 0, ORDER));
        }
        return sum.lane(0);
    }

    static void half(MemorySegment asked) {
        if (!asked.isNative()) {
            throw new IllegalArgumentException();
        }
        FloatVector.fromMemorySegment(SINGLES, asked, 0, ORDER)
                .convertShape(VectorOperators.F2D, DoubleVector.SPECIES_128, 0)
                .convertShape(VectorOperators.D2F, SINGLES, 0).reinterpretAsShorts()
                .intoMemorySegment(asked, 0, ORDER);
        FloatVector.fromMemorySegment(SINGLES, asked, 0, ORDER).mul(2);
    }

    static FloatVector large(FloatVector x) {
        return x
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x)
                .add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x).add(x);
    }

    static long[] huge() {
        return new long[]{
                7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    }
}
