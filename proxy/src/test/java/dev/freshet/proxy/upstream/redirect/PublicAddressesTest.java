package dev.freshet.proxy.upstream.redirect;

import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which addresses are public. */
class PublicAddressesTest {

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
            "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::8.8.8.8", "2002:808:808::1"})
    void aPublicAddressIsPublic(String address) throws IOException {
        assertThat(PublicAddresses.contains(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.127.255.255",
            "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1",
            "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255"})
    @DisplayName("R-06, R-07, R-08: IPv4 addresses of special purpose are not")
    void aSpecialIpv4AddressIsNot(String address) throws IOException {
        assertThat(PublicAddresses.contains(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", "::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
            "2001:db8::1",
            "2001::1", "2001:10::1", "3fff::1", "100::1", "5f00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8", "2002:7f00:1::1", "2002:a00:1::1"})
    @DisplayName("R-07, R-08: IPv6 addresses of special purpose are not, nor those that carry such an IPv4 one")
    void aSpecialIpv6AddressIsNot(String address) throws IOException {
        assertThat(PublicAddresses.contains(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,true", "10.0.0.1,true", "::1,true", "fe80::1,true", "::ffff:10.0.0.1,true", "1.1.1.1,false",
            "2606:4700::1111,false", "localhost,false", "a.example,false", "127.1,false", "999.1.1.1,false"})
    void aHostThatIsAnAddressIsJudgedAndANameIsNot(String host, boolean isOther) {
        assertThat(PublicAddresses.isOther(host)).isEqualTo(isOther);
    }
}
