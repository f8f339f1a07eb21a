// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import java.io.ByteArrayOutputStream;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// One flat JSON object on one line, made in memory, so that stdout gets all of it or nothing.
final class JsonResult {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes);

    JsonResult() {
        json.writeStartObject();
    }

    JsonResult put(String name, @Nullable String value) {
        json.writeStringProperty(name, value);
        return this;
    }

    JsonResult put(String name, long value) {
        json.writeNumberProperty(name, value);
        return this;
    }

    JsonResult put(String name, boolean value) {
        json.writeBooleanProperty(name, value);
        return this;
    }

    JsonResult put(String name, float value) {
        json.writeNumberProperty(name, value);
        return this;
    }

    /// A number; JSON has none that is not finite, which becomes null.
    JsonResult put(String name, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(name, value);
        } else {
            json.writeNullProperty(name);
        }
        return this;
    }

    /// The object and a line end.
    byte[] end() {
        json.writeEndObject();
        json.close();
        bytes.write('\n');
        return bytes.toByteArray();
    }
}
