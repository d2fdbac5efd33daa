package io.millrace.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.RouteConfig;
import io.millrace.config.ValueTest;
import io.millrace.config.filters.FiltersConfig;
import io.millrace.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class RouteImageTest {
    @Test
    void shouldRefuseAnythingThatIsNotAnImage() {
        assertThatThrownBy(() -> new RouteTable(new UnsafeBuffer(new byte[0])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("magic");
        assertThatThrownBy(() -> new RouteTable(new UnsafeBuffer(new byte[4096])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("magic");
    }

    @Test
    void shouldRefuseAnotherVersion() {
        UnsafeBuffer image = image();
        image.putInt(RouteImage.VERSION_OFFSET, 99);

        assertThatThrownBy(() -> new RouteTable(image)).hasMessageContaining("format version 99");
    }

    @Test
    void shouldRefuseATruncatedImage() {
        UnsafeBuffer image = image();

        assertThatThrownBy(() -> new RouteTable(new UnsafeBuffer(image, 0, image.capacity() - 8)))
                .hasMessageContaining("says it has");
    }

    @Test
    void shouldNoticeEveryFlippedBit() {
        UnsafeBuffer image = image();
        for (int i = 0; i < image.capacity() * 8; i++) {
            flip(image, i);
            assertThatThrownBy(() -> new RouteTable(image))
                    .isInstanceOf(IllegalArgumentException.class);
            flip(image, i);
        }
        assertThat(new RouteTable(image).routeCount()).isEqualTo(20);
    }

    @Test
    void shouldEitherRefuseOrReadAnImageThatWasWrittenWrong() {
        Random random = new Random(7);
        UnsafeBuffer good = image();
        int refused = 0;
        for (int turn = 0; turn < 20_000; turn++) {
            byte[] bytes = new byte[good.capacity()];
            good.getBytes(0, bytes);
            UnsafeBuffer image = new UnsafeBuffer(bytes);
            int offset = 12 + 4 * random.nextInt((bytes.length - 12) / 4);
            image.putInt(
                    offset, random.nextBoolean() ? random.nextInt() : random.nextInt(bytes.length));
            RouteImage.seal(image, bytes.length);
            refused += survives(image) ? 0 : 1;
        }
        assertThat(refused).isGreaterThan(1000);
    }

    @Test
    void shouldMakeSlotTablesAtMostHalfFull() {
        assertThat(RouteImage.slots(0)).isZero();
        assertThat(RouteImage.slots(8)).isEqualTo(8);
        assertThat(RouteImage.slots(9)).isEqualTo(32);
        assertThat(RouteImage.slots(16)).isEqualTo(32);
        assertThat(RouteImage.slots(17)).isEqualTo(64);
    }

    /**
     * False when the image is refused; fails when a look-up in an accepted one leaves its bytes.
     */
    private static boolean survives(UnsafeBuffer image) {
        RouteTable table;
        try {
            table = new RouteTable(image);
        } catch (IllegalArgumentException e) {
            return false;
        }
        RouteMatch match = new RouteMatch();
        for (String path : List.of("/a0/b", "/a7/b/c", "/v/w/x/y", "/")) {
            RequestHead head =
                    Requests.head("GET", "h.example.com", path + "?q=1", List.of("x: 1"));
            if (table.match(head, head.bytes, head.pathOffset, head.pathLength, match)
                    == RouteTable.FOUND) {
                assertThat(match.route).isBetween(0, table.routeCount() - 1);
            }
        }
        return true;
    }

    private static void flip(UnsafeBuffer image, int bit) {
        image.putByte(bit / 8, (byte) (image.getByte(bit / 8) ^ 1 << bit % 8));
    }

    private static UnsafeBuffer image() {
        List<RouteConfig> routes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<String> hosts =
                    i % 3 == 0
                            ? List.of()
                            : List.of(i % 3 == 1 ? "h.example.com" : "*.example.com");
            String path = (i % 2 == 0 ? "/a" + i + "/:p" : "/v/w" + i) + (i % 4 == 0 ? "/*" : "");
            Map<String, ValueTest> tests =
                    i % 5 == 0 ? Map.of("x", new ValueTest.Exact("1")) : Map.of();
            routes.add(
                    new RouteConfig(
                            "r" + i,
                            hosts,
                            path,
                            i % 7 == 0 ? List.of("GET", "LINK") : List.of(),
                            tests,
                            Map.of(),
                            "app",
                            null,
                            null,
                            List.of(),
                            FiltersConfig.NONE));
        }
        UnsafeBuffer image = new UnsafeBuffer(RouteCompiler.compile(routes, List.of("app")));
        return image;
    }
}
