package dev.freshet.testbed.wire;

/**
 * What a handler gives back: an answer, how it is sent, and who hears of it.
 *
 * @param reply what is said
 * @param manner how it is put on the wire
 * @param progress who hears of it
 */
public record Answer(Reply reply, Manner manner, Progress progress) {}
