package io.loopscope.standalone.up;

import io.loopscope.standalone.broker.BrokerAddress;
import io.loopscope.standalone.broker.StateFolder;
import java.net.InetAddress;
import java.nio.file.Path;

/**
 * What to run.
 *
 * @param state the state folder
 * @param bind address of the broker
 * @param brokerPort port of the broker, 0 to choose one
 * @param quiet show only what is wrong
 * @param verbose log to the terminal too
 * @param demo with the leaking server
 * @param settings of agent and processor
 */
record UpPlan(
        Path state,
        InetAddress bind,
        int brokerPort,
        boolean quiet,
        boolean verbose,
        boolean demo,
        UpSettings settings) {

    BrokerAddress address(StateFolder folder) {
        return brokerPort == 0
                ? BrokerAddress.choose(bind, folder.lastPort(), folder.lastControllerPort())
                : BrokerAddress.withPort(bind, brokerPort, folder.lastControllerPort());
    }
}
