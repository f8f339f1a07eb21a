// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.data;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.RecordType;
import dev.lanewise.data.DataFormatException.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the fields of a CSV file as they are parsed, slices of the parser's buffer, and makes rows of floats of them.
final class CsvRows extends AbstractBaseCsvCallbackHandler<Boolean> implements AutoCloseable {
    /// The longest field; the parser's buffer grows no further.
    static final int MAX_FIELD_CHARS = 1 << 20;
    private static final String A_NUMBER = "a decimal number such as 1.5 or -2e3";

    private final String file;
    private final CsvColumns.Wanted wanted;
    private final List<String> names = new ArrayList<>();
    private final LineNumbers lines = new LineNumbers();
    private final CsvLabels labels = new CsvLabels();
    private @Nullable CsvColumns columns;
    private @Nullable RowCollector rows;
    private float[] row = {};
    private long headerLine;
    private long fieldLine; // of the current field: a quoted one before it may hold line breaks
    private long blankLine; // the first after the last row, or 0
    private boolean blank;
    private @Nullable String comment;
    private @Nullable DataFormatException fault; // the first in this row, told once the number of fields is known

    private CsvRows(String file, CsvColumns.Wanted wanted) {
        this.file = file;
        this.wanted = wanted;
    }

    /// Reads all rows of `file`.
    static CsvTable read(DataFile file, CsvColumns.Wanted wanted) throws IOException {
        try (CsvRows handler = new CsvRows(file.name(), wanted);
                CsvReader<Boolean> csv = CsvReader.builder().skipEmptyLines(false).allowUnclosedQuote(false)
                        .maxBufferSize(MAX_FIELD_CHARS).build(handler, new CheckedText(file))) {
            handler.readAll(csv.iterator());
            return handler.table();
        }
    }

    /// The handler keeps every record to itself, so that the first question for one reads the whole file.
    private void readAll(Iterator<Boolean> records) throws IOException {
        try {
            if (records.hasNext()) {
                throw new IllegalStateException("a CSV record was handed out, expected none");
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            switch (e.getCause()) {
                case UncheckedIOException carrier -> throw carrier.getCause();
                case RuntimeException own -> throw own;
                case Error own -> throw own;
                case null, default -> throw quoteFault(e);
            }
        }
    }

    private DataFormatException quoteFault(CsvParseException e) {
        String message = String.valueOf(e.getMessage());
        Place place = place(fieldLine, getFieldCount());
        if (message.startsWith("Unclosed")) {
            return place.error("quote is never closed", "a closing quote");
        }
        if (message.startsWith("Unexpected character")) {
            return place.error("text follows a closing quote",
                    "a comma or the end of the line; a quote inside quotes is written twice");
        }
        return place.error("value is too long", "at most " + MAX_FIELD_CHARS + " characters; is a quote not closed?");
    }

    private Place place(long line, int column) {
        boolean known = columns != null && column < columns.count();
        return new Place(file, line, column + 1, known && columns != null ? columns.name(column) : null);
    }

    @Override
    protected void handleBegin(long line) {
        fieldLine = line;
        blank = false;
        comment = null;
        fault = null;
    }

    @Override
    protected void handleEmpty() {
        blank = true;
    }

    @Override
    protected void handleField(int column, char[] text, int offset, int length, boolean quoted) {
        if (column >= CsvColumns.MAX_COLUMNS) {
            throw new UncheckedIOException(Place.of(file, getStartingLineNumber()).error("more than "
                    + CsvColumns.MAX_COLUMNS + " columns", "at most " + CsvColumns.MAX_COLUMNS));
        }
        int from = offset;
        int to = offset + length;
        while (from < to && isBlank(text[from])) {
            from++;
        }
        while (from < to && isBlank(text[to - 1])) {
            to--;
        }
        if (column == 0) {
            blank = from == to && !quoted;
            comment = from < to && text[from] == '#' ? new String(text, from, Math.min(to - from, 100)) : null;
        } else {
            blank = false;
        }
        if (columns == null) {
            names.add(new String(text, from, to - from));
        } else if (column < columns.count() && fault == null) {
            take(columns, column, text, from, to);
        }
        if (quoted) {
            fieldLine += lineBreaks(text, offset, offset + length);
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static int lineBreaks(char[] text, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            boolean pair = text[i] == '\n' && i > from && text[i - 1] == '\r';
            count += (text[i] == '\n' && !pair) || text[i] == '\r' ? 1 : 0;
        }
        return count;
    }

    private void take(CsvColumns known, int column, char[] text, int from, int to) {
        int slot = known.slot(column);
        if (slot == CsvColumns.LEFT_OUT) {
            return;
        }
        if (!DecimalText.isDecimal(text, from, to)) {
            Place place = place(fieldLine, column);
            fault = from == to
                    ? place.error("value is empty", A_NUMBER + "; missing values are not supported")
                    : place.error("not a number", new String(text, from, Math.min(to - from, 100)),
                            A_NUMBER + (slot == CsvColumns.LABEL ? "; class labels are whole numbers" : ""));
            return;
        }
        float value = DecimalText.toFloat(text, from, to);
        if (Float.isInfinite(value)) {
            fault = place(fieldLine, column).error("out of float range",
                    new String(text, from, Math.min(to - from, 100)), "at most 3.4028235e38 in size");
        } else if (slot >= 0) {
            row[slot] = value;
        } else {
            labels.add(text, from, to, value);
        }
    }

    @Override
    protected @Nullable Boolean buildRecord() {
        try {
            if (getRecordType() == RecordType.EMPTY || (blank && getFieldCount() == 1)) {
                endBlankLine();
            } else if (columns == null) {
                endHeader();
            } else {
                endRow(columns);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return null;
    }

    private void endBlankLine() {
        if (columns == null) {
            names.clear(); // the field of blanks
        } else if (blankLine == 0) {
            blankLine = getStartingLineNumber();
        }
    }

    private void endHeader() throws DataFormatException {
        headerLine = getStartingLineNumber();
        CsvColumns found = new CsvColumns(file, headerLine, names, wanted);
        columns = found;
        row = new float[found.features().size()];
        rows = new RowCollector(row.length);
    }

    private void endRow(CsvColumns known) throws DataFormatException {
        long line = getStartingLineNumber();
        if (blankLine != 0) {
            throw Place.of(file, blankLine).error("blank line between the rows", "a row; remove the line");
        }
        if (getFieldCount() != known.count()) {
            Place place = Place.of(file, line);
            throw comment != null && getFieldCount() < known.count()
                    ? place.error("comment line", comment, "a row; remove the line")
                    : place.error(getFieldCount() == 1 ? "1 field" : getFieldCount() + " fields",
                            known.count() + " as in the header" + (getFieldCount() < known.count()
                                    ? ""
                                    : "; fields are separated by ',', decimals are written with '.'"));
        }
        if (fault != null) {
            throw fault;
        }
        if (rows == null) {
            throw new IllegalStateException("a row before the header");
        }
        if (rows.rows() == Integer.MAX_VALUE) {
            throw Place.of(file, line).error("too many rows", "at most " + Integer.MAX_VALUE);
        }
        lines.add(rows.rows(), line);
        rows.add(row);
    }

    private CsvTable table() throws DataFormatException {
        if (columns == null || rows == null || rows.rows() == 0) {
            throw new DataFormatException(file, "no data rows", "a header line and at least one row");
        }
        return new CsvTable(file, headerLine, columns, rows.toMatrix(), labels, lines);
    }

    @Override
    public void close() {
        if (rows != null) {
            rows.close();
        }
    }
}
