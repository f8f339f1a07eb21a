// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.nn.Module;
import dev.lanewise.schedule.Mode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Ends [Fit#run] when a value has not improved for `patience` epochs in a row, and takes the module back to the
/// state of the best epoch, parameters and buffers such as running statistics: `new EarlyStopping(Monitor.VALIDATION_LOSS).patience(5)`.
///
/// However a run ends, be it with a [DivergedException], the best state is restored. A value that is NaN is no
/// improvement.
///
/// The counts and the best state go on from one run to the next of the same module: if none of the next run's epochs is
/// better, the state of the best one before is restored in the end. A run of another module begins anew. After
/// [#loadStateDict] the best value is known, but not its state: until an epoch is better, nothing is restored, and
/// [FitResult#bestEpoch] is 0.
///
/// The copy of the best state is on the heap, as large as the module's parameters and buffers.
public final class EarlyStopping {
    private static final int DEFAULT_PATIENCE = 10;

    private final Monitor monitor;
    private Mode mode;
    private int patience = DEFAULT_PATIENCE;
    private double minDelta;
    private boolean restoreBest = true;
    private double best;
    private int bestEpoch;
    private int badEpochs;
    private @Nullable BestState kept;
    private @Nullable Module net;

    /// Goes by `monitor`, in the direction in which that gets better.
    public EarlyStopping(Monitor monitor) {
        this.monitor = monitor;
        this.mode = monitor.mode();
        this.best = mode.worst();
    }

    /// Sets how many epochs in a row may pass without an improvement until training ends; 10 at first.
    ///
    /// **Throws** `IllegalArgumentException` if it is less than 1.
    public EarlyStopping patience(int epochs) {
        if (epochs < 1) {
            throw new IllegalArgumentException("EarlyStopping: patience is " + epochs + ", expected at least 1");
        }
        patience = epochs;
        return this;
    }

    /// Sets by how much more than this a value has to be better to count as an improvement; 0 at first.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public EarlyStopping minDelta(double delta) {
        if (!(delta >= 0) || delta == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "EarlyStopping: minDelta is " + delta + ", expected a finite number of at least 0");
        }
        minDelta = delta;
        return this;
    }

    /// Sets which way the value gets better, if not as the monitor says. Forgets the best value and its state.
    public EarlyStopping mode(Mode newMode) {
        mode = newMode;
        forget();
        return this;
    }

    /// Restores the state of the best epoch in the end, as at first, or leaves that of the last one.
    public EarlyStopping restoreBest(boolean on) {
        restoreBest = on;
        return this;
    }

    Monitor monitor() {
        return monitor;
    }

    private void forget() {
        best = mode.worst();
        bestEpoch = 0;
        badEpochs = 0;
        kept = null;
    }

    /// Before a run of `module`.
    EarlyStopping begin(Module module) {
        if (net != null && !net.equals(module)) {
            forget();
        }
        net = module;
        return this;
    }

    /// Keeps the state of the module, after the best epoch so far.
    void keep(Module module) {
        if (!restoreBest) {
            kept = null; // a state of before is no longer the best
            return;
        }
        if (kept == null) {
            kept = new BestState(module);
        }
        kept.keep();
    }

    /// Restores the best state, if that is wanted and there is one; its epoch, or 0.
    int restore() {
        if (!restoreBest || kept == null) {
            return 0;
        }
        kept.restore();
        return bestEpoch;
    }

    /// Takes the value of an epoch; whether it is an improvement.
    boolean observe(EpochReport report) {
        double value = monitor.of(report);
        boolean better = mode == Mode.MIN ? value < best - minDelta : value > best + minDelta;
        if (better) {
            best = value;
            bestEpoch = report.epoch();
            badEpochs = 0;
        } else {
            badEpochs++;
        }
        return better;
    }

    boolean isOver() {
        return badEpochs >= patience;
    }

    /// The best value so far; infinite (MAX: negative) before the first.
    public double best() {
        return best;
    }

    /// The epoch that had it, counted from 1; 0 before the first.
    public int bestEpoch() {
        return bestEpoch;
    }

    /// Epochs since then.
    public int badEpochs() {
        return badEpochs;
    }

    /// What has to be kept to go on later as if nothing had happened, but for the best state; settings are not in it.
    public SequencedMap<String, Double> stateDict() {
        SequencedMap<String, Double> state = new LinkedHashMap<>();
        state.put("best", best);
        state.put("best_epoch", (double) bestEpoch);
        state.put("num_bad_epochs", (double) badEpochs);
        return state;
    }

    /// Goes on from a [#stateDict].
    ///
    /// **Throws** `IllegalArgumentException`, before anything is changed, if the names are not those.
    public void loadStateDict(Map<String, Double> state) {
        if (!state.keySet().equals(stateDict().keySet())) {
            throw new IllegalArgumentException("EarlyStopping.loadStateDict: the names are " + state.keySet()
                    + ", expected " + stateDict().keySet());
        }
        best = state.getOrDefault("best", best);
        bestEpoch = state.getOrDefault("best_epoch", 0.0).intValue();
        badEpochs = state.getOrDefault("num_bad_epochs", 0.0).intValue();
        kept = null;
    }
}
