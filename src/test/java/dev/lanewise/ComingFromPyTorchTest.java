// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compiles every line of the right-hand column of the page for those who come from PyTorch.
class ComingFromPyTorchTest {
    private static final Path PAGE = Path.of("src/docs/coming-from-pytorch.md");
    private static final Pattern ROW = Pattern.compile("\\| .* \\| `([^`]+)` \\|");
    private static final int FEWEST = 95;
    private static final String HEAD = """
            import dev.lanewise.*;
            import dev.lanewise.data.*;
            import dev.lanewise.exact.*;
            import dev.lanewise.memory.*;
            import dev.lanewise.metrics.*;
            import dev.lanewise.model.*;
            import dev.lanewise.nn.*;
            import dev.lanewise.optim.*;
            import dev.lanewise.random.*;
            import dev.lanewise.schedule.*;
            import java.util.List;

            class Page {
            """;
    private static final String GIVEN = "Sequential net, LossFunction loss, Optimizer opt, Trainer trainer, Parameter p,"
            + " List<Parameter> head, FloatMatrix x, ClassLabels y, Batch batch, LRScheduler schedule, float[] w,"
            + " float[][] rows, List<NamedTensor> tensors, ModelConfig config, java.nio.file.Path file";

    @TempDir
    Path folder;

    @Test
    void everyLineCompiles() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                lines.add(row.group(1));
            } else {
                assertTrue(!line.startsWith("| ") || line.endsWith("PyTorch | Lanewise |"), line);
            }
        }
        assertTrue(lines.size() >= FEWEST, lines.size() + " lines");
        StringBuilder source = new StringBuilder(HEAD);
        for (int i = 0; i < lines.size(); i++) {
            String code = lines.get(i);
            source.append("    void line").append(i).append('(').append(GIVEN)
                    .append(code.startsWith("Dataset data") ? "" : ", Dataset data")
                    .append(code.startsWith("Batches batches") ? "" : ", Batches batches")
                    .append(code.startsWith("Loss l ") ? "" : ", Loss l").append(") throws Exception {\n        ")
                    .append(code).append(code.endsWith("}") ? "" : ";").append("\n    }\n\n");
        }
        Path file = Files.writeString(folder.resolve("Page.java"), source.append("}\n"));
        Process javac = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "javac").toString(), "-d",
                folder.toString(), "-cp", Path.of("target/classes") + java.io.File.pathSeparator + "target/lib/*",
                file.toString())
                .redirectErrorStream(true).start();
        String output = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, javac.waitFor(), output);
    }
}
