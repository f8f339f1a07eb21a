// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that passes change in a module, kept aside: gradients, buffers and the numbers of [Dropout]'s forwards.
/// Closing it puts all of that back.
final class PassState implements AutoCloseable {
    private final List<KeptGradient> gradients = new ArrayList<>();
    private final List<KeptBuffer> buffers = new ArrayList<>();
    private final List<KeptForwards> forwards = new ArrayList<>();

    private record KeptGradient(Parameter parameter, boolean used, @Nullable NativeBuffer copy) {
    }

    private record KeptBuffer(Buffer buffer, NativeBuffer copy) {
    }

    private record KeptForwards(Dropout dropout, long forwards) {
    }

    PassState(Module net) {
        net.root().bind(); // what is bound later would lose its gradients
        boolean complete = false;
        try {
            for (Parameter parameter : net.parameters()) {
                gradients.add(new KeptGradient(parameter, parameter.isGradientUsed(),
                        parameter.hasGrad() ? copy("gradient of " + parameter, parameter.gradientMemory()) : null));
            }
            net.namedBuffers()
                    .forEach((name, buffer) -> buffers.add(new KeptBuffer(buffer, copy(name, buffer.value()))));
            complete = true;
        } finally {
            if (!complete) {
                free();
            }
        }
        for (Layer layer : net.layers().values()) {
            if (layer instanceof Dropout dropout) {
                forwards.add(new KeptForwards(dropout, dropout.forwards()));
            }
        }
    }

    private static NativeBuffer copy(String name, FloatMatrix values) {
        long bytes = values.paddedSize() * Float.BYTES;
        NativeBuffer copy = NativeBuffer.allocate("copy of " + name, bytes);
        MemorySegment.copy(values.segment(), 0, copy.segment(), 0, bytes);
        return copy;
    }

    private static void copyBack(NativeBuffer copy, FloatMatrix values) {
        MemorySegment.copy(copy.segment(), 0, values.segment(), 0, values.paddedSize() * Float.BYTES);
    }

    /// Makes the next forward pass drop what the first one after the constructor has dropped.
    void restoreForwards() {
        for (KeptForwards kept : forwards) {
            kept.dropout.forwards(kept.forwards);
        }
    }

    private void free() {
        for (KeptGradient kept : gradients) {
            if (kept.copy != null) {
                kept.copy.close();
            }
        }
        buffers.forEach(kept -> kept.copy.close());
    }

    @Override
    public void close() {
        restoreForwards();
        for (KeptGradient kept : gradients) {
            kept.parameter.zeroGrad();
            if (kept.copy != null) {
                copyBack(kept.copy, kept.parameter.writeGradient());
            } else if (kept.used) {
                kept.parameter.gradientUsed();
            }
        }
        buffers.forEach(kept -> copyBack(kept.copy, kept.buffer.value()));
        free();
    }
}
