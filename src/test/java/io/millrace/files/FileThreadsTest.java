package io.millrace.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FileThreadsTest {
    @Test
    void shouldTakeNoMoreThanMayWaitAndDoAllThatItTook() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        FileThreads threads = FileThreads.start(new FileThreads.Settings(1, 2, 0, 0));
        try (threads) {
            assertThat(
                            threads.submit(opener -> {
                                begun.countDown();
                                await(goOn);
                            }))
                    .isTrue();
            await(begun);
            assertThat(threads.submit(opener -> done.incrementAndGet())).isTrue();
            assertThat(threads.submit(opener -> done.incrementAndGet())).isTrue();
            assertThat(threads.submit(opener -> done.incrementAndGet())).isFalse();
            goOn.countDown();
        }
        assertThat(done).hasValue(2);
    }

    @Test
    void shouldSurviveATaskThatFails() throws Exception {
        CountDownLatch after = new CountDownLatch(1);
        try (FileThreads threads = FileThreads.start(new FileThreads.Settings(1, 8, 0, 0))) {
            threads.submit(opener -> {
                throw new IllegalStateException("on purpose");
            });
            threads.submit(opener -> after.countDown());
            assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
