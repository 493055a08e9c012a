package io.loopscope.processor.tcp.simulation;

/** Something that must hold for every run. */
enum Law {
    /** First family: every segment was captured. */
    WHOLE_CAPTURE_TELLS_THE_TRUTH {
        @Override
        Capture capture(long seed, int segments) {
            return Capture.whole();
        }
    },
    /** Second family: the capture itself lost segments. */
    LOSSY_CAPTURE_CONTRADICTS_NO_PROOF {
        @Override
        Capture capture(long seed, int segments) {
            return Capture.lossy(seed, segments);
        }
    },
    /** Third family: the capture began in mid-stream. */
    LATE_CAPTURE_CONTRADICTS_NO_PROOF {
        @Override
        Capture capture(long seed, int segments) {
            return Capture.late(seed, segments);
        }
    },
    /** Neither delivering twice, nor storing, nor coalescing, nor swapping the ends makes a difference. */
    VARIANTS_OF_A_WHOLE_CAPTURE_AGREE {
        @Override
        Capture capture(long seed, int segments) {
            return Capture.whole();
        }

        @Override
        void check(Trace trace, Capture capture, Statistics statistics, Fault fault) {
            Variants.check(Step.of(trace, capture::sees), capture.lossless(), statistics, fault);
        }
    },
    /** The same with capture loss. */
    VARIANTS_OF_A_LOSSY_CAPTURE_AGREE {
        @Override
        Capture capture(long seed, int segments) {
            return Capture.lossy(seed, segments);
        }

        @Override
        void check(Trace trace, Capture capture, Statistics statistics, Fault fault) {
            Variants.check(Step.of(trace, capture::sees), capture.lossless(), statistics, fault);
        }
    };

    abstract Capture capture(long seed, int segments);

    /**
     * Checks one run.
     *
     * @throws Violation.Found when the law is broken
     */
    void check(Trace trace, Capture capture, Statistics statistics, Fault fault) {
        Judge.judge(trace, capture, statistics, fault);
    }
}
