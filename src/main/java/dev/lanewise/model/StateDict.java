// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Buffer;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.StateTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// The parameters and buffers of a module as named tensors, and back: PyTorch's `state_dict()` and `load_state_dict()`.
public final class StateDict {
    private StateDict() {
    }

    /// The parameters and buffers of `module` in its order: layer by layer, weights, biases, buffers.
    ///
    /// **Ownership**: the tensors are the module's own memory, not copies; they end with it.
    public static List<NamedTensor> of(Module module) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Map.Entry<String, StateTensor> entry : module.namedState().sequencedEntrySet()) {
            StateTensor t = entry.getValue();
            tensors.add(isCounter(t) ? NamedTensor.counter(entry.getKey(), t.value())
                    : t.isVector() ? NamedTensor.vector(entry.getKey(), t.value())
                    : NamedTensor.matrix(entry.getKey(), t.value()));
        }
        return tensors;
    }

    private static boolean isCounter(StateTensor tensor) {
        return tensor instanceof Buffer buffer && buffer.isCounter();
    }

    /// Copies `tensors`, in any order, into the parameters and buffers of `module`.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is copied, if one of them is missing, a tensor is left
    /// over or given twice, or a shape differs.
    public static void load(Module module, List<NamedTensor> tensors) {
        SequencedMap<String, StateTensor> state = module.namedState();
        Set<String> missing = new LinkedHashSet<>(state.keySet());
        Set<String> unexpected = new LinkedHashSet<>();
        Map<StateTensor, FloatMatrix> sources = new LinkedHashMap<>();
        for (NamedTensor tensor : tensors) {
            StateTensor p = state.get(tensor.name());
            if (p == null || !missing.remove(tensor.name())) {
                unexpected.add(tensor.name());
            } else if (p.rows() != tensor.values().rows() || p.cols() != tensor.values().cols()
                    || p.isVector() != (tensor.shape().size() == 1) || isCounter(p) != tensor.isCounter()) {
                throw new IllegalArgumentException("StateDict.load: tensor " + Quoted.of(tensor.name()) + " has shape "
                        + tensor.shape() + ", expected that of " + p + " in " + module);
            } else {
                sources.put(p, tensor.values());
            }
        }
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new IllegalArgumentException("StateDict.load: the tensors are not those of " + module + ": missing "
                    + (missing.isEmpty() ? "none" : Quoted.list(missing)) + ", unexpected or twice "
                    + (unexpected.isEmpty() ? "none" : Quoted.list(unexpected)));
        }
        sources.forEach((target, values) -> target.value().copyFrom(values));
    }

    /// A module with the layers and weights of `model`, in evaluation mode; the caller closes it.
    ///
    /// **Throws** `OffHeapMemoryException` if memory is refused.
    public static Sequential module(LoadedModel model) {
        Module[] layers = model.config().layers().stream().map(LayerConfig::module).toArray(Module[]::new);
        Sequential module = new Sequential(layers);
        try {
            load(module, model.tensors());
            return module.eval();
        } catch (RuntimeException e) {
            module.close();
            throw e;
        }
    }

    /// The name of the first tensor with a value that is NaN or infinite, or an empty text if all are finite.
    public static String firstNotFinite(List<NamedTensor> tensors) {
        for (NamedTensor tensor : tensors) {
            FloatMatrix values = tensor.values();
            for (int r = 0; r < values.rows() && !tensor.isCounter(); r++) {
                for (int c = 0; c < values.cols(); c++) {
                    if (!Float.isFinite(values.get(r, c))) {
                        return tensor.name();
                    }
                }
            }
        }
        return "";
    }
}
