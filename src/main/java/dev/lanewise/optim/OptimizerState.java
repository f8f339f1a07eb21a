// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// What an optimizer is in the middle of a training, as PyTorch's `optimizer.state_dict()`: a copy.
///
/// **Ownership**: whoever has it closes it, which frees the tensors.
///
/// @param optimizer the simple name of its class, such as `Adam`
/// @param groups its groups in their order
/// @param counts steps done of each parameter, in the order of the groups
/// @param tensors what is kept for parameter `i` under `i.name`, such as `0.exp_avg`, in the shape of the parameter and
/// row-major; nothing for parameters that have not been stepped
public record OptimizerState(String optimizer, List<Group> groups, List<Long> counts,
        SequencedMap<String, FloatMatrix> tensors) implements AutoCloseable {

    /// A group of parameters.
    ///
    /// @param parameters how many
    /// @param settings all of them
    /// @param initialLearningRate PyTorch's `initial_lr`, the learning rate that schedules start from; NaN if there has
    /// been no schedule
    public record Group(int parameters, Map<Setting, Double> settings, double initialLearningRate) {
        /// Copies the settings.
        public Group {
            settings = Map.copyOf(settings);
        }

        /// A group that has never had a schedule.
        public Group(int parameters, Map<Setting, Double> settings) {
            this(parameters, settings, Double.NaN);
        }
    }

    /// Copies the lists.
    public OptimizerState {
        groups = List.copyOf(groups);
        counts = List.copyOf(counts);
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }

    static OptimizerState of(String optimizer, List<ParameterGroup> groups, List<ParameterStep> steps,
            List<String> names) {
        SequencedMap<String, FloatMatrix> tensors = new LinkedHashMap<>();
        try {
            for (int i = 0; i < steps.size(); i++) {
                for (int plane = 0; plane < names.size(); plane++) {
                    if (!steps.get(i).isFresh(plane)) {
                        FloatMatrix kept = steps.get(i).parameter().state(plane);
                        FloatMatrix copy = FloatMatrix.allocate(kept.rows(), kept.cols());
                        tensors.put(i + "." + names.get(plane), copy);
                        copy.copyFrom(kept);
                    }
                }
            }
            return new OptimizerState(optimizer,
                    groups.stream().map(g -> new Group(g.parameters().size(), g.settings(), g.keptInitialRate()))
                            .toList(),
                    steps.stream().map(ParameterStep::count).toList(), tensors);
        } catch (RuntimeException e) {
            tensors.values().forEach(FloatMatrix::close);
            throw e;
        }
    }

    /// **Throws** `IllegalArgumentException` unless an optimizer with these groups and parameters can take this state.
    void requireFit(String name, List<ParameterGroup> own, List<ParameterStep> steps, List<String> names) {
        List<Integer> sizes = groups.stream().map(Group::parameters).toList();
        List<Integer> ownSizes = own.stream().map(g -> g.parameters().size()).toList();
        if (!optimizer.equals(name) || !sizes.equals(ownSizes) || counts.size() != steps.size()) {
            throw new IllegalArgumentException(name + ".loadState: the state is of " + optimizer
                    + " with groups of " + sizes + " parameters and " + counts.size() + " counts, expected " + name
                    + " with groups of " + ownSizes);
        }
        for (int i = 0; i < own.size(); i++) {
            own.get(i).requireFit(groups.get(i).settings());
            requireInitialRate(name, i, groups.get(i).initialLearningRate());
        }
        Set<String> unexpected = new LinkedHashSet<>(tensors.keySet());
        for (int i = 0; i < steps.size(); i++) {
            if (counts.get(i) < 0) {
                throw new IllegalArgumentException(
                        name + ".loadState: parameter " + i + " has done " + counts.get(i) + " steps");
            }
            for (String plane : names) {
                FloatMatrix tensor = tensors.get(i + "." + plane);
                unexpected.remove(i + "." + plane);
                Parameter p = steps.get(i).parameter();
                if (tensor != null && (tensor.rows() != p.rows() || tensor.cols() != p.cols())) {
                    throw new IllegalArgumentException(name + ".loadState: tensor " + i + "." + plane + " is ("
                            + tensor.rows() + ", " + tensor.cols() + "), expected the shape of " + p);
                }
            }
        }
        if (!unexpected.isEmpty()) {
            throw new IllegalArgumentException(name + ".loadState: tensors " + new ArrayList<>(unexpected)
                    + " belong to no parameter, expected " + names + " of parameters 0 to " + (steps.size() - 1));
        }
    }

    private static void requireInitialRate(String name, int group, double rate) {
        if (rate < 0 || rate > Float.MAX_VALUE) {
            throw new IllegalArgumentException(name + ".loadState: the initial learning rate of group " + group + " is "
                    + rate + ", expected a finite number of at least 0, or NaN for none");
        }
    }

    /// The planes of parameter `i` that are here, a bit for each.
    int planes(int i, List<String> names) {
        int planes = 0;
        for (int plane = 0; plane < names.size(); plane++) {
            planes |= tensors.containsKey(i + "." + names.get(plane)) ? 1 << plane : 0;
        }
        return planes;
    }

    /// Gives parameter `i` its count and its planes, for which there is memory.
    void copyTo(int i, ParameterStep step, List<String> names) {
        for (int plane = 0; plane < names.size(); plane++) {
            FloatMatrix tensor = tensors.get(i + "." + names.get(plane));
            if (tensor != null) {
                step.parameter().state(plane).copyFrom(tensor);
            }
        }
        step.restore(counts.get(i), planes(i, names));
    }

    /// Frees the tensors; harmless a second time.
    @Override
    public void close() {
        tensors.values().forEach(FloatMatrix::close);
    }
}
