// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// One cycle: the learning rate rises from `max / divFactor` to its maximum and falls to a rate far below where it
/// began, while the momentum (Adam: beta1) does the opposite. It is stepped after every batch.
///
/// Two phases by default: up until step `pctStart * totalSteps - 1`, then down until the last one. In three phases the
/// second one takes the rate back to where it began, in as many steps, and the third one down from there.
///
/// The optimizer's own rate and momentum are not used. **Source**: L. N. Smith and N. Topin, "Super-convergence: very
/// fast training of neural networks using large learning rates", 2018.
public final class OneCycleLR extends LRScheduler {
    private static final double DEFAULT_PCT_START = 0.3;
    private static final double DEFAULT_BASE_MOMENTUM = 0.85;
    private static final double DEFAULT_MAX_MOMENTUM = 0.95;
    private static final double DEFAULT_DIV_FACTOR = 25;
    private static final double DEFAULT_FINAL_DIV_FACTOR = 1e4;

    /// The ways from one rate to the next.
    public enum AnnealStrategy {
        /// Along half a cosine.
        COS,
        /// In a straight line.
        LINEAR
    }

    private final double maxRate;
    private final long totalSteps;
    private double pctStart = DEFAULT_PCT_START;
    private AnnealStrategy strategy = AnnealStrategy.COS;
    private final double momentumBefore;
    private boolean cycleMomentum = true;
    private double baseMomentum = DEFAULT_BASE_MOMENTUM;
    private double maxMomentum = DEFAULT_MAX_MOMENTUM;
    private double divFactor = DEFAULT_DIV_FACTOR;
    private double finalDivFactor = DEFAULT_FINAL_DIV_FACTOR;
    private boolean threePhase;

    /// A cycle of `totalSteps` steps up to `maxLearningRate`, with the momentum between 0.85 and 0.95.
    ///
    /// An optimizer without momentum or betas, such as Adagrad, needs [#cycleMomentum(boolean)] off: its first [#step]
    /// throws `IllegalStateException` else.
    ///
    /// **Throws** `IllegalArgumentException` if the rate is not above 0 or there are no steps.
    public OneCycleLR(Optimizer optimizer, double maxLearningRate, long totalSteps) {
        super(optimizer);
        this.maxRate = above0("maxLearningRate", maxLearningRate);
        this.totalSteps = atLeast("totalSteps", totalSteps, 1);
        this.momentumBefore = optimizer.cycledMomentum();
        start();
    }

    /// A cycle of `epochs * stepsPerEpoch` steps.
    ///
    /// **Throws** `IllegalArgumentException` as for a number of steps.
    public OneCycleLR(Optimizer optimizer, double maxLearningRate, int epochs, int stepsPerEpoch) {
        this(optimizer, maxLearningRate, Math.max(0L, epochs) * Math.max(0, stepsPerEpoch));
    }

    /// Also schedules that are made later for this optimizer begin at the start of the cycle, as in PyTorch.
    private OneCycleLR start() {
        startFrom(maxRate / divFactor);
        apply();
        return this;
    }

    /// Sets the share of the steps in which the rate rises; 0.3 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 to 1.
    public OneCycleLR pctStart(double share) {
        pctStart = from0To1("pctStart", share);
        return start();
    }

    /// Sets the way from one rate to the next; [AnnealStrategy#COS] in a new schedule.
    public OneCycleLR annealStrategy(AnnealStrategy way) {
        strategy = way;
        return start();
    }

    /// Cycles the momentum too, as in a new schedule, or leaves it as it was before this schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it shall be cycled and the optimizer has none.
    public OneCycleLR cycleMomentum(boolean on) {
        boolean there = !Double.isNaN(momentumBefore);
        if (on && !there) {
            throw new IllegalArgumentException("OneCycleLR: " + optimizer() + " has no momentum to cycle");
        }
        if (!on && there) {
            rates().momentum(momentumBefore);
        }
        cycleMomentum = on;
        return start();
    }

    /// Sets the momentum at the highest rate; 0.85 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 to 1.
    public OneCycleLR baseMomentum(double momentum) {
        baseMomentum = from0To1("baseMomentum", momentum);
        return start();
    }

    /// Sets the momentum at both ends; 0.95 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 0 to 1.
    public OneCycleLR maxMomentum(double momentum) {
        maxMomentum = from0To1("maxMomentum", momentum);
        return start();
    }

    /// Sets what the highest rate is divided by to get the first one; 25 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is not above 0.
    public OneCycleLR divFactor(double factor) {
        divFactor = above0("divFactor", factor);
        return start();
    }

    /// Sets what the first rate is divided by to get the last one; 1e4 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is not above 0.
    public OneCycleLR finalDivFactor(double factor) {
        finalDivFactor = above0("finalDivFactor", factor);
        return start();
    }

    /// Takes three phases instead of two.
    public OneCycleLR threePhase(boolean on) {
        threePhase = on;
        return start();
    }

    @Override
    protected double rate(double base, long epoch) {
        if (epoch > totalSteps) {
            throw new IllegalStateException("OneCycleLR: step " + epoch + " of " + totalSteps
                    + ", the cycle is over; make it as long as the training");
        }
        double first = maxRate / divFactor;
        double last = first / finalDivFactor;
        double rate = threePhase ? along(epoch, first, maxRate, first, last) : along(epoch, first, maxRate, last, last);
        return Math.max(0, rate); // one step after the end, a straight line goes on below 0: that rate is not used
    }

    @Override
    protected double momentum(long epoch) {
        if (!cycleMomentum) {
            return Double.NaN;
        }
        if (Double.isNaN(momentumBefore)) {
            if (epoch == 0) { // it may be called off until the first step
                return Double.NaN;
            }
            throw new IllegalStateException("OneCycleLR: " + optimizer()
                    + " has no momentum to cycle, expected one with momentum or betas; call cycleMomentum(false)");
        }
        return along(epoch, maxMomentum, baseMomentum, maxMomentum, maxMomentum);
    }

    /// The value at `epoch` on the way from `start` through `peak` and `back` to `end`; two phases end at `back`.
    private double along(long epoch, double start, double peak, double back, double end) {
        double up = pctStart * totalSteps - 1;
        double down = threePhase ? 2 * pctStart * totalSteps - 2 : totalSteps - 1.0;
        if (epoch <= up) {
            return between(start, peak, epoch, 0, up);
        }
        if (!threePhase || epoch <= down) {
            return between(peak, back, epoch, up, down);
        }
        return between(back, end, epoch, down, totalSteps - 1.0);
    }

    private double between(double start, double end, long epoch, double from, double to) {
        double share = from == to ? 1 : (epoch - from) / (to - from);
        return strategy == AnnealStrategy.LINEAR ? (end - start) * share + start
                : CosineAnnealingLR.between(start, end, share);
    }

    @Override
    public String toString() {
        return "OneCycleLR(maxLearningRate=" + maxRate + ", totalSteps=" + totalSteps + ")";
    }
}
