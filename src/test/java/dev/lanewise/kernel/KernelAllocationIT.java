// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.simd.SimdKernels;
import dev.lanewise.memory.FreshJvm;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// No kernel takes a byte of the heap once it is compiled: scalar, and in vectors as wide as the machine has them; wider
/// ones are emulated by objects. A JVM for each kind of kernels and each width.
class KernelAllocationIT {
    static Stream<String> widths() {
        return Stream.of("scalar", "128", "256", "512")
                .filter(width -> width.equals("scalar") || Integer.parseInt(width) <= SimdKernels.preferredBits());
    }

    @ParameterizedTest
    @MethodSource("widths")
    void nothing(String width) throws Exception {
        for (Class<?> program : List.of(ElementwiseAllocationProgram.class, KernelAllocationProgram.class,
                MoreLossAllocationProgram.class, NormAllocationProgram.class, WideAllocationProgram.class)) {
            List<String> lines = FreshJvm.run(program,
                    List.of("-Dlanewise.lanes=" + (width.equals("scalar") ? "0" : width)));
            assertEquals(width.equals("scalar") ? "scalar" : "simd-" + width, lines.getFirst().replace(" fma", ""));
        }
    }
}
