// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// Modules one after the other; parameters are named by position: `0.weight`, `0.bias`, `1.weight`, ... or by names of
/// your own: `Sequential.named().add("hidden", new Linear(784, 256)).add("output", new Linear(256, 10)).build()` has
/// `hidden.weight`.
public final class Sequential extends Module {
    private final List<Module> modules;
    private final List<String> names;
    private final boolean named;

    /// A chain of `modules`, each part of no other module, named by position.
    ///
    /// **Throws** `IllegalArgumentException` if there are none, one is given twice or is already part of a module,
    /// `IllegalStateException` if one is closed; all modules stay as they were then.
    public Sequential(Module... modules) {
        this(List.of(modules), IntStream.range(0, modules.length).mapToObj(Integer::toString).toList(), false);
    }

    private Sequential(List<Module> modules, List<String> names, boolean named) {
        if (modules.isEmpty()) {
            throw new IllegalArgumentException("Sequential: no modules given, expected at least one");
        }
        this.modules = modules;
        this.names = names;
        this.named = named;
        for (int i = 0; i < modules.size(); i++) {
            Module module = modules.get(i);
            module.checkAdoptable();
            if (modules.indexOf(module) < i) {
                throw new IllegalArgumentException("Sequential: " + module
                        + " is given twice, expected each module once; make a new one");
            }
        }
        for (Module module : modules) {
            adopt(module);
        }
    }

    /// Begins a chain of modules with names of your own, as PyTorch's `Sequential(OrderedDict(...))`.
    public static Builder named() {
        return new Builder();
    }

    /// Named modules on their way into a [Sequential].
    public static final class Builder {
        private final List<String> names = new ArrayList<>();
        private final List<Module> modules = new ArrayList<>();

        private Builder() {
        }

        /// Appends `module`.
        ///
        /// **Throws** `IllegalArgumentException` if the name is empty, has a point, or has been given before.
        public Builder add(String name, Module module) {
            if (name.isEmpty() || name.indexOf('.') >= 0 || names.contains(name)) {
                throw new IllegalArgumentException("Sequential: the name '" + name + "' of " + module
                        + (names.contains(name) ? " is given twice, expected distinct names"
                                : " is empty or has a point, expected a name without; points join the names of nested"
                                        + " modules"));
            }
            names.add(name);
            modules.add(module);
            return this;
        }

        /// The chain of what has been added.
        ///
        /// **Throws** as [Sequential#Sequential(Module...)].
        public Sequential build() {
            return new Sequential(List.copyOf(modules), List.copyOf(names), true);
        }
    }

    /// The module at position `index`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is none.
    public Module get(int index) {
        return modules.get(index);
    }

    /// The module with the name `name`, which is its position if it was given none.
    ///
    /// **Throws** `IllegalArgumentException` if there is none.
    public Module get(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("Sequential: " + this + " has no module '" + name
                    + "', expected one of " + String.join(", ", names));
        }
        return modules.get(index);
    }

    /// Number of modules.
    public int size() {
        return modules.size();
    }

    @Override
    public int outFeatures(int inFeatures) {
        int features = inFeatures;
        for (Module module : modules) {
            features = module.outFeatures(features);
        }
        return features;
    }

    @Override
    public Sequential init(long seed) {
        super.init(seed);
        return this;
    }

    @Override
    public Sequential requiresGrad(boolean on) {
        super.requiresGrad(on);
        return this;
    }

    @Override
    public Sequential train() {
        super.train();
        return this;
    }

    @Override
    public Sequential eval() {
        super.eval();
        return this;
    }

    @Override
    SequencedMap<String, Layer> layers() {
        SequencedMap<String, Layer> layers = new LinkedHashMap<>();
        for (int i = 0; i < modules.size(); i++) {
            String own = names.get(i);
            modules.get(i).layers().forEach((name, layer) -> layers.put(dotted(own, name), layer));
        }
        return layers;
    }

    @Override
    public List<Module> children() {
        return modules;
    }

    @Override
    List<String> childNames() {
        return names;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Sequential(");
        for (int i = 0; i < modules.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(named ? names.get(i) + "=" : "").append(modules.get(i));
        }
        return text.append(')').toString();
    }
}
