// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.data.Batch;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.StepCheck;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The running sums of an epoch.
final class EpochSums implements StepCheck {
    /// Thrown to prevent a step; never leaves [Fit].
    static final class NotFinite extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFinite() {
            super("the loss is not finite");
        }
    }

    private final int epoch;
    private double loss;
    private double divisor;
    private double lastLoss = Double.NaN;
    private double lastFiniteLoss = Double.NaN;
    private final RightCount count;
    private double right;
    private long counted;
    private long rows;
    private long steps;
    private @Nullable Rows target;

    /// Sums of epoch `epoch`, counted from 1, of batches without the rows that `loss` ignores.
    EpochSums(int epoch, LossFunction loss) {
        this.epoch = epoch;
        this.count = RightCount.of(loss);
    }

    /// Tells which batch the next loss is of.
    void begin(Batch batch) {
        target = batch.y();
    }

    /// Before the step: NaN shall not reach the parameters.
    @Override
    public void check(Loss batchLoss) {
        steps++;
        rows += batchLoss.rows();
        Rows y = Objects.requireNonNull(target);
        if (count.fits(batchLoss.prediction().cols(), y.table())) {
            right += count.right(batchLoss.prediction(), y);
            counted += count.counted(y);
        } else {
            right = Double.NaN;
        }
        if (batchLoss.divisor() == 0) { // no row of the batch counts
            return;
        }
        lastLoss = batchLoss.total() / batchLoss.divisor() + batchLoss.penalty();
        if (!Double.isFinite(lastLoss)) {
            throw new NotFinite();
        }
        lastFiniteLoss = lastLoss;
        loss += batchLoss.total() + batchLoss.penalty() * batchLoss.divisor();
        divisor += batchLoss.divisor();
    }

    int epoch() {
        return epoch;
    }

    long rows() {
        return rows;
    }

    long steps() {
        return steps;
    }

    double lastLoss() {
        return lastLoss;
    }

    double lastFiniteLoss() {
        return lastFiniteLoss;
    }

    EpochResult result() {
        return new EpochResult(loss / divisor, right / counted, rows, steps);
    }
}
