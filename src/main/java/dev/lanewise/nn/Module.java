// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.nn;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.ParameterSlab;
import dev.lanewise.memory.Rows;
import dev.lanewise.memory.Table;
import dev.lanewise.parallel.WorkerTeam;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/// A model or a part of one, as PyTorch's `nn.Module`.
///
/// **Ownership**: the outermost module owns the parameters of all modules in it, in one slab allocated at the first use
/// and initialised with seed 0 (or [#init]); closing it frees them and the memory of its passes.
/// **Threads**: one at a time; a second thread is refused.
public abstract class Module implements AutoCloseable {
    private final UseGuard guard = new UseGuard();
    private final ForwardClock clock = new ForwardClock();
    private @Nullable Module parent;
    private @Nullable ParameterSlab slab;
    private @Nullable Passes passes;
    private @Nullable WorkerTeam team;
    private boolean training = true;
    private boolean closed;

    /// Only [Layer] and [Sequential] extend this class directly; a layer of your own extends [CustomLayer].
    Module() {
    }

    /// The layers in the order of the forward pass, each with its dotted name; the name of a lone layer is empty.
    abstract SequencedMap<String, Layer> layers();

    /// The direct children, in the order of the forward pass.
    public abstract List<Module> children();

    /// The names of [#children].
    abstract List<String> childNames();

    /// The direct children by their names, in the order of the forward pass.
    public final SequencedMap<String, Module> namedChildren() {
        SequencedMap<String, Module> named = new LinkedHashMap<>();
        List<Module> children = children();
        for (int i = 0; i < children.size(); i++) {
            named.put(childNames().get(i), children.get(i));
        }
        return named;
    }

    /// This module (its name is empty), its children and theirs, each before its children, by their dotted names.
    public final SequencedMap<String, Module> namedModules() {
        SequencedMap<String, Module> named = new LinkedHashMap<>();
        addModules("", named);
        return named;
    }

    private void addModules(String name, SequencedMap<String, Module> named) {
        named.put(name, this);
        namedChildren().forEach((child, module) -> module.addModules(dotted(name, child), named));
    }

    static String dotted(String outer, String inner) {
        return outer.isEmpty() ? inner : inner.isEmpty() ? outer : outer + "." + inner;
    }

    /// The module with the dotted name `name`, such as `encoder.0`; this one if it is empty.
    ///
    /// **Throws** `IllegalArgumentException` if there is none.
    public final Module getSubmodule(String name) {
        SequencedMap<String, Module> modules = namedModules();
        Module found = modules.get(name);
        if (found == null) {
            modules.remove("");
            throw unknown("module", name, modules.sequencedKeySet());
        }
        return found;
    }

    /// The parameter with the dotted name `name`, such as `0.weight`.
    ///
    /// **Throws** `IllegalArgumentException` if there is none.
    public final Parameter getParameter(String name) {
        SequencedMap<String, Parameter> parameters = namedParameters();
        Parameter found = parameters.get(name);
        if (found == null) {
            throw unknown("parameter", name, parameters.sequencedKeySet());
        }
        return found;
    }

    private IllegalArgumentException unknown(String what, String name, SequencedSet<String> names) {
        return new IllegalArgumentException("Module: " + this + " has no " + what + " '" + name + "', expected "
                + (names.isEmpty() ? "nothing, as it has none" : "one of " + String.join(", ", names)));
    }

    /// Number of outputs for rows of `inFeatures` values.
    ///
    /// **Throws** `IllegalArgumentException` if the module cannot take them.
    public abstract int outFeatures(int inFeatures);

    /// Computes the outputs for the rows `x` and keeps what `backward` needs.
    ///
    /// The result is a reused object, valid until the next call but one.
    ///
    /// **Shape**: (rows, inFeatures) to (rows, outFeatures). **Throws** `IllegalArgumentException` if the shape does
    /// not fit or there are no rows, `IllegalStateException` after close or while another thread uses the module.
    public final Output forward(Rows x) {
        Module root = root();
        root.guard.enter(this);
        try {
            root.bind();
            return passes().next().forward(x);
        } finally {
            root.guard.exit();
        }
    }

    /// [#forward(Rows)] for all rows of `x`.
    public final Output forward(Table x) {
        return forward(x.all());
    }

    /// zeroGrad, forward, loss, backward and step in one: the same bits, and no gradient is stored if the optimizer
    /// [FusedOptimizer#fuses].
    ///
    /// `check` sees the loss before it changes the parameters; what it throws prevents the step. A loss with reduction
    /// NONE is back-propagated as its mean. The forward pass of a step that is prevented has happened: as in the loop
    /// written out, the batch has entered the running statistics of [BatchNorm1d], not finite ones too.
    ///
    /// **Throws** as [#forward(Rows)] and [LossFunction#of(Output, Rows)].
    public final Loss trainStep(Rows x, Rows y, LossFunction loss, FusedOptimizer optimizer, StepCheck check) {
        Module root = root();
        root.guard.enter(this);
        try {
            root.bind();
            return passes().next().trainStep(x, y, loss, optimizer, check);
        } finally {
            root.guard.exit();
        }
    }

    private Passes passes() {
        if (passes == null) {
            passes = new Passes(this, root().team);
        }
        return passes;
    }

    /// Uses up to `threads` threads for every pass from now on, the caller's among them: fewer where a batch is too
    /// small to be worth it. The results are the same bits for any number. A new module uses 1.
    ///
    /// Outputs and losses of passes before are no longer valid. The threads belong to the outermost module and end when
    /// it is closed.
    ///
    /// **Throws** `IllegalArgumentException` unless it is 1 to 1024, `IllegalStateException` after close or while
    /// another thread uses the module.
    public Module threads(int threads) {
        Module root = root();
        root.guard.enter(this);
        try {
            root.requireOpen();
            WorkerTeam newTeam = threads == 1 ? null : new WorkerTeam(threads);
            root.freePasses();
            root.endTeam();
            root.team = newTeam;
        } finally {
            root.guard.exit();
        }
        return this;
    }

    /// The most threads that a pass uses; see [#threads(int)].
    public final int threads() {
        WorkerTeam current = root().team;
        return current == null ? 1 : current.threads();
    }

    /// The most threads that keep busy in steps of `rows` rows of `inFeatures` values; passes use no more.
    ///
    /// **Throws** `IllegalArgumentException` if the module cannot take such rows.
    public final int threadsWorth(int rows, int inFeatures) {
        long work = 0;
        int features = inFeatures;
        Layer last = null;
        for (Layer layer : layers().values()) {
            last = layer;
            work += layer.work(features);
            features = layer.outFeatures(features);
        }
        int worth = Workers.worth(work * rows);
        return layers().size() == 1 && last instanceof Linear linear ? Math.max(worth, linear.relayWorth(rows)) : worth;
    }

    private void endTeam() {
        if (team != null) {
            team.close();
            team = null;
        }
    }

    private void freePasses() {
        if (passes != null) {
            passes.close();
            passes = null;
        }
        for (Module child : children()) {
            child.freePasses();
        }
    }

    /// The parameters of all layers, weights before biases, in the order of the layers.
    public final List<Parameter> parameters() {
        return List.copyOf(namedParameters().values());
    }

    /// The parameters by their dotted names, such as `0.weight`, in the order of [#parameters].
    public final SequencedMap<String, Parameter> namedParameters() {
        SequencedMap<String, Parameter> named = new LinkedHashMap<>();
        layers().forEach((name, layer) -> {
            for (Parameter p : layer.layerParameters()) {
                named.put(dotted(name, p.localName()), p);
            }
        });
        return named;
    }

    /// The buffers of all layers by their dotted names, such as `1.running_mean`: what is saved with the parameters but
    /// not trained.
    public final SequencedMap<String, Buffer> namedBuffers() {
        SequencedMap<String, Buffer> named = new LinkedHashMap<>();
        layers().forEach((name, layer) -> {
            for (Buffer b : layer.layerBuffers()) {
                named.put(name.isEmpty() ? b.localName() : name + "." + b.localName(), b);
            }
        });
        return named;
    }

    /// Everything that is saved, in the order of PyTorch's state dict: layer by layer, parameters before buffers.
    public final SequencedMap<String, StateTensor> namedState() {
        SequencedMap<String, StateTensor> named = new LinkedHashMap<>();
        layers().forEach((name, layer) -> {
            String prefix = name.isEmpty() ? "" : name + ".";
            layer.layerParameters().forEach(p -> named.put(prefix + p.localName(), p));
            layer.layerBuffers().forEach(b -> named.put(prefix + b.localName(), b));
        });
        return named;
    }

    /// Initialises all parameters and buffers as PyTorch does by default and begins the masks of [Dropout] anew, all from `seed`:
    /// the same seed gives the same weights.
    public Module init(long seed) {
        root().bind();
        namedParameters().forEach((name, parameter) -> parameter.init(seed, name));
        layers().values().forEach(layer -> layer.initStream(seed));
        return this;
    }

    /// Freezes all parameters (`false`) or thaws them; see [Parameter#requiresGrad(boolean)].
    ///
    /// Where everything up to a layer is frozen, no gradient is computed beyond it either. The mode stays: a frozen
    /// [Dropout] still drops.
    public Module requiresGrad(boolean on) {
        for (Parameter parameter : parameters()) {
            parameter.requiresGrad(on);
        }
        return this;
    }

    /// Drops all gradients; the next `backward` overwrites them.
    public final void zeroGrad() {
        if (this instanceof Layer layer) {
            List<Parameter> parameters = layer.layerParameters();
            for (int i = 0; i < parameters.size(); i++) { // an iterator would be an object in every step
                parameters.get(i).zeroGrad();
            }
        }
        List<Module> children = children();
        for (int i = 0; i < children.size(); i++) {
            children.get(i).zeroGrad();
        }
    }

    /// Training mode, for this module and every child: the mode of a new module.
    public Module train() {
        setTraining(true);
        return this;
    }

    /// Evaluation mode, for this module and every child.
    public Module eval() {
        setTraining(false);
        return this;
    }

    /// Whether the module is in training mode.
    public final boolean isTraining() {
        return training;
    }

    private void setTraining(boolean mode) {
        training = mode;
        for (Module child : children()) {
            child.setTraining(mode);
        }
    }

    /// Bytes of native memory held by this module: parameters, gradients and passes.
    public final long bytesOffHeap() {
        long bytes = (slab == null ? 0 : slab.bytesOffHeap()) + (passes == null ? 0 : passes.bytesOffHeap());
        if (this instanceof Layer layer) {
            bytes += layer.layerBytesOffHeap();
        }
        for (Module child : children()) {
            bytes += child.bytesOffHeap();
        }
        return bytes;
    }

    /// Marks this module as trained by `owner`, an object that names itself in messages.
    ///
    /// **Throws** `IllegalStateException` if another owner trains it.
    public final void claim(Object owner) {
        root().guard.claim(owner, this);
    }

    /// Ends [#claim]; harmless if `owner` does not hold it.
    public final void release(Object owner) {
        root().guard.release(owner);
    }

    /// What a model is made of, for rows of as many features as its first [Linear] takes; see [#summary(int)].
    ///
    /// **Throws** `IllegalStateException` if there is none, or a layer of the user's own comes before it.
    public final Summary summary() {
        for (Layer layer : layers().values()) {
            if (layer instanceof Linear linear) {
                return summary(linear.inFeatures());
            }
            if (layer instanceof CustomLayer) {
                break;
            }
        }
        throw new IllegalStateException("Module.summary: " + this
                + " does not begin with a Linear layer that says how many features a row has; use summary(inFeatures)");
    }

    /// What a model is made of, for rows of `inFeatures` features: layers, shapes, parameters and bytes; its `toString`
    /// is a table.
    ///
    /// **Throws** `IllegalArgumentException` if the module cannot take such rows.
    public final Summary summary(int inFeatures) {
        return Summary.of(this, inFeatures);
    }

    /// Whether the memory of the parameters has been laid out.
    final boolean isBound() {
        return root().slab != null;
    }

    final Module root() {
        return parent == null ? this : parent.root();
    }

    final ForwardClock clock() {
        return root().clock;
    }

    final UseGuard guard() {
        return root().guard;
    }

    /// **Throws** unless this module can become part of another.
    final void checkAdoptable() {
        if (parent != null) {
            throw new IllegalArgumentException(
                    "Sequential: " + this + " is already part of another module; make a new one");
        }
        if (closed) {
            throw new IllegalStateException("Sequential: " + this + " is closed");
        }
    }

    final void adopt(Module child) {
        child.endTeam();
        child.freePasses();
        child.parent = this;
    }

    /// Gives every parameter its place in one slab. Parameters used before their module became part of this one keep
    /// their values; the others are initialised with seed 0.
    final void bind() {
        requireOpen();
        if (slab != null) {
            return;
        }
        Kernels.warnIfSlow();
        SequencedMap<String, Parameter> named = namedParameters();
        ParameterSlab planned = new ParameterSlab(toString());
        List<@Nullable FloatMatrix> before = new ArrayList<>();
        for (Parameter p : named.values()) {
            before.add(p.bound());
            p.plan(planned);
        }
        int i = 0;
        for (var entry : named.sequencedEntrySet()) {
            FloatMatrix old = before.get(i++);
            entry.getValue().bind(old);
            if (old == null) {
                entry.getValue().init(0, entry.getKey());
            }
        }
        slab = planned;
        layers().forEach((name, layer) -> layer.named(name));
        for (Module child : children()) {
            child.freeMemory();
        }
    }

    private void freeMemory() {
        if (this instanceof Layer layer) {
            layer.freeLayerMemory();
        }
        if (slab != null) {
            slab.close();
            slab = null;
        }
        if (passes != null) {
            passes.close();
            passes = null;
        }
        for (Module child : children()) {
            child.freeMemory();
        }
    }

    /// Frees the memory; harmless a second time.
    ///
    /// **Throws** `IllegalStateException` if another thread is using the module, or it is part of another module, which
    /// has to be closed instead; or while the operating system reads its memory, and then it can be closed again later.
    @Override
    public void close() {
        if (parent != null) {
            throw new IllegalStateException(this + " is part of " + parent + "; close that instead");
        }
        guard.enter(this);
        try {
            closed = true;
            endTeam();
            freeMemory();
            for (Parameter p : parameters()) {
                p.unbind();
            }
            namedBuffers().values().forEach(Buffer::free);
        } finally {
            guard.exit();
        }
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }
}
