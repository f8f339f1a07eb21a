// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.blas;

import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Bias, ReLU and dropout in one pass, with one xorshift generator a lane. No mask is kept: what was dropped is 0, as is
/// what ReLU cut, and neither has a gradient.
final class Dropout {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = FLOATS.vectorShape().withLanes(int.class);

    private final int[] state = new int[INTS.length()];
    private final int threshold;
    /// What is kept is multiplied by this.
    final float scale;

    Dropout(float rate, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < state.length; i++) {
            state[i] = random.nextInt() | 1;
        }
        threshold = (int) (Integer.MIN_VALUE + rate * 0x1p32);
        scale = 1 / (1 - rate);
    }

    void biasReluDropout(float[] a, float[] bias, int rows, int stride) {
        IntVector s = IntVector.fromArray(INTS, state, 0);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < stride; c += FLOATS.length()) {
                s = s.lanewise(VectorOperators.XOR, s.lanewise(VectorOperators.LSHL, 13));
                s = s.lanewise(VectorOperators.XOR, s.lanewise(VectorOperators.LSHR, 17));
                s = s.lanewise(VectorOperators.XOR, s.lanewise(VectorOperators.LSHL, 5));
                VectorMask<Float> kept = s.compare(VectorOperators.GE, threshold).cast(FLOATS);
                FloatVector v = FloatVector.fromArray(FLOATS, a, r * stride + c)
                        .add(FloatVector.fromArray(FLOATS, bias, c)).max(zero).mul(scale);
                zero.blend(v, kept).intoArray(a, r * stride + c);
            }
        }
        s.intoArray(state, 0);
    }
}
