// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.metrics.Classification;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.SGD;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Evaluation takes some rows at a time: it must not show.
@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class FitEvaluationTest {
    private static Dataset classes(SplittableRandom random, int rows) {
        return Dataset.of(RandomTables.floats(random, rows, 4), RandomTables.labels(random, rows, 3));
    }

    private static Dataset numbers(SplittableRandom random, int rows) {
        return Dataset.of(RandomTables.floats(random, rows, 4), RandomTables.floats(random, rows, 2));
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void theLossIsThatOfAllRowsAtOnceBitForBit(Reduction reduction) {
        for (int rows : new int[]{1, 1023, 1024, 1025, 2500}) {
            SplittableRandom random = RandomTables.random(110);
            try (Dataset classes = classes(random, rows);
                    Dataset numbers = numbers(random, rows);
                    Linear classifier = new Linear(4, 3);
                    Linear regression = new Linear(4, 2)) {
                Loss all = new CrossEntropyLoss().of(classifier.forward(classes.features()), classes.targets());
                assertEquals(all.value(), Fit.evaluateLoss(classifier, classes, new CrossEntropyLoss(reduction)));
                all = new MSELoss().of(regression.forward(numbers.features()), numbers.targets());
                assertEquals(all.value(), Fit.evaluateLoss(regression, numbers, new MSELoss(reduction)));
            }
        }
    }

    /// Losses are reused objects: the one of before must not turn into that of rows that were evaluated.
    @ParameterizedTest
    @ValueSource(ints = {5, 1025, 2500})
    void aLossOfBeforeIsItselfOrRefused(int rows) {
        SplittableRandom random = RandomTables.random(113);
        try (Dataset few = classes(random, 7);
                Dataset data = classes(random, rows);
                Linear net = new Linear(4, 3)) {
            Loss before = new CrossEntropyLoss().of(net.forward(few.features()), few.targets());
            double value = before.value();
            Fit.evaluateLoss(net, data, new CrossEntropyLoss());
            if (rows <= 1024) {
                assertEquals(value, before.value());
                before.backward();
                assertTrue(net.weight().hasGrad());
            } else {
                assertThrows(IllegalStateException.class, before::value);
                assertThrows(IllegalStateException.class, before::backward);
                assertFalse(net.weight().hasGrad());
            }
        }
    }

    /// As a batch norm that is not to learn, or a dropout that is to go on.
    @Test
    void partsKeepTheModeThatTheyWerePutInto() {
        BatchNorm1d frozen = new BatchNorm1d(4);
        Sequential inner = new Sequential(new Linear(5, 3), new Dropout(0.5f));
        try (Dataset data = classes(RandomTables.random(112), 9);
                Sequential net = new Sequential(frozen, new Linear(4, 5), inner)) {
            frozen.eval();
            Fit.evaluateAccuracy(net, data);
            assertTrue(net.isTraining());
            assertFalse(frozen.isTraining());
            Fit.trainEpoch(net, data.batches(3), new CrossEntropyLoss(), new SGD(net.parameters(), 0.1f));
            assertFalse(frozen.isTraining());
            assertEquals(0, frozen.numBatchesTracked().count());
            inner.eval();
            inner.get(1).train();
            Fit.evaluateLoss(net, data, new CrossEntropyLoss());
            assertFalse(inner.isTraining());
            assertFalse(inner.get(0).isTraining());
            assertTrue(inner.get(1).isTraining());
            net.eval();
            Fit.trainEpoch(net, data.batches(3), new CrossEntropyLoss(), new SGD(net.parameters(), 0.1f));
            assertTrue(frozen.isTraining());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1025, 2500})
    void batchNormsUseTheirRunningStatisticsAndKeepThem(int rows) {
        SplittableRandom random = RandomTables.random(111);
        BatchNorm1d norm = new BatchNorm1d(5);
        try (Dataset data = classes(random, rows);
                Sequential net = new Sequential(new Linear(4, 5), norm, new Linear(5, 3))) {
            net.forward(data.features());
            int[] mean = RandomTables.bits(norm.runningMean().value());
            int[] variance = RandomTables.bits(norm.runningVar().value());
            net.eval();
            Loss all = new CrossEntropyLoss().of(net.forward(data.features()), data.targets());
            double expected = all.value();
            net.train();
            assertEquals(expected, Fit.evaluateLoss(net, data, new CrossEntropyLoss()));
            Fit.evaluateAccuracy(net, data);
            Fit.predict(net, data.features()).close();
            assertTrue(net.isTraining());
            assertArrayEquals(mean, RandomTables.bits(norm.runningMean().value()));
            assertArrayEquals(variance, RandomTables.bits(norm.runningVar().value()));
            assertEquals(1, norm.numBatchesTracked().count());
        }
    }

    @Test
    void probabilitiesAreTheSoftmaxOfThePredictions() {
        SplittableRandom random = RandomTables.random(111);
        try (Dataset classes = classes(random, 1030);
                Linear net = new Linear(4, 3);
                FloatMatrix logits = Fit.predict(net, classes.features());
                FloatMatrix probabilities = Fit.predictProbabilities(net, classes.features())) {
            for (int r = 0; r < 1030; r++) {
                double sum = 0;
                for (int c = 0; c < 3; c++) {
                    double exact = Classification.probability(logits.all(), r, c);
                    assertEquals(exact, probabilities.get(r, c), 3 * Math.ulp((float) exact), "row " + r);
                    sum += probabilities.get(r, c);
                }
                assertEquals(1, sum, 3e-7);
            }
            RandomTables.assertPaddingIsZero(probabilities, "probabilities");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1024, 1025, 2500})
    void predictionsAndAccuracyAreThoseOfAllRowsAtOnce(int rows) {
        SplittableRandom random = RandomTables.random(111);
        try (Dataset classes = classes(random, rows);
                Sequential net = new Sequential(new Linear(4, 18), new Linear(18, 3)).init(2);
                FloatMatrix predictions = Fit.predict(net, classes.features())) {
            assertEquals(rows, predictions.rows());
            assertEquals(3, predictions.cols());
            FloatMatrix all = net.forward(classes.features()).matrix();
            RandomTables.assertSameBits(all, predictions, "predictions");
            RandomTables.assertPaddingIsZero(predictions, "predictions");
            int right = Classification.accuracy(all.all(), classes.targets().all());
            assertEquals((double) right / rows, Fit.evaluateAccuracy(net, classes));
        }
    }

    @Test
    void theModeIsAsItWas() {
        SplittableRandom random = RandomTables.random(112);
        Linear child = new Linear(4, 3);
        try (Dataset classes = classes(random, 10); Sequential net = new Sequential(child)) {
            for (boolean training : new boolean[]{true, false}) {
                if (training) {
                    net.train();
                } else {
                    net.eval();
                }
                Fit.predict(net, classes.features()).close();
                assertEquals(training, child.isTraining());
                Fit.evaluateAccuracy(net, classes);
                assertEquals(training, child.isTraining());
                Fit.evaluateLoss(net, classes, new CrossEntropyLoss());
                assertEquals(training, child.isTraining());
            }
        }
    }

    @Test
    void aFailureLeavesTheModeAndNoMemory() {
        SplittableRandom random = RandomTables.random(113);
        try (Dataset classes = classes(random, 10);
                Dataset numbers = numbers(random, 10);
                FloatMatrix wrong = FloatMatrix.allocate(3, 5);
                ClassLabels labels = ClassLabels.allocate(3);
                Linear one = new Linear(1, 3);
                Linear net = new Linear(4, 3)) {
            assertThrows(IllegalArgumentException.class, () -> Fit.predict(net, wrong));
            assertThrows(IllegalArgumentException.class, () -> Fit.predict(one, labels));
            assertThrows(IllegalArgumentException.class, () -> Fit.evaluateLoss(net, numbers, new MSELoss()));
            assertThrows(IllegalArgumentException.class, () -> Fit.evaluateAccuracy(one, classes));
            assertThrows(IllegalArgumentException.class, () -> Fit.evaluateAccuracy(net, numbers));
            assertTrue(net.isTraining());
            assertTrue(one.isTraining());
            net.eval();
            assertThrows(IllegalArgumentException.class, () -> Fit.predict(net, wrong));
            assertFalse(net.isTraining());
        }
    }

    @Test
    void predictionsBelongToTheCaller() {
        SplittableRandom random = RandomTables.random(114);
        float[][] values;
        FloatMatrix predictions;
        try (Dataset classes = classes(random, 10); Linear net = new Linear(4, 3)) {
            predictions = Fit.predict(net, classes.features());
            values = predictions.toArray();
            net.weight().value().set(0, 0, 9);
            net.forward(classes.features());
        }
        assertArrayEquals(values, predictions.toArray());
        predictions.close();
    }
}
