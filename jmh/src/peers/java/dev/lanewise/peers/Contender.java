// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.IOException;

/// One library in a process of its own.
public interface Contender {
    /// Name, version and settings that matter.
    String version() throws IOException;

    /// Makes everything ready for `problem`.
    Work open(Problem problem);
}
