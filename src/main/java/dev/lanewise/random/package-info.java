// SPDX-License-Identifier: Apache-2.0

/// Random streams of other systems, so that their scripts can be reproduced.
@NullMarked
package dev.lanewise.random;

import org.jspecify.annotations.NullMarked;
