// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.optim;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.PlainDescent;
import java.lang.foreign.MemorySegment;

/// The step of one parameter under way: what an [Optimizer] needs to know to change a piece of it.
public final class ParameterStep {
    /// Numbers that an optimizer may put down for the pieces of a step.
    public static final int FACTORS = 16;

    private final Parameter parameter;
    private final ParameterGroup group;
    private final float[] factors = new float[FACTORS];
    private long count;
    /// The planes of state that a step has begun to use, a bit for each.
    private int begun;
    private int version = -1;
    /// What [Optimizer#plainRate] has said about these settings.
    private float plainRate = Float.NaN;
    private final PlainDescent plainDescent = new Plain();

    /// Steps that are no more than a multiplication and an addition, for as long as no setting changes.
    private final class Plain implements PlainDescent {
        @Override
        public float rate() {
            return version == group.version() ? plainRate : Float.NaN;
        }

        @Override
        public void count() {
            next();
        }
    }

    ParameterStep(Parameter parameter, ParameterGroup group) {
        this.parameter = parameter;
        this.group = group;
    }

    /// The parameter that is stepped.
    public Parameter parameter() {
        return parameter;
    }

    /// Its settings.
    public ParameterGroup group() {
        return group;
    }

    /// Number of this step of the parameter, from 1 on.
    public long count() {
        return count;
    }

    /// What the optimizer keeps for the parameter in plane `plane`: the float at index `i` belongs to float `i` of the
    /// parameter's memory.
    ///
    /// **Throws** `IndexOutOfBoundsException` if the optimizer does not keep it.
    public MemorySegment state(int plane) {
        return parameter.state(plane).segment();
    }

    /// Whether the plane is all +0.0 still, because this is the first step to use it. Asked in [Optimizer#begin].
    public boolean isFresh(int plane) {
        return (begun >> plane & 1) == 0;
    }

    /// Whether this is the first time that the question is asked since a setting of the group has changed, or at all: what
    /// follows from the settings alone need not be computed in every step. Asked in [Optimizer#begin], once.
    public boolean settingsChanged() {
        boolean changed = version != group.version();
        version = group.version();
        return changed;
    }

    /// Sets what is kept in plane `plane` to `value`.
    public void fill(int plane, float value) {
        fill(parameter.state(plane), value);
    }

    /// Sets all values, but no padding, whatever the order.
    static void fill(FloatMatrix matrix, float value) {
        for (int r = 0; r < matrix.rows(); r++) {
            for (int c = 0; c < matrix.cols(); c++) {
                matrix.set(r, c, value);
            }
        }
    }

    /// A number put down by [Optimizer#begin].
    public float factor(int i) {
        return factors[i];
    }

    /// Puts a number down for all pieces of this step.
    public void factor(int i, float value) {
        factors[i] = value;
    }

    PlainDescent plainDescent() {
        return plainDescent;
    }

    void plainRate(float rate) {
        plainRate = rate;
    }

    void next() {
        count++;
    }

    void used(int planes) {
        begun |= planes;
    }

    int begun() {
        return begun;
    }

    void restore(long newCount, int newBegun) {
        count = newCount;
        begun = newBegun;
        version = -1;
    }
}
