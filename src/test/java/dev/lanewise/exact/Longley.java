// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.exact;

/// A regression known for its dependent features, with certified results.
///
/// **Source**: J. W. Longley, "An appraisal of least squares programs for the electronic computer from the viewpoint of the
/// user", 1967; results from the Statistical Reference Datasets of the National Institute of Standards and Technology.
final class Longley {
    /// Employment, then the features: ten times the price deflator, which makes it a whole number, gross national product,
    /// unemployed, armed forces, population, year.
    static final float[][] FEATURES = {
            {60323, 830, 234289, 2356, 1590, 107608, 1947}, {61122, 885, 259426, 2325, 1456, 108632, 1948},
            {60171, 882, 258054, 3682, 1616, 109773, 1949}, {61187, 895, 284599, 3351, 1650, 110929, 1950},
            {63221, 962, 328975, 2099, 3099, 112075, 1951}, {63639, 981, 346999, 1932, 3594, 113270, 1952},
            {64989, 990, 365385, 1870, 3547, 115094, 1953}, {63761, 1000, 363112, 3578, 3350, 116219, 1954},
            {66019, 1012, 397469, 2904, 3048, 117388, 1955}, {67857, 1046, 419180, 2822, 2857, 118734, 1956},
            {68169, 1084, 442769, 2936, 2798, 120445, 1957}, {66513, 1108, 444546, 4681, 2637, 121950, 1958},
            {68655, 1126, 482704, 3813, 2552, 123366, 1959}, {69564, 1142, 502601, 3931, 2514, 125368, 1960},
            {69331, 1157, 518173, 4806, 2572, 127852, 1961}, {70551, 1169, 554894, 4007, 2827, 130081, 1962}};

    /// The intercept and the coefficients, that of the deflator a tenth of the certified one.
    static final double[] COEFFICIENTS = {-3482258.63459582, 1.50618722713733, -0.358191792925910e-1, -2.02022980381683,
            -1.03322686717359, -0.511041056535807e-1, 1829.15146461355};

    /// The standard errors in the same order.
    static final double[] STANDARD_ERRORS = {890420.383607373, 8.49149257747669, 0.334910077722432e-1,
            0.488399681651699, 0.214274163161675, 0.226073200069370, 455.478499142212};

    private Longley() {
    }
}
