// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

/// The vector width asked for by the system property `lanewise.lanes`.
public final class LaneChoice {
    /// The property: `auto` (the default), `0` for scalar kernels, or a width in bits.
    public static final String PROPERTY = "lanewise.lanes";
    /// The best the machine has.
    public static final int AUTO = -1;
    /// The widest vectors used: one logical block of 16 floats.
    public static final int MAX_BITS = 512;
    /// The narrowest vectors used; below that scalar kernels are better.
    public static final int MIN_BITS = 128;

    private LaneChoice() {
    }

    /// The width asked for in bits, 0 for scalar kernels, or [#AUTO].
    ///
    /// **Throws** `IllegalArgumentException` if the property has any other value; ask here first, because [Kernels] can
    /// then only fail to initialize.
    public static int requested() {
        String value = System.getProperty(PROPERTY, "auto");
        return switch (value) {
            case "auto" -> AUTO;
            case "0" -> 0;
            case "128" -> 128;
            case "256" -> 256;
            case "512" -> 512;
            default -> throw new IllegalArgumentException(
                    "-D" + PROPERTY + "=" + value + " given, expected auto, 0 (scalar), 128, 256 or 512 (vector bits)");
        };
    }

    /// The width that `auto` means on a machine whose preferred vectors have `preferredBits`.
    public static int automaticBits(int preferredBits) {
        return Math.min(preferredBits, MAX_BITS);
    }
}
