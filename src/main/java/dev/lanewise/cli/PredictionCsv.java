// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import dev.lanewise.data.Task;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.metrics.Classification;
import dev.lanewise.model.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Predictions as CSV: a header, then a line for each row, in order.
///
/// `prediction` is a number, or for classes the label, followed by its `probability`. Numbers are the shortest decimals
/// that give the same float again. The text is made block by block, twice where its size is needed first.
final class PredictionCsv {
    private static final int ROWS_PER_BLOCK = 4096;

    private final List<Long> labels;
    private final boolean classes;
    private final FloatMatrix outputs;

    /// **Throws** [CommandException] (bad data) if an output is not finite.
    PredictionCsv(ModelConfig config, FloatMatrix outputs) {
        this.labels = config.labels();
        this.classes = config.task() == Task.CLASSIFICATION;
        this.outputs = outputs;
        for (int r = 0; r < outputs.rows(); r++) {
            for (int c = 0; c < outputs.cols(); c++) {
                if (!Float.isFinite(outputs.get(r, c))) {
                    throw CommandException.badData("row " + (r + 1) + ": the output of the model is "
                            + outputs.get(r, c) + ", expected a finite number; its features are too large");
                }
            }
        }
    }

    /// Size of the whole text.
    long bytes() {
        long bytes = header().length();
        for (int first = 0; first < outputs.rows(); first += ROWS_PER_BLOCK) {
            bytes += block(first).length(); // ASCII: a byte a character
        }
        return bytes;
    }

    /// Writes the whole text.
    void writeTo(WritableByteChannel channel) throws IOException {
        write(channel, header());
        for (int first = 0; first < outputs.rows(); first += ROWS_PER_BLOCK) {
            write(channel, block(first));
        }
    }

    private static void write(WritableByteChannel channel, CharSequence text) throws IOException {
        channel.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    private String header() {
        return classes ? "prediction,probability\n" : "prediction\n";
    }

    private StringBuilder block(int first) {
        StringBuilder text = new StringBuilder();
        Rows rows = outputs.all();
        int end = Math.min(outputs.rows(), first + ROWS_PER_BLOCK);
        for (int r = first; r < end; r++) {
            if (classes) {
                int best = Classification.argmax(rows, r);
                text.append(labels.get(best).longValue()).append(',')
                        .append((float) Classification.probability(rows, r, best));
            } else {
                text.append(outputs.get(r, 0));
            }
            text.append('\n');
        }
        return text;
    }
}
