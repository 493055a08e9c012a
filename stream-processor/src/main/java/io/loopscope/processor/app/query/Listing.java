package io.loopscope.processor.app.query;

import io.loopscope.processor.app.http.Request;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something that can be listed: what one partition has of it. */
interface Listing {

    /** Parameters that a request may have besides {@code host} and {@code limit}. */
    Set<String> filters();

    /** How many are listed when the request does not say. */
    int defaultLimit();

    /** How many may be asked for. */
    int mostLimit();

    /** A request is known to be right before anybody is asked; throws when it is not. */
    void check(Request request);

    /**
     * What a partition has.
     *
     * @param hostId whose; null: of all hosts
     * @param limit how many at most
     * @param budgetNanos how long a walk over connections may take
     */
    Part of(int partition, @Nullable String hostId, int limit, Request request, long budgetNanos);
}
