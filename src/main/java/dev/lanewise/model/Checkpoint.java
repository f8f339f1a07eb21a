// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.data.Batches;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Everything that a training needs to go on, in one file: a training that is stopped, between two epochs or in one, and
/// resumed from it ends with the bits of one that never stopped.
///
/// ```java
/// Checkpoint checkpoint = new Checkpoint(net, optimizer, batches)
///         .add("schedule", schedule::stateDict, schedule::loadStateDict);
/// checkpoint.write(file, true); // after a step: in a FitListener, or in a loop of your own
/// ...
/// checkpoint.read(file); // another process, the same lines before; then go on
/// ```
///
/// It holds parameters and buffers, the optimizer's state, the gradients that [Optimizer#accumulate] has gathered, where the
/// walk through the batches is, the masks of [Dropout], and what has been added. It does not hold settings that are not
/// part of a state dict in PyTorch either: layers, clipping, how schedules are set. What `backward` has stored in a written
/// loop is not in it; save behind `step`.
///
/// **Threads**: one at a time, that of the training.
public final class Checkpoint {
    private static final String MODEL = "model.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String GRADIENT = "gradient.";

    private final Module net;
    private final Optimizer optimizer;
    private final Batches batches;
    private final Map<String, Addition> additions = new LinkedHashMap<>();

    /// Numbers that something keeps, and the way back.
    private record Addition(Supplier<SequencedMap<String, Double>> save, Consumer<Map<String, Double>> load) {
    }

    /// A checkpoint of a training of `net` with `optimizer` on `batches`.
    public Checkpoint(Module net, Optimizer optimizer, Batches batches) {
        this.net = net;
        this.optimizer = optimizer;
        this.batches = batches;
    }

    /// Adds the numbers that something else keeps: the `stateDict` of a schedule or of early stopping, or your own.
    ///
    /// **Throws** `IllegalArgumentException` if the name is taken.
    public Checkpoint add(String name, Supplier<SequencedMap<String, Double>> save,
            Consumer<Map<String, Double>> load) {
        if (additions.putIfAbsent(name, new Addition(save, load)) != null) {
            throw new IllegalArgumentException("Checkpoint.add: there is a " + Quoted.of(name) + " already");
        }
        return this;
    }

    private SequencedMap<String, Dropout> dropouts() {
        SequencedMap<String, Dropout> dropouts = new LinkedHashMap<>();
        net.namedModules().forEach((name, module) -> {
            if (module instanceof Dropout dropout) {
                dropouts.put(name, dropout);
            }
        });
        return dropouts;
    }

    /// Writes everything to `file`, which is replaced as a whole, or not at all, and only with `overwrite`.
    ///
    /// **Throws** `IllegalStateException` if a value to be saved is not finite (a file of before is then still there), the
    /// batches are shuffled by a `TorchRandom`, or something is closed; `IOException` as [DurableFile] does.
    public void write(Path file, boolean overwrite) throws IOException {
        try (OptimizerState state = optimizer.state()) {
            List<NamedTensor> tensors = new ArrayList<>();
            StateDict.of(net).forEach(t -> tensors.add(new NamedTensor(MODEL + t.name(), t.shape(), t.values())));
            tensors.addAll(OptimizerFile.tensors(state));
            if (optimizer.gathered() > 0) {
                net.namedParameters().forEach((name, parameter) -> {
                    if (parameter.hasGrad()) {
                        tensors.add(NamedTensor.matrix(GRADIENT + name, parameter.grad()));
                    }
                });
            }
            StateDict.requireFinite("Checkpoint.write", tensors, file);
            Map<String, String> metadata = OptimizerFile.metadata(state);
            metadata.put(CheckpointText.KEY, text().toJson());
            SafetensorsWriter writer = new SafetensorsWriter(metadata, tensors);
            DurableFile.write(file, overwrite, writer.bytes(), writer::writeTo);
        }
    }

    private CheckpointText text() {
        SequencedMap<String, CheckpointText.Masks> masks = new LinkedHashMap<>();
        dropouts().forEach((name, layer) -> masks.put(name, new CheckpointText.Masks(layer.seed(), layer.forwards())));
        SequencedMap<String, SequencedMap<String, Double>> numbers = new LinkedHashMap<>();
        additions.forEach((name, addition) -> numbers.put(name, addition.save.get()));
        return new CheckpointText(batches.cursor(), optimizer.gathered(), masks, numbers);
    }

    /// Takes module, optimizer, batches and additions to where they were when `file` was written.
    ///
    /// **Throws** [ModelFormatException] if it is not a whole and consistent checkpoint with finite values,
    /// `IllegalArgumentException` if it is of other layers, another optimizer, other batches or additions, and
    /// `NoSuchFileException` if there is no file: nothing has changed then. What loads an addition may throw as well, and is
    /// called last.
    public void read(Path file) throws IOException {
        ModelFile.requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = HeaderReader.read(channel, file);
            String text = header.metadata().get(CheckpointText.KEY);
            String optimizerText = header.metadata().get(OptimizerText.KEY);
            if (text == null || optimizerText == null) {
                throw ModelFormatException.of(file, "no " + CheckpointText.KEY + " and " + OptimizerText.KEY
                        + " in the metadata, expected a checkpoint");
            }
            CheckpointText read = CheckpointText.read(text, file);
            try (Tensors tensors = new Tensors()) {
                tensors.read(channel, file, header);
                restore(read, tensors, OptimizerText.read(optimizerText, file, tensors.optimizer));
            }
        }
    }

    private void restore(CheckpointText read, Tensors tensors, OptimizerState state) {
        SequencedMap<String, Dropout> dropouts = dropouts();
        requireNames("dropout layers", dropouts.keySet(), read.masks().keySet());
        requireNames("additions", additions.keySet(), read.additions().keySet());
        batches.requireFit(read.cursor());
        StateDict.check(net, tensors.model);
        SequencedMap<String, Parameter> parameters = net.namedParameters();
        tensors.gradients.forEach((name, gradient) -> {
            Parameter p = parameters.get(name);
            if (p == null || p.rows() != gradient.rows() || p.cols() != gradient.cols()) {
                throw new IllegalArgumentException(
                        "Checkpoint.read: the gradient " + Quoted.of(name) + " is of no parameter"
                                + " of " + net + " with its shape");
            }
        });
        int gatheredBefore = optimizer.gathered();
        optimizer.gathered(read.gathered()); // refused if the optimizer gathers fewer
        try {
            optimizer.loadState(state);
        } catch (RuntimeException e) {
            optimizer.gathered(gatheredBefore);
            throw e;
        }
        StateDict.load(net, tensors.model);
        net.zeroGrad();
        tensors.gradients.forEach((name, gradient) -> net.getParameter(name).grad(gradient));
        dropouts.forEach((name, layer) -> {
            CheckpointText.Masks masks = read.masks().get(name);
            if (masks != null) {
                layer.seed(masks.seed()).forwards(masks.forwards());
            }
        });
        batches.cursor(read.cursor());
        read.additions().forEach((name, numbers) -> {
            Addition addition = additions.get(name);
            if (addition != null) {
                addition.load.accept(numbers);
            }
        });
    }

    private static void requireNames(String what, Set<String> own, Set<String> found) {
        if (!own.equals(found)) {
            throw new IllegalArgumentException("Checkpoint.read: the file has "
                    + (found.isEmpty() ? "no " + what : "the " + what + " " + Quoted.list(found)) + ", expected "
                    + (own.isEmpty() ? "none" : Quoted.list(own)));
        }
    }

    /// What was read: closed when it has been copied.
    private static final class Tensors implements AutoCloseable {
        private final List<FloatMatrix> all = new ArrayList<>();
        private final List<NamedTensor> model = new ArrayList<>();
        private final SequencedMap<String, FloatMatrix> optimizer = new LinkedHashMap<>();
        private final SequencedMap<String, FloatMatrix> gradients = new LinkedHashMap<>();

        void read(FileChannel channel, Path file, SafetensorsHeader header) throws IOException {
            List<NamedTensor> read = ModelFile.readTensors(channel, file, header, header.tensors().values());
            read.forEach(tensor -> all.add(tensor.values()));
            for (NamedTensor tensor : read) {
                if (tensor.name().startsWith(MODEL)) {
                    model.add(new NamedTensor(tensor.name().substring(MODEL.length()), tensor.shape(),
                            tensor.values()));
                } else if (tensor.name().startsWith(OPTIMIZER) && tensor.shape().size() == 2) {
                    optimizer.put(tensor.name().substring(OPTIMIZER.length()), tensor.values());
                } else if (tensor.name().startsWith(GRADIENT) && tensor.shape().size() == 2) {
                    gradients.put(tensor.name().substring(GRADIENT.length()), tensor.values());
                } else {
                    throw ModelFormatException.inTensor(file, tensor.name(), -1,
                            "a tensor of no part of a checkpoint, expected a name that begins with " + MODEL
                                    + ", or a matrix"
                                    + " that begins with " + OPTIMIZER + " or " + GRADIENT);
                }
            }
        }

        @Override
        public void close() {
            all.forEach(FloatMatrix::close);
        }
    }
}
