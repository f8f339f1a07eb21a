// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether parameters have been changed since a forward pass, so that its way back can be refused if it would mix values
/// of two times. As in PyTorch, changes matter only where the way back reads values: a net of one [Linear] needs none, nor does
/// any layer need its bias.
///
/// A step that does forward and backward at once has nothing in between, and asks for neither.
final class ChangesSince {
    private final Parameter[] parameters;
    /// The way back reads the values of a parameter if the first layer to be trained is at most this one.
    private final int[] readUpTo;
    private final ForwardClock clock;
    private long begin;

    ChangesSince(Layer[] layers, ForwardClock clock) {
        this.clock = clock;
        List<Parameter> all = new ArrayList<>();
        List<Integer> upTo = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            for (Parameter parameter : layers[i].layerParameters()) {
                all.add(parameter);
                boolean read = layers[i].inputGradientReads().contains(parameter);
                upTo.add(layers[i] instanceof CustomLayer ? i : read ? i - 1 : -1);
            }
        }
        parameters = all.toArray(Parameter[]::new);
        readUpTo = upTo.stream().mapToInt(Integer::intValue).toArray();
    }

    /// The pass begins.
    void begin() {
        begin = clock.tick();
    }

    /// **Throws** `IllegalStateException` if values that the way back to layer `firstTrained` reads, or that `function`
    /// penalizes, have been changed since.
    void check(int firstTrained, @Nullable LossFunction function) {
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            if (parameter.changedAt() >= begin && (firstTrained <= readUpTo[i]
                    || (function != null && parameter.requiresGrad() && function.penalizes(parameter)))) {
                throw new IllegalStateException("Loss.backward: " + parameter.fullName()
                        + " has been changed since the forward pass of this loss, whose gradient needs the values of"
                        + " before; call backward of both losses before step, or forward again after it");
            }
        }
    }
}
