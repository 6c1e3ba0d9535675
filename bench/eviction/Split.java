package eviction;

/** What is small has an order of its own, and an eighth of the space at most. */
final class Split implements Policy {

    private final Ordered small;
    private final Ordered large;
    private final long capacity;

    Split(long capacity) {
        this.small = new Ordered(capacity / 8);
        this.large = new Ordered(capacity);
        this.capacity = capacity;
    }

    @Override
    public void touch(Part part) {
        of(part).touch(part);
    }

    @Override
    public boolean get(Part part) {
        boolean hit = of(part).get(part);
        if (!hit && of(part) == small) {
            large.resize(capacity - small.policy.bytes());
            large.makeRoom(0);
        }
        return hit;
    }

    private Ordered of(Part part) {
        return part.bytes() < Part.MIB ? small : large;
    }
}
