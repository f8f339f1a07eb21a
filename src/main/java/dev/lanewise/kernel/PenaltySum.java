// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/// The penalty on the values of a parameter, in double.
public final class PenaltySum {
    private PenaltySum() {
    }

    /// `l1 * sum |w| + l2 * sum w^2` over `n` floats, a multiple of 16, padding included: four partial sums of each
    /// (`i % 4`, i ascending), added in pairs, so that the processor need not wait for one addition after the other.
    public static double of(MemorySegment w, long n, float l1, float l2) {
        double a0 = 0;
        double a1 = 0;
        double a2 = 0;
        double a3 = 0;
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        for (long i = 0; i < n; i += 4) {
            double w0 = w.getAtIndex(JAVA_FLOAT, i);
            double w1 = w.getAtIndex(JAVA_FLOAT, i + 1);
            double w2 = w.getAtIndex(JAVA_FLOAT, i + 2);
            double w3 = w.getAtIndex(JAVA_FLOAT, i + 3);
            a0 += Math.abs(w0);
            a1 += Math.abs(w1);
            a2 += Math.abs(w2);
            a3 += Math.abs(w3);
            s0 += w0 * w0;
            s1 += w1 * w1;
            s2 += w2 * w2;
            s3 += w3 * w3;
        }
        return l1 * (a0 + a2 + (a1 + a3)) + l2 * (s0 + s2 + (s1 + s3));
    }
}
