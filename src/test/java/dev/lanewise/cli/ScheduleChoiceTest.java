// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.lanewise.Fit;
import dev.lanewise.FitListener;
import dev.lanewise.FitProgress;
import dev.lanewise.data.Dataset;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.optim.SGD;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleChoiceTest {
    private static final int EPOCHS = 4;

    /// The learning rates of four epochs of two steps, at a rate of 0.5.
    private static List<Double> rates(String schedule) {
        List<Double> rates = new ArrayList<>();
        try (Dataset data = Dataset.of(new float[][]{{0}, {0}}, new float[]{0, 0}); Linear net = new Linear(1, 1)) {
            SGD sgd = new SGD(net.parameters(), 0.5f);
            Fit fit = new Fit(net, new MSELoss(), sgd).listener(new FitListener() {
                @Override
                public void stepEnd(FitProgress progress) {
                    rates.add(progress.learningRate());
                }
            });
            ScheduleChoice.of(schedule, EPOCHS).applyTo(fit, sgd, EPOCHS, 2);
            fit.run(data.batches(1), EPOCHS);
            assertEquals(0, sgd.momentum());
        }
        return rates;
    }

    private static void assertRates(String schedule, double... expected) {
        List<Double> rates = rates(schedule);
        assertEquals(expected.length, rates.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], rates.get(i), 1e-7, schedule + ", step " + i);
        }
    }

    private static double fall(double share) {
        return (1 + Math.cos(Math.PI * share)) / 2;
    }

    @Test
    void schedulesAreFollowed() {
        assertRates("step:size=2", 0.5, 0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.05);
        assertRates("step:gamma=0.5,size=1", 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625);
        assertRates("exponential:gamma=0.5", 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625);
        assertRates("cosine", 0.5, 0.5 * fall(1 / 8.0), 0.5 * fall(2 / 8.0), 0.5 * fall(3 / 8.0), 0.5 * fall(4 / 8.0),
                0.5 * fall(5 / 8.0), 0.5 * fall(6 / 8.0), 0.5 * fall(7 / 8.0));
        assertEquals(rates("cosine"), rates("cosine:min=0"));
        assertRates("cosine:warmup=1,min=0.1", 0.05, 0.275, 0.5, 0.1 + 0.4 * fall(1 / 6.0), 0.1 + 0.4 * fall(2 / 6.0),
                0.1 + 0.4 * fall(3 / 6.0), 0.1 + 0.4 * fall(4 / 6.0), 0.1 + 0.4 * fall(5 / 6.0));
        List<Double> cycle = rates("onecycle:max=2");
        assertEquals(2 / 25.0, cycle.getFirst(), 1e-7);
        assertEquals(2 / 25.0 / 1e4, cycle.getLast(), 1e-12);
        assertEquals(0.5 / 25, rates("onecycle").getFirst(), 1e-7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "linear|no such choice (got 'linear'), expected step, exponential, cosine or onecycle",
            "STEP:size=1|no such choice (got 'STEP'), expected step, exponential, cosine or onecycle",
            "step|size is missing (got 'step'), expected size=N behind the colon",
            "step:gamma=0.5|size is missing (got 'step:gamma=0.5'), expected size=N behind the colon",
            "exponential|gamma is missing (got 'exponential'), expected gamma=N behind the colon",
            "step:siz=3|not a setting, or twice (got 'siz=3'), expected size=N and gamma=N, separated by commas",
            "step:size=3,size=4|not a setting, or twice (got 'size=4'), expected size=N and gamma=N, separated by commas",
            "step:size=3,|not a setting, or twice (got ''), expected size=N and gamma=N, separated by commas",
            "onecycle:|not a setting, or twice (got ''), expected max=N, separated by commas",
            "cosine:warmup=10|the warm-up is not shorter than the training (got 'cosine:warmup=10'), expected fewer"
                    + " epochs of it than 10"})
    void wrongSchedulesAreUsage(String schedule, String message) {
        assertUsage(schedule, "--schedule: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "step:size=0| size: not a whole number in range (got '0'), expected 1 to 2147483647 in decimal digits",
            "step:size=3,gamma=1| gamma: not a fraction (got '1'), expected a decimal number above 0 and below 1",
            "cosine:min=x| min: not a learning rate (got 'x'), expected a decimal number of at least 0 and at most"
                    + " 3.4028235e38",
            "cosine:warmup=-1| warmup: not a whole number in range (got '-1'), expected 1 to 2147483647 in decimal digits",
            "onecycle:max=0| max: not a learning rate (got '0'), expected a decimal number above 0 and at most"
                    + " 3.4028235e38"})
    void wrongSettingsAreUsage(String schedule, String message) {
        assertUsage(schedule, "--schedule " + message);
    }

    private static void assertUsage(String schedule, String message) {
        CliRun run = CliRun.of("train", "--data", "synthetic:20x2", "--schedule", schedule);
        assertEquals(2, run.code(), run.err());
        assertEquals("lanewise: error: " + message + "\n", run.err());
    }

    @Test
    void trainFollowsIt() {
        String[] plain = {"train", "--data", "synthetic:20x2", "--epochs", "3", "--json"};
        String[] scheduled = {"train", "--data", "synthetic:20x2", "--epochs", "3", "--json", "--schedule", "cosine"};
        assertNotEquals(hash(CliRun.of(plain).succeeded().out()), hash(CliRun.of(scheduled).succeeded().out()));
    }

    private static String hash(String json) {
        return json.substring(json.indexOf("weights_sha256"), json.indexOf("weights_sha256") + 80);
    }
}
