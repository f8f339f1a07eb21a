// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.ParameterSlab;
import dev.lanewise.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/// The average of weights over the steps of a training, as PyTorch's `AveragedModel`: often better than the last ones.
///
///     try (WeightAverage average = WeightAverage.exponential(net.parameters(), 0.999)) {
///         for (Batch batch : data) {
///             trainer.trainStep(batch);
///             average.update();
///         }
///         average.apply(); // evaluate, or save
///         average.restore(); // train on
///     }
///
/// **Numerics**: the first update copies the weights; each later one is `a = fma(f, w - a, a)`, `f` being `1 - decay` or
/// `1 / (updates + 1)`, computed in double and rounded. **Ownership**: its memory is its own, as much as the parameters'
/// and as much again after the first [#apply]; the caller closes it. **Threads**: one at a time.
public final class WeightAverage implements AutoCloseable {
    private static final int AVERAGE = 0;
    private static final int SAVED = 1;
    private static final double EQUAL = -1;

    private final List<Parameter> parameters;
    private final double decay;
    private final ParameterSlab slab = new ParameterSlab("WeightAverage");
    private final List<FloatMatrix> averages = new ArrayList<>();
    private long count;
    private boolean applied;

    private WeightAverage(List<Parameter> parameters, double decay) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("WeightAverage: the list of parameters is empty, expected at least one");
        }
        this.parameters = List.copyOf(parameters);
        this.decay = decay;
        for (Parameter p : parameters) {
            slab.add(p.rows(), p.cols(), p.value().isPanels());
        }
        for (int i = 0; i < parameters.size(); i++) {
            averages.add(slab.view(i, AVERAGE));
        }
    }

    /// The average that keeps `decay` of itself in each update: `a = decay * a + (1 - decay) * w`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or the decay is not from 0 to 1.
    public static WeightAverage exponential(List<Parameter> parameters, double decay) {
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException("WeightAverage: decay is " + decay + ", expected 0 to 1");
        }
        return new WeightAverage(parameters, decay);
    }

    /// The average in which all updates count the same: stochastic weight averaging.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty.
    public static WeightAverage equal(List<Parameter> parameters) {
        return new WeightAverage(parameters, EQUAL);
    }

    /// Takes the weights as they are now into the average.
    ///
    /// **Throws** `IllegalStateException` while the average is applied, or after close.
    public void update() {
        if (applied) {
            throw new IllegalStateException(
                    "WeightAverage.update: the average stands in the parameters; call restore first");
        }
        float factor = count == 0 ? 1 : (float) (decay == EQUAL ? 1.0 / (count + 1) : 1 - decay);
        for (int i = 0; i < averages.size(); i++) {
            FloatMatrix average = averages.get(i);
            FloatMatrix weights = parameters.get(i).value();
            if (count == 0) {
                average.segment().copyFrom(weights.segment());
            } else {
                Kernels.OPTIMIZER.average(average.segment(), weights.segment(), average.paddedSize(), factor);
            }
        }
        count++;
    }

    /// Updates done.
    public long count() {
        return count;
    }

    /// The average of each parameter, in their order: this object's own memory.
    public List<FloatMatrix> averages() {
        return List.copyOf(averages);
    }

    /// Goes on from saved averages, in the order of the parameters, after `newCount` updates.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is changed, if their number or a shape differs or the
    /// count is negative.
    public void load(List<FloatMatrix> saved, long newCount) {
        if (saved.size() != averages.size() || newCount < 0) {
            throw new IllegalArgumentException("WeightAverage.load: " + saved.size() + " matrices after " + newCount
                    + " updates given, expected " + averages.size());
        }
        for (int i = 0; i < saved.size(); i++) {
            FloatMatrix own = averages.get(i);
            if (saved.get(i).rows() != own.rows() || saved.get(i).cols() != own.cols()) {
                throw new IllegalArgumentException(
                        "WeightAverage.load: " + saved.get(i) + " given for parameter " + i + ", expected " + own);
            }
        }
        for (int i = 0; i < saved.size(); i++) {
            averages.get(i).copyFrom(saved.get(i));
        }
        count = newCount;
    }

    /// Puts the average into the parameters and keeps their own values until [#restore].
    ///
    /// **Throws** `IllegalStateException` before the first update, if it stands there already, or after close,
    /// `OffHeapMemoryException` if memory is refused.
    public void apply() {
        if (applied || count == 0) {
            throw new IllegalStateException("WeightAverage.apply: "
                    + (applied ? "the average stands in the parameters already" : "there was no update yet"));
        }
        for (int i = 0; i < averages.size(); i++) {
            slab.view(i, SAVED).segment().copyFrom(parameters.get(i).value().segment());
        }
        for (int i = 0; i < averages.size(); i++) {
            parameters.get(i).value().segment().copyFrom(averages.get(i).segment());
        }
        applied = true;
    }

    /// Puts the parameters' own values back.
    ///
    /// **Throws** `IllegalStateException` if the average is not applied, or after close.
    public void restore() {
        if (!applied) {
            throw new IllegalStateException("WeightAverage.restore: the average is not applied; call apply first");
        }
        for (int i = 0; i < averages.size(); i++) {
            parameters.get(i).value().segment().copyFrom(slab.view(i, SAVED).segment());
        }
        applied = false;
    }

    /// Frees the averages; what stands in the parameters stays there. Harmless a second time.
    @Override
    public void close() {
        slab.close();
    }
}
