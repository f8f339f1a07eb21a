// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.WideKernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The training step of a linear regression: one [Linear] with one output, in one walk over the rows, by one thread or as a
/// [RegressionRelay].
///
/// Ten rows take less time than asking whether this is such a step, of which shape, and where all memory is. So the
/// answers are kept, and [#fits] asks no more than whether they still hold: the same tables, no more rows than before, the
/// same loss, no penalty, nothing frozen. A step that does not fit takes the way of all others, which asks everything and
/// has all the messages. What is kept belongs to the memory of a pass, and is dropped with it.
final class RegressionStep {
    private final Linear linear;
    private final Parameter weight;
    private final Parameter bias;
    private final Workers workers;
    private final LayerInput input;
    private final Rows source;
    private final Output output;
    private final Loss loss;
    private final FloatMatrix losses;
    /// Memory of outputs, single losses, parameters and their gradients.
    private final MemorySegment y;
    private final MemorySegment l;
    private final MemorySegment w;
    private final MemorySegment b;
    private final MemorySegment g;
    private final MemorySegment gBias;

    private @Nullable RegressionRelay relay;
    private @Nullable Table features;
    private @Nullable Table targets;
    private MemorySegment index = MemorySegment.NULL;
    private int mostRows;
    private @Nullable LossFunction function;
    private float factor;
    private @Nullable FusedOptimizer stepper;
    private @Nullable PlainDescent weightDescent;
    private @Nullable PlainDescent biasDescent;

    /// A step of `linear`, whose gradients have memory.
    RegressionStep(Linear linear, PassMemory memory, Workers workers, LayerInput input, Rows source,
            Output output, Loss loss) {
        this.linear = linear;
        this.weight = linear.weight();
        this.bias = Objects.requireNonNull(linear.bias());
        this.workers = workers;
        this.input = input;
        this.source = source;
        this.output = output;
        this.loss = loss;
        this.losses = memory.losses();
        this.y = memory.output(0).segment();
        this.l = losses.segment();
        this.w = weight.value().segment();
        this.b = bias.value().segment();
        this.g = linear.weightSums(0);
        this.gBias = linear.biasSums(0);
    }

    /// Whether a step of these layers by so many threads is that of a linear regression, all of it trained, with rows that
    /// count alike.
    static boolean fits(Layer[] layers, LossFunction lossFunction, Rows t, int threads) {
        return lossFunction instanceof SquaredLoss && layers.length == 1 && layers[0] instanceof Linear linear
                && linear.fuses(threads) && t.weights() == null;
    }

    /// Keeps what a step has found out about itself: the next one may fit.
    void remember(Rows x, Rows t, LossFunction lossFunction, FusedOptimizer optimizer) {
        features = x.table();
        targets = t.table();
        index = x.index();
        mostRows = x.count();
        function = lossFunction;
        factor = ((SquaredLoss) lossFunction).factor();
        stepper = optimizer;
        weightDescent = optimizer.plainDescent(weight);
        biasDescent = optimizer.plainDescent(bias);
    }

    /// Lets go of all data, once passes go over other: no step fits until there is another to remember.
    static void forget(@Nullable RegressionStep step) {
        if (step != null) {
            step.features = null;
            step.targets = null;
            step.index = MemorySegment.NULL;
            step.function = null;
            step.stepper = null;
        }
    }

    /// Whether the step would find out the same again.
    @SuppressWarnings({"ReferenceEquality", "MemorySegmentReferenceEquality"}) // of the index: equal memory is not enough, and asking costs more
    boolean fits(Rows x, Rows t, LossFunction lossFunction, FusedOptimizer optimizer) {
        int rows = x.count();
        return x.table() == features && t.table() == targets && x.index() == index && lossFunction == function
                && optimizer == stepper && rows > 0 && rows <= mostRows && t.count() == rows && t.weights() == null
                && bothTrain(lossFunction);
    }

    private boolean bothTrain(LossFunction lossFunction) {
        return weight.requiresGrad() && bias.requiresGrad() && !lossFunction.penalizes();
    }

    /// The whole step, if the optimizer does nothing but plain descent of both parameters; null, and nothing has happened,
    /// if it does more. For a batch that [#fits], and if nobody looks at the loss before the update.
    @Nullable
    Loss descend(Rows x, Rows t, LossFunction lossFunction) {
        PlainDescent ofWeight = weightDescent;
        PlainDescent ofBias = biasDescent;
        int rows = x.count();
        if (ofWeight == null || ofBias == null || rows > WideKernels.BLOCK_ROWS || threads(rows) > 1) {
            return null;
        }
        float rate = ofWeight.rate();
        float biasRate = ofBias.rate();
        if (Float.isNaN(rate) || Float.isNaN(biasRate)) {
            return null;
        }
        begin(x);
        FloatMatrix from = x.matrix();
        FloatMatrix to = t.matrix();
        double sum = Kernels.REGRESSION.squaredErrorDescent(y, FloatMatrix.LANES, l, from.segment(), from.stride(),
                x.index(), x.first(), to.segment(), to.stride(), t.index(), t.first(), w, b, g, gBias, 0, rows,
                from.cols(), factor, scale(lossFunction, rows), workers.workspace(0).scratch(), rate, biasRate);
        loss.set(lossFunction, rows, 1, 1, rows, sum, 0, losses);
        loss.mean().used();
        stepped(ofWeight, ofBias);
        return loss;
    }

    /// Forward, loss and gradients of a batch that [#fits] or that the pass has begun.
    Loss walk(Rows x, Rows t, LossFunction lossFunction) {
        int rows = x.count();
        begin(x);
        float scale = scale(lossFunction, rows);
        int threads = threads(rows);
        double sum = threads == 1 ? walkAlone(x, t, scale)
                : relay().run(input, output.matrix(), losses, t, rows, factor, scale, threads);
        loss.set(lossFunction, rows, 1, 1, rows, sum, lossFunction.penaltyValue(), losses);
        return loss;
    }

    private double walkAlone(Rows x, Rows t, float scale) {
        int rows = x.count();
        FloatMatrix from = x.matrix();
        FloatMatrix to = t.matrix();
        MemorySegment scratch = workers.workspace(0).scratch();
        double sum = 0;
        for (int first = 0; first < rows; first += WideKernels.BLOCK_ROWS) {
            if (first > 0) {
                linear.weightSums(first);
                linear.biasSums(first);
            }
            sum += Kernels.REGRESSION.squaredError(y, FloatMatrix.LANES, l, from.segment(), from.stride(), x.index(),
                    x.first(), to.segment(), to.stride(), t.index(), t.first(), w, b, g, gBias, first,
                    Math.min(WideKernels.BLOCK_ROWS, rows - first), from.cols(), factor, scale, scratch);
        }
        return sum;
    }

    private int threads(int rows) {
        return RegressionRelay.threads(rows, linear.inFeatures(), workers.threads());
    }

    private RegressionRelay relay() {
        RegressionRelay made = relay;
        if (made == null) {
            made = linear.relay(workers);
            relay = made;
        }
        return made;
    }

    /// What was a loss is none until there is the next one; the way back of whoever computes another loss of these outputs
    /// reads the rows of this batch.
    private void begin(Rows x) {
        loss.forget();
        source.moveTo(x);
        output.moveTo(0, x.count());
        input.set(x.matrix(), x.index(), x.first());
    }

    private static float scale(LossFunction lossFunction, int rows) {
        return lossFunction.reduction() == Reduction.SUM ? 1 : LossFunction.meanScale(rows);
    }

    /// Steps both parameters behind [#walk]; false, and nothing has happened, if there is more to do than that.
    boolean descend(LossFunction lossFunction, int rows) {
        PlainDescent ofWeight = weightDescent;
        PlainDescent ofBias = biasDescent;
        if (ofWeight == null || ofBias == null || rows > WideKernels.BLOCK_ROWS
                || !bothTrain(lossFunction)) {
            return false;
        }
        float rate = ofWeight.rate();
        float biasRate = ofBias.rate();
        if (Float.isNaN(rate) || Float.isNaN(biasRate)) {
            return false;
        }
        Kernels.REGRESSION.descend(w, b, g, gBias, linear.inFeatures(), rate, biasRate);
        stepped(ofWeight, ofBias);
        return true;
    }

    private void stepped(PlainDescent ofWeight, PlainDescent ofBias) {
        ofWeight.count();
        ofBias.count();
        weight.stepped();
        bias.stepped();
    }
}
