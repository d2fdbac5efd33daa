package io.millrace.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines whose columns stand under each other; owned by the main thread.
 *
 * @param heads titles of the columns
 * @param rows one text per column
 */
record TextTable(List<String> heads, List<List<String>> rows) {
    private static final String GAP = "  ";

    void print(PrintWriter out) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < heads.size(); column++) {
            int width = heads.get(column).length();
            for (List<String> row : rows) {
                width = Math.max(width, row.get(column).length());
            }
            widths.add(width);
        }
        line(out, widths, heads);
        rows.forEach(row -> line(out, widths, row));
    }

    private static void line(PrintWriter out, List<Integer> widths, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            line.append(cell).repeat(' ', widths.get(column) - cell.length()).append(GAP);
        }
        out.println(line.toString().stripTrailing());
    }
}
