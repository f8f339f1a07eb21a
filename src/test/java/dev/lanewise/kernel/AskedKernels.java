// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Makes sure that a test tests the kernels that the run asks for, not their fallback.
final class AskedKernels {
    private AskedKernels() {
    }

    static void assertActive() {
        int requested = LaneChoice.requested();
        if (requested == LaneChoice.AUTO) {
            assertNull(Kernels.scalarReason());
            assertTrue(Kernels.active().startsWith("simd-"), Kernels.active());
        } else {
            assertEquals(requested == 0 ? "scalar" : "simd-" + requested, Kernels.active().replace(" fma", ""));
        }
    }
}
