package dev.freshet.proxy.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link ProgressBar}, with the sequence that clears a line written as {@code ~}. */
class ProgressBarTest {

    private final StringWriter terminal = new StringWriter();
    private final PrintWriter writer = new PrintWriter(terminal);

    @Test
    void eachPercentIsShownOnce() {
        ProgressBar progress = new ProgressBar(writer, true);

        progress.begin(1000);
        for (int i = 0; i < 25; i++) {
            progress.add(1);
        }
        progress.end();

        assertThat(shown()).isEqualTo("~0 % of 1000B~1 % of 1000B~2 % of 1000B~");
    }

    @Test
    void theBarIsAsFullAsThatIsDone() {
        ProgressBar progress = new ProgressBar(writer, true);

        progress.begin(200);
        progress.add(119);

        assertThat(terminal.toString()).isEqualTo("\r\u001b[K[--------------------] 0 % of 200B"
                + "\r\u001b[K[###########---------] 59 % of 200B");
    }

    @Test
    void otherLinesComeInBetween() {
        ProgressBar progress = new ProgressBar(writer, true);

        progress.begin(1000);
        progress.add(500);
        progress.interrupt(() -> writer.print("other\n"));
        progress.end();

        assertThat(shown()).isEqualTo("~0 % of 1000B~50 % of 1000B~other\n~50 % of 1000B~");
    }

    @Test
    void thereIsNoMoreThanEverything() {
        ProgressBar progress = new ProgressBar(writer, true);

        progress.begin(0);
        progress.add(10);
        progress.end();

        assertThat(shown()).isEqualTo("~100 % of 0B~");
    }

    @Test
    void nothingIsShownWhereNobodyLooks() {
        ProgressBar progress = new ProgressBar(writer, false);

        progress.begin(1000);
        progress.add(500);
        progress.interrupt(() -> writer.print("other\n"));
        progress.end();

        assertThat(shown()).isEqualTo("other\n");
    }

    private String shown() {
        writer.flush();
        return terminal.toString().replace("\r\u001b[K", "~").replaceAll("\\[[#-]{20}\\] ", "");
    }
}
