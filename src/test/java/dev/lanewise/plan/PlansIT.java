// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.FreshJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Every module, loss, optimizer and schedule gives the same bits with any vector width and JIT tier, each in a fresh
/// JVM: interpreted, compiled by C1, and compiled by C2 after some runs; and takes no byte of the heap for a step.
class PlansIT {
    /// How often each plan is run, then JVM options.
    /// Vectors in the interpreter take too long for all plans; one network runs there in another test.
    private static final List<String> RUNS = List.of("1", "20 -XX:CompileThresholdScaling=0.01",
            "1 -Dlanewise.lanes=0", "1 -Dlanewise.lanes=128", "1 -Dlanewise.lanes=256", "1 -Dlanewise.lanes=512",
            "1 -Xint -Dlanewise.lanes=0", "3 -XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=0.1");

    @Test
    void oneHashForEachPlan() throws Exception {
        Map<String, Map<String, String>> hashes = new TreeMap<>();
        List<String> kernels = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            List<Future<List<String>>> results = pool
                    .invokeAll(RUNS.stream().map(run -> (Callable<List<String>>) () -> run(run)).toList());
            for (int i = 0; i < RUNS.size(); i++) {
                List<String> lines = results.get(i).get();
                kernels.add(lines.getFirst());
                for (String line : lines.subList(1, lines.size())) {
                    int at = line.lastIndexOf('|');
                    hashes.computeIfAbsent(line.substring(0, at), _ -> new TreeMap<>()).put(RUNS.get(i),
                            line.substring(at + 1));
                }
            }
        }
        assertEquals(Plans.all().count(), hashes.size());
        hashes.forEach((plan, found) -> {
            assertEquals(RUNS.size(), found.size(), plan);
            assertEquals(1, found.values().stream().distinct().count(), () -> plan + ": " + found);
        });
        assertTrue(kernels.containsAll(List.of("scalar", "simd-128 fma", "simd-512 fma")), kernels.toString());
    }

    /// All plans in one JVM, in an order that differs from JVM to JVM: what the JIT has learnt from one must not make
    /// objects of another's vectors. One of them is without C1: C2 then has the interpreter's profiles of every kernel.
    @Test
    void noBytes() throws Exception {
        List<String> wrong = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<List<String>>> results = pool.invokeAll(IntStream.range(0, 3)
                    .mapToObj(order -> (Callable<List<String>>) () -> FreshJvm.run(PlansProgram.class,
                            List.of(order == 2 ? "-XX:-TieredCompilation" : "-XX:+TieredCompilation"), "bytes",
                            order + ""))
                    .toList());
            for (int order = 0; order < results.size(); order++) {
                List<String> lines = results.get(order).get();
                assertEquals(Plans.all().count(), lines.size());
                String suffix = ", seed " + order;
                lines.stream().filter(line -> !line.endsWith("|0")).map(line -> line + suffix).forEach(wrong::add);
            }
        }
        assertEquals(List.of(), wrong, "bytes of 1000 steps");
    }

    private static List<String> run(String given) throws Exception {
        String[] words = given.split(" ", -1);
        return FreshJvm.run(PlansProgram.class, List.of(words).subList(1, words.length), words[0]);
    }
}
