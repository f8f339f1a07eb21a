// SPDX-License-Identifier: Apache-2.0
package dev.lanewise;

import dev.lanewise.data.Batch;
import dev.lanewise.memory.Rows;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.LossFunction;
import dev.lanewise.nn.Module;
import dev.lanewise.nn.Output;
import dev.lanewise.nn.StepCheck;
import dev.lanewise.optim.Optimizer;
import java.util.Collections;

import org.jspecify.annotations.Nullable;

/// Trains a module with a loss and an optimizer: PyTorch's zeroGrad, backward and step one by one, or all at once.
///
/// [#trainStep] is defined as zeroGrad, forward, backward and step, and gives the same bits; because nobody can look in
/// between, it uses every gradient tile at once and stores none. An optimizer that clips by norm, gathers the gradients
/// of several batches, or needs whole gradients has them stored first; `grad()` then shows them afterwards.
///
/// **Ownership**: the trainer borrows the module and frees nothing; it keeps other trainers from it until closed.
/// **Threads**: one at a time.
public final class Trainer implements AutoCloseable {
    private final Module net;
    private final LossFunction lossFunction;
    private final Optimizer optimizer;
    private @Nullable Output output;
    private @Nullable Loss loss;
    private boolean closed;

    /// A trainer of `net`.
    ///
    /// **Throws** `IllegalArgumentException` if the optimizer has no parameter of the module, `IllegalStateException`
    /// if another trainer holds the module.
    public Trainer(Module net, LossFunction lossFunction, Optimizer optimizer) {
        if (Collections.disjoint(optimizer.parameters(), net.parameters())) {
            throw new IllegalArgumentException("Trainer: " + optimizer + " has no parameter of " + net
                    + ", expected at least one; make it of net.parameters()");
        }
        this.net = net;
        this.lossFunction = lossFunction;
        this.optimizer = optimizer;
        net.claim(this);
    }

    /// Runs the module on `x` and computes its loss against `y`.
    ///
    /// **Throws** `IllegalArgumentException` if shapes do not fit, `IllegalStateException` after close.
    public Loss forward(Rows x, Rows y) {
        requireOpen();
        Output prediction = net.forward(x);
        Loss computed = lossFunction.of(prediction, y);
        output = prediction;
        loss = computed;
        return computed;
    }

    /// Runs the module on a batch and computes its loss.
    public Loss forward(Batch batch) {
        return forward(batch.x(), batch.y());
    }

    /// Drops all gradients; without it the next [#backward] adds to them.
    ///
    /// **Throws** `IllegalStateException` after close.
    public void zeroGrad() {
        requireOpen();
        optimizer.zeroGrad();
    }

    /// Back-propagates the loss of the last [#forward] of this trainer; a loss with reduction NONE as its mean.
    ///
    /// **Throws** `IllegalStateException` without such a loss, or if it has been back-propagated already.
    public void backward() {
        requireOpen();
        if (loss == null) {
            throw new IllegalStateException("Trainer.backward: there is no loss yet; call Trainer.forward first,"
                    + " or call backward on the Loss you computed");
        }
        loss.mean().backward();
    }

    /// Steps all parameters that have a gradient.
    ///
    /// **Throws** `IllegalStateException` if none has: before `backward`, after `zeroGrad`, after [#trainStep].
    public void step() {
        requireOpen();
        if (!optimizer.hasGrad()) {
            throw new IllegalStateException("Trainer.step: no parameter has a gradient; call backward first");
        }
        optimizer.step();
    }

    /// zeroGrad, forward, backward and step in one; a loss with reduction NONE is back-propagated as its mean.
    ///
    /// Returns the value of the loss before the step (the mean for reduction NONE). Allocates nothing.
    ///
    /// **Throws** as [#forward(Rows, Rows)].
    public double trainStep(Rows x, Rows y) {
        return trainStep(x, y, StepCheck.NONE).value();
    }

    /// [#trainStep(Rows, Rows)] for callers that look at the loss before it changes the parameters.
    Loss trainStep(Rows x, Rows y, StepCheck check) {
        requireOpen();
        output = null;
        loss = null;
        Loss computed = net.trainStep(x, y, lossFunction, optimizer, check);
        output = computed.prediction();
        loss = computed;
        return computed;
    }

    /// [#trainStep(Rows, Rows)] on a batch.
    public double trainStep(Batch batch) {
        return trainStep(batch.x(), batch.y());
    }

    /// The outputs of the last forward pass of this trainer, made before the step.
    ///
    /// **Throws** `IllegalStateException` if there was none.
    public Output output() {
        requireOpen();
        if (output == null) {
            throw new IllegalStateException("Trainer.output: there was no forward pass yet");
        }
        return output;
    }

    /// The loss of the last forward pass of this trainer.
    ///
    /// **Throws** `IllegalStateException` if there was none.
    public Loss loss() {
        requireOpen();
        if (loss == null) {
            throw new IllegalStateException("Trainer.loss: there was no forward pass yet");
        }
        return loss;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    /// Lets other trainers have the module; harmless a second time.
    @Override
    public void close() {
        closed = true;
        net.release(this);
    }

    @Override
    public String toString() {
        return "Trainer(" + net + ", " + lossFunction + ", " + optimizer + ")";
    }
}
