package io.millrace.balance;

/** Reads the weights out of a set; owned by no thread (pure functions). */
final class Weights {
    private Weights() {}

    static int[] of(EndpointSet set) {
        int[] weights = new int[set.endpoints().size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = set.endpoints().get(i).weight();
        }
        return weights;
    }

    static long total(int[] weights) {
        long total = 0;
        for (int weight : weights) {
            total += weight;
        }
        return total;
    }
}
