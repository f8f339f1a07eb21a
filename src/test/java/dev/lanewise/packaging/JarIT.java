// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The jar that embedders get, and what it needs at run time.
class JarIT {
    private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib)(\\.[0-9.]+)?",
            Pattern.CASE_INSENSITIVE);
    private static final Path BUILD = Path.of(System.getProperty("lanewise.build"));

    @Test
    void noJarOfTheModulePathHoldsNativeCode() throws IOException {
        List<Path> jars = new ArrayList<>(libraries(".*"));
        jars.add(jar());
        assertTrue(jars.size() >= 3, "only " + jars);
        for (Path jar : jars) {
            assertEquals(List.of(), entries(jar).filter(entry -> NATIVE.matcher(entry).matches()).toList(),
                    jar.toString());
        }
        assertTrue(NATIVE.matcher("org/x/libx.so.1").matches() && NATIVE.matcher("X.DLL").matches(), "sees none");
    }

    @Test
    void theJarHoldsTheModuleTheLicenceAndNoTest() throws IOException {
        List<String> entries = entries(jar()).toList();
        assertTrue(entries.containsAll(List.of("module-info.class", "META-INF/LICENSE")), entries.toString());
        assertEquals(List.of(),
                entries.stream().filter(entry -> entry.matches("dev/lanewise/(rules|launcher|packaging)/.*")).toList());
    }

    /// An embedder who reads no CSV and runs no commands needs two libraries.
    @Test
    void everyExportedClassLinksWithTheMandatoryLibrariesAlone() throws Exception {
        List<Path> path = new ArrayList<>(libraries("(fastutil|jackson).*"));
        path.add(jar());
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-p",
                String.join(File.pathSeparator, path.stream().map(Path::toString).toList()), "--add-modules",
                "dev.lanewise", "-cp", BUILD.resolve("test-classes").toString(), ExportedClasses.class.getName())
                .redirectErrorStream(true).start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), said);
        assertTrue(said.lines().anyMatch(line -> line.startsWith("dev.lanewise.Trainer ")), said);
    }

    @Test
    void javaMinusJarNamesTheCommandThatWorks() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process refused = new ProcessBuilder(java, "-jar", jar().toString(), "train").redirectErrorStream(true).start();
        String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String path = jar() + File.pathSeparator + BUILD.resolve("lib") + File.separator + "*";
        assertEquals("lanewise: error: java -jar gives the program neither its libraries nor the vector module; use"
                + " ./lanewise of a checkout, or java --add-modules jdk.incubator.vector -cp '" + path
                + "' dev.lanewise.cli.Main" + System.lineSeparator(), said);
        assertEquals(78, refused.waitFor());
        Process works = new ProcessBuilder(java, "--add-modules", "jdk.incubator.vector", "-cp", path,
                "dev.lanewise.cli.Main", "--version").redirectErrorStream(true).start();
        said = new String(works.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, works.waitFor(), said);
        assertTrue(said.contains("lanewise "), said);
    }

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(BUILD)) {
            List<Path> jars = files.filter(file -> file.getFileName().toString().matches("lanewise-[0-9][^/]*\\.jar")
                    && !file.toString().endsWith("-sources.jar")).toList();
            assertEquals(1, jars.size(), jars.toString());
            return jars.getFirst();
        }
    }

    private static List<Path> libraries(String pattern) throws IOException {
        try (Stream<Path> files = Files.list(BUILD.resolve("lib"))) {
            return files.filter(file -> file.getFileName().toString().matches(pattern)).toList();
        }
    }

    private static Stream<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().map(entry -> entry.getName()).toList().stream();
        }
    }
}
