// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// The parameters of a module as named tensors, and back: PyTorch's `state_dict()` and `load_state_dict()`.
public final class StateDict {
    private StateDict() {
    }

    /// The parameters of `module` in its order, weights before biases.
    ///
    /// **Ownership**: the tensors are the module's own memory, not copies; they end with it.
    public static List<NamedTensor> of(Module module) {
        List<NamedTensor> tensors = new ArrayList<>();
        for (Map.Entry<String, Parameter> entry : module.namedParameters().sequencedEntrySet()) {
            Parameter p = entry.getValue();
            tensors.add(p.isVector() ? NamedTensor.vector(entry.getKey(), p.value())
                    : NamedTensor.matrix(entry.getKey(), p.value()));
        }
        return tensors;
    }

    /// Copies `tensors`, in any order, into the parameters of `module`.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is copied, if a parameter is missing, a tensor is left
    /// over or given twice, or a shape differs.
    public static void load(Module module, List<NamedTensor> tensors) {
        SequencedMap<String, Parameter> parameters = module.namedParameters();
        Set<String> missing = new LinkedHashSet<>(parameters.keySet());
        Set<String> unexpected = new LinkedHashSet<>();
        Map<Parameter, FloatMatrix> sources = new LinkedHashMap<>();
        for (NamedTensor tensor : tensors) {
            Parameter p = parameters.get(tensor.name());
            if (p == null || !missing.remove(tensor.name())) {
                unexpected.add(tensor.name());
            } else if (p.rows() != tensor.values().rows() || p.cols() != tensor.values().cols()
                    || p.isVector() != (tensor.shape().size() == 1)) {
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
        sources.forEach((parameter, values) -> parameter.value().copyFrom(values));
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
            for (int r = 0; r < values.rows(); r++) {
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
