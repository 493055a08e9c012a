package io.loopscope.agent.source;

import org.pcap4j.core.PcapStat;

/** libpcap's drop counters, which are 32 bits wide and wrap, as counters that do not. One writer, any reader. */
final class PcapDrops {
    private static final long MASK = 0xffff_ffffL;

    private long lastKernel;
    private long lastInterface;
    private volatile long kernel;
    private volatile long byInterface;

    void update(PcapStat statistics) {
        update(statistics.getNumPacketsDropped(), statistics.getNumPacketsDroppedByIf());
    }

    void update(long kernelNow, long interfaceNow) {
        long kernelBefore = kernel;
        long interfaceBefore = byInterface;
        kernel = kernelBefore + ((kernelNow - lastKernel) & MASK);
        byInterface = interfaceBefore + ((interfaceNow - lastInterface) & MASK);
        lastKernel = kernelNow;
        lastInterface = interfaceNow;
    }

    long kernel() {
        return kernel;
    }

    long byInterface() {
        return byInterface;
    }
}
