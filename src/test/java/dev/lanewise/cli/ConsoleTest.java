// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Console console(boolean terminal) {
        return new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void statusLineIsRewrittenAndErasedByTheNextLine() {
        Console console = console(true);
        console.status("12345");
        console.status("123");
        console.line("done");
        console.line("more");
        assertEquals("\r12345\r123  \b\b\r   \rdone\nmore\n", text());
    }

    @Test
    void offATerminalThereIsNoStatusLine() {
        Console console = console(false);
        console.status("12345");
        console.warning("careful");
        assertEquals("lanewise: warning: careful\n", text());
        assertFalse(console.hasStatusLine());
    }

    @Test
    void controlCharactersAreEscaped() {
        console(false).line("a\u001b[31m\nb\u202ec\u0085");
        assertEquals("a\\u001b[31m\\u000ab\\u202ec\\u0085\n", text());
    }

    @Test
    void onlyTheLauncherKnowsATerminal() {
        assertTrue(Console.isTerminal("true", "xterm"));
        assertTrue(Console.isTerminal("true", null));
        assertFalse(Console.isTerminal("true", "dumb"));
        assertFalse(Console.isTerminal("false", "xterm"));
        assertFalse(Console.isTerminal(null, "xterm"));
    }

    @Test
    void progressWithinAnEpochIsShownAtMostFiveTimesASecond() {
        EpochProgress progress = new EpochProgress(console(true), 1_000_000, 3);
        progress.begin(2);
        long start = System.nanoTime();
        long rows = 0;
        while (System.nanoTime() - start < 500_000_000L) {
            progress.accept(++rows % 1_000_000);
        }
        String[] shown = text().split("\r", -1);
        assertTrue(shown.length == 2 || shown.length == 3, shown.length + " parts");
        assertTrue(shown[1].matches("epoch 2 of 3: [0-9]+ of 1000000 rows, [0-9]+ samples/s[ \b]*"), shown[1]);
    }

    @Test
    void numbersHaveFixedDecimals() {
        assertEquals("0.000287", Text.loss(2.87e-4));
        assertEquals("29194.805373", Text.loss(29194.8053732));
        assertEquals("2900000000000.500000", Text.loss(2.9000000000005e12));
        assertEquals("123456789012345683968.000000", Text.loss(1.2345678901234568e20));
        assertEquals("-0.000001", Text.loss(-5e-7));
        assertEquals("0.000000", Text.loss(-4e-7));
        assertEquals("1.000000", Text.loss(0.9999996));
        assertEquals("NaN", Text.loss(Double.NaN));
        assertEquals("Infinity", Text.loss(Double.POSITIVE_INFINITY));
        assertEquals("0.9610", Text.share(0.961));
        assertEquals("1023 bytes", Text.bytes(1023));
        assertEquals("1.5 KiB", Text.bytes(1536));
        assertEquals("2048.0 TiB", Text.bytes(1L << 51));
        assertEquals("x".repeat(40) + "...", Text.shown("x".repeat(41)));
        assertEquals("x".repeat(40), Text.shown("x".repeat(40)));
        assertEquals("\\u" + "0f0000", Text.shown("\udb80\udc00"));
    }
}
