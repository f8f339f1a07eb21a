// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Module;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.SGD;
import dev.lanewise.schedule.OneCycleLR.AnnealStrategy;
import dev.lanewise.schedule.ReduceLROnPlateau.ThresholdMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The learning rates and momenta of 30 steps of every schedule against PyTorch's own.
///
/// `src/test/python/schedules.py` made the values and has the same cases.
@ExtendWith(NoLeak.class)
class ScheduleGoldenTest {
    private static final int STEPS = 30;
    private static final float RATE = 0.8f;

    /// What a user's loop calls after each step, with the metric of that step.
    private interface Stepped {
        void step(double metric);
    }

    private static Stepped all(LRScheduler... schedulers) {
        return _ -> {
            for (LRScheduler scheduler : schedulers) {
                scheduler.step();
            }
        };
    }

    private static Function<Optimizer, Stepped> of(Function<Optimizer, LRScheduler> schedule) {
        return optimizer -> all(schedule.apply(optimizer));
    }

    private static Function<Optimizer, Stepped> plateau(Function<ReduceLROnPlateau, ReduceLROnPlateau> settings) {
        return optimizer -> settings.apply(new ReduceLROnPlateau(optimizer))::step;
    }

    private static double metric(int step) {
        return step >= 27 ? Double.NaN : Math.max(1 - step / 8.0, 0.25) - (step >= 20 ? 0.125 : 0);
    }

    private static Map<String, Function<Optimizer, Stepped>> cases() {
        Map<String, Function<Optimizer, Stepped>> cases = new LinkedHashMap<>();
        cases.put("step", of(o -> new StepLR(o, 4)));
        cases.put("step_gamma", of(o -> new StepLR(o, 7).gamma(0.5)));
        cases.put("multi_step", of(o -> new MultiStepLR(o, 12, 3, 20, 12)));
        cases.put("multi_step_at_once", of(o -> new MultiStepLR(o, 0, 5, 0).gamma(0.5)));
        cases.put("multi_step_gamma", of(o -> new MultiStepLR(o, 1, 2).gamma(0.3)));
        cases.put("exponential", of(o -> new ExponentialLR(o, 0.95)));
        cases.put("exponential_up", of(o -> new ExponentialLR(o, 1.1)));
        cases.put("cosine", of(o -> new CosineAnnealingLR(o, 20)));
        cases.put("cosine_again", of(o -> new CosineAnnealingLR(o, 7).etaMin(0.05)));
        cases.put("cosine_up", of(o -> new CosineAnnealingLR(o, 10).etaMin(1.5)));
        cases.put("cosine_one", of(o -> new CosineAnnealingLR(o, 1)));
        cases.put("restarts", of(o -> new CosineAnnealingWarmRestarts(o, 8)));
        cases.put("restarts_twice", of(o -> new CosineAnnealingWarmRestarts(o, 4).tMult(2).etaMin(0.01)));
        cases.put("restarts_thrice", of(o -> new CosineAnnealingWarmRestarts(o, 1).tMult(3)));
        cases.put("linear", of(LinearLR::new));
        cases.put("linear_down", of(o -> new LinearLR(o).startFactor(1).endFactor(0.1).totalIters(20)));
        cases.put("linear_to_zero", of(o -> new LinearLR(o).startFactor(0.5).endFactor(0).totalIters(10)));
        cases.put("linear_of_none", of(o -> new LinearLR(o).totalIters(0)));
        cases.put("constant", of(ConstantLR::new));
        cases.put("constant_half", of(o -> new ConstantLR(o).factor(0.5).totalIters(12)));
        cases.put("constant_for_ever", of(o -> new ConstantLR(o).totalIters(0)));
        cases.put("polynomial", of(PolynomialLR::new));
        cases.put("polynomial_power", of(o -> new PolynomialLR(o).totalIters(25).power(0.9)));
        cases.put("lambda", of(o -> new LambdaLR(o, k -> 1.0 / (1 + k))));
        addCycles(cases);
        addSequences(cases);
        addPlateaus(cases);
        return cases;
    }

    private static void addCycles(Map<String, Function<Optimizer, Stepped>> cases) {
        cases.put("one_cycle", of(o -> new OneCycleLR(o, 0.5, 30)));
        cases.put("one_cycle_adam", of(o -> new OneCycleLR(o, 0.5, 5, 6)));
        cases.put("one_cycle_linear",
                of(o -> new OneCycleLR(o, 2, 33).annealStrategy(AnnealStrategy.LINEAR).pctStart(0.25)));
        cases.put("one_cycle_three", of(o -> new OneCycleLR(o, 0.5, 30).threePhase(true)));
        cases.put("one_cycle_three_linear",
                of(o -> new OneCycleLR(o, 0.5, 31).threePhase(true).annealStrategy(AnnealStrategy.LINEAR).pctStart(0.4)
                        .baseMomentum(0.8).maxMomentum(0.9).divFactor(10).finalDivFactor(100)));
        cases.put("one_cycle_rate_only", of(o -> new OneCycleLR(o, 0.5, 30).cycleMomentum(false)));
        cases.put("one_cycle_no_rise", of(o -> new OneCycleLR(o, 0.5, 30).pctStart(0)));
        cases.put("one_cycle_only_rise", of(o -> new OneCycleLR(o, 0.5, 31).pctStart(1)));
    }

    private static void addSequences(Map<String, Function<Optimizer, Stepped>> cases) {
        cases.put("sequence", of(o -> new SequentialLR(o,
                List.of(new LinearLR(o).startFactor(0.1).totalIters(5), new CosineAnnealingLR(o, 25)), 5)));
        cases.put("sequence_of_three", of(o -> new SequentialLR(o, List.of(new ConstantLR(o).factor(0.1).totalIters(20),
                new ExponentialLR(o, 0.9), new StepLR(o, 2)), 4, 15)));
        cases.put("sequence_restarts", of(o -> new SequentialLR(o,
                List.of(new LambdaLR(o, k -> (k + 1) / 10.0), new CosineAnnealingWarmRestarts(o, 6)), 9)));
        cases.put("chained",
                o -> all(new ConstantLR(o).factor(0.1).totalIters(7), new ExponentialLR(o, 0.9)));
        cases.put("chained_cosine",
                o -> all(new LinearLR(o).totalIters(6), new CosineAnnealingLR(o, 40).etaMin(0.01)));
        cases.put("by_hand", of(o -> new StepLR(o, 4).gamma(0.5)));
        cases.put("by_hand_cosine", of(o -> new CosineAnnealingLR(o, 40).etaMin(0.1)));
    }

    private static void addPlateaus(Map<String, Function<Optimizer, Stepped>> cases) {
        cases.put("plateau", plateau(p -> p.patience(2)));
        cases.put("plateau_cooldown", plateau(p -> p.factor(0.5).patience(1).cooldown(3).minLearningRate(0.15)));
        cases.put("plateau_abs",
                plateau(p -> p.factor(0.3).patience(0).threshold(0.15).thresholdMode(ThresholdMode.ABS)));
        cases.put("plateau_max", plateau(p -> p.mode(Mode.MAX).factor(0.5).patience(4)));
        cases.put("plateau_max_abs", plateau(
                p -> p.mode(Mode.MAX).factor(0.5).patience(3).threshold(0.01).thresholdMode(ThresholdMode.ABS)));
        cases.put("plateau_eps", plateau(p -> p.patience(0).eps(0.01)));
    }

    /// The rates and momenta by case and step.
    private static Map<String, List<double[]>> golden() throws IOException {
        Map<String, List<double[]>> golden = new LinkedHashMap<>();
        try (InputStream in = ScheduleGoldenTest.class.getResourceAsStream("/expected/schedules.csv")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
                String[] fields = line.split(",", -1);
                golden.computeIfAbsent(fields[0], _ -> new ArrayList<>())
                        .add(new double[]{Double.parseDouble(fields[2]), Double.parseDouble(fields[3])});
            }
        }
        return golden;
    }

    @Test
    void ratesAndMomentaArePyTorchs() throws IOException {
        Map<String, List<double[]>> golden = golden();
        Map<String, Function<Optimizer, Stepped>> cases = cases();
        assertEquals(new TreeSet<>(golden.keySet()), new TreeSet<>(cases.keySet()));
        double worst = 0;
        for (Map.Entry<String, Function<Optimizer, Stepped>> entry : cases.entrySet()) {
            String name = entry.getKey();
            List<double[]> expected = golden.get(name);
            assertEquals(STEPS, expected.size());
            try (Module net = new Linear(1, 1)) {
                Optimizer optimizer = name.contains("adam") || name.equals("one_cycle_three_linear")
                        ? new Adam(net.parameters(), RATE)
                        : new SGD(net.parameters(), RATE).momentum(0.5f);
                Stepped schedule = entry.getValue().apply(optimizer);
                for (int step = 0; step < STEPS; step++) {
                    double rate = expected.get(step)[0];
                    double off = Math.abs(optimizer.learningRate() - rate);
                    // where the rate comes down to 0 PyTorch's recursion leaves what its roundings came to
                    assertTrue(off <= 2e-7 * rate + 1e-16, name + ", step " + step + ": " + optimizer.learningRate()
                            + ", expected " + rate);
                    worst = Math.max(worst, rate == 0 ? 0 : off / rate);
                    assertEquals(expected.get(step)[1], optimizer.cycledMomentum(), 1e-7, name + ", step " + step);
                    if (name.startsWith("by_hand") && step == 10) {
                        optimizer.learningRate(0.25f);
                    }
                    schedule.step(metric(step));
                }
            }
        }
        System.out.printf("schedules: at most %.1e from PyTorch, relative%n", worst);
    }
}
