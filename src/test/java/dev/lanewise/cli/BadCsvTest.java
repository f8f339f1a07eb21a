// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bad CSV files: each exits with its code and exactly one line, and no model appears.
class BadCsvTest {
    private static final String GOOD = "a,b,y\n1,2,0\n2,1,1\n3,5,0\n4,4,1\n5,9,0\n";
    private static final String NO_ROWS = "no data rows, expected a header line and at least one row";
    private static final String NUMBER = "expected a decimal number such as 1.5 or -2e3";
    private static final String TEXT = ", expected CSV text in UTF-8";

    @TempDir
    Path folder;

    private CliRun train(Path file, String label, String... more) {
        String[] args = {"train", "--data", file.toString(), "--label", label, "--out",
                folder.resolve("m.safetensors").toString()};
        CliRun run = CliRun.of(Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new));
        assertFalse(Files.exists(folder.resolve("m.safetensors")) && run.code() != 0, "a model was written");
        return run;
    }

    private Path write(String text, Charset charset) throws IOException {
        return Files.write(folder.resolve("x.csv"), text.getBytes(charset));
    }

    static Stream<Arguments> files() {
        return Stream.of(arguments("", ": " + NO_ROWS),
                arguments("\ufeff", ": " + NO_ROWS),
                arguments("\n\r\n\n", ": " + NO_ROWS),
                arguments("a,b,y\n", ": " + NO_ROWS),
                arguments(GOOD + "1,2\n", ":7: 2 fields, expected 3 as in the header"),
                arguments(GOOD + "1,2,1,4\n", ":7: 4 fields, expected 3 as in the header; fields are separated by ',', "
                        + "decimals are written with '.'"),
                arguments("a,b,y\n1,,\n",
                        ":2:2(b): value is empty, " + NUMBER + "; missing values are not supported"),
                arguments("a,b,y\n1,2,\n",
                        ":2:3(y): value is empty, " + NUMBER + "; missing values are not supported"),
                arguments("a,b,y\n1,2,yes\n",
                        ":2:3(y): not a number (got 'yes'), " + NUMBER + "; class labels are whole numbers"),
                arguments("a;b;y\n1,5;2;0\n",
                        ":1: only one column (got 'a;b;y'), expected columns separated by commas"),
                arguments("a,b,y\n1,\"2,0\n1,2,0\n", ":2:2(b): quote is never closed, expected a closing quote"),
                arguments("a,b,y\n1,\"2\"3,0\n",
                        ":2:2(b): text follows a closing quote, expected a comma or the end of "
                                + "the line; a quote inside quotes is written twice"),
                arguments("a,b,y\n1,2\0,0\n", ":2: NUL character" + TEXT + "; is it UTF-16?"),
                arguments("a,a,y\n1,2,0\n",
                        ":1:2(a): column name is there twice, first as column 1, expected distinct names"),
                arguments("a,,y\n1,2,0\n", ":1:2: column name is empty, expected a name for every column"),
                arguments("y\n1\n2\n", ":1: no column but the label 'y', expected at least one feature column"),
                arguments("a,b,y\n1,2,0\n# note\n1,2,1\n",
                        ":3: comment line (got '# note'), expected a row; remove the line"),
                arguments("a,b,y\n1,2,0\n\n1,2,1\n",
                        ":3: blank line between the rows, expected a row; remove the line"),
                arguments("a,y\n1,3\n2,3\n3,3\n", "(y): only one class: 3, expected at least 2 for classification"),
                arguments("a,y\u001b[31m,\n1,3,1\n", ":1:3: column name is empty, expected a name for every column"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRefused(String text, String message) throws IOException {
        Path file = write(text, UTF_8);
        train(file, "y").failed(65, file + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "nan", "inf", "Infinity", "-Infinity", "NA", "null", "?", "1d", "1f", "0x1p3",
            "1_000", "1e", "--1", "1-2", "٣", "abc"})
    void valueThatIsNoNumberIsRefused(String value) throws IOException {
        Path file = write("a,b,y\n1,2,0\n1," + value + ",0\n", UTF_8);
        train(file, "y").failed(65, file + ":3:2(b): not a number (got '" + value + "'), " + NUMBER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e39", "-1e39", "1e400"})
    void valueOutOfRangeIsRefused(String value) throws IOException {
        Path file = write("a,b,y\n1,2,0\n1," + value + ",0\n", UTF_8);
        train(file, "y").failed(65,
                file + ":3:2(b): out of float range (got '" + value + "'), expected at most 3.4028235e38 in size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1", ".5", "5.", "1e-46", "1e-400", "\t2 ", "\"2\""})
    void numbersInAllDecimalFormsAreTaken(String value) throws IOException {
        train(write(GOOD.replace("4,4,1", "4," + value + ",1"), UTF_8), "y").succeeded();
    }

    static Stream<Arguments> otherFormats() {
        return Stream.of(arguments("\u001f\u008b\b\0", ": looks like gzip" + TEXT),
                arguments("PK\u0003\u0004abc", ": looks like a zip archive (or a spreadsheet)" + TEXT),
                arguments("\u0089PNG\r\n\u001a\n", ": looks like a PNG image" + TEXT),
                arguments("\u007fELFabc", ": looks like an ELF program" + TEXT),
                arguments("<!DOCTYPE html><html>", ": looks like HTML" + TEXT),
                arguments("a,b,y\n1,2,0\n1,\u00ff,0\n", ":3: not UTF-8 (got 'byte 0xFF')" + TEXT));
    }

    @ParameterizedTest
    @MethodSource("otherFormats")
    void otherFormatIsNamed(String latin1, String message) throws IOException {
        Path file = write(latin1, ISO_8859_1);
        train(file, "y").failed(65, file + message);
    }

    @Test
    void utf16IsNamed() throws IOException {
        Path file = write(GOOD, UTF_16);
        train(file, "y").failed(65, file + ":1: looks like UTF-16" + TEXT);
    }

    @Test
    void tooManyColumnsAreRefused() throws IOException {
        Path file = write("c,".repeat(100_001) + "y\n", UTF_8);
        train(file, "y").failed(65, file + ":1: more than 100000 columns, expected at most 100000");
    }

    @Test
    void tooLongValueIsRefused() throws IOException {
        Path file = write("a,b,y\n1," + "1".repeat(1 << 21) + ",0\n", UTF_8);
        train(file, "y").failed(65,
                file + ":2:2(b): value is too long, expected at most 1048576 characters; is a quote not closed?");
    }

    @Test
    void unknownLabelColumnListsTheColumns() throws IOException {
        Path file = write(GOOD, UTF_8);
        train(file, "z").failed(2, "--label: no column 'z' in " + file + ", its columns are a, b, y");
        train(file, "").failed(2, "--label: no column '' in " + file + ", its columns are a, b, y");
    }

    @Test
    void missingHeaderIsWarnedOf() throws IOException {
        Path file = write("1,2,0\n1,3,0\n2,5,1\n3,5,1\n", UTF_8);
        CliRun run = train(file, "0").succeeded();
        assertTrue(run.err().startsWith("lanewise: warning: " + file
                + ":1: every column name is a number; if the header line is missing, add one\n"), run.err());
    }

    @Test
    void classesAreWholeNumbers() throws IOException {
        Path file = write("a,y\n1,1.5\n2,1\n3,2\n", UTF_8);
        train(file, "y", "--task", "classification").failed(65, file + ":2:2(y): label is no whole number of 64 bits "
                + "(got '1.5'), expected whole numbers such as 0, 1, 2 for classification");
    }

    @Test
    void oneClassAskedForIsWrongUsage() throws IOException {
        Path file = write("a,y\n1,3\n2,3\n3,3\n", UTF_8);
        train(file, "y", "--task", "classification").failed(2,
                "--label: a label column needs at least 2 distinct values for classification, this one has 1 (got 'y'), "
                        + "expected another column, or --task regression");
    }

    @Test
    void missingFileIsNamed() {
        Path file = folder.resolve("no,such.csv");
        train(file, "y").failed(66, file + ": no such file");
        CliRun.of("train", "--data", folder + "/\u001b[31m\nx", "--label", "y").failed(66,
                folder + "/\\u001b[31m\\nx: no such file");
    }

    @Test
    void folderIsNoFile() {
        train(folder, "y").failed(2, "--out: this is or lies in what is read (got '" + Text.shown(folder.toString()
                + "/m.safetensors") + "'), expected a path outside of " + folder);
        CliRun.of("train", "--data", folder.toString(), "--label", "y").failed(66,
                folder + ": is a directory, expected a file");
    }

    @Test
    void unreadableFileIsAPermissionFault() throws IOException {
        Path file = write(GOOD, UTF_8);
        assertTrue(file.toFile().setReadable(false));
        assumeFalse(Files.isReadable(file), "this user (root?) may read everything");
        train(file, "y").failed(77, file + ": may not be read; change its permissions or the user");
    }

    @Test
    void testFileMustHaveTheColumns() throws IOException {
        Path file = write(GOOD, UTF_8);
        Path test = Files.writeString(folder.resolve("t.csv"), "a,c,y\n1,2,0\n");
        train(file, "y", "--test", test.toString()).failed(65,
                test + ":1: a column is missing: b, expected the model's features a, b");
    }

    @Test
    void labelThatTrainingNeverSawIsNamed() throws IOException {
        Path file = write(GOOD, UTF_8);
        Path test = Files.writeString(folder.resolve("t.csv"), "a,b,y\n1,2,0\n1,2,7\n");
        train(file, "y", "--test", test.toString()).failed(65,
                test + ":3:3(y): label was not seen in training (got '7'), expected one of 0, 1");
    }

    @Test
    void lineEndsAndByteOrderMarkDoNotMatter() throws IOException {
        String expected = hash(train(write(GOOD, UTF_8), "y", "--json", "--overwrite"));
        for (String text : new String[]{GOOD.replace("\n", "\r\n"), GOOD.replace('\n', '\r'), "\ufeff" + GOOD,
                GOOD.strip(), GOOD + "\n\n", "\n" + GOOD}) {
            assertEquals(expected, hash(train(write(text, UTF_8), "y", "--json", "--overwrite")));
        }
    }

    private static String hash(CliRun run) {
        String out = run.succeeded().out();
        int start = out.indexOf("\"weights_sha256\":\"");
        return out.substring(start, out.indexOf(',', start));
    }
}
