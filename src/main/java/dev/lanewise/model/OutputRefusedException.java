// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.nio.file.Path;

/// A file cannot be created where it was asked for; nothing was changed there.
public final class OutputRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;

    OutputRefusedException(Path file, String why) {
        super(Quoted.path(file) + ": " + why);
        this.file = file.toString();
    }

    /// The file, as it was given.
    public String file() {
        return file;
    }
}
