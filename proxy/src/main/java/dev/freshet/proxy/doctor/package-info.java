/**
 * Asks upstreams how they are: for each, {@link dev.freshet.proxy.doctor.Examination} makes the {@linkplain
 * dev.freshet.proxy.doctor.Check checks} in the order of a pull, and what comes of them is a {@link
 * dev.freshet.proxy.doctor.Diagnosis}. It needs no running proxy, and neither opens nor changes a store.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.doctor;
