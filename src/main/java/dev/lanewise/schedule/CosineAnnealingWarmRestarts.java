// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Lets the learning rate fall along half a cosine to `etaMin` and then start anew: in `t0` steps the first time, and
/// each time in `tMult` times as many as before.
///
/// **Source**: I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
public final class CosineAnnealingWarmRestarts extends LRScheduler {
    private final long t0;
    private long tMult = 1;
    private double etaMin;

    /// A schedule that falls to 0 in `t0` steps, again and again.
    ///
    /// **Throws** `IllegalArgumentException` if that is less than 1.
    public CosineAnnealingWarmRestarts(Optimizer optimizer, int t0) {
        super(optimizer);
        this.t0 = atLeast("t0", t0, 1);
        apply();
    }

    /// Sets how many times longer each round is than the one before; 1 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is less than 1.
    public CosineAnnealingWarmRestarts tMult(int times) {
        tMult = atLeast("tMult", times, 1);
        apply();
        return this;
    }

    /// Sets the lowest rate; 0 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public CosineAnnealingWarmRestarts etaMin(double rate) {
        etaMin = notNegative("etaMin", rate);
        apply();
        return this;
    }

    /// Goes to `epoch`, which need not be a whole number: in the middle of an epoch, `epoch + batch / batches`.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite, `IllegalStateException` if this is part
    /// of a [SequentialLR].
    public void step(double epoch) {
        moveTo(notNegative("epoch", epoch));
    }

    @Override
    protected double rate(double base, long epoch) {
        return rateAt(base, (double) epoch);
    }

    @Override
    double rateAt(double base, double epoch) {
        double into = epoch;
        double round = t0;
        if (tMult == 1) {
            into %= round;
        }
        while (into >= round) {
            into -= round;
            round *= tMult;
        }
        return CosineAnnealingLR.between(base, etaMin, into / round);
    }

    @Override
    public String toString() {
        return "CosineAnnealingWarmRestarts(t0=" + t0 + ", tMult=" + tMult + ", etaMin=" + etaMin + ")";
    }
}
