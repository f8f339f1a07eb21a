// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import dev.lanewise.Trainer;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.nn.Buffer;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// A [Plan] under way, on rows in an order of their own.
public final class PlanRun implements AutoCloseable {
    private static final long SALT = 150;

    private final Plan plan;
    private final Table features;
    private final Table targets;
    private final FloatMatrix weights;
    private final NativeBuffer index;
    private final Sequential net;
    private final LossFunction loss;
    private final Optimizer optimizer;
    private final Trainer trainer;
    private final Plan.AfterStep after;
    private final Rows x;
    private final Rows y;

    /// Begins the plan with `rows` rows on `threads` threads.
    public PlanRun(Plan plan, int rows, int threads) {
        SplittableRandom random = RandomTables.random(SALT);
        this.plan = plan;
        features = features(random, rows, plan.data() == Plan.Data.BYTES);
        targets = plan.targets().make(random, rows);
        weights = RandomTables.floats(random, rows, 1);
        index = RandomTables.index(random, rows, rows);
        net = plan.net().get().init(3);
        net.threads(threads);
        loss = plan.loss().apply(net);
        optimizer = plan.optimizer().apply(net.parameters().stream().filter(p -> p.requiresGrad()).toList());
        trainer = new Trainer(net, loss, optimizer);
        after = plan.after().apply(optimizer);
        x = new Rows(features, 0, 0);
        y = new Rows(targets, 0, 0);
        x.moveTo(index.segment(), 0, rows);
        y.moveTo(index.segment(), 0, rows);
        if (plan.data() == Plan.Data.WEIGHTED) {
            for (int r = 0; r < rows; r++) {
                weights.set(r, 0, 1 + weights.get(r, 0));
            }
            y.weights(weights);
        }
    }

    private static Table features(SplittableRandom random, int rows, boolean bytes) {
        if (!bytes) {
            return RandomTables.floats(random, rows, Plan.FEATURES);
        }
        ByteMatrix made = ByteMatrix.allocate(rows, Plan.FEATURES, 1f / 255f);
        for (int i = 0; i < rows * Plan.FEATURES; i++) {
            made.setByte(i / Plan.FEATURES, i % Plan.FEATURES, random.nextInt(256));
        }
        return made;
    }

    /// The net.
    public Sequential net() {
        return net;
    }

    /// The loss.
    public LossFunction loss() {
        return loss;
    }

    /// The optimizer.
    public Optimizer optimizer() {
        return optimizer;
    }

    /// A step at once; returns its loss.
    public double step() {
        double value = trainer.trainStep(x, y);
        after.run(value);
        return value;
    }

    /// A step written out; returns its loss.
    public double writtenStep() {
        Loss computed = loss.of(net.forward(x), y).mean();
        trainer.zeroGrad();
        computed.backward();
        trainer.step();
        double value = computed.value();
        after.run(value);
        return value;
    }

    /// Takes four steps, and returns the hash of all bits that come of them: losses, parameters, buffers, the state of
    /// the optimizer, and outputs in evaluation mode.
    public String hash(boolean fused) {
        MessageDigest digest = sha256();
        for (int step = 0; step < 4; step++) {
            int rows = step == 2 ? x.count() - 3 : x.count(); // a batch of its own length
            x.moveTo(index.segment(), 0, rows);
            y.moveTo(index.segment(), 0, rows);
            double value = fused ? step() : writtenStep();
            if (!Double.isFinite(value)) {
                throw new AssertionError(plan + ": loss " + value + " in step " + step);
            }
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(Double.doubleToLongBits(value)).array());
        }
        net.namedState().forEach((_, tensor) -> {
            if (tensor instanceof Buffer buffer && buffer.isCounter()) {
                digest.update((byte) buffer.count());
            } else {
                add(digest, tensor.value());
            }
        });
        try (OptimizerState state = optimizer.state()) {
            state.tensors().values().forEach(tensor -> add(digest, tensor));
        }
        after.kept().forEach(matrix -> add(digest, matrix));
        net.eval();
        Output output = net.forward(x);
        for (int i = 0; i < output.count() * output.cols(); i++) {
            digest.update(bytes(Float.floatToIntBits(output.get(i / output.cols(), i % output.cols()))));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, FloatMatrix matrix) {
        for (int bits : RandomTables.bits(matrix)) {
            digest.update(bytes(bits));
        }
    }

    private static byte[] bytes(int bits) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(bits).array();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        after.close();
        trainer.close();
        net.close();
        features.close();
        targets.close();
        weights.close();
        index.close();
    }
}
