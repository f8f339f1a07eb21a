// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a layer keeps beside its parameters and a model file saves with them: PyTorch's buffers. No optimizer sees it.
///
/// **Shape**: a vector of floats, or a counter, PyTorch's int64 scalar, whose [#value] is the two halves of its bits,
/// the lower first.
/// **Ownership**: the memory belongs to the outermost module; it exists from the first use on.
public final class Buffer implements StateTensor {
    private final Layer layer;
    private final String localName;
    private final int cols;
    private final boolean counter;
    private final float initValue;
    private @Nullable FloatMatrix value;

    private Buffer(Layer layer, String localName, int cols, boolean counter, float initValue) {
        this.layer = layer;
        this.localName = localName;
        this.cols = cols;
        this.counter = counter;
        this.initValue = initValue;
    }

    /// A buffer of `size` floats that begin as `initValue`.
    static Buffer vector(Layer layer, String localName, int size, float initValue) {
        return new Buffer(layer, localName, size, false, initValue);
    }

    /// A counter that begins at 0.
    static Buffer counter(Layer layer, String localName) {
        return new Buffer(layer, localName, 2, true, 0);
    }

    @Override
    public String localName() {
        return localName;
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public int cols() {
        return cols;
    }

    @Override
    public boolean isVector() {
        return !counter;
    }

    /// Whether this is a counter.
    public boolean isCounter() {
        return counter;
    }

    @Override
    public FloatMatrix value() {
        if (value == null) {
            layer.root().requireOpen();
            value = FloatMatrix.allocate(1, cols);
            reset();
        }
        return value;
    }

    /// The number of a counter.
    ///
    /// **Throws** `IllegalStateException` if this is none.
    public long count() {
        requireCounter();
        MemorySegment halves = value().segment();
        return (halves.get(JAVA_INT, 0) & 0xFFFF_FFFFL) | ((long) halves.get(JAVA_INT, Integer.BYTES) << 32);
    }

    /// Sets the number of a counter.
    ///
    /// **Throws** `IllegalStateException` if this is none.
    public void count(long number) {
        requireCounter();
        MemorySegment halves = value().segment();
        halves.set(JAVA_INT, 0, (int) number);
        halves.set(JAVA_INT, Integer.BYTES, (int) (number >>> 32));
    }

    private void requireCounter() {
        if (!counter) {
            throw new IllegalStateException("Buffer.count: " + this + " is no counter; see value");
        }
    }

    /// Nothing is refused for it: a layer keeps from its forward what its backward needs of a buffer.
    @Override
    public void changed() {
    }

    /// Sets what a new layer has.
    void reset() {
        FloatMatrix memory = value();
        Kernels.ELEMENT.fill(memory.segment(), memory.stride(), 1, cols, initValue);
    }

    long bytesOffHeap() {
        return value == null ? 0 : value.paddedSize() * Float.BYTES;
    }

    void free() {
        if (value != null) {
            value.close();
            value = null;
        }
    }

    @Override
    public String toString() {
        return localName + (counter ? " ()" : " (" + cols + ")");
    }
}
