// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.nn.BCELoss;
import dev.lanewise.nn.BCEWithLogitsLoss;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.ClassLoss;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.GELU.Approximate;
import dev.lanewise.nn.GaussianNLLLoss;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Hardtanh;
import dev.lanewise.nn.HingeEmbeddingLoss;
import dev.lanewise.nn.HingeLoss;
import dev.lanewise.nn.HuberLoss;
import dev.lanewise.nn.Identity;
import dev.lanewise.nn.L1Loss;
import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LogSigmoid;
import dev.lanewise.nn.LogSoftmax;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Mish;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.MultiMarginLoss;
import dev.lanewise.nn.NLLLoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.ReLU6;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.SELU;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.SiLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.SmoothL1Loss;
import dev.lanewise.nn.Softmax;
import dev.lanewise.nn.Softplus;
import dev.lanewise.nn.Tanh;
import dev.lanewise.optim.Adagrad;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.AdamW;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.ParameterGroup;
import dev.lanewise.optim.RMSprop;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Makes of PyTorch's names and settings what has those names here.
final class Parts {
    private Parts() {
    }

    /// A chain of all layers; the modules of a `Sequential` are the ones that follow it.
    static Sequential net(List<Part> layers) {
        Iterator<Part> parts = layers.iterator();
        List<Module> modules = new ArrayList<>();
        while (parts.hasNext()) {
            modules.add(module(parts));
        }
        return new Sequential(modules.toArray(Module[]::new));
    }

    private static Module module(Iterator<Part> parts) {
        Part part = parts.next();
        if (!part.name().equals("Sequential")) {
            return layer(part);
        }
        Module[] modules = new Module[part.integer("modules")];
        Arrays.setAll(modules, _ -> module(parts));
        if (!part.has("names")) {
            return new Sequential(modules);
        }
        Sequential.Builder named = Sequential.named();
        for (int i = 0; i < modules.length; i++) {
            named.add(part.list("names")[i], modules[i]);
        }
        return named.build();
    }

    static Module layer(Part part) {
        return switch (part.name()) {
            case "Linear" ->
                new Linear(part.integer("in_features"), part.integer("out_features"), part.truth("bias", true));
            case "Identity" -> new Identity();
            case "Flatten" -> new Flatten();
            case "Dropout" -> new Dropout(part.number("p")).seed(part.integer("seed"));
            case "ReLU" -> new ReLU();
            case "LeakyReLU" -> new LeakyReLU(part.number("negative_slope", 0.01f));
            case "ELU" -> new ELU(part.number("alpha", 1f));
            case "SELU" -> new SELU();
            case "GELU" -> new GELU(Approximate.valueOf(part.word("approximate", "none")));
            case "SiLU" -> new SiLU();
            case "Softplus" -> new Softplus(part.number("beta", 1f), part.number("threshold", 20f));
            case "Mish" -> new Mish();
            case "Sigmoid" -> new Sigmoid();
            case "LogSigmoid" -> new LogSigmoid();
            case "Tanh" -> new Tanh();
            case "Hardtanh" -> new Hardtanh(part.number("min_val", -1f), part.number("max_val", 1f));
            case "ReLU6" -> new ReLU6();
            case "Softmax", "LogSoftmax" -> softmax(part);
            case "BatchNorm1d" -> new BatchNorm1d(part.integer("num_features"), part.number("eps", 1e-5f),
                    part.text("momentum", "").equals("None") ? null : Float.valueOf(part.number("momentum", 0.1f)),
                    part.truth("affine", true), part.truth("track_running_stats", true));
            case "LayerNorm" -> new LayerNorm(part.integer("normalized_shape"), part.number("eps", 1e-5f),
                    part.truth("elementwise_affine", true), true);
            default -> throw unknown("layer", part);
        };
    }

    private static Module softmax(Part part) {
        assertEquals(1, part.integer("dim"), "of rows");
        return part.name().equals("Softmax") ? new Softmax() : new LogSoftmax();
    }

    static LossFunction loss(Part part) {
        Reduction reduction = Reduction.valueOf(part.word("reduction", "mean"));
        return switch (part.name()) {
            case "MSELoss" -> new MSELoss(reduction);
            case "HalfSquaredLoss" -> new HalfSquaredLoss(reduction);
            case "L1Loss" -> new L1Loss(reduction);
            case "SmoothL1Loss" -> new SmoothL1Loss(reduction).beta(part.number("beta", 1f));
            case "HuberLoss" -> new HuberLoss(reduction).delta(part.number("delta", 1f));
            case "HingeLoss" -> new HingeLoss(reduction).margin(part.number("margin", 1f));
            case "HingeEmbeddingLoss" -> new HingeEmbeddingLoss(reduction).margin(part.number("margin", 1f));
            case "GaussianNLLLoss" ->
                new GaussianNLLLoss(reduction).full(part.truth("full", false)).eps(part.number("eps", 1e-6f));
            case "CrossEntropyLoss", "NLLLoss", "MultiMarginLoss" -> classLoss(part, reduction);
            case "BCEWithLogitsLoss", "BCELoss" -> binaryLoss(part, reduction);
            default -> throw unknown("loss", part);
        };
    }

    private static LossFunction classLoss(Part part, Reduction reduction) {
        ClassLoss loss = switch (part.name()) {
            case "CrossEntropyLoss" -> new CrossEntropyLoss(reduction).ignoreIndex(part.integer("ignore_index", -100))
                    .labelSmoothing(part.number("label_smoothing", 0f));
            case "NLLLoss" -> new NLLLoss(reduction).ignoreIndex(part.integer("ignore_index", -100));
            default -> new MultiMarginLoss(reduction).p(part.integer("p", 1)).margin(part.number("margin", 1f));
        };
        return part.has("weight") ? loss.weight(part.floats("weight")) : loss;
    }

    private static LossFunction binaryLoss(Part part, Reduction reduction) {
        if (part.name().equals("BCELoss")) {
            BCELoss loss = new BCELoss(reduction);
            return part.has("weight") ? loss.weight(part.floats("weight")) : loss;
        }
        BCEWithLogitsLoss loss = new BCEWithLogitsLoss(reduction);
        if (part.has("weight")) {
            loss.weight(part.floats("weight"));
        }
        return part.has("pos_weight") ? loss.posWeight(part.floats("pos_weight")) : loss;
    }

    static Optimizer optimizer(Part part, List<Parameter> parameters) {
        float rate = part.number("lr");
        Optimizer optimizer = switch (part.name()) {
            case "SGD" -> new SGD(parameters, rate).momentum(part.number("momentum", 0f))
                    .dampening(part.number("dampening", 0f)).nesterov(part.truth("nesterov", false));
            case "Adam" -> new Adam(parameters, rate).eps(part.number("eps", 1e-8f))
                    .amsgrad(part.truth("amsgrad", false));
            case "AdamW" -> new AdamW(parameters, rate).eps(part.number("eps", 1e-8f))
                    .amsgrad(part.truth("amsgrad", false));
            case "RMSprop" -> new RMSprop(parameters, rate).alpha(part.precise("alpha", 0.99))
                    .eps(part.number("eps", 1e-8f)).momentum(part.number("momentum", 0f))
                    .centered(part.truth("centered", false));
            case "Adagrad" -> new Adagrad(parameters, rate).lrDecay(part.precise("lr_decay", 0))
                    .initialAccumulatorValue(part.number("initial_accumulator_value", 0f))
                    .eps(part.number("eps", 1e-10f));
            default -> throw unknown("optimizer", part);
        };
        if (part.has("betas")) {
            double[] betas = part.numbers("betas");
            optimizer.set(Setting.BETA1, betas[0]).set(Setting.BETA2, betas[1]);
        }
        if (part.truth("maximize", false)) {
            optimizer.set(Setting.MAXIMIZE, 1);
        }
        return part.has("weight_decay") ? optimizer.weightDecay(part.number("weight_decay")) : optimizer;
    }

    /// Adds a group with settings of its own.
    static void group(Part part, Optimizer optimizer, Map<String, Parameter> named) {
        ParameterGroup group = optimizer.addGroup(Arrays.stream(part.list("parameters")).map(named::get).toList());
        for (Setting setting : Setting.values()) {
            if (part.has(setting.key())) {
                String value = part.text(setting.key(), "");
                group.set(setting, value.equals("True") ? 1 : value.equals("False") ? 0 : Double.parseDouble(value));
            }
        }
        if (part.has("betas")) {
            double[] betas = part.numbers("betas");
            group.betas(betas[0], betas[1]);
        }
    }

    static void penalize(Part part, LossFunction loss, Sequential net) {
        loss.penalty(Arrays.stream(part.list("parameters")).map(net::getParameter).toList(), part.number("l1"),
                part.number("l2"));
    }

    static void clip(Part part, Optimizer optimizer) {
        switch (part.name()) {
            case "norm" -> optimizer.clipNorm(part.precise("max_norm", 0), part.precise("norm_type", 2));
            case "value" -> optimizer.clipValue(part.number("clip_value"));
            default -> throw unknown("clipping", part);
        }
    }

    static AssertionError unknown(String kind, Part part) {
        return new AssertionError("no " + kind + " is made of " + part + " yet");
    }
}
