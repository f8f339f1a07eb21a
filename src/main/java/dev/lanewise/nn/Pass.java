// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LossSum;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.parallel.Cut;
import dev.lanewise.parallel.WorkerTeam.Work;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One forward pass through the layers of a module and the way back.
///
/// The work is cut twice: first by rows (forward, loss, gradients of the activations: a chunk of rows goes through all
/// layers while it is in cache), then by parts of the parameters (gradients, and their use). Each cut leaves pieces
/// that do not depend on one another, for one thread or many; how it is cut never changes a bit.
final class Pass implements AutoCloseable {
    /// Rows that go through the layers together: enough to use a block of weights many times while it is in L1.
    private static final int CHUNK_ROWS = 256;
    /// A team's chunks begin at multiples of this many rows, the rows of a tile of wide layers.
    private static final int ROW_UNIT = 6;
    /// The same if all layers are narrow, which multiply rows by twos and fetch scattered ones by eights.
    private static final int NARROW_ROW_UNIT = 8;
    /// Bytes of input rows that a step of small layers takes at a time, so that the gradient finds them in L2.
    private static final long GATHERED_CHUNK_BYTES = 256 << 10;
    private static final int MIN_GATHERED_ROWS = 16;

    private final Module net;
    private final Layer[] layers;
    private final Workers workers;
    private final PassMemory memory;
    private final LayerInput[] inputs;
    private final long[] tokens;
    private final boolean allAddRows;
    /// How many parts each layer has before the way back.
    private final int[] parts;
    private final GradientParts gradientParts;
    private final BatchStages stages;
    private final ParameterSinks sinks;
    private final ChangesSince changes;
    /// Which layers get gradients in the way back under way, and the first of them: no gradient goes further.
    private final boolean[] trained;
    private int firstTrained;
    private final Loss loss = new Loss(this);
    private @Nullable RegressionStep regression;

    private final Work forwardWork = (part, worker) -> forwardRows(from(part), count(part), worker);
    private final Work lossWork = (part, _) -> lossRows(from(part), count(part));
    private final Work backWork = (part, worker) -> backRows(from(part), count(part), worker);
    private final Work stepWork = this::stepRows;
    private final Work gatherWork = this::gatherRows;
    private final Work prepareWork = this::prepare;
    private final Work gradientWork = this::gradients;

    private @Nullable Output output;
    private @Nullable Rows source;
    private int rows;
    private final Cut chunks = new Cut();
    private boolean staging;
    /// Whether rows of gradients are packed for the parameters on the way back.
    private boolean packing;
    private @Nullable LossFunction function;
    private @Nullable Rows target;
    private double divisor;
    /// What the mean divides by: `divisor`, or the number of losses if they are not reduced before it is taken.
    private double meanDivisor;
    private float scale;

    Pass(Module net, Layer[] layers, Workers workers) {
        this.net = net;
        this.layers = layers;
        this.workers = workers;
        this.memory = new PassMemory(layers, workers);
        this.inputs = new LayerInput[layers.length];
        this.tokens = new long[layers.length];
        this.parts = new int[layers.length];
        this.gradientParts = new GradientParts(layers);
        this.stages = new BatchStages(layers, inputs, tokens, memory, workers);
        this.allAddRows = Arrays.stream(layers).allMatch(Layer::addsRows);
        this.trained = new boolean[layers.length];
        this.sinks = new ParameterSinks(net.parameters());
        this.changes = new ChangesSince(layers, net.clock());
        for (int i = 0; i < layers.length; i++) {
            inputs[i] = new LayerInput();
        }
    }

    Output forward(Rows x) {
        RegressionStep.forget(regression);
        Output result = begin(x);
        changes.begin();
        int threads = threads();
        cut(threads);
        stages.forward(forwardWork, chunks.parts(), rows, threads);
        workers.run(forwardWork, chunks.parts(), threads);
        return result;
    }

    /// Checks the batch, makes room for it, and begins the layers.
    private Output begin(Rows x) {
        if (x.count() == 0) {
            throw new IllegalArgumentException("forward: the batch is empty, expected at least one row");
        }
        if (x.table() instanceof ClassLabels) {
            throw new IllegalArgumentException(
                    "forward: the input is class labels, expected rows of floats (FloatMatrix)");
        }
        if (output != null && x.table() == output.table()) {
            throw new IllegalArgumentException(
                    "forward: the input is an output of this module whose memory this pass needs; copy it");
        }
        workers.requireShared(x);
        loss.forget();
        rows = x.count();
        if (output == null || source == null || !memory.fits(rows, x)) {
            output = null;
            regression = null;
            memory.allocate(rows, x);
            output = new Output(this, memory.output(layers.length - 1));
            source = new Rows(x.table(), 0, 0);
            for (int i = 0; i < layers.length; i++) {
                inputs[i].keep(memory.kept(i));
            }
        }
        stages.check(rows);
        source.moveTo(x);
        stages.begin();
        for (int i = 0; i < layers.length; i++) {
            tokens[i] = layers[i].begin();
            if (i > 0) {
                inputs[i].set(memory.output(i - 1), MemorySegment.NULL, 0);
            }
        }
        staging = x.table() instanceof ByteMatrix || PassMemory.isPacked(x.table()) || !layers[0].readsInPlace(x);
        if (staging) {
            inputs[0].set(memory.staged(), MemorySegment.NULL, 0);
        } else {
            inputs[0].set(x.matrix(), x.index(), x.first());
        }
        output.moveTo(0, rows);
        return output;
    }

    /// How many threads this batch is worth.
    private int threads() {
        if (workers.threads() == 1) {
            return 1;
        }
        return Math.min(Workers.worth(memory.work() * rows), workers.threads());
    }

    private void cut(int threads) {
        chunks.forTeam(rows, threads, allAddRows ? NARROW_ROW_UNIT : ROW_UNIT, CHUNK_ROWS);
    }

    /// A power of two, so that no chunk crosses a block of rows.
    private void cutForGathering() {
        int chunk = rows;
        if (rows > MIN_GATHERED_ROWS) { // a division, and the smallest batches are the ones that would feel it
            long rowBytes = (long) inputs[0].stride() * Float.BYTES;
            long most = Math.clamp(GATHERED_CHUNK_BYTES / rowBytes, MIN_GATHERED_ROWS, CHUNK_ROWS);
            chunk = (int) Long.highestOneBit(most);
        }
        chunks.evenly(rows, chunk);
    }

    private int from(int part) {
        return chunks.begin(part);
    }

    private int count(int part) {
        return chunks.length(part);
    }

    private void forwardRows(int first, int n, int worker) {
        if (staging && !stages.underWay()) {
            memory.stage(source(), first, n, first);
        }
        forwardStaged(first, n, worker);
    }

    private void forwardStaged(int first, int n, int worker) {
        Workspace workspace = workers.workspace(worker);
        for (int i = stages.from(); i < stages.end(); i++) {
            layers[i].forward(inputs[i], memory.output(i), first, n, tokens[i], workspace);
        }
    }

    private void lossRows(int first, int n) {
        if (function == null || target == null || output == null) {
            throw new AssertionError("no loss");
        }
        FloatMatrix losses = memory.losses();
        FloatMatrix gradient = memory.gradient(layers.length - 1);
        FloatMatrix weights = target.weights();
        Rows read = function instanceof CustomLoss ? target : memory.padded(target, first, n);
        function.compute(losses, gradient, output, read, first, n, divisor, weights == null ? scale : 1);
        if (weights != null) {
            Kernels.ELEMENT_LOSS.weighRows(losses.segment(), function.valuesStride(output), gradient.segment(),
                    gradient.stride(), weights.segment(), weights.stride(), target.index(), target.first(), first, n,
                    scale);
        }
    }

    private void backRows(int first, int n, int worker) {
        Workspace workspace = workers.workspace(worker);
        int last = Math.max(stages.low(), firstTrained);
        for (int i = stages.high(); i >= last; i--) {
            if (i > last) {
                layers[i].inputGradient(memory.gradient(i - 1), memory.gradient(i), inputs[i], memory.output(i), first,
                        n, tokens[i], workspace);
            }
            if (packing && trained[i]) {
                layers[i].packGradient(memory.gradient(i), first, n, rows);
            }
        }
    }

    private void stepRows(int part, int worker) {
        forwardRows(from(part), count(part), worker);
        lossRows(from(part), count(part));
        backRows(from(part), count(part), worker);
    }

    /// A step of small layers on one thread: the gradients take the rows that are in cache at once.
    private void gatherRows(int part, int worker) {
        int first = from(part);
        int n = count(part);
        if (staging) { // every chunk to the same place, which stays in cache
            memory.stage(source(), first, n, 0);
            inputs[0].set(memory.staged(), MemorySegment.NULL, -first);
        }
        forwardStaged(first, n, worker);
        lossRows(first, n);
        backRows(first, n, worker);
        Workspace workspace = workers.workspace(worker);
        for (int i = firstTrained; i < layers.length; i++) {
            if (trained[i]) {
                layers[i].addRows(inputs[i], memory.gradient(i), first, n, workspace);
            }
        }
    }

    private void prepare(int part, int worker) {
        int rest = part;
        for (int i = 1; i < layers.length; i++) {
            if (rest < parts[i]) {
                layers[i].prepareInputGradient(rest);
                return;
            }
            rest -= parts[i];
        }
    }

    private void gradients(int part, int worker) {
        gradientParts.run(part, inputs, memory, rows, workers.workspace(worker));
    }

    /// Computes the loss of the outputs and the gradient of the outputs, in one go.
    Loss loss(LossFunction lossFunction, Output prediction, Rows y) {
        net.guard().enter(net);
        try {
            net.root().requireOpen();
            if (prediction != output) {
                throw new IllegalStateException(lossFunction.name()
                        + ": these predictions are no longer valid: their module has run forward twice since");
            }
            aim(lossFunction, prediction, y, lossFunction.reduction());
            memory.allocateGradients();
            memory.prepareTargets(y, lossFunction);
            int threads = threads();
            cut(threads);
            workers.run(lossWork, chunks.parts(), threads);
            return lossDone(lossFunction, prediction, y);
        } finally {
            net.guard().exit();
        }
    }

    private void aim(LossFunction lossFunction, Output prediction, Rows y, Reduction reduction) {
        divisor = lossFunction.divisor(prediction, y);
        meanDivisor = lossFunction.reduction() == Reduction.NONE
                ? (double) rows * lossFunction.valuesPerRow(prediction, y)
                : divisor;
        function = lossFunction;
        target = y;
        scale = reduction == Reduction.MEAN ? LossFunction.meanScale(meanDivisor) : 1;
    }

    private Loss lossDone(LossFunction lossFunction, Output prediction, Rows y) {
        int stride = lossFunction.valuesStride(prediction);
        int perRow = lossFunction.valuesPerRow(prediction, y);
        double sum = LossSum.of(memory.losses().segment(), stride, rows, perRow);
        loss.set(lossFunction, rows, perRow, stride, meanDivisor, lossFunction.explained(sum, prediction, y),
                lossFunction.penaltyValue(), memory.losses());
        target = null;
        return loss;
    }

    /// Forward, loss, backward and step in one, with the same bits as one by one; `check` sees the loss before the step.
    /// An optimizer that needs whole gradients is called once they are stored.
    @SuppressWarnings("ReferenceEquality") // of the check that does nothing
    Loss trainStep(Rows x, Rows y, LossFunction lossFunction, FusedOptimizer optimizer, StepCheck check) {
        RegressionStep known = regression;
        if (known == null || !known.fits(x, y, lossFunction, optimizer)) {
            return anyStep(x, y, lossFunction, optimizer, check);
        }
        rows = x.count();
        Loss done = check == StepCheck.NONE ? known.descend(x, y, lossFunction) : null;
        if (done != null) {
            return done;
        }
        trained[0] = true; // what the check freezes has been trained by then, and is left alone
        firstTrained = 0;
        Loss result = known.walk(x, y, lossFunction);
        use(result, check);
        if (!known.descend(lossFunction, rows)) {
            function = lossFunction;
            stepParameters(true, 1, optimizer);
        }
        return result;
    }

    private Loss anyStep(Rows x, Rows y, LossFunction lossFunction, FusedOptimizer optimizer, StepCheck check) {
        findTrained("trainStep");
        Output prediction = begin(x);
        boolean mean = lossFunction.reduction() != Reduction.SUM;
        aim(lossFunction, prediction, y, mean ? Reduction.MEAN : Reduction.SUM);
        memory.allocateGradients();
        int threads = threads();
        RegressionStep walk = staging ? null : regression(x, y, lossFunction, optimizer, threads);
        boolean gather = walk != null || (threads == 1 && allAddRows);
        Loss result = walk != null ? walk.walk(x, y, lossFunction)
                : walk(gather, threads, lossFunction, prediction, y);
        use(result, check);
        stepParameters(gather, threads, optimizer);
        return result;
    }

    private void use(Loss result, StepCheck check) {
        check.check(result.mean());
        source().table().segment(); // throws if the batch has been closed, while no layer has been stepped yet
        result.used();
    }

    private void stepParameters(boolean gather, int threads, FusedOptimizer optimizer) {
        FusedOptimizer fused = optimizer.fuses() ? optimizer : null;
        if (fused == null) {
            optimizer.beginGradients();
        }
        if (gather) {
            sinks.open(fused, function);
            for (int i = firstTrained; i < layers.length; i++) {
                if (trained[i]) {
                    layers[i].handGathered(rows);
                }
            }
            sinks.close();
        } else {
            parameterGradients(threads, fused);
        }
        if (fused == null) {
            optimizer.endGradients();
        }
    }

    /// The step if it is that of a linear regression, else null.
    private @Nullable RegressionStep regression(Rows x, Rows y, LossFunction lossFunction, FusedOptimizer optimizer,
            int threads) {
        if (!RegressionStep.fits(layers, lossFunction, y, threads)) {
            RegressionStep.forget(regression);
            return null;
        }
        workers.requireShared(y);
        target = null; // the kernel is told by itself
        beginGradients();
        if (regression == null) {
            regression = new RegressionStep((Linear) layers[0], memory, workers, inputs[0], source(), output(), loss);
        }
        regression.remember(x, y, lossFunction, optimizer);
        return regression;
    }

    /// Forward, loss and the gradients of all outputs; with `gather` those of the parameters too.
    private Loss walk(boolean gather, int threads, LossFunction lossFunction, Output prediction, Rows y) {
        beginGradients();
        memory.prepareTargets(y, lossFunction);
        packing = !gather;
        if (gather) {
            cutForGathering();
            Workers.runInOrder(gatherWork, chunks.parts());
        } else {
            cut(threads);
            prepareInputGradients(threads);
            stages.forward(forwardWork, chunks.parts(), rows, threads);
            stages.beginBackward();
            workers.run(stepWork, chunks.parts(), threads);
            stages.backward(backWork, chunks.parts(), rows, threads, firstTrained);
        }
        return lossDone(lossFunction, prediction, y);
    }

    private Rows source() {
        if (source == null) {
            throw new AssertionError("no batch");
        }
        return source;
    }

    /// Finds out which layers are to get gradients.
    ///
    /// **Throws** `IllegalStateException` if none is.
    private void findTrained(String operation) {
        firstTrained = layers.length;
        for (int i = layers.length - 1; i >= 0; i--) {
            trained[i] = layers[i].trains();
            firstTrained = trained[i] ? i : firstTrained;
        }
        if (firstTrained == layers.length) {
            throw new IllegalStateException(operation + ": no parameter of " + net
                    + " requires a gradient, expected at least one; requiresGrad(true) thaws a frozen one");
        }
    }

    /// Back-propagates; `factor` is what the reduction still has to multiply the gradient of the outputs by.
    void backward(float factor) {
        net.guard().enter(net);
        try {
            net.root().bind();
            source().table().segment(); // throws if the batch has been closed, while no layer has been stepped yet
            findTrained("Loss.backward");
            changes.check(firstTrained, function);
            if (factor != 1) {
                FloatMatrix dOutput = memory.gradient(layers.length - 1);
                Kernels.ELEMENT.scale(dOutput.segment(), (long) rows * dOutput.stride(), factor);
            }
            int threads = threads();
            cut(threads);
            beginGradients();
            packing = true;
            prepareInputGradients(threads);
            stages.beginBackward();
            workers.run(backWork, chunks.parts(), threads);
            stages.backward(backWork, chunks.parts(), rows, threads, firstTrained);
            parameterGradients(threads, null);
        } finally {
            net.guard().exit();
        }
    }

    private void prepareInputGradients(int threads) {
        int total = 0;
        for (int i = 1; i < layers.length; i++) {
            parts[i] = i > firstTrained ? layers[i].inputGradientPreparations() : 0;
            total += parts[i];
        }
        if (total > 0) {
            workers.run(prepareWork, total, threads);
        }
    }

    private void parameterGradients(int threads, @Nullable FusedOptimizer optimizer) {
        gradientParts.number(trained, threads);
        sinks.open(optimizer, function);
        workers.run(gradientWork, gradientParts.count(), threads);
        sinks.close();
    }

    private void beginGradients() {
        for (int i = firstTrained; i < layers.length; i++) {
            if (trained[i]) {
                layers[i].beginGradient(rows);
            }
        }
    }

    Output output() {
        if (output == null) {
            throw new AssertionError("no output before forward");
        }
        return output;
    }

    long bytesOffHeap() {
        return memory.bytesOffHeap();
    }

    @Override
    public void close() {
        loss.forget();
        memory.close();
        regression = null;
        output = null;
        source = null;
    }
}
