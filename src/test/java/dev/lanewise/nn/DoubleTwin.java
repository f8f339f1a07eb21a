// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.DropoutMask;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/// A chain of layers in plain Java and double, with nothing but forward: the oracle of gradients, by central
/// differences. Dropout takes the masks of its last training forward.
final class DoubleTwin {
    /// The parameters in the order of the module's, changeable.
    final List<double[][]> parameters = new ArrayList<>();

    private final List<Layer> layers;

    /// A twin of `layers` with their present parameters.
    DoubleTwin(List<? extends Layer> layers) {
        this.layers = List.copyOf(layers);
        for (Layer layer : layers) {
            for (Parameter p : layer.layerParameters()) {
                parameters.add(toDouble(p.value()));
            }
        }
    }

    static double[][] toDouble(FloatMatrix matrix) {
        double[][] values = new double[matrix.rows()][matrix.cols()];
        for (int r = 0; r < matrix.rows(); r++) {
            for (int c = 0; c < matrix.cols(); c++) {
                values[r][c] = matrix.get(r, c);
            }
        }
        return values;
    }

    double[][] forward(double[][] x) {
        double[][] h = x;
        int next = 0;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) instanceof Linear linear) {
                double[][] weight = parameters.get(next++);
                h = affine(h, weight, linear.bias() == null ? new double[weight.length] : parameters.get(next++)[0]);
            } else if (layers.get(i) instanceof Rowwise rowwise) {
                h = softmax(h, rowwise instanceof LogSoftmax);
            } else if (layers.get(i) instanceof Normalization norm) {
                double[] ones = new double[h[0].length];
                Arrays.fill(ones, 1);
                double[] weight = norm.weight() == null ? ones : parameters.get(next++)[0];
                double[] bias = norm.bias() == null ? new double[ones.length] : parameters.get(next++)[0];
                h = normalized(h, norm, weight, bias);
            } else {
                h = elementwise(h, layers.get(i), i);
            }
        }
        return h;
    }

    private static double[][] affine(double[][] x, double[][] weight, double[] bias) {
        double[][] y = new double[x.length][weight.length];
        for (int r = 0; r < x.length; r++) {
            for (int o = 0; o < weight.length; o++) {
                y[r][o] = bias[o];
                for (int i = 0; i < x[r].length; i++) {
                    y[r][o] += x[r][i] * weight[o][i];
                }
            }
        }
        return y;
    }

    /// Batch norm with the statistics of the batch, or, in evaluation mode, the running ones; layer norm.
    private static double[][] normalized(double[][] x, Normalization norm, double[] weight, double[] bias) {
        double[][] y = new double[x.length][x[0].length];
        if (norm instanceof LayerNorm) {
            for (int r = 0; r < x.length; r++) {
                y[r] = standardized(x[r], norm.eps());
            }
        } else {
            for (int c = 0; c < x[0].length; c++) {
                double[] column = new double[x.length];
                for (int r = 0; r < x.length; r++) {
                    column[r] = x[r][c];
                }
                BatchNorm1d batch = (BatchNorm1d) norm;
                boolean running = !batch.isTraining() && batch.runningMean() != null;
                double[] z = running ? column : standardized(column, norm.eps());
                for (int r = 0; r < x.length; r++) {
                    y[r][c] = !running ? z[r] : (z[r] - batch.runningMean().value().get(0, c))
                            / Math.sqrt(batch.runningVar().value().get(0, c) + (double) norm.eps());
                }
            }
        }
        for (double[] row : y) {
            for (int c = 0; c < row.length; c++) {
                row[c] = row[c] * weight[c] + bias[c];
            }
        }
        return y;
    }

    /// `(x - mean) / sqrt(variance + eps)`.
    static double[] standardized(double[] x, double eps) {
        double mean = Arrays.stream(x).sum() / x.length;
        double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / x.length;
        return Arrays.stream(x).map(v -> (v - mean) / Math.sqrt(variance + eps)).toArray();
    }

    private static double[][] elementwise(double[][] x, Layer layer, int position) {
        double[][] y = new double[x.length][x[0].length];
        for (int r = 0; r < x.length; r++) {
            for (int c = 0; c < x[r].length; c++) {
                double v = x[r][c];
                y[r][c] = switch (layer) {
                    case ReLU _ -> Math.max(v, 0);
                    case Sigmoid _ -> 1 / (1 + Math.exp(-v));
                    case Tanh _ -> Math.tanh(v);
                    case LeakyReLU leaky -> v > 0 ? v : v * leaky.negativeSlope();
                    case ELU elu -> v > 0 ? v : elu.alpha() * Math.expm1(v);
                    case SELU _ -> 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v));
                    case GELU gelu -> gelu(v, gelu.approximate());
                    case SiLU _ -> v / (1 + Math.exp(-v));
                    case Mish _ -> v * Math.tanh(Math.log1p(Math.exp(v)));
                    case Softplus plus -> v * plus.beta() > plus.threshold() ? v
                            : Math.log1p(Math.exp(v * plus.beta())) / plus.beta();
                    case LogSigmoid _ -> -Math.log1p(Math.exp(-v));
                    case Hardtanh hard -> Math.clamp(v, hard.minVal(), hard.maxVal());
                    case ReLU6 _ -> Math.clamp(v, 0, 6);
                    case Flatten _ -> v;
                    case Dropout dropout -> keeps(dropout, position, r, c) ? v / (1 - dropout.p()) : 0;
                    default -> throw new AssertionError(layer);
                };
            }
        }
        return y;
    }

    private static double[][] softmax(double[][] x, boolean log) {
        double[][] y = new double[x.length][x[0].length];
        for (int r = 0; r < x.length; r++) {
            double sum = 0;
            for (double v : x[r]) {
                sum += Math.exp(v);
            }
            for (int c = 0; c < x[r].length; c++) {
                y[r][c] = log ? x[r][c] - Math.log(sum) : Math.exp(x[r][c]) / sum;
            }
        }
        return y;
    }

    private static double gelu(double x, GELU.Approximate approximate) {
        if (approximate == GELU.Approximate.TANH) {
            return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        }
        double sum = 0; // the normal distribution function by its power series: all values here are small
        double term = x;
        for (int k = 1; k < 200; k += 2) {
            sum += term;
            term *= x * x / (k + 2);
        }
        return x * (0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI));
    }

    /// Whether the last training forward of the layer at `position` has kept a value.
    static boolean keeps(Dropout dropout, int position, int row, int column) {
        long stream = RandomStreams.key(dropout.seed(), "dropout " + position);
        long key = DropoutMask.key(stream, dropout.forwards() - 1) | 1;
        return DropoutMask.keeps(DropoutMask.row(key, row), column, DropoutMask.threshold(dropout.p()));
    }

    /// The derivative of `loss(forward(x), y)` by every value of parameter `index`.
    double[][] gradient(int index, double[][] x, double[][] y, ToDoubleBiFunction<double[][], double[][]> loss) {
        double[][] p = parameters.get(index);
        double[][] gradient = new double[p.length][p[0].length];
        double h = 0x1p-17;
        for (int r = 0; r < p.length; r++) {
            for (int c = 0; c < p[r].length; c++) {
                double value = p[r][c];
                p[r][c] = value + h;
                double above = loss.applyAsDouble(forward(x), y);
                p[r][c] = value - h;
                double below = loss.applyAsDouble(forward(x), y);
                p[r][c] = value;
                gradient[r][c] = (above - below) / (2 * h);
            }
        }
        return gradient;
    }

    /// The sum of `factor * (x - y)^2` over all elements.
    static double squaredError(double[][] x, double[][] y, double factor) {
        double sum = 0;
        for (int r = 0; r < x.length; r++) {
            for (int c = 0; c < x[r].length; c++) {
                sum += factor * (x[r][c] - y[r][c]) * (x[r][c] - y[r][c]);
            }
        }
        return sum;
    }

    /// The sum over the rows of the cross-entropy of logits `x` against probabilities `y`.
    static double crossEntropy(double[][] x, double[][] y) {
        double sum = 0;
        for (int r = 0; r < x.length; r++) {
            double exponentials = 0;
            for (double logit : x[r]) {
                exponentials += Math.exp(logit);
            }
            for (int c = 0; c < x[r].length; c++) {
                sum += y[r][c] * (Math.log(exponentials) - x[r][c]);
            }
        }
        return sum;
    }
}
