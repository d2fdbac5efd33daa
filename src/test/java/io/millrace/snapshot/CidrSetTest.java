package io.millrace.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrSetTest {
    private static byte[] bytes(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal).getAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0, 8, 10.255.1.2, true",
        "10.0.0.0, 8, 11.0.0.0, false",
        "192.168.4.0, 22, 192.168.7.255, true",
        "192.168.4.0, 22, 192.168.8.0, false",
        "0.0.0.0, 0, 8.8.8.8, true",
        "127.0.0.1, 32, 127.0.0.1, true",
        "127.0.0.1, 32, 127.0.0.2, false",
        "2001:db8::, 33, 2001:db8:7fff::1, true",
        "2001:db8::, 33, 2001:db8:8000::1, false",
        "::1, 128, ::1, true",
        "0.0.0.0, 0, ::1, false",
        "::, 0, 10.0.0.1, false",
    })
    void shouldTellWhetherAnAddressLiesInANetwork(
            String network, int prefixLength, String address, boolean inside) throws Exception {
        CidrSet set = new CidrSet(List.of(new CidrSet.Network(bytes(network), prefixLength)));
        assertThat(set.contains(bytes(address))).isEqualTo(inside);
    }

    @Test
    void shouldTakeAMappedAddressForTheAddressThatItMaps() throws Exception {
        CidrSet set = new CidrSet(List.of(new CidrSet.Network(bytes("10.0.0.0"), 8)));
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        System.arraycopy(bytes("10.1.2.3"), 0, mapped, 12, 4);
        assertThat(set.contains(mapped)).isTrue();
    }

    @Test
    void shouldContainNothingWhenEmpty() throws Exception {
        assertThat(CidrSet.EMPTY.contains(bytes("127.0.0.1"))).isFalse();
        assertThat(CidrSet.EMPTY.isEmpty()).isTrue();
    }
}
