// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Everything that was measured, for machines.
final class JsonReport {
    private JsonReport() {
    }

    static String of(Environment environment, List<Result> results) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("date", environment.date());
            json.writeStringProperty("command", environment.command());
            json.writeBooleanProperty("quick", environment.isQuick());
            json.writeBooleanProperty("mnist", environment.hasMnist());
            json.writeStringProperty("cpu", environment.cpu());
            json.writeNumberProperty("cpus", environment.cpus());
            json.writeStringProperty("os", environment.os());
            json.writeStringProperty("jdk", environment.jdk());
            json.writeObjectPropertyStart("versions");
            environment.versions().forEach((party, version) -> json.writeStringProperty(key(party), version));
            json.writeEndObject();
            json.writeArrayPropertyStart("results");
            for (Result result : results) {
                write(json, result);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, Result result) {
        Workload workload = result.workload();
        int units = workload.unitsPerRepetition();
        json.writeStartObject();
        json.writeStringProperty("workload", workload.name());
        json.writeNumberProperty("threads", result.threads());
        json.writeStringProperty("contender", key(result.party()));
        json.writeStringProperty("unit", workload.unit());
        json.writeNumberProperty("seconds_median", result.secondsPerUnit());
        json.writeNumberProperty("seconds_min", result.min() / units);
        json.writeNumberProperty("samples_per_second", result.samplesPerSecond());
        json.writeNumberProperty("gflops", result.gflops());
        json.writeNumberProperty("loss_distance", result.gate().lossDistance());
        json.writeNumberProperty("value_distance", result.gate().valueDistance());
        json.writeArrayPropertyStart("seconds");
        for (double seconds : result.seconds()) {
            json.writeNumber(seconds / units);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String key(Party party) {
        return party.name().toLowerCase(Locale.ROOT);
    }
}
