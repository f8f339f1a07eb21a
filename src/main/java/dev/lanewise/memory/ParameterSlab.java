// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// The memory of all parameters of one model: planes of the same layout for weights, gradients and optimizer state.
///
/// A parameter stands at the same offset in every plane, so that one offset describes a tile of it everywhere. The
/// weight plane exists from the start; the others are allocated when first asked for, because fused training never
/// writes a gradient.
///
/// **Ownership**: the model closes it; views of it are invalid then. **Threads**: one at a time.
public final class ParameterSlab implements AutoCloseable {
    /// The plane of the parameters' values.
    public static final int VALUES = 0;
    /// The plane of the gradients.
    public static final int GRADIENTS = 1;

    private final String name;
    private final List<Slot> slots = new ArrayList<>();
    private final List<@Nullable NativeBuffer> planes = new ArrayList<>();
    private long planeBytes;
    private boolean open = true;

    private record Slot(long offsetBytes, int rows, int cols, boolean panels) {
    }

    /// An empty slab for the model `name`.
    public ParameterSlab(String name) {
        this.name = name;
    }

    /// Plans a `(rows, cols)` parameter, in panel order ([FloatMatrix#isPanels]) or not, and returns its number.
    ///
    /// **Throws** `IllegalStateException` once memory has been allocated.
    public int add(int rows, int cols, boolean panels) {
        if (!planes.isEmpty()) {
            throw new IllegalStateException(name + ": parameters cannot be added after memory has been allocated");
        }
        slots.add(new Slot(planeBytes, rows, cols, panels));
        planeBytes = Math.addExact(planeBytes,
                panels ? FloatMatrix.panelBytes(rows, cols) : FloatMatrix.bytes(rows, cols));
        return slots.size() - 1;
    }

    /// The values, the gradient or the optimizer state of parameter `slot`: its part of plane `plane`.
    ///
    /// **Throws** `IllegalStateException` after close, [OffHeapMemoryException] if a plane must be allocated and memory
    /// is refused.
    public FloatMatrix view(int slot, int plane) {
        Slot s = slots.get(slot);
        return FloatMatrix.view(plane(plane), s.offsetBytes, s.rows, s.cols, s.panels);
    }

    /// Bytes of all planes allocated so far.
    public long bytesOffHeap() {
        return open ? planes.stream().filter(p -> p != null).count() * planeBytes : 0;
    }

    private NativeBuffer plane(int plane) {
        if (!open) {
            throw new IllegalStateException(name + " is closed");
        }
        while (planes.size() <= plane) {
            planes.add(null);
        }
        NativeBuffer buffer = planes.get(plane);
        if (buffer == null) {
            buffer = NativeBuffer.allocate(planeName(plane) + " of " + name, planeBytes);
            planes.set(plane, buffer);
        }
        return buffer;
    }

    private static String planeName(int plane) {
        return switch (plane) {
            case VALUES -> "parameters";
            case GRADIENTS -> "gradients";
            default -> "optimizer state";
        };
    }

    @Override
    public void close() {
        open = false;
        for (NativeBuffer plane : planes) {
            if (plane != null) {
                plane.close();
            }
        }
    }
}
