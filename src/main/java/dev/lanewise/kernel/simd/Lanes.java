// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel.simd;

import dev.lanewise.kernel.LaneChoice;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The one species of all kernels and what follows from it: constants, so that the compiler knows the width.
final class Lanes {
    /// Floats in a logical block.
    static final int BLOCK = 16;
    /// Bytes of a logical block.
    static final long BLOCK_BYTES = (long) BLOCK * Float.BYTES;
    /// The vectors of every kernel.
    static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShape.forBitSize(bits()));
    /// Vectors of as many ints.
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /// Vectors of half as many doubles.
    static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, FLOATS.vectorShape());
    /// Vectors of as many floats as there are in [#DOUBLES]. They are loaded and converted to doubles; used in any other
    /// way they would be a second class of float vectors, and all kernels would pay for it (see the package).
    static final VectorSpecies<Float> SINGLES = VectorSpecies.of(float.class,
            VectorShape.forBitSize(Math.max(Long.SIZE, DOUBLES.length() * Float.SIZE)));
    /// Vectors of as many bytes, but no fewer than the eight of the smallest vector.
    static final VectorSpecies<Byte> SMALL = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(Math.max(Long.SIZE, FLOATS.length() * Byte.SIZE)));
    /// Half the bits of [#FLOATS], for copies: shorts, which no other kernel uses.
    static final VectorSpecies<Short> HALF = VectorSpecies.of(short.class, SINGLES.vectorShape());
    /// Floats in a vector.
    static final int LANES = FLOATS.length();
    /// Vectors in a logical block.
    static final int PARTS = BLOCK / LANES;
    /// Bytes of a vector.
    static final long BYTES = (long) LANES * Float.BYTES;
    /// Bits by which the sign of a double is shifted over all of it, as a mask. Those of the vector API need four lanes.
    static final int SIGN_SHIFT = Double.SIZE - 1;
    /// Bytes of a vector of [#SINGLES].
    static final long SINGLES_BYTES = BYTES / 2;
    /// How floats lie in memory.
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Lanes() {
    }

    private static int bits() {
        int requested = LaneChoice.requested();
        return requested > 0 ? requested : LaneChoice.automaticBits(preferredBits());
    }

    static int preferredBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }

    /// `n` rounded up to whole blocks.
    static int padded(int n) {
        return (n + BLOCK - 1) & -BLOCK;
    }

    /// Bytes of `n` floats rounded up to whole blocks.
    static long paddedBytes(int n) {
        return (long) padded(n) * Float.BYTES;
    }

    /// Sets the first `nBytes`, whole blocks, to +0.0.
    static void clear(MemorySegment a, long nBytes) {
        clear(a, 0, nBytes);
    }

    /// Sets `nBytes`, whole blocks, from a byte offset on to +0.0.
    static void clear(MemorySegment a, long at, long nBytes) {
        if (!a.isNative()) {
            throw NativeOnly.refused();
        }
        FloatVector zero = FloatVector.zero(FLOATS);
        for (long b = 0; b < nBytes; b += BYTES) {
            zero.intoMemorySegment(a, at + b, ORDER);
        }
    }

    /// Copies `nBytes`, whole blocks, from and to byte offsets.
    static void copy(MemorySegment to, long toAt, MemorySegment from, long fromAt, long nBytes) {
        if (!to.isNative() || !from.isNative()) {
            throw NativeOnly.refused();
        }
        for (long b = 0; b < nBytes; b += BYTES) {
            FloatVector.fromMemorySegment(FLOATS, from, fromAt + b, ORDER).intoMemorySegment(to, toAt + b, ORDER);
        }
    }
}
