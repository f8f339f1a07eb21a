// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A layer of your own: forward and backward over rows, with or without parameters, to be used as any other layer.
///
/// ```java
/// final class Scale extends CustomLayer { // y = factor * x, one factor for each feature
///     private final Parameter factor;
///
///     Scale(int features) {
///         factor = addParameter("factor", features);
///     }
///
///     @Override
///     public int outFeatures(int inFeatures) {
///         return inFeatures;
///     }
///
///     @Override
///     protected void forward(FloatMatrix x, FloatMatrix y, int first, int rows) {
///         for (int r = first; r < first + rows; r++) {
///             for (int c = 0; c < y.cols(); c++) {
///                 y.set(r, c, factor.value().get(0, c) * x.get(r, c));
///             }
///         }
///     }
///
///     @Override
///     protected void backward(FloatMatrix dX, FloatMatrix dY, FloatMatrix x, FloatMatrix y, int first, int rows) {
///         for (int r = first; r < first + rows; r++) {
///             for (int c = 0; c < y.cols(); c++) {
///                 dX.set(r, c, factor.value().get(0, c) * dY.get(r, c));
///             }
///         }
///     }
///
///     @Override
///     protected void parameterGradient(Parameter parameter, FloatMatrix gradient, FloatMatrix x, FloatMatrix dY,
///             int rows) {
///         for (int r = 0; r < rows; r++) {
///             for (int c = 0; c < dY.cols(); c++) {
///                 gradient.set(0, c, Math.fma(dY.get(r, c), x.get(r, c), gradient.get(0, c)));
///             }
///         }
///     }
/// }
/// ```
///
/// [GradientCheck] finds mistakes in them.
///
/// **Shape**: all matrices are (batch, features) and may have more rows than the batch. **Numerics**: the same bits for
/// any number of threads, if a row of `y` and `dX` depends on the same row of the other matrices alone, and sums over
/// rows are taken ascending. **Aliasing**: none; matrices hold old values until they are written, the gradient of a
/// parameter is 0. **Threads**: [#forward] and [#backward] are called for parts of the batch by several threads at a
/// time, and the parts may be cut anywhere: they must write these rows and no others, and change no field.
/// **Ownership**: the matrices are the library's and valid within the call. Use [FloatMatrix#set], or leave the padding
/// of rows at +0.0.
public abstract class CustomLayer extends Layer {
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<FloatMatrix> gradients = new ArrayList<>();

    /// A layer without parameters so far.
    protected CustomLayer() {
    }

    /// Adds a parameter (rows, cols), for the constructor.
    ///
    /// **Throws** `IllegalArgumentException` if a size is not at least 1, or the name is empty, has a point or has been
    /// given before, `IllegalStateException` once the layer or what it is part of has been used.
    protected final Parameter addParameter(String name, int rows, int cols) {
        check(name, rows, cols);
        Parameter added = Parameter.matrix(this, name, rows, cols, false, bound(cols));
        parameters.add(added);
        return added;
    }

    /// Adds a parameter of one dimension, which is a matrix of one row; otherwise as
    /// [#addParameter(String, int, int)].
    protected final Parameter addParameter(String name, int size) {
        check(name, 1, size);
        Parameter added = Parameter.vector(this, name, size, bound(size));
        parameters.add(added);
        return added;
    }

    private static float bound(int cols) {
        return (float) (1 / Math.sqrt(cols));
    }

    private void check(String name, int rows, int cols) {
        boolean twice = parameters.stream().anyMatch(p -> p.localName().equals(name));
        if (name.isEmpty() || name.indexOf('.') >= 0 || twice) {
            throw new IllegalArgumentException(this + ": the parameter name '" + name + "' is "
                    + (twice ? "given twice" : "empty or has a point") + ", expected distinct names without points");
        }
        if (rows < 1 || cols < 1) {
            throw new IllegalArgumentException(this + ": parameter " + name + " is (" + rows + ", " + cols
                    + "), expected both to be at least 1");
        }
        if (isBound()) {
            throw new IllegalStateException(this + ": parameter " + name
                    + " comes too late, expected all parameters to be added in the constructor");
        }
    }

    /// Computes the rows `first .. first + rows - 1` of the outputs `y` from those of the inputs `x`.
    protected abstract void forward(FloatMatrix x, FloatMatrix y, int first, int rows);

    /// Computes the rows `first .. first + rows - 1` of `dX`, the gradient of the inputs, from those of `dY`, the
    /// gradient of the outputs; `x` and `y` are those of the forward pass. Not called if nobody needs `dX`.
    protected abstract void backward(FloatMatrix dX, FloatMatrix dY, FloatMatrix x, FloatMatrix y, int first,
            int rows);

    /// Computes the gradient of `parameter` over the rows `0 .. rows - 1` of the batch; `gradient`, of its shape, is 0 at
    /// first. Called once a step for each parameter that is not frozen, for different ones by different threads.
    ///
    /// To be overridden by a layer with parameters.
    protected void parameterGradient(Parameter parameter, FloatMatrix gradient, FloatMatrix x, FloatMatrix dY,
            int rows) {
        throw new IllegalStateException(this + " has the parameter " + parameter
                + ", but no gradient for it; override parameterGradient");
    }

    /// Sets the first values of `parameter`: at the first use of the module and by [Module#init]. Uniform in
    /// +-1/sqrt(cols) unless overridden, such as by `parameter.fill(1)`.
    protected void init(Parameter parameter, RandomGenerator random) {
        parameter.uniform(random);
    }

    /// Multiply-adds for a row of `inFeatures` values, or what takes as long: it decides how many threads a batch is
    /// worth. As many as there are inputs and values of parameters, unless overridden.
    protected long multiplyAdds(int inFeatures) {
        long sum = inFeatures;
        for (Parameter parameter : parameters) {
            sum += (long) parameter.rows() * parameter.cols();
        }
        return sum;
    }

    @Override
    final List<Parameter> layerParameters() {
        return parameters;
    }

    @Override
    final void checkInput(int rows, int cols) {
        int out = outFeatures(cols);
        if (out < 1) {
            throw new IllegalArgumentException(
                    this + ": outFeatures(" + cols + ") is " + out + ", expected at least 1");
        }
    }

    @Override
    final void initParameter(Parameter parameter, RandomGenerator random) {
        init(parameter, random);
    }

    /// Only rows from the first of a matrix: then a row has one number in all matrices.
    @Override
    final boolean readsInPlace(Rows x) {
        return x.index().byteSize() == 0 && x.first() == 0;
    }

    @Override
    final long work(int cols) {
        return multiplyAdds(cols);
    }

    @Override
    final void forward(LayerInput x, FloatMatrix y, int first, int rows, long token, Workspace workspace) {
        forward(x.matrix(), y, first, rows);
    }

    @Override
    final void inputGradient(FloatMatrix dX, FloatMatrix dY, LayerInput x, FloatMatrix y, int first, int rows,
            long token, Workspace workspace) {
        backward(dX, dY, x.matrix(), y, first, rows);
    }

    /// A part for each parameter: a sum over rows is never cut.
    @Override
    final int gradientParts(int threads) {
        return parameters.size();
    }

    @Override
    final void beginGradient(int rows) {
        while (gradients.size() < parameters.size()) {
            Parameter next = parameters.get(gradients.size());
            gradients.add(FloatMatrix.allocate(next.rows(), next.cols()));
        }
    }

    @Override
    final void parameterGradient(LayerInput x, FloatMatrix dY, int rows, int part, int parts, Workspace workspace) {
        Parameter parameter = parameters.get(part);
        if (parameter.requiresGrad()) {
            FloatMatrix gradient = gradients.get(part);
            gradient.segment().fill((byte) 0);
            parameterGradient(parameter, gradient, x.matrix(), dY, rows);
            parameter.sink().accept(gradient.segment(), 0, 0, Math.toIntExact(gradient.paddedSize()));
        }
    }

    /// The gradients want all rows at once.
    @Override
    final boolean addsRows() {
        return false;
    }

    @Override
    final long trainingBytes(int rows, boolean through) {
        return !trains() ? 0 : parameters.stream().mapToLong(p -> FloatMatrix.bytes(p.rows(), p.cols())).sum();
    }

    @Override
    final long layerBytesOffHeap() {
        return gradients.stream().mapToLong(g -> g.paddedSize() * Float.BYTES).sum();
    }

    @Override
    final void freeLayerMemory() {
        gradients.forEach(FloatMatrix::close);
        gradients.clear();
    }

    /// The name of the class, unless overridden.
    @Override
    public String toString() {
        String name = getClass().getSimpleName();
        return (name.isEmpty() ? "CustomLayer" : name) + "()";
    }
}
