// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.model.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Model files: one safetensors file with PyTorch's tensor names and layouts, and in its metadata what the model is.
///
/// Equal weights and configuration give equal bytes: no time, host, Java version, kernel or thread count is in the
/// file. Reading runs no code, follows no path of the file, and allocates no more than the file really holds.
public final class ModelFile {
    /// Rows are padded.
    private static final long MOST_COLS = Integer.MAX_VALUE - FloatMatrix.LANES;

    private ModelFile() {
    }

    /// Finds out whether [#write] could create `file` now; to be asked before training.
    ///
    /// **Throws** as [DurableFile] does.
    public static void check(Path file, boolean overwrite) throws IOException {
        DurableFile.check(file, overwrite);
    }

    /// Writes `tensors`, in the order of [ModelConfig#tensorShapes], and `config` to `file`, which is replaced as a
    /// whole and only with `overwrite`.
    ///
    /// **Throws** `IllegalArgumentException` if the tensors are not those of `config`, `IllegalStateException` if one
    /// is closed or has a value that is not finite (a file of before is then still there), `IOException` as
    /// [DurableFile] does.
    public static void write(Path file, List<NamedTensor> tensors, ModelConfig config, boolean overwrite)
            throws IOException {
        List<String> given = tensors.stream().map(t -> t.name() + " " + t.shape()).toList();
        List<String> expected = config.tensorShapes().entrySet().stream().map(e -> e.getKey() + " " + e.getValue())
                .toList();
        if (!given.equals(expected)) {
            throw new IllegalArgumentException("ModelFile.write: tensors are " + Quoted.list(given) + ", expected "
                    + Quoted.list(expected) + " as the layers of the config say");
        }
        StateDict.requireFinite("ModelFile.write", tensors, file);
        SafetensorsWriter writer = new SafetensorsWriter(ConfigWriter.metadata(config), tensors);
        DurableFile.write(file, overwrite, writer.bytes(), writer::writeTo);
    }

    /// Reads the model in `file`; the caller closes it.
    ///
    /// **Throws** [ModelFormatException] if it is not a whole and consistent model with finite weights,
    /// [ModelVersionException] if it is of another version, `NoSuchFileException` if there is no file (or a directory),
    /// `OffHeapMemoryException` if memory for the weights is refused.
    public static LoadedModel read(Path file) throws IOException {
        requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = HeaderReader.read(channel, file);
            if (header.tensors().isEmpty()) {
                throw ModelFormatException.of(file,
                        "no tensors in the file, expected the weights of a model" + ModelFormatException.AGAIN);
            }
            ModelConfig config = ConfigReader.read(file, header);
            List<Entry> entries = inOrder(file, header.tensors(), config.tensorShapes());
            return new LoadedModel(config, readTensors(channel, file, header, entries));
        }
    }

    /// Refuses what is no file.
    static void requireFile(Path file) throws IOException {
        BasicFileAttributes found = attributes(file);
        if (found.isDirectory()) {
            throw new NoSuchFileException(file.toString(), null, "it is a directory, expected a model file");
        }
        if (!found.isRegularFile()) { // a pipe has no size to compare lengths with, and may block for ever
            throw ModelFormatException.of(file, "it is a pipe, socket or device, expected a model file");
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) { // a file where a folder should be, a name too long, a loop of links
            NoSuchFileException missing = new NoSuchFileException(file.toString(), null, "no such file");
            missing.initCause(e);
            throw missing;
        }
    }

    /// The tensors found, in the order of those expected.
    private static List<Entry> inOrder(Path file, Map<String, Entry> found, Map<String, List<Integer>> expected)
            throws ModelFormatException {
        Set<String> missing = new LinkedHashSet<>(expected.keySet());
        missing.removeAll(found.keySet());
        Set<String> unexpected = new LinkedHashSet<>(found.keySet());
        unexpected.removeAll(expected.keySet());
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw ModelFormatException.of(file, "the tensors do not fit the layers of lanewise.config: missing "
                    + (missing.isEmpty() ? "none" : Quoted.list(missing)) + ", unexpected "
                    + (unexpected.isEmpty() ? "none" : Quoted.list(unexpected)));
        }
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, List<Integer>> tensor : expected.entrySet()) {
            Entry entry = Objects.requireNonNull(found.get(tensor.getKey()));
            if (!entry.shape().equals(tensor.getValue().stream().map(Integer::longValue).toList())) {
                throw ModelFormatException.inTensor(file, entry.name(), -1, "shape is " + entry.shape()
                        + ", expected " + tensor.getValue() + " as the layers of lanewise.config say");
            }
            if (entry.shape().isEmpty() && entry.end() - entry.begin() != Long.BYTES) {
                throw ModelFormatException.inTensor(file, entry.name(), -1,
                        "dtype is 'F32', expected 'I64' of a counter");
            }
            entries.add(entry);
        }
        return entries;
    }

    /// Memory for a tensor: a counter, a vector or a matrix.
    private static NamedTensor allocate(Path file, Entry entry) throws ModelFormatException {
        if (entry.shape().size() > 2 || entry.shape().stream().anyMatch(size -> size < 1 || size > MOST_COLS)
                || (entry.shape().isEmpty() && entry.end() - entry.begin() != Long.BYTES)) {
            throw ModelFormatException.inTensor(file, entry.name(), -1,
                    "shape is " + entry.shape() + ", expected a matrix, a vector or a counter");
        }
        List<Integer> shape = entry.shape().stream().map(Math::toIntExact).toList();
        return new NamedTensor(entry.name(), shape, shape.isEmpty() ? FloatMatrix.allocate(1, 2)
                : FloatMatrix.allocate(shape.size() == 1 ? 1 : shape.getFirst(), shape.getLast()));
    }

    /// The tensors of `entries`; the caller closes them.
    static List<NamedTensor> readTensors(FileChannel channel, Path file, SafetensorsHeader header,
            Collection<Entry> entries) throws IOException {
        List<NamedTensor> tensors = new ArrayList<>();
        boolean whole = false;
        try {
            for (Entry entry : entries) {
                tensors.add(allocate(file, entry));
                new TensorReader(channel, file, header.dataStart() + entry.begin(), tensors.getLast()).read();
            }
            long bytes = header.dataStart() + header.dataBytes();
            if (channel.size() != bytes) {
                throw TensorReader.changed(file, channel.size(), bytes);
            }
            whole = true;
            return tensors;
        } finally {
            if (!whole) {
                tensors.forEach(tensor -> tensor.values().close());
            }
        }
    }
}
