// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeak.class)
class DigitsTest {
    @Test
    void everyImageIsWhereTheRuleSays() throws IOException {
        List<String> lines;
        try (InputStream resource = Digits.class.getResourceAsStream("digits.csv.gz")) {
            assertNotNull(resource);
            lines = new String(new GZIPInputStream(resource).readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .toList();
        }
        assertEquals(1797, lines.size());
        try (TrainTest digits = Digits.load()) {
            assertEquals(1438, digits.train().rows());
            assertEquals(359, digits.test().rows());
            int[] next = new int[2];
            for (int i = 0; i < 1797; i++) {
                String[] fields = lines.get(i).split(",", -1);
                Dataset part = i % 5 == 4 ? digits.test() : digits.train();
                int row = next[i % 5 == 4 ? 1 : 0]++;
                float[] expected = new float[64];
                for (int c = 0; c < 64; c++) {
                    expected[c] = Integer.parseInt(fields[c]) / 16f;
                }
                assertArrayEquals(expected, ((FloatMatrix) part.features()).row(row), "image " + i);
                assertEquals(Integer.parseInt(fields[64]), ((ClassLabels) part.targets()).get(row), "image " + i);
            }
            for (Dataset part : List.of(digits.train(), digits.test())) {
                assertEquals(64, part.cols());
                assertEquals(10, part.classes());
            }
        }
    }

    @Test
    void theLicenceLiesBesideTheData() throws IOException {
        try (InputStream licence = Digits.class.getResourceAsStream("digits.LICENSE.txt")) {
            assertNotNull(licence);
            String text = new String(licence.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains("Creative Commons Attribution 4.0") && text.contains("BSD 3-Clause License"));
        }
    }
}
