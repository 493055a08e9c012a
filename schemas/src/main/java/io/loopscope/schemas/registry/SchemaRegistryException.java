package io.loopscope.schemas.registry;

import org.apache.kafka.common.errors.RetriableException;

/** A schema registry did not do what it was asked to. Trying again helps when somebody repairs it. */
public final class SchemaRegistryException extends RetriableException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Problem {
        /** Nobody answers, or not in time, or the registry says that it has trouble itself. Passes by itself. */
        UNREACHABLE,
        /** It knows who asks, or wants to know, and says no. */
        REFUSED,
        /** It has a schema that the one of this program is not compatible with. */
        INCOMPATIBLE,
        /** What answers is no schema registry. */
        NO_REGISTRY
    }

    private final Problem problem;

    /** Without a cause: the message has all that it says, and whoever looks for the root of a failure finds that. */
    SchemaRegistryException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    /** Nothing has been heard yet of the registry with these urls. */
    public static SchemaRegistryException silent(String urls) {
        return new SchemaRegistryException(
                Problem.UNREACHABLE, "the schema registry at " + urls + " has not answered yet");
    }

    /** Why. */
    public Problem problem() {
        return problem;
    }

    /** What a program that can't go on leaves with, after BSD's {@code sysexits.h}. */
    public int exitCode() {
        return switch (problem) {
            case UNREACHABLE -> 69;
            case REFUSED -> 77;
            case INCOMPATIBLE, NO_REGISTRY -> 78;
        };
    }

    /** What to do about it, a sentence. */
    public String remedy() {
        return switch (problem) {
            case UNREACHABLE ->
                "Check that the registry runs and that " + RegistrySettings.URL
                        + " is right; it is asked again until it answers.";
            case REFUSED ->
                "Check " + RegistrySettings.USER_INFO
                        + ", and that this user may read, or register the subjects first.";
            case INCOMPATIBLE ->
                "Another version of Loopscope, or somebody else, has registered that subject. See its versions, and its"
                        + " compatibility (FULL_TRANSITIVE).";
            case NO_REGISTRY ->
                "Check " + RegistrySettings.URL + ": with Apicurio it ends in /apis/ccompat/v7, with others it has no"
                        + " path.";
        };
    }
}
