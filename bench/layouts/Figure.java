package layouts;


/** What is measured of a layout: the columns, in order, with the digits after the point. */
enum Figure {
    WRITE("write MiB/s", 0), WRITE_CPU("CPU s/GiB", 2), WRITTEN("bytes written per byte", 3),
    STALL("longest wait of a chunk, ms", 0), HOT("hot, chunk buffers, MiB/s", 0), HOT_CPU("CPU s/GiB", 2),
    HOT_SMALL("hot, 64 KiB buffers, MiB/s", 0), COLD("cold, MiB/s", 0), FROM_DISK("of it from the disk", 2),
    DROP("delete, ms", 1), FREED("freed at once", 2);

    final String title;
    final int digits;

    Figure(String title, int digits) {
        this.title = title;
        this.digits = digits;
    }
}
