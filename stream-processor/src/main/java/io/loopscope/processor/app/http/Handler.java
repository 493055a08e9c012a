package io.loopscope.processor.app.http;

/** Answers a request. May throw {@link HttpFailure}; called on many threads at once. */
public interface Handler {
    /** The answer. */
    Answer answer(Request request);
}
