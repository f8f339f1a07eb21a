// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/// State dicts in files: what `safetensors.torch.save_file(net.state_dict(), f)` writes and `load_file` reads, for any module.
///
/// ```java
/// StateFile.write(file, StateDict.of(net), false);
/// try (SavedState saved = StateFile.read(file)) {
///     StateDict.load(net, saved.tensors());
/// }
/// ```
///
/// A [ModelFile] says in addition which layers the tensors are of, so that nobody has to build them first; its tensors can
/// be read here too. Reading runs no code and allocates no more than the file really holds.
public final class StateFile {
    private StateFile() {
    }

    /// Writes `tensors` in their order to `file`, which is replaced as a whole and only with `overwrite`.
    ///
    /// **Throws** `IllegalStateException` if one is closed or has a value that is not finite (a file of before is then
    /// still there), `IOException` as [DurableFile] does.
    public static void write(Path file, List<NamedTensor> tensors, boolean overwrite) throws IOException {
        StateDict.requireFinite("StateFile.write", tensors, file);
        SafetensorsWriter writer = new SafetensorsWriter(Map.of(ConfigWriter.FORMAT, ConfigWriter.FORMAT_VALUE),
                tensors);
        DurableFile.write(file, overwrite, writer.bytes(), writer::writeTo);
    }

    /// Reads all tensors of `file`, in the order of its header; the caller closes them.
    ///
    /// **Throws** [ModelFormatException] if it is not a whole safetensors file of finite float32 vectors and matrices, and
    /// int64 scalars, `NoSuchFileException` if there is no file (or a directory), `OffHeapMemoryException` if memory is
    /// refused.
    public static SavedState read(Path file) throws IOException {
        ModelFile.requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafetensorsHeader header = HeaderReader.read(channel, file);
            return new SavedState(ModelFile.readTensors(channel, file, header, header.tensors().values()));
        }
    }
}
