// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Modules one after the other; parameters are named by position: `0.weight`, `0.bias`, `1.weight`, ...
public final class Sequential extends Module {
    private final List<Module> modules;

    /// A chain of `modules`, each part of no other module.
    ///
    /// **Throws** `IllegalArgumentException` if there are none, one is given twice or is already part of a module,
    /// `IllegalStateException` if one is closed; all modules stay as they were then.
    public Sequential(Module... modules) {
        if (modules.length == 0) {
            throw new IllegalArgumentException("Sequential: no modules given, expected at least one");
        }
        this.modules = List.of(modules);
        for (int i = 0; i < modules.length; i++) {
            modules[i].checkAdoptable();
            if (this.modules.indexOf(modules[i]) < i) {
                throw new IllegalArgumentException("Sequential: " + modules[i]
                        + " is given twice, expected each module once; make a new one");
            }
        }
        for (Module module : modules) {
            adopt(module);
        }
    }

    /// The module at position `index`.
    ///
    /// **Throws** `IndexOutOfBoundsException` if there is none.
    public Module get(int index) {
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
            String position = Integer.toString(i);
            modules.get(i).layers()
                    .forEach((name, layer) -> layers.put(name.isEmpty() ? position : position + "." + name, layer));
        }
        return layers;
    }

    @Override
    List<Module> children() {
        return modules;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Sequential(");
        for (int i = 0; i < modules.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(modules.get(i));
        }
        return text.append(')').toString();
    }
}
