// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// Sets the learning rate of an optimizer over the course of training, as PyTorch's schedulers do.
///
/// The rate of step (or epoch) `k` is the one after `k` calls of [#step]; making a schedule sets that of step 0.
/// Whether it is stepped after every batch or after every epoch is up to the caller. Settings may be changed at any
/// time, and act at once.
///
/// ```java
/// var schedule = new StepLR(optimizer, 30).gamma(0.1);
/// for (int epoch = 0; epoch < 100; epoch++) {
///     Fit.trainEpoch(net, data, loss, optimizer);
///     schedule.step();
/// }
/// ```
///
/// **Numerics**: rates are computed in double from the base rate and the number of the step, not from the rate before,
/// so that nothing adds up; the optimizer gets them rounded to float. A schedule whose rates are multiples of its base
/// (all but [LambdaLR], [CosineAnnealingWarmRestarts], [OneCycleLR], [SequentialLR] and a user's own) goes on in
/// proportion from a rate that somebody else has set: a second schedule, or the user by hand.
///
/// A schedule of your own extends this class: it says what the rate is ([#rate]) and calls [#apply] at the end of its
/// constructor.
///
/// Groups of parameters added after a schedule are scheduled too, from the rate that they have at its next step.
///
/// **Threads**: one at a time, that of the optimizer.
public abstract class LRScheduler {
    private static final String LAST_EPOCH = "last_epoch";

    private final Rates rates;
    private double[] bases;
    private double[] next;
    private double position;
    private boolean part;

    /// A schedule that starts from the present rate of `optimizer`, or, if it is not the first one of that optimizer,
    /// from where the first one has started.
    protected LRScheduler(Optimizer optimizer) {
        rates = new Rates(optimizer);
        bases = new double[rates.size()];
        next = new double[rates.size()];
        resetBases();
    }

    private void resetBases() {
        for (int g = 0; g < bases.length; g++) {
            bases[g] = rates.initial(g);
        }
    }

    /// The rate of step `epoch`, counted from 0, where the rate before all schedules is `base`.
    protected abstract double rate(double base, long epoch);

    /// The momentum of step `epoch`, or NaN to leave it as it is.
    protected double momentum(long epoch) {
        return Double.NaN;
    }

    /// [#rate] between two steps, for schedules that can be there.
    double rateAt(double base, double epoch) {
        return rate(base, (long) epoch);
    }

    /// [#rateAt] for one of the groups of parameters, for schedules that differ between them.
    double rateOf(int group, double base, double epoch) {
        return rateAt(base, epoch);
    }

    /// The base rate once the rate has been changed by somebody else from `before` to `now`.
    double rebased(double base, double before, double now) {
        return base;
    }

    /// The optimizer whose rate this sets.
    public final Optimizer optimizer() {
        return rates.optimizer();
    }

    final Rates rates() {
        return rates;
    }

    /// Lets the schedule start from other rates than that of the optimizer.
    final void startFrom(double rate) {
        rates.initial(rate);
        resetBases();
    }

    /// How often [#step] has been called.
    public final long lastEpoch() {
        return (long) position;
    }

    /// The rate that was set last.
    public final double lastLearningRate() {
        return rates.last(0);
    }

    /// Sets the rate of the next step or epoch.
    ///
    /// **Throws** `IllegalStateException` if this is part of a [SequentialLR], or the schedule has come to its end,
    /// `IllegalArgumentException` if the rate comes out negative or not finite; nothing has changed then.
    public final void step() {
        moveTo(position + 1);
    }

    /// Sets the rate for the present step anew: at the end of a constructor, and after settings have changed.
    protected final void apply() {
        if (!part) {
            moveTo(position);
        }
    }

    /// A group of parameters that came later goes on from its present rate.
    private void takeInNewGroups() {
        int before = rates.takeInNewGroups();
        if (before < rates.size()) {
            bases = Arrays.copyOf(bases, rates.size());
            next = new double[bases.length];
            for (int g = before; g < bases.length; g++) {
                double base = rates.initial(g);
                bases[g] = rebased(base, rateAt(base, position), rates.now(g));
            }
        }
    }

    final void moveTo(double epoch) {
        requireWhole("step");
        takeInNewGroups();
        for (int g = 0; g < bases.length; g++) {
            double now = rates.now(g);
            if (now != rates.last(g)) {
                bases[g] = rebased(bases[g], rates.last(g), now);
            }
            next[g] = checked(rateOf(g, bases[g], epoch), epoch);
        }
        double momentum = momentum((long) epoch);
        for (int g = 0; g < bases.length; g++) {
            rates.set(g, next[g]);
        }
        if (!Double.isNaN(momentum)) {
            rates.momentum(momentum);
        }
        position = epoch;
    }

    private void requireWhole(String operation) {
        if (part) {
            throw new IllegalStateException(
                    name() + "." + operation + ": this is part of a SequentialLR; call it there");
        }
    }

    private double checked(double rate, double epoch) {
        if (!(rate >= 0) || rate > Float.MAX_VALUE) {
            throw new IllegalArgumentException(this + ": the learning rate of step " + (long) epoch + " is " + rate
                    + ", expected a finite number of at least 0");
        }
        return rate;
    }

    /// Makes this a part of a sequence, which asks it for rates and steps itself.
    final void becomePart() {
        if (part) {
            throw new IllegalArgumentException("SequentialLR: " + this + " is already part of one; make a new one");
        }
        part = true;
    }

    /// What has to be kept to go on later as if nothing had happened: `last_epoch`, and for each group of parameters
    /// `base_lrs` and `last_lr`. Settings are not in it.
    public final SequencedMap<String, Double> stateDict() {
        takeInNewGroups();
        SequencedMap<String, Double> state = new LinkedHashMap<>();
        state.put(LAST_EPOCH, position);
        for (int g = 0; g < bases.length; g++) {
            state.put("base_lrs." + g, bases[g]);
            state.put("last_lr." + g, rates.last(g));
        }
        return state;
    }

    /// Goes on from the [#stateDict] of a schedule with the same settings: the optimizer gets the rate, and the
    /// momentum if the schedule sets one, of that time.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is changed, if a name is missing or unexpected.
    public final void loadStateDict(Map<String, Double> state) {
        requireWhole("loadStateDict");
        requireNames(name(), stateDict().keySet(), state.keySet());
        double momentum = momentum(state.getOrDefault(LAST_EPOCH, 0.0).longValue());
        position = state.getOrDefault(LAST_EPOCH, 0.0);
        for (int g = 0; g < bases.length; g++) {
            bases[g] = state.getOrDefault("base_lrs." + g, 0.0);
            rates.set(g, state.getOrDefault("last_lr." + g, 0.0));
        }
        if (!Double.isNaN(momentum)) {
            rates.momentum(momentum);
        }
    }

    static void requireNames(String who, Set<String> expected, Set<String> given) {
        if (!expected.equals(given)) {
            Set<String> missing = new LinkedHashSet<>(expected);
            missing.removeAll(given);
            Set<String> unexpected = new LinkedHashSet<>(given);
            unexpected.removeAll(expected);
            throw new IllegalArgumentException(
                    who + ".loadStateDict: missing " + missing + ", unexpected " + unexpected);
        }
    }

    final String name() {
        return getClass().getSimpleName();
    }

    final long atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name() + ": " + what + " is " + value + ", expected at least " + least);
        }
        return value;
    }

    final double notNegative(String what, double value) {
        if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    name() + ": " + what + " is " + value + ", expected a finite number of at least 0");
        }
        return value;
    }

    final double above0(String what, double value) {
        if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    name() + ": " + what + " is " + value + ", expected a finite number above 0");
        }
        return value;
    }

    final double from0To1(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name() + ": " + what + " is " + value + ", expected 0 to 1");
        }
        return value;
    }
}
