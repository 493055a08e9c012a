package io.loopscope.processor.app.query;

import io.loopscope.processor.app.http.HttpFailure;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.streams.Routing;
import io.loopscope.processor.streams.Routing.Owner;
import io.loopscope.processor.streams.StateReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an answer together from what the processors have, and says whose part is missing. */
final class Gather {
    private static final Logger LOG = LoggerFactory.getLogger(Gather.class);
    static final String TRY_AGAIN =
            "Try again in a few seconds; while a processor comes or goes, its partitions move and are restored.";

    private final StateReader reader;
    private final Routing routing;
    private final Peers peers;
    private final long budgetNanos;

    /**
     * @param budget how long walks over this processor's own connections may take
     */
    Gather(StateReader reader, Routing routing, Peers peers, Duration budget) {
        this.reader = reader;
        this.routing = routing;
        this.peers = peers;
        budgetNanos = budget.toNanos();
    }

    /**
     * A part that is missing.
     *
     * @param instance who should have it; null when nobody has it now
     * @param partitions partitions that it is about
     * @param reason why
     */
    record Missing(@Nullable String instance, Set<Integer> partitions, String reason) {}

    /**
     * What was put together.
     *
     * @param part of those who answered
     * @param instances how many did
     * @param missing what they do not cover
     */
    record Gathered(Part part, int instances, List<Missing> missing) {}

    /** What this processor has, for another one. */
    Part own(Listing listing, Request request, int limit) {
        String hostId = request.text("host");
        Set<Integer> wanted = hostId == null
                ? reader.partitions()
                : routing.owner(hostId).map(Owner::partitions).orElse(Set.of());
        return own(listing, request, limit, wanted);
    }

    private Part own(Listing listing, Request request, int limit, Set<Integer> wanted) {
        List<Part> parts = new ArrayList<>();
        // Each gets the same: where the first took it all, a list would not get on behind the last.
        long share = budgetNanos / Math.max(1, wanted.size());
        for (int partition : wanted) {
            try {
                parts.add(listing.of(partition, request.text("host"), limit, request, share));
            } catch (InvalidStateStoreException e) {
                // It moves or is being restored: what is not covered is told as missing.
                LOG.debug("Partition {} can't be read", partition, e);
            }
        }
        return Part.merged(parts, limit);
    }

    /** What all processors have. */
    Gathered all(Listing listing, Request request, int limit) {
        String hostId = request.text("host");
        if (hostId != null) {
            Optional<Owner> owner = routing.owner(hostId);
            return owner.map(one -> from(List.of(one), one.partitions(), listing, request, limit))
                    .orElseThrow(() ->
                            HttpFailure.unavailable("nobody knows now which processor has host " + hostId, TRY_AGAIN));
        }
        Set<Integer> all = new TreeSet<>();
        for (int partition = routing.partitions() - 1; partition >= 0; partition--) {
            all.add(partition);
        }
        return from(routing.owners(), all, listing, request, limit);
    }

    private Gathered from(List<Owner> owners, Set<Integer> wanted, Listing listing, Request request, int limit) {
        Map<Owner, CompletableFuture<Part>> asked = new LinkedHashMap<>();
        for (Owner owner : owners) {
            if (!routing.isSelf(owner) && !owner.partitions().isEmpty()) {
                asked.put(owner, peers.ask(owner.address(), request));
            }
        }
        List<Part> parts = new ArrayList<>();
        List<Missing> missing = new ArrayList<>();
        Set<Integer> unowned = new TreeSet<>(wanted);
        for (Owner owner : owners) {
            unowned.removeAll(owner.partitions());
            if (routing.isSelf(owner)) {
                covered(own(listing, request, limit, owner.partitions()), owner, parts, missing);
            }
        }
        asked.forEach((owner, answer) -> {
            try {
                covered(answer.join(), owner, parts, missing);
            } catch (CompletionException e) {
                String why =
                        e.getCause() instanceof Peers.NoAnswer said ? String.valueOf(said.getMessage()) : e.toString();
                missing.add(new Missing(owner.address(), owner.partitions(), why));
            }
        });
        if (!unowned.isEmpty()) {
            missing.add(new Missing(null, unowned, "no processor has them now"));
        }
        if (parts.isEmpty()) {
            throw HttpFailure.unavailable(
                    missing.isEmpty() ? "no processor has any partition yet" : text(missing.get(0)), TRY_AGAIN);
        }
        return new Gathered(Part.merged(parts, limit), parts.size(), missing);
    }

    private void covered(Part part, Owner owner, List<Part> parts, List<Missing> missing) {
        Set<Integer> left = new TreeSet<>(owner.partitions());
        left.removeAll(part.partitions());
        if (!left.isEmpty()) {
            missing.add(new Missing(owner.address(), left, reason(owner, left)));
        }
        if (!part.partitions().isEmpty()) {
            parts.add(part);
        }
    }

    private String reason(Owner owner, Set<Integer> left) {
        if (routing.isSelf(owner) && !reader.isAssigned(left)) {
            return "they move between processors, or another processor says to be at " + owner.address()
                    + ": each needs its own processor.http.advertise";
        }
        return "they are being restored, or are on their way to another processor";
    }

    private static String text(Missing missing) {
        return "partitions " + missing.partitions() + " can't be read"
                + (missing.instance() == null ? "" : " at " + missing.instance()) + ": " + missing.reason();
    }
}
