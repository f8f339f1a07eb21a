// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.nn.Parameter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Parameters of an optimizer with settings of their own: `optimizer.addGroup(head).learningRate(0.01f)`.
///
/// A new group begins with the settings of its optimizer. A setter of the optimizer sets all its groups, a setter of a
/// group that one alone; the last one counts, from the next step on.
///
/// **Throws** `IllegalArgumentException` from all setters if the value is out of range or the optimizer has no such
/// setting.
public final class ParameterGroup {
    private final Optimizer optimizer;
    private final List<Parameter> parameters;
    /// One number for each setting, so that setting it makes no object.
    private final Map<Setting, double[]> values = new EnumMap<>(Setting.class);

    private double initialLearningRate = Double.NaN;
    /// Counts changes, so that what follows from the settings is computed once and not in every step.
    private int version;
    private int planes;
    private int planesVersion = -1;
    private final PowerSequence powers1 = new PowerSequence();
    private final PowerSequence powers2 = new PowerSequence();

    ParameterGroup(Optimizer optimizer, List<Parameter> parameters, Map<Setting, Double> settings) {
        this.optimizer = optimizer;
        this.parameters = List.copyOf(parameters);
        settings.forEach(
                (setting, value) -> values.put(setting, new double[]{setting.checked(optimizer.name(), value)}));
    }

    /// The parameters of this group.
    public List<Parameter> parameters() {
        return parameters;
    }

    /// Whether the optimizer has this setting.
    public boolean has(Setting setting) {
        return values.containsKey(setting);
    }

    /// The value of any setting; a flag is 1 or 0.
    ///
    /// **Throws** `IllegalArgumentException` if the optimizer has no such setting.
    public double get(Setting setting) {
        return memory(setting)[0];
    }

    private double[] memory(Setting setting) {
        double[] value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException(
                    optimizer.name() + " has no setting " + setting.label() + "; it has " + names());
        }
        return value;
    }

    private List<String> names() {
        return values.keySet().stream().map(Setting::label).toList();
    }

    /// Whether a flag is set.
    boolean is(Setting flag) {
        return get(flag) == 1;
    }

    float single(Setting setting) {
        return (float) get(setting);
    }

    int version() {
        return version;
    }

    /// The planes of state that the settings ask for, a bit for each.
    int planes() {
        if (planesVersion != version) {
            planes = optimizer.planes(this);
            planesVersion = version;
        }
        return planes;
    }

    /// `beta1^t`.
    double power1(double beta1, long t) {
        return powers1.of(beta1, t);
    }

    /// `beta2^t`.
    double power2(double beta2, long t) {
        return powers2.of(beta2, t);
    }

    /// Sets any setting of this group.
    public ParameterGroup set(Setting setting, double value) {
        double kept = tryOut(setting, value);
        memory(setting)[0] = kept;
        version++;
        return this;
    }

    /// **Throws** unless the setting could have that value, and returns the value as it would be kept.
    double tryOut(Setting setting, double value) {
        double[] memory = memory(setting);
        double before = memory[0];
        double kept = setting.checked(optimizer.name(), value);
        memory[0] = kept;
        try {
            optimizer.validate(this);
        } finally {
            memory[0] = before;
        }
        return kept;
    }

    /// **Throws** unless the settings are those of the optimizer, each in its range, and fit together.
    void requireFit(Map<Setting, Double> settings) {
        if (!settings.keySet().equals(settings().keySet())) {
            throw new IllegalArgumentException(optimizer.name() + ".loadState: the settings are " + settings.keySet()
                    + ", expected " + settings().keySet());
        }
        optimizer.validate(new ParameterGroup(optimizer, parameters, settings));
    }

    /// Takes settings that [#requireFit] has let pass.
    void assign(Map<Setting, Double> settings) {
        settings.forEach((setting, value) -> memory(setting)[0] = setting.checked(optimizer.name(), value));
        version++;
    }

    /// All settings and their values.
    public Map<Setting, Double> settings() {
        Map<Setting, Double> settings = new EnumMap<>(Setting.class);
        values.forEach((setting, value) -> settings.put(setting, value[0]));
        return settings;
    }

    /// The learning rate of the next step.
    public float learningRate() {
        return single(Setting.LEARNING_RATE);
    }

    /// Sets the learning rate of this group.
    public ParameterGroup learningRate(float rate) {
        return set(Setting.LEARNING_RATE, rate);
    }

    /// The learning rate before the first schedule has changed it: what schedules start from.
    public double initialLearningRate() {
        return Double.isNaN(initialLearningRate) ? get(Setting.LEARNING_RATE) : initialLearningRate;
    }

    /// As [#initialLearningRate()], but NaN if there has been no schedule.
    double keptInitialRate() {
        return initialLearningRate;
    }

    /// Keeps the learning rate that schedules start from, for schedules.
    public ParameterGroup initialLearningRate(double rate) {
        initialLearningRate = rate;
        return this;
    }

    /// The weight decay.
    public float weightDecay() {
        return single(Setting.WEIGHT_DECAY);
    }

    /// Sets the weight decay of this group, such as 0 for biases.
    public ParameterGroup weightDecay(float decay) {
        return set(Setting.WEIGHT_DECAY, decay);
    }

    /// The momentum of SGD and RMSprop.
    public float momentum() {
        return single(Setting.MOMENTUM);
    }

    /// Sets the momentum of this group.
    public ParameterGroup momentum(float momentum) {
        return set(Setting.MOMENTUM, momentum);
    }

    /// Sets both betas of this group.
    public ParameterGroup betas(double beta1, double beta2) {
        tryOut(Setting.BETA2, beta2);
        set(Setting.BETA1, beta1);
        return set(Setting.BETA2, beta2);
    }

    /// Sets what keeps divisors of this group from 0.
    public ParameterGroup eps(float eps) {
        return set(Setting.EPS, eps);
    }

    /// `lr=0.1, momentum=0.9`: the learning rate, and what is not as in `byDefault`.
    String describe(Map<Setting, Double> byDefault) {
        StringBuilder text = new StringBuilder("lr=" + Setting.LEARNING_RATE.text(learningRate()));
        settings().forEach((setting, value) -> {
            if (setting != Setting.LEARNING_RATE && !value.equals(byDefault.get(setting))) {
                text.append(", ").append(setting.label()).append('=').append(setting.text(value));
            }
        });
        return text.toString();
    }

    @Override
    public String toString() {
        return "ParameterGroup(" + parameters.size() + (parameters.size() == 1 ? " parameter, " : " parameters, ")
                + describe(optimizer.defaultSettings()) + ")";
    }
}
