// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.FusedOptimizer;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.PlainDescent;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Steps parameters along their gradients, as PyTorch's optimizers do.
///
/// Settings may be changed between steps. A setter of the optimizer sets all its groups, and what later groups begin
/// with; a getter tells the first group's. What an optimizer keeps for a parameter (momentum, means) lies with the
/// parameter, and a parameter has room for one optimizer: a new one that steps it takes over and begins anew.
///
/// An optimizer of your own extends this class: the constructor names the planes of state that it keeps for each
/// parameter and its settings, [#begin] computes what the pieces of a step have in common, and [#update] changes a
/// piece. It then runs in the written loop and, unless it [#needsWholeGradients], fused in `trainStep`. What must
/// survive a restart lies in planes, settings and the count of steps: [#state] saves these.
///
/// **Ownership**: the planes belong to the module. **Threads**: one at a time; pieces are stepped by several.
public abstract class Optimizer implements FusedOptimizer {
    private final List<String> stateNames;
    private final Map<Setting, Double> defaultSettings;
    /// What a new group begins with.
    private final ParameterGroup template;
    private final List<ParameterGroup> groups = new ArrayList<>();
    private final List<ParameterGroup> seenGroups = Collections.unmodifiableList(groups);
    private ParameterStep[] steps = new ParameterStep[0];
    private final GradientRule gradientRule = new GradientRule();

    /// An optimizer of `parameters` that keeps a plane of the parameter's shape for each of `stateNames`, with
    /// `settings`, the learning rate among them.
    ///
    /// **Throws** `IllegalArgumentException` if `parameters` is empty or names one twice, a setting is out of range, or
    /// there is no learning rate.
    @SuppressWarnings("this-escape") // groups know their optimizer, and ask it for no more than its name yet
    protected Optimizer(List<Parameter> parameters, List<String> stateNames, Map<Setting, Double> settings) {
        this.stateNames = List.copyOf(stateNames);
        if (!settings.containsKey(Setting.LEARNING_RATE)) {
            throw new IllegalArgumentException(name() + ": the settings are " + settings.keySet()
                    + ", expected LEARNING_RATE among them");
        }
        this.template = new ParameterGroup(this, List.of(), settings);
        this.defaultSettings = template.settings();
        adopt(parameters);
    }

    final String name() {
        return getClass().getSimpleName();
    }

    /// Adds parameters with settings of their own, which begin as those of this optimizer.
    ///
    /// **Throws** `IllegalArgumentException` if the list is empty or names a parameter twice or one of another group.
    public final ParameterGroup addGroup(List<Parameter> parameters) {
        return adopt(parameters);
    }

    private ParameterGroup adopt(List<Parameter> parameters) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(name() + ": the list of parameters is empty, expected at least one");
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (owns(parameters.get(i)) || parameters.subList(0, i).contains(parameters.get(i))) {
                throw new IllegalArgumentException(
                        name() + ": parameter " + parameters.get(i) + " is given twice, expected each once");
            }
        }
        ParameterGroup group = new ParameterGroup(this, parameters, template.settings());
        List<ParameterStep> all = new ArrayList<>(List.of(steps));
        for (Parameter parameter : parameters) {
            all.add(new ParameterStep(parameter, group));
        }
        steps = all.toArray(ParameterStep[]::new);
        groups.add(group);
        return group;
    }

    /// The groups: that of the constructor, then those added.
    public final List<ParameterGroup> groups() {
        return seenGroups;
    }

    /// The parameters that this optimizer steps, in the order given, group after group.
    public final List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (ParameterStep step : steps) {
            parameters.add(step.parameter());
        }
        return parameters;
    }

    /// Drops the gradients of all parameters; the next `backward` overwrites them. What [#accumulate] has gathered is dropped
    /// with them: the next `trainStep` is the first of its step.
    public final void zeroGrad() {
        gradientRule.beginAnew();
        for (ParameterStep step : steps) {
            step.parameter().zeroGrad();
        }
    }

    /// Steps every parameter that has a gradient; the others are skipped. Clips the gradients before, if it is set to.
    ///
    /// **Throws** `IllegalStateException` if another optimizer has taken over the state of one.
    public final void step() {
        for (ParameterStep step : steps) {
            if (step.parameter().hasGrad()) {
                prepare(step);
            }
        }
        gradientRule.apply(steps);
        for (ParameterStep step : steps) {
            Parameter p = step.parameter();
            if (p.hasGrad()) {
                FloatMatrix value = p.value();
                begin(p);
                update(p, value.segment(), 0, p.grad().segment(), 0, value.paddedSize());
                p.changed();
            }
        }
    }

    /// Whether any parameter has a gradient, so that [#step] would do something.
    public final boolean hasGrad() {
        for (ParameterStep step : steps) {
            if (step.parameter().hasGrad()) {
                return true;
            }
        }
        return false;
    }

    /// Clips the gradients before each step so that their norm over all parameters is at most `maxNorm`, as
    /// [GradientClip#norm]; infinity, for a new optimizer, clips none. `trainStep` then stores all gradients.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or NaN.
    public Optimizer clipNorm(double maxNorm) {
        return clipNorm(maxNorm, 2);
    }

    /// As [#clipNorm(double)] with the norm of order `p`: above 0, or infinity for the largest value.
    ///
    /// **Throws** `IllegalArgumentException` if `maxNorm` is negative or NaN, or `p` is not above 0.
    public Optimizer clipNorm(double maxNorm, double p) {
        gradientRule.clipNorm(maxNorm, p);
        endPlainDescent();
        return this;
    }

    /// Whether a norm that is not finite is an error; see [#errorIfNonfinite(boolean)].
    public final boolean errorIfNonfinite() {
        return gradientRule.errorIfNonfinite();
    }

    /// Whether a step that clips by norm throws [NonFiniteGradientException] if that is NaN or infinite, before it changes
    /// a parameter; not at first, as in PyTorch: such gradients become NaN or 0 then. [dev.lanewise.Fit] always asks for it.
    public Optimizer errorIfNonfinite(boolean on) {
        gradientRule.errorIfNonfinite(on);
        return this;
    }

    /// The norm of the gradients before the last step clipped them; NaN if none did.
    public final double lastNorm() {
        return gradientRule.lastNorm();
    }

    /// Clips each value of a gradient to `-limit .. limit` before it is used, after the norm; infinity, for a new
    /// optimizer, clips none.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or NaN.
    public Optimizer clipValue(float limit) {
        gradientRule.clipValue(limit);
        endPlainDescent();
        return this;
    }

    /// Takes `batches` calls of `trainStep` for one step, with the mean of their gradients: the same training as with
    /// one batch of all their rows, up to rounding, if the batches are equally large and the loss is a mean.
    ///
    /// Calls that are left over count for the next step. It has no say in [#step]. No `zeroGrad` belongs between them: it
    /// drops what they have gathered, so that a loop with one before each call never comes to a step.
    ///
    /// **Throws** `IllegalArgumentException` if it is below 1.
    public Optimizer accumulate(int batches) {
        gradientRule.accumulate(batches);
        endPlainDescent();
        return this;
    }

    /// Calls of `trainStep` that wait for the rest of their step; see [#accumulate].
    public final int gathered() {
        return gradientRule.gathered();
    }

    /// Goes on behind so many calls of `trainStep` of a step, whose gradients are in the parameters.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or a whole step.
    public final void gathered(int batches) {
        gradientRule.gathered(batches);
    }

    @Override
    public final boolean fuses() {
        return gradientRule.takesPieces() && !needsWholeGradients();
    }

    @Override
    public final void beginGradients() {
        if (gradientRule.beginsAnew() || !hasGrad()) { // others drop gradients, too: Module.zeroGrad, a divergence
            zeroGrad();
        }
    }

    @Override
    public final void endGradients() {
        if (gradientRule.isComplete(steps)) {
            step();
        }
    }

    @Override
    public final boolean owns(Parameter parameter) {
        return find(parameter) != null;
    }

    private @Nullable ParameterStep find(Parameter parameter) {
        for (ParameterStep step : steps) {
            if (step.parameter() == parameter) {
                return step;
            }
        }
        return null;
    }

    private ParameterStep stepOf(Parameter parameter) {
        ParameterStep step = find(parameter);
        if (step == null) {
            throw new IllegalArgumentException(name() + ": " + parameter + " is not a parameter of this optimizer");
        }
        return step;
    }

    @Override
    public final void prepare(Parameter parameter) {
        prepare(stepOf(parameter));
    }

    /// Makes sure that the state of a parameter is ours, and, if it has been begun, still is.
    private void prepare(ParameterStep step) {
        int planes = step.group().planes();
        if (planes == 0 || ((planes & ~step.begun()) == 0 && step.parameter().hasStateOf(this))) {
            return;
        }
        requireState(step);
        step.parameter().claimState(this, planes);
    }

    private void requireState(ParameterStep step) {
        Parameter parameter = step.parameter();
        if (step.begun() != 0 && !parameter.hasStateOf(this)) {
            throw new IllegalStateException(name() + ": another optimizer has stepped parameter " + parameter
                    + " since, or its module has been closed: what was kept for it is gone; make a new optimizer");
        }
    }

    /// How many times the memory of the parameters this optimizer keeps beside them with its present settings: 2 for
    /// [Adam], 0 for [SGD] without momentum.
    public final int statePlanes() {
        int planes = 0;
        for (ParameterGroup group : groups) {
            planes |= group.planes();
        }
        return Integer.bitCount(planes);
    }

    /// The planes that the settings of a group ask for, a bit for each.
    final int planes(ParameterGroup group) {
        int planes = 0;
        for (int i = 0; i < stateNames.size(); i++) {
            planes |= keeps(i, group) ? 1 << i : 0;
        }
        return planes;
    }

    @Override
    public final void begin(Parameter parameter) {
        ParameterStep step = stepOf(parameter);
        step.next();
        begin(step);
        step.plainRate(fuses() && gradientRule.valueLimit() == Float.POSITIVE_INFINITY ? plainRate(step) : Float.NaN);
        step.used(step.group().planes());
    }

    @Override
    public final void update(Parameter parameter, MemorySegment value, long at, MemorySegment g, long gFrom, long n) {
        float limit = gradientRule.valueLimit();
        if (limit != Float.POSITIVE_INFINITY) {
            Kernels.OPTIMIZER.clamp(g, gFrom, n, limit);
        }
        update(stepOf(parameter), value, at, g, gFrom, n);
    }

    @Override
    public final @Nullable PlainDescent plainDescent(Parameter parameter) {
        ParameterStep step = find(parameter);
        return step == null ? null : step.plainDescent();
    }

    /// The `rate` if [#update] computes `p = fma(-rate, g, p)` and nothing else until a setting changes; NaN if not.
    float plainRate(ParameterStep step) {
        return Float.NaN;
    }

    /// After a change of what is done with gradients: the next steps are begun anew.
    private void endPlainDescent() {
        for (ParameterStep step : steps) {
            step.plainRate(Float.NaN);
        }
    }

    /// Whether the plane of state is needed with the settings of `group`, a function of these alone; all are, unless a subclass knows better.
    protected boolean keeps(int plane, ParameterGroup group) {
        return true;
    }

    /// Whether [#update] must be given the whole gradient of a parameter at once, because a value of the result depends
    /// on other values, as on their norm. `trainStep` then stores gradients. Most optimizers do not.
    protected boolean needsWholeGradients() {
        return false;
    }

    /// Computes what the pieces of a step have in common, on the thread that trains; by default nothing.
    protected void begin(ParameterStep step) {
    }

    /// Steps the floats `at .. at + n - 1` of the parameter's memory, `value`, and of its state, with the gradient in
    /// `g` from float `gFrom` on. Called after [#begin] by several threads at a time, for pieces that do not overlap;
    /// `n` and `at` are multiples of 16. Padding is among the floats: it is +0.0, as is its gradient, and must stay so.
    protected abstract void update(ParameterStep step, MemorySegment value, long at, MemorySegment g, long gFrom,
            long n);

    /// **Throws** `IllegalArgumentException` if the settings of a group do not fit together; by default they do.
    protected void validate(ParameterGroup group) {
    }

    /// A snapshot of all groups' settings, the counts of steps and what is kept for the parameters; the caller closes
    /// it.
    ///
    /// **Throws** `IllegalStateException` if a module is closed or another optimizer has taken a parameter over,
    /// `OffHeapMemoryException` if memory is refused.
    public final OptimizerState state() {
        for (ParameterStep step : steps) {
            requireState(step);
        }
        return OptimizerState.of(name(), groups, List.of(steps), stateNames);
    }

    /// Goes on as if this optimizer had made the steps that `state` was saved after: the next ones give the same bits.
    /// Takes over its settings, groups by their order and parameters by theirs, and the learning rates that new
    /// schedules start from: those before the first schedule of the saved optimizer, or, if it had none, the present
    /// ones.
    ///
    /// **Throws** `IllegalArgumentException`, before anything is changed, if it is not the state of such an optimizer
    /// with as many groups and parameters of the same shapes; `OffHeapMemoryException` if memory is refused.
    public final void loadState(OptimizerState state) {
        state.requireFit(name(), groups, List.of(steps), stateNames);
        for (int i = 0; i < steps.length; i++) { // all that may be refused goes first
            if (state.planes(i, stateNames) != 0) {
                steps[i].parameter().claimState(this, state.planes(i, stateNames));
            }
        }
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).assign(state.groups().get(i).settings());
            groups.get(i).initialLearningRate(state.groups().get(i).initialLearningRate());
        }
        for (int i = 0; i < steps.length; i++) {
            Parameter parameter = steps[i].parameter();
            parameter.releaseState(this); // planes that the state does not have begin with zeros
            if (state.planes(i, stateNames) != 0) {
                parameter.claimState(this, state.planes(i, stateNames));
            }
            state.copyTo(i, steps[i], stateNames);
        }
    }

    /// Any setting of the first group; a flag is 1 or 0.
    ///
    /// **Throws** `IllegalArgumentException` if this optimizer has no such setting.
    public final double get(Setting setting) {
        return groups.getFirst().get(setting);
    }

    /// Sets any setting of all groups, and of those added later.
    ///
    /// **Throws** `IllegalArgumentException`, before any is set, if the value is out of range or does not fit the other
    /// settings of a group, or this optimizer has no such setting.
    public Optimizer set(Setting setting, double value) {
        double kept = template.tryOut(setting, value);
        for (int i = 0; i < groups.size(); i++) { // schedules call this for every step: no iterators
            groups.get(i).tryOut(setting, value);
        }
        template.set(setting, kept);
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).set(setting, kept);
        }
        return this;
    }

    final boolean is(Setting flag) {
        return get(flag) == 1;
    }

    final Optimizer set(Setting flag, boolean on) {
        return set(flag, on ? 1 : 0);
    }

    final Map<Setting, Double> defaultSettings() {
        return defaultSettings;
    }

    /// The learning rate of the next step, of the first group.
    public final float learningRate() {
        return (float) get(Setting.LEARNING_RATE);
    }

    /// Sets the learning rate of all groups from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Optimizer learningRate(float rate) {
        return set(Setting.LEARNING_RATE, rate);
    }

    /// The learning rate of the first group before the first schedule has changed it.
    public final double initialLearningRate() {
        return groups.getFirst().initialLearningRate();
    }

    /// Keeps the learning rate that schedules of all groups start from, for schedules.
    public final void initialLearningRate(double rate) {
        for (ParameterGroup group : groups) {
            group.initialLearningRate(rate);
        }
    }

    /// The momentum of the first group, or what stands for it (Adam: beta1), which schedules may cycle; NaN if there is
    /// none.
    public final double cycledMomentum() {
        ParameterGroup first = groups.getFirst();
        return first.has(Setting.MOMENTUM) ? first.get(Setting.MOMENTUM)
                : first.has(Setting.BETA1) ? first.get(Setting.BETA1) : Double.NaN;
    }

    /// Sets the momentum, or what stands for it, of all groups from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if there is none, or the value is out of range.
    public final void cycleMomentum(double momentum) {
        set(groups.getFirst().has(Setting.BETA1) ? Setting.BETA1 : Setting.MOMENTUM, momentum);
    }

    /// The weight decay of the first group.
    public final float weightDecay() {
        return (float) get(Setting.WEIGHT_DECAY);
    }

    /// Sets the weight decay of all groups from the next step on.
    ///
    /// **Throws** `IllegalArgumentException` if it is negative or not finite.
    public Optimizer weightDecay(float decay) {
        return set(Setting.WEIGHT_DECAY, decay);
    }

    @Override
    public String toString() {
        return name() + "(" + groups.getFirst().describe(defaultSettings)
                + (groups.size() == 1 ? "" : ", groups=" + groups.size()) + gradientRule + ")";
    }
}
