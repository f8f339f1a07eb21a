// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.random.TorchRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Initial values of parameters, as PyTorch's `torch.nn.init`.
///
/// ```java
/// Init init = Init.seed(42);
/// init.kaimingNormal(first.weight(), 0, Init.FanMode.FAN_IN, Init.Nonlinearity.RELU);
/// Init.zeros(first.bias());
/// ```
///
/// **Numerics**: with [#seed] every parameter has a stream of its own, a function of the seed and the parameter's dotted
/// name in the outermost module: neither the order of the calls nor what else is initialised changes a bit, and the same
/// call again gives the same values. With [#torch] all draw from one stream, as in PyTorch, where the order of the calls
/// matters. Ranges and deviations are computed in double. Elements are filled row by row.
public final class Init {
    private final long seed;
    private final @Nullable TorchRandom torch;

    /// Which side of a weight (out, in) decides its scale.
    public enum FanMode {
        /// The inputs: keeps the variance of the activations in the forward pass.
        FAN_IN,
        /// The outputs: keeps the variance of the gradients in the backward pass.
        FAN_OUT
    }

    /// What follows a layer, for [#calculateGain].
    public enum Nonlinearity {
        /// Nothing.
        LINEAR,
        /// [Sigmoid].
        SIGMOID,
        /// [Tanh].
        TANH,
        /// [ReLU].
        RELU,
        /// A leaky ReLU, whose negative slope is the parameter.
        LEAKY_RELU,
        /// SELU.
        SELU
    }

    private Init(long seed, @Nullable TorchRandom torch) {
        this.seed = seed;
        this.torch = torch;
    }

    /// Draws from streams that are functions of `seed` and the name of the parameter; any seed is legal.
    public static Init seed(long seed) {
        return new Init(seed, null);
    }

    /// Draws from `random`, in the order of the calls: what the same calls in PyTorch give after `torch.manual_seed`.
    public static Init torch(TorchRandom random) {
        return new Init(0, random);
    }

    /// PyTorch's default for all parameters of `module`, in their order.
    ///
    /// From a [TorchRandom] a chain of layers gets the weights that PyTorch gives when it makes the same layers in the same
    /// order; the masks of [Dropout] stay as they are, because PyTorch's cannot be had. Otherwise it is
    /// [Module#init(long)].
    public void defaults(Module module) {
        if (torch == null) {
            module.init(seed);
            return;
        }
        module.root().bind();
        for (Parameter parameter : module.parameters()) {
            parameter.init(torch);
        }
    }

    /// `uniform_`: U(0, 1).
    public void uniform(Parameter parameter) {
        uniform(parameter, 0, 1);
    }

    /// `uniform_`: U(a, b).
    ///
    /// **Throws** `IllegalArgumentException` if `a` is above `b` or the range is not finite as a float.
    public void uniform(Parameter parameter, double a, double b) {
        float low = (float) a;
        float range = (float) b - low;
        if (!(a <= b) || !Float.isFinite(range)) {
            throw new IllegalArgumentException("Init.uniform: a=" + a + ", b=" + b
                    + ", expected an ascending range of floats");
        }
        FloatMatrix values = parameter.value();
        parameter.changed();
        if (torch != null) {
            torch.uniform(values, a, b);
            return;
        }
        RandomGenerator random = stream(parameter);
        for (int r = 0; r < values.rows(); r++) {
            for (int c = 0; c < values.cols(); c++) {
                values.set(r, c, RandomStreams.uniform(random) * range + low);
            }
        }
    }

    /// `normal_`: N(0, 1).
    public void normal(Parameter parameter) {
        normal(parameter, 0, 1);
    }

    /// `normal_`: N(mean, std^2).
    ///
    /// **Throws** `IllegalArgumentException` if `std` is negative or NaN.
    public void normal(Parameter parameter, double mean, double std) {
        if (!(std >= 0)) {
            throw new IllegalArgumentException("Init.normal: std is " + std + ", expected 0 or more");
        }
        FloatMatrix values = parameter.value();
        parameter.changed();
        if (torch != null) {
            torch.normal(values, mean, std);
            return;
        }
        RandomGenerator random = stream(parameter);
        for (int r = 0; r < values.rows(); r++) {
            for (int c = 0; c < values.cols(); c++) {
                values.set(r, c, (float) (RandomStreams.normal(random) * std + mean));
            }
        }
    }

    private RandomGenerator stream(Parameter parameter) {
        return RandomStreams.stream(seed, "init " + parameter.fullName());
    }

    /// `constant_`: all elements `value`.
    public static void constant(Parameter parameter, float value) {
        parameter.fill(value);
    }

    /// `zeros_`: all elements 0.
    public static void zeros(Parameter parameter) {
        parameter.fill(0);
    }

    /// `ones_`: all elements 1.
    public static void ones(Parameter parameter) {
        parameter.fill(1);
    }

    /// [#xavierUniform(Parameter, double)] with gain 1.
    public void xavierUniform(Parameter weight) {
        xavierUniform(weight, 1);
    }

    /// `xavier_uniform_`: U(-a, a) with a = gain sqrt(6 / (in + out)).
    ///
    /// **Throws** `IllegalArgumentException` if `weight` is a vector or the gain is negative.
    ///
    /// **Source**: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
    /// 2010.
    public void xavierUniform(Parameter weight, double gain) {
        double bound = Math.sqrt(3) * xavierStd("Init.xavierUniform", weight, gain);
        uniform(weight, -bound, bound);
    }

    /// [#xavierNormal(Parameter, double)] with gain 1.
    public void xavierNormal(Parameter weight) {
        xavierNormal(weight, 1);
    }

    /// `xavier_normal_`: N(0, std^2) with std = gain sqrt(2 / (in + out)).
    ///
    /// **Throws** `IllegalArgumentException` if `weight` is a vector or the gain is negative.
    public void xavierNormal(Parameter weight, double gain) {
        normal(weight, 0, xavierStd("Init.xavierNormal", weight, gain));
    }

    private static double xavierStd(String operation, Parameter weight, double gain) {
        requireMatrix(operation, weight);
        if (!(gain >= 0 && gain < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    operation + ": gain is " + gain + ", expected a finite number of 0 or more");
        }
        return gain * Math.sqrt(2.0 / ((double) weight.rows() + weight.cols()));
    }

    /// [#kaimingUniform(Parameter, double, FanMode, Nonlinearity)] with PyTorch's defaults: a = 0, fan in, leaky ReLU.
    public void kaimingUniform(Parameter weight) {
        kaimingUniform(weight, 0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
    }

    /// `kaiming_uniform_`: U(-b, b) with b = gain sqrt(3 / fan); `a` is the negative slope of a leaky ReLU and means
    /// nothing to the others.
    ///
    /// **Throws** `IllegalArgumentException` if `weight` is a vector.
    ///
    /// **Source**: K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers", 2015.
    public void kaimingUniform(Parameter weight, double a, FanMode mode, Nonlinearity nonlinearity) {
        double bound = Math.sqrt(3) * kaimingStd("Init.kaimingUniform", weight, a, mode, nonlinearity);
        uniform(weight, -bound, bound);
    }

    /// [#kaimingNormal(Parameter, double, FanMode, Nonlinearity)] with PyTorch's defaults: a = 0, fan in, leaky ReLU.
    public void kaimingNormal(Parameter weight) {
        kaimingNormal(weight, 0, FanMode.FAN_IN, Nonlinearity.LEAKY_RELU);
    }

    /// `kaiming_normal_`: N(0, std^2) with std = gain / sqrt(fan); `a` as in [#kaimingUniform(Parameter, double, FanMode,
    /// Nonlinearity)].
    ///
    /// **Throws** `IllegalArgumentException` if `weight` is a vector.
    public void kaimingNormal(Parameter weight, double a, FanMode mode, Nonlinearity nonlinearity) {
        normal(weight, 0, kaimingStd("Init.kaimingNormal", weight, a, mode, nonlinearity));
    }

    private static double kaimingStd(String operation, Parameter weight, double a, FanMode mode,
            Nonlinearity nonlinearity) {
        requireMatrix(operation, weight);
        int fan = mode == FanMode.FAN_IN ? weight.cols() : weight.rows();
        return calculateGain(nonlinearity, a) / Math.sqrt(fan);
    }

    private static void requireMatrix(String operation, Parameter weight) {
        if (weight.isVector()) {
            throw new IllegalArgumentException(operation + ": " + weight
                    + " is a vector, expected a weight (out, in): a vector has no fan in and fan out");
        }
    }

    /// `calculate_gain`, for a leaky ReLU with the slope 0.01.
    public static double calculateGain(Nonlinearity nonlinearity) {
        return calculateGain(nonlinearity, 0.01);
    }

    /// `calculate_gain`: the factor by which weights have to be larger because of what follows them; `negativeSlope` is
    /// that of a leaky ReLU.
    ///
    /// **Throws** `IllegalArgumentException` if the slope of a leaky ReLU is not finite.
    public static double calculateGain(Nonlinearity nonlinearity, double negativeSlope) {
        return switch (nonlinearity) {
            case LINEAR, SIGMOID -> 1;
            case TANH -> 5.0 / 3;
            case RELU -> Math.sqrt(2);
            case LEAKY_RELU -> {
                if (!Double.isFinite(negativeSlope)) {
                    throw new IllegalArgumentException(
                            "Init.calculateGain: negative slope is " + negativeSlope + ", expected a finite number");
                }
                yield Math.sqrt(2.0 / (1 + negativeSlope * negativeSlope));
            }
            case SELU -> 3.0 / 4;
        };
    }
}
