// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.ByteMatrix;
import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NativeBuffer;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.nn.HalfSquaredLoss;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.StepCheck;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.optim.SGD;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A step of a linear regression remembers the one before. Whatever happens between two steps, or while the loss is
/// looked at, they must go on as steps that remember nothing (`threads` makes a module forget its passes), with the same
/// bits and the same messages; and where nothing throws, as zeroGrad, forward, backward and step.
@ExtendWith(NoLeak.class)
class RegressionStepTest {
    private static final int ROWS = 40;
    private static final int SOME = 10;

    enum Way {
        REMEMBERING, FORGETTING, CALL_BY_CALL
    }

    /// One training, and what has come of it.
    private static final class Run implements AutoCloseable {
        private final Way way;
        private final int rows;
        private final Linear linear;
        private final Sequential net;
        private Optimizer optimizer;
        private LossFunction loss = new MSELoss();
        private Trainer trainer;
        private final List<AutoCloseable> owned = new ArrayList<>();
        private Rows x;
        private Rows y;
        private StepCheck check = StepCheck.NONE;
        private @Nullable Sequential around;
        private final List<String> seen = new ArrayList<>();

        Run(Way way, int in) {
            this(way, in, ROWS);
        }

        Run(Way way, int in, int rows) {
            this.rows = rows;
            this.way = way;
            linear = new Linear(in, 1);
            net = new Sequential(linear);
            net.init(3);
            optimizer = new SGD(net.parameters(), 0.05f);
            trainer = new Trainer(net, loss, optimizer);
            x = new Rows(table(in), 0, SOME);
            y = new Rows(fill(own(FloatMatrix.allocateColumn(rows)), 1), 0, SOME);
        }

        FloatMatrix table(int cols) {
            return fill(own(FloatMatrix.allocate(rows, cols)), cols);
        }

        private FloatMatrix fill(FloatMatrix table, int cols) {
            SplittableRandom random = new SplittableRandom(cols);
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < cols; c++) {
                    table.set(r, c, (float) random.nextDouble(-2, 2));
                }
            }
            return table;
        }

        <T extends AutoCloseable> T own(T object) {
            owned.add(object);
            return object;
        }

        void move(int first, int count) {
            x.moveTo(first, count);
            y.moveTo(first, count);
        }

        void newTrainer(LossFunction newLoss, Optimizer newOptimizer) {
            trainer.close();
            loss = newLoss;
            optimizer = newOptimizer;
            trainer = new Trainer(net, loss, optimizer);
        }

        void happens(Consumer<Run> what) {
            try {
                what.accept(this);
            } catch (RuntimeException e) {
                seen.add(e.getMessage());
            }
        }

        void steps(int n) {
            for (int i = 0; i < n; i++) {
                try {
                    see(step());
                } catch (RuntimeException e) {
                    seen.add(e.getClass().getSimpleName() + ": " + e.getMessage());
                }
                for (Parameter parameter : net.parameters()) {
                    see(parameter);
                }
            }
        }

        private Loss step() {
            if (way == Way.CALL_BY_CALL) {
                trainer.zeroGrad();
                Loss computed = trainer.forward(x, y);
                check.check(computed.mean());
                computed.backward();
                trainer.step();
                return computed;
            }
            if (way == Way.FORGETTING) {
                forget();
            }
            return trainer.trainStep(x, y, check);
        }

        private void forget() {
            try {
                net.threads(net.threads());
            } catch (IllegalStateException e) {
                assertEquals(net + " is closed", e.getMessage());
            }
        }

        private void see(Loss computed) {
            seen.add("loss " + Double.doubleToLongBits(computed.total()) + " of " + computed.rows() + ", penalty "
                    + computed.penalty() + ", divisor " + computed.divisor());
            StringBuilder outputs = new StringBuilder();
            for (int r = 0; r < computed.prediction().count(); r++) {
                outputs.append(Float.floatToIntBits(computed.prediction().get(r, 0))).append(' ');
            }
            for (float single : computed.values()) {
                outputs.append(Float.floatToIntBits(single)).append(' ');
            }
            seen.add(outputs.toString());
        }

        private void see(Parameter parameter) {
            StringBuilder bits = new StringBuilder(parameter.localName())
                    .append(parameter.hasGrad() ? " with grad " : " ");
            try {
                for (float value : parameter.value().row(0)) {
                    bits.append(Float.floatToIntBits(value)).append(' ');
                }
            } catch (IllegalStateException e) {
                bits.append(e.getMessage());
            }
            seen.add(bits.toString());
        }

        List<String> seen() {
            try (OptimizerState state = optimizer.state()) {
                state.counts().forEach(count -> seen.add("steps " + count));
            } catch (IllegalStateException e) {
                seen.add(e.getMessage());
            }
            return seen;
        }

        @Override
        public void close() throws Exception {
            trainer.close();
            for (AutoCloseable object : owned) {
                object.close();
            }
            (around == null ? net : around).close();
        }
    }

    private static Map<String, Consumer<Run>> settings() {
        Map<String, Consumer<Run>> all = new LinkedHashMap<>();
        all.put("nothing", run -> {
        });
        all.put("another learning rate", run -> run.optimizer.learningRate(0.01f));
        all.put("momentum", run -> ((SGD) run.optimizer).momentum(0.9f));
        all.put("weight decay", run -> run.optimizer.weightDecay(0.1f));
        all.put("maximize", run -> ((SGD) run.optimizer).maximize(true));
        all.put("rates of its own for the bias", run -> {
            SGD sgd = new SGD(List.of(run.linear.weight()), 0.02f);
            sgd.addGroup(List.of(run.linear.parameters().get(1))).learningRate(0.3f);
            run.newTrainer(run.loss, sgd);
        });
        all.put("an optimizer of the weight alone",
                run -> run.newTrainer(run.loss, new SGD(List.of(run.linear.weight()), 0.02f)));
        all.put("another optimizer", run -> run.newTrainer(run.loss, new Adam(run.net.parameters())));
        all.put("clipped values", run -> run.optimizer.clipValue(0.01f));
        all.put("clipped norms", run -> run.optimizer.clipNorm(0.1));
        all.put("gradients of two batches", run -> run.optimizer.accumulate(2));
        all.put("values clipped and no longer", run -> {
            run.optimizer.clipValue(0.01f);
            run.steps(1);
            run.optimizer.clipValue(Float.POSITIVE_INFINITY);
        });
        all.put("the bias in a group of its own, later", run -> {
            SGD sgd = new SGD(List.of(run.linear.weight()), 0.02f);
            run.newTrainer(run.loss, sgd);
            run.steps(2);
            sgd.addGroup(List.of(run.linear.parameters().get(1))).learningRate(0.3f);
        });
        all.put("a rate that is set before each step", run -> {
            for (int i = 1; i < 5; i++) {
                run.optimizer.learningRate(0.1f / i);
                run.steps(1);
            }
        });
        all.put("a state loaded", run -> {
            try (OptimizerState state = run.optimizer.state()) {
                run.optimizer.loadState(state);
            }
        });
        all.put("a penalty", run -> run.loss.penalty(List.of(run.linear.weight()), 0.1f, 0.2f));
        all.put("half the error", run -> run.newTrainer(new HalfSquaredLoss(), run.optimizer));
        all.put("the sum", run -> run.newTrainer(new MSELoss(Reduction.SUM), run.optimizer));
        all.put("single losses", run -> run.newTrainer(new MSELoss(Reduction.NONE), run.optimizer));
        all.put("the weight frozen", run -> run.linear.weight().requiresGrad(false));
        all.put("the bias frozen", run -> run.linear.parameters().get(1).requiresGrad(false));
        all.put("everything frozen", run -> run.net.requiresGrad(false));
        all.put("frozen and thawed", run -> {
            run.net.requiresGrad(false);
            run.steps(1);
            run.net.requiresGrad(true);
        });
        all.put("other weights", run -> run.linear.weight().fill(0.25f));
        all.put("begun anew", run -> run.net.init(9));
        all.put("evaluation mode", run -> run.net.eval());
        return all;
    }

    private static Map<String, Consumer<Run>> batches() {
        Map<String, Consumer<Run>> all = new LinkedHashMap<>();
        all.put("other rows", run -> run.move(17, SOME));
        all.put("fewer rows", run -> run.move(0, 3));
        all.put("more rows, then fewer", run -> {
            run.move(5, 25);
            run.steps(3);
            run.move(0, 7);
        });
        all.put("no rows", run -> run.move(0, 0));
        all.put("fewer targets", run -> run.y.moveTo(0, 4));
        all.put("rows by index", run -> {
            NativeBuffer index = run.own(NativeBuffer.allocate("index", ROWS * Integer.BYTES));
            for (int i = 0; i < ROWS; i++) {
                index.segment().setAtIndex(ValueLayout.JAVA_INT, i, (i * 7 + 3) % ROWS);
            }
            run.x.moveTo(index.segment(), 5, 20);
            run.y.moveTo(index.segment(), 5, 20);
            run.steps(3);
            run.x.moveTo(index.segment(), 15, 20);
            run.steps(3);
            run.move(3, 20);
        });
        all.put("weights of rows", run -> run.y.weights(weights(run)));
        all.put("other tables", run -> {
            run.x = new Rows(run.table(run.x.cols()), 1, SOME);
            run.y = new Rows(run.table(1), 2, SOME);
        });
        all.put("bytes",
                run -> run.x = new Rows(
                        run.own(ByteMatrix.copyOf(new byte[ROWS * run.x.cols()], ROWS, run.x.cols(), 1)), 0, SOME));
        all.put("labels for targets",
                run -> run.y = new Rows(run.own(ClassLabels.copyOf(new int[ROWS])), 0, SOME));
        all.put("too many features", run -> run.x = new Rows(run.table(run.x.cols() + 1), 0, SOME));
        all.put("too many targets", run -> run.y = new Rows(run.table(2), 0, SOME));
        all.put("features closed", run -> close(run.x.table()));
        all.put("targets closed", run -> close(run.y.table()));
        all.put("values that are not finite", run -> ((FloatMatrix) run.x.table()).set(4, 0, Float.NaN));
        return all;
    }

    private static FloatMatrix weights(Run run) {
        FloatMatrix weights = run.own(FloatMatrix.allocate(ROWS, 1));
        for (int r = 0; r < ROWS; r++) {
            weights.set(r, 0, r % 3);
        }
        return weights;
    }

    private static void close(Table table) {
        table.close();
    }

    private static Map<String, Consumer<Run>> uses() {
        Map<String, Consumer<Run>> all = new LinkedHashMap<>();
        all.put("a forward pass", run -> run.net.forward(run.x));
        all.put("a forward pass of more rows", run -> {
            Rows more = new Rows(run.x.table(), 0, 30);
            run.net.forward(more);
            run.net.forward(more);
        });
        all.put("another loss of the outputs", run -> {
            run.move(4, SOME);
            run.steps(1);
            Loss other = run.loss.of(run.trainer.output(), run.y);
            run.net.zeroGrad();
            other.mean().backward();
            for (float g : run.linear.weight().grad().row(0)) {
                run.seen.add("gradient " + Float.floatToIntBits(g));
            }
        });
        all.put("a gradient", run -> run.loss.of(run.net.forward(run.x), run.y).mean().backward());
        all.put("the loss again", run -> {
            try {
                run.trainer.loss().backward();
            } catch (IllegalStateException e) {
                run.seen.add(e.getMessage());
            }
        });
        all.put("more threads", run -> run.net.threads(2));
        all.put("a module around it", run -> run.around = new Sequential(run.net));
        all.put("the trainer closed", run -> run.trainer.close());
        all.put("the module closed", run -> {
            run.trainer.close();
            run.net.close();
        });
        all.put("a check", run -> run.check = loss -> run.seen.add("checked " + loss.value()));
        all.put("a check that throws", run -> run.check = loss -> {
            throw new IllegalStateException("no");
        });
        all.put("a check that freezes", run -> run.check = _ -> run.linear.weight().requiresGrad(false));
        all.put("a check that freezes all", run -> run.check = _ -> run.net.requiresGrad(false));
        all.put("a check that sets the rate", run -> run.check = _ -> run.optimizer.learningRate(0.2f));
        all.put("a check that closes the features", run -> run.check = _ -> close(run.x.table()));
        all.put("a check that moves the batch", run -> run.check = _ -> run.move(9, SOME));
        return all;
    }

    /// Which have no counterpart call by call: they throw, stand between forward and backward, or are dropped by zeroGrad.
    private static boolean stepsCallByCall(String what, List<String> seen) {
        return !what.startsWith("a check that") && !what.startsWith("frozen and")
                && !what.startsWith("gradients of")
                && seen.stream().noneMatch(line -> line.contains("Exception: "));
    }

    /// A fused step leaves none.
    private static String withoutGradients(List<String> seen) {
        return String.join("\n", seen).replace(" with grad ", " ");
    }

    static Stream<String> names() {
        return Stream.of(settings(), batches(), uses()).flatMap(all -> all.keySet().stream());
    }

    private static List<String> results(Way way, int in, String what, String before) throws Exception {
        Map<String, Consumer<Run>> all = settings();
        all.putAll(batches());
        all.putAll(uses());
        try (Run run = new Run(way, in)) {
            run.happens(all.get(before));
            run.steps(5);
            run.happens(all.get(what));
            run.steps(4);
            run.happens(all.get(what.equals("a check that throws") ? "a check" : "other weights"));
            run.steps(3);
            return run.seen();
        }
    }

    /// More than one block of rows, whose gradients are summed.
    @ParameterizedTest
    @ValueSource(ints = {2, 5, 100})
    void manyRowsAreStepsCallByCall(int in) throws Exception {
        for (int threads : new int[]{1, 4}) {
            List<List<String>> seen = new ArrayList<>();
            for (Way way : Way.values()) {
                try (Run run = new Run(way, in, 2500)) {
                    run.net.threads(threads);
                    for (int count : new int[]{2500, 2500, 1024, 1025, 2500}) {
                        run.move(2500 - count, count);
                        run.steps(2);
                    }
                    seen.add(run.seen());
                }
            }
            assertEquals(withoutGradients(seen.get(1)), withoutGradients(seen.get(0)), threads + " threads");
            assertEquals(withoutGradients(seen.get(2)), withoutGradients(seen.get(0)), threads + " threads");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void goesOnAsIfItRememberedNothing(String what) throws Exception {
        for (String before : List.of("nothing", "a check", "momentum", "rows by index", "single losses")) {
            for (int in : new int[]{1, 2, 5, 100}) {
                List<String> remembering = results(Way.REMEMBERING, in, what, before);
                assertEquals(String.join("\n", results(Way.FORGETTING, in, what, before)),
                        String.join("\n", remembering), what + " after " + before + ", " + in + " inputs");
                if (stepsCallByCall(what, remembering)) {
                    assertEquals(withoutGradients(results(Way.CALL_BY_CALL, in, what, before)),
                            withoutGradients(remembering), what + " after " + before + ", " + in + " inputs");
                }
            }
        }
    }
}
