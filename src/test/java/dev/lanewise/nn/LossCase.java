// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.RandomTables;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Stream;

/// A loss with targets that suit it and its formula in double: the sum over a batch of predictions and targets, and what
/// its mean divides by. Class labels come to the formula as rows of one number.
public record LossCase(String name, Function<Reduction, LossFunction> loss, Targets targets,
        ToDoubleBiFunction<double[][], double[][]> sum, ToDoubleBiFunction<double[][], double[][]> divisor) {
    private static final float[] WEIGHT = {0.5f, 2, 1.25f, 0.75f};
    private static final float[] POS_WEIGHT = {3, 0.25f, 1, 2};
    private static final double K = 4;

    /// What the targets look like.
    public enum Targets {
        /// In [-1, 1).
        NUMBERS,
        /// -1 or 1.
        SIGNS,
        /// Positive, with a sum of 1.
        PROBABILITIES,
        /// 0 to 3.
        LABELS,
        /// 0 to 3, every third ignored.
        SOME_LABELS,
        /// Twice as many, positive.
        WITH_VARIANCES,
        /// Half as many.
        HALF;

        /// Targets for 4 outputs.
        public Table make(SplittableRandom random, int rows) {
            return switch (this) {
                case NUMBERS -> RandomTables.floats(random, rows, 4);
                case SIGNS -> {
                    FloatMatrix y = RandomTables.floats(random, rows, 4);
                    for (int i = 0; i < 4 * rows; i++) {
                        y.set(i / 4, i % 4, y.get(i / 4, i % 4) < 0 ? -1 : 1);
                    }
                    yield y;
                }
                case PROBABILITIES -> RandomTables.probabilities(random, rows, 4);
                case LABELS -> RandomTables.labels(random, rows, 4);
                case SOME_LABELS -> {
                    ClassLabels y = RandomTables.labels(random, rows, 4);
                    for (int r = 1; r < rows; r += 3) {
                        y.set(r, -100);
                    }
                    yield y;
                }
                case WITH_VARIANCES -> RandomTables.probabilities(random, rows, 8);
                case HALF -> RandomTables.floats(random, rows, 2);
            };
        }
    }

    /// Whether predictions have to lie between 0 and 1.
    public boolean needsProbabilities() {
        return name.startsWith("BCELoss") || name.startsWith("GaussianNLLLoss");
    }

    static double[][] toDouble(Table y) {
        if (y instanceof FloatMatrix matrix) {
            return DoubleTwin.toDouble(matrix);
        }
        double[][] labels = new double[y.rows()][1];
        for (int r = 0; r < y.rows(); r++) {
            labels[r][0] = ((ClassLabels) y).get(r);
        }
        return labels;
    }

    /// All losses, with and without their options.
    public static Stream<LossCase> all() {
        return Stream.of(
                element("MSELoss", MSELoss::new, Targets.NUMBERS, (x, y, _) -> (x - y) * (x - y)),
                element("HalfSquaredLoss", HalfSquaredLoss::new, Targets.NUMBERS, (x, y, _) -> 0.5 * (x - y) * (x - y)),
                element("L1Loss", L1Loss::new, Targets.NUMBERS, (x, y, _) -> Math.abs(x - y)),
                element("SmoothL1Loss", SmoothL1Loss::new, Targets.NUMBERS, (x, y, _) -> huber(x - y, 1)),
                element("SmoothL1Loss 0.25", r -> new SmoothL1Loss(r).beta(0.25f), Targets.NUMBERS,
                        (x, y, _) -> huber(x - y, 0.25) / 0.25),
                element("SmoothL1Loss 0", r -> new SmoothL1Loss(r).beta(0), Targets.NUMBERS,
                        (x, y, _) -> Math.abs(x - y)),
                element("HuberLoss", HuberLoss::new, Targets.NUMBERS, (x, y, _) -> huber(x - y, 1)),
                element("HuberLoss 0.25", r -> new HuberLoss(r).delta(0.25f), Targets.NUMBERS,
                        (x, y, _) -> huber(x - y, 0.25)),
                element("BCEWithLogitsLoss", BCEWithLogitsLoss::new, Targets.PROBABILITIES,
                        (x, y, _) -> logits(x, y, 1)),
                element("BCEWithLogitsLoss with weights",
                        r -> new BCEWithLogitsLoss(r).weight(WEIGHT).posWeight(POS_WEIGHT), Targets.PROBABILITIES,
                        (x, y, j) -> WEIGHT[j] * logits(x, y, POS_WEIGHT[j])),
                element("BCELoss", BCELoss::new, Targets.PROBABILITIES, (x, y, _) -> binary(x, y)),
                element("BCELoss with weights", r -> new BCELoss(r).weight(WEIGHT), Targets.PROBABILITIES,
                        (x, y, j) -> WEIGHT[j] * binary(x, y)),
                element("HingeLoss", HingeLoss::new, Targets.SIGNS, (x, y, _) -> Math.max(0, 1 - y * x)),
                element("HingeLoss 0.5", r -> new HingeLoss(r).margin(0.5f), Targets.SIGNS,
                        (x, y, _) -> Math.max(0, 0.5 - y * x)),
                element("HingeEmbeddingLoss 0.5", r -> new HingeEmbeddingLoss(r).margin(0.5f), Targets.SIGNS,
                        (x, y, _) -> y == 1 ? x : Math.max(0, 0.5 - x)),
                rows("CrossEntropyLoss", CrossEntropyLoss::new, Targets.LABELS, LossCase::crossEntropy),
                rows("CrossEntropyLoss, ignoring", CrossEntropyLoss::new, Targets.SOME_LABELS, LossCase::crossEntropy),
                weighted("CrossEntropyLoss with weights, ignoring", r -> new CrossEntropyLoss(r).weight(WEIGHT),
                        (x, y) -> WEIGHT[(int) y[0]] * crossEntropy(x, y)),
                rows("CrossEntropyLoss, smoothing", r -> new CrossEntropyLoss(r).labelSmoothing(0.25f), Targets.LABELS,
                        (x, y) -> 0.75 * crossEntropy(x, y) + 0.25 * spread(x, 1, 1, 1, 1)),
                weighted("CrossEntropyLoss with weights, smoothing, ignoring",
                        r -> new CrossEntropyLoss(r).weight(WEIGHT).labelSmoothing(0.25f),
                        (x, y) -> 0.75 * WEIGHT[(int) y[0]] * crossEntropy(x, y) + 0.25 * spread(x, WEIGHT)),
                rows("CrossEntropyLoss of probabilities", CrossEntropyLoss::new, Targets.PROBABILITIES,
                        (x, y) -> expected(x, y, 0, 1, 1, 1, 1)),
                rows("CrossEntropyLoss of probabilities, weights, smoothing",
                        r -> new CrossEntropyLoss(r).weight(WEIGHT).labelSmoothing(0.25f), Targets.PROBABILITIES,
                        (x, y) -> expected(x, y, 0.25, WEIGHT)),
                rows("NLLLoss", NLLLoss::new, Targets.SOME_LABELS, (x, y) -> -x[(int) y[0]]),
                weighted("NLLLoss with weights", r -> new NLLLoss(r).weight(WEIGHT),
                        (x, y) -> -WEIGHT[(int) y[0]] * x[(int) y[0]]),
                rows("MultiMarginLoss", MultiMarginLoss::new, Targets.LABELS, (x, y) -> margins(x, y, 1, 1)),
                rows("MultiMarginLoss with weights, p = 2, margin 0.5",
                        r -> new MultiMarginLoss(r).weight(WEIGHT).p(2).margin(0.5f), Targets.LABELS,
                        (x, y) -> WEIGHT[(int) y[0]] * margins(x, y, 2, 0.5)),
                new LossCase("GaussianNLLLoss", GaussianNLLLoss::new, Targets.HALF,
                        (x, y) -> gaussian(x, y, false), (x, _) -> 2.0 * x.length),
                new LossCase("GaussianNLLLoss of known variances, full", r -> new GaussianNLLLoss(r).full(true),
                        Targets.WITH_VARIANCES, (x, y) -> gaussian(x, y, true), (x, _) -> 4.0 * x.length),
                element("Cubes", Cubes::new, Targets.NUMBERS, (x, y, _) -> Math.abs(Math.pow(x - y, 3)))
                        .dividing((x, _) -> x.length));
    }

    private LossCase dividing(ToDoubleBiFunction<double[][], double[][]> by) {
        return new LossCase(name, loss, targets, sum, by);
    }

    private interface Element {
        double at(double x, double y, int j);
    }

    private static LossCase element(String name, Function<Reduction, LossFunction> loss, Targets targets, Element f) {
        return new LossCase(name, loss, targets, (x, y) -> {
            double sum = 0;
            for (int r = 0; r < x.length; r++) {
                for (int j = 0; j < x[r].length; j++) {
                    sum += f.at(x[r][j], y[r][j], j);
                }
            }
            return sum;
        }, (x, _) -> (double) x.length * x[0].length);
    }

    private static LossCase rows(String name, Function<Reduction, LossFunction> loss, Targets targets,
            ToDoubleBiFunction<double[], double[]> f) {
        return new LossCase(name, loss, targets, (x, y) -> sumOfRows(x, y, f), (x, y) -> sumOfRows(x, y, (_, _) -> 1));
    }

    private static LossCase weighted(String name, Function<Reduction, LossFunction> loss,
            ToDoubleBiFunction<double[], double[]> f) {
        return rows(name, loss, Targets.SOME_LABELS, f)
                .dividing((x, y) -> sumOfRows(x, y, (_, label) -> WEIGHT[(int) label[0]]));
    }

    private static double sumOfRows(double[][] x, double[][] y, ToDoubleBiFunction<double[], double[]> f) {
        double sum = 0;
        for (int r = 0; r < x.length; r++) {
            sum += y[r][0] == -100 ? 0 : f.applyAsDouble(x[r], y[r]);
        }
        return sum;
    }

    private static double huber(double d, double delta) {
        return Math.abs(d) <= delta ? 0.5 * d * d : delta * (Math.abs(d) - 0.5 * delta);
    }

    private static double logits(double x, double y, double p) {
        return (1 - y) * x + (1 + (p - 1) * y) * (Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0));
    }

    private static double binary(double x, double y) {
        return -(y * Math.max(-100, Math.log(x)) + (1 - y) * Math.max(-100, Math.log(1 - x)));
    }

    private static double minusLogP(double[] x, int j) {
        double sum = 0;
        for (double logit : x) {
            sum += Math.exp(logit);
        }
        return Math.log(sum) - x[j];
    }

    private static double crossEntropy(double[] x, double[] y) {
        return minusLogP(x, (int) y[0]);
    }

    private static double spread(double[] x, float... w) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            sum += w[j] / K * minusLogP(x, j);
        }
        return sum;
    }

    private static double expected(double[] x, double[] y, double eps, float... w) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            sum += w[j] * ((1 - eps) * y[j] + eps / K) * minusLogP(x, j);
        }
        return sum;
    }

    private static double margins(double[] x, double[] y, int p, double margin) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            sum += j == (int) y[0] ? 0 : Math.pow(Math.max(0, margin - x[(int) y[0]] + x[j]), p);
        }
        return sum / K;
    }

    private static double gaussian(double[][] x, double[][] y, boolean given) {
        double sum = 0;
        int k = Math.min(x[0].length, y[0].length);
        for (int r = 0; r < x.length; r++) {
            for (int j = 0; j < k; j++) {
                double v = given ? y[r][k + j] : x[r][k + j];
                double d = x[r][j] - y[r][j];
                sum += 0.5 * (Math.log(v) + d * d / v) + (given ? 0.5 * Math.log(2 * Math.PI) : 0);
            }
        }
        return sum;
    }

    /// A loss of a user's own: `|x - y|^3`, added up over the row.
    static final class Cubes extends CustomLoss {
        Cubes(Reduction reduction) {
            super(reduction);
        }

        @Override
        protected void compute(FloatMatrix losses, FloatMatrix gradient, Rows prediction, Rows target, int first,
                int rows) {
            for (int r = first; r < first + rows; r++) {
                float sum = 0;
                for (int j = 0; j < prediction.cols(); j++) {
                    float d = prediction.get(r, j) - target.get(r, j);
                    sum += Math.abs(d * d * d);
                    gradient.set(r, j, 3 * d * Math.abs(d));
                }
                losses.set(r, 0, sum);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
