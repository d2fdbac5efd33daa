package io.millrace.transport;

import io.netty.channel.Channel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.BufferUtil;

/**
 * Has the kernel choose among the sockets that are bound to one address with SO_REUSEPORT by the
 * CPU on which a connection arrives; owned by no thread (pure functions).
 */
public final class ReusePortGroup {
    private static final int SOL_SOCKET = 1;
    private static final int SO_INCOMING_CPU = 49;
    private static final int SO_ATTACH_REUSEPORT_CBPF = 51;

    /** struct sock_fprog (linux/filter.h): a length, padding, and a pointer. */
    private static final int PROGRAM_BYTES = 16;

    /** struct sock_filter: a code, two jumps, an operand. */
    private static final int INSTRUCTION_BYTES = 8;

    /** BPF_LD | BPF_W | BPF_ABS. */
    private static final short LOAD = 0x20;

    /** SKF_AD_OFF + SKF_AD_CPU: not in the packet, but the number of the CPU. */
    private static final int CURRENT_CPU = -0x1000 + 36;

    /** BPF_JMP | BPF_JEQ | BPF_K. */
    private static final short JUMP_IF_EQUAL = 0x15;

    /** BPF_RET | BPF_K. */
    private static final short RETURN = 0x06;

    private static final RawUnixChannelOption PROGRAM =
            new RawUnixChannelOption(
                    "SO_ATTACH_REUSEPORT_CBPF",
                    SOL_SOCKET,
                    SO_ATTACH_REUSEPORT_CBPF,
                    PROGRAM_BYTES);

    private static final IntegerUnixChannelOption INCOMING_CPU =
            new IntegerUnixChannelOption("SO_INCOMING_CPU", SOL_SOCKET, SO_INCOMING_CPU);

    private ReusePortGroup() {}

    /**
     * Steers connections from now on, until one of the sockets is closed; what arrives on a CPU
     * that no shard runs on goes where the hash of its addresses says.
     *
     * @param bound all sockets of the group, in the order in which they were bound: the kernel
     *     numbers them so (socket(7), SO_ATTACH_REUSEPORT_CBPF)
     * @param cpus the CPU of each
     * @throws io.netty.channel.ChannelException when the kernel refuses
     */
    public static void steerByCpu(List<Channel> bound, List<Integer> cpus) {
        for (int i = 0; i < bound.size(); i++) {
            bound.get(i).config().setOption(INCOMING_CPU, cpus.get(i));
        }
        ByteBuffer instructions = program(cpus);
        ByteBuffer program =
                ByteBuffer.allocateDirect(PROGRAM_BYTES).order(ByteOrder.nativeOrder());
        program.putShort(0, (short) (instructions.capacity() / INSTRUCTION_BYTES));
        program.putLong(Long.BYTES, BufferUtil.address(instructions));
        bound.getLast().config().setOption(PROGRAM, program);
    }

    private static ByteBuffer program(List<Integer> cpus) {
        ByteBuffer made =
                ByteBuffer.allocateDirect((2 + 2 * cpus.size()) * INSTRUCTION_BYTES)
                        .order(ByteOrder.nativeOrder());
        put(made, LOAD, 0, CURRENT_CPU);
        for (int i = 0; i < cpus.size(); i++) {
            put(made, JUMP_IF_EQUAL, 1, cpus.get(i));
            put(made, RETURN, 0, i);
        }
        // No such socket: the kernel falls back to its hash.
        put(made, RETURN, 0, -1);
        return made;
    }

    private static void put(ByteBuffer to, short code, int otherwise, int operand) {
        to.putShort(code).put((byte) 0).put((byte) otherwise).putInt(operand);
    }
}
