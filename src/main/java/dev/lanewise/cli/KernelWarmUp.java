// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.WarmUp;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Task;
import dev.lanewise.kernel.LaneChoice;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Table;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Sequential;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Has the kernels compiled on a thread of its own while the data is being read, and for a large job until they are.
///
/// A small job trains on its own data sooner than any warm-up would be over.
final class KernelWarmUp implements AutoCloseable {
    // seven blocks of inputs, which need the tiles that 784 need; two whole batches and a short one
    private static final int FEATURES = 112;
    private static final int ROWS = 19;
    private static final int BATCH = 8;
    private static final float LEARNING_RATE = 1e-3f;
    /// An epoch on these few rows takes tens of milliseconds interpreted, and compiled a tenth of one.
    private static final long COMPILED_NANOS = 150_000;
    /// Where that is not reached within this time, the machine is too slow or too busy to wait for it.
    private static final long LIMIT_NANOS = 1_500_000_000L;
    /// A job of fewer multiply-adds is done before its kernels are compiled.
    private static final long LARGE_JOB = 500_000_000L;

    /// Whatever begins like this makes another plan than [Plan#PLAIN_IMAGES], or none.
    private static final String[] OTHER_PLANS = {"--hidden", "--scale", "--optimizer", "--momentum", "--weight-decay",
            "--help"};

    private final Plan plan;
    private final Thread thread;
    private final long begin = System.nanoTime();
    private final AtomicBoolean stop = new AtomicBoolean();
    private long lastLook = begin;

    /// What decides which kernels run.
    private record Plan(Task task, int outputs, boolean bytes, NetworkOptions network, OptimizerOptions optimizer) {
        static final Plan PLAIN_IMAGES = new Plan(Task.CLASSIFICATION, 10, true, NetworkOptions.NONE,
                OptimizerOptions.PLAIN.learningRate(LEARNING_RATE));

        /// What is known before anything has been read, or null if that is too little.
        static @Nullable Plan of(TrainOptions options) {
            NetworkOptions network = options.network().small();
            OptimizerOptions optimizer = options.optimizer().learningRate(LEARNING_RATE);
            return switch (options.source()) {
                case Source.Digits _ -> new Plan(Task.CLASSIFICATION, 10, false, network, optimizer);
                case Source.Idx _ -> new Plan(Task.CLASSIFICATION, 10, !options.scaled(), network, optimizer);
                case Source.Synthetic _ -> new Plan(Task.REGRESSION, 1, false, network, optimizer);
                case Source.Csv _ -> null;
            };
        }
    }

    private KernelWarmUp(Plan plan) {
        this.plan = plan;
        thread = Thread.ofPlatform().name("lanewise-warm-up").daemon().start(this::run);
    }

    /// Begins before the arguments are understood, which takes a tenth of a second, if at a glance they ask for
    /// softmax regression on a folder of images, else returns null. A glance that errs costs some work of idle processors.
    static @Nullable KernelWarmUp atAGlance(String[] args) {
        boolean images = false;
        for (String arg : args) {
            for (String other : OTHER_PLANS) {
                if (arg.startsWith(other)) {
                    return null;
                }
            }
            images |= arg.startsWith("idx:") || arg.startsWith("--data=idx:");
        }
        return images ? start(Plan.PLAIN_IMAGES) : null;
    }

    /// Begins with what is known before anything has been read, or returns null if that is too little. `early` has begun at
    /// a glance: it goes on if it was right, and is stopped if not.
    static @Nullable KernelWarmUp start(TrainOptions options, @Nullable KernelWarmUp early) {
        Plan plan = Plan.of(options);
        if (early != null && early.plan.equals(plan)) {
            return early;
        }
        if (early != null) {
            early.stop.set(true);
        }
        return plan == null ? null : start(plan);
    }

    private static @Nullable KernelWarmUp start(Plan plan) {
        try {
            LaneChoice.requested();
        } catch (IllegalArgumentException e) {
            return null; // Version says so in its own time
        }
        return new KernelWarmUp(plan);
    }

    private void run() {
        boolean classes = plan.task == Task.CLASSIFICATION;
        try (Sequential net = NetworkOptions.module(plan.network.layers(FEATURES, plan.outputs));
                Dataset data = rows(classes ? plan.outputs : 0, plan.bytes)) {
            WarmUp.run(net, data, BATCH, classes ? new CrossEntropyLoss() : new MSELoss(),
                    plan.optimizer.make(net.parameters(), plan.task), this::enough);
        }
    }

    private static Dataset rows(int classes, boolean bytes) {
        byte[] values = new byte[ROWS * FEATURES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i * 7 % 251);
        }
        Table features = ByteMatrix.copyOf(values, ROWS, FEATURES, 1f / 255f);
        if (!bytes) {
            try (ByteMatrix copied = (ByteMatrix) features) {
                features = copied.toFloats();
            }
        }
        if (classes == 0) {
            return Dataset.of(features, FloatMatrix.allocateColumn(ROWS));
        }
        int[] labels = new int[ROWS];
        for (int r = 0; r < ROWS; r++) {
            labels[r] = r % classes;
        }
        return Dataset.of(features, ClassLabels.copyOf(labels), classes);
    }

    private boolean enough() {
        long now = System.nanoTime();
        long taken = now - lastLook;
        lastLook = now;
        return stop.get() || taken < COMPILED_NANOS || now - begin > LIMIT_NANOS;
    }

    /// Waits until the kernels are compiled if `work` multiply-adds are a large job, else ends the warm-up.
    void finish(long work) {
        if (work < LARGE_JOB) {
            stop.set(true);
        }
        join();
    }

    @Override
    public void close() {
        stop.set(true);
        join();
    }

    private void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts ends the program
        }
    }
}
