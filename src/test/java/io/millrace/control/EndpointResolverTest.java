package io.millrace.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EndpointResolverTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");
    private static final InetAddress SIX = InetAddress.ofLiteral("fd00::1");

    @TempDir Path directory;
    private final BlockingQueue<Map<String, List<InetAddress>>> heard = new LinkedBlockingQueue<>();
    private TinyDnsServer server;
    private EndpointResolver resolver;
    private Path hosts;

    @BeforeEach
    void start() throws IOException {
        hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.7 local.test alias.test\n");
        server = new TinyDnsServer();
        start(Duration.ofMillis(20), Duration.ofMinutes(5));
    }

    @AfterEach
    void stop() {
        resolver.close();
        server.close();
    }

    @Test
    void shouldTellAddressesOfBothFamiliesInAStableOrder() throws Exception {
        server.answer("app.test", 60, TWO, SIX, ONE);

        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);

        assertThat(next()).isEqualTo(Map.of("app.test", List.of(ONE, TWO, SIX)));
    }

    @Test
    void shouldLookIntoTheHostsFileBeforeItAsksAServer() throws Exception {
        server.answer("alias.test", 60, ONE);

        resolver.watch(Set.of("alias.test")).get(10, TimeUnit.SECONDS);

        assertThat(next())
                .isEqualTo(Map.of("alias.test", List.of(InetAddress.ofLiteral("127.0.0.7"))));
        assertThat(server.questions()).isZero();
    }

    @Test
    void shouldAskAgainWhenTheTtlEnds() throws Exception {
        server.answer("app.test", 1, ONE);
        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo(Map.of("app.test", List.of(ONE)));

        server.answer("app.test", 60, TWO);

        assertThat(next()).isEqualTo(Map.of("app.test", List.of(TWO)));
    }

    @Test
    void shouldNotAskAgainBeforeTheTtlEnds() throws Exception {
        server.answer("app.test", 3600, ONE);
        server.answer("other.test", 0, ONE);
        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);
        int asked = server.questions();

        resolver.watch(Set.of("app.test", "other.test")).get(10, TimeUnit.SECONDS);
        awaitQuestions(asked + 8);

        server.answer("app.test", 3600, TWO);
        server.answer("other.test", 0, TWO);
        assertThat(heardLast(Map.of("app.test", List.of(ONE), "other.test", List.of(TWO))))
                .isTrue();
    }

    @Test
    void shouldBoundTheTimeThatAnAnswerIsKept() throws Exception {
        resolver.close();
        start(Duration.ofMillis(20), Duration.ofMillis(50));
        server.answer("app.test", 3600, ONE);
        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo(Map.of("app.test", List.of(ONE)));

        server.answer("app.test", 3600, TWO);

        assertThat(next()).isEqualTo(Map.of("app.test", List.of(TWO)));
    }

    @Test
    void shouldKeepTheLastGoodAnswerWhenTheServerFails() throws Exception {
        server.answer("app.test", 0, ONE);
        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);
        assertThat(next()).isEqualTo(Map.of("app.test", List.of(ONE)));

        server.fail(true);
        awaitQuestions(server.questions() + 6);
        assertThat(heard).isEmpty();
        server.answer("app.test", 0, TWO);
        server.fail(false);

        assertThat(next()).isEqualTo(Map.of("app.test", List.of(TWO)));
    }

    @Test
    void shouldTryAgainWhenTheFirstAnswerIsAFailure() throws Exception {
        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);
        assertThat(heard).isEmpty();

        server.answer("app.test", 60, ONE);

        assertThat(next()).isEqualTo(Map.of("app.test", List.of(ONE)));
    }

    @Test
    void shouldKnowAddressesWrittenAsSuchWithoutAsking() {
        assertThat(resolver.follow(Set.of("10.0.0.1", "fd00::1")))
                .isEqualTo(Map.of("10.0.0.1", List.of(ONE), "fd00::1", List.of(SIX)));
        assertThat(server.questions()).isZero();
    }

    @Test
    void shouldWaitForNewNamesButNotForEver() throws Exception {
        server.answer("app.test", 60, ONE);
        resolver.watch(Set.of("app.test")).get(10, TimeUnit.SECONDS);

        server.silence(true);

        assertThat(resolver.follow(Set.of("app.test", "slow.test")))
                .isEqualTo(Map.of("app.test", List.of(ONE)));
    }

    @Test
    void shouldForgetNamesThatAreNoLongerWatched() throws Exception {
        server.answer("a.test", 60, ONE);
        server.answer("b.test", 60, TWO);
        resolver.watch(Set.of("a.test", "b.test")).get(10, TimeUnit.SECONDS);

        resolver.watch(Set.of("b.test")).get(10, TimeUnit.SECONDS);

        assertThat(heardLast(Map.of("b.test", List.of(TWO)))).isTrue();
    }

    private void start(Duration shortest, Duration longest) {
        resolver =
                EndpointResolver.start(
                        new ResolverSettings(
                                new SingletonDnsServerAddressStreamProvider(server.address()),
                                hosts,
                                shortest,
                                longest,
                                Duration.ofSeconds(2),
                                Duration.ofMillis(200)),
                        heard::add);
    }

    private Map<String, List<InetAddress>> next() throws InterruptedException {
        Map<String, List<InetAddress>> addresses = heard.poll(10, TimeUnit.SECONDS);
        assertThat(addresses).as("heard within 10 s").isNotNull();
        return addresses;
    }

    private boolean heardLast(Map<String, List<InetAddress>> wanted) throws InterruptedException {
        Map<String, List<InetAddress>> last = next();
        while (!last.equals(wanted)) {
            last = next();
        }
        return true;
    }

    private void awaitQuestions(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (server.questions() < count) {
            assertThat(System.nanoTime()).as("questions asked in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
