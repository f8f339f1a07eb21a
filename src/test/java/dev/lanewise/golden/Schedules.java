// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import dev.lanewise.optim.Optimizer;
import dev.lanewise.schedule.ConstantLR;
import dev.lanewise.schedule.CosineAnnealingLR;
import dev.lanewise.schedule.CosineAnnealingWarmRestarts;
import dev.lanewise.schedule.ExponentialLR;
import dev.lanewise.schedule.LRScheduler;
import dev.lanewise.schedule.LambdaLR;
import dev.lanewise.schedule.LinearLR;
import dev.lanewise.schedule.Mode;
import dev.lanewise.schedule.MultiStepLR;
import dev.lanewise.schedule.OneCycleLR;
import dev.lanewise.schedule.OneCycleLR.AnnealStrategy;
import dev.lanewise.schedule.PolynomialLR;
import dev.lanewise.schedule.ReduceLROnPlateau;
import dev.lanewise.schedule.ReduceLROnPlateau.ThresholdMode;
import dev.lanewise.schedule.SequentialLR;
import dev.lanewise.schedule.StepLR;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.LongToDoubleFunction;

/// Makes of PyTorch's names and settings the schedules that have those names here.
final class Schedules {
    private Schedules() {
    }

    /// Whether the schedule, if there is one, moves on after every step, not after every epoch.
    static boolean isPerStep(List<Part> parts) {
        return !parts.isEmpty() && parts.getFirst().text("per", "epoch").equals("step");
    }

    /// What moves the rates of `optimizer` on; it is handed the mean loss of the epoch, or anything after a step.
    static DoubleConsumer of(List<Part> parts, Optimizer optimizer) {
        if (parts.isEmpty()) {
            return _ -> {
            };
        }
        Part first = parts.getFirst();
        if (first.name().equals("ReduceLROnPlateau")) {
            return plateau(first, optimizer)::step;
        }
        LRScheduler schedule = first.name().equals("SequentialLR")
                ? new SequentialLR(optimizer,
                        parts.stream().skip(1).map(part -> schedule(part, optimizer)).toList(),
                        first.integers("milestones"))
                : schedule(first, optimizer);
        return _ -> schedule.step();
    }

    private static LRScheduler schedule(Part part, Optimizer optimizer) {
        return switch (part.name()) {
            case "StepLR" -> new StepLR(optimizer, part.integer("step_size")).gamma(part.precise("gamma", 0.1));
            case "MultiStepLR" ->
                new MultiStepLR(optimizer, part.integers("milestones")).gamma(part.precise("gamma", 0.1));
            case "ExponentialLR" -> new ExponentialLR(optimizer, part.precise("gamma", Double.NaN));
            case "CosineAnnealingLR" ->
                new CosineAnnealingLR(optimizer, part.integer("T_max")).etaMin(part.precise("eta_min", 0));
            case "CosineAnnealingWarmRestarts" -> new CosineAnnealingWarmRestarts(optimizer, part.integer("T_0"))
                    .tMult(part.integer("T_mult", 1)).etaMin(part.precise("eta_min", 0));
            case "LinearLR" -> new LinearLR(optimizer).startFactor(part.precise("start_factor", 1.0 / 3))
                    .endFactor(part.precise("end_factor", 1)).totalIters(part.integer("total_iters", 5));
            case "ConstantLR" -> new ConstantLR(optimizer).factor(part.precise("factor", 1.0 / 3))
                    .totalIters(part.integer("total_iters", 5));
            case "PolynomialLR" -> new PolynomialLR(optimizer).totalIters(part.integer("total_iters", 5))
                    .power(part.precise("power", 1));
            case "LambdaLR" -> {
                List<LongToDoubleFunction> lambdas = Arrays.stream(part.numbers("decay"))
                        .<LongToDoubleFunction>mapToObj(decay -> epoch -> 1 / (1 + decay * epoch)).toList();
                yield lambdas.size() == 1 ? new LambdaLR(optimizer, lambdas.getFirst())
                        : new LambdaLR(optimizer, lambdas);
            }
            case "OneCycleLR" -> oneCycle(part, optimizer);
            default -> throw Parts.unknown("schedule", part);
        };
    }

    private static LRScheduler oneCycle(Part part, Optimizer optimizer) {
        return new OneCycleLR(optimizer, part.precise("max_lr", Double.NaN), part.integer("total_steps"))
                .pctStart(part.precise("pct_start", 0.3))
                .annealStrategy(AnnealStrategy.valueOf(part.word("anneal_strategy", "cos")))
                .baseMomentum(part.precise("base_momentum", 0.85)).maxMomentum(part.precise("max_momentum", 0.95))
                .cycleMomentum(part.truth("cycle_momentum", true)).divFactor(part.precise("div_factor", 25))
                .finalDivFactor(part.precise("final_div_factor", 1e4))
                .threePhase(part.truth("three_phase", false));
    }

    private static ReduceLROnPlateau plateau(Part part, Optimizer optimizer) {
        return new ReduceLROnPlateau(optimizer).mode(Mode.valueOf(part.word("mode", "min")))
                .eps(part.precise("eps", 1e-8)).factor(part.precise("factor", 0.1))
                .patience(part.integer("patience", 10)).threshold(part.precise("threshold", 1e-4))
                .thresholdMode(ThresholdMode.valueOf(part.word("threshold_mode", "rel")))
                .cooldown(part.integer("cooldown", 0))
                .minLearningRate(part.has("min_lr") ? part.numbers("min_lr") : new double[]{0});
    }
}
