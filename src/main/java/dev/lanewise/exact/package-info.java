// SPDX-License-Identifier: Apache-2.0

/// Linear regression in closed form, in double. Needs the optional library `org.ejml:ejml-ddense`.
@NullMarked
package dev.lanewise.exact;

import org.jspecify.annotations.NullMarked;
