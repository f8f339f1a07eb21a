// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.ParameterSlab;
import dev.lanewise.nn.Buffer;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.StateTensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// The average of weights over the steps of a training, as PyTorch's `AveragedModel`: often better than the last ones.
///
///     try (WeightAverage average = WeightAverage.exponential(net, 0.999)) {
///         for (Batch batch : data) {
///             trainer.trainStep(batch);
///             average.update();
///         }
///         average.apply(); // evaluate, or save
///         average.restore(); // train on
///     }
///
/// Made of a module, it also keeps the buffers, such as running statistics: they stay those of the module, or are averaged
/// as well ([#useBuffers]), and whatever becomes of them while the average is applied, [#restore] undoes it. An average of
/// a list of parameters leaves buffers alone.
///
/// **Numerics**: the first update copies the weights; each later one is `a = fma(f, w - a, a)`, `f` being `1 - decay` or
/// `1 / (updates + 1)`, computed in double and rounded. **Ownership**: its memory is its own, as much as the parameters'
/// and as much again after the first [#apply]; the caller closes it. **Threads**: one at a time.
public final class WeightAverage implements AutoCloseable {
    private static final int AVERAGE = 0;
    private static final int SAVED = 1;
    private static final double EQUAL = -1;

    /// The parameters, then the buffers, floats before counters.
    private final List<StateTensor> state;
    private final int parameters;
    private final double decay;
    private final ParameterSlab slab = new ParameterSlab("WeightAverage");
    private final List<FloatMatrix> averages = new ArrayList<>();
    private long count;
    private boolean applied;

    private WeightAverage(List<Parameter> parameters, Collection<Buffer> buffers, double decay) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("WeightAverage: the list of parameters is empty, expected at least one");
        }
        this.parameters = parameters.size();
        this.decay = decay;
        List<StateTensor> all = new ArrayList<>(parameters);
        buffers.stream().filter(buffer -> !buffer.isCounter()).forEach(all::add);
        buffers.stream().filter(Buffer::isCounter).forEach(all::add);
        this.state = List.copyOf(all);
        for (StateTensor tensor : all) {
            slab.add(tensor.rows(), tensor.cols(), tensor.value().isPanels());
        }
        average(parameters.size());
    }

    private void average(int tensors) {
        averages.clear();
        for (int i = 0; i < tensors; i++) {
            averages.add(slab.view(i, AVERAGE));
        }
    }

    /// As [#exponential(List, double)] of all parameters of `net`, whose buffers are kept as well.
    public static WeightAverage exponential(Module net, double decay) {
        return new WeightAverage(net.parameters(), net.namedBuffers().values(), checkedDecay(decay));
    }

    /// As [#equal(List)] of all parameters of `net`, whose buffers are kept as well.
    public static WeightAverage equal(Module net) {
        return new WeightAverage(net.parameters(), net.namedBuffers().values(), EQUAL);
    }

    private static double checkedDecay(double decay) {
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException("WeightAverage: decay is " + decay + ", expected 0 to 1");
        }
        return decay;
    }

    /// The average that keeps `decay` of itself in each update: `a = decay * a + (1 - decay) * w`.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or the decay is not from 0 to 1.
    public static WeightAverage exponential(List<Parameter> parameters, double decay) {
        return new WeightAverage(parameters, List.of(), checkedDecay(decay));
    }

    /// The average in which all updates count the same: stochastic weight averaging.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty.
    public static WeightAverage equal(List<Parameter> parameters) {
        return new WeightAverage(parameters, List.of(), EQUAL);
    }

    /// Whether buffers of floats are averaged, too; not at first. Counters never are. With batch normalization the
    /// statistics of the last batches are then as smooth as the weights.
    ///
    /// **Throws** `IllegalStateException` after the first update.
    public WeightAverage useBuffers(boolean on) {
        if (count != 0) {
            throw new IllegalStateException("WeightAverage.useBuffers: there was an update already; set it before");
        }
        int floats = state.size();
        while (floats > parameters && state.get(floats - 1) instanceof Buffer buffer && buffer.isCounter()) {
            floats--;
        }
        average(on ? floats : parameters);
        return this;
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
            FloatMatrix weights = state.get(i).value();
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

    /// The average of each parameter, in their order, then of the buffers that are averaged: this object's own memory.
    public List<FloatMatrix> averages() {
        return List.copyOf(averages);
    }

    /// Goes on from saved averages, in the order of [#averages], after `newCount` updates.
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
        for (int i = 0; i < state.size(); i++) {
            slab.view(i, SAVED).segment().copyFrom(state.get(i).value().segment());
        }
        for (int i = 0; i < averages.size(); i++) {
            state.get(i).value().segment().copyFrom(averages.get(i).segment());
            state.get(i).changed();
        }
        applied = true;
    }

    /// Puts the parameters' own values back, and those of the buffers that are kept.
    ///
    /// **Throws** `IllegalStateException` if the average is not applied, or after close.
    public void restore() {
        if (!applied) {
            throw new IllegalStateException("WeightAverage.restore: the average is not applied; call apply first");
        }
        for (int i = 0; i < state.size(); i++) {
            state.get(i).value().segment().copyFrom(slab.view(i, SAVED).segment());
            state.get(i).changed();
        }
        applied = false;
    }

    /// Frees the averages; what stands in the parameters stays there. Harmless a second time.
    @Override
    public void close() {
        slab.close();
    }
}
