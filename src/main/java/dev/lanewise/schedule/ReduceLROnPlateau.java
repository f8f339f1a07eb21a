// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// Multiplies the learning rate by `factor` once a metric has stopped improving for more than `patience` epochs.
///
/// **Threads**: one at a time, that of the optimizer.
public final class ReduceLROnPlateau {
    private static final double DEFAULT_FACTOR = 0.1;
    private static final int DEFAULT_PATIENCE = 10;
    private static final double DEFAULT_THRESHOLD = 1e-4;
    private static final double DEFAULT_EPS = 1e-8;

    /// What a threshold is measured in.
    public enum ThresholdMode {
        /// Better by a share of the best value.
        REL,
        /// Better by a difference.
        ABS
    }

    private final Rates rates;
    private final double[] minRates;
    private Mode mode = Mode.MIN;
    private double factor = DEFAULT_FACTOR;
    private int patience = DEFAULT_PATIENCE;
    private double threshold = DEFAULT_THRESHOLD;
    private ThresholdMode thresholdMode = ThresholdMode.REL;
    private int cooldown;
    private double eps = DEFAULT_EPS;

    private double best = Mode.MIN.worst();
    private long badEpochs;
    private long cooldownLeft;
    private long lastEpoch;

    /// A schedule that goes by a metric that should become smaller.
    public ReduceLROnPlateau(Optimizer optimizer) {
        rates = new Rates(optimizer);
        minRates = new double[rates.size()];
        for (int g = 0; g < rates.size(); g++) {
            rates.set(g, rates.now(g));
        }
    }

    /// Whether the metric should become smaller, as in a new schedule, or larger. Forgets the best value.
    public ReduceLROnPlateau mode(Mode newMode) {
        mode = newMode;
        best = newMode.worst();
        return this;
    }

    /// Sets the factor; 0.1 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is at least 0 and below 1.
    public ReduceLROnPlateau factor(double newFactor) {
        if (!(newFactor >= 0 && newFactor < 1)) {
            throw new IllegalArgumentException(
                    "ReduceLROnPlateau: factor is " + newFactor + ", expected at least 0 and below 1");
        }
        factor = newFactor;
        return this;
    }

    /// Sets how many epochs without improvement are borne; 10 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public ReduceLROnPlateau patience(int epochs) {
        patience = (int) notNegative("patience", epochs);
        return this;
    }

    /// Sets by how much a value has to be better to count; 1e-4 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public ReduceLROnPlateau threshold(double newThreshold) {
        threshold = notNegative("threshold", newThreshold);
        return this;
    }

    /// Sets what the threshold is measured in; [ThresholdMode#REL] in a new schedule.
    public ReduceLROnPlateau thresholdMode(ThresholdMode newMode) {
        thresholdMode = newMode;
        return this;
    }

    /// Sets for how many epochs after a reduction none count as bad; 0 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative.
    public ReduceLROnPlateau cooldown(int epochs) {
        cooldown = (int) notNegative("cooldown", epochs);
        return this;
    }

    /// Sets the lowest rate, of all groups of parameters or of each; 0 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if one is negative or not finite, or there is neither one rate nor one for
    /// each group.
    public ReduceLROnPlateau minLearningRate(double... lowest) {
        if (lowest.length != 1 && lowest.length != rates.size()) {
            throw new IllegalArgumentException("ReduceLROnPlateau: " + lowest.length
                    + " values of minLearningRate given, expected 1 or " + rates.size()
                    + ", one for each group of parameters");
        }
        for (double rate : lowest) {
            notNegative("minLearningRate", rate);
        }
        for (int g = 0; g < minRates.length; g++) {
            minRates[g] = lowest[lowest.length == 1 ? 0 : g];
        }
        return this;
    }

    /// Sets the least reduction that is worth it; 1e-8 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public ReduceLROnPlateau eps(double newEps) {
        eps = notNegative("eps", newEps);
        return this;
    }

    private static double notNegative(String what, double value) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "ReduceLROnPlateau: " + what + " is " + value + ", expected a finite number of at least 0");
        }
        return value;
    }

    /// Tells the value of the metric after an epoch. NaN counts as bad.
    public void step(double metric) {
        lastEpoch++;
        if (isBetter(metric)) {
            best = metric;
            badEpochs = 0;
        } else {
            badEpochs++;
        }
        if (cooldownLeft > 0) {
            cooldownLeft--;
            badEpochs = 0;
        }
        if (badEpochs > patience) {
            reduce();
            cooldownLeft = cooldown;
            badEpochs = 0;
        }
    }

    private boolean isBetter(double metric) {
        if (mode == Mode.MIN) {
            return metric < (thresholdMode == ThresholdMode.REL ? best * (1 - threshold) : best - threshold);
        }
        return metric > (thresholdMode == ThresholdMode.REL ? best * (1 + threshold) : best + threshold);
    }

    private void reduce() {
        rates.takeInNewGroups();
        for (int g = 0; g < rates.size(); g++) {
            double old = rates.now(g);
            double reduced = Math.max(old * factor, minRates[g]);
            if (old - reduced > eps) {
                rates.set(g, reduced);
            }
        }
    }

    /// The optimizer whose rate this sets.
    public Optimizer optimizer() {
        return rates.optimizer();
    }

    /// The best value so far; infinite (MAX: negative) before the first.
    public double best() {
        return best;
    }

    /// Epochs since the last improvement or reduction.
    public long badEpochs() {
        return badEpochs;
    }

    /// How often [#step] has been called.
    public long lastEpoch() {
        return lastEpoch;
    }

    /// What has to be kept to go on later as if nothing had happened; settings are not in it.
    public SequencedMap<String, Double> stateDict() {
        rates.takeInNewGroups();
        SequencedMap<String, Double> state = new LinkedHashMap<>();
        state.put("last_epoch", (double) lastEpoch);
        state.put("best", best);
        state.put("num_bad_epochs", (double) badEpochs);
        state.put("cooldown_counter", (double) cooldownLeft);
        for (int g = 0; g < rates.size(); g++) {
            state.put("last_lr." + g, rates.now(g));
        }
        return state;
    }

    /// Goes on from the [#stateDict] of a schedule with the same settings; the optimizer gets the rate of that time.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is changed, if a name is missing or unexpected.
    public void loadStateDict(Map<String, Double> state) {
        LRScheduler.requireNames("ReduceLROnPlateau", stateDict().keySet(), state.keySet());
        lastEpoch = state.getOrDefault("last_epoch", 0.0).longValue();
        best = state.getOrDefault("best", best);
        badEpochs = state.getOrDefault("num_bad_epochs", 0.0).longValue();
        cooldownLeft = state.getOrDefault("cooldown_counter", 0.0).longValue();
        for (int g = 0; g < rates.size(); g++) {
            rates.set(g, state.getOrDefault("last_lr." + g, 0.0));
        }
    }

    @Override
    public String toString() {
        return "ReduceLROnPlateau(mode=" + mode + ", factor=" + factor + ", patience=" + patience + ")";
    }
}
