// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Table;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("lanes")
@ExtendWith({NoLeak.class, RandomTables.class})
class LossTest {
    private static final int ROWS = 7;
    private static final int OUTPUTS = 3;

    private final SplittableRandom random = RandomTables.random(20);
    private final FloatMatrix x = RandomTables.floats(random, ROWS, 5);
    private final FloatMatrix numbers = RandomTables.floats(random, ROWS, OUTPUTS);
    private final FloatMatrix probabilities = RandomTables.probabilities(random, ROWS, OUTPUTS);
    private final ClassLabels labels = RandomTables.labels(random, ROWS, OUTPUTS);
    private final Linear net = new Linear(5, OUTPUTS).init(1);

    @AfterEach
    void close() {
        x.close();
        numbers.close();
        probabilities.close();
        labels.close();
        net.close();
    }

    /// Every kind of loss, by the targets it takes: 0 numbers, 1 labels, 2 probabilities.
    static Stream<Arguments> losses() {
        Function<Reduction, LossFunction> mse = MSELoss::new;
        Function<Reduction, LossFunction> half = HalfSquaredLoss::new;
        Function<Reduction, LossFunction> cross = CrossEntropyLoss::new;
        return Stream.of(Arguments.of(mse, 0), Arguments.of(half, 0), Arguments.of(cross, 1), Arguments.of(cross, 2));
    }

    private Table target(int kind) {
        return switch (kind) {
            case 0 -> numbers;
            case 1 -> labels;
            default -> probabilities;
        };
    }

    @ParameterizedTest
    @MethodSource("losses")
    void meanAndSumOfSingleLossesAreTheReducedOnesBitForBit(Function<Reduction, LossFunction> loss, int kind) {
        for (Reduction reduction : new Reduction[]{Reduction.MEAN, Reduction.SUM}) {
            net.zeroGrad();
            Loss reduced = loss.apply(reduction).of(net.forward(x), target(kind));
            double value = reduced.value();
            reduced.backward();
            int[] weight = RandomTables.bits(net.weight().grad());
            int[] bias = RandomTables.bits(net.bias().grad());
            net.zeroGrad();
            Loss single = loss.apply(Reduction.NONE).of(net.forward(x), target(kind));
            Loss same = reduction == Reduction.MEAN ? single.mean() : single.sum();
            assertSame(single, same);
            assertEquals(value, single.value());
            assertEquals(value, single.mean().sum().mean().value(), "a reduced loss stays as it is");
            single.backward();
            assertArrayEquals(weight, RandomTables.bits(net.weight().grad()));
            assertArrayEquals(bias, RandomTables.bits(net.bias().grad()));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void valuesAddUpToTotalSumAndMean(Function<Reduction, LossFunction> loss, int kind) {
        int size = kind == 0 ? ROWS * OUTPUTS : ROWS;
        for (Reduction reduction : Reduction.values()) {
            Loss l = loss.apply(reduction).of(net.forward(x), target(kind));
            float[] values = l.values();
            assertEquals(size, values.length);
            assertEquals(size, l.size());
            double sum = 0;
            for (float value : values) {
                sum += value;
            }
            assertEquals(sum, l.total(), 1e-12);
            assertEquals(ROWS, l.rows());
            switch (reduction) {
                case NONE -> assertEquals("Loss (NONE, sum " + l.total() + ")", l.toString());
                case MEAN -> assertEquals(l.total() / size, l.value());
                case SUM -> assertEquals(l.total(), l.value());
            }
        }
    }

    @Test
    void theFormulas() {
        float[][] z = net.forward(x).matrix().toArray();
        float[] squares = new MSELoss(Reduction.NONE).of(net.forward(x), numbers).values();
        float[] halves = new HalfSquaredLoss(Reduction.NONE).of(net.forward(x), numbers).values();
        float[] entropies = new CrossEntropyLoss(Reduction.NONE).of(net.forward(x), labels).values();
        float[] expected = new CrossEntropyLoss(Reduction.NONE).of(net.forward(x), probabilities).values();
        for (int r = 0; r < ROWS; r++) {
            double sum = 0;
            for (int c = 0; c < OUTPUTS; c++) {
                sum += Math.exp(z[r][c]);
            }
            double expectation = 0;
            for (int c = 0; c < OUTPUTS; c++) {
                float d = z[r][c] - numbers.get(r, c);
                assertEquals(d * d, squares[r * OUTPUTS + c]);
                assertEquals(d * d / 2, halves[r * OUTPUTS + c]);
                expectation += probabilities.get(r, c) * (Math.log(sum) - z[r][c]);
            }
            assertEquals(Math.log(sum) - z[r][labels.get(r)], entropies[r], 1e-6);
            assertEquals(expectation, expected[r], 1e-6);
        }
    }

    @Test
    void halfOfTheSquaredErrorHasHalfItsGradient() {
        Loss whole = new MSELoss().of(net.forward(x), numbers);
        Loss half = new HalfSquaredLoss().of(net.forward(x), numbers);
        assertEquals(whole.value(), 2 * half.value());
        half.backward();
        float[][] gradient = net.weight().grad().toArray();
        net.zeroGrad();
        whole.backward();
        for (int r = 0; r < OUTPUTS; r++) {
            for (int c = 0; c < 5; c++) {
                assertEquals(2 * gradient[r][c], net.weight().grad().get(r, c));
            }
        }
    }

    @Test
    void singleLossesHaveNoValueAndNoWayBack() {
        Loss l = new MSELoss(Reduction.NONE).of(net.forward(x), numbers);
        assertMessage(IllegalStateException.class,
                "Loss.value: the reduction is NONE; call mean() or sum() first, or use values()", l::value);
        assertMessage(IllegalStateException.class,
                "Loss.backward: the reduction is NONE; call mean() or sum() first, or use values()", l::backward);
        l.sum().backward();
    }

    @Test
    void backwardTwice() {
        Loss l = new MSELoss().of(net.forward(x), numbers);
        l.backward();
        assertMessage(IllegalStateException.class,
                "Loss.backward: called twice on one loss; compute the loss again first", l::backward);
        assertEquals(l.total() / (ROWS * OUTPUTS), l.value(), "its value stays");
    }

    @Test
    void aLossEndsWithTheNextForwardButOne() {
        Loss l = new MSELoss().of(net.forward(x), numbers);
        net.forward(x);
        l.value();
        net.forward(x);
        assertEquals("Loss (no longer valid)", l.toString());
        String message = ": this loss is no longer valid: its module has run forward twice since (evaluation does, too), or it is"
                + " discarded or closed";
        assertMessage(IllegalStateException.class, "Loss.value" + message, l::value);
        assertMessage(IllegalStateException.class, "Loss.total" + message, l::total);
        assertMessage(IllegalStateException.class, "Loss.rows" + message, l::rows);
        assertMessage(IllegalStateException.class, "Loss.size" + message, l::size);
        assertMessage(IllegalStateException.class, "Loss.values" + message, l::values);
        assertMessage(IllegalStateException.class, "Loss.mean" + message, l::mean);
        assertMessage(IllegalStateException.class, "Loss.sum" + message, l::sum);
        assertMessage(IllegalStateException.class, "Loss.backward" + message, l::backward);
    }

    @Test
    void aLossEndsWithItsModule() {
        Loss l = new MSELoss().of(net.forward(x), numbers);
        net.close();
        assertMessage(IllegalStateException.class,
                "Loss.backward: this loss is no longer valid: its module has run forward twice since (evaluation does, too), or it is"
                        + " discarded or closed",
                l::backward);
    }

    static final Reduction[] REDUCTIONS = Reduction.values();

    @ParameterizedTest
    @FieldSource("REDUCTIONS")
    void losesNameTheirReduction(Reduction reduction) {
        assertEquals("MSELoss(" + reduction + ")", new MSELoss(reduction).toString());
        assertEquals("HalfSquaredLoss(" + reduction + ")", new HalfSquaredLoss(reduction).toString());
        assertEquals("CrossEntropyLoss(" + reduction + ")", new CrossEntropyLoss(reduction).toString());
        assertSame(Reduction.MEAN, new CrossEntropyLoss().reduction());
        assertSame(Reduction.MEAN, new MSELoss().reduction());
        assertSame(Reduction.MEAN, new HalfSquaredLoss().reduction());
    }
}
