package dev.freshet.proxy.accept;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code Accept} as a set. */
class AcceptTest {

    private static final List<String> TYPES = List.of("application/vnd.docker.distribution.manifest.v1+prettyjws",
            "application/json", "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json",
            "application/vnd.oci.image.manifest.v1+json");

    @Test
    void orderAndLinesMakeNoDifference() {
        Accept expected = Accept.of(TYPES);
        List<String> shuffled = new ArrayList<>(TYPES);
        Random random = new Random(1);

        for (int i = 0; i < 100; i++) {
            Collections.shuffle(shuffled, random);

            assertThat(Accept.of(shuffled)).isEqualTo(expected).hasToString(expected.toString());
            assertThat(Accept.of(List.of(String.join(", ", shuffled)))).isEqualTo(expected);
            assertThat(Accept.of(List.of(String.join(",", shuffled.subList(0, 2)), String.join(" , ",
                    shuffled.subList(2, 6))))).isEqualTo(expected);
        }
        assertThat(expected).isNotEqualTo(Accept.of(TYPES.subList(1, 6)));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiter = '|', textBlock = """
            a/b                          | a/b
            A/B ; q=0.5                  | a/b
            c/d;q=1, a/b;q=0.1           | a/b, c/d
            a/b;q=0                      | a/b;q=0
            a/b; Q=0.000                 | a/b;q=0
            a/b;q=0.001                  | a/b
            a/b;q=0, a/b                 | a/b
            a/b;charset=utf-8;q=0        | a/b;q=0
            a/*;q=0.3,a/b                | a/*, a/b
            a/b, */*;q=0.1, x/y;q=0      | */*, a/b, x/y;q=0
            a/b,,nonsense,x/,/y,*/b, a b/c | a/b
            a/b, */*                     | */*
            */*                          | */*
            nonsense                     | */*
            ,                            | */*
            """)
    void whatIsReadIsTheSet(String header, String canonical) {
        assertThat(Accept.of(List.of(header))).hasToString(canonical);
    }

    @ParameterizedTest(name = "{0} takes {1}")
    @CsvSource(delimiter = '|', textBlock = """
            a/b              | a/b
            a/b              | A/B
            a/*              | a/b
            */*              | a/b
            a/*;q=0, a/b     | a/b
            */*;q=0, a/*     | a/b
            a/b;q=0.001      | a/b
            x/y              | ''
            """)
    void whatIsListedIsTaken(String header, String type) {
        assertThat(Accept.of(List.of(header)).takes(type)).isTrue();
    }

    @ParameterizedTest(name = "{0} does not take {1}")
    @CsvSource(delimiter = '|', textBlock = """
            a/b               | a/c
            a/b               | x/b
            a/*               | aa/b
            a/b;q=0           | a/b
            a/b;q=0           | x/y
            a/*, a/b;q=0      | a/b
            */*, a/*;q=0      | a/b
            */*;q=0           | a/b
            a/b               | nonsense
            """)
    void whatIsNotListedIsNotTaken(String header, String type) {
        assertThat(Accept.of(List.of(header)).takes(type)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "", "nonsense"})
    void withoutAHeaderEverythingIsTaken(String type) {
        assertThat(Accept.of(List.of())).isEqualTo(Accept.EVERYTHING);
        assertThat(Accept.EVERYTHING.takes(type)).isTrue();
    }

    @Test
    void noMoreThanManyAreRead() {
        List<String> lines = IntStream.range(100, 1_000).mapToObj(i -> "a/t" + i).toList();

        assertThat(Accept.of(lines).ranges()).hasSize(64);
    }

    @Test
    void whatIsLongerThanAnyMediaTypeIsLeftOut() {
        String most = "a/" + "b".repeat(253);

        Accept accept = Accept.of(List.of(most, "a/" + "c".repeat(254), "c/d"));

        assertThat(accept.ranges()).containsExactly(most, "c/d");
    }
}
