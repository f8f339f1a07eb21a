// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.ParameterSlab;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A trainable tensor of a layer: its values and, after `backward`, its gradient.
///
/// **Shape**: `(rows, cols)`, such as a weight (out, in); a vector, such as a bias (out), is a matrix of one row.
/// **Ownership**: the memory belongs to the outermost module; it exists from the first use on.
public final class Parameter {
    private final Layer layer;
    private final String localName;
    private final int rows;
    private final int cols;
    private final boolean vector;
    private final boolean panels;
    private final float initBound;
    private final ParameterSink sink = new ParameterSink(this);

    private @Nullable ParameterSlab slab;
    private int slot;
    private @Nullable FloatMatrix value;
    private @Nullable FloatMatrix gradient;
    private GradientState state = GradientState.NONE;
    private boolean requiresGrad = true;
    /// What an optimizer keeps, and whose it is.
    private FloatMatrix[] optimizerState = new FloatMatrix[0];
    private @Nullable FusedOptimizer stateOwner;

    private enum GradientState {
        NONE, PRESENT, USED
    }

    private Parameter(Layer layer, String localName, int rows, int cols, boolean vector, boolean panels,
            float initBound) {
        this.layer = layer;
        this.localName = localName;
        this.rows = rows;
        this.cols = cols;
        this.vector = vector;
        this.panels = panels;
        this.initBound = initBound;
    }

    /// A `(rows, cols)` parameter, in panel order or not, initialised with U(-initBound, initBound).
    static Parameter matrix(Layer layer, String localName, int rows, int cols, boolean panels, float initBound) {
        return new Parameter(layer, localName, rows, cols, false, panels, initBound);
    }

    /// A parameter of `size` values, initialised with U(-initBound, initBound).
    static Parameter vector(Layer layer, String localName, int size, float initBound) {
        return new Parameter(layer, localName, 1, size, true, false, initBound);
    }

    /// The name within its layer, such as `weight`.
    public String localName() {
        return localName;
    }

    /// Number of rows; 1 for a vector.
    public int rows() {
        return rows;
    }

    /// Number of columns; the size of a vector.
    public int cols() {
        return cols;
    }

    /// Whether this is one-dimensional, as in its PyTorch shape.
    public boolean isVector() {
        return vector;
    }

    /// The values; writing to them changes the model.
    ///
    /// **Throws** `IllegalStateException` after the module has been closed.
    public FloatMatrix value() {
        if (value == null) {
            layer.root().bind();
        }
        if (value == null) {
            throw new IllegalStateException("the module of parameter " + localName + " is closed");
        }
        return value;
    }

    /// Sets all values to `value`, such as a bias to 0.
    public void fill(float value) {
        FloatMatrix memory = value();
        for (int r = 0; memory.isPanels() && r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                memory.set(r, c, value);
            }
        }
        if (!memory.isPanels()) {
            Kernels.ELEMENT.fill(memory.segment(), memory.stride(), rows, cols, value);
        }
    }

    /// Whether `backward` computes a gradient: true for a new parameter.
    public boolean requiresGrad() {
        return requiresGrad;
    }

    /// Freezes the parameter (`false`) or thaws it: a frozen one gets no gradient, costs no gradient work, and is skipped
    /// by optimizers; a gradient that is there is dropped. What an optimizer keeps for it stays.
    public Parameter requiresGrad(boolean on) {
        requiresGrad = on;
        if (!on) {
            zeroGrad();
        }
        return this;
    }

    /// Whether there is a gradient: after `backward`, until `zeroGrad`.
    public boolean hasGrad() {
        return state == GradientState.PRESENT;
    }

    /// The gradient, of the shape of [#value].
    ///
    /// **Throws** `IllegalStateException` if there is none: before `backward`, after `zeroGrad`, and after a fused
    /// `trainStep`, which uses each gradient tile at once and never stores it; if it is frozen; or the module is closed.
    public FloatMatrix grad() {
        if (state == GradientState.PRESENT) {
            return gradientMemory();
        }
        layer.root().requireOpen();
        throw new IllegalStateException("Parameter.grad: " + localName + " has no gradient: "
                + (!requiresGrad ? "it is frozen; requiresGrad(true) thaws it" : state == GradientState.USED
                        ? "trainStep uses gradients at once without storing them; call zeroGrad, backward and step instead"
                        : "call backward first"));
    }

    /// Drops the gradient; the next `backward` overwrites it.
    public void zeroGrad() {
        state = GradientState.NONE;
    }

    /// Where `backward` writes; [#hasGrad] before the call says whether it overwrites or adds.
    FloatMatrix writeGradient() {
        FloatMatrix memory = gradientMemory(); // may be refused: then there is no gradient
        state = GradientState.PRESENT;
        return memory;
    }

    /// Where the pieces of the gradient go.
    ParameterSink sink() {
        return sink;
    }

    void gradientUsed() {
        state = GradientState.USED;
    }

    /// Where the gradient is or will be; allocated at the first call.
    FloatMatrix gradientMemory() {
        if (gradient == null) {
            value();
            if (slab == null) {
                throw new IllegalStateException("the module of parameter " + localName + " is closed");
            }
            gradient = slab.view(slot, ParameterSlab.GRADIENTS);
        }
        return gradient;
    }

    /// Makes room for the state of `optimizer`: `planes` matrices of +0.0, of the shape and the order of [#value]. The
    /// state that it has already stays as it is; that of another optimizer is lost.
    ///
    /// **Throws** `IllegalStateException` if the module is closed, `OffHeapMemoryException` if memory is refused.
    public void claimState(FusedOptimizer optimizer, int planes) {
        value();
        if (hasStateOf(optimizer) || slab == null) {
            return;
        }
        FloatMatrix[] views = new FloatMatrix[planes];
        for (int i = 0; i < planes; i++) {
            views[i] = slab.view(slot, ParameterSlab.GRADIENTS + 1 + i);
        }
        for (FloatMatrix view : views) {
            view.segment().fill((byte) 0);
        }
        optimizerState = views;
        stateOwner = optimizer;
    }

    /// Whether the state here is that of `optimizer`.
    public boolean hasStateOf(FusedOptimizer optimizer) {
        return optimizer.equals(stateOwner);
    }

    /// Part `plane` of the state of the optimizer that has claimed it last.
    ///
    /// **Throws** `IndexOutOfBoundsException` if it has not claimed so many.
    public FloatMatrix state(int plane) {
        return optimizerState[plane];
    }

    void plan(ParameterSlab newSlab) {
        slab = newSlab;
        slot = newSlab.add(rows, cols, panels);
    }

    /// Moves to the planned slab; `old` values, if there are any, move along.
    void bind(@Nullable FloatMatrix old) {
        if (slab == null) {
            throw new AssertionError("bind before plan");
        }
        FloatMatrix memory = slab.view(slot, ParameterSlab.VALUES);
        if (old != null) {
            memory.segment().copyFrom(old.segment());
        }
        value = memory;
        gradient = null;
        state = GradientState.NONE;
        for (int i = 0; i < optimizerState.length; i++) {
            FloatMatrix moved = slab.view(slot, ParameterSlab.GRADIENTS + 1 + i);
            moved.segment().copyFrom(optimizerState[i].segment());
            optimizerState[i] = moved;
        }
    }

    @Nullable
    FloatMatrix bound() {
        return value;
    }

    void unbind() {
        slab = null;
        value = null;
        gradient = null;
        state = GradientState.NONE;
        optimizerState = new FloatMatrix[0];
        stateOwner = null;
    }

    /// The layer's first values, from the stream (seed, "init" and the full name).
    void init(long seed, String fullName) {
        layer.initParameter(this, RandomStreams.stream(seed, "init " + fullName));
    }

    /// Uniform in [-initBound, initBound).
    void uniform(RandomGenerator random) {
        FloatMatrix memory = value();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                memory.set(r, c, (2 * RandomStreams.uniform(random) - 1) * initBound);
            }
        }
    }

    @Override
    public String toString() {
        return localName + (vector ? " (" + cols + ")" : " (" + rows + ", " + cols + ")");
    }
}
