// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers.torch;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Tensors from arrays and back; a tensor has memory of its own.
final class Tensors {
    private Tensors() {
    }

    static Tensor of(float[] values, long... shape) {
        try (FloatPointer memory = new FloatPointer(values)) {
            return copy(torch.from_blob(memory, shape));
        }
    }

    /// Integers as 64 bits: the type of class labels and row numbers.
    static Tensor of(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        try (LongPointer memory = new LongPointer(wide)) {
            return copy(torch.from_blob(memory, new long[]{values.length}, new TensorOptions(ScalarType.Long)));
        }
    }

    private static Tensor copy(Tensor borrowed) {
        Tensor copy = borrowed.clone();
        borrowed.close();
        return copy;
    }

    static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        Tensor flat = tensor.detach().contiguous();
        flat.data_ptr_float().get(values);
        return values;
    }
}
