// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.LossCase.Targets;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// A training with some public part of the library in it: a net of [#FEATURES] inputs and 4 outputs, a loss with
/// targets that suit it, an optimizer, and what is called after each step.
///
/// @param name what is special about it
/// @param net makes the net
/// @param loss makes the loss of a net
/// @param targets the targets
/// @param optimizer makes the optimizer
/// @param after makes what is called after each step
/// @param data what the rows look like
public record Plan(String name, Supplier<Sequential> net, Function<Sequential, LossFunction> loss, Targets targets,
        Function<List<Parameter>, Optimizer> optimizer, Function<Optimizer, AfterStep> after, Data data) {
    /// Inputs of each net.
    public static final int FEATURES = 24;

    /// What the rows look like.
    public enum Data {
        /// Floats.
        FLOATS,
        /// Bytes with a scale.
        BYTES,
        /// Floats, and a weight for each row.
        WEIGHTED
    }

    /// What a loop calls between two steps.
    public interface AfterStep extends AutoCloseable {
        /// Nothing.
        AfterStep NOTHING = _ -> {
        };

        /// Told the loss of the step before.
        void run(double loss);

        /// What it keeps between steps.
        default List<FloatMatrix> kept() {
            return List.of();
        }

        @Override
        default void close() {
            // most hold nothing
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
