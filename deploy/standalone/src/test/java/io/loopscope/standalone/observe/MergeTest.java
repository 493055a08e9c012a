package io.loopscope.standalone.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MergeTest {
    private final Merge<String, String> merge = new Merge<>(List.of("a", "b"));

    @Test
    void sourcesAreMergedByTime() {
        merge.add("a", 1, "a1");
        merge.add("a", 4, "a4");
        merge.add("b", 2, "b2");
        merge.add("b", 5, "b5");
        assertThat(merge.take(source -> false)).containsExactly("a1", "b2", "a4", "b5");
    }

    @Test
    void stopsWhereAnEmptySourceMayStillBringAnEarlierItem() {
        merge.add("a", 1, "a1");
        merge.add("a", 4, "a4");
        merge.add("b", 2, "b2");
        assertThat(merge.take(source -> true)).containsExactly("a1", "b2");
        merge.add("b", 3, "b3");
        assertThat(merge.take(source -> source.equals("b"))).containsExactly("b3");
        assertThat(merge.take(source -> source.equals("a"))).containsExactly("a4");
    }

    @Test
    void aSourcesOwnOrderIsKept() {
        merge.add("a", 9, "a9");
        merge.add("a", 1, "a1");
        merge.add("b", 5, "b5");
        assertThat(merge.take(source -> false)).containsExactly("b5", "a9", "a1");
    }

    @Test
    void itemsOfOneTimeComeInTheOrderOfTheSources() {
        merge.add("b", 1, "b");
        merge.add("a", 1, "a");
        assertThat(merge.take(source -> false)).containsExactly("a", "b");
    }

    @Test
    void theLatestTimeOfAllIsAnItemToo() {
        merge.add("a", Long.MAX_VALUE, "a");
        assertThat(merge.take(source -> false)).containsExactly("a");
    }
}
