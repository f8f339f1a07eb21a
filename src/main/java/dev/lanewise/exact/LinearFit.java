// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.Parameter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The result of [LeastSquares]: coefficients in the units of the features, and how far to trust them.
///
/// Arrays have one entry for each output, those of coefficients one for each feature in each of these; they are copies.
public final class LinearFit {
    private final int rows;
    private final double[][] coefficients; // (outputs, features)
    private final double[] intercepts;
    private final double[][] standardErrors; // (outputs, features)
    private final double[] interceptErrors;
    private final double[] residualSquares;
    private final double[] r2;
    private final double conditionNumber;
    private final int rank;
    private final @Nullable String warning;
    private int degreesOfFreedom;

    LinearFit(int rows, int features, int outputs, double conditionNumber, int rank, @Nullable String warning) {
        this.rows = rows;
        this.coefficients = new double[outputs][features];
        this.intercepts = new double[outputs];
        this.standardErrors = new double[outputs][features];
        this.interceptErrors = new double[outputs];
        this.residualSquares = new double[outputs];
        this.r2 = new double[outputs];
        this.conditionNumber = conditionNumber;
        this.rank = rank;
        this.warning = warning;
        for (double[] errors : standardErrors) {
            Arrays.fill(errors, Double.NaN);
        }
        Arrays.fill(interceptErrors, Double.NaN);
    }

    /// Maps the standardised coefficients `w` back.
    void setOutput(int output, double[] w, Columns x, Columns y, double squares, double total) {
        double intercept = y.mean()[output];
        for (int c = 0; c < w.length; c++) {
            coefficients[output][c] = w[c] / x.scale()[c];
            intercept -= coefficients[output][c] * x.mean()[c];
        }
        intercepts[output] = intercept;
        residualSquares[output] = squares;
        r2[output] = squares == 0 ? 1 : total == 0 ? 0 : 1 - squares / total;
    }

    void setStandardErrors(Triangle triangle, Columns x, boolean intercept) {
        int features = triangle.size();
        degreesOfFreedom = rows - features - (intercept ? 1 : 0);
        double[] norms = triangle.inverseRowNorms();
        double[] shift = new double[features];
        Arrays.setAll(shift, c -> x.mean()[c] / x.scale()[c]);
        double interceptSquares = 1.0 / rows;
        for (double part : triangle.solveTransposed(shift)) {
            interceptSquares += part * part;
        }
        for (int k = 0; k < coefficients.length; k++) {
            double deviation = residualDeviation(k);
            for (int c = 0; c < features; c++) {
                standardErrors[k][c] = deviation * norms[c] / x.scale()[c];
            }
            interceptErrors[k] = intercept ? deviation * Math.sqrt(interceptSquares) : Double.NaN;
        }
    }

    private double residualDeviation(int output) {
        return degreesOfFreedom > 0 ? Math.sqrt(residualSquares[output] / degreesOfFreedom) : Double.NaN;
    }

    /// The coefficients, (outputs, features).
    public double[][] coefficients() {
        return Arrays.stream(coefficients).map(double[]::clone).toArray(double[][]::new);
    }

    /// The intercepts, 0 without.
    public double[] intercepts() {
        return intercepts.clone();
    }

    /// The standard errors of the coefficients, (outputs, features): NaN with ridge, where they would not mean what they
    /// say, if features depend on each other, or without more rows than coefficients.
    public double[][] standardErrors() {
        return Arrays.stream(standardErrors).map(double[]::clone).toArray(double[][]::new);
    }

    /// The standard errors of the intercepts, NaN where those of the coefficients are or without an intercept.
    public double[] interceptErrors() {
        return interceptErrors.clone();
    }

    /// The share of the targets' variance around their mean that the predictions explain. For targets that are all equal it
    /// is 1 if the fit is perfect and otherwise 0.
    public double[] r2() {
        return r2.clone();
    }

    /// The most likely standard deviations of the noise: the root of the mean squared error.
    public double[] sigma() {
        return Arrays.stream(residualSquares).map(squares -> Math.sqrt(squares / rows)).toArray();
    }

    /// The standard deviations of the noise with the coefficients taken into account: the root of the sum of squared errors
    /// over (rows - coefficients). NaN where there are no standard errors.
    public double[] residualDeviations() {
        double[] deviations = new double[residualSquares.length];
        Arrays.setAll(deviations, this::residualDeviation);
        return deviations;
    }

    /// The log of the probability density of all targets at the most likely [#sigma], natural logarithm.
    public double logLikelihood() {
        double sum = 0;
        for (double squares : residualSquares) {
            sum -= 0.5 * rows * (StrictMath.log(2 * StrictMath.PI * squares / rows) + 1);
        }
        return sum;
    }

    /// The largest singular value of the standardised features, with the penalty if there is one, over the smallest: how much
    /// larger errors of the data become in the coefficients. Infinity if features depend on each other exactly.
    public double conditionNumber() {
        return conditionNumber;
    }

    /// How many of the features are independent.
    public int rank() {
        return rank;
    }

    /// Whether the data do not determine the coefficients; [#warning] says more.
    public boolean isIllConditioned() {
        return warning != null;
    }

    /// What is wrong with the features, or null if they determine the coefficients well enough.
    public @Nullable String warning() {
        return warning;
    }

    /// Writes the coefficients, rounded to float, to `layer`: a start for training, or a model as it is.
    ///
    /// **Throws** `IllegalArgumentException` if the layer has another shape, or no bias for an intercept.
    public void copyTo(Linear layer) {
        int features = coefficients[0].length;
        if (layer.inFeatures() != features || layer.outFeatures() != coefficients.length) {
            throw new IllegalArgumentException(
                    "LinearFit.copyTo: " + layer + " given, expected Linear(" + features + ", "
                            + coefficients.length + ")");
        }
        Parameter bias = layer.bias();
        if (bias == null && Arrays.stream(intercepts).anyMatch(value -> value != 0)) {
            throw new IllegalArgumentException("LinearFit.copyTo: " + layer
                    + " has no bias for the intercept; fit with LeastSquares.intercept(false)");
        }
        FloatMatrix weight = layer.weight().value();
        layer.parameters().forEach(Parameter::changed);
        for (int k = 0; k < coefficients.length; k++) {
            for (int c = 0; c < features; c++) {
                weight.set(k, c, (float) coefficients[k][c]);
            }
            if (bias != null) {
                bias.value().set(0, k, (float) intercepts[k]);
            }
        }
    }

    @Override
    public String toString() {
        return "LinearFit of " + coefficients[0].length + " features, condition number " + conditionNumber;
    }
}
