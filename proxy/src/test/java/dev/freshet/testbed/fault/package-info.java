/** Misbehaviour as data: a {@link Fault} says what goes wrong, a {@link On} says when, a {@link FaultPlan} holds both. */
@NullMarked
package dev.freshet.testbed.fault;

import org.jspecify.annotations.NullMarked;
