// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Buffer;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.StateTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// The parameters and buffers of a module as named tensors, and back: PyTorch's `state_dict()` and `load_state_dict()`.
public final class StateDict {
    /// All of them are set in NaN and infinity.
    private static final int EXPONENT_BITS = 0x7f80_0000;

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

    /// Copies `tensors`, in any order, into the parameters and buffers of `module`: all of them, as PyTorch does by default.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is copied, if one of them is missing, a tensor is left
    /// over or given twice, or a shape differs; the message names all of them.
    public static void load(Module module, List<NamedTensor> tensors) {
        load(module, tensors, true);
    }

    /// Copies `tensors`, in any order, into the parameters and buffers of `module`; those not named stay as they are if not
    /// `strict`. Returns the names that did not match, none if `strict`.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is copied, if a tensor is given twice or a shape differs,
    /// and, if `strict`, if one of them is missing or a tensor is left over; the message names all of them.
    public static IncompatibleKeys load(Module module, List<NamedTensor> tensors, boolean strict) {
        Map<StateTensor, FloatMatrix> sources = new LinkedHashMap<>();
        IncompatibleKeys keys = match(module, tensors, strict, sources);
        sources.forEach((target, values) -> {
            target.value().copyFrom(values);
            target.changed();
        });
        return keys;
    }

    /// **Throws** as a strict [#load], and copies nothing.
    static void check(Module module, List<NamedTensor> tensors) {
        match(module, tensors, true, new LinkedHashMap<>());
    }

    /// Finds the values of each parameter and buffer.
    private static IncompatibleKeys match(Module module, List<NamedTensor> tensors, boolean strict,
            Map<StateTensor, FloatMatrix> sources) {
        SequencedMap<String, StateTensor> state = module.namedState();
        Set<String> missing = new LinkedHashSet<>(state.keySet());
        Set<String> seen = new HashSet<>();
        Set<String> unexpected = new LinkedHashSet<>();
        Set<String> twice = new LinkedHashSet<>();
        List<String> shapes = new ArrayList<>();
        for (NamedTensor tensor : tensors) {
            StateTensor p = state.get(tensor.name());
            missing.remove(tensor.name());
            if (!seen.add(tensor.name())) {
                twice.add(tensor.name());
            } else if (p == null) {
                unexpected.add(tensor.name());
            } else if (!tensor.shape().equals(shape(p))) {
                shapes.add(Quoted.of(tensor.name()) + " " + tensor.shape() + " for " + shape(p));
            } else {
                sources.put(p, tensor.values());
            }
        }
        List<String> faults = new ArrayList<>();
        if (strict && !missing.isEmpty()) {
            faults.add("missing " + Quoted.list(missing));
        }
        if (strict && !unexpected.isEmpty()) {
            faults.add("unexpected " + Quoted.list(unexpected));
        }
        if (!twice.isEmpty()) {
            faults.add("given twice " + Quoted.list(twice));
        }
        if (!shapes.isEmpty()) {
            faults.add("of another shape " + String.join(", ", shapes));
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("StateDict.load: the tensors are not those of " + module + ": "
                    + String.join("; ", faults));
        }
        return new IncompatibleKeys(List.copyOf(missing), List.copyOf(unexpected));
    }

    /// What did not match when tensors were loaded.
    ///
    /// @param missingKeys tensors of the module that none was for, in its order
    /// @param unexpectedKeys tensors that nothing in the module is for, in their order
    public record IncompatibleKeys(List<String> missingKeys, List<String> unexpectedKeys) {
        /// Copies the lists.
        public IncompatibleKeys {
            missingKeys = List.copyOf(missingKeys);
            unexpectedKeys = List.copyOf(unexpectedKeys);
        }
    }

    private static List<Integer> shape(StateTensor p) {
        return isCounter(p) ? List.of() : p.isVector() ? List.of(p.cols()) : List.of(p.rows(), p.cols());
    }

    /// A module with the layers and weights of `model`, in evaluation mode; the caller closes it.
    ///
    /// **Throws** `OffHeapMemoryException` if memory is refused.
    public static Sequential module(LoadedModel model) {
        List<Module> layers = model.config().layers().stream().map(LayerConfig::module).toList();
        Sequential module = LayerNames.nest(model.config().names(), layers);
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
            if (!tensor.isCounter() && !isFinite(tensor.values())) {
                return tensor.name();
            }
        }
        return "";
    }

    private static boolean isFinite(FloatMatrix values) {
        int[] row = new int[values.cols()];
        for (int r = 0; r < values.rows(); r++) {
            values.copyBits(r, 0, row, 0, row.length);
            for (int bits : row) {
                if ((bits & EXPONENT_BITS) == EXPONENT_BITS) {
                    return false;
                }
            }
        }
        return true;
    }

    /// What a saved file could not give back is not written.
    ///
    /// **Throws** `IllegalStateException` if a value is not finite; `file` has not been touched then.
    static void requireFinite(String operation, List<NamedTensor> tensors, Path file) {
        String bad = firstNotFinite(tensors);
        if (!bad.isEmpty()) {
            throw new IllegalStateException(operation + ": " + bad + " has a value that is not finite, expected finite"
                    + " values; nothing was written to " + file + "; restore an earlier state, or train again with a"
                    + " smaller learning rate");
        }
    }
}
