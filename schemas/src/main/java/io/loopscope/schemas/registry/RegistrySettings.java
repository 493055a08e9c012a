package io.loopscope.schemas.registry;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.PASSWORD;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Settings that every program which writes or reads records has in common. */
public final class RegistrySettings {
    /** Where the registry is. */
    public static final String URL = "schema.registry.url";
    /** User and password. */
    public static final String USER_INFO = "schema.registry.basic.auth.user.info";
    /** Where ids and schemas are kept. */
    public static final String CACHE_DIR = "schema.registry.cache.dir";

    /** To include in a program's definition. */
    public static final ConfigDef SETTINGS = new ConfigDef()
            .define(
                    URL,
                    STRING,
                    "",
                    ConfigDef.LambdaValidator.with(
                            (name, value) -> urls(name, String.valueOf(value)),
                            () -> "http:// or https:// addresses, separated by commas; credentials apart"),
                    MEDIUM,
                    "A Confluent-compatible schema registry, such as Confluent's, Karapace, or Apicurio (…/apis/ccompat/v7)."
                            + " With it records are written in Confluent's format, which other programs read; without it in"
                            + " Avro's single-object encoding. Either is read. Several addresses, separated by commas, are"
                            + " tried in turn.")
            .define(
                    USER_INFO,
                    PASSWORD,
                    "",
                    MEDIUM,
                    "USER:PASSWORD for the registry (HTTP basic authentication); empty for none.")
            .define(
                    CACHE_DIR,
                    STRING,
                    "",
                    LOW,
                    "Folder for what the registry has answered, so that a program which has once started can start"
                            + " without it. Empty: loopscope/schemas in $XDG_STATE_HOME, or in ~/.local/state.");

    private RegistrySettings() {}

    static List<URI> urls(String name, String text) {
        List<URI> urls = new ArrayList<>();
        for (String one : text.isBlank() ? new String[0] : text.split(",", -1)) {
            try {
                URI url = new URI(one.strip().replaceAll("/+$", ""));
                boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
                if (!http || url.getHost() == null || url.getUserInfo() != null) {
                    throw new ConfigException(name, text, "not an address of a registry");
                }
                urls.add(url);
            } catch (URISyntaxException e) {
                throw new ConfigException(name, text, e.getMessage());
            }
        }
        return urls;
    }
}
