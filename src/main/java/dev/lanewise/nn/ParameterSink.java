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
    private float l1;
    private float l2;
    private boolean frozen;
    private @Nullable FusedOptimizer optimizer;

    ParameterSink(Parameter parameter) {
        this.parameter = parameter;
    }

    /// The penalty of the loss on the parameter, whose gradient goes with every piece.
    void penalize(float newL1, float newL2) {
        l1 = newL1;
        l2 = newL2;
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
            return;
        }
        value = parameter.value().segment();
        if (fused != null && fused.owns(parameter)) {
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
            parameter.stepped();
        }
    }

    @Override
    public void accept(MemorySegment g, long gFrom, long at, int n) {
        if (frozen) {
            return;
        }
        if (l1 != 0 || l2 != 0) {
            Kernels.ELEMENT_LOSS.addPenalty(g, gFrom, value, at, n, l1, 2 * l2);
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
