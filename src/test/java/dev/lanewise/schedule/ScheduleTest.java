// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import static dev.lanewise.memory.Messages.assertMessage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.AllocatedBytes;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.Linear;
import dev.lanewise.optim.Adagrad;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.ParameterGroup;
import dev.lanewise.optim.RMSprop;
import dev.lanewise.optim.SGD;
import dev.lanewise.schedule.OneCycleLR.AnnealStrategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// Rates against formulas, settings, state, and what is refused.
@ExtendWith(NoLeak.class)
class ScheduleTest {
    private static final float RATE = 0.5f;

    private final Linear net = new Linear(2, 1);
    private final SGD sgd = new SGD(net.parameters(), RATE).momentum(0.5f);

    @AfterEach
    void close() {
        net.close();
    }

    private void assertRates(LRScheduler schedule, IntToDoubleFunction expected) {
        for (int step = 0; step < 30; step++) {
            double rate = expected.applyAsDouble(step);
            assertEquals(rate, schedule.lastLearningRate(), 1e-14, schedule + ", step " + step);
            assertEquals((float) schedule.lastLearningRate(), sgd.learningRate());
            assertEquals(step, schedule.lastEpoch());
            schedule.step();
        }
        sgd.learningRate(RATE);
    }

    @Test
    void ratesAreTheDocumentedFormulas() {
        assertRates(new StepLR(sgd, 6).gamma(0.3), k -> RATE * Math.pow(0.3, Math.floor(k / 6.0)));
        assertRates(new MultiStepLR(sgd, 4, 9).gamma(0.2), k -> RATE * (k < 4 ? 1 : k < 9 ? 0.2 : 0.2 * 0.2));
        assertRates(new ExponentialLR(sgd, 0.8), k -> RATE * Math.exp(k * Math.log(0.8)));
        assertRates(new ConstantLR(sgd).factor(0.25).totalIters(3), k -> k < 3 ? RATE / 4 : RATE);
        assertRates(new LinearLR(sgd).startFactor(0.2).endFactor(0.7).totalIters(10),
                k -> RATE * (0.2 + 0.05 * Math.min(k, 10)));
        assertRates(new PolynomialLR(sgd).totalIters(20).power(2),
                k -> RATE * (1 - Math.min(k, 20) / 20.0) * (1 - Math.min(k, 20) / 20.0));
        assertRates(new CosineAnnealingLR(sgd, 12).etaMin(0.1),
                k -> 0.1 + (RATE - 0.1) * Math.pow(Math.cos(Math.PI * k / 24), 2));
        assertRates(new CosineAnnealingWarmRestarts(sgd, 2).tMult(2),
                k -> RATE * Math.pow(Math.cos(Math.PI / 2 * (k < 2 ? k / 2.0
                        : k < 6 ? (k - 2) / 4.0 : k < 14 ? (k - 6) / 8.0 : (k - 14) / 16.0)), 2));
        assertRates(new LambdaLR(sgd, k -> k % 3), k -> RATE * (k % 3));
    }

    @Test
    void oneCycleRisesAndFalls() {
        OneCycleLR schedule = new OneCycleLR(sgd, 2, 40).pctStart(0.25);
        for (int step = 0; step < 40; step++) {
            double up = Math.pow(Math.sin(Math.PI / 2 * Math.min(step / 9.0, 1)), 2);
            double down = Math.pow(Math.sin(Math.PI / 2 * Math.max((step - 9) / 30.0, 0)), 2);
            double rate = step <= 9 ? 0.08 + (2 - 0.08) * up : 2 + (0.08e-4 - 2) * down;
            assertEquals(rate, schedule.lastLearningRate(), 1e-14, "step " + step);
            assertEquals(step <= 9 ? 0.95 - 0.1 * up : 0.85 + 0.1 * down, sgd.momentum(), 1e-7, "step " + step);
            schedule.step();
        }
        assertMessage(IllegalStateException.class,
                "OneCycleLR: step 41 of 40, the cycle is over; make it as long as the training", schedule::step);
        assertEquals(40, schedule.lastEpoch());
    }

    @Test
    void theStepAfterAStraightCycleIsNotNegative() {
        OneCycleLR schedule = new OneCycleLR(sgd, 1, 10).annealStrategy(AnnealStrategy.LINEAR);
        for (int step = 0; step < 10; step++) {
            schedule.step();
        }
        assertEquals(0, sgd.learningRate());
    }

    @Test
    void oneCycleLeavesTheMomentumIfToldTo() {
        OneCycleLR schedule = new OneCycleLR(sgd, 1, 10);
        assertEquals(0.95f, sgd.momentum());
        schedule.cycleMomentum(false);
        assertEquals(0.5f, sgd.momentum());
        schedule.step();
        assertEquals(0.5f, sgd.momentum());
        Adam adam = new Adam(net.parameters()).betas(0.7, 0.99);
        new OneCycleLR(adam, 1, 10);
        assertEquals(0.95, adam.beta1());
        assertEquals(0.99, adam.beta2());
    }

    /// PyTorch's cycle refuses such an optimizer too, unless it is told to leave the momentum.
    @Test
    void oneCycleWithoutMomentumHasToBeToldSo() {
        Adagrad adagrad = new Adagrad(net.parameters());
        OneCycleLR silent = new OneCycleLR(adagrad, 1, 10);
        float rate = adagrad.learningRate();
        assertMessage(IllegalStateException.class, "OneCycleLR: " + adagrad + " has no momentum to cycle, expected one"
                + " with momentum or betas; call cycleMomentum(false)", silent::step);
        assertEquals(0, silent.lastEpoch());
        assertEquals(rate, adagrad.learningRate());
        Map<String, Double> later = new LinkedHashMap<>(silent.stateDict());
        later.put("last_epoch", 3.0);
        assertThrows(IllegalStateException.class, () -> silent.loadStateDict(later));
        assertEquals(0, silent.lastEpoch());
        silent.cycleMomentum(false).step();
        assertEquals(1, silent.lastEpoch());
        assertTrue(adagrad.learningRate() > rate);
        RMSprop rmsprop = new RMSprop(net.parameters());
        new OneCycleLR(rmsprop, 1, 10).step();
        assertTrue(rmsprop.momentum() > 0.8f, "RMSprop has one, be it 0 at first");
    }

    @Test
    void theHalfCosineIsExact() {
        for (int i = 0; i <= 3000; i++) {
            double share = i / 1000.0;
            assertEquals(Math.pow(StrictMath.cos(Math.PI / 2 * share), 2), HalfCosine.at(share), 1e-15, "at " + share);
        }
        assertEquals(1, HalfCosine.at(0));
        assertEquals(0, HalfCosine.at(1));
        assertEquals(1, HalfCosine.at(2));
    }

    @Test
    void powersAreExactEnough() {
        for (double base : new double[]{0, 1e-9, 0.1, 0.999, 1, 1.5}) {
            for (double exponent : new double[]{0, 0.5, 1, 2, 17, 300}) {
                double expected = StrictMath.pow(base, exponent);
                assertEquals(expected, Power.of(base, exponent), 1e-12 * expected, base + "^" + exponent);
            }
        }
    }

    /// Every phase of no length ends where the next one begins.
    @Test
    void aCycleMayHaveEmptyPhases() {
        assertEquals(1, new OneCycleLR(sgd, 1, 10).pctStart(0.1).lastLearningRate());
        assertEquals(4e-6, new OneCycleLR(sgd, 1, 1).pctStart(0).lastLearningRate(), 1e-18);
    }

    @Test
    void aScheduleOfOnesOwnSaysWhatTheRateIs() {
        final class InverseRoot extends LRScheduler {
            InverseRoot() {
                super(sgd);
                apply();
            }

            @Override
            protected double rate(double base, long epoch) {
                return base / Math.sqrt(1.0 + epoch);
            }

            @Override
            protected double momentum(long epoch) {
                return Math.min(0.5 + epoch * 0.125, 0.9);
            }
        }
        InverseRoot schedule = new InverseRoot();
        assertEquals(RATE, sgd.learningRate());
        schedule.step();
        schedule.step();
        schedule.step();
        assertEquals(RATE / 2, sgd.learningRate());
        assertEquals(0.875f, sgd.momentum());
    }

    @Test
    void laterSchedulesStartFromWhereTheFirstOneStarted() {
        LinearLR first = new LinearLR(sgd).startFactor(0.5);
        assertEquals(RATE / 2, sgd.learningRate());
        assertEquals(RATE, sgd.initialLearningRate());
        assertEquals(RATE, new LambdaLR(sgd, _ -> 1).lastLearningRate());
        assertEquals(0, first.lastEpoch());
    }

    /// The rates are those of PyTorch.
    @Test
    void groupsThatComeLaterAreScheduledToo() {
        List<double[]> rates = new ArrayList<>();
        try (Linear later = new Linear(2, 1)) {
            for (Function<SGD, LRScheduler> make : List.<Function<SGD, LRScheduler>>of(o -> new ExponentialLR(o, 0.5),
                    o -> new CosineAnnealingLR(o, 8), o -> new StepLR(o, 2))) {
                SGD optimizer = new SGD(net.parameters(), 0.1f);
                LRScheduler schedule = make.apply(optimizer);
                schedule.step();
                ParameterGroup group = optimizer.addGroup(later.parameters()).learningRate(0.8f);
                schedule.step();
                schedule.step();
                rates.add(new double[]{optimizer.learningRate(), group.learningRate()});
                assertTrue(schedule.stateDict().containsKey("last_lr.1"));
            }
            assertArrayEquals(new double[]{0.0125, 0.2}, rates.get(0), 1e-7);
            assertArrayEquals(new double[]{0.0691341716, 0.5749563458}, rates.get(1), 1e-7);
            assertArrayEquals(new double[]{0.01, 0.08}, rates.get(2), 1e-7);
        }
    }

    @Test
    void settingsActAtOnce() {
        StepLR schedule = new StepLR(sgd, 2);
        schedule.step();
        schedule.step();
        assertEquals(0.05, schedule.lastLearningRate(), 1e-15);
        schedule.gamma(0.5);
        assertEquals(0.25f, sgd.learningRate());
        assertEquals(2, schedule.lastEpoch());
    }

    @Test
    void aRestartMayComeInTheMiddleOfAnEpoch() {
        CosineAnnealingWarmRestarts schedule = new CosineAnnealingWarmRestarts(sgd, 4).tMult(3);
        schedule.step(2.5);
        assertEquals(RATE * Math.pow(Math.cos(Math.PI / 2 * 2.5 / 4), 2), schedule.lastLearningRate(), 1e-15);
        assertEquals(2, schedule.lastEpoch());
        schedule.step();
        assertEquals(RATE * Math.pow(Math.cos(Math.PI / 2 * 3.5 / 4), 2), schedule.lastLearningRate(), 1e-15);
        schedule.step(4 + 12);
        assertEquals(RATE, schedule.lastLearningRate());
        assertMessage(IllegalArgumentException.class,
                "CosineAnnealingWarmRestarts: epoch is -1.0, expected a finite number of at least 0",
                () -> schedule.step(-1));
    }

    /// A million steps, as `steps` calls would make them.
    @Test
    void nothingAddsUp() {
        ExponentialLR schedule = new ExponentialLR(sgd, 0.999999);
        steps(schedule, 1_000_000);
        assertEquals(RATE * StrictMath.exp(1e6 * StrictMath.log1p(-1e-6)), sgd.learningRate(), 1e-7 * RATE);
    }

    @Test
    @Tag("allocation")
    void stepsAllocateNothing() {
        List<LRScheduler> schedules = List.of(new StepLR(sgd, 3), new CosineAnnealingLR(sgd, 100),
                new SequentialLR(sgd, List.of(new LinearLR(sgd), new LambdaLR(sgd, k -> 1.0 / (1 + k))), 5),
                new ExponentialLR(sgd, 0.9999), new PolynomialLR(sgd).totalIters(30_000).power(0.9),
                new OneCycleLR(sgd, 1, 1_000_000), new CosineAnnealingWarmRestarts(sgd, 10).tMult(2));
        for (LRScheduler schedule : schedules) {
            long taken = 1;
            for (int round = 0; round < 500 && taken > 0; round++) { // until the JIT has compiled it
                long before = AllocatedBytes.now();
                steps(schedule, 1000);
                taken = AllocatedBytes.now() - before;
            }
            assertEquals(0, taken, () -> schedule.toString());
        }
    }

    private static void steps(LRScheduler schedule, int n) {
        for (int step = 0; step < n; step++) {
            schedule.step();
        }
    }

    private static final Map<String, Function<SGD, LRScheduler>> SAVED = Map.of("chained first", LinearLR::new,
            "restarts", o -> new CosineAnnealingWarmRestarts(o, 4), "cycle", o -> new OneCycleLR(o, 0.5, 40),
            "sequence", o -> new SequentialLR(o, List.of(new LinearLR(o), new CosineAnnealingLR(o, 25)), 5));

    @Test
    void savedStateGoesOnAsIfNothingHadHappened() {
        SAVED.forEach((name, make) -> {
            try (Linear other = new Linear(2, 1)) {
                SGD before = new SGD(other.parameters(), RATE).momentum(0.5f);
                LRScheduler first = make.apply(before);
                ExponentialLR second = new ExponentialLR(before, 0.9);
                SGD after = new SGD(other.parameters(), 0.01f).momentum(0.5f);
                LRScheduler firstRestored = make.apply(after);
                ExponentialLR secondRestored = new ExponentialLR(after, 0.9);
                for (int step = 0; step < 20; step++) {
                    if (step == 7) {
                        firstRestored.loadStateDict(first.stateDict());
                        secondRestored.loadStateDict(second.stateDict());
                    }
                    if (step >= 7) {
                        assertEquals(before.learningRate(), after.learningRate(), name + ", step " + step);
                        assertEquals(before.momentum(), after.momentum(), name + ", step " + step);
                        assertEquals(first.stateDict(), firstRestored.stateDict());
                        firstRestored.step();
                        secondRestored.step();
                    }
                    first.step();
                    second.step();
                }
            }
        });
    }

    @Test
    void stateHasNames() {
        StepLR schedule = new StepLR(sgd, 1).gamma(0.5);
        schedule.step();
        assertEquals(Map.of("last_epoch", 1.0, "base_lrs.0", 0.5, "last_lr.0", 0.25), schedule.stateDict());
        Map<String, Double> wrong = new HashMap<>(schedule.stateDict());
        wrong.remove("base_lrs.0");
        wrong.put("gamma", 1.0);
        assertMessage(IllegalArgumentException.class,
                "StepLR.loadStateDict: missing [base_lrs.0], unexpected [gamma]", () -> schedule.loadStateDict(wrong));
        assertEquals(1, schedule.lastEpoch());
    }

    @Test
    void aPartOfASequenceIsNotStepped() {
        LinearLR part = new LinearLR(sgd);
        new SequentialLR(sgd, List.of(part));
        assertMessage(IllegalStateException.class,
                "LinearLR.step: this is part of a SequentialLR; call it there", part::step);
        assertThrows(IllegalStateException.class, () -> part.loadStateDict(part.stateDict()));
        assertMessage(IllegalArgumentException.class, "SequentialLR: LinearLR(startFactor=0.3333333333333333,"
                + " endFactor=1.0, totalIters=5) is already part of one; make a new one",
                () -> new SequentialLR(sgd, List.of(part)));
    }

    @Test
    void sequencesAreChecked() {
        assertMessage(IllegalArgumentException.class,
                "SequentialLR: 0 schedules and 0 milestones given, expected at least one schedule and a milestone"
                        + " between each two",
                () -> new SequentialLR(sgd, List.of()));
        assertThrows(IllegalArgumentException.class,
                () -> new SequentialLR(sgd, List.of(new LinearLR(sgd), new LinearLR(sgd))));
        assertMessage(IllegalArgumentException.class,
                "SequentialLR: milestones are [4, 4], expected them to be from 1 up and ascending",
                () -> new SequentialLR(sgd, List.of(new LinearLR(sgd), new LinearLR(sgd), new LinearLR(sgd)), 4, 4));
        SGD other = new SGD(net.parameters(), 0.25f);
        sgd.learningRate(RATE);
        assertMessage(IllegalArgumentException.class,
                "SequentialLR: StepLR(stepSize=3, gamma=0.1) is of SGD(lr=0.25), expected all to be of the same"
                        + " optimizer, SGD(lr=0.5, momentum=0.5)",
                () -> new SequentialLR(sgd, List.of(new StepLR(other, 3))));
    }

    @Test
    void wrongRatesAreRefusedAndChangeNothing() {
        LambdaLR schedule = new LambdaLR(sgd, k -> k == 2 ? Double.NaN : k == 3 ? -1 : 1);
        schedule.step();
        assertMessage(IllegalArgumentException.class,
                "LambdaLR: the learning rate of step 2 is NaN, expected a finite number of at least 0",
                schedule::step);
        assertEquals(1, schedule.lastEpoch());
        assertEquals(RATE, sgd.learningRate());
        assertThrows(IllegalArgumentException.class, () -> new LambdaLR(sgd, _ -> 1e300));
    }

    @Test
    void argumentsAreRefused() {
        refused("StepLR: stepSize is 0, expected at least 1", () -> new StepLR(sgd, 0));
        refused("StepLR: gamma is -0.5, expected a finite number of at least 0", () -> new StepLR(sgd, 1).gamma(-0.5));
        refused("MultiStepLR: a milestone is -1, expected at least 0", () -> new MultiStepLR(sgd, 3, -1));
        refused("LambdaLR: 2 functions given, expected 1, one for each group of parameters",
                () -> new LambdaLR(sgd, List.of(_ -> 1, _ -> 2)));
        refused("MultiStepLR: gamma is NaN, expected a finite number of at least 0",
                () -> new MultiStepLR(sgd).gamma(Double.NaN));
        refused("ExponentialLR: gamma is Infinity, expected a finite number of at least 0",
                () -> new ExponentialLR(sgd, Double.POSITIVE_INFINITY));
        refused("ConstantLR: factor is 1.5, expected 0 to 1", () -> new ConstantLR(sgd).factor(1.5));
        refused("ConstantLR: totalIters is -1, expected at least 0", () -> new ConstantLR(sgd).totalIters(-1));
        refused("LinearLR: startFactor is 0.0, expected above 0 and at most 1", () -> new LinearLR(sgd).startFactor(0));
        refused("LinearLR: endFactor is -1.0, expected 0 to 1", () -> new LinearLR(sgd).endFactor(-1));
        refused("LinearLR: totalIters is -1, expected at least 0", () -> new LinearLR(sgd).totalIters(-1));
        refused("PolynomialLR: totalIters is -2, expected at least 0", () -> new PolynomialLR(sgd).totalIters(-2));
        refused("PolynomialLR: power is -1.0, expected a finite number of at least 0",
                () -> new PolynomialLR(sgd).power(-1));
        refused("CosineAnnealingLR: tMax is 0, expected at least 1", () -> new CosineAnnealingLR(sgd, 0));
        refused("CosineAnnealingLR: etaMin is -1.0, expected a finite number of at least 0",
                () -> new CosineAnnealingLR(sgd, 1).etaMin(-1));
        refused("CosineAnnealingWarmRestarts: t0 is 0, expected at least 1",
                () -> new CosineAnnealingWarmRestarts(sgd, 0));
        refused("CosineAnnealingWarmRestarts: tMult is 0, expected at least 1",
                () -> new CosineAnnealingWarmRestarts(sgd, 1).tMult(0));
        refused("OneCycleLR: maxLearningRate is 0.0, expected a finite number above 0",
                () -> new OneCycleLR(sgd, 0, 10));
        refused("OneCycleLR: totalSteps is 0, expected at least 1", () -> new OneCycleLR(sgd, 1, -2, -5));
        refused("OneCycleLR: pctStart is 1.5, expected 0 to 1", () -> new OneCycleLR(sgd, 1, 10).pctStart(1.5));
        refused("OneCycleLR: divFactor is 0.0, expected a finite number above 0",
                () -> new OneCycleLR(sgd, 1, 10).divFactor(0));
        refused("OneCycleLR: finalDivFactor is NaN, expected a finite number above 0",
                () -> new OneCycleLR(sgd, 1, 10).finalDivFactor(Double.NaN));
        refused("OneCycleLR: baseMomentum is 2.0, expected 0 to 1", () -> new OneCycleLR(sgd, 1, 10).baseMomentum(2));
        refused("OneCycleLR: maxMomentum is -1.0, expected 0 to 1", () -> new OneCycleLR(sgd, 1, 10).maxMomentum(-1));
    }

    private static void refused(String message, Executable call) {
        assertMessage(IllegalArgumentException.class, message, call);
    }
}
