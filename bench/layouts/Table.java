package layouts;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Markdown on the standard output, and the middle and the end of many values. */
final class Table {

    private Table() {}

    /** Prints the heads of columns; all but the first are numbers. */
    static void head(List<String> titles) {
        row(titles.stream());
        row(Stream.concat(Stream.of("---"), titles.stream().skip(1).map(title -> "--:")));
    }

    static void row(Stream<String> cells) {
        System.out.println(cells.collect(Collectors.joining(" | ", "| ", " |")));
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The value that 95 of 100 do not exceed. */
    static double high(List<Double> values) {
        return values.stream().sorted().toList().get((int) Math.ceil(values.size() * 0.95) - 1);
    }
}
