package io.loopscope.processor.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartTest {
    @Test
    void itemsOfSeveralAreOneSortedList() {
        Part merged = Part.merged(List.of(part(0, null, "a", "d"), part(1, null, "b", "c")), 10);

        assertThat(merged.items()).extracting(Part.Item::order).containsExactly("a", "b", "c", "d");
        assertThat(merged.partitions()).containsExactly(0, 1);
        assertThat(merged.upTo()).isNull();
        assertThat(merged.matching()).isEqualTo(4);
    }

    @Test
    void behindThePlaceWhereSomebodyStoppedNothingIsTold() {
        Part merged = Part.merged(List.of(part(0, "b", "a", "b"), part(1, null, "a1", "c")), 10);

        assertThat(merged.items()).extracting(Part.Item::order).containsExactly("a", "a1", "b");
        assertThat(merged.upTo()).isEqualTo("b");
    }

    @Test
    void aLimitSaysWhereToGoOn() {
        Part merged = Part.merged(List.of(part(0, null, "a", "c"), part(1, null, "b")), 2);

        assertThat(merged.items()).extracting(Part.Item::order).containsExactly("a", "b");
        assertThat(merged.upTo()).isEqualTo("b");
    }

    @Test
    void totalsAreAddedUp() {
        ObjectNode one = JsonNodeFactory.instance.objectNode();
        one.putObject("wire").put("CLOSE_WAIT", 2);
        ObjectNode sum = JsonNodeFactory.instance.objectNode();

        Part.add(sum, one);
        Part.add(sum, one);

        assertThat(sum.at("/wire/CLOSE_WAIT").asLong()).isEqualTo(4);
    }

    @Test
    void anotherProcessorReadsWhatOneWrote() {
        Part part = part(3, "b", "a", "b");

        assertThat(Part.fromJson(part.toJson())).isEqualTo(part);
        assertThat(Part.fromJson(part(4, null).toJson())).isEqualTo(part(4, null));
    }

    private static Part part(int partition, String upTo, String... orders) {
        List<Part.Item> items = Arrays.stream(orders)
                .map(order -> new Part.Item(
                        order, JsonNodeFactory.instance.objectNode().put("is", order)))
                .toList();
        return new Part(Set.of(partition), items, items.size(), JsonNodeFactory.instance.objectNode(), upTo);
    }
}
