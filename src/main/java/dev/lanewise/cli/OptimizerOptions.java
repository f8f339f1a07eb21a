// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.data.Task;
import dev.lanewise.nn.Parameter;
import dev.lanewise.optim.Adagrad;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.RMSprop;
import dev.lanewise.optim.SGD;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `--optimizer` and its companions say.
///
/// @param kind which optimizer
/// @param givenLearningRate learning rate, or null for the default
/// @param momentum momentum of SGD
/// @param nesterov whether it is Nesterov's
/// @param givenWeightDecay what is added to a gradient for each unit of the parameter, or null for the default
record OptimizerOptions(Kind kind, @Nullable Float givenLearningRate, float momentum, boolean nesterov,
        @Nullable Float givenWeightDecay) {
    /// What stands when nothing is given.
    static final OptimizerOptions PLAIN = new OptimizerOptions(Kind.SGD, null, 0, false, null);
    private static final float CLASSIFICATION_RATE = 0.1f;
    private static final float REGRESSION_RATE = 0.03f;
    private static final float ADAM_RATE = 0.001f;
    private static final float ROOT_RATE = 0.01f;
    private static final float ADAMW_DECAY = 0.01f;

    /// The values of `--optimizer`.
    enum Kind {
        /// Gradient descent, plain or with momentum.
        SGD,
        /// Steps of the size of the learning rate, whatever that of the gradients.
        ADAM,
        /// Adam with a weight decay of its own.
        ADAMW,
        /// Gradients divided by the root of their mean square.
        RMSPROP,
        /// Gradients divided by the root of the sum of their squares.
        ADAGRAD;

        private boolean hasMomentum() {
            return this == SGD || this == RMSPROP;
        }

        /// All names, as the help lists them.
        static String names() {
            return Grammar.names(values());
        }
    }

    /// **Throws** [CommandException] (usage) if a value is wrong, or a setting is not one of the optimizer.
    static OptimizerOptions of(Arguments given) {
        String name = given.value("--optimizer");
        Kind kind = name == null ? Kind.SGD : Grammar.choice("--optimizer", name, Kind.values());
        String rate = given.value("--lr");
        String momentum = given.value("--momentum");
        String decay = given.value("--weight-decay");
        OptimizerOptions options = new OptimizerOptions(kind, rate == null ? null : Grammar.learningRate("--lr", rate),
                momentum == null ? 0 : Grammar.belowOne("--momentum", "momentum", momentum),
                given.flag("--nesterov"),
                decay == null ? null : Grammar.notNegative("--weight-decay", "weight decay", decay));
        if (!kind.hasMomentum()) {
            given.refuse("--momentum", "only sgd and rmsprop have a momentum; leave --momentum out");
        }
        if (kind != Kind.SGD) {
            given.refuse("--nesterov", "only sgd has Nesterov's momentum; leave --nesterov out");
        }
        if (options.momentum == 0) {
            given.refuse("--nesterov", "there is no momentum; add --momentum X above 0");
        }
        return options;
    }

    /// The learning rate for `task`.
    float learningRate(Task task) {
        if (givenLearningRate != null) {
            return givenLearningRate;
        }
        return switch (kind) {
            case SGD -> task == Task.CLASSIFICATION ? CLASSIFICATION_RATE : REGRESSION_RATE;
            case ADAM, ADAMW -> ADAM_RATE;
            case RMSPROP, ADAGRAD -> ROOT_RATE;
        };
    }

    /// The weight decay: the one given or that of the optimizer.
    float weightDecay() {
        return givenWeightDecay != null ? givenWeightDecay : kind == Kind.ADAMW ? ADAMW_DECAY : 0;
    }

    /// These options with another learning rate.
    OptimizerOptions learningRate(float rate) {
        return new OptimizerOptions(kind, rate, momentum, nesterov, givenWeightDecay);
    }

    /// The optimizer of `parameters`.
    Optimizer make(List<Parameter> parameters, Task task) {
        float rate = learningRate(task);
        float weightDecay = weightDecay();
        return switch (kind) {
            case SGD -> new SGD(parameters, rate).momentum(momentum).nesterov(nesterov).weightDecay(weightDecay);
            case ADAM -> new Adam(parameters, rate).weightDecay(weightDecay);
            case ADAMW -> new AdamW(parameters, rate).weightDecay(weightDecay);
            case RMSPROP -> new RMSprop(parameters, rate).momentum(momentum).weightDecay(weightDecay);
            case ADAGRAD -> new Adagrad(parameters, rate).weightDecay(weightDecay);
        };
    }

    /// The name of the optimizer.
    String name() {
        return Grammar.name(kind);
    }

    /// What is not at its default, but for the learning rate, each behind a comma.
    String text() {
        return (kind == Kind.SGD ? "" : ", optimizer " + name()) + (momentum == 0 ? "" : ", momentum " + momentum)
                + (nesterov ? " (Nesterov)" : "") + (weightDecay() == 0 ? "" : ", weight decay " + weightDecay());
    }
}
