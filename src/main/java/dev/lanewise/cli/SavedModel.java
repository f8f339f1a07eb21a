// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.model.LoadedModel;
import dev.lanewise.model.ModelConfig;
import dev.lanewise.model.ModelFile;
import dev.lanewise.model.StateDict;
import dev.lanewise.model.WeightsHash;
import dev.lanewise.nn.Sequential;
import java.io.IOException;
import java.nio.file.Path;

/// A model file as a module that can be used.
record SavedModel(ModelConfig config, Sequential net) implements AutoCloseable {

    static SavedModel read(Path file) throws IOException {
        try (LoadedModel loaded = ModelFile.read(file)) {
            return new SavedModel(loaded.config(), StateDict.module(loaded));
        }
    }

    String weightsHash() {
        return WeightsHash.sha256(StateDict.of(net));
    }

    @Override
    public void close() {
        net.close();
    }
}
