// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.randelshofer.fastdoubleparser.JavaFloatParser;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileFilesTest {
    @TempDir
    Path dir;

    @Test
    void hugeFilesAreRefusedWithASmallHeap() throws Exception {
        String tooLong = "value is too long, expected at most 1048576 characters; is a quote not closed?";
        List<String> expected = List.of("f:1:1: " + tooLong, "f:1: more than 100000 columns, expected at most 100000",
                "f:1: line is too long, expected at most 16777216 characters", "f:2:1(a): " + tooLong,
                "f:3:1(a): " + tooLong, "f:3: blank line between the rows, expected a row; remove the line",
                "f:3:1(a): " + tooLong, "f:2: more than 100000 columns, expected at most 100000",
                "f:3: 1 field, expected 2 as in the header",
                "i: dimensions 100000000 x 1 x 1 make 100000016 bytes, expected at most ");
        List<String> lines = run(List.of("-Xmx64m"), HostileFiles.class, List.of(CsvReader.class, IntArrayList.class,
                de.siegmar.fastcsv.reader.CsvReader.class, JavaFloatParser.class), dir.toString());
        assertEquals(expected.size(), lines.size(), String.join("\n", lines));
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(lines.get(i).startsWith(expected.get(i)), lines.get(i));
        }
    }

    @Test
    void missingLibrariesAreNamed() throws Exception {
        List<String> lines = run(List.of(), WithoutLibraries.class, List.of(CsvReader.class), dir.toString());
        assertEquals(1, lines.size(), String.join("\n", lines));
        assertEquals("CsvReader: de/siegmar/fastcsv/reader/AbstractBaseCsvCallbackHandler is missing; "
                + "add the libraries de.siegmar:fastcsv and ch.randelshofer:fastdoubleparser", lines.getFirst());
    }

    /// The program that reads a CSV file where its libraries are not there.
    static final class WithoutLibraries {
        private WithoutLibraries() {
        }

        public static void main(String[] args) throws IOException {
            Path file = java.nio.file.Files.writeString(Path.of(args[0], "f"), "a\n1\n");
            try (CsvTable table = new CsvReader(file).read()) {
                System.out.println("read " + table);
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static List<String> run(List<String> options, Class<?> program, List<Class<?>> libraries, String... args)
            throws IOException, InterruptedException {
        String classPath = Stream.concat(Stream.of(program), libraries.stream()).map(HostileFilesTest::root)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, program.getName()));
        command.addAll(Arrays.asList(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.lines().toList();
    }

    /// Where a class was loaded from: a folder or a jar.
    private static String root(Class<?> type) {
        String resource = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
        URL url = Objects.requireNonNull(type.getResource(resource));
        String text = url.toString();
        String inside = type.getName().replace('.', '/') + ".class";
        String location = text.substring(0, text.length() - inside.length());
        try {
            String file = location.startsWith("jar:") ? location.substring(4, location.indexOf("!/")) : location;
            return Path.of(new URI(file)).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
