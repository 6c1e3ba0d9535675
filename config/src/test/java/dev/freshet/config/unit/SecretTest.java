package dev.freshet.config.unit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link Secret}. */
class SecretTest {

    @Test
    void showsItselfOnlyWhenAsked() {
        Secret secret = new Secret("hunter2");

        assertThat(secret).hasToString("<hidden>");
        assertThat(secret.reveal()).isEqualTo("hunter2");
    }

    @Test
    void equalsTheSameTextOnly() {
        assertThat(new Secret("hunter2")).isEqualTo(new Secret("hunter2")).hasSameHashCodeAs(new Secret("hunter2"))
                .isNotEqualTo(new Secret("hunter3"));
    }

    @Test
    void isNotEmpty() {
        assertThatThrownBy(() -> new Secret("")).isInstanceOf(InvalidValueException.class)
                .hasMessage("the secret is empty: give one, or remove the key");
    }
}
