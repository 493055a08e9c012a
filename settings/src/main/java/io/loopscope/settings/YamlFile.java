package io.loopscope.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads a YAML file into dotted keys, each with its line. Sections may be nested, dotted, or both. */
final class YamlFile {
    private static final int DEEPEST = 16;
    private static final int ALIASES = 16;

    private final String name;
    private final List<Problem> problems;
    private final List<Given> given = new ArrayList<>();
    private final Map<String, Origin> seen = new HashMap<>();

    private YamlFile(String name, List<Problem> problems) {
        this.name = name;
        this.problems = problems;
    }

    /** Everything the file says; what cannot be read is added to the problems. */
    static List<Given> read(Path path, List<Problem> problems) {
        return TextFile.read(path, problems)
                .map(text -> parse(path.toString(), text, problems))
                .orElse(List.of());
    }

    static List<Given> parse(String name, String text, List<Problem> problems) {
        var file = new YamlFile(name, problems);
        var settings = LoadSettings.builder()
                .setLabel(name)
                .setMaxAliasesForCollections(ALIASES)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            new Compose(settings).composeString(text).ifPresent(file::document);
        } catch (MarkedYamlEngineException e) {
            file.problem(e.getProblemMark().or(e::getContextMark), problemText(e));
        } catch (ReaderException e) {
            var before = text.substring(0, Math.min(e.getPosition(), text.length()));
            int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            problems.add(new Problem(
                    name + ":" + line, "character U+%04X is not allowed in YAML".formatted(e.getCodePoint())));
        } catch (YamlEngineException e) {
            file.problem(Optional.empty(), "not readable as YAML: " + e.getMessage());
        }
        return file.given;
    }

    /** The parser's own words, except where they would repeat a value, which may be a password that starts with *. */
    private static String problemText(MarkedYamlEngineException e) {
        var problem = String.valueOf(e.getProblem());
        if (problem.contains("alias")) {
            return "an unquoted value that starts with * is an alias in YAML, and this one is not defined; quote the value";
        }
        return "not valid YAML: " + problem;
    }

    private void document(Node root) {
        if (root instanceof MappingNode mapping) {
            mapping("", mapping, 1);
        } else if (!root.getTag().equals(Tag.NULL)) {
            problem(root.getStartMark(), "settings are expected, as in 'agent.interface: lo'");
        }
    }

    private void mapping(String prefix, MappingNode mapping, int depth) {
        if (mapping.isRecursive() || depth > DEEPEST) {
            problem(mapping.getStartMark(), "nested too deeply");
            return;
        }
        for (var tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key && !key.getValue().isBlank()) {
                entry(prefix + key.getValue().strip(), key, tuple.getValueNode(), depth);
            } else {
                problem(tuple.getKeyNode().getStartMark(), "a setting's name is expected before ':'");
            }
        }
    }

    private void entry(String key, ScalarNode at, Node value, int depth) {
        if (value instanceof MappingNode section) {
            mapping(key + ".", section, depth + 1);
            return;
        }
        var origin = origin(at.getStartMark());
        var before = seen.putIfAbsent(key, origin);
        if (before != null) {
            problems.add(new Problem(origin.where(), key + " is set twice; the first time at " + before.where()));
        } else if (value instanceof SequenceNode list) {
            sequence(key, list, origin);
        } else {
            given.add(new Given(key, scalar((ScalarNode) value), origin));
        }
    }

    private void sequence(String key, SequenceNode list, Origin origin) {
        var items = new ArrayList<String>();
        for (var item : list.getValue()) {
            var text = item instanceof ScalarNode scalar ? scalar(scalar) : null;
            if (text == null) {
                problem(item.getStartMark(), key + ": an item of a list must be a plain value");
                return;
            }
            items.add(text);
        }
        given.add(new Given(key, List.copyOf(items), origin));
    }

    private static @Nullable String scalar(ScalarNode node) {
        return node.getTag().equals(Tag.NULL) ? null : node.getValue();
    }

    private Origin origin(Optional<Mark> mark) {
        return mark.map(m -> Origin.file(name, m.getLine() + 1, m.getColumn() + 1))
                .orElseGet(() -> new Origin(Origin.Source.FILE, name));
    }

    private void problem(Optional<Mark> mark, String what) {
        problems.add(new Problem(origin(mark).where(), what));
    }
}
