// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.DataFormatException.Place;
import org.junit.jupiter.api.Test;

class DataFormatExceptionTest {
    @Test
    void partsThatDoNotApplyAreLeftOut() {
        assertEquals("f: bad, expected good", new DataFormatException("f", "bad", "good").getMessage());
        assertEquals("f:7: bad, expected good", Place.of("f", 7).error("bad", "good").getMessage());
        assertEquals("f:7:2: bad (got ''), expected good",
                new Place("f", 7, 2, null).error("bad", "", "good").getMessage());
        DataFormatException all = new Place("f", 7, 2, "n").error("bad", "v", "good");
        assertEquals("f:7:2(n): bad (got 'v'), expected good", all.getMessage());
        assertEquals("f", all.file());
        assertEquals(7, all.row());
        assertEquals(2, all.column());
        assertEquals("n", all.name().orElseThrow());
        assertEquals("v", all.value().orElseThrow());
        assertEquals("good", all.expected());
        assertTrue(new DataFormatException("f", "bad", "good").name().isEmpty());
        assertTrue(new DataFormatException("f", "bad", "good").value().isEmpty());
    }

    @Test
    void whatIsNotVisibleIsEscaped() {
        assertEquals("a b '\u00e4\u6c34\ud83d\ude00'", Shown.escaped("a b '\u00e4\u6c34\ud83d\ude00'"));
        assertEquals("\\u001b[31m", Shown.escaped("\u001b[31m"));
        assertEquals("\\u0000\\u007f\\u0085", Shown.escaped("\u0000\u007f\u0085"));
        assertEquals("\\u00a0\\u200b\\u202e\\u2028", Shown.escaped("\u00a0\u200b\u202e\u2028"));
    }

    @Test
    void lineEndsAndHalfCharactersAreEscaped() {
        assertEquals("a\\r\\n\\tb\\ud800", Shown.escaped("a\r\n\tb\ud800"));
        assertEquals("f\\n:1(\\u0007): bad (got '\\r'), expected good",
                new Place("f\n", 1, 0, "\u0007").error("bad", "\r", "good").getMessage());
    }

    @Test
    void longValuesAreCut() {
        assertEquals("x".repeat(40), Shown.value("x".repeat(40)));
        assertEquals("x".repeat(37) + "...", Shown.value("x".repeat(41)));
    }

    @Test
    void dictionariesKeepLabelsInOrder() {
        LabelDictionary dictionary = LabelDictionary.ofExamples(new long[]{5, -2, 5, Long.MAX_VALUE, -2});
        assertArrayEquals(new long[]{-2, 5, Long.MAX_VALUE}, dictionary.labels());
        assertEquals(3, dictionary.size());
        assertEquals(1, dictionary.index(5));
        assertEquals(5, dictionary.label(1));
        for (long absent : new long[]{-3, 0, 6, Long.MIN_VALUE}) {
            assertEquals(-1, dictionary.index(absent));
        }
        assertEquals("-2, 5, 9223372036854775807", dictionary.toString());
        assertEquals(LabelDictionary.of(dictionary.labels()), dictionary);
        assertEquals(LabelDictionary.of(dictionary.labels()).hashCode(), dictionary.hashCode());
        assertNotEquals(LabelDictionary.of(1, 2), dictionary);
        assertThrows(IndexOutOfBoundsException.class, () -> dictionary.label(3));
        assertEquals("LabelDictionary.of: no labels given, expected at least one",
                assertThrows(IllegalArgumentException.class, LabelDictionary::of).getMessage());
        assertEquals("LabelDictionary.of: label 3 follows 3, expected ascending labels",
                assertThrows(IllegalArgumentException.class, () -> LabelDictionary.of(3, 3)).getMessage());
    }
}
