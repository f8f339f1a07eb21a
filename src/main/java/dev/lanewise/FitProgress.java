// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

/// How far [Fit#run] has come, and a way to end it: one reused object, handed to every [FitListener].
public final class FitProgress {
    private int epoch;
    private long step;
    private long steps;
    private long rows;
    private double loss = Double.NaN;
    private double learningRate;
    private boolean stopped;

    FitProgress() {
    }

    void beginEpoch(int newEpoch, double rate) {
        epoch = newEpoch;
        step = 0;
        rows = 0;
        loss = Double.NaN;
        learningRate = rate;
    }

    void endStep(EpochSums sums, double rate) {
        step = sums.steps();
        steps++;
        rows = sums.rows();
        loss = sums.lastLoss();
        learningRate = rate;
    }

    boolean isStopped() {
        return stopped;
    }

    /// The epoch, counted from 1.
    public int epoch() {
        return epoch;
    }

    /// Steps done in this epoch.
    public long step() {
        return step;
    }

    /// Steps done in the whole run.
    public long steps() {
        return steps;
    }

    /// Rows trained on in this epoch.
    public long rows() {
        return rows;
    }

    /// The mean loss of the last step, before it changed the parameters; NaN before the first one of an epoch.
    public double loss() {
        return loss;
    }

    /// The learning rate of the last step; at the begin of an epoch, of the next one.
    public double learningRate() {
        return learningRate;
    }

    /// Ends the run: after the present step, or, between epochs, before the next one. The epoch is reported as far as
    /// it has come.
    public void stop() {
        stopped = true;
    }
}
