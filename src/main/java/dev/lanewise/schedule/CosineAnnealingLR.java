// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;

/// Lets the learning rate fall along half a cosine from the base rate to `etaMin` in `tMax` steps:
/// `etaMin + (base - etaMin) * (1 + cos(pi * step / tMax)) / 2`. After that it rises again, as in PyTorch.
///
/// **Source**: I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
public final class CosineAnnealingLR extends LRScheduler {
    private final long tMax;
    private double etaMin;

    /// A schedule down to 0 in `tMax` steps.
    ///
    /// **Throws** `IllegalArgumentException` if that is less than 1.
    public CosineAnnealingLR(Optimizer optimizer, int tMax) {
        super(optimizer);
        this.tMax = atLeast("tMax", tMax, 1);
        apply();
    }

    /// Sets the lowest rate; 0 in a new schedule.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public CosineAnnealingLR etaMin(double rate) {
        etaMin = notNegative("etaMin", rate);
        apply();
        return this;
    }

    @Override
    protected double rate(double base, long epoch) {
        return between(base, etaMin, (double) epoch / tMax);
    }

    /// From `start` (share 0) to `end` (share 1) along half a cosine, and back again (share 2).
    static double between(double start, double end, double share) {
        return end + (start - end) * HalfCosine.at(share);
    }

    @Override
    double rebased(double base, double before, double now) {
        return before == etaMin ? base : etaMin + (base - etaMin) * ((now - etaMin) / (before - etaMin));
    }

    @Override
    public String toString() {
        return "CosineAnnealingLR(tMax=" + tMax + ", etaMin=" + etaMin + ")";
    }
}
