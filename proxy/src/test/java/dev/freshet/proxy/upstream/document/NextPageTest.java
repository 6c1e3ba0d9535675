package dev.freshet.proxy.upstream.document;

import dev.freshet.proxy.upstream.UpstreamException;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Where the next page is, as {@code Link} headers say in all their forms. */
class NextPageTest {

    private static final HttpUrl ASKED = HttpUrl.get("https://registry.example.com/v2/app/tags/list?n=2");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            </v2/app/tags/list?n=2&last=b>; rel="next"                        | n=2&last=b
            </v2/app/tags/list?n=2&last=b>;rel=next                           | n=2&last=b
            <list?last=b>; title="x"; rel="prev Next"                         | last=b
            <?last=b> ; REL = "next"                                          | last=b
            </a?x=1>; rel="prev", </b?x=2>; rel="next"                        | x=2
            <https://registry.example.com/v2/app/tags/list?t=a%2Bb%3D>; rel="next" | t=a%2Bb%3D
            <http://registry.example.com:5000/other?last=b>; rel="next"       | last=b
            <//registry.example.com/x?last=b>; rel="next"                     | last=b
            </v2/app/tags/list>; rel="next"                                   | ''
            </a?x=1,2>; rel="next"                                            | x=1,2
            </a?x=1>; rel=prev,</b?x=2>;rel=next                              | x=2
            </a?x=1>; title="a, <b>; rel=\\"next\\""; rel="prev", </b?x=2>; rel="next" | x=2
            </a?x=1>; type="text/plain"; rel="next"; title*=UTF-8''n          | x=1
            </a?x=1>; rel="next"; rel="prev"                                  | x=1
            </a?x=1>; rel="prev"; rel="next", </b?x=2>; rel="next"            | x=2
            </a?x=1>;; rel="next";                                            | x=1
            , </a?x=1>; rel="next"                                            | x=1
            </a?x=1>; crossorigin; rel="next"                                 | x=1
            /v2/app/tags/list?n=2&last=b; rel="next"                          | n=2&last=b
            https://registry.example.com/v2/app/tags/list?last=b;rel=next     | last=b
            </v2/app/tags/list?last=b>                                        | last=b
            </v2/app/tags/list?last=b>; title="x"                             | last=b
            """)
    void theQueryOfTheNextPageIsTaken(String link, String query) throws Exception {
        assertThat(NextPage.of(ASKED, List.of(link), "")).contains(query);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", " , ", "</x?a=b>; rel=\"prev\"", "</x?a=b>; rel=\"nextish\"", "</x?a=b>; rel=",
            "</x?a=b>; title=\"rel=next\"; rel=up", "</x>; rel=\"self\", </y>; rel=\"first last\""})
    void withoutALinkToItThereIsNone(String link) throws Exception {
        assertThat(NextPage.of(ASKED, List.of(link), "")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"garbage", "<", "<x", "next", "x</x?a=b>; rel=next", "rel=next; </x?a=b>",
            "rel=\"next\", </x?a=b>", "</x?a=b> rel=next", "</x?a=b>; rel=\"next", "</x?a=b>; rel=\"next\" x",
            "</x?a=b; rel=next", "/x; rel=next", "</x?a=b>; =next"})
    void aLinkThatCannotBeUnderstoodIsNoEndOfTheList(String link) {
        assertThatThrownBy(() -> NextPage.of(ASKED, List.of(link), "list failed: "))
                .isInstanceOf(UpstreamException.class)
                .hasMessageStartingWith("list failed: the Link to its next page cannot be understood")
                .hasMessageNotContaining("a=b");
    }

    @Test
    void linksOfManyCharactersAreReadInLinearTime() throws Exception {
        String spaces = " ".repeat(200_000);

        assertThat(NextPage.of(ASKED, List.of("</x?a=b>;" + spaces + "rel" + spaces + "=" + spaces + "prev"), ""))
                .isEmpty();
        assertThatThrownBy(() -> NextPage.of(ASKED, List.of("?" + ";a=b".repeat(100_000) + ";\"" + spaces), ""))
                .isInstanceOf(UpstreamException.class);
    }

    @Test
    void theLinkMayBeOnAnyLine() throws Exception {
        assertThat(NextPage.of(ASKED, List.of("</a?x=1>; rel=prev", "</b?x=2>; rel=next"), "")).contains("x=2");
        assertThat(NextPage.of(ASKED, List.of(), "")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"https://evil.example.com/v2/app/tags/list?last=b", "//169.254.169.254/?last=b",
            "https://registry.example.com@evil.example.com/?last=b", "file:///etc/passwd?x", "gopher://x/?a"})
    void aLinkToElsewhereIsRefused(String target) {
        assertThatThrownBy(() -> NextPage.of(ASKED, List.of("<" + target + ">; rel=\"next\""), "list failed: "))
                .isInstanceOf(UpstreamException.class).hasMessageStartingWith("list failed: the link to its next page");
    }

    @Test
    void aLinkOfManyCharactersIsRefused() {
        String link = "</x?a=" + "b".repeat(9000) + ">; rel=next";

        assertThatThrownBy(() -> NextPage.of(ASKED, List.of(link), "")).isInstanceOf(UpstreamException.class);
    }
}
