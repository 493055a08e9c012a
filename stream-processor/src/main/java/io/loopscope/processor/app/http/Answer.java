package io.loopscope.processor.app.http;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What is sent back.
 *
 * @param status HTTP status code
 * @param contentType of the body
 * @param body text, sent in UTF-8
 */
public record Answer(int status, String contentType, String body) {
    private static final String JSON = "application/json; charset=utf-8";

    /** A JSON document, indented for people. */
    public static Answer json(int status, JsonNode document) {
        return new Answer(status, JSON, document.toPrettyString() + "\n");
    }

    /** Text. */
    public static Answer text(String contentType, String body) {
        return new Answer(200, contentType, body);
    }
}
