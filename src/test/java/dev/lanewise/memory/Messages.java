// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;

import org.junit.jupiter.api.function.Executable;

/// Checks of exceptions with their exact text: untested messages rot.
public final class Messages {
    private Messages() {
    }

    /// Fails unless `call` throws exactly `type` with exactly `message`.
    public static void assertMessage(Class<? extends Throwable> type, String message, Executable call) {
        assertEquals(message, assertThrowsExactly(type, call).getMessage());
    }
}
