package io.loopscope.agent.source;

/**
 * How the kernel's capture buffer is cut into blocks.
 *
 * @param blockOctets size of one block, a multiple of the page size
 * @param blocks how many
 */
record RingGeometry(int blockOctets, int blocks) {
    /** While one block is read and one is filled, there has to be one in between. */
    private static final int FEWEST_BLOCKS = 4;

    /**
     * Cuts a buffer.
     *
     * @param bufferOctets size of the buffer that is wished for; what comes out is not larger, unless so many octets
     *     cannot hold four blocks
     * @param wishedOctets size of a block that is wished for
     * @param snapLength octets of a packet; one has to fit into a block, or the kernel would cut it
     * @param pageOctets size of a page of memory
     */
    static RingGeometry of(int bufferOctets, int wishedOctets, int snapLength, int pageOctets) {
        int atLeast = RingBlocks.octetsForPacket(snapLength);
        int wished = Math.max(atLeast, Math.min(wishedOctets, bufferOctets / FEWEST_BLOCKS));
        int blockOctets = (wished + pageOctets - 1) / pageOctets * pageOctets;
        return new RingGeometry(blockOctets, Math.max(FEWEST_BLOCKS, bufferOctets / blockOctets));
    }

    /** Size of all blocks. */
    int octets() {
        return Math.multiplyExact(blockOctets, blocks);
    }
}
