package io.loopscope.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean …?": the known name that is nearest to a misspelt one. */
final class Suggestion {
    private Suggestion() {}

    /** The best candidate, or empty when none is near enough to be meant. */
    static Optional<String> nearest(String name, Collection<String> candidates) {
        // A forgotten section is the commonest slip: "interface" for "agent.interface".
        var sections = candidates.stream().filter(c -> c.endsWith("." + name)).toList();
        if (sections.size() == 1) {
            return Optional.of(sections.get(0));
        }
        int limit = Math.max(2, name.length() / 4);
        return candidates.stream()
                .filter(c -> distance(name, c) <= limit)
                .min(Comparator.<String>comparingInt(c -> distance(name, c)).thenComparing(Comparator.naturalOrder()));
    }

    /** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
    static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(previous[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforePrevious[j - 2] + 1);
                }
            }
            beforePrevious = previous;
            previous = row;
        }
        return previous[b.length()];
    }
}
