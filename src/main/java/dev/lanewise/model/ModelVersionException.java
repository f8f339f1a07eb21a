// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.file.Path;

/// A model file was written in a version of the format that this Lanewise does not read.
public final class ModelVersionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long found;
    private final long supported;

    ModelVersionException(Path file, long found, long supported) {
        super(Quoted.path(file) + ": lanewise.format is " + found + ", this Lanewise reads " + supported + "; "
                + (found > supported ? "use a newer Lanewise" : "train and save the model again"));
        this.found = found;
        this.supported = supported;
    }

    /// The version of the file.
    public long found() {
        return found;
    }

    /// The version that can be read.
    public long supported() {
        return supported;
    }
}
