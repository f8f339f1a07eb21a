// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.data.Batch;
import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/// What is known about a step whose loss, gradients, or a parameter after it, are not finite.
///
/// Fused steps store no gradients, so they are computed once more here: a step costs nothing for it until it is the
/// last one.
///
/// @param epoch the epoch, counted from 1
/// @param step the step of the epoch, counted from 1
/// @param loss its mean loss
/// @param lastFinite the loss of the step before, or NaN if that was not in this epoch
/// @param learningRate the learning rate, or 0 if it is not known
/// @param badParameter the first parameter that is not finite, or empty
/// @param damagedBy the step of the epoch after which it was not finite, 0 if it was so before or is finite
/// @param gradient the largest gradient, NaN counting as the largest
/// @param gradientParameter whose gradient that is, or empty if there are none
/// @param column the feature of the largest scale
/// @param columnName its name, or empty
/// @param columnScale its root mean square
/// @param badData the first value of the batch that is not finite, and where in the data set it is, or empty
record Divergence(int epoch, long step, double loss, double lastFinite, double learningRate, String badParameter,
        long damagedBy, double gradient, String gradientParameter, int column, String columnName, double columnScale,
        String badData)
        implements
            Serializable {

    /// A column this much larger than 1 is worth scaling.
    private static final double LARGE_SCALE = 10;

    private static final int MAGNITUDE_BITS = 0x7fff_ffff;

    /// Looks at everything; `names` are those of the features, or empty.
    static Divergence of(Module net, Batch batch, LossFunction lossFunction, EpochSums sums, double learningRate,
            List<String> names) {
        String bad = firstNotFinite(net);
        String largest = "";
        float gradient = 0;
        computeGradients(net, batch, lossFunction);
        for (Map.Entry<String, Parameter> entry : net.namedParameters().entrySet()) {
            if (entry.getValue().hasGrad()) {
                float of = largest(entry.getValue().grad());
                if (largest.isEmpty() || Float.compare(of, gradient) > 0) {
                    largest = entry.getKey();
                    gradient = of;
                }
            }
        }
        net.zeroGrad();
        int column = 0;
        double[] scales = scales(batch.x());
        for (int c = 1; c < scales.length; c++) {
            column = Double.compare(scales[c], scales[column]) > 0 ? c : column;
        }
        // a parameter that is not finite makes the next loss so; a loss that was finite still was before the damage
        long damagedBy = bad.isEmpty() ? 0 : Double.isFinite(sums.lastLoss()) ? sums.steps() : sums.steps() - 1;
        return new Divergence(sums.epoch(), sums.steps(), sums.lastLoss(), sums.lastFiniteLoss(), learningRate, bad,
                damagedBy, gradient, largest, column, nameOf(column, names), scales[column], badData(batch, names));
    }

    private static String nameOf(int column, List<String> names) {
        return column < names.size() ? names.get(column) : "";
    }

    private static String badData(Batch batch, List<String> names) {
        String bad = firstNotFinite(batch.x(), "feature", names);
        return bad.isEmpty() && batch.y().table() instanceof FloatMatrix
                ? firstNotFinite(batch.y(), "target", List.of())
                : bad;
    }

    /// The first value of `rows` that is not finite, or an empty text.
    private static String firstNotFinite(Rows rows, String what, List<String> names) {
        for (int r = 0; r < rows.count(); r++) {
            for (int c = 0; c < rows.cols(); c++) {
                float value = rows.get(r, c);
                if (!Float.isFinite(value)) {
                    String name = nameOf(c, names);
                    return what + " " + c + (name.isEmpty() ? "" : " (" + name + ")") + " of row "
                            + rows.rowInTable(r) + " is " + value;
                }
            }
        }
        return "";
    }

    /// There may be none in the end: memory for them may be refused, or a loss of the user's fail.
    private static void computeGradients(Module net, Batch batch, LossFunction lossFunction) {
        net.zeroGrad();
        try {
            Loss loss = lossFunction.of(net.forward(batch.x()), batch.y());
            loss.mean().backward();
        } catch (RuntimeException e) {
            net.zeroGrad(); // the divergence is what has to be told
        }
    }

    /// The name of the first parameter with a value that is not finite, or an empty text.
    static String firstNotFinite(Module net) {
        if (!allFinite(net)) {
            for (Map.Entry<String, Parameter> entry : net.namedParameters().entrySet()) {
                if (!Float.isFinite(largest(entry.getValue().value()))) {
                    return entry.getKey();
                }
            }
        }
        return "";
    }

    private static boolean allFinite(Module net) {
        for (Parameter parameter : net.parameters()) {
            if (!Float.isFinite(largest(parameter.value()))) {
                return false;
            }
        }
        return true;
    }

    /// The largest absolute value, where NaN is larger than infinity: the order of the bits without the sign.
    static float largest(FloatMatrix values) {
        MemorySegment memory = values.segment();
        long n = values.paddedSize(); // padding is 0
        int most = 0;
        for (long i = 0; i < n; i++) {
            most = Math.max(most, memory.getAtIndex(ValueLayout.JAVA_INT, i) & MAGNITUDE_BITS);
        }
        return Float.intBitsToFloat(most);
    }

    /// The root mean square of each column.
    private static double[] scales(Rows x) {
        double[] scales = new double[x.cols()];
        for (int r = 0; r < x.count(); r++) {
            for (int c = 0; c < scales.length; c++) {
                double value = x.get(r, c);
                scales[c] += value * value;
            }
        }
        for (int c = 0; c < scales.length; c++) {
            scales[c] = Math.sqrt(scales[c] / x.count());
        }
        return scales;
    }

    String message() {
        StringBuilder text = new StringBuilder("training diverged at step ").append(step).append(" of epoch ")
                .append(epoch).append(": ");
        if (Double.isFinite(loss) && badParameter.isEmpty()) {
            text.append("the norm of the gradients is not finite, the loss is ").append(loss);
        } else if (Double.isFinite(loss)) {
            text.append("parameter ").append(badParameter).append(" is not finite after it, the loss before it was ")
                    .append(loss);
        } else {
            text.append("the loss is ").append(loss).append(", ");
            if (Double.isNaN(lastFinite)) {
                text.append("no step of this epoch before had a finite one");
            } else {
                text.append("the last finite one was ").append(lastFinite);
            }
            if (!badParameter.isEmpty()) {
                text.append("; parameter ").append(badParameter).append(" is not finite");
                text.append(damagedBy == 0 ? " since before this epoch" : " since step " + damagedBy);
            }
        }
        if (damagedBy > 0) {
            text.append("; the gradients of step ").append(damagedBy)
                    .append(" were not finite, or too large; clipping by norm finds such ones before they are used");
        }
        if (!gradientParameter.isEmpty() && (badParameter.isEmpty() || !Double.isNaN(gradient))) { // says nothing else
            text.append("; the largest gradient is ").append((float) gradient).append(", of ")
                    .append(gradientParameter);
        }
        if (learningRate > 0) {
            text.append("; the learning rate is ").append((float) learningRate);
        }
        text.append("; the largest feature is column ").append(column);
        if (!columnName.isEmpty()) {
            text.append(" (").append(columnName).append(')');
        }
        text.append(", root mean square ").append((float) columnScale);
        if (!badData.isEmpty()) {
            text.append("; ").append(badData);
        }
        return text.append("; try ").append(remedy()).toString();
    }

    private String remedy() {
        if (!badData.isEmpty()) {
            return "data without values that are not finite";
        }
        return columnScale > LARGE_SCALE ? "scaling the features, or a smaller learning rate"
                : "a smaller learning rate";
    }
}
