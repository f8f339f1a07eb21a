// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.NonFiniteGradientException;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.Updater;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a training tells that has left the finite numbers.
@ExtendWith({NoLeak.class, RandomTables.class})
class DivergenceTest {
    private static Dataset ones() {
        return Dataset.of(new float[][]{{1, -2}, {1, -2}, {1, -2}, {1, -2}}, new float[]{1, 1, 1, 1});
    }

    private static Linear zeros() {
        Linear net = new Linear(2, 1);
        net.weight().fill(0);
        net.parameters().get(1).fill(0);
        return net;
    }

    private static SGD sgd(Module net, float rate) {
        return new SGD(net.parameters(), rate);
    }

    private static DivergedException diverge(Module net, Dataset data, int batch, float rate) {
        return assertThrows(DivergedException.class,
                () -> Fit.trainEpoch(net, data.batches(batch), new MSELoss(), sgd(net, rate)));
    }

    @Test
    void aLossThatOverflowsTellsEverything() {
        try (Dataset data = ones(); Linear net = zeros()) {
            DivergedException diverged = diverge(net, data, 1, 1e19f);
            assertEquals("training diverged at step 2 of epoch 1: the loss is Infinity, the last finite one was 1.0;"
                    + " the largest gradient is 4.8E20, of weight; the learning rate is 1.0E19; the largest feature is"
                    + " column 1, root mean square 2.0; try a smaller learning rate", diverged.getMessage());
            assertEquals(1, diverged.epoch());
            assertEquals(2, diverged.step());
            assertEquals(Double.POSITIVE_INFINITY, diverged.loss());
            assertEquals(1e19f, diverged.learningRate());
            assertEquals("", diverged.badParameter());
            assertEquals(4.8e20, diverged.largestGradient(), 1e14);
            assertEquals("weight", diverged.largestGradientParameter());
            assertEquals(1, diverged.largestColumn());
            assertEquals(2, diverged.largestColumnScale());
            assertEquals("", Divergence.firstNotFinite(net), "the parameters are those before the step");
            assertTrue(net.parameters().stream().noneMatch(p -> p.hasGrad()));
        }
    }

    @Test
    void aStepThatDamagesAParameterIsSeenAtTheEndOfTheEpoch() {
        try (Dataset data = ones(); Linear net = zeros()) {
            DivergedException diverged = diverge(net, data, 4, 3e38f);
            assertTrue(
                    diverged.getMessage().startsWith("training diverged at step 1 of epoch 1: parameter weight is not"
                            + " finite after it, the loss before it was 1.0; the gradients of"
                            + " step 1 were not finite, or too large; "),
                    () -> diverged
                            .getMessage());
            assertEquals("weight", diverged.badParameter());
            assertEquals(1.0, diverged.loss());
            assertEquals(1, diverged.damagedBy());
            assertEquals(Double.POSITIVE_INFINITY, diverged.largestGradient());
        }
    }

    /// Losses of 1 with gradients beyond the floats: the step that clips them sees it, and changes nothing.
    @Test
    void clippingSeesGradientsThatAreNotFinite() {
        try (Dataset data = Dataset.of(new float[][]{{1, 3e38f}, {1, 3e38f}}, new float[]{1, 1});
                Linear net = zeros()) {
            SGD clipped = sgd(net, 0.1f);
            clipped.clipNorm(1);
            DivergedException diverged = assertThrows(DivergedException.class,
                    () -> new Fit(net, new MSELoss(Reduction.SUM), clipped).run(data.batches(2), 3));
            assertEquals(
                    "training diverged at step 1 of epoch 1: the norm of the gradients is not finite, the loss is 1.0;"
                            + " the largest gradient is Infinity, of weight; the learning rate is 0.1; the largest feature is"
                            + " column 1, root mean square 3.0E38; try scaling the features, or a smaller learning rate",
                    diverged.getMessage());
            assertEquals(Double.POSITIVE_INFINITY,
                    assertInstanceOf(NonFiniteGradientException.class, diverged.getCause()).norm());
            assertEquals(0, net.weight().value().get(0, 0));
            assertEquals(0, net.weight().value().get(0, 1));
            assertFalse(clipped.errorIfNonfinite(), "as it was");
        }
    }

    @Test
    void aStepWithoutClippingIsSeenAtTheNextLoss() {
        try (Dataset data = Dataset.of(new float[][]{{1, 3e38f}, {1, 3e38f}}, new float[]{1, 1});
                Linear net = zeros()) {
            DivergedException diverged = assertThrows(DivergedException.class,
                    () -> new Fit(net, new MSELoss(Reduction.SUM), sgd(net, 0.1f)).run(data.batches(1), 3));
            assertEquals(2, diverged.step());
            assertEquals("weight", diverged.badParameter());
            assertEquals(1, diverged.damagedBy());
            assertEquals("training diverged at step 2 of epoch 1: the loss is Infinity, the last finite one was 1.0;"
                    + " parameter weight is not finite since step 1; the gradients of step 1 were not finite, or too"
                    + " large; clipping by norm finds such ones before they are used; the largest gradient is Infinity,"
                    + " of weight; the learning rate is 0.1; the largest feature is column 1, root mean square 3.0E38;"
                    + " try scaling the features, or a smaller learning rate", diverged.getMessage());
        }
    }

    /// Gradients computed with damaged parameters would only say so.
    @Test
    void aGradientThatIsNotANumberIsNotTold() {
        try (Dataset data = ones(); Linear net = zeros()) {
            DivergedException diverged = assertThrows(DivergedException.class,
                    () -> new Fit(net, new MSELoss(), sgd(net, 0)).listener(new FitListener() {
                        @Override
                        public void stepEnd(FitProgress progress) {
                            net.parameters().get(1).fill(Float.NaN);
                        }
                    }).run(data.batches(1), 1));
            assertTrue(
                    diverged.getMessage().endsWith("; parameter bias is not finite since step 1; the gradients of step"
                            + " 1 were not finite, or too large; clipping by norm finds such ones before they are used; the largest"
                            + " feature is column 1, root mean square 2.0; try a smaller learning rate"),
                    diverged::getMessage);
            assertEquals(Double.NaN, diverged.largestGradient());
        }
    }

    /// Where exceptions are sent or logged elsewhere.
    @Test
    void aSerializedExceptionKnowsAsMuch() throws IOException, ClassNotFoundException {
        try (Dataset data = ones(); Linear net = zeros()) {
            DivergedException diverged = diverge(net, data, 1, 1e19f);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(diverged);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                DivergedException copy = assertInstanceOf(DivergedException.class, in.readObject());
                assertEquals(diverged.getMessage(), copy.getMessage());
                assertEquals(2, copy.step());
                assertEquals(diverged.largestGradient(), copy.largestGradient());
                assertEquals("weight", copy.largestGradientParameter());
                assertEquals(2, copy.largestColumnScale());
            }
        }
    }

    @Test
    void anUpdateRuleThatDamagesAParameterIsSeenAtTheEndOfTheEpoch() {
        try (Dataset data = ones(); Linear net = zeros()) {
            DivergedException diverged = assertThrows(DivergedException.class, () -> Fit.trainEpoch(net,
                    data.batches(4), new MSELoss(Reduction.SUM), rows -> net.weight().fill(Float.NaN)));
            assertEquals("weight", diverged.badParameter());
            assertEquals(1, diverged.step());
        }
    }

    @Test
    void aParameterThatWasBadBeforeIsNamed() {
        try (Dataset data = ones();
                Sequential net = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1))) {
            net.parameters().get(2).value().set(0, 1, Float.NaN);
            DivergedException diverged = diverge(net, data, 4, 0.1f);
            assertEquals("2.weight", diverged.badParameter());
            assertTrue(
                    diverged.getMessage().contains("no step of this epoch before had a finite one; parameter 2.weight"
                            + " is not finite since before this epoch; the learning rate is 0.1; "),
                    diverged.getMessage());
        }
    }

    @Test
    void aValueThatIsNotANumberIsNamedWithItsRow() {
        float[][] x = {{1, -2}, {1, -2}, {1, Float.NEGATIVE_INFINITY}};
        try (Dataset features = Dataset.of(x, new float[]{1, 1, 1});
                Dataset targets = Dataset.of(new float[][]{{1}, {2}, {3}},
                        new float[][]{{1, 2}, {3, Float.NaN}, {5, 6}});
                Linear net = zeros();
                Linear wide = new Linear(1, 2)) {
            Fit fit = new Fit(net, new MSELoss(), sgd(net, 0.1f)).featureNames(List.of("age", "debt"));
            DivergedException diverged = assertThrows(DivergedException.class,
                    () -> fit.run(features.batches(2).shuffle(1), 1));
            assertTrue(diverged.getMessage().endsWith("; feature 1 (debt) of row 2 is -Infinity;"
                    + " try data without values that are not finite"), diverged::getMessage);
            assertTrue(diverge(wide, targets, 1, 0.1f).getMessage().endsWith("; target 1 of row 1 is NaN;"
                    + " try data without values that are not finite"));
        }
    }

    @Test
    void tooFewNamesAreRefusedBeforeTraining() {
        try (Dataset data = Dataset.of(new float[][]{{1, 2, 5}}, new float[]{1}); Linear net = new Linear(3, 1)) {
            Fit fit = new Fit(net, new MSELoss(), sgd(net, 0.1f)).featureNames(List.of("age", "income"));
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                    () -> fit.run(data.batches(1), 1));
            assertEquals("Fit.run: featureNames has 2 names, expected one for each of the 3 features, or none",
                    refused.getMessage());
            fit.featureNames(List.of()).run(data.batches(1), 1);
        }
    }

    @Test
    void aLargeColumnIsNamedAndToBeScaled() {
        try (Dataset data = Dataset.of(new float[][]{{1, 3e20f, 5}, {1, 4e20f, 5}}, new float[]{1, 1});
                Linear net = new Linear(3, 1)) {
            Fit fit = new Fit(net, new MSELoss(), sgd(net, 0.125f)).featureNames(List.of("age", "income", "rooms"));
            DivergedException diverged = assertThrows(DivergedException.class, () -> fit.run(data.batches(2), 3));
            assertTrue(diverged.getMessage().endsWith("; the learning rate is 0.125; the largest feature is column 1"
                    + " (income), root mean square 3.535534E20; try scaling the features, or a smaller learning rate"),
                    diverged.getMessage());
            assertEquals(1, diverged.largestColumn());
        }
    }

    @Test
    void aBadValueInTheDataIsFoundBeforeItReachesTheParameters() {
        SplittableRandom random = RandomTables.random(140);
        FloatMatrix x = RandomTables.floats(random, 20, 4);
        x.set(15, 2, Float.NaN);
        try (Dataset bad = Dataset.of(x, RandomTables.floats(random, 20, 2)); Linear net = new Linear(4, 2)) {
            DivergedException diverged = diverge(net, bad, 10, 0.1f);
            assertEquals(2, diverged.step());
            assertEquals(2, diverged.largestColumn());
            assertTrue(diverged.getMessage().endsWith("column 2, root mean square NaN; feature 2 of row 15 is NaN;"
                    + " try data without values that are not finite"), diverged.getMessage());
            assertEquals("", Divergence.firstNotFinite(net));
            DivergedException updated = assertThrows(DivergedException.class, () -> Fit.trainEpoch(net, bad.batches(10),
                    new MSELoss(Reduction.SUM), Updater.sgd(net.parameters(), 0.1f)));
            assertEquals(0, updated.learningRate());
            assertEquals(2, updated.step());
            assertEquals("", Divergence.firstNotFinite(net));
        }
    }

    @Test
    void bytesHaveAScaleToo() {
        ByteMatrix x = ByteMatrix.copyOf(new byte[]{10, (byte) 200, 20, 100}, 2, 2, 0.5f);
        try (Dataset data = Dataset.of(x, FloatMatrix.copyOf(new float[][]{{1}, {1}})); Linear net = new Linear(2, 1)) {
            net.weight().fill(1e30f);
            DivergedException diverged = diverge(net, data, 2, 0.1f);
            assertEquals(1, diverged.largestColumn());
            assertEquals(Math.sqrt((100 * 100 + 50 * 50) / 2.0), diverged.largestColumnScale(), 1e-9);
        }
    }

    @Test
    void theNumberOfTheEpochIsThatOfTheBatches() {
        try (Dataset data = ones(); Linear net = zeros()) {
            net.weight().fill(Float.NaN);
            DivergedException diverged = assertThrows(DivergedException.class, () -> Fit.trainEpoch(net,
                    data.batches(4).shuffle(1).epoch(6), new MSELoss(), sgd(net, 0.1f)));
            assertEquals(7, diverged.epoch());
        }
    }

    @Test
    void noEpochsAreRefused() {
        try (Dataset data = ones(); Linear net = zeros()) {
            assertMessage(IllegalArgumentException.class, "Fit.run: epochs is 0, expected at least 1",
                    () -> new Fit(net, new MSELoss(), sgd(net, 1)).run(data.batches(1), 0));
        }
    }

    @Test
    void notANumberIsTheLargest() {
        try (FloatMatrix values = FloatMatrix.copyOf(new float[][]{{1, -3, 2}, {-0f, 0, Float.MIN_VALUE}})) {
            assertEquals(3, Divergence.largest(values));
            values.set(0, 0, Float.NEGATIVE_INFINITY);
            assertEquals(Float.POSITIVE_INFINITY, Divergence.largest(values));
            values.set(1, 2, Float.NaN);
            assertEquals(Float.NaN, Divergence.largest(values));
        }
    }
}
