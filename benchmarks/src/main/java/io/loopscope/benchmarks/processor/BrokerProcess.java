package io.loopscope.benchmarks.processor;

import io.loopscope.standalone.broker.BrokerAddress;
import io.loopscope.standalone.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;

/** A broker in a process of its own, so that its CPU time is not counted. Stops when its standard input ends. */
public final class BrokerProcess {
    private BrokerProcess() {}

    /**
     * Prints where clients connect once they can.
     *
     * @param args folder for its records
     */
    public static void main(String[] args) throws IOException {
        try (EmbeddedKafka broker = EmbeddedKafka.start(Path.of(args[0]), BrokerAddress.ofFreePorts())) {
            System.out.println(broker.bootstrapServers());
            System.out.flush();
            while (System.in.read() >= 0) {
                // Nobody writes anything.
            }
        }
    }
}
