package eviction;

/** A cache of so many bytes. */
interface Policy {

    /** The part belongs to something that was asked for. */
    void touch(Part part);

    /** Whether the part is there; from now on it is. */
    boolean get(Part part);
}
