package io.millrace.filter.limit;

import java.io.File;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Another mapping of a file of cells, to set or read words of its first bucket. */
final class CellBytes {
    private final UnsafeBuffer words;

    CellBytes(Path path) {
        File file = path.toFile();
        words = new UnsafeBuffer(IoUtil.mapExistingFile(file, "cells"));
    }

    void key(int cell, long word) {
        words.putLongVolatile(at(cell) + CellWords.KEY, word);
    }

    void state(int cell, long word) {
        words.putLongVolatile(at(cell) + CellWords.STATE, word);
    }

    long key(int cell) {
        return words.getLongVolatile(at(cell) + CellWords.KEY);
    }

    long state(int cell) {
        return words.getLongVolatile(at(cell) + CellWords.STATE);
    }

    private static int at(int cell) {
        return CellFile.HEADER_LENGTH + cell * CellWords.CELL_LENGTH;
    }
}
