// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.LossSum;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.Rows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One forward pass through the layers of a module and the way back: the outputs of every layer, their gradients and
/// the loss. The memory is kept from pass to pass and grows with the largest batch; nothing is allocated per step.
final class Pass implements AutoCloseable {
    private final Module net;
    private final Layer[] layers;
    private final NativeBuffer scratch;
    private final Loss loss = new Loss(this);

    /// The largest number of rows that the memory below holds, and the width of the input it was made for.
    private int capacity;
    private int inFeatures;
    /// Per layer: its input, its output (capacity, out), and the gradient of the latter.
    private Rows[] inputs = new Rows[0];
    private FloatMatrix[] outputs = new FloatMatrix[0];
    private FloatMatrix[] gradients = new FloatMatrix[0];
    private @Nullable Output output;
    private @Nullable FloatMatrix losses;

    Pass(Module net, Layer[] layers, NativeBuffer scratch) {
        this.net = net;
        this.layers = layers;
        this.scratch = scratch;
    }

    Output forward(Rows x) {
        int rows = x.count();
        if (rows == 0) {
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
        if (rows > capacity || x.cols() != inFeatures) {
            allocate(rows, x);
        }
        loss.forget();
        inputs[0].moveTo(x);
        MemorySegment memory = scratch.segment();
        for (int i = 0; i < layers.length; i++) {
            layers[i].forward(inputs[i], outputs[i], memory);
            if (i + 1 < layers.length) {
                inputs[i + 1].moveTo(0, rows);
            }
        }
        Output result = result();
        result.moveTo(0, rows);
        return result;
    }

    private void allocate(int rows, Rows x) {
        int[] widths = new int[layers.length];
        int features = x.cols();
        for (int i = 0; i < layers.length; i++) {
            layers[i].checkInput(rows, features);
            features = layers[i].outFeatures(features);
            widths[i] = features;
        }
        close();
        outputs = allocate(rows, widths);
        inputs = new Rows[layers.length];
        inputs[0] = new Rows(x.table(), 0, 0);
        for (int i = 1; i < layers.length; i++) {
            inputs[i] = new Rows(outputs[i - 1], 0, 0);
        }
        output = new Output(this, outputs[layers.length - 1]);
        capacity = rows;
        inFeatures = x.cols();
    }

    private void allocateGradients() {
        int[] widths = new int[layers.length];
        for (int i = 0; i < layers.length; i++) {
            widths[i] = outputs[i].cols();
        }
        gradients = allocate(capacity, widths);
    }

    /// One matrix for each of `widths`; all or, if memory is refused, none.
    private static FloatMatrix[] allocate(int rows, int[] widths) {
        FloatMatrix[] made = new FloatMatrix[widths.length];
        int done = 0;
        try {
            for (; done < made.length; done++) {
                made[done] = FloatMatrix.allocate(rows, widths[done]);
            }
            return made;
        } catch (RuntimeException e) {
            for (int i = 0; i < done; i++) {
                made[i].close();
            }
            throw e;
        }
    }

    private Output result() {
        if (output == null) {
            throw new AssertionError("no output before allocate");
        }
        return output;
    }

    /// Computes the loss of the outputs and the gradient of the outputs, in one go.
    Loss loss(LossFunction function, Output prediction, Rows target) {
        net.guard().enter(net);
        try {
            net.root().requireOpen();
            if (prediction != output) {
                throw new IllegalStateException(function.name()
                        + ": these predictions are no longer valid: their module has run forward twice since");
            }
            function.check(prediction, target);
            if (gradients.length == 0) {
                allocateGradients();
            }
            FloatMatrix perValue = losses;
            if (perValue == null) {
                perValue = FloatMatrix.allocate(capacity, prediction.cols());
                losses = perValue;
            }
            int rows = prediction.count();
            FloatMatrix dOutput = gradients[layers.length - 1];
            float scale = function.reduction() == Reduction.MEAN ? function.meanScale(rows, prediction.cols()) : 1;
            function.compute(perValue.segment(), dOutput, prediction, target, 0, rows, scale);
            int cols = prediction.cols();
            double sum = LossSum.of(perValue.segment(), function.valuesStride(cols), rows, function.valuesPerRow(cols));
            loss.set(function, rows, prediction.cols(), sum, perValue);
            return loss;
        } finally {
            net.guard().exit();
        }
    }

    /// Back-propagates; `scale` is what the reduction still has to multiply the gradient of the outputs by.
    void backward(float scale, @Nullable FusedOptimizer optimizer) {
        net.guard().enter(net);
        try {
            net.root().bind();
            inputs[0].table().segment(); // throws if it has been closed, while no layer has been stepped yet
            int last = layers.length - 1;
            if (scale != 1) {
                FloatMatrix dOutput = gradients[last];
                long floats = (long) result().count() * dOutput.stride();
                Kernels.ELEMENT.scale(dOutput.segment(), floats, scale);
            }
            MemorySegment memory = scratch.segment();
            for (int i = last; i >= 0; i--) {
                if (i > 0) {
                    layers[i].inputGradient(gradients[i - 1], gradients[i], inputs[i].count());
                }
                if (optimizer == null) {
                    layers[i].parameterGradient(inputs[i], gradients[i], memory);
                } else {
                    layers[i].fusedStep(optimizer, inputs[i], gradients[i], memory);
                }
            }
        } finally {
            net.guard().exit();
        }
    }

    long bytesOffHeap() {
        long bytes = losses == null ? 0 : losses.paddedSize();
        for (FloatMatrix matrix : outputs) {
            bytes += matrix.paddedSize();
        }
        for (FloatMatrix matrix : gradients) {
            bytes += matrix.paddedSize();
        }
        return bytes * Float.BYTES;
    }

    @Override
    public void close() {
        loss.forget();
        for (FloatMatrix matrix : outputs) {
            matrix.close();
        }
        for (FloatMatrix matrix : gradients) {
            matrix.close();
        }
        if (losses != null) {
            losses.close();
        }
        outputs = new FloatMatrix[0];
        gradients = new FloatMatrix[0];
        losses = null;
        output = null;
        capacity = 0;
    }
}
