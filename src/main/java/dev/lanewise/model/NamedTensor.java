// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import java.util.List;

/// One entry of a `stateDict`: the name and shape that PyTorch gives it, and its values.
///
/// **Shape**: `[rows, cols]` for a matrix of that shape; `[cols]` for a matrix of one row; `[]` for a counter, PyTorch's
/// int64 scalar, whose values are the two halves of its bits, the lower first.
///
/// **Ownership**: none; whoever made the values closes them.
///
/// **Throws** `IllegalArgumentException` if the shape has more than two sizes, or is not that of the values.
///
/// @param name for example `0.weight`
/// @param shape `[out, in]` of a weight, `[out]` of a bias, `[]` of a counter
/// @param values the values
public record NamedTensor(String name, List<Integer> shape, FloatMatrix values) {
    /// Copies the shape and checks it.
    public NamedTensor {
        shape = List.copyOf(shape);
        List<Integer> matrix = List.of(values.rows(), values.cols());
        boolean fits = shape.size() == 2 ? shape.equals(matrix)
                : shape.size() == 1 ? values.rows() == 1 && shape.getFirst() == values.cols()
                : shape.isEmpty() && values.rows() == 1 && values.cols() == 2;
        if (!fits) {
            throw new IllegalArgumentException("NamedTensor " + Quoted.of(name) + ": shape is " + shape
                    + " and the values are " + matrix + ", expected the same; one row may stand for one dimension");
        }
    }

    /// A tensor of two dimensions.
    public static NamedTensor matrix(String name, FloatMatrix values) {
        return new NamedTensor(name, List.of(values.rows(), values.cols()), values);
    }

    /// A tensor of one dimension: the only row of `values`.
    public static NamedTensor vector(String name, FloatMatrix values) {
        return new NamedTensor(name, List.of(values.cols()), values);
    }

    /// A counter: the two halves of its bits.
    public static NamedTensor counter(String name, FloatMatrix values) {
        return new NamedTensor(name, List.of(), values);
    }

    /// Whether this is a counter and no floats.
    public boolean isCounter() {
        return shape.isEmpty();
    }

    /// Number of values, without padding; of 32 bits each, a counter has two.
    public long size() {
        return (long) values.rows() * values.cols();
    }
}
