/**
 * The doctor. For each upstream, an {@link dev.freshet.proxy.doctor.Examination} runs the {@linkplain
 * dev.freshet.proxy.doctor.Diagnosis.Check checks} in the order of a pull; the result is a {@link dev.freshet.proxy.doctor.Diagnosis}. The
 * doctor needs no running proxy, and does not open the store.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.doctor;
