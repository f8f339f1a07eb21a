// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import java.util.Arrays;
import java.util.List;

/// One schedule after the other, such as a warm-up and what follows: at milestone `i` schedule `i + 1` takes over from
/// its step 0.
///
/// ```java
/// var schedule = new SequentialLR(optimizer,
///         List.of(new LinearLR(optimizer).totalIters(5), new CosineAnnealingLR(optimizer, 95)), 5);
/// ```
///
/// The schedules are its own from then on; the state of the sequence is all that has to be kept.
public final class SequentialLR extends LRScheduler {
    private final List<LRScheduler> schedulers;
    private final int[] milestones;

    /// A sequence of `schedulers` of the same optimizer that change at `milestones`, one fewer.
    ///
    /// **Throws** `IllegalArgumentException` if there are no schedules, one is of another optimizer or part of a
    /// sequence already, or the milestones are not one fewer, from 1 up and ascending.
    public SequentialLR(Optimizer optimizer, List<? extends LRScheduler> schedulers, int... milestones) {
        super(optimizer);
        this.schedulers = List.copyOf(schedulers);
        this.milestones = milestones.clone();
        check(optimizer);
        this.schedulers.forEach(LRScheduler::becomePart);
        apply();
    }

    private void check(Optimizer optimizer) {
        if (schedulers.isEmpty() || milestones.length != schedulers.size() - 1) {
            throw new IllegalArgumentException("SequentialLR: " + schedulers.size() + " schedules and "
                    + milestones.length + " milestones given, expected at least one schedule and a milestone between"
                    + " each two");
        }
        for (LRScheduler scheduler : schedulers) {
            if (!scheduler.optimizer().equals(optimizer)) {
                throw new IllegalArgumentException("SequentialLR: " + scheduler + " is of " + scheduler.optimizer()
                        + ", expected all to be of the same optimizer, " + optimizer);
            }
        }
        for (int i = 0; i < milestones.length; i++) {
            if (milestones[i] <= (i == 0 ? 0 : milestones[i - 1])) {
                throw new IllegalArgumentException("SequentialLR: milestones are " + Arrays.toString(milestones)
                        + ", expected them to be from 1 up and ascending");
            }
        }
    }

    /// Which schedule step `epoch` belongs to.
    private int active(long epoch) {
        int i = 0;
        while (i < milestones.length && milestones[i] <= epoch) {
            i++;
        }
        return i;
    }

    private long since(int active, long epoch) {
        return active == 0 ? epoch : epoch - milestones[active - 1];
    }

    @Override
    protected double rate(double base, long epoch) {
        int i = active(epoch);
        return schedulers.get(i).rate(base, since(i, epoch));
    }

    @Override
    double rateOf(int group, double base, double epoch) {
        int i = active((long) epoch);
        return schedulers.get(i).rateOf(group, base, (double) since(i, (long) epoch));
    }

    @Override
    protected double momentum(long epoch) {
        int i = active(epoch);
        return schedulers.get(i).momentum(since(i, epoch));
    }

    @Override
    public String toString() {
        return "SequentialLR(" + schedulers + ", milestones=" + Arrays.toString(milestones) + ")";
    }
}
