// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.RandomStreams;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.ParameterSlab;
import dev.lanewise.random.TorchRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A trainable tensor of a layer: its values and, after `backward`, its gradient.
///
/// **Shape**: `(rows, cols)`, such as a weight (out, in); a vector, such as a bias (out), is a matrix of one row.
/// **Ownership**: the memory belongs to the outermost module; it exists from the first use on.
public final class Parameter implements StateTensor {
    private final Layer layer;
    private final String localName;
    private final int rows;
    private final int cols;
    private final boolean vector;
    private final boolean panels;
    private final float initBound;
    /// Where the values begin if they begin equal.
    private final float initValue;
    private final ParameterSink sink = new ParameterSink(this);

    private @Nullable ParameterSlab slab;
    private int slot;
    private @Nullable FloatMatrix value;
    private @Nullable FloatMatrix gradient;
    private GradientState state = GradientState.NONE;
    private boolean requiresGrad = true;
    /// The clock of the outermost module, and when the values have been changed by it.
    private ForwardClock clock;
    private long changedAt;
    /// What an optimizer keeps, and whose it is.
    private @Nullable FloatMatrix[] optimizerState = new @Nullable FloatMatrix[0];
    private @Nullable FusedOptimizer stateOwner;

    private enum GradientState {
        NONE, PRESENT, USED
    }

    private Parameter(Layer layer, String localName, int rows, int cols, boolean vector, boolean panels,
            float initBound, float initValue) {
        this.layer = layer;
        this.clock = new ForwardClock(); // until there is memory
        this.localName = localName;
        this.rows = rows;
        this.cols = cols;
        this.vector = vector;
        this.panels = panels;
        this.initBound = initBound;
        this.initValue = initValue;
    }

    /// A `(rows, cols)` parameter, in panel order or not, initialised with U(-initBound, initBound).
    static Parameter matrix(Layer layer, String localName, int rows, int cols, boolean panels, float initBound) {
        return new Parameter(layer, localName, rows, cols, false, panels, initBound, 0);
    }

    /// A parameter of `size` values, initialised with U(-initBound, initBound).
    static Parameter vector(Layer layer, String localName, int size, float initBound) {
        return new Parameter(layer, localName, 1, size, true, false, initBound, 0);
    }

    /// A parameter of `size` values, initialised with `initValue`.
    static Parameter constant(Layer layer, String localName, int size, float initValue) {
        return new Parameter(layer, localName, 1, size, true, false, 0, initValue);
    }

    /// The name within its layer, such as `weight`.
    @Override
    public String localName() {
        return localName;
    }

    /// Number of rows; 1 for a vector.
    @Override
    public int rows() {
        return rows;
    }

    /// Number of columns; the size of a vector.
    @Override
    public int cols() {
        return cols;
    }

    /// Whether this is one-dimensional, as in its PyTorch shape.
    @Override
    public boolean isVector() {
        return vector;
    }

    /// The values; writing to them changes the model.
    ///
    /// **Throws** `IllegalStateException` after the module has been closed.
    @Override
    public FloatMatrix value() {
        if (value == null) {
            layer.root().bind();
        }
        if (value == null) {
            throw new IllegalStateException("the module of parameter " + localName + " is closed");
        }
        return value;
    }

    @Override
    public void changed() {
        changedAt = clock.now();
    }

    /// When the values have been changed for the last time.
    long changedAt() {
        return changedAt;
    }

    /// Sets all values to `value`, such as a bias to 0.
    public void fill(float value) {
        FloatMatrix memory = value();
        changed();
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

    /// Sets the gradient to a copy of `values`, to which the next `backward` adds.
    ///
    /// **Throws** `IllegalArgumentException` if the shape differs, `IllegalStateException` if the parameter is frozen or
    /// the module is closed.
    public Parameter grad(FloatMatrix values) {
        if (!requiresGrad) {
            throw new IllegalStateException(
                    "Parameter.grad: " + localName + " is frozen, expected one that requires a gradient");
        }
        gradientMemory().copyFrom(values);
        state = GradientState.PRESENT;
        return this;
    }

    /// Drops the gradient; the next `backward` overwrites it.
    public void zeroGrad() {
        state = GradientState.NONE;
    }

    /// Says that an optimizer has used the gradient at once.
    void stepped() {
        if (state != GradientState.USED) { // a reference costs a barrier of the garbage collector
            state = GradientState.USED;
        }
        changed();
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

    boolean isGradientUsed() {
        return state == GradientState.USED;
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

    /// Makes room for the state of `optimizer`: for each bit `i` set in `planes` a matrix of +0.0, of the shape and the
    /// order of [#value]. What it keeps already stays as it is; the state of another optimizer is lost.
    ///
    /// **Throws** `IllegalStateException` if the module is closed, `OffHeapMemoryException` if memory is refused; the
    /// state is then as it was.
    public void claimState(FusedOptimizer optimizer, int planes) {
        value();
        boolean own = hasStateOf(optimizer);
        if (slab == null || (own && (planes & ~statePlanes()) == 0)) {
            return;
        }
        int most = Integer.SIZE - Integer.numberOfLeadingZeros(planes);
        @Nullable
        FloatMatrix[] kept = new @Nullable FloatMatrix[Math.max(most, own ? optimizerState.length : 0)];
        for (int i = 0; i < kept.length; i++) {
            if (own && i < optimizerState.length) {
                kept[i] = optimizerState[i];
            }
            if (kept[i] == null && (planes >> i & 1) != 0) {
                kept[i] = slab.view(slot, ParameterSlab.GRADIENTS + 1 + i);
            }
        }
        int before = own ? statePlanes() : 0;
        optimizerState = kept;
        stateOwner = optimizer;
        for (int i = 0; i < kept.length; i++) {
            if (((planes & ~before) >> i & 1) != 0) {
                state(i).segment().fill((byte) 0);
            }
        }
    }

    /// Forgets the state of `optimizer`, if it is its own.
    public void releaseState(FusedOptimizer optimizer) {
        if (hasStateOf(optimizer)) {
            optimizerState = new @Nullable FloatMatrix[0];
            stateOwner = null;
        }
    }

    /// The planes of state that there are, a bit for each.
    private int statePlanes() {
        int planes = 0;
        for (int i = 0; i < optimizerState.length; i++) {
            planes |= optimizerState[i] == null ? 0 : 1 << i;
        }
        return planes;
    }

    /// Whether the state here is that of `optimizer`.
    public boolean hasStateOf(FusedOptimizer optimizer) {
        return optimizer.equals(stateOwner);
    }

    /// Part `plane` of the state of the optimizer that has claimed it last.
    ///
    /// **Throws** `IndexOutOfBoundsException` if it has not claimed it.
    public FloatMatrix state(int plane) {
        FloatMatrix memory = optimizerState[plane];
        if (memory == null) {
            throw new IndexOutOfBoundsException("Parameter.state: plane " + plane + " has not been claimed");
        }
        return memory;
    }

    /// Bytes of a plane of this parameter, of its values or its gradient.
    long planeBytes() {
        return panels ? FloatMatrix.panelBytes(rows, cols) : FloatMatrix.bytes(rows, cols);
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
        clock = layer.clock();
        changedAt = 0; // another clock: passes of before are gone
        gradient = null;
        state = GradientState.NONE;
        for (int i = 0; i < optimizerState.length; i++) {
            FloatMatrix before = optimizerState[i];
            if (before != null) {
                FloatMatrix moved = slab.view(slot, ParameterSlab.GRADIENTS + 1 + i);
                moved.segment().copyFrom(before.segment());
                optimizerState[i] = moved;
            }
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
        optimizerState = new @Nullable FloatMatrix[0];
        stateOwner = null;
    }

    /// The layer's first values, from the stream (seed, "init" and the full name).
    void init(long seed, String fullName) {
        layer.initParameter(this, RandomStreams.stream(seed, "init " + fullName));
    }

    /// The layer's first values, the next draws of `random` in PyTorch's way.
    void init(TorchRandom random) {
        layer.initParameter(this, random);
    }

    /// Uniform in [-initBound, initBound), or constant without a bound.
    void uniform(RandomGenerator random) {
        if (initBound == 0) {
            fill(initValue);
            return;
        }
        changed();
        if (random instanceof TorchRandom torch) {
            torch.uniform(value(), -initBound, initBound);
            return;
        }
        FloatMatrix memory = value();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                memory.set(r, c, (2 * RandomStreams.uniform(random) - 1) * initBound);
            }
        }
    }

    /// The dotted name in the outermost module, such as `0.weight`.
    String fullName() {
        for (var entry : layer.root().namedParameters().entrySet()) {
            if (entry.getValue() == this) {
                return entry.getKey();
            }
        }
        throw new AssertionError(this + " is not a parameter of its own module");
    }

    @Override
    public String toString() {
        return localName + (vector ? " (" + cols + ")" : " (" + rows + ", " + cols + ")");
    }
}
