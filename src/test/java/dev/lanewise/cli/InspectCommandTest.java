// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `inspect`.
class InspectCommandTest {
    @TempDir
    Path folder;

    @Test
    void tellsWhatIsInAModel() throws IOException {
        Path data = Files.writeString(folder.resolve("c.csv"), "a,b\u001b[31m,y\n1,2,-5\n2,1,7\n1,3,-5\n4,4,7\n");
        String model = folder.resolve("m.safetensors").toString();
        CliRun trained = CliRun
                .of("train", "--data", data.toString(), "--label", "y", "--hidden", "20", "--epochs", "1",
                        "--out", model, "--json")
                .succeeded();
        String hash = Json.text(trained.out(), "weights_sha256");
        CliRun run = CliRun.of("inspect", model).succeeded();
        assertEquals("", run.err());
        List<String> lines = run.out().lines().toList();
        assertEquals(List.of("task classification, trained on csv data", "features: a, b\\u001b[31m", "label: y",
                "classes: -5, 7", "scaling: standard", "Sequential of (rows, 2)"), lines.subList(0, 6));
        assertTrue(run.out().contains("\n0      Linear(2, 20)  (rows, 20)          60         60    240\n"), run.out());
        assertEquals("weights sha256 " + hash, lines.getLast());
        CliRun json = CliRun.of("inspect", model, "--json").succeeded();
        assertEquals(List.of("task", "data", "label", "features", "outputs", "network", "layers", "parameters", "bytes",
                "scaling", "weights_sha256"), Json.names(json.out()));
        assertEquals(60 + 42, Json.number(json.out(), "parameters"));
        assertEquals(hash, Json.text(json.out(), "weights_sha256"));
        assertEquals(2, Json.number(json.out(), "outputs"));
    }

    @Test
    void noModel() throws IOException {
        Path none = folder.resolve("none");
        CliRun.of("inspect", none.toString()).failed(66, none + ": no such file");
        Path text = Files.writeString(folder.resolve("text"), "hello, this is no model at all\n");
        assertEquals(65, CliRun.of("inspect", text.toString()).code());
    }
}
