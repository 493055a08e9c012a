package io.loopscope.agent.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.schemas.AddressText;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The list of interfaces for people and for programs. */
final class InterfaceReport {
    private static final String HEADING = "INTERFACE";

    private InterfaceReport() {}

    static List<String> table(InterfaceList list, Palette palette) {
        List<String> lines = new ArrayList<>();
        int width = list.interfaces().stream()
                .mapToInt(one -> SafeText.of(one.name()).length())
                .reduce(HEADING.length(), Math::max);
        lines.add(palette.bold("%s  STATE  LOOPBACK  ADDRESSES".formatted(pad(HEADING, width))));
        for (CaptureInterface one : list.interfaces()) {
            lines.add(row(one, list.isDefault(one), width, palette));
        }
        for (InterfaceList.Limitation limitation : list.limitations()) {
            lines.add("");
            lines.add(palette.yellow("note: " + SafeText.of(limitation.what())));
            limitation.remedy().lines().map(SafeText::of).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }

    private static String row(CaptureInterface one, boolean isDefault, int width, Palette palette) {
        String state = one.up() ? palette.green("up   ") : palette.red("down ");
        String loopback = one.loopback() ? "yes" : "no ";
        String addresses = one.addresses().stream().map(AddressText::of).collect(Collectors.joining(", "));
        List<String> notes = new ArrayList<>();
        if (isDefault) {
            notes.add("captured by default");
        }
        if (!one.description().isEmpty()) {
            notes.add(SafeText.of(one.description()));
        }
        String line = "%s  %s  %s       %s".formatted(pad(SafeText.of(one.name()), width), state, loopback, addresses);
        return (line + (notes.isEmpty() ? "" : "  (" + String.join("; ", notes) + ")")).stripTrailing();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    static String json(InterfaceList list) {
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("interfaces");
            for (CaptureInterface one : list.interfaces()) {
                write(one, list.isDefault(one), json);
            }
            json.writeEndArray();
            json.writeBooleanField("capturable", list.capturable());
            json.writeArrayFieldStart("limitations");
            for (InterfaceList.Limitation limitation : list.limitations()) {
                json.writeStartObject();
                json.writeStringField("what", limitation.what());
                json.writeStringField("remedy", limitation.remedy());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(CaptureInterface one, boolean isDefault, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", one.name());
        json.writeStringField("description", one.description());
        json.writeBooleanField("loopback", one.loopback());
        json.writeBooleanField("up", one.up());
        json.writeBooleanField("default", isDefault);
        json.writeArrayFieldStart("addresses");
        for (InetAddress address : one.addresses()) {
            json.writeString(AddressText.of(address));
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
