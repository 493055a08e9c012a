package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.agent.source.CaptureLibrary;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What can be captured here and may carry TCP.
 *
 * @param interfaces the loopback interface first
 * @param capturable whether this process may capture now
 * @param limitations what is missing and what to do about it; empty when all is well
 */
record InterfaceList(List<CaptureInterface> interfaces, boolean capturable, List<Limitation> limitations) {

    /**
     * Something that is missing.
     *
     * @param what a sentence
     * @param remedy what to do about it; may have several lines
     */
    record Limitation(String what, String remedy) {
        static Limitation of(CaptureException e) {
            return new Limitation(String.valueOf(e.getMessage()), e.remedy());
        }
    }

    InterfaceList {
        interfaces = interfaces.stream()
                .sorted(Comparator.comparing((CaptureInterface one) -> !one.loopback()))
                .toList();
        limitations = List.copyOf(limitations);
    }

    /** As libpcap lists them; without libpcap, as Java does. */
    static InterfaceList ofThisNamespace() {
        List<CaptureInterface> all;
        try {
            all = CaptureInterface.all();
        } catch (CaptureException e) {
            Limitation partly = new Limitation("without libpcap, only interfaces with addresses are listed", "");
            return new InterfaceList(known(), false, List.of(Limitation.of(e), partly));
        }
        Optional<Limitation> refused = refusal();
        return new InterfaceList(all, refused.isEmpty(), refused.stream().toList());
    }

    private static Optional<Limitation> refusal() {
        try {
            CaptureLibrary.tryToOpen();
            return Optional.empty();
        } catch (CaptureException e) {
            return Optional.of(Limitation.of(e));
        }
    }

    private static List<CaptureInterface> known() {
        try {
            List<CaptureInterface> all = new ArrayList<>();
            for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
                List<InetAddress> addresses = one.inetAddresses().toList();
                all.add(new CaptureInterface(one.getName(), "", addresses, one.isLoopback(), one.isUp()));
            }
            return all;
        } catch (SocketException e) {
            throw new OperatingException(
                    "the interfaces cannot be listed: " + e.getMessage(), "Try: ip link", ExitCode.FAILURE, e);
        }
    }

    /** What is captured when nothing else is asked for. */
    boolean isDefault(CaptureInterface one) {
        return interfaces.stream().filter(CaptureInterface::loopback).findFirst().stream()
                .anyMatch(one::equals);
    }
}
