// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.Every;
import dev.lanewise.Fit;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.schedule.CosineAnnealingLR;
import dev.lanewise.schedule.ExponentialLR;
import dev.lanewise.schedule.LRScheduler;
import dev.lanewise.schedule.LinearLR;
import dev.lanewise.schedule.OneCycleLR;
import dev.lanewise.schedule.SequentialLR;
import dev.lanewise.schedule.StepLR;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// The value of `--schedule`: a name, and settings behind a colon, such as `step:size=30,gamma=0.1`.
///
/// @param kind which schedule
/// @param settings its settings by name, as text that has been checked
record ScheduleChoice(Kind kind, Map<String, String> settings) {
    private static final String OPTION = "--schedule";
    private static final double DEFAULT_GAMMA = 0.1;
    /// Where a warm-up begins, as a share of the learning rate.
    private static final double WARM_UP_START = 0.1;

    /// The schedules and their settings.
    enum Kind {
        STEP("size,gamma"), EXPONENTIAL("gamma"), COSINE("min,warmup"), ONECYCLE("max");

        private final String names;

        Kind(String names) {
            this.names = names;
        }

        List<String> names() {
            return List.of(names.split(",", -1));
        }
    }

    /// The schedule `text` for `epochs` epochs.
    ///
    /// **Throws** [CommandException] (usage) if there is no such schedule or setting, or a value is wrong.
    static ScheduleChoice of(String text, int epochs) {
        int colon = text.indexOf(':');
        Kind kind = Grammar.choice(OPTION, colon < 0 ? text : text.substring(0, colon), Kind.values());
        Map<String, String> settings = new LinkedHashMap<>();
        if (colon >= 0) {
            for (String setting : text.substring(colon + 1).split(",", -1)) {
                int equals = setting.indexOf('=');
                String name = equals < 0 ? "" : setting.substring(0, equals);
                if (!kind.names().contains(name) || settings.put(name, setting.substring(equals + 1)) != null) {
                    throw CommandException.usage(OPTION, "not a setting, or twice", setting,
                            String.join("=N and ", kind.names()) + "=N, separated by commas");
                }
            }
        }
        settings.forEach(ScheduleChoice::check);
        boolean needed = kind == Kind.STEP || kind == Kind.EXPONENTIAL;
        if (needed && !settings.containsKey(kind.names().getFirst())) {
            throw CommandException.usage(OPTION, kind.names().getFirst() + " is missing", text,
                    kind.names().getFirst() + "=N behind the colon");
        }
        ScheduleChoice choice = new ScheduleChoice(kind, settings);
        if (choice.warmUpEpochs() >= epochs) {
            throw CommandException.usage(OPTION, "the warm-up is not shorter than the training", text,
                    "fewer epochs of it than " + epochs);
        }
        return choice;
    }

    private static void check(String name, String value) {
        String option = OPTION + " " + name;
        switch (name) {
            case "size", "warmup" -> Grammar.count(option, value);
            case "gamma" -> Grammar.fraction(option, value);
            case "min" -> Grammar.notNegative(option, "learning rate", value);
            default -> Grammar.learningRate(option, value);
        }
    }

    /// The option that says the same.
    String text() {
        StringJoiner text = new StringJoiner(",", Grammar.name(kind) + ":", "").setEmptyValue(Grammar.name(kind));
        settings.forEach((name, value) -> text.add(name + "=" + value));
        return text.toString();
    }

    /// Epochs of warm-up, in which the learning rate rises.
    private int warmUpEpochs() {
        String epochs = settings.get("warmup");
        return epochs == null ? 0 : Grammar.count(OPTION, epochs);
    }

    private double number(String name, double byDefault) {
        String value = settings.get(name);
        return value == null ? byDefault : Double.parseDouble(value);
    }

    /// Makes `fit` follow this schedule for `epochs` epochs of `stepsPerEpoch` steps.
    void applyTo(Fit fit, Optimizer optimizer, int epochs, int stepsPerEpoch) {
        switch (kind) {
            case STEP -> fit.schedule(new StepLR(optimizer, (int) number("size", 1)).gamma(number("gamma",
                    DEFAULT_GAMMA)), Every.EPOCH);
            case EXPONENTIAL -> fit.schedule(new ExponentialLR(optimizer, number("gamma", DEFAULT_GAMMA)), Every.EPOCH);
            case COSINE -> fit.schedule(cosine(optimizer, epochs, stepsPerEpoch), Every.STEP);
            case ONECYCLE -> {
                boolean momentum = optimizer.cycledMomentum() > 0; // the cycle sets one even where there was none
                fit.schedule(new OneCycleLR(optimizer, number("max", optimizer.learningRate()), epochs, stepsPerEpoch)
                        .cycleMomentum(momentum), Every.STEP);
            }
        }
    }

    private LRScheduler cosine(Optimizer optimizer, int epochs, int stepsPerEpoch) {
        int before = steps(warmUpEpochs(), stepsPerEpoch);
        int rest = steps(epochs - warmUpEpochs(), stepsPerEpoch);
        if (before == 0) {
            return new CosineAnnealingLR(optimizer, rest).etaMin(number("min", 0));
        }
        LinearLR warmUp = new LinearLR(optimizer).startFactor(WARM_UP_START).totalIters(before);
        return new SequentialLR(optimizer,
                List.of(warmUp, new CosineAnnealingLR(optimizer, rest).etaMin(number("min", 0))), before);
    }

    /// More steps than an `int` counts are not done in a lifetime.
    private static int steps(int epochs, int stepsPerEpoch) {
        return (int) Math.min(Integer.MAX_VALUE, (long) epochs * stepsPerEpoch);
    }
}
