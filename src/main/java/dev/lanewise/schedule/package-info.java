// SPDX-License-Identifier: Apache-2.0

/// Learning rates over the course of training: PyTorch's `torch.optim.lr_scheduler`.
@NullMarked
package dev.lanewise.schedule;

import org.jspecify.annotations.NullMarked;
