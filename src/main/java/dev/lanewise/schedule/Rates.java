// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.schedule;

import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.ParameterGroup;
import java.util.Arrays;

/// The learning rates that a schedule sets, one for each group of parameters of its optimizer: all that schedules know
/// of optimizers.
///
/// An optimizer keeps floats; the doubles they were rounded from are kept here, so that rounding does not add up, for
/// as long as nobody else changes the rate.
final class Rates {
    private final Optimizer optimizer;
    private double[] initial;
    private double[] last;

    /// The rates of `optimizer`, whose present ones are those that all its schedules start from if this is the first.
    Rates(Optimizer optimizer) {
        this.optimizer = optimizer;
        this.initial = optimizer.groups().stream().mapToDouble(ParameterGroup::initialLearningRate).toArray();
        this.last = initial.clone();
        for (int i = 0; i < initial.length; i++) {
            group(i).initialLearningRate(initial[i]);
        }
    }

    /// Takes in the groups that the optimizer has got since, with the rate they have; how many rates there were before.
    int takeInNewGroups() {
        int before = last.length;
        int now = optimizer.groups().size();
        if (now > before) { // copies are objects
            initial = Arrays.copyOf(initial, now);
            last = Arrays.copyOf(last, now);
            for (int i = before; i < now; i++) {
                initial[i] = group(i).initialLearningRate();
                group(i).initialLearningRate(initial[i]);
                last[i] = group(i).learningRate();
            }
        }
        return before;
    }

    private ParameterGroup group(int i) {
        return optimizer.groups().get(i);
    }

    Optimizer optimizer() {
        return optimizer;
    }

    /// How many groups there are.
    int size() {
        return last.length;
    }

    /// The rate that schedules start from.
    double initial(int group) {
        return initial[group];
    }

    /// Lets this and later schedules start from other rates.
    void initial(double rate) {
        Arrays.fill(initial, rate);
        optimizer.initialLearningRate(rate);
    }

    /// The rate that was set here last.
    double last(int group) {
        return last[group];
    }

    /// The present rate: the last one, or what somebody else has set since.
    double now(int group) {
        float now = group(group).learningRate();
        return now == (float) last[group] ? last[group] : now;
    }

    void set(int group, double rate) {
        group(group).learningRate((float) rate);
        last[group] = rate;
    }

    void momentum(double momentum) {
        optimizer.cycleMomentum(momentum);
    }
}
