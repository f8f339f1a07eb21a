// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.file.Path;

/// A file is not a model that Lanewise can use: damaged, of another kind, or with content that does not fit together.
public final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /// The remedy for a file that is damaged.
    static final String AGAIN = "; copy or save the model again";

    private final String file;
    private final long offset;
    private final String tensor;

    private ModelFormatException(Path file, long offset, String tensor, String what) {
        super(Quoted.path(file) + ": " + what);
        this.file = file.toString();
        this.offset = offset;
        this.tensor = tensor;
    }

    static ModelFormatException of(Path file, String what) {
        return new ModelFormatException(file, -1, "", what);
    }

    static ModelFormatException at(Path file, long offset, String what) {
        return new ModelFormatException(file, offset, "", what);
    }

    static ModelFormatException inTensor(Path file, String tensor, long offset, String what) {
        return new ModelFormatException(file, offset, tensor, "tensor " + Quoted.of(tensor) + ": " + what);
    }

    /// The file, as it was given.
    public String file() {
        return file;
    }

    /// The byte of the file where the trouble is, or -1 if it is in no single place.
    public long offset() {
        return offset;
    }

    /// The tensor concerned, empty if it is none; the name comes from the file, unchecked.
    public String tensor() {
        return tensor;
    }
}
