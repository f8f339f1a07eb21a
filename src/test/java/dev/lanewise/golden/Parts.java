// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Tanh;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import java.util.List;
import java.util.Locale;

/// Makes of PyTorch's names and settings what has those names here.
final class Parts {
    private Parts() {
    }

    static Sequential net(List<Part> layers) {
        return new Sequential(layers.stream().map(Parts::layer).toArray(Module[]::new));
    }

    static Module layer(Part part) {
        return switch (part.name()) {
            case "Linear" ->
                new Linear(part.integer("in_features"), part.integer("out_features"), part.truth("bias", true));
            case "ReLU" -> new ReLU();
            case "Sigmoid" -> new Sigmoid();
            case "Tanh" -> new Tanh();
            default -> throw unknown("layer", part);
        };
    }

    static LossFunction loss(Part part) {
        Reduction reduction = Reduction.valueOf(part.text("reduction", "mean").toUpperCase(Locale.ROOT));
        return switch (part.name()) {
            case "MSELoss" -> new MSELoss(reduction);
            case "HalfSquaredLoss" -> new HalfSquaredLoss(reduction);
            case "CrossEntropyLoss" -> new CrossEntropyLoss(reduction);
            default -> throw unknown("loss", part);
        };
    }

    static Optimizer optimizer(Part part, List<Parameter> parameters) {
        float rate = part.number("lr");
        float decay = part.number("weight_decay", 0f);
        return switch (part.name()) {
            case "SGD" -> new SGD(parameters, rate).weightDecay(decay).momentum(part.number("momentum", 0f))
                    .dampening(part.number("dampening", 0f)).nesterov(part.truth("nesterov", false))
                    .maximize(part.truth("maximize", false));
            case "Adam" -> {
                Adam adam = new Adam(parameters, rate).weightDecay(decay).eps(part.number("eps", 1e-8f));
                if (part.has("betas")) {
                    double[] betas = part.numbers("betas");
                    adam.betas(betas[0], betas[1]);
                }
                yield adam;
            }
            default -> throw unknown("optimizer", part);
        };
    }

    private static AssertionError unknown(String kind, Part part) {
        return new AssertionError("no " + kind + " is made of " + part + " yet");
    }
}
