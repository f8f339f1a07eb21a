// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.memory.ClassLabels;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.NoLeak;
import dev.lanewise.memory.OffHeap;
import dev.lanewise.memory.OffHeapMemoryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeak.class)
class CsvReaderTest {
    @TempDir
    Path dir;

    private CsvReader reader(String text) throws IOException {
        return reader(text.getBytes(StandardCharsets.UTF_8));
    }

    private CsvReader reader(byte[] content) throws IOException {
        return new CsvReader(Files.write(dir.resolve("f.csv"), content));
    }

    private String messageOf(Exception e) {
        return String.valueOf(e.getMessage()).replace(dir + "/", "");
    }

    static Stream<String> sameTable() {
        return Stream.of("a,b,y\n1,2,3\n4,5,6\n", "a,b,y\r\n1,2,3\r\n4,5,6\r\n", "a,b,y\r1,2,3\r4,5,6\r",
                "a,b,y\n1,2,3\r\n4,5,6\r", "a,b,y\n1,2,3\n4,5,6", "\uFEFFa,b,y\n1,2,3\n4,5,6\n",
                " a ,b\t, y\n 1,\t2 ,  3\n4 , 5,6 \n", "\"a\",\"b\",\"y\"\n\"1\",2,\" 3\"\n4,\"5\",\"6\"",
                "a,b,y\n1.,2e0,30e-1\n4.0,.5E+1,+6\n", "\n\r\na,b,y\n1,2,3\n4,5,6\n\n \n\r\n");
    }

    @ParameterizedTest
    @MethodSource("sameTable")
    void legalFormsGiveTheSameTable(String text) throws IOException {
        try (CsvTable table = reader(text).label("y").read()) {
            assertEquals(List.of("a", "b"), table.featureNames());
            assertEquals("y", table.labelName().orElseThrow());
            assertEquals(2, table.rows());
            assertEquals(List.of(), table.warnings());
            try (Dataset data = table.toRegression()) {
                assertArrayEquals(new float[][]{{1, 2}, {4, 5}}, ((FloatMatrix) data.features()).toArray());
                assertArrayEquals(new float[][]{{3}, {6}}, ((FloatMatrix) data.targets()).toArray());
            }
        }
    }

    static Stream<Arguments> bad() {
        String number = ", expected a decimal number such as 1.5 or -2e3";
        return Stream.of(bad("", "no data rows, expected a header line and at least one row"),
                bad("\uFEFF", "no data rows, expected a header line and at least one row"),
                bad("\n\n\r\n  \n", "no data rows, expected a header line and at least one row"),
                bad("a,y\n", "no data rows, expected a header line and at least one row"),
                bad("a,b,y\n1,2,3\n1,2\n", ":3: 2 fields, expected 3 as in the header"),
                bad("a,b,y\n1,2,3,4\n", ":2: 4 fields, expected 3 as in the header; fields are separated by ',', "
                        + "decimals are written with '.'"),
                bad("a,b,y\n1,x,3,4\n", ":2: 4 fields, expected 3 as in the header; fields are separated by ',', "
                        + "decimals are written with '.'"),
                bad("a,b,y\n7\n", ":2: 1 field, expected 3 as in the header"),
                bad("a,b,c,y\n1,2,,\n", ":2:3(c): value is empty" + number + "; missing values are not supported"),
                bad("a,y\n1,2\n\"\",2\n", ":3:1(a): value is empty" + number + "; missing values are not supported"),
                bad("a,y\n1,2\n3,abc\n", ":3:2(y): not a number (got 'abc')" + number
                        + "; class labels are whole numbers"),
                bad("a,y\n1,2\nabc,3\n", ":3:1(a): not a number (got 'abc')" + number),
                bad("a,y\n1e39,0\n", ":2:1(a): out of float range (got '1e39'), expected at most 3.4028235e38 in size"),
                bad("a,y\n-1e400,0\n",
                        ":2:1(a): out of float range (got '-1e400'), expected at most 3.4028235e38 in size"),
                bad("a,y\n1,3.4028236e38\n",
                        ":2:2(y): out of float range (got '3.4028236e38'), expected at most 3.4028235e38 in size"),
                bad("a;y\n1,5;2\n", ":1: only one column (got 'a;y'), expected columns separated by commas"),
                bad("a\ty\n1\t2\n", ":1: only one column (got 'a\\ty'), expected columns separated by commas"),
                bad("y\n1\n", ":1: no column but the label 'y', expected at least one feature column"),
                bad("a,y\n1,\"2\n3,4\n", ":2:2(y): quote is never closed, expected a closing quote"),
                bad("a,b,y\n\"1\n\",\"2,3\n", ":3:2(b): quote is never closed, "
                        + "expected a closing quote"),
                bad("a,\"y\n1,2\n", ":1:2: quote is never closed, expected a closing quote"),
                bad("a,y\n\"1\"2,3\n", ":2:1(a): text follows a closing quote, "
                        + "expected a comma or the end of the line; a quote inside quotes is written twice"),
                bad("a,y\n1\"2,3\n", ":2:1(a): not a number (got '1\"2')" + number),
                bad("a,y\n\"1\"\"2\",3\n", ":2:1(a): not a number (got '1\"2')" + number),
                bad("a,y\n\"1\n2\",3\n", ":2:1(a): not a number (got '1\\n2')" + number),
                bad("a,b,y\n\"1\r\n\r2\",x,3\n", ":2:1(a): not a number (got '1\\r\\n\\r2')" + number),
                bad("a,y\n1,2\n\n3,4\n", ":3: blank line between the rows, expected a row; remove the line"),
                bad("a,y\n1,2\n  \t\n\n3,4\n", ":3: blank line between the rows, expected a row; remove the line"),
                bad("a,y\n1,2\n# note\n3,4\n", ":3: comment line (got '# note'), expected a row; remove the line"),
                bad("a,y\n\u00A01,2\n", ":2:1(a): not a number (got '\\u00a01')" + number),
                bad("a,,y\n1,2,3\n", ":1:2: column name is empty, expected a name for every column"),
                bad("a,b,y,b\n1,2,3,4\n",
                        ":1:4(b): column name is there twice, first as column 2, expected distinct names"),
                bad("0,5,0\n1,2,3\n",
                        ":1:3(0): column name is there twice, first as column 1, expected distinct names; "
                                + "is the header line missing?"),
                bad("a,y\n1,2\n3,\u0000\n", ":3: NUL character, expected CSV text in UTF-8; is it UTF-16?"),
                bad("a,y\r\n1,2\r\n1\u0001,3\r\n", ":3:1(a): not a number (got '1\\u0001')" + number));
    }

    private static Arguments bad(String text, String message) {
        return Arguments.of(text, message.startsWith(":") ? "f.csv" + message : "f.csv: " + message);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badTextIsNamedAndRefused(String text, String message) throws IOException {
        CsvReader reader = reader(text).label("y");
        assertEquals(message, messageOf(
                assertThrows(DataFormatException.class,
                        text.startsWith("0,5") ? reader.label("5")::read : reader::read)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "nan", "-NaN", "inf", "-inf", "Infinity", "NA", "n/a", "null", "None", "?", "-", "+",
            ".", "1d", "1f", "1D", "0x1p3", "0x10", "1_000", "1e", "1e+", "--1", "+-1", "1-2", "1 2", "1.2.3", "1e5.0",
            "e5", ".e5", "\u0663", "\uFF11", "\u22121", "1,", "true", "$1", "1%", "1/2", "(1)", "1e 5"})
    void onlyDecimalNumbersAreNumbers(String text) throws IOException {
        CsvReader reader = reader("a,y\n1,2\n\"" + text + "\",4\n").label("y");
        DataFormatException e = assertThrows(DataFormatException.class, reader::read);
        assertEquals(3, e.row());
        assertEquals(1, e.column());
        assertEquals("a", e.name().orElseThrow());
        assertEquals(text, e.value().orElseThrow());
        assertEquals("a decimal number such as 1.5 or -2e3", e.expected());
        assertEquals("f.csv:3:1(a): not a number (got '" + text
                + "'), expected a decimal number such as 1.5 or -2e3", messageOf(e));
    }

    @Test
    void tinyNumbersBecomeZeroOrSubnormal() throws IOException {
        try (CsvTable table = reader("a,b,c\n1e-46,1e-400,1e-44\n").read();
                FloatMatrix x = (FloatMatrix) table.toFeatures()) {
            assertArrayEquals(new float[]{0, 0, 7 * Float.MIN_VALUE}, x.row(0));
        }
    }

    static Stream<Arguments> notText() {
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10};
        byte[] elf = {0x7F, 'E', 'L', 'F', 2, 1, 1};
        return Stream.of(
                Arguments.of(IdxBytes.gzip(new byte[9]), ": looks like gzip, expected CSV text in UTF-8"),
                Arguments.of(new byte[]{'P', 'K', 3, 4, 20}, ": looks like a zip archive (or a spreadsheet), "
                        + "expected CSV text in UTF-8"),
                Arguments.of(png, ": looks like a PNG image, expected CSV text in UTF-8"),
                Arguments.of(elf, ": looks like an ELF program, expected CSV text in UTF-8"),
                Arguments.of("\n<!DOCTYPE html>".getBytes(StandardCharsets.UTF_8),
                        ": looks like HTML, expected CSV text in UTF-8"),
                Arguments.of("PAR1\u0015".getBytes(StandardCharsets.UTF_8),
                        ": looks like Parquet, expected CSV text in UTF-8"),
                Arguments.of("a,y\n1,2".getBytes(StandardCharsets.UTF_16),
                        ":1: looks like UTF-16, expected CSV text in UTF-8"),
                Arguments.of("a,y\n1,2".getBytes(StandardCharsets.UTF_16LE),
                        ":1: NUL character, expected CSV text in UTF-8; is it UTF-16?"),
                Arguments.of("a,y\r\n1,2\n\u00E4,3".getBytes(StandardCharsets.ISO_8859_1),
                        ":3: not UTF-8 (got 'byte 0xE4'), expected CSV text in UTF-8"),
                Arguments.of(new byte[]{'a', ',', 'y', '\r', '1', ',', (byte) 0xC3},
                        ":2: not UTF-8 (got 'byte 0xC3'), expected CSV text in UTF-8"));
    }

    @ParameterizedTest
    @MethodSource("notText")
    void whatIsNoTextIsRecognized(byte[] content, String message) throws IOException {
        CsvReader reader = reader(content).label("y");
        assertEquals("f.csv" + message, messageOf(assertThrows(DataFormatException.class, reader::read)));
    }

    @Test
    void faultsAreMetInTheOrderOfTheLines() throws IOException {
        byte[] content = "a,y\n1,2\nx,3\n4,\u00E4\n".getBytes(StandardCharsets.ISO_8859_1);
        CsvReader reader = reader(content);
        assertEquals("f.csv:3:1(a): not a number (got 'x'), expected a decimal number such as 1.5 or -2e3",
                messageOf(assertThrows(DataFormatException.class, reader::read)));
    }

    @Test
    void missingColumnsAndFilesAreNamed() throws IOException {
        CsvReader reader = reader("a,b\u001b[31m,c\n1,2,3\n").label("y");
        NoSuchColumnException e = assertThrows(NoSuchColumnException.class, reader::read);
        assertEquals("no column 'y' in f.csv, its columns are a, b\\u001b[31m, c", messageOf(e));
        assertEquals("y", e.column());
        StringBuilder header = new StringBuilder("c0");
        for (int c = 1; c < 23; c++) {
            header.append(",c").append(c);
        }
        CsvReader many = reader(header.append('\n').toString()).label("y");
        assertTrue(messageOf(assertThrows(NoSuchColumnException.class, many::read)).endsWith("c18, c19 and 3 more"));
        assertEquals("no.csv: no such file", messageOf(
                assertThrows(NoSuchFileException.class, () -> new CsvReader(dir.resolve("no.csv")).read())));
        assertEquals("f.csv/x: no such file", messageOf(
                assertThrows(NoSuchFileException.class, () -> new CsvReader(dir.resolve("f.csv/x")).read())));
        assertEquals(dir + ": is a directory, expected a file",
                assertThrows(NoSuchFileException.class, () -> new CsvReader(dir).read()).getMessage());
    }

    @Test
    void badArgumentsAreNamed() {
        CsvReader reader = new CsvReader(dir);
        assertEquals("CsvReader.features:  given, expected at least one name, each once",
                assertThrows(IllegalArgumentException.class, () -> reader.features(List.of())).getMessage());
        assertEquals("CsvReader.features: a, a given, expected at least one name, each once",
                assertThrows(IllegalArgumentException.class, () -> reader.features(List.of("a", "a"))).getMessage());
        assertEquals("CsvReader.features: count is 0, expected at least 1",
                assertThrows(IllegalArgumentException.class, () -> reader.features(0)).getMessage());
        assertEquals("CsvReader: the label 'a' is one of the features, expected another column",
                assertThrows(IllegalArgumentException.class, () -> reader.label("a").features(List.of("a")).read())
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"b,a\n2,1\n", "y,b,a\n?,2,1\n", "a,y,b\n1,,2\n"})
    void aModelFindsItsFeaturesByName(String text) throws IOException {
        try (CsvTable table = reader(text).features(List.of("a", "b")).optionalLabel("y").read();
                FloatMatrix x = (FloatMatrix) table.toFeatures()) {
            assertArrayEquals(new float[]{1, 2}, x.row(0));
            assertEquals(List.of("a", "b"), table.featureNames());
            assertTrue(table.labelName().isEmpty());
            assertEquals("CsvTable (1, 2) was read without labels; name the column with CsvReader.label",
                    assertThrows(IllegalStateException.class, table::task).getMessage());
        }
    }

    @Test
    void aModelRefusesOtherColumns() throws IOException {
        CsvReader missing = reader("a,y\n1,2\n").features(List.of("a", "b", "c")).label("y");
        assertEquals("f.csv:1: columns are missing: b, c, expected the model's features a, b, c",
                messageOf(assertThrows(DataFormatException.class, missing::read)));
        CsvReader one = reader("a,y\n1,2\n").features(List.of("a", "b"));
        assertEquals("f.csv:1: a column is missing: b, expected the model's features a, b",
                messageOf(assertThrows(DataFormatException.class, one::read)));
        CsvReader extra = reader("a,id,y\n1,2,3\n").features(List.of("a")).optionalLabel("y");
        assertEquals("f.csv:1:2(id): the model has no such feature, expected no columns but a and the label",
                messageOf(assertThrows(DataFormatException.class, extra::read)));
        CsvReader count = reader("a,b,y\n1,2,3\n").features(3).label("y");
        assertEquals("f.csv:1: 2 feature columns, expected 3 as in the model",
                messageOf(assertThrows(DataFormatException.class, count::read)));
        try (CsvTable table = reader("a,b,y\n1,2,3\n").features(2).optionalLabel("y").read()) {
            assertEquals(List.of("a", "b"), table.featureNames());
        }
    }

    @Test
    void aHeaderOfNumbersIsSuspicious() throws IOException {
        try (CsvTable table = reader("\n0,5,1e3\n1,2,3\n").label("5").read()) {
            assertEquals(1, table.warnings().size());
            assertEquals("f.csv:2: every column name is a number; if the header line is missing, add one",
                    table.warnings().getFirst().replace(dir + "/", ""));
        }
    }

    static Stream<Arguments> tasks() {
        return Stream.of(
                Arguments.of(List.of("0", "2", "2"), Task.CLASSIFICATION,
                        "column 'y' has 2 distinct whole numbers and nothing else"),
                Arguments.of(List.of("+1", "-1", "01"), Task.CLASSIFICATION,
                        "column 'y' has 2 distinct whole numbers and nothing else"),
                Arguments.of(List.of("0", "1.0", "2"), Task.REGRESSION,
                        "column 'y' has the value '1.0' in row 3, which is no whole number"),
                Arguments.of(List.of("0", "1e0"), Task.REGRESSION,
                        "column 'y' has the value '1e0' in row 3, which is no whole number"),
                Arguments.of(List.of("9223372036854775808"), Task.REGRESSION,
                        "column 'y' has the value '9223372036854775808' in row 2, which is no whole number"),
                Arguments.of(range(100), Task.CLASSIFICATION,
                        "column 'y' has 100 distinct whole numbers and nothing else"),
                Arguments.of(range(101), Task.REGRESSION, "column 'y' has more than 100 distinct whole numbers"),
                Arguments.of(range(1000), Task.REGRESSION, "column 'y' has more than 100 distinct whole numbers"));
    }

    private static List<String> range(int count) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(String::valueOf).toList();
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void theLabelsDecideTheTask(List<String> labels, Task task, String reason) throws IOException {
        StringBuilder text = new StringBuilder("a,y\n");
        labels.forEach(label -> text.append("1,").append(label).append('\n'));
        try (CsvTable table = reader(text.toString()).label("y").read()) {
            assertEquals(task, table.task());
            assertEquals(reason, table.taskReason());
        }
    }

    @Test
    void distinctLabelsFormTheDictionary() throws IOException {
        String text = "y,a\n16777217,1\n-1,2\n16777216,3\n-1,4\n";
        LabelDictionary dictionary;
        try (CsvTable table = reader(text).label("y").read()) {
            dictionary = table.labels();
            assertEquals(LabelDictionary.of(-1, 16777216, 16777217), dictionary);
            try (Dataset data = table.toClassification(dictionary)) {
                assertEquals(3, data.classes());
                ClassLabels y = (ClassLabels) data.targets();
                assertArrayEquals(new int[]{2, 0, 1, 0}, new int[]{y.get(0), y.get(1), y.get(2), y.get(3)});
                assertEquals("CsvTable (4, 1) has handed over its rows or is closed",
                        assertThrows(IllegalStateException.class, table::toRegression).getMessage());
            }
        }
        try (CsvTable test = reader("y,\"a\n\"\n-1,1\n\"16777216\",2\n5,3\n").label("y").read()) {
            assertEquals("f.csv:5:1(y): label was not seen in training (got '5'), "
                    + "expected one of -1, 16777216, 16777217",
                    messageOf(assertThrows(DataFormatException.class, () -> test.toClassification(dictionary))));
        }
    }

    @Test
    void rowsAreNamedByTheirPhysicalLines() throws IOException {
        String text = "\ny,\"a\n name\"\n1,\" 5\"\n2,6\n2,\"7\"\n3.5,8\n";
        try (CsvTable table = reader(text).label("y").read()) {
            assertEquals(List.of("a\n name"), table.featureNames());
            assertEquals("f.csv:7:1(y): label is no whole number of 64 bits (got '3.5'), "
                    + "expected whole numbers such as 0, 1, 2 for classification",
                    messageOf(assertThrows(DataFormatException.class, table::labels)));
            assertThrows(DataFormatException.class, () -> table.toClassification(LabelDictionary.of(1, 2)));
        }
        try (CsvTable table = reader("a,y\n1,3\n2,3\n").label("y").read()) {
            assertEquals("f.csv(y): only one class: 3, expected at least 2 for classification",
                    messageOf(assertThrows(DataFormatException.class, table::labels)));
        }
    }

    @Test
    void oneRowAndOneFeatureWork() throws IOException {
        try (CsvTable table = reader("a,y\n1,2.5").label("y").read(); Dataset data = table.toRegression()) {
            assertEquals("Dataset (1, 1)", data.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 4095, 4096, 4097, 12287, 12288, 12289, 50_000})
    void manyRowsKeepTheirOrder(int rows) throws IOException {
        StringBuilder text = new StringBuilder("a,b,y\n");
        for (int r = 0; r < rows; r++) {
            text.append(r).append(',').append(-r).append(",0.5\n");
        }
        try (CsvTable table = reader(text.toString()).label("y").read(); Dataset data = table.toRegression()) {
            assertEquals(rows, data.rows());
            FloatMatrix x = (FloatMatrix) data.features();
            for (int r = 0; r < rows; r++) {
                assertArrayEquals(new float[]{r, -r}, x.row(r));
            }
        }
    }

    @Test
    void refusedMemoryLeavesNothingOpen() throws IOException {
        StringBuilder text = new StringBuilder("a,y\n");
        for (int r = 0; r < 20_000; r++) {
            text.append("1,").append(r % 7).append('\n');
        }
        CsvReader reader = reader(text.toString()).label("y");
        long budget = OffHeap.budgetBytes();
        try {
            for (int kilobytes = 0; kilobytes < 3000; kilobytes += 250) {
                OffHeap.setBudgetBytes(OffHeap.openBytes() + 1024L * kilobytes);
                assertThrows(OffHeapMemoryException.class, reader::read);
            }
        } finally {
            OffHeap.setBudgetBytes(budget);
        }
    }

    @Test
    void aFileThatGrowsWhileItIsReadIsRefused() throws Exception {
        Path file = Files.writeString(dir.resolve("f.csv"), "a,y\n" + "1,2\n".repeat(200_000));
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 10_000 && !Thread.interrupted(); i++) {
                    Files.writeString(file, "3,4\n", java.nio.file.StandardOpenOption.APPEND);
                    java.util.concurrent.locks.LockSupport.parkNanos(100_000);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        try {
            assertEquals("f.csv: changed while read, "
                    + "expected a file that stays as it is; read it again when it is complete",
                    messageOf(assertThrows(DataFormatException.class, () -> new CsvReader(file).read())));
        } finally {
            writer.interrupt();
            writer.join();
        }
    }

    @Test
    void realFilesAreRead() throws IOException {
        String folder = System.getenv("LANEWISE_DATA");
        assumeTrue(folder != null, "LANEWISE_DATA is not set: no real CSV files are read");
        try (CsvTable diabetes = new CsvReader(Path.of(folder, "diabetes.csv")).label("target").read()) {
            assertEquals(442, diabetes.rows());
            assertEquals(Task.REGRESSION, diabetes.task());
        }
        String penguins = messageOf(assertThrows(DataFormatException.class,
                () -> new CsvReader(Path.of(folder, "penguins.csv")).label("body_mass_g").read()));
        assertTrue(penguins.endsWith("penguins.csv:2:1(species): not a number (got 'Adelie'), "
                + "expected a decimal number such as 1.5 or -2e3"), penguins);
    }
}
