// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// Whether this VM computes `Math.fma` with the processor's instruction (its flag `UseFMA`) or in software.
///
/// Neither the processor's feature list (the flag may be off) nor the command line (the flag may stand in a file or a
/// variable) tells, and the management bean that does costs 15-30 ms of start-up. But software goes through
/// `BigDecimal` and takes 35 to 1,000 times as long as a call with a product and a sum, while the instruction takes
/// about as long (0.8 to 1.0 times), in every tier of the JIT: so the time tells, within some 20 microseconds. Of
/// several tries the fastest counts, so that an interruption cannot matter.
final class HardwareFma {
    private static final int TRIES = 16;
    private static final int TOLERANCE = 8;

    // exponents far apart make software slow, since it adds decimals of hundreds of digits; volatile so that nothing is
    // computed at compile time
    private static volatile float a = 0x1.234568p-60f;
    private static volatile float b = 0x1.765432p-60f;
    private static volatile float c = 0x1.0f0f0ep100f;
    @SuppressWarnings("UnusedVariable") // written so that what is timed is computed
    private static volatile float result;

    private HardwareFma() {
    }

    static boolean present() {
        long fused = Long.MAX_VALUE;
        long plain = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long start = System.nanoTime();
            result = Math.fma(a, b, Math.fma(a, b, c));
            long middle = System.nanoTime();
            result = productPlus(a, b, productPlus(a, b, c));
            long end = System.nanoTime();
            fused = Math.min(fused, middle - start);
            plain = Math.min(plain, end - middle);
        }
        return fused < TOLERANCE * Math.max(plain, 1);
    }

    private static float productPlus(float x, float y, float z) {
        return x * y + z;
    }
}
