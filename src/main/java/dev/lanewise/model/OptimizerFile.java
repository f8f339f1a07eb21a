// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.model.SafetensorsHeader.Entry;
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

/// Saved optimizers: a safetensors file with tensors such as `optimizer.0.exp_avg`, and in its metadata the settings of
/// all groups and the counts of steps. Equal states give equal bytes.
///
/// Together with a model file of the same moment, training goes on with the bits of one that never stopped, once what is
/// in neither has been set again: [dev.lanewise.data.Batches#epoch(int)], the state dict of a schedule, and of every
/// [dev.lanewise.nn.Dropout] the seed and the number of forwards.
public final class OptimizerFile {
    private static final String PREFIX = "optimizer.";

    private OptimizerFile() {
    }

    /// Writes `state` to `file`, which is replaced as a whole and only with `overwrite`.
    ///
    /// **Throws** `IllegalStateException` if the state is closed, `IOException` as [DurableFile] does.
    public static void write(Path file, OptimizerState state, boolean overwrite) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter(metadata(state), tensors(state));
        DurableFile.write(file, overwrite, writer.bytes(), writer::writeTo);
    }

    /// What a file says about `state` beside its tensors.
    static Map<String, String> metadata(OptimizerState state) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(ConfigWriter.FORMAT, ConfigWriter.FORMAT_VALUE);
        metadata.put(OptimizerText.KEY, OptimizerText.of(state));
        return metadata;
    }

    /// The tensors of `state` with their names in a file: its own memory, not copies.
    static List<NamedTensor> tensors(OptimizerState state) {
        List<NamedTensor> tensors = new ArrayList<>();
        state.tensors().forEach((name, values) -> tensors.add(NamedTensor.matrix(PREFIX + name, values)));
        return tensors;
    }

    /// Reads the state in `file`; the caller closes it.
    ///
    /// **Throws** [ModelFormatException] if it is not a whole and consistent state with finite tensors,
    /// `NoSuchFileException` if there is no file (or a directory), `OffHeapMemoryException` if memory is refused.
    public static OptimizerState read(Path file) throws IOException {
        ModelFile.requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = HeaderReader.read(channel, file);
            String text = header.metadata().get(OptimizerText.KEY);
            if (text == null) {
                throw ModelFormatException.of(file, "no " + OptimizerText.KEY
                        + " in the metadata, expected the saved state of an optimizer");
            }
            for (Entry entry : header.tensors().values()) {
                requireMatrix(file, entry);
            }
            SequencedMap<String, FloatMatrix> tensors = new LinkedHashMap<>();
            for (NamedTensor tensor : ModelFile.readTensors(channel, file, header, header.tensors().values())) {
                tensors.put(tensor.name().substring(PREFIX.length()), tensor.values());
            }
            boolean whole = false;
            try {
                OptimizerState state = OptimizerText.read(text, file, tensors);
                whole = true;
                return state;
            } finally {
                if (!whole) {
                    tensors.values().forEach(FloatMatrix::close);
                }
            }
        }
    }

    private static void requireMatrix(Path file, Entry entry) throws ModelFormatException {
        if (!entry.name().startsWith(PREFIX) || entry.shape().size() != 2) {
            throw ModelFormatException.inTensor(file, entry.name(), -1, "shape is " + entry.shape()
                    + ", expected a name that begins with " + PREFIX + " and a matrix");
        }
    }
}
