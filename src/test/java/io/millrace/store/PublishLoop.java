package io.millrace.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Publishes generation after generation until it is killed; a process of its own. */
final class PublishLoop {
    private PublishLoop() {}

    /**
     * The state directory is the only argument; a line is printed once the first generation is
     * there.
     */
    public static void main(String[] arguments) {
        TableStore store = TableStore.open(Path.of(arguments[0]), 256 << 20);
        long seed = System.nanoTime();
        for (int i = 0; ; i++) {
            byte[] image = new byte[100_000 + (int) Long.remainderUnsigned(seed, 400_000)];
            for (int at = 0; at < image.length; at++) {
                seed = seed * 6364136223846793005L + 1442695040888963407L;
                image[at] = (byte) (seed >>> 56);
            }
            UnsafeBuffer buffer = new UnsafeBuffer(image);
            store.publish(configText(buffer).getBytes(US_ASCII), buffer);
            if (i == 0) {
                System.out.println("publishing");
            }
        }
    }

    /** A text that fits this image alone. */
    static String configText(DirectBuffer image) {
        byte[] bytes = new byte[image.capacity()];
        image.getBytes(0, bytes);
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return bytes.length + " bytes with sum " + sum.getValue() + '\n';
    }
}
