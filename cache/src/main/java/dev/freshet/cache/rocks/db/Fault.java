package dev.freshet.cache.rocks.db;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** The kinds of failures of a database. */
public enum Fault {

    /** Another process has it open. */
    IN_USE,
    /** Something on disk is gone, or not what was written, and will stay so. */
    DAMAGE,
    /** The disk is full. */
    FULL,
    /** The disk did not do what it was asked, or something else is wrong: a write may have been done by half. */
    FAILURE,
    /** It was refused for now, or was a mistake, and has left nothing behind. */
    REFUSAL;

    public static Fault of(RocksDBException e) {
        Status status = e.getStatus();
        if (status == null) {
            return FAILURE;
        }
        return switch (status.getCode()) {
            case Corruption -> DAMAGE;
            case IOError -> ofDisk(status, String.valueOf(e.getMessage()));
            case Aborted, ShutdownInProgress, Undefined -> FAILURE;
            case Ok, NotFound, NotSupported, InvalidArgument, MergeInProgress, Incomplete, TimedOut, Busy, Expired,
                    TryAgain ->
                REFUSAL;
        };
    }

    private static Fault ofDisk(Status status, String message) {
        if (message.contains("While lock file") || message.startsWith("lock ")) {
            return IN_USE;
        }
        if (status.getSubCode() == Status.SubCode.NoSpace || message.contains("No space left")) {
            return FULL;
        }
        boolean reading = message.contains("for random read") || message.contains("for sequentially reading");
        return reading && message.contains("No such file") ? DAMAGE : FAILURE;
    }
}
