// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.kernel.Kernels;
import java.io.IOException;

/// JMH, but not on kernels that nobody asked for: figures of the scalar specification under the name of vectors would be
/// worse than none.
public final class Benchmarks {
    private static final int CONFIGURATION = 78;

    private Benchmarks() {
    }

    public static void main(String[] arguments) throws IOException {
        String reason = Kernels.scalarReason();
        if (reason != null) {
            System.err.println("lanewise: error: " + reason);
            System.exit(CONFIGURATION);
        }
        System.err.println("jmh: kernels " + Kernels.active());
        org.openjdk.jmh.Main.main(arguments);
    }
}
