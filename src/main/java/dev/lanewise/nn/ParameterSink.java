// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.GradientSink;
import dev.lanewise.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Takes the gradient of one parameter, piece by piece: stores it, adds it, or lets an optimizer use it at once.
final class ParameterSink implements GradientSink {
    private final Parameter parameter;
    private MemorySegment value = MemorySegment.NULL;
    private MemorySegment gradient = MemorySegment.NULL;
    private boolean add;
    private boolean frozen;
    private @Nullable FusedOptimizer optimizer;

    ParameterSink(Parameter parameter) {
        this.parameter = parameter;
    }

    /// Makes sure that there is memory for what [#open] begins.
    void prepare(@Nullable FusedOptimizer fused) {
        if (!parameter.requiresGrad()) {
            return;
        }
        if (fused != null && fused.owns(parameter)) {
            fused.prepare(parameter);
        } else {
            parameter.gradientMemory();
        }
    }

    /// The pieces that follow go to `optimizer` if it owns the parameter, else to the gradient; those of a frozen
    /// parameter go nowhere.
    void open(@Nullable FusedOptimizer fused) {
        frozen = !parameter.requiresGrad();
        if (frozen) {
            optimizer = null;
        } else if (fused != null && fused.owns(parameter)) {
            value = parameter.value().segment();
            fused.begin(parameter);
            optimizer = fused;
        } else {
            optimizer = null;
            add = parameter.hasGrad();
            gradient = parameter.writeGradient().segment();
        }
    }

    /// All pieces have come.
    void close() {
        if (optimizer != null) {
            parameter.gradientUsed();
        }
    }

    @Override
    public void accept(MemorySegment g, long gFrom, long at, int n) {
        if (frozen) {
            return;
        }
        if (optimizer != null) {
            optimizer.update(parameter, value, at, g, gFrom, n);
        } else if (add) {
            Kernels.ELEMENT.add(gradient, at, g, gFrom, n);
        } else {
            MemorySegment.copy(g, gFrom * Float.BYTES, gradient, at * Float.BYTES, (long) n * Float.BYTES);
        }
    }
}
