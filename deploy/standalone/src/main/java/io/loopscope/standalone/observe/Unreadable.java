package io.loopscope.standalone.observe;

import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.settings.terminal.SafeText;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What was on the topics and is not shown, counted. */
public final class Unreadable {
    private final Map<String, Long> byReason = new TreeMap<>();
    private String first = "";
    private long count;
    private long expired;

    void add(ConsumerRecord<?, ?> read, RuntimeException failure) {
        var reason = failure instanceof UnreadableRecordException unreadable
                ? unreadable.reason().name()
                : "CONTRADICTORY";
        byReason.merge(reason, 1L, Long::sum);
        if (count++ == 0) {
            first = read.topic() + "-" + read.partition() + " offset " + read.offset() + " "
                    + SafeText.of(String.valueOf(failure.getMessage()));
        }
    }

    void addExpired(long records) {
        expired += records;
    }

    void clear() {
        byReason.clear();
        count = 0;
        expired = 0;
    }

    /** How many records could not be read, or were removed from their topic before they were. */
    public long count() {
        return count + expired;
    }

    /** A sentence for people; empty when there is nothing to say. */
    public String describe() {
        var text = new StringBuilder();
        if (count > 0) {
            text.append(count == 1 ? "1 record could not be read and is" : count + " records could not be read and are")
                    .append(" not shown: ")
                    .append(byReason.entrySet().stream()
                            .map(reason -> reason.getValue() + " " + reason.getKey())
                            .collect(Collectors.joining(", ")))
                    .append("; the first: ")
                    .append(first);
        }
        if (expired > 0) {
            text.append(text.isEmpty() ? "" : ". ")
                    .append(expired)
                    .append(" offsets were removed by the topic's retention before they were read");
        }
        return text.toString();
    }
}
