// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.rules.wrong.data;

import java.io.IOException;
import java.net.Socket;

/// Breaks the rule that nothing leaves the machine.
final class OpensSockets {
    static Socket connect() throws IOException {
        return new Socket("localhost", 9);
    }
}
