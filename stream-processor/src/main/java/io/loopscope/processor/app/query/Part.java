package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one processor answers, or several together.
 *
 * @param partitions partitions that it covers
 * @param items what was found, each with its place in the order of all
 * @param matching how many matched, those that are left out included; -1 where nobody counts them
 * @param totals numbers over all that matched
 * @param upTo items behind this place may be missing, because a limit or the time was reached; null: none are
 */
record Part(
        Set<Integer> partitions,
        List<Item> items,
        long matching,
        ObjectNode totals,
        @Nullable String upTo) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Comparator<Item> ORDER = Comparator.comparing(Item::order);

    /**
     * One that was found.
     *
     * @param order sorts before all with a greater one
     */
    record Item(String order, ObjectNode value) {}

    /** Nothing is known. */
    static Part none() {
        return new Part(Set.of(), List.of(), 0, JSON.objectNode(), null);
    }

    /** All of them as one; what is behind the first place where something may be missing is left out. */
    static Part merged(Collection<Part> parts, int limit) {
        Set<Integer> partitions = new TreeSet<>();
        List<Item> items = new ArrayList<>();
        ObjectNode totals = JSON.objectNode();
        long matching = 0;
        String upTo = null;
        for (Part part : parts) {
            partitions.addAll(part.partitions);
            items.addAll(part.items);
            matching = matching < 0 || part.matching < 0 ? -1 : matching + part.matching;
            add(totals, part.totals);
            upTo = first(upTo, part.upTo);
        }
        items.sort(ORDER);
        String bound = upTo;
        if (bound != null) {
            items.removeIf(item -> item.order.compareTo(bound) > 0);
        }
        if (items.size() > limit) {
            items = items.subList(0, limit);
            upTo = items.get(limit - 1).order;
        }
        return new Part(partitions, List.copyOf(items), matching, totals, upTo);
    }

    private static @Nullable String first(@Nullable String a, @Nullable String b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Adds numbers to those of the same name. */
    static void add(ObjectNode to, JsonNode more) {
        for (Map.Entry<String, JsonNode> field : more.properties()) {
            if (field.getValue().isObject()) {
                add(
                        to.has(field.getKey()) ? (ObjectNode) to.get(field.getKey()) : to.putObject(field.getKey()),
                        field.getValue());
            } else {
                to.put(
                        field.getKey(),
                        to.path(field.getKey()).asLong() + field.getValue().asLong());
            }
        }
    }

    /** For another processor. */
    ObjectNode toJson() {
        ObjectNode object = JSON.objectNode();
        partitions.forEach(object.putArray("partitions")::add);
        var array = object.putArray("items");
        for (Item item : items) {
            array.addObject().put("order", item.order).set("value", item.value);
        }
        object.put("matching", matching).put("up_to", upTo).set("totals", totals);
        return object;
    }

    /** From another processor. */
    static Part fromJson(JsonNode object) {
        Set<Integer> partitions = new TreeSet<>();
        object.path("partitions").forEach(partition -> partitions.add(partition.asInt()));
        List<Item> items = new ArrayList<>();
        for (JsonNode item : object.path("items")) {
            if (!(item.path("value") instanceof ObjectNode value)) {
                throw new IllegalArgumentException("an item without a value");
            }
            items.add(new Item(item.path("order").asText(), value));
        }
        ObjectNode totals = object.path("totals") instanceof ObjectNode sums ? sums : JSON.objectNode();
        return new Part(
                partitions,
                items,
                object.path("matching").asLong(),
                totals,
                object.path("up_to").isTextual() ? object.path("up_to").asText() : null);
    }
}
