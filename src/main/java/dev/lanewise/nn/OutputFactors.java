// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// A factor for each output in native memory, padded with +0.0 to whole blocks: some dozen bytes that live and die with
/// the loss function, outside the count of the buffers.
final class OutputFactors {
    private OutputFactors() {
    }

    /// `outputs` factors of 1 if `values` is null, the one value for all if it has one, else the values.
    ///
    /// **Throws** `IllegalArgumentException` if there are others than that.
    static MemorySegment of(String what, float @Nullable [] values, int outputs) {
        if (values != null && values.length != outputs && values.length != 1) {
            throw new IllegalArgumentException(what + " has " + values.length + " values, expected " + outputs
                    + ", one for each output");
        }
        MemorySegment factors = allocate(outputs);
        for (int j = 0; j < outputs; j++) {
            factors.setAtIndex(ValueLayout.JAVA_FLOAT, j,
                    values == null ? 1f : values[values.length == 1 ? 0 : j]);
        }
        return factors;
    }

    /// The products of `factors` and `by`.
    static MemorySegment times(MemorySegment factors, float by, int outputs) {
        MemorySegment products = allocate(outputs);
        for (int j = 0; j < outputs; j++) {
            products.setAtIndex(ValueLayout.JAVA_FLOAT, j, factors.getAtIndex(ValueLayout.JAVA_FLOAT, j) * by);
        }
        return products;
    }

    private static MemorySegment allocate(int outputs) {
        return Arena.ofAuto().allocate((long) FloatMatrix.stride(outputs) * Float.BYTES, FloatMatrix.LANES * 4L);
    }
}
