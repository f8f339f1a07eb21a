// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Trainer;
import dev.lanewise.data.Dataset;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.nn.Buffer;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.StateTensor;
import dev.lanewise.optim.Optimizer;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Whole trainings against PyTorch: the loss of every step, the final parameters and predictions with them.
///
/// `src/test/python/golden.py` made the values in float64 and float32 of the same data, initial weights and order of
/// rows. We are right if we are as near to float64 as PyTorch's own float32, within a factor of 10 plus 1e-6. And
/// `trainStep` must give the same bits as the calls that it stands for.
@Tag("lanes")
@ExtendWith(NoLeak.class)
class GoldenTest {
    private static final double FACTOR = 10;
    private static final double RELATIVE = 1e-6;

    static List<String> names() {
        return GoldenFile.names("golden");
    }

    @Test
    void thereAreManyOfThem() {
        assertTrue(names().size() >= 260, "only " + names().size() + " golden runs");
    }

    /// Every public class of the package of `base` that extends it.
    @ParameterizedTest
    @CsvSource({"layer, dev.lanewise.nn.Module", "loss, dev.lanewise.nn.LossFunction",
            "optimizer, dev.lanewise.optim.Optimizer", "schedule, dev.lanewise.schedule.LRScheduler",
            "schedule, dev.lanewise.schedule.ReduceLROnPlateau"})
    void everyPartIsInSomeRun(String kind, Class<?> base) throws IOException, ClassNotFoundException {
        Set<String> used = new TreeSet<>();
        for (String name : names()) {
            GoldenFile.read("golden", name).parts(kind).forEach(part -> used.add(part.name()));
        }
        Set<String> missing = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java", base.getPackageName().replace('.', '/')))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                Class<?> part = name.equals("package-info") ? Void.class
                        : Class.forName(base.getPackageName() + "." + name);
                int modifiers = part.getModifiers();
                if (base.isAssignableFrom(part) && Modifier.isPublic(modifiers) && !Modifier.isAbstract(modifiers)) {
                    missing.add(name);
                }
            }
        }
        assertTrue(missing.size() >= 1);
        missing.removeAll(used);
        assertEquals(Set.of(), missing, kind + " in no golden run");
    }

    @ParameterizedTest
    @MethodSource("names")
    void asPyTorchDoes(String name) {
        GoldenFile run = GoldenFile.read("golden", name);
        Map<String, double[]> ours = train(run, false);
        assertEquals(run.series(), List.copyOf(ours.keySet()));
        for (Part part : run.allParts()) {
            part.assertAllAsked();
        }
        assertLosses(run, ours.get("loss"));
        for (String series : run.series().stream().skip(1).toList()) {
            assertNear(run, series, ours.get(series));
        }
        if (canBeFused(run)) {
            Map<String, double[]> fused = train(run, true);
            ours.forEach((series, values) -> assertArrayEquals(values, fused.get(series), series + " by trainStep"));
        }
    }

    private static boolean canBeFused(GoldenFile run) {
        return run.part("run").integer("accumulate") == 1 && run.part("run").truth("zero_grad", true);
    }

    /// Trains, by single calls or by `trainStep`; the results are named as in the file.
    private static Map<String, double[]> train(GoldenFile run, boolean fused) {
        Map<String, double[]> results = new LinkedHashMap<>();
        try (Dataset data = run.data(); Sequential net = Parts.net(run.parts("layer"))) {
            net.namedParameters().forEach((name, parameter) -> set(parameter, run.floats("initial." + name)));
            for (Part frozen : run.parts("frozen")) {
                for (String name : frozen.list("parameters")) {
                    net.getParameter(name).requiresGrad(false);
                }
            }
            Optimizer optimizer = optimizer(run, net);
            LossFunction loss = Parts.loss(run.part("loss"));
            run.parts("penalty").forEach(penalty -> Parts.penalize(penalty, loss, net));
            try (Trainer trainer = new Trainer(net, loss, optimizer);
                    GoldenLoop loop = new GoldenLoop(run, net, trainer, optimizer, fused)) {
                for (int[] order : run.orders()) {
                    try (Dataset epoch = data.select(order)) {
                        loop.train(epoch);
                    }
                }
                results.put("loss", loop.losses());
                net.namedState().forEach((name, tensor) -> results.put("final." + name, state(tensor)));
                loop.averages().forEach((name, average) -> results.put("average." + name, flat(average)));
                results.put("eval", predictions(net, run.floats("x"), run.table("eval.64").length));
            }
        }
        return results;
    }

    private static Optimizer optimizer(GoldenFile run, Sequential net) {
        Map<String, Parameter> rest = new LinkedHashMap<>(net.namedParameters());
        for (Part group : run.parts("group")) {
            rest.keySet().removeAll(List.of(group.list("parameters")));
        }
        rest.values().removeIf(parameter -> !parameter.requiresGrad());
        Optimizer optimizer = Parts.optimizer(run.part("optimizer"), List.copyOf(rest.values()));
        run.parts("group").forEach(group -> Parts.group(group, optimizer, net.namedParameters()));
        run.parts("clip").forEach(clip -> Parts.clip(clip, optimizer));
        return optimizer;
    }

    private static double[] state(StateTensor tensor) {
        return tensor instanceof Buffer buffer && buffer.isCounter()
                ? new double[]{buffer.count()}
                : flat(tensor.value());
    }

    private static void set(Parameter parameter, float[][] values) {
        assertEquals(parameter.rows(), values.length);
        for (int r = 0; r < values.length; r++) {
            assertEquals(parameter.cols(), values[r].length);
            for (int c = 0; c < values[r].length; c++) {
                parameter.value().set(r, c, values[r][c]);
            }
        }
    }

    private static double[] predictions(Sequential net, float[][] x, int rows) {
        net.eval();
        try (FloatMatrix first = FloatMatrix.copyOf(Arrays.copyOf(x, rows))) {
            Output output = net.forward(first.all());
            return flat(Arrays.copyOf(output.matrix().toArray(), rows));
        }
    }

    private static double[] flat(FloatMatrix matrix) {
        return flat(matrix.toArray());
    }

    private static double[] flat(float[][] rows) {
        List<Double> values = new ArrayList<>();
        for (float[] row : rows) {
            for (float value : row) {
                values.add((double) value);
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// Every loss for itself: the distance of PyTorch's float32 is the largest up to its step. Batches of ignored rows
    /// alone have the loss NaN.
    private static void assertLosses(GoldenFile run, double[] losses) {
        double[] wide = run.values("loss.64");
        double[] narrow = run.values("loss.32");
        assertEquals(wide.length, losses.length);
        double their = 0;
        for (int step = 0; step < losses.length; step++) {
            if (Double.isNaN(wide[step])) {
                assertTrue(Double.isNaN(losses[step]), "loss of step " + step + " is " + losses[step] + ", not NaN");
                continue;
            }
            their = Math.max(their, Math.abs(narrow[step] - wide[step]));
            assertEquals(wide[step], losses[step], FACTOR * their + RELATIVE * Math.abs(wide[step]),
                    "loss of step " + step);
        }
    }

    /// The largest distance, to the largest value of the series.
    private static void assertNear(GoldenFile run, String series, double[] values) {
        double[] wide = run.values(series + ".64");
        double[] narrow = run.values(series + ".32");
        assertEquals(wide.length, values.length, series);
        double scale = Arrays.stream(wide).map(Math::abs).max().orElseThrow();
        double allowed = FACTOR * distance(narrow, wide) + RELATIVE * scale;
        double our = distance(values, wide);
        assertTrue(our <= allowed, series + ": off by " + our + ", allowed " + allowed + ", largest value " + scale);
    }

    private static double distance(double[] values, double[] expected) {
        double distance = 0;
        for (int i = 0; i < values.length; i++) {
            double apart = Math.abs(values[i] - expected[i]);
            distance = apart <= distance ? distance : apart; // NaN stays
        }
        return distance;
    }
}
