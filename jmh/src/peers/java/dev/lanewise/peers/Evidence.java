// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.peers;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/// What contenders must agree in before any time is taken: mean losses of the first epochs, and numbers: weights,
/// predictions or a product.
public record Evidence(double[] losses, float[] values) {
    /// Evidence from parts that are put one behind the other.
    public static Evidence of(double[] losses, List<float[]> parts) {
        int length = 0;
        for (float[] part : parts) {
            length += part.length;
        }
        float[] values = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, values, at, part.length);
            at += part.length;
        }
        return new Evidence(losses, values);
    }

    /// The largest relative difference of a loss.
    double lossDistance(Evidence other) {
        if (losses.length != other.losses.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < losses.length; i++) {
            double difference = Math.abs(losses[i] - other.losses[i]) / Math.abs(other.losses[i]);
            largest = difference <= largest ? largest : difference; // NaN stays
        }
        return largest;
    }

    /// The length of the difference of the numbers, relative to the length of the other's.
    double valueDistance(Evidence other) {
        if (values.length != other.values.length) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double size = 0;
        for (int i = 0; i < values.length; i++) {
            double d = (double) values[i] - other.values[i];
            difference += d * d;
            size += (double) other.values[i] * other.values[i];
        }
        return values.length == 0 ? 0 : Math.sqrt(difference / size);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(losses.length);
        for (double loss : losses) {
            out.writeDouble(loss);
        }
        out.writeInt(values.length);
        for (float value : values) {
            out.writeFloat(value);
        }
    }

    static Evidence read(DataInputStream in) throws IOException {
        double[] losses = new double[in.readInt()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = in.readDouble();
        }
        float[] values = new float[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readFloat();
        }
        return new Evidence(losses, values);
    }
}
