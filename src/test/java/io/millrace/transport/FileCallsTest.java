package io.millrace.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileCallsTest {
    private final FileCalls calls = new FileCalls();

    @TempDir private Path directory;
    private int root;

    @BeforeEach
    void openRoot() throws Exception {
        Files.createDirectories(directory.resolve("root/below"));
        Files.writeString(directory.resolve("outside"), "outside");
        Files.writeString(directory.resolve("root/below/file"), "content");
        root = calls.openRoot(bytes(directory.resolve("root").toString()));
        assertThat(root).isNotNegative();
    }

    @AfterEach
    void closeRoot() {
        assertThat(calls.close(root)).isZero();
    }

    @Test
    void shouldOpenStatAndReadWhatLiesBeneath() throws Exception {
        Instant time = Instant.ofEpochSecond(1_234_567_890, 123_456_000);
        Files.setLastModifiedTime(directory.resolve("root/below/file"), FileTime.from(time));
        int file = open("below/file");
        assertThat(file).isNotNegative();
        assertThat(calls.stat(file)).isZero();
        assertThat(calls.isRegularFile()).isTrue();
        assertThat(calls.isDirectory()).isFalse();
        assertThat(calls.size()).isEqualTo(7);
        assertThat(calls.modifiedSeconds()).isEqualTo(time.getEpochSecond());
        assertThat(calls.modifiedNanos()).isEqualTo(time.getNano());
        byte[] content = new byte[10];
        assertThat(calls.read(file, content)).isEqualTo(7);
        assertThat(new String(content, 0, 7, StandardCharsets.US_ASCII)).isEqualTo("content");
        assertThat(calls.adviseWillNeed(file, 0, 7)).isZero();
        assertThat(calls.close(file)).isZero();
    }

    @Test
    void shouldTellDirectoriesFromFiles() {
        int below = open("below");
        assertThat(calls.stat(below)).isZero();
        assertThat(calls.isDirectory()).isTrue();
        assertThat(calls.isRegularFile()).isFalse();
        assertThat(calls.close(below)).isZero();
    }

    @Test
    void shouldNotLeaveTheDirectoryByAnyWay() throws Exception {
        Path in = directory.resolve("root");
        Files.createSymbolicLink(in.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(in.resolve("out"), Path.of("../outside"));
        Files.createSymbolicLink(in.resolve("absolute"), directory.resolve("outside"));
        Files.createSymbolicLink(in.resolve("within"), Path.of("below/../below/file"));
        Files.createSymbolicLink(in.resolve("loop"), Path.of("loop"));
        assertThat(open("../outside")).isEqualTo(-FileCalls.EXDEV);
        assertThat(open("below/../../outside")).isEqualTo(-FileCalls.EXDEV);
        assertThat(open("/etc/passwd")).isEqualTo(-FileCalls.EXDEV);
        assertThat(open("up/outside")).isEqualTo(-FileCalls.EXDEV);
        assertThat(open("out")).isEqualTo(-FileCalls.EXDEV);
        assertThat(open("absolute")).isEqualTo(-FileCalls.EXDEV);
        assertThat(open("loop")).isEqualTo(-FileCalls.ELOOP);
        int within = open("within");
        assertThat(within).isNotNegative();
        assertThat(calls.close(within)).isZero();
    }

    @Test
    void shouldSayWhyNothingWasOpened() {
        assertThat(open("none")).isEqualTo(-FileCalls.ENOENT);
        assertThat(open("below/file/none")).isEqualTo(-FileCalls.ENOTDIR);
        assertThat(open("x".repeat(300))).isEqualTo(-FileCalls.ENAMETOOLONG);
        assertThat(open("x/".repeat(3000))).isEqualTo(-FileCalls.ENAMETOOLONG);
        assertThat(calls.openRoot(bytes("/none/such"))).isEqualTo(-FileCalls.ENOENT);
    }

    private int open(String name) {
        byte[] bytes = bytes(name);
        return calls.openBeneath(root, bytes, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
