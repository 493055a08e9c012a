package io.loopscope.agent;

import java.util.Collection;

/** Blocks of addresses that can be asked for each packet: nothing is allocated. */
final class AddressSet {
    private static final int LONGS = 4;

    /** Of each block: the masks of its prefix, and its bits under them. */
    private final long[] blocks;

    AddressSet(Collection<AddressBlock> from) {
        blocks = new long[from.size() * LONGS];
        int at = 0;
        for (AddressBlock block : from) {
            blocks[at++] = AddressBlock.highMask(block.prefixLength());
            blocks[at++] = AddressBlock.lowMask(block.prefixLength());
            blocks[at++] = block.high();
            blocks[at++] = block.low();
        }
    }

    boolean isEmpty() {
        return blocks.length == 0;
    }

    boolean contains(long high, long low) {
        for (int at = 0; at < blocks.length; at += LONGS) {
            if ((high & blocks[at]) == blocks[at + 2] && (low & blocks[at + 1]) == blocks[at + 3]) {
                return true;
            }
        }
        return false;
    }
}
