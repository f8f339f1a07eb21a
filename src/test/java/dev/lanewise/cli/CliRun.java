// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.memory.OffHeap;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a command came to, run inside this JVM; off-heap memory is checked to be back to what it was.
record CliRun(int code, String out, String err) {

    static CliRun of(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        long before = OffHeap.openBytes();
        int code = Main.run(args, out, new PrintStream(err, true, StandardCharsets.UTF_8));
        assertEquals(before, OffHeap.openBytes(), "off-heap bytes open after the command");
        return new CliRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Asserts success; the stderr text is shown if it was none.
    CliRun succeeded() {
        assertEquals(0, code, err);
        return this;
    }

    /// Asserts that the command failed with this code, said exactly this in one line and nothing else.
    void failed(int expectedCode, String message) {
        assertEquals("lanewise: error: " + message + "\n", err);
        assertEquals(expectedCode, code, err);
        assertEquals("", out, "stdout");
    }
}
