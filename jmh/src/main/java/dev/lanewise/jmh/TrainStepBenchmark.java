// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.jmh;

import dev.lanewise.Trainer;
import dev.lanewise.data.Batch;
import dev.lanewise.data.Batches;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.KernelSet;
import dev.lanewise.kernel.NarrowKernels;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.optim.SGD;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/// How many steps a second does a trainer do, fused as `trainStep` and written out as zeroGrad, forward, backward,
/// step?
///
/// One output is a regression with squared error, more are a softmax regression. Every step takes the same batch, so
/// that it is in cache. Both contenders must leave the bits of the scalar specification in the weights. The library's
/// kernels are chosen once for a JVM: `LANEWISE_JAVA_OPTS=-Dlanewise.lanes=0 jmh/run TrainStep` measures the scalar
/// ones.
///
/// Run: `jmh/run TrainStep`, or `jmh/run TrainStep -p shape=10x2x1 -prof gc`
public class TrainStepBenchmark extends GatedBenchmark {
    private static final float LEARNING_RATE = 0.03f;
    private static final int CHECKED_STEPS = 3;

    /// Rows of the batch, features and outputs: the tutorial's regression, and a softmax regression on MNIST.
    @Param({"10x2x1", "256x784x10"})
    public String shape;

    @Param({"written", "fused"})
    public String step;

    private int rows;
    private int in;
    private int out;
    private boolean fused;
    private double gflop;
    private Dataset data;
    private Batches batches;
    private Batch batch;
    private Linear net;
    private Trainer trainer;

    @Override
    void prepare() {
        int[] sizes = sizes(shape, "ROWSxINxOUT");
        rows = sizes[0];
        in = sizes[1];
        out = sizes[2];
        fused = switch (step) {
            case "fused" -> true;
            case "written" -> false;
            default -> throw new IllegalArgumentException("step=" + step + " given, expected written or fused");
        };
        gflop = 4e-9 * rows * in * out;
        data = dataset();
        batches = data.batches(rows).shuffle(0);
        batch = batches.iterator().next();
        net = new Linear(in, out).init(0);
        LossFunction loss = out == 1 ? new MSELoss() : new CrossEntropyLoss();
        trainer = new Trainer(net, loss, new SGD(net.parameters(), LEARNING_RATE));
    }

    private Dataset dataset() {
        RandomGenerator random = RandomStreams.stream(0, "data");
        float[] x = new float[rows * in];
        for (int i = 0; i < x.length; i++) {
            x[i] = RandomStreams.uniform(random);
        }
        float[] y = new float[rows];
        int[] labels = new int[rows];
        for (int r = 0; r < rows; r++) {
            y[r] = RandomStreams.uniform(random);
            labels[r] = (int) (y[r] * out);
        }
        return out == 1 ? Dataset.of(x, rows, in, y) : Dataset.of(x, rows, in, labels);
    }

    @Override
    void gate(String timed) {
        MemorySegment w = net.weight().value().segment();
        MemorySegment bias = net.bias().value().segment();
        MemorySegment expectedW = zeros(out, in).copyFrom(w);
        MemorySegment expectedBias = zeros(1, out).copyFrom(bias);
        MemorySegment y = zeros(rows, out);
        MemorySegment dY = zeros(rows, out);
        for (int i = 0; i < CHECKED_STEPS; i++) {
            step(SPECIFICATION, expectedW, expectedBias, y, dY);
            step();
        }
        requireEqualBits("weight", w, expectedW);
        requireEqualBits("bias", bias, expectedBias);
    }

    /// A step in kernels: what the trainer is to do.
    private void step(KernelSet k, MemorySegment w, MemorySegment bias, MemorySegment y, MemorySegment dY) {
        FloatMatrix x = batch.x().matrix();
        MemorySegment index = batch.x().index();
        int outStride = FloatMatrix.stride(out);
        MemorySegment loss = zeros(rows, out);
        MemorySegment scratch = zeros(NarrowKernels.scratchFloats(in, out));
        k.narrow().forward(y, outStride, x.segment(), x.stride(), index, 0, w, x.stride(), bias, 0, rows, in, out,
                scratch);
        MemorySegment targets = batch.y().table().segment();
        if (out == 1) {
            k.loss().squaredError(loss, dY, y, outStride, targets, batch.y().matrix().stride(), index, 0, 0, rows, out,
                    1,
                    1f / rows);
        } else {
            k.loss().softmaxCrossEntropy(loss, dY, y, outStride, targets, index, 0, 0, rows, out, 1f / rows);
        }
        MemorySegment dW = zeros(out, in);
        MemorySegment dBias = zeros(1, out);
        k.narrow().weightGradient(dW, x.stride(), x.segment(), x.stride(), index, 0, dY, outStride, 0, rows, 0, in, out,
                false, scratch);
        k.element().columnSums(dBias, dY, outStride, 0, rows, out, false);
        k.element().sgdStep(w, 0, dW, 0, (long) out * x.stride(), LEARNING_RATE);
        k.element().sgdStep(bias, 0, dBias, 0, outStride, LEARNING_RATE);
    }

    @Benchmark
    public void step(TrainingWork work) {
        work.samples += rows;
        work.count(gflop);
        step();
    }

    private void step() {
        if (fused) {
            trainer.trainStep(batch);
        } else {
            trainer.zeroGrad();
            trainer.forward(batch);
            trainer.backward();
            trainer.step();
        }
    }

    @TearDown
    public void close() {
        trainer.close();
        net.close();
        batches.close();
        data.close();
    }
}
