package io.loopscope.processor.app.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A request that is answered with an error: what is wrong, and what to do. */
public final class HttpFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;
    private final String hint;

    private HttpFailure(int status, String error, String message, String hint) {
        super(message, null, false, false); // an answer, not a bug: nobody needs the stack
        this.status = status;
        this.error = error;
        this.hint = hint;
    }

    /** 400: the request can't be understood. */
    public static HttpFailure badRequest(String message, String hint) {
        return new HttpFailure(400, "bad_request", message, hint);
    }

    /** 404: there is no such thing. */
    public static HttpFailure notFound(String message, String hint) {
        return new HttpFailure(404, "not_found", message, hint);
    }

    /** 405: only reading is possible. */
    static HttpFailure readOnly(String method) {
        return new HttpFailure(
                405, "method_not_allowed", method + " is not allowed: nothing can be changed here", "GET");
    }

    /** 500: a bug; the log has it. */
    static HttpFailure bug() {
        return new HttpFailure(
                500, "internal", "this request failed, which is a bug in Loopscope", "The log says why.");
    }

    /** 503: not now. */
    public static HttpFailure unavailable(String message, String hint) {
        return new HttpFailure(503, "unavailable", message, hint);
    }

    /** HTTP status code. */
    public int status() {
        return status;
    }

    Answer answer() {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("error", error).put("message", getMessage()).put("hint", hint);
        return Answer.json(status, document);
    }
}
