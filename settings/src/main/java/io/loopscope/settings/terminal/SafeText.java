package io.loopscope.settings.terminal;

/**
 * Text that cannot drive a terminal. Names of processes and hosts, and everything in a dead letter, come from outside:
 * an escape sequence in them could hide or forge lines, a bidirectional override could reorder them.
 */
public final class SafeText {
    private SafeText() {}

    /** The text with each dangerous character as {@code \xNN} or {@code \}{@code uNNNN}; most often the text itself. */
    public static String of(String text) {
        int first = firstDangerous(text);
        if (first < 0) {
            return text;
        }
        var safe = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isDangerous(c)) {
                safe.append(c < 0x100 ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c));
            } else {
                safe.append(c);
            }
        }
        return safe.toString();
    }

    /** A line of JSON with each dangerous character as a JSON escape: they can only be inside of its strings. */
    public static String ofJson(String json) {
        int first = firstDangerous(json);
        if (first < 0) {
            return json;
        }
        var safe = new StringBuilder(json.length() + 16).append(json, 0, first);
        for (int i = first; i < json.length(); i++) {
            char c = json.charAt(i);
            safe.append(isDangerous(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c));
        }
        return safe.toString();
    }

    private static int firstDangerous(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isDangerous(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isDangerous(char c) {
        return switch (Character.getType(c)) {
            // C0 and C1 controls; bidirectional overrides and other invisible ones; line and paragraph separators.
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
