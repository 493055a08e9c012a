package io.loopscope.settings;

import org.jspecify.annotations.Nullable;

/**
 * A value as somebody wrote it, before it is checked.
 *
 * @param key dotted
 * @param value a {@code String}, a {@code List<String>}, or null when the key was written with nothing behind it
 */
record Given(String key, @Nullable Object value, Origin origin) {}
