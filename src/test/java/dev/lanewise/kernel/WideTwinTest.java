// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.kernel;

import static dev.lanewise.kernel.WideCase.WHOLE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The active kernels of linear layers of many outputs against their scalar specification, bit for bit.
@Tag("lanes")
class WideTwinTest {
    @BeforeAll
    static void kernelsAskedFor() {
        AskedKernels.assertActive();
    }

    private static Map<String, float[]> specified(WideCase wide) {
        Map<String, float[]> expected = wide.results(new ScalarKernels().wide(), WHOLE, WHOLE, WHOLE);
        LinearCase.assertPadding(expected.get("forward"), wide.yStride(), wide.out, "forward of " + wide);
        LinearCase.assertPadding(expected.get("inputGradient"), wide.xStride(), wide.in, "inputGradient of " + wide);
        for (int o = wide.out; o < LinearCase.padded(wide.out); o++) {
            for (int i = 0; i < wide.in; i++) {
                float fill = expected.get("weightGradient")[WideCase.panelAt(o, i, wide.in)];
                assertEquals(0, Float.floatToRawIntBits(fill), () -> "gradient of a filled-up output of " + wide);
            }
        }
        return expected;
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual, String what) {
        expected.forEach((operation, values) -> Floats.assertSameBits(values, actual.get(operation),
                operation + " of " + what));
    }

    private static void assertTwins(int rows, int in, int out, boolean byIndex, int specialEvery) {
        WideCase wide = new WideCase(rows, in, out, byIndex, specialEvery);
        assertSame(specified(wide), wide.results(Kernels.WIDE, WHOLE, WHOLE, WHOLE), wide.toString());
    }

    @Test
    void anyNumberOfRows() {
        for (int rows = 1; rows <= 13; rows++) {
            for (int out : new int[]{17, 48}) {
                assertTwins(rows, 21, out, rows % 2 == 0, 0);
            }
        }
        for (int rows : new int[]{127, 128, 129, 255, 256, 257}) {
            assertTwins(rows, 19, 33, true, 0);
        }
    }

    @Test
    void anyNumberOfInputs() {
        for (int in : new int[]{1, 2, 3, 5, 6, 7, 11, 12, 13, 15, 16, 17, 31, 33, 42, 47, 48, 49, 54, 95, 96, 97, 127,
                128, 129, 255, 256, 257, 520}) {
            assertTwins(7, in, 20, true, 0);
            assertTwins(2, in, 35, false, 0);
        }
    }

    @Test
    void anyNumberOfOutputs() {
        for (int out = 17; out <= 50; out++) {
            assertTwins(8, 18, out, false, 0);
        }
        for (int out : new int[]{63, 64, 65, 100, 127, 129, 255, 256, 257, 300}) {
            assertTwins(9, 20, out, true, 0);
            assertTwins(1, 20, out, true, 0);
        }
    }

    @Test
    void narrowLayersToo() {
        for (int out : new int[]{1, 2, 15, 16}) {
            assertTwins(7, 18, out, true, 0);
            assertTwins(1, 33, out, false, 0);
        }
    }

    @Test
    void blocksOfRows() {
        for (int rows : new int[]{1023, 1024, 1025, 2048, 2500, 3073}) {
            assertTwins(rows, 13, 18, true, 0);
        }
        assertTwins(2100, 50, 33, false, 0);
        assertTwins(1030, 200, 33, true, 0); // inputs in several parts
    }

    @Test
    void blocksOfTerms() {
        assertTwins(13, 1025, 35, true, 0);
        assertTwins(7, 2048, 20, false, 40);
        assertTwins(8, 20, 1030, true, 0); // on the way back
    }

    @Test
    void blocksOfRowsInCache() {
        assertTwins(101, 1024, 20, true, 0);
        assertTwins(50, 1010, 35, false, 40);
    }

    @Test
    void specialValues() {
        for (int every : new int[]{3, 40, 400}) {
            assertTwins(9, 18, 20, true, every);
            assertTwins(1, 35, 33, false, every);
            assertTwins(261, 52, 17, true, every);
            assertTwins(1030, 3, 18, false, every);
        }
    }

    @Test
    void anyCut() {
        for (int[] shape : new int[][]{{29, 70, 37}, {14, 300, 18}, {1100, 20, 17}, {1030, 80, 18}}) {
            WideCase wide = new WideCase(shape[0], shape[1], shape[2], true, 50);
            Map<String, float[]> expected = specified(wide);
            for (int cut : new int[]{1, 2, 3, 5, 7, 16, 49}) {
                assertSame(expected, wide.results(Kernels.WIDE, cut, cut, cut), wide + ", cut by " + cut);
            }
        }
    }
}
