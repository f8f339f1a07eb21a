// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.plan;

import dev.lanewise.memory.FloatMatrix;
import dev.lanewise.nn.BatchNorm1d;
import dev.lanewise.nn.CrossEntropyLoss;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GELU;
import dev.lanewise.nn.Hardtanh;
import dev.lanewise.nn.Identity;
import dev.lanewise.nn.LayerNorm;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Linear;
import dev.lanewise.nn.LogSigmoid;
import dev.lanewise.nn.LogSoftmax;
import dev.lanewise.nn.LossCase;
import dev.lanewise.nn.LossCase.Targets;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.MSELoss;
import dev.lanewise.nn.Mish;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Parameter;
import dev.lanewise.nn.ReLU;
import dev.lanewise.nn.ReLU6;
import dev.lanewise.nn.Reduction;
import dev.lanewise.nn.SELU;
import dev.lanewise.nn.Scale;
import dev.lanewise.nn.Sequential;
import dev.lanewise.nn.SiLU;
import dev.lanewise.nn.Sigmoid;
import dev.lanewise.nn.Softmax;
import dev.lanewise.nn.Softplus;
import dev.lanewise.nn.Tanh;
import dev.lanewise.optim.GradientClip;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerCases;
import dev.lanewise.optim.SGD;
import dev.lanewise.optim.WeightAverage;
import dev.lanewise.plan.Plan.AfterStep;
import dev.lanewise.plan.Plan.Data;
import dev.lanewise.schedule.ConstantLR;
import dev.lanewise.schedule.CosineAnnealingLR;
import dev.lanewise.schedule.CosineAnnealingWarmRestarts;
import dev.lanewise.schedule.ExponentialLR;
import dev.lanewise.schedule.LRScheduler;
import dev.lanewise.schedule.LambdaLR;
import dev.lanewise.schedule.LinearLR;
import dev.lanewise.schedule.MultiStepLR;
import dev.lanewise.schedule.OneCycleLR;
import dev.lanewise.schedule.PolynomialLR;
import dev.lanewise.schedule.ReduceLROnPlateau;
import dev.lanewise.schedule.SequentialLR;
import dev.lanewise.schedule.StepLR;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Plans with every public module, loss, optimizer and schedule in them. [PlansTest] fails if one is missing.
public final class Plans {
    private static final int HIDDEN = 33;
    private static final int OUTPUTS = 4;
    private static final long ENDLESS = 1_000_000_000;

    private Plans() {
    }

    /// All of them.
    public static Stream<Plan> all() {
        List<Plan> plans = new ArrayList<>();
        modules().forEach((name, module) -> plans.add(module(name, module)));
        shapes().forEach((name, net) -> plans.add(net(name, net)));
        LossCase.all().map(Plans::loss).forEach(plans::add);
        OptimizerCases.all().map(Plans::optimizer).forEach(plans::add);
        for (int i = 0; i < schedules().size(); i++) {
            plans.add(schedule(i, schedules().get(i)));
        }
        plans.add(after("ReduceLROnPlateau", o -> new ReduceLROnPlateau(o).patience(1)::step));
        plans.addAll(others());
        return plans.stream();
    }

    /// Modules for a number of features.
    private static Map<String, IntFunction<Module>> modules() {
        Map<String, IntFunction<Module>> modules = new LinkedHashMap<>();
        modules.put("ReLU", _ -> new ReLU());
        modules.put("LeakyReLU", _ -> new LeakyReLU());
        modules.put("LeakyReLU 0.3", _ -> new LeakyReLU(0.3f));
        modules.put("ReLU6", _ -> new ReLU6());
        modules.put("Hardtanh", _ -> new Hardtanh());
        modules.put("Hardtanh -0.25, 0.5", _ -> new Hardtanh(-0.25f, 0.5f));
        modules.put("ELU", _ -> new ELU());
        modules.put("ELU 0.5", _ -> new ELU(0.5f));
        modules.put("SELU", _ -> new SELU());
        modules.put("GELU", _ -> new GELU());
        modules.put("GELU tanh", _ -> new GELU(GELU.Approximate.TANH));
        modules.put("SiLU", _ -> new SiLU());
        modules.put("Mish", _ -> new Mish());
        modules.put("Softplus", _ -> new Softplus());
        modules.put("Softplus 2, 0.5", _ -> new Softplus(2, 0.5f));
        modules.put("Sigmoid", _ -> new Sigmoid());
        modules.put("LogSigmoid", _ -> new LogSigmoid());
        modules.put("Tanh", _ -> new Tanh());
        modules.put("Softmax", _ -> new Softmax());
        modules.put("LogSoftmax", _ -> new LogSoftmax());
        modules.put("Dropout", _ -> new Dropout());
        modules.put("Dropout 0.2", _ -> new Dropout(0.2f));
        modules.put("BatchNorm1d", BatchNorm1d::new);
        modules.put("BatchNorm1d, cumulative", n -> new BatchNorm1d(n, 1e-3f, null, true, true));
        modules.put("BatchNorm1d, not affine", n -> new BatchNorm1d(n, 1e-5f, 0.2f, false, true));
        modules.put("BatchNorm1d, not tracking", n -> new BatchNorm1d(n, 1e-5f, 0.1f, true, false));
        modules.put("LayerNorm", LayerNorm::new);
        modules.put("LayerNorm, not affine", n -> new LayerNorm(n, 1e-3f, false, false));
        modules.put("LayerNorm, no bias", n -> new LayerNorm(n, 1e-5f, true, false));
        modules.put("Flatten", _ -> new Flatten());
        modules.put("Identity", _ -> new Identity());
        modules.put("a user's layer", Scale::new);
        return modules;
    }

    /// The module at the beginning, between two layers and at the end.
    private static Plan module(String name, IntFunction<Module> module) {
        return net(name, () -> new Sequential(module.apply(Plan.FEATURES), new Linear(Plan.FEATURES, HIDDEN),
                module.apply(HIDDEN), new Linear(HIDDEN, OUTPUTS), module.apply(OUTPUTS)));
    }

    private static Map<String, Supplier<Sequential>> shapes() {
        Map<String, Supplier<Sequential>> nets = new LinkedHashMap<>();
        nets.put("one narrow layer", () -> new Sequential(new Linear(Plan.FEATURES, OUTPUTS)));
        nets.put("narrow layers", () -> new Sequential(new Linear(Plan.FEATURES, 16), new Tanh(),
                new Linear(16, 10, false), new ReLU(), new Linear(10, OUTPUTS)));
        nets.put("a single output", () -> new Sequential(new Linear(Plan.FEATURES, 1), new Linear(1, 9),
                new Linear(9, OUTPUTS)));
        nets.put("wide layers", () -> new Sequential(new Linear(Plan.FEATURES, 70), new ReLU(),
                new Linear(70, 17, false), new Sigmoid(), new Linear(17, OUTPUTS)));
        nets.put("nested", () -> new Sequential(Sequential.named().add("in", new Linear(Plan.FEATURES, 20))
                .add("norm", new BatchNorm1d(20)).add("relu", new ReLU()).add("drop", new Dropout(0.3f)).build(),
                new Sequential(new Sequential(new Linear(20, OUTPUTS)))));
        nets.put("frozen", () -> {
            Sequential net = new Sequential(new Linear(Plan.FEATURES, 20), new ReLU(), new Linear(20, 20), new Tanh(),
                    new Linear(20, OUTPUTS));
            net.get(0).requiresGrad(false);
            net.get(2).getParameter("bias").requiresGrad(false);
            return net;
        });
        return nets;
    }

    static Sequential plain() {
        return new Sequential(new Linear(Plan.FEATURES, HIDDEN), new Tanh(), new Linear(HIDDEN, OUTPUTS));
    }

    private static Plan net(String name, Supplier<Sequential> net) {
        return new Plan(name, net, _ -> new MSELoss(), Targets.NUMBERS, p -> new SGD(p, 0.01f),
                _ -> AfterStep.NOTHING, Data.FLOATS);
    }

    private static Plan loss(LossCase loss) {
        Supplier<Sequential> net = loss.needsProbabilities()
                ? () -> new Sequential(plain(), new Sigmoid())
                : Plans::plain;
        return new Plan(loss.toString(), net, _ -> loss.loss().apply(Reduction.MEAN), loss.targets(),
                p -> new SGD(p, 0.05f), _ -> AfterStep.NOTHING, Data.FLOATS);
    }

    private static Plan optimizer(Function<List<Parameter>, Optimizer> make) {
        String name;
        try (Sequential net = plain()) {
            name = make.apply(net.parameters()).toString();
        }
        return with(name, Data.FLOATS, make, _ -> AfterStep.NOTHING);
    }

    private static Plan after(String name, Function<Optimizer, AfterStep> after) {
        return with(name, Data.FLOATS, p -> new SGD(p, 0.05f).momentum(0.5f), after);
    }

    private static Plan with(String name, Data data, Function<List<Parameter>, Optimizer> optimizer,
            Function<Optimizer, AfterStep> after) {
        return new Plan(name, Plans::plain, _ -> new CrossEntropyLoss(), Targets.LABELS, optimizer, after, data);
    }

    private static List<Plan> others() {
        Function<List<Parameter>, Optimizer> sgd = p -> new SGD(p, 0.05f);
        Function<Sequential, LossFunction> penalized = net -> new MSELoss().penalty(net.parameters().subList(0, 1),
                1e-3f, 2e-3f).penalty(net.parameters().subList(1, 3), 0, 1e-3f);
        return List.of(with("bytes", Data.BYTES, sgd, _ -> AfterStep.NOTHING),
                with("weights of rows", Data.WEIGHTED, sgd, _ -> AfterStep.NOTHING),
                new Plan("penalties", Plans::plain, penalized, Targets.NUMBERS, sgd, _ -> AfterStep.NOTHING,
                        Data.FLOATS),
                new Plan("sum", Plans::plain, _ -> new CrossEntropyLoss(Reduction.SUM), Targets.LABELS,
                        p -> new SGD(p, 1e-4f), _ -> AfterStep.NOTHING, Data.FLOATS),
                with("clipping by the largest value", Data.FLOATS,
                        p -> new SGD(p, 0.05f).clipNorm(1e-3, Double.POSITIVE_INFINITY), _ -> AfterStep.NOTHING),
                with("clipping by the third norm", Data.FLOATS, p -> new SGD(p, 0.05f).clipNorm(0.01, 3),
                        _ -> AfterStep.NOTHING),
                after("a new rate in each step", optimizer -> new AfterStep() {
                    private int step;

                    @Override
                    public void run(double loss) {
                        step++;
                        optimizer.learningRate(0.1f / step);
                    }
                }),
                after("exponential average", o -> average(WeightAverage.exponential(o.parameters(), 0.9))),
                after("equal average", o -> average(WeightAverage.equal(o.parameters()))),
                after("a norm that is looked at", o -> {
                    List<Parameter> parameters = o.parameters();
                    return _ -> {
                        GradientClip.norm(parameters, Double.POSITIVE_INFINITY);
                        GradientClip.value(parameters, 1e-3f);
                    };
                }));
    }

    private static AfterStep average(WeightAverage average) {
        return new AfterStep() {
            @Override
            public void run(double loss) {
                average.update();
            }

            @Override
            public List<FloatMatrix> kept() {
                return average.averages();
            }

            @Override
            public void close() {
                average.close();
            }
        };
    }

    /// Schedules that go on for as many steps as anyone takes.
    static List<Function<Optimizer, LRScheduler>> schedules() {
        return List.of(o -> new StepLR(o, 2), o -> new MultiStepLR(o, 1, 3).gamma(0.5),
                o -> new ExponentialLR(o, 0.9), o -> new CosineAnnealingLR(o, 5).etaMin(1e-3),
                o -> new CosineAnnealingWarmRestarts(o, 2).tMult(2), LinearLR::new, ConstantLR::new,
                o -> new PolynomialLR(o).power(1.5), o -> new OneCycleLR(o, 0.1, ENDLESS),
                o -> new OneCycleLR(o, 0.1, ENDLESS).annealStrategy(OneCycleLR.AnnealStrategy.LINEAR).threePhase(true),
                o -> new LambdaLR(o, step -> 1.0 / (1 + step)),
                o -> new SequentialLR(o, List.of(new ConstantLR(o), new ExponentialLR(o, 0.9)), 2));
    }

    private static Plan schedule(int i, Function<Optimizer, LRScheduler> make) {
        String name;
        try (Sequential net = plain()) {
            name = i + " " + make.apply(new SGD(net.parameters(), 0.05f).momentum(0.5f));
        }
        return after(name, o -> {
            LRScheduler schedule = make.apply(o);
            return _ -> schedule.step();
        });
    }
}
