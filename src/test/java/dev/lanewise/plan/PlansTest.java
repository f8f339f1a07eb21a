// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.ParameterGroup;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.Setting;
import dev.lanewise.rules.PublicClasses;
import dev.lanewise.schedule.LRScheduler;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every public module, loss, optimizer with each of its settings, and schedule is part of a plan, and every plan gives
/// the same bits for any number of threads, at once or written out.
@ExtendWith({NoLeak.class, RandomTables.class})
class PlansTest {
    static Stream<Plan> plans() {
        return Plans.all();
    }

    /// The names of the public classes below `type` that can be made, but for those in `seen`.
    private static Set<String> missing(Class<?> type, Set<Class<?>> seen) throws IOException {
        Set<String> missing = new TreeSet<>();
        for (Class<?> made : PublicClasses.below(type)) {
            if (!seen.contains(made)) {
                missing.add(made.getSimpleName());
            }
        }
        return missing;
    }

    private static Set<Class<?>> seen(Function<PlanRun, Stream<?>> parts) {
        Set<Class<?>> seen = new HashSet<>();
        plans().forEach(plan -> {
            try (PlanRun run = new PlanRun(plan, 4, 1)) {
                parts.apply(run).forEach(part -> seen.add(part.getClass()));
            }
        });
        return seen;
    }

    @Test
    void noModuleIsForgotten() throws IOException {
        Set<Class<?>> seen = seen(run -> run.net().namedModules().values().stream());
        assertEquals(Set.of(), missing(Module.class, seen));
        assertEquals(Set.of("Sequential"), missing(Module.class, without(seen, Sequential.class)));
    }

    @Test
    void noLossIsForgotten() throws IOException {
        assertEquals(Set.of(), missing(LossFunction.class, seen(run -> Stream.of(run.loss()))));
        assertTrue(missing(LossFunction.class, Set.of()).contains("MSELoss"));
    }

    @Test
    void noOptimizerIsForgotten() throws IOException {
        assertEquals(Set.of(), missing(Optimizer.class, seen(run -> Stream.of(run.optimizer()))));
        assertTrue(missing(Optimizer.class, Set.of()).contains("Adam"));
    }

    @Test
    void noScheduleIsForgotten() throws IOException {
        Set<Class<?>> seen = new HashSet<>();
        try (Sequential net = Plans.plain()) {
            for (Function<Optimizer, LRScheduler> schedule : Plans.schedules()) {
                seen.add(schedule.apply(new SGD(net.parameters(), 1).momentum(0.5f)).getClass());
            }
        }
        assertEquals(Set.of(), missing(LRScheduler.class, seen));
        assertTrue(missing(LRScheduler.class, Set.of()).contains("StepLR"));
    }

    /// Each setting of each optimizer has a plan in which it is not as it is by default.
    @Test
    void noSettingIsForgotten() {
        Map<Class<?>, Set<Setting>> left = new HashMap<>();
        Map<Class<?>, Map<Setting, Double>> first = new HashMap<>();
        plans().forEach(plan -> {
            try (PlanRun run = new PlanRun(plan, 4, 1)) {
                Class<?> type = run.optimizer().getClass();
                for (ParameterGroup group : run.optimizer().groups()) {
                    Map<Setting, Double> known = first.computeIfAbsent(type, _ -> group.settings());
                    Set<Setting> rest = left.computeIfAbsent(type, _ -> new TreeSet<>(group.settings().keySet()));
                    rest.removeIf(setting -> group.get(setting) != known.getOrDefault(setting, Double.NaN));
                }
            }
        });
        left.keySet().removeIf(type -> type.getName().matches(".*\\.(Lion|Lars)"));
        left.values().removeIf(Set::isEmpty);
        assertEquals(Map.of(), left);
    }

    private static Set<Class<?>> without(Set<Class<?>> classes, Class<?> one) {
        Set<Class<?>> rest = new HashSet<>(classes);
        rest.remove(one);
        return rest;
    }

    @Test
    void namesAreUnique() {
        List<String> names = plans().map(Plan::name).toList();
        assertEquals(names.size(), Set.copyOf(names).size(), names.toString());
    }

    private static int rowsForSevenThreads(Plan plan) {
        int rows = 1100; // more than a block of sums
        try (Sequential net = plan.net().get()) {
            while (net.threadsWorth(rows, Plan.FEATURES) < 7) {
                rows += 100;
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("plans")
    void anyNumberOfThreadsGivesTheSameBits(Plan plan) {
        String expected;
        int rows = rowsForSevenThreads(plan);
        try (PlanRun run = new PlanRun(plan, rows, 1)) {
            expected = run.hash(false);
        }
        for (int threads : new int[]{1, 2, 3, 4, 7}) {
            try (PlanRun run = new PlanRun(plan, rows, threads)) {
                assertEquals(expected, run.hash(true), threads + " threads, at once");
            }
        }
        try (PlanRun run = new PlanRun(plan, rows, 3)) {
            assertEquals(expected, run.hash(false), "3 threads");
        }
    }
}
