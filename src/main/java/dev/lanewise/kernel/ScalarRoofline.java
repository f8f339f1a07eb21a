// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// Scalar specification of [RooflineKernels].
final class ScalarRoofline implements RooflineKernels {
    @Override
    public void multiplyAdd(MemorySegment v, float a, float b, int turns) {
        for (int i = 0; i < CHAINS; i++) {
            float value = v.getAtIndex(JAVA_FLOAT, i);
            for (int turn = 0; turn < turns; turn++) {
                value = Math.fma(value, a, b);
            }
            v.setAtIndex(JAVA_FLOAT, i, value);
        }
    }

    @Override
    public int xor(MemorySegment x, long from, long n) {
        int bits = 0;
        for (long i = from; i < from + n; i++) {
            bits ^= x.getAtIndex(JAVA_INT, i);
        }
        return bits;
    }
}
