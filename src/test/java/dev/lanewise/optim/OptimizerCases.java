// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.nn.Parameter;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// All optimizers, with and without their options, groups, clipping; and two of a user's own.
public final class OptimizerCases {
    private OptimizerCases() {
    }

    /// Optimizers of at least three parameters.
    public static Stream<Function<List<Parameter>, Optimizer>> all() {
        return Stream.of(p -> new SGD(p, 0.1f), p -> new SGD(p, 0.1f).weightDecay(0.01f),
                p -> new SGD(p, 0.1f).maximize(true), p -> new SGD(p, 0.1f).momentum(0.9f),
                p -> new SGD(p, 0.1f).momentum(0.9f).dampening(0.5f).weightDecay(0.01f),
                p -> new SGD(p, 0.1f).momentum(0.9f).nesterov(true),
                p -> new SGD(p, 0.1f).momentum(0.9f).nesterov(true).weightDecay(0.01f).maximize(true),
                p -> new Adam(p, 0.01f), p -> new Adam(p).betas(0.8, 0.99).eps(1e-4f).weightDecay(0.1f),
                p -> new Adam(p, 0.01f).amsgrad(true).weightDecay(0.1f).maximize(true), p -> new AdamW(p, 0.01f),
                p -> new AdamW(p, 0.01f).betas(0.8, 0.9).eps(1e-6f).weightDecay(0.2f).amsgrad(true).maximize(true),
                p -> new RMSprop(p), p -> new RMSprop(p).alpha(0.9).weightDecay(0.1f).maximize(true),
                p -> new RMSprop(p, 1e-3f).momentum(0.9f).eps(1e-3f), p -> new RMSprop(p).centered(true),
                p -> new RMSprop(p).centered(true).momentum(0.9f).weightDecay(0.1f), p -> new Adagrad(p),
                p -> new Adagrad(p, 0.1f).lrDecay(0.1).weightDecay(0.1f).initialAccumulatorValue(0.1f).eps(1e-3f)
                        .maximize(true),
                p -> grouped(p), p -> new SGD(p, 0.1f).momentum(0.9f).clipValue(1e-3f),
                p -> new Adam(p, 0.01f).clipNorm(0.05), p -> new AdamW(p).clipNorm(0.05, 1).clipValue(1e-4f),
                p -> new Lion(p, 1e-3f).weightDecay(0.1f), p -> new Lars(p, 0.01f));
    }

    private static Optimizer grouped(List<Parameter> parameters) {
        Adam adam = new Adam(parameters.subList(0, 1), 0.01f).weightDecay(0.1f);
        adam.addGroup(parameters.subList(1, 2)).learningRate(0.1f).weightDecay(0).set(Setting.AMSGRAD, 1);
        adam.addGroup(parameters.subList(2, parameters.size())).betas(0.5, 0.75);
        return adam;
    }
}
