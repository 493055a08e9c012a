package io.loopscope.processor.app.query;

import java.util.Locale;

/** Makes texts that sort as numbers do. */
final class Order {
    private Order() {}

    /** Of a number that is not negative. */
    static String number(long number) {
        return String.format(Locale.ROOT, "%019d", Math.max(0, number));
    }
}
