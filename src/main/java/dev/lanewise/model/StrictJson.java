// SPDX-License-Identifier: Apache-2.0
package dev.lanewise.model;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/// Reads JSON that somebody else may have written: token by token against what is expected next, never more in memory
/// than one value. Names twice in an object, values of another type, half surrogate pairs, anything after the end and
/// everything beyond the limits are refused; numbers are taken from their text, so nothing is rounded on the way.
final class StrictJson implements AutoCloseable {
    static final int DEEPEST = 4;
    static final int LONGEST_NAME = 4096;
    static final int LONGEST_NUMBER = 64;
    static final int LONGEST_TEXT = 8 << 20;
    private static final long LONGEST_DOCUMENT = 16 << 20;

    /// Keeps nothing from one file to the next: neither names nor buffers.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxNameLength(LONGEST_NAME)
                    .maxNumberLength(LONGEST_NUMBER).maxStringLength(LONGEST_TEXT).maxDocumentLength(LONGEST_DOCUMENT)
                    .build())
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();

    private final JsonParser parser;
    private final Path file;
    private final String where;
    private final Deque<Set<String>> names = new ArrayDeque<>();
    private @Nullable JsonToken token;

    /// Stands on the first value of `text`; messages begin with `file` and `where`.
    StrictJson(Reader text, Path file, String where) throws IOException {
        this.file = file;
        this.where = where;
        this.parser = FACTORY.createParser(ObjectReadContext.empty(), text);
        advance();
    }

    /// Enters the object that `what` is.
    void beginObject(String what) throws IOException {
        require(token == JsonToken.START_OBJECT, what, "an object");
        names.push(new HashSet<>());
    }

    /// Moves to the value behind the next name of the object and returns the name; null at the end of the object.
    @Nullable
    String nextName() throws IOException {
        advance();
        if (token == JsonToken.END_OBJECT) {
            names.pop();
            return null;
        }
        String name = parser.currentName();
        if (!Quoted.isWellFormed(name)) {
            throw fail("the name " + Quoted.of(name) + " has half a surrogate pair, expected text that UTF-8 can hold");
        }
        if (!names.getFirst().add(name)) {
            throw fail(Quoted.of(name) + " stands twice in one object, expected once");
        }
        advance();
        return name;
    }

    /// Enters the array that `what` is.
    void beginArray(String what) throws IOException {
        require(token == JsonToken.START_ARRAY, what, "an array");
    }

    /// Moves to the next value of the array; false at its end.
    boolean nextElement() throws IOException {
        advance();
        return token != JsonToken.END_ARRAY;
    }

    boolean isNull() {
        return token == JsonToken.VALUE_NULL;
    }

    boolean isText() {
        return token == JsonToken.VALUE_STRING;
    }

    boolean isBool() {
        return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
    }

    /// The text that `what` is.
    String text(String what) throws IOException {
        require(isText(), what, "a text");
        String text = content();
        if (!Quoted.isWellFormed(text)) {
            throw fail(what + " has half a surrogate pair, expected text that UTF-8 can hold");
        }
        return text;
    }

    /// The boolean that `what` is.
    boolean bool(String what) throws IOException {
        require(isBool(), what, "true or false");
        return token == JsonToken.VALUE_TRUE;
    }

    /// The whole number from `least` to `most` that `what` is.
    long whole(String what, long least, long most) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT && !content().equals("-0")) {
            try {
                long value = Long.parseLong(content());
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException beyondLong) {
                // refused below like every number outside the range
            }
        }
        throw fail(what + " is " + shown() + ", expected a whole number from " + least + " to " + most);
    }

    /// The finite float that `what` is: the decimal text rounded once.
    float real(String what) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            float value = Float.parseFloat(content());
            if (Float.isFinite(value)) {
                return value;
            }
        }
        throw fail(what + " is " + shown() + ", expected a finite float");
    }

    /// Checks that nothing but white space follows.
    void end() throws IOException {
        advance();
        if (token != null) {
            throw fail("more JSON follows the end, expected nothing");
        }
    }

    /// The exception that says what is wrong here.
    ModelFormatException fail(String what) {
        return ModelFormatException.of(file, where + ": " + what + ModelFormatException.AGAIN);
    }

    private void require(boolean fits, String what, String expected) throws IOException {
        if (!fits) {
            throw fail(what + " is " + shown() + ", expected " + expected);
        }
    }

    private String shown() throws IOException {
        return switch (token) {
            case null -> "missing";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> Quoted.of(content());
            default -> content();
        };
    }

    private String content() throws IOException {
        try {
            return parser.getString();
        } catch (JacksonException e) {
            throw translated(e);
        }
    }

    private void advance() throws IOException {
        try {
            token = parser.nextToken();
        } catch (JacksonException e) {
            throw translated(e);
        }
    }

    private IOException translated(JacksonException e) {
        if (e instanceof JacksonIOException && e.getCause() instanceof IOException cause) {
            return cause instanceof CharacterCodingException ? fail("the text is not UTF-8") : cause;
        }
        if (e instanceof StreamConstraintsException) {
            return fail("too long or too deep, expected names of at most " + LONGEST_NAME + " characters, numbers of "
                    + LONGEST_NUMBER + ", texts of " + LONGEST_TEXT + ", and " + DEEPEST + " levels");
        }
        return fail("not JSON near character " + parser.currentLocation().getCharOffset());
    }

    @Override
    public void close() {
        parser.close();
    }
}
